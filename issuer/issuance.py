"""What is issued, finished, corrected and issued anew; how each certificate is made is `issuer.cycle`'s.

    issuance = Issuance(config, database, keyring, now=now)
    issued = issuance.issue_due(program="data-science")
    issuance.finish_intents()              # at every start: completes what a power cut left

Course Certificates come first, then the programs' certificates, which bind them by the digest of their exact bytes.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime

from issuer import selection
from issuer.award_decisions import decided_again
from issuer.batches import Batches
from issuer.chunks import Chunks
from issuer.config import Config
from issuer.cycle import Cycle
from issuer.editions import check_name, corrected, course_reissued, program_renewed, refreshed
from issuer.errors import AlreadyIssued, KeyRefused, NotNow, ReadBackFailed, TransitionRefused
from issuer.intending import Outcome
from issuer.issued import Issued, Tally
from issuer.keyring import Keyring
from issuer.known import Known
from issuer.revocation import ITSELF, checked_reason, find, refuse_unless
from issuer.selection import Held, Plan
from issuer.signing import Signing
from issuer.store import catalogues, credentials, disagreements
from issuer.store.credentials import StoredCredential
from issuer.store.database import Database
from issuer.store.facts import batched
from issuer.work import Work
from issuer.workshop import Workshops
from templates.messages import Message
from vc import strict_json
from vc.errors import VcError


@dataclass(frozen=True)
class Finished:
    """`failed`: intents that could not be finished, with why; they stay and are tried again."""

    released: tuple[StoredCredential, ...] = ()
    failed: tuple[tuple[StoredCredential, Message], ...] = ()


class Issuance:
    """`now`: the clock. `reached` is told each step that is done; tests pull the plug there. `actor`: see `by`.
    `workshops`: of the process."""

    def __init__(
        self,
        config: Config,
        database: Database,
        keyring: Keyring,
        *,
        now: Callable[[], datetime],
        reached: Callable[[str], None] = lambda step: None,
        actor: str = ITSELF,
        workshops: Workshops | None = None,
    ) -> None:
        self._config = config
        self._database = database
        self._now = now
        self._reached = reached
        self._workshops = workshops or Workshops(config)
        self._cycle = Cycle(config, database, keyring, now=now, reached=reached, actor=actor, workshops=self._workshops)
        self._signing = Signing(config, keyring, reached=reached)
        self._keyring = keyring

    def by(self, actor: str) -> "Issuance":
        """The same, at the word of `actor`: what the audit log calls him."""
        return Issuance(
            self._config,
            self._database,
            self._keyring,
            now=self._now,
            reached=self._reached,
            actor=actor,
            workshops=self._workshops,
        )

    @property
    def batches(self) -> Batches:
        """For many at once, at the same word."""
        return Batches(Chunks(self._config, self._database, self._cycle, self._workshops, self._now))

    # --- what is called ------------------------------------------------------------------------------------

    def plan(self, program: str | None = None, organization: str | None = None) -> Plan:
        """What there is to issue now. Raises `UnknownProgram`."""
        with self._database.read() as tx:
            return selection.plan(tx, now=self._now(), program=program, organization=organization)

    def issue(
        self,
        plan: Plan,
        progress: Callable[[], None] = lambda: None,
        *,
        beyond_the_limit: bool = False,
        released: Callable[[StoredCredential], None] = lambda stored: None,
    ) -> Issued:
        """Issues what was planned, skipping what another process issued meanwhile. `progress` is told of each, and
        `released` of each certificate: they are not kept, and there may be very many.
        `beyond_the_limit`: somebody else approved of more than an hour's certificates (`issuer.hourly_limit`). Raises
        `KeyRefused` when for want of a key nothing was issued at all."""
        tally = Tally(released)
        for item, result in self.batches.each(plan.items, beyond_the_limit=beyond_the_limit):
            tally.add(plan, item, result)
            progress()
        return tally.done((*plan.held, *plan.awarded))

    def issue_due(
        self,
        *,
        program: str | None = None,
        organization: str | None = None,
        progress: Callable[[int, int], None] = lambda done, total: None,
        beyond_the_limit: bool = False,
        released: Callable[[StoredCredential], None] = lambda stored: None,
    ) -> Issued:
        """Plans and issues a few hundred learners at a time, so that memory does not grow with the run. `progress` is
        told (done, total) in learners. Raises `UnknownProgram`, and what `issue` raises."""
        with self._database.read() as tx:
            chosen = selection.choice(tx, program=program, organization=organization)
            present = selection.present(tx, chosen, program=program, organization=organization)
        tally, held = Tally(released), list[Held]()
        batches = self.batches
        for plan in selection.portions(self._database, chosen, now=self._now(), progress=progress):
            held += (*plan.held, *plan.awarded)
            for item, result in batches.each(plan.items, beyond_the_limit=beyond_the_limit):
                tally.add(plan, item, result)
        return replace(tally.done(held), present=present)

    def finish(self, number: int) -> StoredCredential:
        """The certificate of that number, finished if an interruption left it. Raises `VcError`, `ReadBackFailed`."""
        with self._database.read() as tx:
            stored = credentials.get(tx, number)
        return stored if stored.released else _released(self._cycle.finish([stored])[0])

    def finish_intents(self, organization: str | None = None) -> Finished:
        """Completes what a power cut left: intents that were not signed or not released, and corrections whose
        program certificates were not renewed yet. To be called at every start."""
        with self._database.read() as tx:
            intents = credentials.intents(tx, organization)
        released: list[StoredCredential] = []
        failed: list[tuple[StoredCredential, Message]] = []
        for some in batched(intents, self._config.limits.issued_at_once.value):
            for intent, outcome in zip(some, self._cycle.finish(some), strict=True):
                if isinstance(outcome, StoredCredential):
                    released.append(outcome)
                else:
                    failed.append((intent, Message("{why}", why=str(outcome))))
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
            return program_renewed(Known.of(tx, self._config), stored, decided, reason=reason)

    def as_token(self, secured: bytes) -> bytes:
        """A released credential as a JSON Web Token (Open Badges 3.0 section 8.2.3), for wallets that read no other
        form: the same credential, by its organization's present key. Nothing is recorded, as nothing new is said."""
        document = strict_json.parse_object(secured)
        del document["proof"]
        return self._signing.as_token(document, at=self._now())

    # --- the cycle -----------------------------------------------------------------------------------------

    def conduct(self, work: Work) -> StoredCredential:
        """One certificate, steps (3) to (8). Raises what the lint raises, `AlreadyIssued`, `LimitReached`,
        `ReadBackFailed`, and `KeyRefused` before anything is done."""
        return _released(self._cycle.conduct([work])[0])

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


def _released(outcome: Outcome) -> StoredCredential:
    if isinstance(outcome, StoredCredential):
        return outcome
    raise outcome
