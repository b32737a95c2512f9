"""Takes a cohort back: what it issued is revoked, with one reason, whether or not anybody has looked at it yet.

    (1) the cohort is undone from now on: what is issued meanwhile stops at its next row
    (2) what an interruption left unsigned is finished, so that it can be revoked
    (3) row by row, the newest certificate that came of what the row issued is revoked

The Course Certificates stay valid: they were earned, whatever is wrong with the program's award. A certificate that
somebody revoked by hand before stays as it is. Run again after an interruption, it goes on; the first reason holds.
A later cohort does not issue anew what was undone, unless that is asked for (`issuer.cohort_rows`).
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from issuer import revocation
from issuer.access import Caller
from issuer.cohort_issuing import CohortIssuing
from issuer.cohort_standing import standing
from issuer.cohorts import find, note
from issuer.errors import CohortState, NotReleased, ReadBackFailed, TransitionRefused
from issuer.revocation import checked_reason
from issuer.store import cohorts, credentials, status
from issuer.store.cohorts import Cohort
from issuer.store.credentials import StoredCredential
from issuer.store.database import Transaction
from vc.errors import VcError


@dataclass(frozen=True)
class Undone:
    """`revoked` now, `before`: those that were revoked already. `failed`: learners whose certificate could not be
    revoked, each with why; run again, they are tried again."""

    revoked: int
    before: int
    failed: tuple[tuple[str, str], ...]
    reason: str


def undo(
    parts: CohortIssuing,
    caller: Caller,
    number: int,
    *,
    reason: str,
    organization: str | None,
    progress: Callable[[], None] = lambda: None,
) -> Undone:
    """Raises `CohortState`, `UnknownCohort`, `NotAllowed`, and `TransitionRefused` when the reason is none."""
    # (1) undone from now on
    cohort, reason = _begin(parts, caller, number, reason, organization)
    # (2) what an interruption left
    parts.issuance.by(caller.name).finish_intents(cohort.organization)
    # (3) row by row
    revoked = before = 0
    failed: list[tuple[str, str]] = []
    with parts.database.read() as tx:
        issued = tuple(_issued(tx, number))
    for learner, credential in issued:
        try:
            if _revoke(parts, caller, cohort, learner, credential, reason):
                revoked += 1
            else:
                before += 1
        except (TransitionRefused, NotReleased, ReadBackFailed, VcError) as error:
            failed.append((learner, str(error)))
        progress()
    with parts.database.write() as tx:
        note(tx, caller, cohort, "undone", parts.now(), revoked=revoked, before=before, failed=len(failed))
    return Undone(revoked, before, tuple(failed), reason)


def _begin(
    parts: CohortIssuing, caller: Caller, number: int, reason: str, organization: str | None
) -> tuple[Cohort, str]:
    with parts.database.write() as tx:
        cohort = find(tx, number, organization)
        caller.require("approve", organization=cohort.organization)
        reason = checked_reason(reason, parts.config.limits)
        found = standing(tx, cohort)
        if found.state not in ("issuing", "issued", "undone"):
            hint = "Nothing of it was issued: issuer cohorts cancel" if found.state != "cancelled" else None
            raise CohortState(
                "Cohort {number} is {state}: there is nothing to undo.", hint=hint, number=number, state=found.state
            )
        if found.state == "undone":
            reason = found.undo_reason
            if not any(_issued(tx, number)):
                raise CohortState("Cohort {number} is undone already ({reason}).", number=number, reason=reason)
        else:
            cohorts.happened(tx, number, "undone", actor=caller.name, at=parts.now(), reason=reason)
        note(tx, caller, cohort, "undo", parts.now())
        return cohort, reason


def _issued(tx: Transaction, number: int) -> Iterator[tuple[str, int]]:
    """(learner, certificate) of what the cohort issued and has not taken back."""
    for row in cohorts.every(tx, number, outcome="ready"):
        if row.credential is not None and row.state != "undone":
            yield row.learner, row.credential


def _revoke(parts: CohortIssuing, caller: Caller, cohort: Cohort, learner: str, credential: int, reason: str) -> bool:
    """False when it was revoked before."""
    with parts.database.read() as tx:
        newest = _newest(tx, credential)
    done = newest.status != "revoked"
    if done:
        revocation.change(
            parts.database,
            newest.share_id,
            "revoke",
            reason=reason,
            now=parts.now(),
            config=parts.config,
            actor=caller.name,
            cause="cohort",
        )
    with parts.database.write() as tx:
        cohorts.settle(tx, cohort.number, {learner: ("undone", None)})
    return done


def _newest(tx: Transaction, number: int) -> StoredCredential:
    """What became of the certificate by corrections and renewals, also after it was revoked for lost evidence. What was
    issued anew after somebody had revoked it is another's doing."""
    stored = credentials.get(tx, number)
    while follows_by_itself(tx, stored) and (successor := credentials.successor(tx, stored.number)) is not None:
        stored = successor
    return stored


def follows_by_itself(tx: Transaction, stored: StoredCredential) -> bool:
    """Whether the edition after this one comes of it, and is no new word of somebody's."""
    if stored.status != "revoked":
        return stored.status == "superseded"
    last = status.last(tx, stored.number)
    return last is not None and last.cause == "evidence"


def taken_back(tx: Transaction, stored: StoredCredential) -> int | None:
    """The cohort that issued the program certificate, or the one that it came of, and was undone since; None when there
    is none. What it issued is not issued anew by itself, also where it had been revoked before for lost evidence."""
    while True:
        if (cohort := cohorts.undone(tx, [stored.number]).get(stored.number)) is not None:
            return cohort
        if stored.supersedes is None:
            return None
        stored = credentials.get(tx, stored.supersedes)
        if not follows_by_itself(tx, stored):
            return None
