"""Webhooks, and what was delivered to them: each request once, with what it was answered."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import RowMapping, insert, select, update

from issuer.facts import canonical_json
from issuer.store import moments
from issuer.store.database import Transaction
from issuer.store.office_tables import delivery, webhook


@dataclass(frozen=True)
class Webhook:
    """A row. Its secret follows from its `id` (`issuer.webhook_secrets`) and is kept nowhere."""

    id: str
    organization: str
    source: str
    name: str
    mapping: Mapping[str, Any]
    created_at: datetime
    created_by: str
    revoked_at: datetime | None


@dataclass(frozen=True)
class Delivery:
    """A request that was taken. The digests are SHA-256: of the signature that it must have had, and of its body."""

    webhook: str
    id: str
    signature_digest: bytes = field(repr=False)
    request_digest: bytes = field(repr=False)
    status: int
    answer: bytes = field(repr=False)


def add(tx: Transaction, made: Webhook) -> None:
    values = {
        "id": made.id,
        "organization": made.organization,
        "source": made.source,
        "name": made.name,
        "mapping": canonical_json(made.mapping).decode(),
        "created_at": moments.write(made.created_at),
        "created_by": made.created_by,
    }
    tx.execute(insert(webhook).values(values))


def get(tx: Transaction, id: str) -> Webhook:
    """Raises `LookupError`."""
    row = tx.execute(select(webhook).where(webhook.c.id == id)).mappings().first()
    if row is None:
        raise LookupError(id)
    return _from_row(row)


def listed(tx: Transaction, organization: str | None) -> tuple[Webhook, ...]:
    """Those of the organization, or all: the oldest first."""
    query = select(webhook).order_by(webhook.c.created_at, webhook.c.id)
    if organization is not None:
        query = query.where(webhook.c.organization == organization)
    return tuple(_from_row(row) for row in tx.execute(query).mappings())


def revoke(tx: Transaction, id: str, *, at: datetime) -> bool:
    """Whether this call did it: what is revoked stays as it is."""
    holds = (webhook.c.id == id) & webhook.c.revoked_at.is_(None)
    return tx.execute(update(webhook).where(holds).values(revoked_at=moments.write(at))).rowcount == 1


def remap(tx: Transaction, id: str, mapping: Mapping[str, Any]) -> None:
    tx.execute(update(webhook).where(webhook.c.id == id).values(mapping=canonical_json(mapping).decode()))


def deliveries(tx: Transaction, webhook_id: str, message: str) -> tuple[Delivery, ...]:
    """All that came to the webhook under that id of the sender's: attempts at one message."""
    same = (delivery.c.webhook == webhook_id) & (delivery.c.id == message)
    rows = tx.execute(select(delivery).where(same).order_by(delivery.c.at)).mappings()
    names = ("webhook", "id", "signature_digest", "request_digest", "status", "answer")
    return tuple(Delivery(**{name: row[name] for name in names}) for row in rows)


def keep(tx: Transaction, one: Delivery, *, at: datetime) -> None:
    values = {
        "webhook": one.webhook,
        "id": one.id,
        "signature_digest": one.signature_digest,
        "request_digest": one.request_digest,
        "status": one.status,
        "answer": one.answer,
        "at": moments.write(at),
    }
    tx.execute(insert(delivery).values(values))


def _from_row(row: RowMapping) -> Webhook:
    values = dict(row)
    revoked_at = None if values["revoked_at"] is None else moments.read(values["revoked_at"])
    return Webhook(
        **values
        | {
            "mapping": json.loads(values["mapping"]),
            "created_at": moments.read(values["created_at"]),
            "revoked_at": revoked_at,
        }
    )
