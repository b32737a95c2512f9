"""The pure decision engine: facts and a program version in, a `Decision` out. No clock, no network, no database.

The same facts, in any order and however often, give the same decision, byte for byte (`Decision.canonical`).

How it chooses, where there is a choice (docs/eligibility.md says the same):

* **Certificate**: of several for one requirement, the one completed earliest; then the smaller fact id.
* **Language**, under the one-language rule (F8), of those that the learner has begun (and only when the program can be
  completed in none of them, of the others): the ones in which it can be completed come first; then the one with the
  most requirements done; then the least still to pay; then the one whose last certificate was completed earliest; then
  the alphabetical order of the tags. A later certificate never takes an award's language away.
"""

from collections.abc import Iterable
from datetime import date
from decimal import Decimal

from issuer import reasons
from issuer.attempts import Attempt, attempts
from issuer.catalogue import Catalogue, Program
from issuer.decisions import Decision, DecisionOutcome, Reason, Requirement
from issuer.facts import Completion, Enrolment, Fact, current
from issuer.requirements import Assessor
from issuer.rules import ProgramFeePaid
from issuer.ways import ways

__all__ = ["Decision", "DecisionOutcome", "Reason", "Requirement", "decide"]


def decide(
    program: Program,
    catalogue: Catalogue,
    facts: Iterable[Fact],
    *,
    learner: str,
    on: date,
    revoked: frozenset[str] = frozenset(),
) -> Decision:
    """Decide whether `learner` has earned `program` on the day `on`.

    `facts` may hold other learners' too; they are left out. `revoked`: ids of the facts whose Course Certificate
    is revoked. Raises `KeyError` when the program asks for a course that the catalogue does not have."""
    # (1) A version that is not active awards nobody, whatever the facts.
    if not program.is_active(on):
        return _not_active(program, learner, on)

    # (2) The facts that hold, of this learner, sorted to the requirements for which they count.
    held = current(fact for fact in facts if fact.learner == learner)
    completions = [fact for fact in held if isinstance(fact, Completion)]
    tries: dict[str, tuple[Attempt, ...]] = {}
    for leaf in program.parts:
        counting = catalogue.counting_as(leaf.code)
        relevant = [one for one in completions if one.course in counting]
        tries[leaf.code] = attempts(relevant, program.constraints, on=on, revoked=revoked)

    # (3) One way per language, or a single one where languages may be mixed; the best of them is the decision.
    best, *others = ways(program, Assessor(catalogue, tries, on))

    # (4) The program's own fee is a requirement beside the courses.
    fees = _program_fees(program, held)
    missing_fees = tuple(reasons.program_fee() for fee in fees if not fee.met)
    requirements = tuple(line.requirement for line in best.lines) + fees
    eligible = best.full and not missing_fees
    remaining = best.cost + program.fee * len(missing_fees)

    # (5) What is to be said about the whole.
    full = tuple(way.language for way in others if way.language is not None and way.full)
    notes: list[Reason] = []
    if eligible and best.language is not None and full:
        notes.append(reasons.other_full_languages(full, best.language))
    if not eligible:
        notes.extend(reasons.language_progress(way.progress(*missing_fees)) for way in others if way.done)
    if remaining:
        notes.append(reasons.remaining_cost(remaining))
    return Decision(
        learner=learner,
        program=program.code,
        version=program.version,
        outcome="eligible" if eligible else "not_eligible",
        language=best.award_language if eligible else best.language,
        other_languages=full if eligible else (),
        requirements=requirements,
        remaining=remaining,
        shortest=None if eligible else best.progress(*missing_fees),
        on=on,
        notes=tuple(notes),
    )


def _program_fees(program: Program, facts: Iterable[Fact]) -> tuple[Requirement, ...]:
    """The requirement of F11, or nothing where the program has none."""
    if ProgramFeePaid() not in program.constraints:
        return ()
    for fact in facts:
        if isinstance(fact, Enrolment) and fact.program == program.code and fact.fee_paid:
            paid = reasons.program_fee_paid(fact.enrolled_on)
            return (Requirement(program.code, "program_fee", True, fact.id, (paid,)),)
    unpaid = reasons.program_fee_unpaid(program.fee)
    return (Requirement(program.code, "program_fee", False, None, (unpaid,)),)


def _not_active(program: Program, learner: str, on: date) -> Decision:
    if program.active_from is not None and on < program.active_from:
        why = reasons.not_active_yet(program.version, program.active_from)
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
    )
