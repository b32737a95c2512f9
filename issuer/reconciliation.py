"""Reconciliation: every learner's certificates against the record, and what follows, done at once and said.

    1. finish    what a power cut left: intents, corrections whose program certificates were not renewed
    2. decide    anew, for everybody (`issuer.deciding`)
    3. courses   each Course Certificate against the completion that holds now
    4. programs  each award against the decision of today

Whose certificates agree for certain is found for hundreds at once (`issuer.agreement`); (3) and (4) look at the others.

What follows stands in `issuer.life`: suspend, reinstate, renew, revoke when the grace is over, issue anew. Each is one
transaction or one issuance, and is worked out from what is recorded then; so a run that was cut short is finished by
the next, and a run after that does nothing. New awards are not made here: who is eligible and not awarded stands in the
queue (`issuer.queue`). `dry_run` says what would be done.

    done = Reconciliation(config, database, issuance, now=now).run(organization="school")
"""

from collections.abc import Callable, Iterable, Sequence
from datetime import datetime, timedelta

from issuer import agreement, deciding, evidence, revocation
from issuer.award_decisions import decided_again
from issuer.catalogue import Catalogue
from issuer.cohort_undoing import taken_back
from issuer.config import Config
from issuer.decisions import Decision
from issuer.editions import course_renewed, program_renewed
from issuer.errors import AlreadyIssued, IssuerError, KeyRefused, NotNow, ReadBackFailed, TransitionRefused
from issuer.evidence import Found, Record
from issuer.issuance import Issuance
from issuer.known import Known
from issuer.life import Standing, Step, step
from issuer.reconciled import Deed, Did, LeftAlone, Reconciled
from issuer.revocation import ITSELF, Action
from issuer.store import catalogues, credentials, status
from issuer.store.credentials import StoredCredential
from issuer.store.database import Database, Transaction
from issuer.store.decisions import StoredDecision
from issuer.store.facts import batched
from issuer.store.status import StatusChange
from issuer.work import Work, course_work, missing
from issuer.workshop import Workshop
from templates.i18n import say
from templates.messages import Message
from vc import strict_json
from vc.errors import VcError

_ACTIONS: dict[Step, tuple[Action, Did]] = {
    "suspend": ("suspend", "suspended"),
    "reinstate": ("reinstate", "reinstated"),
    "revoke": ("revoke", "revoked"),
}


class Reconciliation:
    """`now`: the clock; `reached` is told each deed, tests pull the plug there."""

    def __init__(
        self,
        config: Config,
        database: Database,
        issuance: Issuance,
        *,
        now: Callable[[], datetime],
        actor: str = ITSELF,
        reached: Callable[[str], None] = lambda step: None,
    ) -> None:
        self._config = config
        self._database = database
        self._issuance = issuance.by(actor)
        self._now = now
        self._actor = actor
        self._reached = reached

    def run(
        self,
        *,
        organization: str | None = None,
        learners: Iterable[str] | None = None,
        dry_run: bool = False,
        progress: Callable[[int, int], None] = lambda done, total: None,
    ) -> Reconciled:
        """`organization`: only certificates in its name; `learners`: only theirs. `progress` is told (done, total)."""
        deeds: list[Deed] = []
        left: list[LeftAlone] = []
        decided: set[str] = set()
        # (1) finish
        if not dry_run:
            finished = self._issuance.finish_intents(organization)
            deeds += [
                Deed("finished", one, Message("An interruption had left it"), new=one) for one in finished.released
            ]
            left += [LeftAlone("held", one, why) for one, why in finished.failed]
        # (2) decide: what is affected is stored or, when it is not to be, looked at closely
        if learners is None:
            stream = deciding.stream(
                self._database, now=self._now(), organization=organization, actor=self._actor, dry_run=dry_run
            )
            decided = {one.decision.learner for one in stream if one.new and dry_run}
        with self._database.read() as tx:
            catalogue, revision = catalogues.load(tx, with_sessions=True), catalogues.revision(tx)
            chosen = tuple(learners) if learners is not None else credentials.learners(tx, organization)
        done = 0
        for some in batched(chosen):
            closely = set(some) if learners is not None else self._doubtful(some, organization) | decided
            for learner in some:
                if learner in closely:
                    for one in self._learner(catalogue, revision, learner, organization, dry_run):
                        deeds.append(one) if isinstance(one, Deed) else left.append(one)
                done += 1
                progress(done, len(chosen))
        return Reconciled(tuple(deeds), tuple(left), len(chosen))

    def _doubtful(self, learners: Sequence[str], organization: str | None) -> set[str]:
        with self._database.read() as tx:
            return agreement.doubtful(tx, learners, today=self._now().date(), organization=organization)

    def _learner(
        self, catalogue: Catalogue, revision: int, learner: str, organization: str | None, dry_run: bool
    ) -> Iterable[Deed | LeftAlone]:
        # (3) courses
        known = self._record(learner)
        for stored in known.courses:
            if stored.released and organization in (None, stored.organization):
                with self._database.read() as tx:
                    found = evidence.of_course(tx, catalogue, known, stored)
                yield from self._follow(catalogue, known, stored, found, None, dry_run)
        # (4) programs: the Course Certificates may have changed by now
        known = self._record(learner)
        for stored in known.programs:
            if stored.released and organization in (None, stored.organization) and stored.status != "superseded":
                try:
                    decided = decided_again(
                        self._database, catalogue, stored, revision=revision, now=self._now(), keep=not dry_run
                    )
                except IssuerError as error:  # of this learner; the others are looked at
                    yield LeftAlone("held", stored, error.message)
                    continue
                with self._database.read() as tx:
                    judged = evidence.of_program(tx, catalogue, known, stored, decided.decision)
                if judged is not None:
                    yield from self._follow(catalogue, known, stored, judged, decided, dry_run)

    def _record(self, learner: str) -> Record:
        with self._database.read() as tx:
            return evidence.record(tx, learner, on=self._now().date())

    # --- what follows --------------------------------------------------------------------------------------

    def _follow(
        self,
        catalogue: Catalogue,
        known: Record,
        stored: StoredCredential,
        found: Found,
        decided: StoredDecision | None,
        dry_run: bool,
    ) -> Iterable[Deed | LeftAlone]:
        with self._database.read() as tx:
            last = status.last(tx, stored.number)
            word = _last_word(tx, stored)
        overruled = (
            word is not None
            and (word.status, word.cause) == ("valid", "hand")
            and found.since is not None
            and found.since <= word.at
        )
        standing = Standing(stored.status, None if last is None else last.cause, None if last is None else last.until)
        next_ = step(standing, found.evidence, today=known.on, overruled=overruled)
        why = found.why or Message("What it rests on counts again")
        if next_ == "reissue" and stored.kind == "program":
            with self._database.read() as tx:
                cohort = taken_back(tx, stored)
            if cohort is not None:
                why = Message("It is earned again, but cohort {cohort} was undone: issuer reissue", cohort=cohort)
                yield LeftAlone("held", stored, why)
                return
        if next_ is None:
            if overruled and found.evidence == "lost":
                yield LeftAlone("overruled", stored, why)
        elif next_ in _ACTIONS:
            yield self._change(stored, next_, why, last, dry_run)
        else:
            yield from self._issue(catalogue, known, stored, next_, why, decided, dry_run)

    def _change(
        self, stored: StoredCredential, next_: Step, why: Message, last: StatusChange | None, dry_run: bool
    ) -> Deed | LeftAlone:
        """`last`: the newest change when it was worked out. What somebody did since then stands."""
        action, did = _ACTIONS[next_]
        now = self._now()
        if next_ == "revoke":
            until = last.until if last is not None else None
            why = Message("{why}; it was not put right by {date}", why=why, date=until or now.date())
        grace = timedelta(days=self._config.limits.grace_period.value)
        last_day = now.date() + grace if next_ == "suspend" else None
        if not dry_run:
            try:
                with self._database.write() as tx:
                    if status.last(tx, stored.number) != last:
                        raise TransitionRefused("{id} was changed just now.", id=stored.share_id)
                    revocation.apply(
                        tx,
                        self._config,
                        credentials.get(tx, stored.number),
                        action,
                        reason=self._worded(stored, why),
                        at=now,
                        actor=self._actor,
                        cause="evidence",
                        until=last_day,
                    )
            except TransitionRefused as error:  # somebody was there before us
                return LeftAlone("held", stored, error.message)
            self._reached(did)
        return Deed(did, stored, why, last_day)

    def _issue(
        self,
        catalogue: Catalogue,
        known: Record,
        stored: StoredCredential,
        next_: Step,
        why: Message,
        decided: StoredDecision | None,
        dry_run: bool,
    ) -> Iterable[Deed | LeftAlone]:
        """The next edition; before it, the Course Certificates that it is to bind and that nobody issued yet."""
        did: Did = "renewed" if next_ == "renew" else "reissued"
        if dry_run:
            yield Deed(did, stored, why)
            return
        try:
            for work in () if decided is None else self._missing(catalogue, stored, decided.decision):
                new = self._issuance.conduct(work)
                yield Deed("issued", new, Message("It counts in place of another"), new=new)
            with self._database.read() as tx:
                work = self._edition(tx, known, stored, decided, self._worded(stored, why))
            yield Deed(did, stored, why, new=self._issuance.conduct(work))
            self._reached(did)
        except (AlreadyIssued, NotNow) as error:
            yield LeftAlone("held", stored, error.message)
        except (VcError, KeyRefused, ReadBackFailed) as error:
            yield LeftAlone("held", stored, Message("{why}", why=str(error)))

    def _missing(self, catalogue: Catalogue, stored: StoredCredential, made: Decision) -> list[Work]:
        """In their own name alone: what a partner has not certified, he is to certify."""
        with self._database.read() as tx:
            known = Known(tx, Workshop(self._config, catalogue))
            return [
                course_work(known, one)
                for one in missing(known, made)
                if one.course in catalogue.courses and catalogue.courses[one.course].organization == stored.organization
            ]

    def _edition(
        self,
        tx: Transaction,
        known: Record,
        stored: StoredCredential,
        decided: StoredDecision | None,
        reason: str,
    ) -> Work:
        if decided is not None:
            return program_renewed(Known.of(tx, self._config), stored, decided, reason=reason)
        completion = known.completion(stored.subject_key)
        if completion is None:
            raise NotNow("The completion was taken back.")
        return course_renewed(tx, self._config, stored, completion, reason=reason)

    def _worded(self, stored: StoredCredential, why: Message) -> str:
        """As it is kept and shown: in the certificate's language, one line, no longer than a reason may be."""
        achievement = strict_json.parse_object(stored.unsecured)["credentialSubject"]["achievement"]
        text = "".join(c for c in say(why, achievement["inLanguage"]) if c.isprintable())
        limit = self._config.limits.reason_length.value
        return text if len(text) <= limit else text[: limit - 1] + "…"


def _last_word(tx: Transaction, stored: StoredCredential) -> StatusChange | None:
    """The newest change of it; where nothing happened to it yet, of what it was corrected from or renewed: a correction
    does not take back what somebody decided."""
    while True:
        past = [one for one in status.history(tx, stored.number) if one.status != "superseded"]
        if past or stored.supersedes is None:
            return past[-1] if past else None
        stored = credentials.get(tx, stored.supersedes)
