"""Standard Webhooks 1.0: what is done with a message that is posted to a webhook.

    webhook-id: msg_2Lp…            the sender's name for the message; the same at every attempt
    webhook-timestamp: 1780315200   of the attempt, in seconds
    webhook-signature: v1,K5oZ…     base64 of HMAC-SHA256 over "{id}.{timestamp}.{body}"; several, while secrets change

(1) The signature is compared, in a time that tells nothing, before anything is parsed, and for unknown and revoked
    webhooks too: they answer as a wrong signature does.
(2) The timestamp is at most five minutes from now.
(3) The very same request again is a replay and refused. Another attempt at the same message is answered as the first
    was, and does nothing; the id with another body is refused.
(4) What is sound is recorded. What is not waits in the queue, with what was sent (`issuer.store.refused`), and the
    answer is still a 2xx: a sender repeats what is answered otherwise, and repeating mends nothing here. `retry` does,
    after the catalogue or the mapping was completed.
"""

import base64
import hashlib
import hmac
import json
import re
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

from issuer import mappings, sources
from issuer.access import Caller
from issuer.api_errors import MessageIdReused, MessageReplayed, MessageStale, NothingWaits, SignatureRefused
from issuer.facts import Fact
from issuer.imports import ImportReport
from issuer.limits import Limits
from issuer.recording import Recorded
from issuer.store import audit, catalogues, facts, refused, webhooks
from issuer.store.database import Database, Transaction
from issuer.store.refused import Refused, Settlement
from issuer.store.webhooks import Delivery, Webhook
from issuer.webhook_secrets import WebhookSecrets

# Without a full stop, which separates it from what follows ("Signature scheme").
_ID = re.compile(r"[!-\-/-~]{1,255}", re.ASCII)
_TIMESTAMP = re.compile(r"[0-9]{1,12}", re.ASCII)
_SIGNATURES = 10  # who changes a secret signs with two; more are not looked at


@dataclass(frozen=True)
class Posted:
    """A request as it came; what is absent is empty."""

    id: str
    timestamp: str
    signature: str = field(repr=False)
    body: bytes = field(repr=False)


@dataclass(frozen=True)
class Answer:
    """`status`: 200, or 202 when something waits in the queue. `content`: JSON."""

    status: int
    content: bytes


def receive(
    database: Database, hooks: WebhookSecrets, webhook: str, posted: Posted, *, now: datetime, limits: Limits
) -> Answer:
    """Raises `SignatureRefused`, `MessageStale`, `MessageReplayed`, `MessageIdReused`, `StoreUnavailable`."""
    # (1) signed with the secret of a webhook that holds
    signature = hmac.digest(hooks.of(webhook), _signed(posted), "sha256")
    genuine = _is_among(signature, posted.signature)
    with database.read() as tx:
        found = _holding(tx, webhook)
    formed = _ID.fullmatch(posted.id) and _TIMESTAMP.fullmatch(posted.timestamp)
    if found is None or not genuine or not formed:
        raise SignatureRefused("The message is not signed as this address demands (Standard Webhooks 1.0).")

    # (2) now
    if abs(now.timestamp() - int(posted.timestamp)) > limits.webhook_tolerance.value:
        raise MessageStale("The timestamp is more than {limit} seconds from now.", limit=limits.webhook_tolerance.value)

    # (3) not known yet
    this = Delivery(webhook, posted.id, _digest(signature), _digest(posted.body), 0, b"")
    with database.read() as tx:
        if not webhooks.deliveries(tx, webhook, posted.id):
            report = _read(tx, found, posted.body, now)
        else:
            report = ImportReport(())  # it is answered as before, or refused

    # (4) recorded, all in one: of two at once, the second finds the first
    with database.write() as tx:
        answer = _earlier(tx, this)
        if answer is None:
            answer = _taken(tx, found, posted.body, report, now=now, limits=limits)
        webhooks.keep(tx, replace(this, status=answer.status, answer=answer.content), at=now)
    return answer


def retry(database: Database, number: int, *, organization: str | None, caller: Caller, now: datetime) -> Recorded:
    """Reads what waits under that number again, with the catalogue and the mapping of today; what is sound now is
    recorded, and when nothing is wrong any more, it is settled. Raises `NothingWaits`.

    It was said when it came. So a fact that does not tell since when it is true is true since then, lest it take the
    place of what came in the meantime."""
    with database.write() as tx:
        waiting = _waiting(tx, number, organization)
        webhook = None if waiting.webhook is None else webhooks.get(tx, waiting.webhook)
        report = _again(tx, waiting, webhook, now)
        present = facts.present(tx, report.facts)
        appended = facts.append(tx, (_as_it_came(one, waiting, present) for one in report.facts))
        problems = [str(one) for one in report.all_problems]
        if problems:
            refused.still_wrong(tx, number, problems)
        else:
            refused.settle(tx, number, as_="taken", at=now)
        _log(tx, waiting, caller, now, "retry", new=len(appended.new), refused=len(report.refused))
    return Recorded(report, appended)


def lay_aside(
    database: Database, number: int, *, organization: str | None, caller: Caller, reason: str, now: datetime
) -> Refused:
    """It is not to be taken, and leaves the queue. Raises `NothingWaits`."""
    laid: Settlement = "laid aside"
    with database.write() as tx:
        waiting = _waiting(tx, number, organization)
        refused.settle(tx, number, as_=laid, at=now)
        _log(tx, waiting, caller, now, "lay-aside", reason=reason)
        return refused.get(tx, number)


# --- the signature ---------------------------------------------------------------------------------------------------


def _signed(posted: Posted) -> bytes:
    return f"{posted.id}.{posted.timestamp}.".encode() + posted.body


def _is_among(signature: bytes, header: str) -> bool:
    """ "Verifying signatures": one of the list is enough; those of other schemes (v1a) are passed over. All are looked
    at, whichever fits."""
    wanted = b"v1," + base64.b64encode(signature)
    found = False
    for one in header.split(" ")[:_SIGNATURES]:
        found |= hmac.compare_digest(one.encode(), wanted)
    return found


def _holding(tx: Transaction, webhook: str) -> Webhook | None:
    try:
        found = webhooks.get(tx, webhook)
    except LookupError:
        return None
    return found if found.revoked_at is None else None


def _digest(data: bytes) -> bytes:
    return hashlib.sha256(data).digest()


# --- what is done ----------------------------------------------------------------------------------------------------


def _earlier(tx: Transaction, this: Delivery) -> Answer | None:
    """What the message was answered before; None when it is the first. Raises `MessageReplayed`, `MessageIdReused`."""
    before = webhooks.deliveries(tx, this.webhook, this.id)
    if any(one.signature_digest == this.signature_digest for one in before):
        raise MessageReplayed("This very request came before; another attempt has a timestamp of its own.")
    if any(one.request_digest != this.request_digest for one in before):
        raise MessageIdReused("The webhook-id {id} came before, with another body.", id=this.id)
    return Answer(before[0].status, before[0].answer) if before else None


def _taken(
    tx: Transaction, webhook: Webhook, body: bytes, report: ImportReport, *, now: datetime, limits: Limits
) -> Answer:
    appended = facts.append(tx, report.facts)
    queued = None
    if report.all_problems:
        problems = [str(one) for one in report.all_problems[: limits.problems_listed.value]]
        queued = refused.add(
            tx,
            organization=webhook.organization,
            source=webhook.source,
            webhook=webhook.id,
            problems=problems,
            payload=body,
            at=now,
        )
    audit.append(
        tx,
        webhook.organization,
        actor=f"webhook {webhook.id}",
        action="facts.record",
        subject=_label(webhook),
        at=now,
        source=webhook.source,
        new=len(appended.new),
        known=len(appended.known),
        refused=len(report.refused),
        queued=queued,
    )
    told = Recorded(report, appended).to_json(limits) | {"queued": queued}
    return Answer(200 if queued is None else 202, json.dumps(told, ensure_ascii=False).encode())


def _read(tx: Transaction, webhook: Webhook, body: bytes, now: datetime) -> ImportReport:
    return sources.source(webhook.source).read(
        body,
        catalogue=catalogues.load(tx),
        source=_label(webhook),
        recorded_at=now,
        organization=webhook.organization,
        mapping=mappings.mapping(webhook.mapping),
    )


def _label(webhook: Webhook) -> str:
    return f"{webhook.source} webhook “{webhook.name}”"


# --- the queue -------------------------------------------------------------------------------------------------------


def _waiting(tx: Transaction, number: int, organization: str | None) -> Refused:
    try:
        found = refused.get(tx, number)
    except LookupError:
        found = None
    if found is None or found.settled_at is not None or organization not in (None, found.organization):
        raise NothingWaits("Nothing waits under the number {number}.", number=number)
    return found


def _again(tx: Transaction, waiting: Refused, webhook: Webhook | None, now: datetime) -> ImportReport:
    if webhook is not None:
        return _read(tx, webhook, waiting.payload, now)
    return sources.source(waiting.source).read(
        waiting.payload,
        catalogue=catalogues.load(tx),
        source=waiting.source,
        recorded_at=now,
        organization=waiting.organization,
    )


def _as_it_came(fact: Fact, waiting: Refused, present: frozenset[str]) -> Fact:
    if fact.as_of is not None or fact.id in present:
        return fact
    return replace(fact, as_of=waiting.received_at)


def _log(tx: Transaction, waiting: Refused, caller: Caller, now: datetime, verb: str, **detail: Any) -> None:
    audit.append(
        tx,
        waiting.organization,
        actor=caller.name,
        action=f"refused.{verb}",
        subject=str(waiting.number),
        at=now,
        **detail,
    )
