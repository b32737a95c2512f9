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
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from issuer import notices
from issuer.config import Config
from issuer.drafting import Slot
from issuer.encoding import from_bytes, linted_to_bytes
from issuer.errors import KeyRefused, NotNow
from issuer.intending import Draft, Intending, Outcome, Recorded, unobserved
from issuer.keyring import Keyring
from issuer.places import Places
from issuer.signing import Sealed, Signing
from issuer.store import credentials, intents, mail, status
from issuer.store.changes import Position
from issuer.store.credentials import Status, StoredCredential
from issuer.store.database import Database, Transaction
from issuer.work import Work
from issuer.workshop import Workshops
from vc import openbadges
from vc.compiled import Remembered, Shapes
from vc.context_rules import OPEN_BADGES
from vc.dates import timestamp
from vc.errors import VcError
from vc.multibase import base58btc_encode

CLOCKS_DIFFER = timedelta(seconds=60)  # a clock that is set right by so little holds up nothing
SHARE_ID_BYTES = 12  # 96 bits: nobody finds a certificate by guessing, and the QR code stays small


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
        self._intending = Intending(config, database, actor=actor)
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
            within = self._intending.within_the_limit(works, left, at, outcomes)
            drafts = self._draft([(place, works[place]) for place in within], at, outcomes, shapes)
            # (5) record
            if drafts:
                for draft, intent in self._intending.record(drafts, at, outcomes, since, recorded):
                    open_.append((intent, draft.credential))
                    places.append(draft.place)
                self._reached("recorded")
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

    def _draft(
        self, works: Sequence[tuple[int, Work]], at: datetime, outcomes: dict[int, Outcome], shapes: Shapes
    ) -> list[Draft]:
        if not works:
            return []
        slots = self._slots([work for _, work in works])
        drafts = [
            Draft(place, work, slot, work.draft(slot, at)) for (place, work), slot in zip(works, slots, strict=True)
        ]
        self._reached("drafted")
        linted: list[Draft] = []
        for draft in drafts:
            try:
                openbadges.lint(draft.credential, shapes=shapes)
            except VcError as error:
                outcomes[draft.place] = error
            else:
                unsecured = linted_to_bytes(draft.credential)
                linted.append(Draft(draft.place, draft.work, draft.slot, draft.credential, unsecured))
        self._reached("linted")
        return linted

    def _slots(self, works: Sequence[Work]) -> list[Slot]:
        counts = Counter(work.organization for work in works)
        places = {one: iter(self._places.reserve(one, count)) for one, count in counts.items()}
        return [
            Slot(base58btc_encode(secrets.token_bytes(SHARE_ID_BYTES)), *next(places[work.organization]))
            for work in works
        ]

    def _finish(self, open_: Sequence[tuple[StoredCredential, dict[str, Any]]], shapes: Shapes) -> list[Outcome]:
        at = self._now().replace(microsecond=0)
        early: dict[int, Outcome] = {
            intent.number: _not_yet(intent) for intent, _ in open_ if intent.intended_at - at > CLOCKS_DIFFER
        }
        outcomes = early | self._seal([one for one in open_ if one[0].number not in early], at, shapes)
        return [outcomes[intent.number] for intent, _ in open_]

    def _seal(
        self, open_: Sequence[tuple[StoredCredential, dict[str, Any]]], at: datetime, shapes: Shapes
    ) -> dict[int, Outcome]:
        """By the intents' numbers."""
        if not open_:
            return {}
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
        return {
            intent.number: released[intent.number] if isinstance(one, Sealed) else one
            for (intent, _), one in zip(open_, sealed, strict=True)
        }

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


def _not_yet(intent: StoredCredential) -> NotNow:
    """The clock has gone back since it was recorded, and nothing is released that begins in the future."""
    return NotNow(
        "It was recorded with the date {date}, and the clock of this machine is not there yet.",
        hint="Set the clock right, or wait until then; the same again finishes it.",
        date=timestamp(intent.intended_at.replace(microsecond=0)),
    )
