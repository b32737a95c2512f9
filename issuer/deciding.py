"""Runs the decision engine over everybody whom it concerns (`issuer.concerned`), and keeps what is new.

    for one in stream(database, now=now):          # a cohort of any size, at hand one by one
        print(one.decision.learner, one.decision.outcome)

After a first run only what is affected is decided again; `everything` decides everybody. A decision that says the same
as the last one is not stored again, unless the time is over for which that was said to hold.

How a run proceeds, so that it needs little memory, holds up no writer and forgets nobody:

(1) In one view: the catalogue, how far facts and statuses have come, whom it concerns.
(2) A few hundred learners at a time, in a view of their own: their facts, their last decisions, their awards.
(3) Decide.
(4) Under the write lock, look again: of whom something newer is known, nothing is kept; the next run decides. Append
    the rest, with a line in the audit log.
(5) When all of a version are done, note how far (1) had come. A run that is broken off notes nothing.
"""

from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime

from issuer import findings
from issuer.catalogue import Catalogue, Program
from issuer.concerned import Version, affected, everybody, name_of, only, version_of, versions
from issuer.decisions import Decision, said_in
from issuer.errors import CatalogueChanged, StoreBusy, UnknownLearner
from issuer.facts import Completion, Fact, current
from issuer.findings import LostEvidence, Unsupported
from issuer.inputs import Inputs
from issuer.store import audit, catalogues, changes, credentials, decisions, disagreements, facts
from issuer.store.changes import Position, UpTo
from issuer.store.database import Database, Transaction
from issuer.store.decisions import Award, Previous, Row, StoredDecision

_AT_ONCE = 500  # learners: a second's work, a few megabytes
_TRIES = 5  # to decide one while facts about the very learner come in


@dataclass(frozen=True)
class Decided:
    """`new`: it is to be kept, since it differs from what was decided last. `awarded`: there is an award already."""

    decision: Decision
    name: str
    new: bool
    awarded: bool


@dataclass
class Tally:
    """Counts what a stream gives, by program version: `decided`, each outcome, `new`, `awarded`, and `ready`: eligible
    and not yet awarded."""

    counts: dict[tuple[str, int], dict[str, int]] = field(default_factory=dict)

    def add(self, one: Decided) -> None:
        of_it = self.counts.setdefault((one.decision.program, one.decision.version), {})
        ready = one.decision.eligible and not one.awarded
        said = {"decided": True, one.decision.outcome: True, "new": one.new, "awarded": one.awarded, "ready": ready}
        for word in (word for word, holds in said.items() if holds):
            of_it[word] = of_it.get(word, 0) + 1

    def count(self, word: str) -> int:
        return sum(of_it.get(word, 0) for of_it in self.counts.values())


@dataclass(frozen=True)
class Run:
    decided: tuple[Decided, ...]
    lost: tuple[LostEvidence, ...]
    unsupported: tuple[Unsupported, ...]

    def count(self, outcome: str) -> int:
        return sum(one.decision.outcome == outcome for one in self.decided)


def stream(
    database: Database,
    *,
    now: datetime,
    organization: str | None = None,
    program: str | None = None,
    learner: str | None = None,
    learners: Collection[str] | None = None,
    dry_run: bool = False,
    everything: bool = False,
    actor: str = "issuer",
    progress: Callable[[int, int], None] = lambda done, total: None,
) -> Iterator[Decided]:
    """Decides, and stores what is new unless `dry_run`, in the order of program, version and learner. `learner` or
    `learners` name the only ones to decide, whether they are affected or not. `actor`: for the audit log. `progress`
    is told (done, total). Raises `UnknownProgram`, `UnknownLearner`, `CatalogueChanged`."""
    named = (
        None if learner is None and learners is None else {*(learners or ()), *(() if learner is None else (learner,))}
    )
    # (1) one view of whom it concerns
    with database.read() as tx:
        if learner is not None and not facts.is_learner(tx, learner):
            raise UnknownLearner("No completion or enrolment names the learner {learner}.", learner=learner)
        catalogue = catalogues.load(tx)
        came_to = changes.position(tx)
        work: list[tuple[Version, tuple[str, ...]]] = []
        for version in versions(tx, catalogue, now.date(), program=program, organization=organization):
            found = None if everything or named is not None else affected(tx, version, now.date())
            work.append((version, only(everybody(tx, version), named) if found is None else found))
    if learner is not None and organization is not None and not any(who for _, who in work):
        # Whether another organization knows the learner is not for this one to know.
        raise UnknownLearner("No completion or enrolment names the learner {learner}.", learner=learner)
    total, done = sum(len(who) for _, who in work), 0
    for version, who in work:
        one_version = _OneVersion(database, catalogue, version, now, came_to.revision, actor)
        for some in facts.batched(who, _AT_ONCE):
            yield from one_version.decide(some, keep=not dry_run)
            done += len(some)
            progress(done, total)
        # (5) how far it is decided now
        if named is None and not dry_run:
            one_version.note(UpTo(came_to, now.date(), version.of_the_day))


def run(
    database: Database,
    *,
    now: datetime,
    organization: str | None = None,
    program: str | None = None,
    learner: str | None = None,
    learners: Collection[str] | None = None,
    dry_run: bool = False,
    everything: bool = True,
    actor: str = "issuer",
    progress: Callable[[int, int], None] = lambda done, total: None,
) -> Run:
    """The same for who wants all of it at once, with what was awarded and would not be today."""
    given = stream(
        database,
        now=now,
        organization=organization,
        program=program,
        learner=learner,
        learners=learners,
        dry_run=dry_run,
        everything=everything,
        actor=actor,
        progress=progress,
    )
    decided = tuple(given)
    with database.read() as tx:
        if dry_run:
            gone = findings.would_be_lost(tx, ((one.decision, one.name) for one in decided if one.awarded))
        else:
            gone = findings.lost(tx, organization=organization, program=program, learner=learner)
        return Run(decided, gone, findings.unsupported(tx, learner))


def decide_one(
    database: Database,
    catalogue: Catalogue,
    program: Program,
    learner: str,
    *,
    revision: int,
    now: datetime,
    keep: bool = True,
    actor: str = "issuer",
) -> StoredDecision:
    """The decision of now about one learner and that program version, stored if it is new, with its inputs. `revision`:
    of the catalogue, from the view in which it was loaded. With `keep` False a decision that would be new has the
    sequence 0. Raises `CatalogueChanged`, `StoreBusy`."""
    one_version = _OneVersion(database, catalogue, version_of(catalogue, program), now, revision, actor)
    for _ in range(_TRIES):
        made = one_version.decide((learner,), keep=keep)
        if not made:
            raise UnknownLearner("No completion or enrolment names the learner {learner}.", learner=learner)
        if made[0].new and not keep:
            return StoredDecision(0, made[0].decision, now)
        with database.read() as tx:
            stands = decisions.newest(tx, learner, program.code, program.version)
        if stands is not None and stands.decision.agrees_with(made[0].decision):
            return stands
    raise StoreBusy("Facts about {learner} keep coming in.", hint="Try again in a moment.", learner=learner)


@dataclass(frozen=True)
class _OneVersion:
    """Steps (2) to (5) for one program version. `revision`: of the catalogue at hand."""

    database: Database
    catalogue: Catalogue
    version: Version
    now: datetime
    revision: int
    actor: str

    def decide(self, learners: Sequence[str], *, keep: bool) -> tuple[Decided, ...]:
        key = self.version.key
        # (2) what is known of them
        with self.database.read() as tx:
            seen = changes.position(tx)
            told = facts.of_learners(tx, learners, self.version.about)
            last = decisions.previous(tx, key, learners)
            awards = decisions.awards_of(tx, key, learners)
            gone = disagreements.revoked_by_word(tx, learners)
        # (3) decide
        known = (who for who in learners if who in told or who in last or who in awards)
        made = {who: self._decided(who, current(told.get(who, ())), awards.get(who), gone) for who in known}
        new = {who for who, row in made.items() if self._is_new(row, last.get(who))}
        # (4) keep what is new
        if keep and new:
            self._keep([row for who, row in made.items() if who in new], seen)
        return tuple(
            Decided(row.decision, name_of(self.catalogue, self.version, told.get(who, ())), who in new, who in awards)
            for who, row in made.items()
        )

    def _decided(self, who: str, held: Sequence[Fact], award: Award | None, gone: frozenset[tuple[str, str]]) -> Row:
        revoked = _revoked(held, gone)
        awarded_on = None if award is None else award.awarded_at.date()
        made = self.version.engine.decide(held, learner=who, on=self.now.date(), revoked=revoked, awarded_on=awarded_on)
        inputs = Inputs(tuple(one.id for one in held), tuple(sorted(revoked)), self.revision, awarded_on)
        return Row(made, made.canonical(), inputs)

    def _is_new(self, row: Row, last: Previous | None) -> bool:
        """It says something else, or for less long; or what was said last is over, or cannot be replayed."""
        if last is None or not last.replayable:
            return True
        if row.canonical == last.canonical:
            return False
        until = row.decision.holds_until or date.max
        before = last.holds_until or date.max
        return until < before or before < self.now.date() or said_in(row.canonical) != said_in(last.canonical)

    def _keep(self, rows: Sequence[Row], seen: Position) -> None:
        key = self.version.key
        with self.database.write() as tx:
            if changes.concerns_catalogue(tx, self.revision, self.version.about.courses):
                raise CatalogueChanged("The catalogue was changed while it was decided by.", hint="Run it again.")
            newer = changes.learners(tx, seen, self.version.about)
            last = decisions.previous(tx, key, [row.decision.learner for row in rows])
            kept = [
                row
                for row in rows
                if row.decision.learner not in newer and self._is_new(row, last.get(row.decision.learner))
            ]
            if kept:
                decisions.append_all(tx, kept, decided_at=self.now)
                audit.append(
                    tx,
                    self.version.program.organization,
                    actor=self.actor,
                    action="decision.make",
                    subject=credentials.program_key(*key),
                    at=self.now,
                    count=len(kept),
                )

    def note(self, upto: UpTo) -> None:
        with self.database.read() as tx:
            known = changes.decided(tx, self.version.key)
        if known != upto:
            with self.database.write() as tx:
                changes.keep(tx, self.version.key, upto)


def revoked_facts(tx: Transaction, held: Iterable[Fact]) -> frozenset[str]:
    """The facts that hold and whose Course Certificate somebody revoked (`issuer.life`)."""
    held = tuple(held)
    return _revoked(held, disagreements.revoked_by_word(tx, {one.learner for one in held}))


def _revoked(held: Iterable[Fact], gone: frozenset[tuple[str, str]]) -> frozenset[str]:
    if not gone:
        return frozenset()
    return frozenset(
        fact.id
        for fact in held
        if isinstance(fact, Completion) and (fact.learner, credentials.course_key(fact.course, fact.session)) in gone
    )
