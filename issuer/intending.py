"""Step (5) of the cycle (`issuer.cycle`): one transaction keeps what we mean to sign, the intents, and all that goes
with them: awards, the audit log, what the hour's limit lets pass.

    done = intending.record(drafts, at, outcomes, since=since, recorded=recorded)

What was looked at before is looked at again here, under the write lock: somebody else may have issued the same, taken
the last place of the hour, or told something of the learner. Then that one is refused, and the others are recorded.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from issuer.config import Config
from issuer.drafting import Slot
from issuer.errors import AlreadyIssued, KeyRefused, LimitReached, NotNow, ReadBackFailed
from issuer.hourly_limit import Room
from issuer.store import audit, changes, decisions, intents
from issuer.store.audit import Deed
from issuer.store.changes import Position
from issuer.store.credentials import Intent, StoredCredential
from issuer.store.database import Database, Transaction
from issuer.store.decisions import StoredDecision
from issuer.work import Work
from vc.errors import VcError


class Overtaken(Exception):
    """Something came in about the learner after the work was made of what was known: make it anew."""


Refusal = VcError | KeyRefused | ReadBackFailed | AlreadyIssued | LimitReached | NotNow | Overtaken
Outcome = StoredCredential | Refusal
Recorded = Callable[[Transaction, Sequence[StoredCredential]], None]
"""Told of the intents, in the transaction that records them."""


def unobserved(_tx: Transaction, _intents: Sequence[StoredCredential]) -> None:
    """A `Recorded` that has nothing to add."""


@dataclass(frozen=True)
class Draft:
    """`place`: of the work in the order given."""

    place: int
    work: Work
    slot: Slot
    credential: dict[str, Any]
    unsecured: bytes = b""


class Intending:
    """`actor`: what the audit log calls who asked for it."""

    def __init__(self, config: Config, database: Database, *, actor: str) -> None:
        self._config = config
        self._database = database
        self._actor = actor

    def within_the_limit(
        self, works: Sequence[Work], left: list[int], at: datetime, outcomes: dict[int, Outcome]
    ) -> list[int]:
        """Those that there is room for as it seems; whether there is, is looked at again where it is recorded. What is
        refused then need not have been drafted."""
        rooms: dict[str, Room] = {}
        with self._database.read() as tx:
            for organization in {works[place].organization for place in left if works[place].hourly}:
                rooms[organization] = Room.of(tx, organization, now=at, limits=self._config.limits)
        within: list[int] = []
        beyond: dict[int, LimitReached] = {}
        for place in left:
            try:
                if works[place].hourly:
                    rooms[works[place].organization].take()
                within.append(place)
            except LimitReached as error:
                beyond[place] = error
        # Where some fit in, the others come again after them: not all that fit in will be issued.
        fitting = {works[place].organization for place in within if works[place].hourly}
        outcomes.update((place, one) for place, one in beyond.items() if works[place].organization not in fitting)
        return within

    def record(
        self,
        drafts: Sequence[Draft],
        at: datetime,
        outcomes: dict[int, Outcome],
        since: Position | None,
        recorded: Recorded,
    ) -> list[tuple[Draft, StoredCredential]]:
        meant = [_intent(draft) for draft in drafts]
        refused: dict[int, Outcome] = {}
        with self._database.write() as tx:
            rooms: dict[str, Room] = {}
            awarded = self._awarded(tx, drafts)
            newer = frozenset() if since is None else changes.learners_since(tx, since)
            passed: list[tuple[Draft, Intent]] = []
            for draft, intent, refusal in zip(drafts, meant, intents.refusals(tx, meant), strict=True):
                work = draft.work
                try:
                    if refusal is not None:
                        raise refusal
                    if work.learner in newer:
                        raise Overtaken
                    if _makes_award(work) and (work.learner, work.subject, work.version) in awarded:
                        raise decisions.has_the_award(_decision(work).decision)
                    if work.hourly:
                        if work.organization not in rooms:
                            rooms[work.organization] = Room.of(
                                tx, work.organization, now=at, limits=self._config.limits
                            )
                        rooms[work.organization].take()
                except (AlreadyIssued, LimitReached, Overtaken) as error:
                    refused[draft.place] = error
                else:
                    passed.append((draft, intent))
            stored = intents.record(tx, self._with_awards(tx, passed, at), at=at)
            self._log(tx, stored, at)
            recorded(tx, stored)
        outcomes.update(refused)
        return [(draft, one) for (draft, _), one in zip(passed, stored, strict=True)]

    def _awarded(self, tx: Transaction, drafts: Sequence[Draft]) -> set[tuple[str, str, int]]:
        """Of the learners of these drafts (learner, program, version) of the awards that there are."""
        wanted: dict[tuple[str, int], list[str]] = {}
        for draft in drafts:
            if _makes_award(draft.work):
                wanted.setdefault((draft.work.subject, draft.work.version), []).append(draft.work.learner)
        return {(who, *key) for key, learners in wanted.items() for who in decisions.awards_of(tx, key, learners)}

    def _with_awards(self, tx: Transaction, passed: Sequence[tuple[Draft, Intent]], at: datetime) -> list[Intent]:
        made = decisions.make_awards(
            tx, [_decision(draft.work) for draft, _ in passed if _makes_award(draft.work)], awarded_at=at
        )
        awards = iter(made)
        return [
            replace(intent, award=next(awards).number) if _makes_award(draft.work) else intent
            for draft, intent in passed
        ]

    def _log(self, tx: Transaction, stored: Sequence[StoredCredential], at: datetime) -> None:
        deeds: dict[str, list[Deed]] = {}
        for one in stored:
            action = "certificate.issue" if one.supersedes is None else "certificate.issue_anew"
            deeds.setdefault(one.organization, []).append(Deed(action, one.share_id, {"kind": one.kind}))
        for organization, its in deeds.items():
            audit.append_all(tx, organization, its, actor=self._actor, at=at)


def _makes_award(work: Work) -> bool:
    return work.decision is not None and work.award is None


def _decision(work: Work) -> StoredDecision:
    if work.decision is None:
        raise LookupError(work.subject)
    return work.decision


def _intent(draft: Draft) -> Intent:
    work, slot = draft.work, draft.slot
    return Intent(
        share_id=slot.share_id,
        list_number=slot.list_number,
        list_index=slot.list_index,
        unsecured=draft.unsecured,
        kind=work.kind,
        organization=work.organization,
        learner=work.learner,
        subject=work.subject,
        version=work.version,
        subject_key=work.subject_key,
        edition=work.edition,
        fact=work.fact,
        award=work.award,
        decision=None if work.decision is None else work.decision.sequence,
        supersedes=work.supersedes,
        reason=work.reason,
        binds=work.binds,
    )
