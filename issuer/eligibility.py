"""The pure decision engine: facts and a program version in, a `Decision` out. No clock, no network, no database.

The same facts, in any order and however often, give the same decision, byte for byte (`Decision.canonical`).

    engine = prepared(program, catalogue)              # once for a cohort: it depends on no learner
    decision = engine.decide(facts, learner="ana", on=date(2026, 6, 1))

How it chooses, where there is a choice (docs/eligibility.md says the same):

* **Certificate**: of several for one requirement, the one completed earliest; then the smaller fact id.
* **Choice** (`n_of`): what was complete first, then the order written; of unmet ones the nearest (`issuer.ways`).
* **Language**, under the one-language rule (F8), of those that the learner has begun (and only when the program can be
  completed in none of them, of the others): the ones in which it can be completed come first; then the one with the
  fewest requirements open; then the least still to pay; then the one whose last certificate was completed earliest;
  then the alphabetical order of the tags. A later certificate never takes an award's language away.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal

from issuer import reasons
from issuer.attempts import Attempt, attempts
from issuer.catalogue import Catalogue, Program
from issuer.decisions import Choice, Decision, DecisionOutcome, Reason, Requirement
from issuer.facts import Completion, Enrolment, Fact, current
from issuer.program_tree import ProgramNode, programs_of, unfolded
from issuer.requirements import Accountant
from issuer.ways import Judge, Way

__all__ = ["Choice", "Decision", "DecisionOutcome", "Engine", "Reason", "Requirement", "ToldWay", "decide", "prepared"]


@dataclass(frozen=True)
class ToldWay:
    """A way to the award with everything that can be said about it, of which a decision says all of the best only.
    `requirements`: each with the language that it is judged in and what it still costs."""

    way: Way
    requirements: tuple[tuple[Requirement, str | None, Decimal], ...]


def decide(
    program: Program,
    catalogue: Catalogue,
    facts: Iterable[Fact],
    *,
    learner: str,
    on: date,
    revoked: frozenset[str] = frozenset(),
    awarded_on: date | None = None,
) -> Decision:
    """`Engine.decide` for a single learner. Raises `KeyError` when the program asks for a course or a program that the
    catalogue does not have."""
    return prepared(program, catalogue).decide(facts, learner=learner, on=on, revoked=revoked, awarded_on=awarded_on)


def prepared(program: Program, catalogue: Catalogue) -> "Engine":
    """Everything about the program that does not depend on the learner. Raises `KeyError` as `decide`, and
    `CircularProgram`."""
    tree = unfolded(program, catalogue)
    counting: dict[str, list[int]] = {}
    for leaf in tree.leaves:
        for code in leaf.counting:
            counting.setdefault(code, []).append(leaf.number)
    fees = frozenset(node.fee.code for node in programs_of(tree) if node.fee is not None)
    return Engine(catalogue, tree, {code: tuple(numbers) for code, numbers in counting.items()}, fees)


@dataclass(frozen=True, eq=False)
class Engine:
    """One program version, ready to decide. `counting`: for each course code the leaves that its certificates count
    for; `fees`: the programs whose own fee it asks for. A fact about neither changes no decision of it."""

    catalogue: Catalogue
    tree: ProgramNode
    counting: Mapping[str, tuple[int, ...]]
    fees: frozenset[str]

    def decide(
        self,
        facts: Iterable[Fact],
        *,
        learner: str,
        on: date,
        revoked: frozenset[str] = frozenset(),
        awarded_on: date | None = None,
    ) -> Decision:
        """Decide whether `learner` has earned the program on the day `on`.

        `facts` may hold other learners' too; they are left out. `revoked`: ids of the facts whose Course Certificate
        is revoked. `awarded_on`: the learner holds an award of this version since that day, so whether the version is
        active, and how old certificates may be, is judged as of that day: no award is lost because time passes."""
        program = self.tree.program
        judged_on = on if awarded_on is None else awarded_on
        # (1) A version that is not active awards nobody, whatever the facts.
        if not program.is_active(judged_on):
            return _not_active(program, learner, on, awarded_on)

        # (2) The facts that hold, of this learner, sorted to the requirements for which they count.
        judge = self._judge(facts, learner, on, judged_on, revoked)

        # (3) One way per language, or a single one where languages may be mixed; the best of them is the decision.
        best, *others = judge.ways(self.tree)

        # (4) What is to be said about each requirement, and about the whole.
        accountant = Accountant(self.catalogue, judge, on)
        accounts = [accountant.account(mark) for mark in best.judged.marks]
        remaining = best.judged.cost
        full = tuple(way.language for way in others if way.language is not None and way.full) if best.full else ()

        # (5) How long all this stays so.
        ends = {account.until for account in accounts}
        ends |= {_holds_until(one, awarded_on) for own in judge.attempts for one in own}
        ends.add(program.active_until if awarded_on is None else None)
        return Decision(
            learner=learner,
            program=program.code,
            version=program.version,
            outcome="eligible" if best.full else "not_eligible",
            language=best.award_language if best.full else best.language,
            other_languages=full,
            requirements=tuple(account.requirement for account in accounts),
            remaining=remaining,
            shortest=None if best.full else best.progress(),
            on=on,
            notes=tuple(_notes(best, others, full)),
            holds_until=min((end for end in ends if end is not None), default=None),
        )

    def ways(
        self,
        facts: Iterable[Fact],
        *,
        learner: str,
        on: date,
        revoked: frozenset[str] = frozenset(),
        awarded_on: date | None = None,
    ) -> tuple[ToldWay, ...]:
        """Every way that `decide` looks at, its best first; none when the version is not active."""
        judged_on = on if awarded_on is None else awarded_on
        if not self.tree.program.is_active(judged_on):
            return ()
        judge = self._judge(facts, learner, on, judged_on, revoked)
        accountant = Accountant(self.catalogue, judge, on)
        return tuple(
            ToldWay(
                way,
                tuple(
                    (accountant.account(mark).requirement, mark.language, judge.cost(mark)) for mark in way.judged.marks
                ),
            )
            for way in judge.ways(self.tree)
        )

    def _judge(self, facts: Iterable[Fact], learner: str, on: date, judged_on: date, revoked: frozenset[str]) -> Judge:
        """With the attempts of each leaf, and the enrolments with a paid program fee."""
        of_leaf: list[list[Completion]] = [[] for _ in self.tree.leaves]
        paid: dict[str, Enrolment] = {}
        for fact in _holding(facts, learner):
            if isinstance(fact, Completion):
                for number in self.counting.get(fact.course, ()):
                    of_leaf[number].append(fact)
            elif fact.fee_paid and fact.program in self.fees:
                paid[fact.program] = fact
        tries = tuple(
            attempts(own, leaf.demands, on=on, judged_on=judged_on, revoked=revoked) if own else ()
            for leaf, own in zip(self.tree.leaves, of_leaf, strict=True)
        )
        return Judge(self.catalogue, tries, paid)


def _holding(facts: Iterable[Fact], learner: str) -> Iterable[Fact]:
    """The learner's facts that hold. Where no two tell of the same, these are all that were not taken back."""
    own = [fact for fact in facts if fact.learner == learner]
    if len({fact.key for fact in own}) < len(own):
        return current(own)
    return [fact for fact in own if not fact.withdrawn]


def _notes(best: Way, others: Iterable[Way], full: tuple[str, ...]) -> Iterable[Reason]:
    if best.language is not None and full:
        yield reasons.other_full_languages(full, best.language)
    if not best.full:
        for way in others:
            if way.done:
                yield reasons.language_progress(way.progress())
        for node, languages in best.judged.unsettled:
            yield reasons.one_language(node.program.title(), tuple(sorted(languages)))
    if best.judged.cost:
        yield reasons.remaining_cost(best.judged.cost)


def _holds_until(attempt: Attempt, awarded_on: date | None) -> date | None:
    """The last day on which the attempt is judged as today."""
    if "dated_later" in attempt.lacks:
        return attempt.completed_on - timedelta(days=1)
    if awarded_on is None and attempt.until is not None and "expired" not in attempt.lacks:
        return attempt.until[0]
    return None


def _not_active(program: Program, learner: str, on: date, awarded_on: date | None) -> Decision:
    holds_until: date | None = None
    if program.active_from is not None and (awarded_on or on) < program.active_from:
        why = reasons.not_active_yet(program.version, program.active_from)
        holds_until = program.active_from - timedelta(days=1) if awarded_on is None else None
    else:
        why = reasons.no_longer_active(program.version, program.active_until or date.min)
    return Decision(
        learner=learner,
        program=program.code,
        version=program.version,
        outcome="not_active",
        language=None,
        other_languages=(),
        requirements=(),
        remaining=Decimal(0),
        shortest=None,
        on=on,
        notes=(why,),
        holds_until=holds_until,
    )
