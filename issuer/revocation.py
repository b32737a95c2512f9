"""Status changes: suspend, reinstate, revoke. Each has a reason and a date, and none is ever forgotten.

    change(database, share_id, "revoke", reason="grade corrected", now=now, actor="Rita (command line)")

A status list has one bit for each certificate; suspended, revoked and superseded all set it, and the statement at
`/credentials/ID/status` says which it is (docs/adr). A correction supersedes; `issuer.issuance` does that. What follows
by itself when evidence is lost or restored, `issuer.reconciliation` finds out and does here too, with another cause.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from types import MappingProxyType
from typing import Any, Literal

from issuer import notices
from issuer.config import Config
from issuer.errors import NotReleased, TransitionRefused, UnknownCredential
from issuer.limits import Limits
from issuer.store import audit, credentials, status
from issuer.store.credentials import Status, StoredCredential
from issuer.store.database import Database, Transaction
from issuer.store.status import Cause, StatusChange
from vc.dates import timestamp

Action = Literal["suspend", "reinstate", "revoke"]

ITSELF = "issuer"  # the actor of what nobody asked for: what follows from the record, what a power cut left


@dataclass(frozen=True)
class Transition:
    """An action leads from one of `before` to `after`."""

    before: frozenset[Status]
    after: Status


TRANSITIONS: Mapping[Action, Transition] = MappingProxyType(
    {
        "suspend": Transition(frozenset({"valid"}), "suspended"),
        "reinstate": Transition(frozenset({"suspended"}), "valid"),
        "revoke": Transition(frozenset({"valid", "suspended"}), "revoked"),
    }
)


@dataclass(frozen=True)
class Statement:
    """What is true of a certificate now. `since`: of the last change, or of its release; `reason` is empty for one
    that nothing happened to; `superseded_by`: the share id of the certificate that follows on it, if one does, also
    where it was revoked and earned again; `until`: the last day on which a suspension can be put right."""

    status: Status
    since: datetime
    reason: str
    superseded_by: str | None
    until: date | None = None

    def to_json(self, credential_url: Callable[[str], str]) -> dict[str, Any]:
        """`credential_url`: a function from a share id to the credential's id."""
        return {
            "state": self.status,
            "since": timestamp(self.since),
            "reason": self.reason,
            "supersededBy": None if self.superseded_by is None else credential_url(self.superseded_by),
            "until": None if self.until is None else self.until.isoformat(),
        }


def change(
    database: Database,
    share_id: str,
    action: Action,
    *,
    reason: str,
    now: datetime,
    config: Config,
    actor: str = ITSELF,
    cause: Cause = "hand",
    organization: str | None = None,
) -> StatusChange:
    """`organization`: only a certificate of theirs. Raises `TransitionRefused`, `UnknownCredential` or `NotReleased`;
    then nothing is changed."""
    reason = checked_reason(reason, config.limits)
    with database.write() as tx:
        stored = find(tx, share_id, organization)
        return apply(tx, config, stored, action, reason=reason, at=now, actor=actor, cause=cause)


def apply(
    tx: Transaction,
    config: Config,
    stored: StoredCredential,
    action: Action,
    *,
    reason: str,
    at: datetime,
    actor: str,
    cause: Cause,
    until: date | None = None,
) -> StatusChange:
    """The change, with its entry in the audit log and the mail to whom it concerns. `until`: the last day of grace of a
    suspension. Raises `TransitionRefused`; then nothing is changed."""
    transition = TRANSITIONS[action]
    refuse_unless(tx, stored, transition.before, action)
    changed = status.change(
        tx, stored.number, transition.after, reason=reason, at=at, cause=cause, actor=actor, until=until
    )
    detail = {"cause": cause} | ({} if until is None else {"until": until.isoformat()})
    subject = stored.share_id
    audit.append(tx, stored.organization, actor=actor, action=f"certificate.{action}", subject=subject, at=at, **detail)
    notices.about_status(tx, config, stored, changed, at=at)
    return changed


def statement(tx: Transaction, stored: StoredCredential) -> Statement:
    """For a released certificate."""
    past = status.history(tx, stored.number)
    if not past:
        return Statement("valid", stored.released_at or stored.intended_at, "", None)
    last = past[-1]
    by = credentials.successor(tx, stored.number) if last.status in ("superseded", "revoked") else None
    return Statement(
        last.status, last.at, last.reason, by.share_id if by is not None and by.released else None, last.until
    )


def find(tx: Transaction, share_id: str, organization: str | None = None) -> StoredCredential:
    """A released certificate by its share id or its whole id; with `organization`, as if there were only theirs.
    Raises `UnknownCredential` or `NotReleased`."""
    last_part = share_id.rstrip("/").rpartition("/")[2]
    try:
        stored = credentials.by_share_id(tx, last_part)
        if organization not in (None, stored.organization):
            raise LookupError(last_part)
    except LookupError as error:
        raise UnknownCredential(
            "No certificate has the id {id}.", hint="`issuer list` shows them all.", id=last_part[:80]
        ) from error
    if not stored.released:
        raise NotReleased(
            "The certificate {id} is recorded, but not signed and released yet.",
            hint="`issuer issue` finishes it.",
            id=last_part,
        )
    return stored


def refuse_unless(tx: Transaction, stored: StoredCredential, allowed: frozenset[Status], action: str) -> None:
    """Raises `TransitionRefused`, saying since when and why the certificate is what it is, and what can be done."""
    successor = credentials.successor(tx, stored.number)
    if successor is not None and not successor.released:
        raise TransitionRefused(
            "A correction of {id} is under way.", hint="Finish it first: issuer issue", id=stored.share_id
        )
    if stored.status in allowed:
        return
    now = statement(tx, stored)
    since: dict[str, Any] = {"id": stored.share_id, "date": now.since.date(), "reason": now.reason}
    match stored.status:
        case "revoked":
            raise TransitionRefused(
                "{id} is revoked since {date} ({reason}), and that is final.",
                hint="Where it is earned again, it can be issued anew: issuer reissue",
                **since,
            )
        case "superseded":
            raise TransitionRefused(
                "{id} was replaced on {date} by {by} ({reason}).",
                hint=f"Use the new one: issuer {action} {now.superseded_by}",
                by=now.superseded_by or "",
                **since,
            )
        case "suspended":
            raise TransitionRefused(
                "{id} is suspended since {date} ({reason}).", hint="Reinstate it, or revoke it.", **since
            )
        case "valid":
            raise TransitionRefused("{id} is valid: there is nothing to {action}.", action=action, **since)


def checked_reason(reason: str, limits: Limits) -> str:
    """Everybody who opens the certificate reads it, so there is one and it fits a line or two."""
    reason = " ".join(reason.split())
    if not reason:
        raise TransitionRefused("A reason is needed: whoever opens the certificate will read it.")
    if len(reason) > limits.reason_length.value:
        raise TransitionRefused(
            "The reason has {count} characters; at most {limit}.",
            count=len(reason),
            limit=limits.reason_length.value,
        )
    if not reason.isprintable():
        raise TransitionRefused("The reason holds a character that cannot be printed.")
    return reason
