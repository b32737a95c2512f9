"""The conductor: from what was decided to what is released. Its order is what makes a power cut harmless.

    (3) draft     the unsecured credential
    (4) lint      refuses what would be dropped, merged or malformed, before anything is signed
    (5) record    one transaction reserves the status index and keeps what we mean to sign: the intent
    (6) sign      (`issuer.signing`)
    (7) check     read back what was signed, with the public key that the world sees
    (8) release   one transaction keeps the signed bytes; from now on the certificate exists

(The numbers are those of the journey in docs/architecture.md.) A restart finds an intent to finish or a released
certificate, never a signed one that nobody knows of: `finish_intents` goes on at (6). Two processes may issue at once;
the store lets one of them win at (5) and at (8).

Course Certificates come first, then the programs' certificates, which bind them by the digest of their exact bytes.
"""

import secrets
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime

from issuer import selection
from issuer.config import Config
from issuer.drafting import Slot
from issuer.encoding import to_bytes
from issuer.errors import AlreadyIssued, KeyRefused, NotNow, ReadBackFailed, TransitionRefused
from issuer.facts import Completion, name_problem
from issuer.keyring import Keyring
from issuer.revocation import checked_reason, find, refuse_unless
from issuer.selection import Held, Plan
from issuer.signing import Sealed, Signing
from issuer.store import credentials, status
from issuer.store.credentials import IndexTaken, Intent, StoredCredential
from issuer.store.database import Database
from issuer.store.decisions import StoredDecision, make_award
from issuer.work import Work, course_work, learner_name, program_work, redone
from templates.messages import Message
from vc import openbadges, strict_json
from vc.context_rules import OPEN_BADGES
from vc.errors import Invalid, VcError
from vc.multibase import base58btc_encode

SHARE_ID_BYTES = 12  # 96 bits: nobody finds a certificate by guessing, and the QR code stays small


@dataclass(frozen=True)
class Issued:
    """What a run did. `held`: what could not be issued, each with its reason; nothing is left out silently."""

    courses: tuple[StoredCredential, ...] = ()
    programs: tuple[StoredCredential, ...] = ()
    held: tuple[Held, ...] = ()


@dataclass(frozen=True)
class Finished:
    """`failed`: intents that could not be finished, with why; they stay and are tried again."""

    released: tuple[StoredCredential, ...] = ()
    failed: tuple[tuple[StoredCredential, Message], ...] = ()


class Issuance:
    """`now`: the clock. `reached` is told each step that is done; tests pull the plug there."""

    def __init__(
        self,
        config: Config,
        database: Database,
        keyring: Keyring,
        *,
        now: Callable[[], datetime],
        reached: Callable[[str], None] = lambda step: None,
    ) -> None:
        self._config = config
        self._database = database
        self._now = now
        self._reached = reached
        self._signing = Signing(config, keyring, reached=reached)

    # --- what is called ------------------------------------------------------------------------------------

    def plan(self, program: str | None = None) -> Plan:
        """What there is to issue now. Raises `UnknownProgram`."""
        with self._database.read() as tx:
            return selection.plan(tx, now=self._now(), program=program)

    def issue(self, plan: Plan, progress: Callable[[], None] = lambda: None) -> Issued:
        """Issues what was planned, skipping what another process issued meanwhile. `progress` is told of each. Raises
        `KeyRefused` when for want of a key nothing was issued at all."""
        done: dict[str, list[StoredCredential]] = {"course": [], "program": []}
        held = list(plan.held)
        no_key: KeyRefused | None = None
        for item in plan.items:
            try:
                released = self._conduct(self._work(plan, item))
                done[released.kind].append(released)
            except AlreadyIssued:
                continue
            except NotNow as error:
                held.append(selection.held(item, error.message))
            except KeyRefused as error:  # one organization's: the others go on. Why is for the operator, not in lists
                no_key = error
                held.append(selection.held(item, Message("The organization’s key cannot be used at present")))
            except Invalid as error:  # the lint: this one cannot be signed as it is; the others can
                held.append(selection.held(item, Message(error.message, **error.params)))
            finally:
                progress()
        if no_key is not None and not any(done.values()):
            raise no_key
        return Issued(tuple(done["course"]), tuple(done["program"]), tuple(held))

    def finish_intents(self) -> Finished:
        """Completes what a power cut left: intents that were not signed or not released, and corrections whose
        program certificates were not renewed yet. To be called at every start."""
        with self._database.read() as tx:
            intents = credentials.intents(tx)
        released: list[StoredCredential] = []
        failed: list[tuple[StoredCredential, Message]] = []
        for intent in intents:
            try:
                released.append(self._finish(intent))
            except (VcError, KeyRefused, ReadBackFailed) as error:
                failed.append((intent, Message("{why}", why=str(error))))
        renewed = self._renew_programs()
        return Finished((*released, *renewed.released), (*failed, *renewed.failed))

    def correct(self, share_id: str, *, name: str, reason: str) -> Finished:
        """Issues the certificate anew with the corrected name; the old one is superseded and leads to it. Program
        certificates that bind it are renewed too, because they bind its bytes. The first of `released` is the one
        that was asked for.

        Raises `TransitionRefused`, `UnknownCredential`, `NotReleased`."""
        reason = checked_reason(reason, self._config.limits)
        if problem := name_problem(name):
            raise TransitionRefused("{problem}.", problem=problem)
        limit = self._config.limits.name_length.value
        if len(name) > limit:
            raise TransitionRefused("The name has {count} characters; at most {limit}.", count=len(name), limit=limit)
        with self._database.read() as tx:
            stored = find(tx, share_id)
            refuse_unless(tx, stored, frozenset({"valid"}), "correct")
            if learner_name(stored) == name:
                raise TransitionRefused("{id} bears that very name already.", id=stored.share_id)
            work = redone(tx, self._config, stored, name=name, reason=reason)
        corrected = self._conduct(work)
        renewed = self._renew_programs()
        return Finished((corrected, *renewed.released), renewed.failed)

    def as_token(self, secured: bytes) -> bytes:
        """A released credential as a JSON Web Token (Open Badges 3.0 section 8.2.3), for wallets that read no other
        form: the same credential, by its organization's present key. Nothing is recorded, as nothing new is said."""
        document = strict_json.parse_object(secured)
        del document["proof"]
        return self._signing.as_token(document, at=self._now())

    # --- the cycle -----------------------------------------------------------------------------------------

    def _work(self, plan: Plan, item: Completion | StoredDecision) -> Work:
        with self._database.read() as tx:
            if isinstance(item, Completion):
                return course_work(tx, self._config, plan.catalogue, item)
            return program_work(tx, self._config, plan.catalogue, item, now=self._now())

    def _conduct(self, work: Work) -> StoredCredential:
        """Steps (3) to (8). Raises what the lint raises, `AlreadyIssued`, and `KeyRefused` before anything is done."""
        self._signing.ready(work.organization)
        while True:
            at = self._now().replace(microsecond=0)
            slot = self._slot(work.organization)
            # (3) draft
            credential = work.draft(slot, at)
            self._reached("drafted")
            # (4) lint
            openbadges.lint(credential)
            self._reached("linted")
            # (5) record
            try:
                intent = self._record(work, slot, to_bytes(credential), at)
            except IndexTaken:
                continue
            self._reached("recorded")
            return self._finish(intent)

    def _finish(self, intent: StoredCredential) -> StoredCredential:
        """Steps (6) to (8). Raises `VcError`, `KeyRefused` or `ReadBackFailed`; then the intent stays."""
        at = self._now().replace(microsecond=0)
        unsecured = strict_json.parse_object(intent.unsecured)
        # (6) and (7)
        sealed = self._signing.sign(unsecured, rule=OPEN_BADGES, at=at)
        # (8) release
        released = self._release(intent, sealed)
        self._reached("released")
        return released

    def _slot(self, organization: str) -> Slot:
        limits = self._config.limits
        with self._database.write() as tx:
            number = credentials.open_list(
                tx, organization, length=limits.status_list_length.value, filled=limits.status_list_filled.value
            )
            index = credentials.draw_index(tx, number)
        return Slot(base58btc_encode(secrets.token_bytes(SHARE_ID_BYTES)), number, index)

    def _record(self, work: Work, slot: Slot, unsecured: bytes, at: datetime) -> StoredCredential:
        intent = Intent(
            share_id=slot.share_id,
            list_number=slot.list_number,
            list_index=slot.list_index,
            unsecured=unsecured,
            kind=work.kind,
            organization=work.organization,
            learner=work.learner,
            subject=work.subject,
            version=work.version,
            subject_key=work.subject_key,
            edition=work.edition,
            fact=work.fact,
            award=work.award,
            supersedes=work.supersedes,
            reason=work.reason,
            binds=work.binds,
        )
        with self._database.write() as tx:
            if work.decision is not None:
                intent = replace(intent, award=make_award(tx, work.decision, awarded_at=at).number)
            return credentials.record_intent(tx, intent, at=at)

    def _release(self, intent: StoredCredential, sealed: Sealed) -> StoredCredential:
        at = self._now()
        with self._database.write() as tx:
            first = credentials.release(tx, intent.number, secured=sealed.data, digest=sealed.digest, at=at)
            if first and intent.supersedes is not None:
                status.change(tx, intent.supersedes, "superseded", reason=intent.reason or "", at=at)
            return credentials.get(tx, intent.number)

    def _renew_programs(self) -> Finished:
        """Program certificates that bind a superseded Course Certificate, issued anew over its correction."""
        renewed: list[StoredCredential] = []
        failed: list[tuple[StoredCredential, Message]] = []
        with self._database.read() as tx:
            stale = credentials.out_of_date_programs(tx)
        for stored in stale:
            try:
                with self._database.read() as tx:
                    work = redone(tx, self._config, stored, name=None, reason=None)
                renewed.append(self._conduct(work))
            except AlreadyIssued:  # by another process, just now
                continue
            except (NotNow, VcError, KeyRefused, ReadBackFailed) as error:
                failed.append((stored, Message("{why}", why=str(error))))
        return Finished(tuple(renewed), tuple(failed))
