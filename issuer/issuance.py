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

from issuer import notices, selection
from issuer.award_decisions import decided_again
from issuer.config import Config
from issuer.drafting import Slot
from issuer.editions import check_name, corrected, course_reissued, program_renewed, refreshed
from issuer.encoding import to_bytes
from issuer.errors import AlreadyIssued, KeyRefused, LimitReached, NotNow, ReadBackFailed, TransitionRefused
from issuer.facts import Completion
from issuer.hourly_limit import require_room
from issuer.keyring import Keyring
from issuer.revocation import ITSELF, checked_reason, find, refuse_unless
from issuer.selection import Held, Plan
from issuer.signing import Sealed, Signing
from issuer.store import audit, catalogues, credentials, disagreements, status
from issuer.store.credentials import IndexTaken, Intent, Status, StoredCredential
from issuer.store.database import Database, Transaction
from issuer.store.decisions import StoredDecision, make_award
from issuer.watch import Watch
from issuer.work import Work, course_work, program_work
from templates.messages import Message
from vc import openbadges, strict_json
from vc.context_rules import OPEN_BADGES
from vc.errors import Invalid, VcError
from vc.multibase import base58btc_encode

SHARE_ID_BYTES = 12  # 96 bits: nobody finds a certificate by guessing, and the QR code stays small


@dataclass(frozen=True)
class Issued:
    """What a run did. `held`: what could not be issued, each with its reason; nothing is left out silently.
    `limited`: the organizations that reached the limit of an hour, each with how many of its certificates wait."""

    courses: tuple[StoredCredential, ...] = ()
    programs: tuple[StoredCredential, ...] = ()
    held: tuple[Held, ...] = ()
    limited: tuple[tuple[LimitReached, int], ...] = ()


@dataclass(frozen=True)
class Finished:
    """`failed`: intents that could not be finished, with why; they stay and are tried again."""

    released: tuple[StoredCredential, ...] = ()
    failed: tuple[tuple[StoredCredential, Message], ...] = ()


class Issuance:
    """`now`: the clock. `reached` is told each step that is done; tests pull the plug there. `actor`: see `by`."""

    def __init__(
        self,
        config: Config,
        database: Database,
        keyring: Keyring,
        *,
        now: Callable[[], datetime],
        reached: Callable[[str], None] = lambda step: None,
        actor: str = ITSELF,
        watch: Watch | None = None,
    ) -> None:
        self._watch = watch or Watch()
        self._config = config
        self._database = database
        self._now = now
        self._reached = reached
        self._signing = Signing(config, keyring, reached=reached)
        self._keyring = keyring
        self._actor = actor

    def by(self, actor: str) -> "Issuance":
        """The same, at the word of `actor`: what the audit log calls him."""
        return Issuance(
            self._config,
            self._database,
            self._keyring,
            now=self._now,
            reached=self._reached,
            actor=actor,
            watch=self._watch,
        )

    # --- what is called ------------------------------------------------------------------------------------

    def plan(self, program: str | None = None, organization: str | None = None) -> Plan:
        """What there is to issue now. Raises `UnknownProgram`."""
        with self._database.read() as tx:
            return selection.plan(tx, now=self._now(), program=program, organization=organization)

    def issue(
        self, plan: Plan, progress: Callable[[], None] = lambda: None, *, beyond_the_limit: bool = False
    ) -> Issued:
        """Issues what was planned, skipping what another process issued meanwhile. `progress` is told of each.
        `beyond_the_limit`: somebody else approved of more than an hour's certificates (`issuer.hourly_limit`). Raises
        `KeyRefused` when for want of a key nothing was issued at all."""
        done: dict[str, list[StoredCredential]] = {"course": [], "program": []}
        held = [*plan.held, *plan.awarded]
        limited: dict[str | None, tuple[LimitReached, int]] = {}
        no_key: KeyRefused | None = None
        for item in plan.items:
            organization = selection.organization_of(plan, item)
            try:
                if organization in limited:  # said once; the others are counted
                    raise limited[organization][0]
                work = self._work(plan, item)
                released = self.conduct(replace(work, hourly=False) if beyond_the_limit else work)
                done[released.kind].append(released)
            except LimitReached as error:
                limited[organization] = (error, limited.get(organization, (error, 0))[1] + 1)
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
        return Issued(tuple(done["course"]), tuple(done["program"]), tuple(held), tuple(limited.values()))

    def finish(self, number: int) -> StoredCredential:
        """The certificate of that number, finished if an interruption left it. Raises `VcError`, `ReadBackFailed`."""
        with self._database.read() as tx:
            stored = credentials.get(tx, number)
        return stored if stored.released else self._finish(stored)

    def finish_intents(self, organization: str | None = None) -> Finished:
        """Completes what a power cut left: intents that were not signed or not released, and corrections whose
        program certificates were not renewed yet. To be called at every start."""
        with self._database.read() as tx:
            intents = credentials.intents(tx, organization)
        released: list[StoredCredential] = []
        failed: list[tuple[StoredCredential, Message]] = []
        for intent in intents:
            try:
                released.append(self._finish(intent))
            except (VcError, KeyRefused, ReadBackFailed) as error:
                failed.append((intent, Message("{why}", why=str(error))))
        renewed = self.renew_programs(organization)
        return Finished((*released, *renewed.released), (*failed, *renewed.failed))

    def correct(
        self, share_id: str, *, reason: str, name: str | None = None, organization: str | None = None
    ) -> Finished:
        """Issues the certificate anew with the corrected name or, without `name`, with the title that the newest
        version of its course or program has; the old one is superseded and leads to it. Program certificates that bind
        it are renewed too, because they bind its bytes; with `organization` only theirs, and the others' by their own
        reconciliation. The first of `released` is the one that was asked for.

        Raises `TransitionRefused`, `UnknownCredential`, `NotReleased`, `NotNow`, `AlreadyIssued`."""
        corrected = self.correct_alone(share_id, reason=reason, name=name, organization=organization)
        renewed = self.renew_programs(organization)
        return Finished((corrected, *renewed.released), renewed.failed)

    def correct_alone(
        self, share_id: str, *, reason: str, name: str | None = None, organization: str | None = None
    ) -> StoredCredential:
        """The same for one of many: `renew_programs` comes after them all."""
        reason = checked_reason(reason, self._config.limits)
        if name is not None:
            check_name(name, self._config.limits)
        with self._database.read() as tx:
            stored = find(tx, share_id, organization)
            refuse_unless(tx, stored, frozenset({"valid"}), "correct")
            work = corrected(tx, self._config, stored, name=name, reason=reason, now=self._now())
        return self.conduct(work)

    def reissue(self, share_id: str, *, reason: str, organization: str | None = None) -> StoredCredential:
        """Issues anew what was revoked and is earned now, by somebody's word: the old one stays revoked, and leads to
        the new one. Raises `TransitionRefused`, `UnknownCredential`, `NotReleased`, `NotNow`."""
        reason = checked_reason(reason, self._config.limits)
        with self._database.read() as tx:
            stored = find(tx, share_id, organization)
            refuse_unless(tx, stored, frozenset({"revoked"}), "reissue")
            if (successor := credentials.successor(tx, stored.number)) is not None:
                raise TransitionRefused("It was issued anew already: {id}.", id=successor.share_id)
        return self.conduct(self._anew(stored, reason))

    def _anew(self, stored: StoredCredential, reason: str) -> Work:
        """Of what was revoked: the next edition, where it is earned now."""
        now = self._now()
        with self._database.read() as tx:
            if stored.kind == "course":
                return course_reissued(tx, self._config, stored, reason=reason, now=now)
            catalogue, revision = catalogues.load(tx), catalogues.revision(tx)
        decided = decided_again(self._database, catalogue, stored, revision=revision, now=now)
        if not decided.decision.eligible:
            why = decided.decision.shortest or Message("The version awards nobody today")
            raise NotNow("It is not earned: {why}.", why=why)
        with self._database.read() as tx:
            return program_renewed(tx, self._config, stored, decided, reason=reason)

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

    def conduct(self, work: Work) -> StoredCredential:
        """One certificate, steps (3) to (8). Raises what the lint raises, `AlreadyIssued`, `LimitReached`,
        `ReadBackFailed`, what `work.recorded` raises, and `KeyRefused` before anything is done."""
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
        self._watch.issued(released.kind)
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
            decision=None if work.decision is None else work.decision.sequence,
            supersedes=work.supersedes,
            reason=work.reason,
            binds=work.binds,
        )
        with self._database.write() as tx:
            if work.hourly:
                require_room(tx, work.organization, now=at, limits=self._config.limits)
            if work.decision is not None and work.award is None:
                intent = replace(intent, award=make_award(tx, work.decision, awarded_at=at).number)
            action = "certificate.issue" if work.supersedes is None else "certificate.issue_anew"
            audit.append(
                tx, work.organization, actor=self._actor, action=action, subject=slot.share_id, at=at, kind=work.kind
            )
            stored = credentials.record_intent(tx, intent, at=at)
            if work.recorded is not None:
                work.recorded(tx, stored)
            return stored

    def _release(self, intent: StoredCredential, sealed: Sealed) -> StoredCredential:
        at = self._now()
        with self._database.write() as tx:
            first = credentials.release(tx, intent.number, secured=sealed.data, digest=sealed.digest, at=at)
            if first and intent.supersedes is not None:
                self._supersede(tx, intent, at)
            released = credentials.get(tx, intent.number)
            if first:
                notices.about_release(tx, self._config, released, at=at)
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

    def renew_programs(self, organization: str | None = None) -> Finished:
        """Program certificates that bind a superseded Course Certificate, issued anew over its correction."""
        renewed: list[StoredCredential] = []
        failed: list[tuple[StoredCredential, Message]] = []
        with self._database.read() as tx:
            stale = disagreements.out_of_date_programs(tx, organization)
        for stored in stale:
            try:
                with self._database.read() as tx:
                    work = refreshed(tx, self._config, stored)
                renewed.append(self.conduct(work))
            except AlreadyIssued:  # by another process, just now
                continue
            except (NotNow, VcError, KeyRefused, ReadBackFailed) as error:
                failed.append((stored, Message("{why}", why=str(error))))
        return Finished(tuple(renewed), tuple(failed))
