"""The rule tree of a program, and the constraints over it. Rules are data: they are stored, versioned, replayed.

A Specialization is `AllOf((CourseRule(…), …, CapstoneRule(…)))` under `SingleLanguage`, `IdentityVerified` and
`FeePaid`; an XSeries is `AllOf` of courses under the last two and `ProgramFeePaid`. A program may be any tree.
Nothing here judges a rule: `issuer.rule_reading` reads one from data and says what is wrong with it,
`issuer.catalogue_checks` sees how it fits, `issuer.eligibility` decides by it, `issuer.rule_wording` says it.

    >>> rule = AllOf((NOf(1, (CourseRule("r-programming"), CourseRule("python"))), CapstoneRule("work")))
    >>> [leaf.code for leaf in leaves(rule)]
    ['r-programming', 'python', 'work']
    >>> rule_to_json(rule)["all_of"][0]
    {'n_of': 1, 'of': [{'course': 'r-programming'}, {'course': 'python'}]}
"""

from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from issuer.facts import plain
from issuer.periods import Period

# How deep rules may stand inside each other, nested programs unfolded: nobody can follow a deeper one when it is said
# in words, and reading one takes a step of the stack per level.
MOST_DEPTH = 8
# Children of one `all_of` or `n_of`: what a page can list and a person can choose from.
MOST_CHILDREN = 30
# Courses and capstones of a program, nested programs unfolded: a certificate binds each by its digest.
MOST_LEAVES = 60


@dataclass(frozen=True)
class CourseRule:
    """A Course Certificate for the course `code`, or for a course that it replaces."""

    code: str


@dataclass(frozen=True)
class CapstoneRule:
    """The same for a capstone project: a requirement of its own, so that no program is awarded without it."""

    code: str


@dataclass(frozen=True)
class ProgramRule:
    """All that another program asks for, judged in place: its constraints hold for its courses beside the outer ones.
    The version is pinned, so that a decision can be replayed."""

    code: str
    version: int


@dataclass(frozen=True)
class AllOf:
    """Every child is required. Their order is the recommended one and is shown; it decides nothing (F4)."""

    children: tuple["Rule", ...]


@dataclass(frozen=True)
class NOf:
    """Any `needed` of the children are required."""

    needed: int
    children: tuple["Rule", ...]


Rule = AllOf | NOf | CourseRule | CapstoneRule | ProgramRule
Leaf = CourseRule | CapstoneRule


@dataclass(frozen=True)
class SingleLanguage:
    """All courses and the capstone in one language (F8): any, or one of those listed."""

    languages: tuple[str, ...] = ()


@dataclass(frozen=True)
class IdentityVerified:
    """A completion counts only if the learner's identity was verified (F9)."""


@dataclass(frozen=True)
class FeePaid:
    """A completion counts only if the fee of its course was paid (F7, F9)."""


@dataclass(frozen=True)
class ProgramFeePaid:
    """The program's own fee was paid, which an enrolment says (F11)."""


@dataclass(frozen=True)
class MinimumGrade:
    """A completion counts only with that grade or a better one, on the course's own scale; none is not enough."""

    grade: Decimal


@dataclass(frozen=True)
class EarnedWithin:
    """A certificate counts only if it was completed at most that long before the day of the decision."""

    period: Period


Constraint = SingleLanguage | IdentityVerified | FeePaid | ProgramFeePaid | MinimumGrade | EarnedWithin


def leaves(rule: Rule) -> tuple[Leaf | ProgramRule, ...]:
    """What stands at the ends of the rule, in the order written. Nested programs are not unfolded: that takes a
    catalogue (`Catalogue.parts`)."""
    if isinstance(rule, AllOf | NOf):
        return tuple(leaf for child in rule.children for leaf in leaves(child))
    return (rule,)


def rule_to_json(rule: Rule) -> dict[str, Any]:
    match rule:
        case AllOf(children):
            return {"all_of": [rule_to_json(child) for child in children]}
        case NOf(needed, children):
            return {"n_of": needed, "of": [rule_to_json(child) for child in children]}
        case CourseRule(code):
            return {"course": code}
        case CapstoneRule(code):
            return {"capstone": code}
        case ProgramRule(code, version):
            return {"program": code, "version": version}


def constraint_to_json(constraint: Constraint) -> dict[str, Any]:
    match constraint:
        case SingleLanguage(languages):
            return {"single_language": list(languages)}
        case IdentityVerified():
            return {"identity_verified": True}
        case FeePaid():
            return {"fee_paid": True}
        case ProgramFeePaid():
            return {"program_fee_paid": True}
        case MinimumGrade(grade):
            return {"minimum_grade": plain(grade)}
        case EarnedWithin(period):
            return {"earned_within": str(period)}
