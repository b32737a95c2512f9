"""Whose certificates agree with the record for certain, so that only the others need a closer look.

    for learner in doubtful(tx, learners, today=today):       # a few hundred at once, in a few statements
        ...                                                    # `issuer.reconciliation` looks at each

It says "for certain" only where `issuer.evidence` and `issuer.life` come to nothing to do: a certificate that is valid,
on the very fact that holds and earns it, or on a decision that is positive while all that it binds is; one that
somebody took back by his word; one that was revoked and is still not earned. Of everything else it makes no judgement.
What was decided last has to be what would be decided now (`issuer.deciding.stream`).
"""

from collections.abc import Mapping, Sequence
from datetime import date

from issuer.evidence import no_longer_earned
from issuer.facts import Completion, current
from issuer.store import agreement, credentials, facts
from issuer.store.agreement import Brief, Certified
from issuer.store.database import Transaction

Key = tuple[str, str]  # learner and subject key


def doubtful(tx: Transaction, learners: Sequence[str], *, today: date, organization: str | None = None) -> set[str]:
    """`organization`: only certificates in its name are looked at. At most a few hundred learners."""
    earned = _earned(tx, learners, today)
    known = agreement.certified(tx, learners)
    return {
        learner
        for learner, held in known.by_learner.items()
        if not _all_agree([one for one in held if organization in (None, one.organization)], held, known, earned)
    }


def _all_agree(own: Sequence[Brief], held: Sequence[Brief], known: Certified, earned: Mapping[Key, str]) -> bool:
    newest: dict[Key, Brief] = {}
    for one in own:
        before = newest.get((one.kind, one.subject_key))
        if before is None or before.edition < one.edition:
            newest[one.kind, one.subject_key] = one
    standing = {one.number for one in held if one.kind == "course" and _stands(one, earned)}
    return all(
        _course_agrees(one, earned) if one.kind == "course" else _program_agrees(one, known, standing)
        for one in newest.values()
        if one.released and one.status != "superseded"
    )


def _course_agrees(one: Brief, earned: Mapping[Key, str]) -> bool:
    if one.status == "valid":
        return _stands(one, earned)
    if one.cause != "evidence":
        return one.cause is not None
    return one.status == "revoked" and (one.learner, one.subject_key) not in earned


def _program_agrees(one: Brief, known: Certified, standing: set[int]) -> bool:
    outcome = None if one.award is None else known.outcomes.get((one.learner, one.award))
    if outcome is None:
        return False
    if outcome == "not_active":
        return True
    if one.status == "valid":
        return outcome == "eligible" and standing.issuperset(known.binds.get(one.number, ()))
    if one.cause != "evidence":
        return one.cause is not None
    return one.status == "revoked" and outcome == "not_eligible"


def _stands(one: Brief, earned: Mapping[Key, str]) -> bool:
    return one.status == "valid" and earned.get((one.learner, one.subject_key)) == one.fact


def _earned(tx: Transaction, learners: Sequence[str], today: date) -> dict[Key, str]:
    """By learner and attempt the fact that holds, where it earns a Course Certificate."""
    return {
        (one.learner, credentials.course_key(one.course, one.session)): one.id
        for one in current(facts.completions_of(tx, learners))
        if isinstance(one, Completion) and no_longer_earned(one, today) is None
    }
