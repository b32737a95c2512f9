"""The issuance cycle, for one certificate or for some hundred at once. Its order is what makes a power cut harmless.

    (3) draft     the unsecured credentials
    (4) lint      refuses what would be dropped, merged or malformed, before anything is signed
    (5) record    one transaction keeps what we mean to sign: the intents. Their indices were given out before (3)
    (6) sign      (`issuer.signing`)
    (7) check     read back what was signed, with the public key that the world sees
    (8) release   one transaction keeps the signed bytes; from now on the certificates exist

(The numbers are those of the journey in docs/architecture.md.) A restart finds intents to finish or released
certificates, never a signed one that nobody knows of. Two processes may issue the same at once; the store lets one of
them win each certificate at (5) and at (8). Nothing is kept open between the steps, and both transactions only write
what was made before, so that however many are made at once, other writers wait for a moment.

    outcomes = cycle.conduct(works)       # for each the released certificate, or the error that kept it

One that cannot be issued holds up no other. What is wrong with the store, and not with one of them, is raised.
"""

import secrets
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from issuer import notices
from issuer.config import Config
from issuer.drafting import Slot
from issuer.encoding import from_bytes, linted_to_bytes
from issuer.errors import AlreadyIssued, KeyRefused, LimitReached, ReadBackFailed
from issuer.hourly_limit import Room
from issuer.keyring import Keyring
from issuer.places import Places
from issuer.signing import Sealed, Signing
from issuer.store import audit, changes, credentials, decisions, intents, mail, status
from issuer.store.audit import Deed
from issuer.store.changes import Position
from issuer.store.credentials import Intent, Status, StoredCredential
from issuer.store.database import Database, Transaction
from issuer.store.decisions import StoredDecision
from issuer.work import Work
from issuer.workshop import Workshops
from vc import openbadges
from vc.compiled import Remembered, Shapes
from vc.context_rules import OPEN_BADGES
from vc.errors import VcError
from vc.multibase import base58btc_encode

SHARE_ID_BYTES = 12  # 96 bits: nobody finds a certificate by guessing, and the QR code stays small


class Overtaken(Exception):
    """Something came in about the learner after the work was made of what was known: make it anew."""


Refusal = VcError | KeyRefused | ReadBackFailed | AlreadyIssued | LimitReached | Overtaken
Outcome = StoredCredential | Refusal
Recorded = Callable[[Transaction, Sequence[StoredCredential]], None]
"""Told of the intents, in the transaction that records them."""


def unobserved(_tx: Transaction, _intents: Sequence[StoredCredential]) -> None:
    """A `Recorded` that has nothing to add."""


@dataclass(frozen=True)
class _Draft:
    """`place`: of the work in the order given."""

    place: int
    work: Work
    slot: Slot
    credential: dict[str, Any]
    unsecured: bytes = b""


class Cycle:
    """`reached` is told each step that is done; tests pull the plug there. `actor`: what the audit log calls who asked
    for it. `workshops`: of the process."""

    def __init__(
        self,
        config: Config,
        database: Database,
        keyring: Keyring,
        *,
        now: Callable[[], datetime],
        reached: Callable[[str], None],
        actor: str,
        workshops: Workshops,
    ) -> None:
        self._config = config
        self._database = database
        self._now = now
        self._reached = reached
        self._actor = actor
        self._places = Places(config, database)
        self._shapes, self._watch = workshops.shapes, workshops.watch
        self._signing = Signing(config, keyring, reached=reached, shapes=workshops.shapes)

    def conduct(
        self,
        works: Sequence[Work],
        *,
        since: Position | None = None,
        recorded: Recorded = unobserved,
    ) -> list[Outcome]:
        """Steps (3) to (8), for a few hundred at most. `since`: how far the store had come when the works were made of
        what it holds; of whom something came in later, `Overtaken`. Raises what `recorded` raises; then nothing was
        recorded."""
        outcomes: dict[int, Outcome] = {}
        self._refuse_without_key(works, outcomes)
        shapes = Remembered(self._shapes)
        open_: list[tuple[StoredCredential, dict[str, Any]]] = []
        places: list[int] = []
        while left := [place for place in range(len(works)) if place not in outcomes and place not in places]:
            at = self._now().replace(microsecond=0)
            # (3) and (4), of no more than an hour's limit lets pass
            within = self._within_the_limit(works, left, at, outcomes)
            drafts = self._draft([(place, works[place]) for place in within], at, outcomes, shapes)
            # (5) record
            for draft, intent in self._record(drafts, at, outcomes, since, recorded):
                open_.append((intent, draft.credential))
                places.append(draft.place)
        # (6) to (8)
        outcomes.update(zip(places, self._finish(open_, shapes), strict=True))
        return [outcomes[place] for place in range(len(works))]

    def finish(self, unfinished: Sequence[StoredCredential]) -> list[Outcome]:
        """Steps (6) to (8) for intents that an interruption left. Those that fail stay, and can be tried again."""
        return self._finish([(one, from_bytes(one.unsecured)) for one in unfinished], Remembered(self._shapes))

    # --- the steps -----------------------------------------------------------------------------------------

    def _refuse_without_key(self, works: Sequence[Work], outcomes: dict[int, Outcome]) -> None:
        """Nothing is recorded in the name of an organization whose key cannot be had."""
        refused: dict[str, KeyRefused] = {}
        for organization in dict.fromkeys(work.organization for work in works):
            try:
                self._signing.ready(organization)
            except KeyRefused as error:
                refused[organization] = error
        for place, work in enumerate(works):
            if work.organization in refused:
                outcomes[place] = refused[work.organization]

    def _within_the_limit(
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

    def _draft(
        self, works: Sequence[tuple[int, Work]], at: datetime, outcomes: dict[int, Outcome], shapes: Shapes
    ) -> list[_Draft]:
        if not works:
            return []
        slots = self._slots([work for _, work in works])
        drafts = [
            _Draft(place, work, slot, work.draft(slot, at)) for (place, work), slot in zip(works, slots, strict=True)
        ]
        self._reached("drafted")
        linted: list[_Draft] = []
        for draft in drafts:
            try:
                openbadges.lint(draft.credential, shapes=shapes)
            except VcError as error:
                outcomes[draft.place] = error
            else:
                linted.append(replace(draft, unsecured=linted_to_bytes(draft.credential)))
        self._reached("linted")
        return linted

    def _slots(self, works: Sequence[Work]) -> list[Slot]:
        counts = Counter(work.organization for work in works)
        places = {one: iter(self._places.reserve(one, count)) for one, count in counts.items()}
        return [
            Slot(base58btc_encode(secrets.token_bytes(SHARE_ID_BYTES)), *next(places[work.organization]))
            for work in works
        ]

    def _record(
        self,
        drafts: Sequence[_Draft],
        at: datetime,
        outcomes: dict[int, Outcome],
        since: Position | None,
        recorded: Recorded,
    ) -> list[tuple[_Draft, StoredCredential]]:
        if not drafts:
            return []
        meant = [_intent(draft) for draft in drafts]
        refused: dict[int, Outcome] = {}
        with self._database.write() as tx:
            rooms: dict[str, Room] = {}
            awarded = self._awarded(tx, drafts)
            newer = frozenset() if since is None else changes.learners_since(tx, since)
            passed: list[tuple[_Draft, Intent]] = []
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
        self._reached("recorded")
        return [(draft, one) for (draft, _), one in zip(passed, stored, strict=True)]

    def _awarded(self, tx: Transaction, drafts: Sequence[_Draft]) -> set[tuple[str, str, int]]:
        """Of the learners of these drafts (learner, program, version) of the awards that there are."""
        wanted: dict[tuple[str, int], list[str]] = {}
        for draft in drafts:
            if _makes_award(draft.work):
                wanted.setdefault((draft.work.subject, draft.work.version), []).append(draft.work.learner)
        return {(who, *key) for key, learners in wanted.items() for who in decisions.awards_of(tx, key, learners)}

    def _with_awards(self, tx: Transaction, passed: Sequence[tuple[_Draft, Intent]], at: datetime) -> list[Intent]:
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

    def _finish(self, open_: Sequence[tuple[StoredCredential, dict[str, Any]]], shapes: Shapes) -> list[Outcome]:
        if not open_:
            return []
        at = self._now().replace(microsecond=0)
        # (6) and (7)
        sealed = self._signing.sign_all([document for _, document in open_], rule=OPEN_BADGES, at=at, shapes=shapes)
        # (8) release
        signed = [
            (intent, document, one)
            for (intent, document), one in zip(open_, sealed, strict=True)
            if isinstance(one, Sealed)
        ]
        released = self._release(signed)
        if signed:
            self._reached("released")
        return [
            released[intent.number] if isinstance(one, Sealed) else one
            for (intent, _), one in zip(open_, sealed, strict=True)
        ]

    def _release(
        self, signed: Sequence[tuple[StoredCredential, dict[str, Any], Sealed]]
    ) -> dict[int, StoredCredential]:
        at = self._now()
        released = {
            intent.number: replace(intent, secured=one.data, digest=one.digest, released_at=at)
            for intent, _, one in signed
        }
        # What is to be said is worded before the others who write are held up.
        with self._database.read() as tx:
            letters = notices.about_releases(
                tx, self._config, [(released[intent.number], document) for intent, document, _ in signed], at=at
            )
        with self._database.write() as tx:
            kept = {intent.number: (one.data, one.digest) for intent, _, one in signed}
            first = intents.release(tx, kept, at=at)
            for intent, _, _ in signed:
                if intent.number in first and intent.supersedes is not None:
                    self._supersede(tx, intent, at)
            mail.add_all(tx, [letter for number, letter in letters.items() if number in first], at=at)
            released.update(intents.several(tx, released.keys() - first))
        self._watch.issued(Counter(released[one].kind for one in first))
        return released

    def _supersede(self, tx: Transaction, intent: StoredCredential, at: datetime) -> None:
        """What was revoked stays revoked, and that it was earned again is said of the new one: what counts on it is
        then decided anew."""
        before = credentials.get(tx, intent.supersedes or 0)
        again = before.status == "revoked"
        number = intent.number if again else before.number
        after: Status = "valid" if again else "superseded"
        reason = intent.reason or ""
        status.change(tx, number, after, reason=reason, at=at, cause="renewal", actor=self._actor)


def _makes_award(work: Work) -> bool:
    return work.decision is not None and work.award is None


def _decision(work: Work) -> StoredDecision:
    if work.decision is None:
        raise LookupError(work.subject)
    return work.decision


def _intent(draft: _Draft) -> Intent:
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
