"""What an institution offers: organizations, courses with their sessions, and versioned programs.

It can be stored as JSON and read back equal. It is checked where it comes in (`issuer.catalogue_files`), not here.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Any, Literal

from issuer.courses import Course, CourseKind, Organization, Session, in_language
from issuer.rule_reading import constraints_from_json, rule_from_json
from issuer.rules import (
    Constraint,
    Leaf,
    ProgramRule,
    Rule,
    constraint_to_json,
    leaves,
    rule_to_json,
)

__all__ = ["Catalogue", "Course", "CourseKind", "Organization", "Program", "ProgramKind", "Session"]

# "program": any tree of rules.
ProgramKind = Literal["specialization", "xseries", "program"]


@dataclass(frozen=True)
class Program:
    """One version of a rule over courses. It awards from `active_from` to `active_until`, both days included;
    None means without a bound. `partners` are codes of organizations (F12); `fee` is the program's own (F11)."""

    code: str
    version: int
    kind: ProgramKind
    organization: str
    partners: tuple[str, ...]
    titles: Mapping[str, str]
    descriptions: Mapping[str, str]
    active_from: date | None
    active_until: date | None
    rule: Rule
    constraints: tuple[Constraint, ...]
    fee: Decimal = Decimal(0)

    def is_active(self, on: date) -> bool:
        return (self.active_from is None or self.active_from <= on) and (
            self.active_until is None or on <= self.active_until
        )

    def title(self, language: str | None = None) -> str:
        return in_language(self.titles, language)

    def description(self, language: str | None = None) -> str:
        return in_language(self.descriptions, language) if self.descriptions else self.title(language)

    def to_json(self) -> dict[str, Any]:
        return {
            "code": self.code,
            "version": self.version,
            "kind": self.kind,
            "organization": self.organization,
            "partners": list(self.partners),
            "titles": dict(self.titles),
            "descriptions": dict(self.descriptions),
            "active_from": _iso(self.active_from),
            "active_until": _iso(self.active_until),
            "rule": rule_to_json(self.rule),
            "constraints": [constraint_to_json(constraint) for constraint in self.constraints],
            "fee": str(self.fee),
        }

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> "Program":
        return cls(
            code=data["code"],
            version=data["version"],
            kind=data["kind"],
            organization=data["organization"],
            partners=tuple(data["partners"]),
            titles=dict(data["titles"]),
            descriptions=dict(data["descriptions"]),
            active_from=_day(data["active_from"]),
            active_until=_day(data["active_until"]),
            rule=rule_from_json(data["rule"]),
            constraints=constraints_from_json(data["constraints"]),
            fee=Decimal(data["fee"]),
        )


@dataclass(frozen=True)
class Catalogue:
    """`courses` by code; `programs` by (code, version), so that an old version stays decidable."""

    organizations: Mapping[str, Organization] = field(default_factory=dict)
    courses: Mapping[str, Course] = field(default_factory=dict)
    programs: Mapping[tuple[str, int], Program] = field(default_factory=dict)

    def latest(self, code: str, on: date | None = None) -> Program:
        """The highest version of that code; with `on`, the highest that is active on that day.

        Raises `LookupError` when there is none."""
        versions = [p for (c, _), p in self.programs.items() if c == code and (on is None or p.is_active(on))]
        if not versions:
            raise LookupError(code)
        return max(versions, key=lambda program: program.version)

    def parts(self, program: Program) -> tuple[Leaf, ...]:
        """The courses and capstones that its rule names, in the order written, those of nested programs in place.

        Raises `LookupError` for a nested program that the catalogue does not have. It must not be nested in a circle
        (`issuer.catalogue_checks` sees to it)."""
        found: list[Leaf] = []
        for leaf in leaves(program.rule):
            if isinstance(leaf, ProgramRule):
                found += self.parts(self.programs[leaf.code, leaf.version])
            else:
                found.append(leaf)
        return tuple(found)

    def programs_of(self, organization: str | None) -> dict[tuple[str, int], Program]:
        """The versions of that organization's programs; None: of everybody's."""
        return {key: one for key, one in self.programs.items() if organization in (None, one.organization)}

    @property
    def course_codes(self) -> frozenset[str]:
        """Every code that a completion may name: the courses, and the older ones that they replace."""
        return frozenset(self.courses).union(*(course.replaces for course in self.courses.values()))

    def codes_of(self, organization: str) -> frozenset[str]:
        """The codes of that organization's programs and courses, and of the older ones that these replace."""
        courses = (one for one in self.courses.values() if one.organization == organization)
        programs = (code for (code, _), one in self.programs.items() if one.organization == organization)
        return frozenset(programs).union(*((one.code, *one.replaces) for one in courses))

    def counting_as(self, code: str) -> frozenset[str]:
        """The codes whose certificates count for that course: its own, and all that it replaces, step by step."""
        found: set[str] = set()
        waiting = [code]
        while waiting:
            one = waiting.pop()
            if one not in found:
                found.add(one)
                waiting.extend(self.courses[one].replaces if one in self.courses else ())
        return frozenset(found)

    def languages_of(self, code: str) -> tuple[str, ...]:
        """The languages of a course; those of its successors for an old code that is no longer listed."""
        if code in self.courses:
            return self.courses[code].languages
        successors = (course for course in self.courses.values() if code in course.replaces)
        return tuple(sorted({language for course in successors for language in course.languages}))

    def to_json(self) -> dict[str, Any]:
        """Sorted by code and version, so that equal catalogues are equal bytes."""
        return {
            "organizations": [one.to_json() for _, one in sorted(self.organizations.items())],
            "courses": [one.to_json() for _, one in sorted(self.courses.items())],
            "programs": [one.to_json() for _, one in sorted(self.programs.items())],
        }

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> "Catalogue":
        organizations = (Organization.from_json(one) for one in data["organizations"])
        courses = (Course.from_json(one) for one in data["courses"])
        programs = (Program.from_json(one) for one in data["programs"])
        return cls(
            {one.code: one for one in organizations},
            {one.code: one for one in courses},
            {(one.code, one.version): one for one in programs},
        )


def _iso(day: date | None) -> str | None:
    return None if day is None else day.isoformat()


def _day(text: str | None) -> date | None:
    return None if text is None else date.fromisoformat(text)
