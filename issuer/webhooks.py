"""Webhooks: addresses to which an organization's learning platforms post what happens, each with a secret of its own.

    made, secret = create(database, hooks, name="LMS", source="openedx", organization="duke", caller=caller, now=now)
    # its sender posts to /webhooks/{made.id} and signs with `secret`, which is shown this once
    revoke(database, made.id, caller=caller, organization="duke", now=now)

What is done with a message is said in `issuer.deliveries`.
"""

import secrets
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from issuer import mappings, sources
from issuer.access import Caller
from issuer.api_errors import UnknownWebhook
from issuer.errors import InputRefused
from issuer.limits import Limits
from issuer.store import audit, webhooks
from issuer.store.database import Database, Transaction
from issuer.store.webhooks import Webhook
from issuer.webhook_secrets import WebhookSecrets

_ID_BYTES = 16


def create(
    database: Database,
    hooks: WebhookSecrets,
    *,
    name: str,
    source: str,
    organization: str,
    caller: Caller,
    now: datetime,
    mapping: Mapping[str, Any] | None = None,
    limits: Limits | None = None,
) -> tuple[Webhook, str]:
    """The webhook, and its secret. Raises `InputRefused`; `KeyRefused` when the master secret cannot be used."""
    name = " ".join(name.split())
    limit = (limits or Limits()).webhook_name_length.value
    if not name or not name.isprintable() or len(name) > limit:
        raise InputRefused("A webhook's name has 1 to {limit} printable characters.", limit=limit)
    sources.source(source)
    made = Webhook(
        id=f"wh_{secrets.token_hex(_ID_BYTES)}",
        organization=organization,
        source=source,
        name=name,
        mapping=mappings.mapping(mapping or {}).to_json(),
        created_at=now,
        created_by=caller.name,
        revoked_at=None,
    )
    secret = hooks.shown(made.id)
    with database.write() as tx:
        webhooks.add(tx, made)
        audit.append(
            tx,
            organization,
            actor=caller.name,
            action="webhook.create",
            subject=made.id,
            at=now,
            name=name,
            source=source,
        )
    return made, secret


def remap(
    database: Database, id: str, mapping: Mapping[str, Any], *, caller: Caller, organization: str | None, now: datetime
) -> Webhook:
    """What comes from now on, and what waits, is read with this mapping. Raises `UnknownWebhook`, `InputRefused`."""
    told = mappings.mapping(mapping).to_json()
    with database.write() as tx:
        found = find(tx, id, organization)
        webhooks.remap(tx, id, told)
        audit.append(tx, found.organization, actor=caller.name, action="webhook.remap", subject=id, at=now)
        return webhooks.get(tx, id)


def revoke(database: Database, id: str, *, caller: Caller, organization: str | None, now: datetime) -> Webhook:
    """At once, and for good. Raises `UnknownWebhook`."""
    with database.write() as tx:
        found = find(tx, id, organization)
        if webhooks.revoke(tx, id, at=now):
            audit.append(tx, found.organization, actor=caller.name, action="webhook.revoke", subject=id, at=now)
        return webhooks.get(tx, id)


def find(tx: Transaction, id: str, organization: str | None) -> Webhook:
    """`organization`: whose it must be; None: anybody's. Raises `UnknownWebhook`."""
    try:
        found = webhooks.get(tx, id)
    except LookupError:
        found = None
    if found is None or organization not in (None, found.organization):
        raise UnknownWebhook("There is no webhook {id}.", hint="`issuer webhooks list` shows them all.", id=id[:80])
    return found
