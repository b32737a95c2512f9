"""The rule tree of a program, and the constraints over it. Rules are data: they are stored, versioned, replayed.

A rule is read by `leaves`: the courses and capstones that it asks for, in the order in which they are written.
A Specialization is `AllOf((CourseRule(…), …, CapstoneRule(…)))` under `SingleLanguage`, `IdentityVerified` and
`FeePaid`; an XSeries is `AllOf` of courses under the last two and `ProgramFeePaid`.

    >>> rule = AllOf((CourseRule("r-programming"), CapstoneRule("data-science-capstone")))
    >>> [leaf.code for leaf in leaves(rule)]
    ['r-programming', 'data-science-capstone']
"""

from dataclasses import dataclass
from typing import Any


class RuleError(ValueError):
    """A stored rule or constraint has a keyword that this version does not know."""


@dataclass(frozen=True)
class CourseRule:
    """A Course Certificate for the course `code`, or for a course that it replaces."""

    code: str


@dataclass(frozen=True)
class CapstoneRule:
    """The same for a capstone project: a requirement of its own, so that no program is awarded without it."""

    code: str


@dataclass(frozen=True)
class AllOf:
    """Every child is required. Their order is the recommended one and is shown; it decides nothing (F4)."""

    children: tuple["Rule", ...]


Rule = AllOf | CourseRule | CapstoneRule


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


Constraint = SingleLanguage | IdentityVerified | FeePaid | ProgramFeePaid


def leaves(rule: Rule) -> tuple[CourseRule | CapstoneRule, ...]:
    """What the rule asks for, in the order written."""
    if isinstance(rule, AllOf):
        return tuple(leaf for child in rule.children for leaf in leaves(child))
    return (rule,)


def rule_to_json(rule: Rule) -> dict[str, Any]:
    match rule:
        case AllOf(children):
            return {"all_of": [rule_to_json(child) for child in children]}
        case CourseRule(code):
            return {"course": code}
        case CapstoneRule(code):
            return {"capstone": code}


def rule_from_json(data: dict[str, Any]) -> Rule:
    """Raises `RuleError` for anything but exactly one keyword that is known."""
    match data:
        case {"all_of": [*children], **rest} if not rest:
            return AllOf(tuple(rule_from_json(child) for child in children))
        case {"course": str(code), **rest} if not rest:
            return CourseRule(code)
        case {"capstone": str(code), **rest} if not rest:
            return CapstoneRule(code)
    raise RuleError(f"not a rule: {data!r}")


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


def constraint_from_json(data: dict[str, Any]) -> Constraint:
    """Raises `RuleError` for anything but exactly one keyword that is known."""
    match data:
        case {"single_language": [*languages], **rest} if not rest:
            return SingleLanguage(tuple(languages))
        case {"identity_verified": True, **rest} if not rest:
            return IdentityVerified()
        case {"fee_paid": True, **rest} if not rest:
            return FeePaid()
        case {"program_fee_paid": True, **rest} if not rest:
            return ProgramFeePaid()
    raise RuleError(f"not a constraint: {data!r}")
