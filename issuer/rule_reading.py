"""Reads rules and constraints from data, as JSON and TOML give it, and says all that is wrong with them.

What is wrong is told to `note(where, message, hint)`, and reading goes on, so that everything is said at once.
`schemas/program.json` draws the same line for who has no parser of ours; a test holds the two together. How deep a
rule is, and what depends on the catalogue (does the course exist?), only code can say.

    >>> rule_from_json({"n_of": 1, "of": [{"course": "r-programming"}, {"course": "python"}]})
    NOf(needed=1, children=(CourseRule(code='r-programming'), CourseRule(code='python')))
"""

import re
from collections.abc import Callable, Collection, Mapping
from decimal import Decimal
from typing import Any

from issuer.periods import Period, PeriodError, parsed
from issuer.problems import Problem, did_you_mean
from issuer.rules import (
    MOST_CHILDREN,
    MOST_DEPTH,
    AllOf,
    CapstoneRule,
    Constraint,
    CourseRule,
    EarnedWithin,
    FeePaid,
    IdentityVerified,
    MinimumGrade,
    NOf,
    ProgramFeePaid,
    ProgramRule,
    Rule,
    SingleLanguage,
)
from issuer.toml_table import CODE, LANGUAGE
from templates.messages import Message

Note = Callable[[str, Message, Message], None]

# The keys of each rule; the first is its keyword.
_KEYS: Mapping[str, tuple[str, ...]] = {
    "all_of": ("all_of",),
    "n_of": ("n_of", "of"),
    "course": ("course",),
    "capstone": ("capstone",),
    "program": ("program", "version"),
}
_FORMS = (
    '{ all_of = [ … ] }, { n_of = 2, of = [ … ] }, { course = "code" }, { capstone = "code" }, '
    '{ program = "code", version = 1 }'
)
# Digits: more than any scale has, few enough to be read.
_GRADE = re.compile(r"(0|[1-9][0-9]{0,5})(\.[0-9]{1,4})?", re.ASCII)
_MOST_VERSION = 10_000  # as `issuer.toml_table` reads versions


class RuleError(ValueError):
    """A rule or constraint cannot be read. `problems`: everything that is wrong with it."""

    def __init__(self, problems: tuple[Problem, ...]) -> None:
        super().__init__(problems)
        self.problems = problems

    def __str__(self) -> str:
        return "\n".join(str(problem) for problem in self.problems)


def rule_from_json(data: Any) -> Rule:
    """Raises `RuleError` with all that is wrong."""
    problems: list[Problem] = []
    rule = read_rule(data, "rule", _into(problems))
    if rule is None or problems:
        raise RuleError(tuple(problems))
    return rule


def constraints_from_json(data: Any) -> tuple[Constraint, ...]:
    """A list of constraints, each kind at most once. Raises `RuleError` with all that is wrong."""
    problems: list[Problem] = []
    note = _into(problems)
    found: list[Constraint] = []
    if not isinstance(data, list):
        note("constraints", _cannot(data, "constraints"), Message("Write a list of constraints"))
    for number, one in enumerate(data if isinstance(data, list) else (), 1):
        constraint = read_constraint(one, f"constraints[{number}]", note)
        if constraint is not None and any(type(constraint) is type(other) for other in found):
            text = Message("The constraint {key} stands twice", key=next(iter(one)))
            note(f"constraints[{number}]", text, Message("Remove one of the two"))
        found += [] if constraint is None else [constraint]
    if problems:
        raise RuleError(tuple(problems))
    return tuple(found)


def read_rule(value: Any, where: str, note: Note, depth: int = 1) -> Rule | None:
    """None when it cannot be read, which is noted. `where`: its place, such as `rule.all_of[2]`."""
    keyword = _keyword(value, where, _KEYS, note, Message("Write one of: {forms}", forms=_FORMS))
    if keyword is None:
        return None
    if depth > MOST_DEPTH:
        text = Message("The rule is more than {most} levels deep", most=MOST_DEPTH)
        note(where, text, Message("Make it flatter: nobody can follow it"))
        return None
    _only(value, where, _KEYS[keyword], note)
    match keyword:
        case "all_of":
            children = _children(value["all_of"], f"{where}.all_of", note, depth)
            return None if children is None else AllOf(children)
        case "n_of":
            return _choice(value, where, note, depth)
        case "program":
            code = _code(value["program"], f"{where}.program", note)
            version = _whole(value.get("version"), f"{where}.version", "version", _MOST_VERSION, note)
            return None if code is None or version is None else ProgramRule(code, version)
    code = _code(value[keyword], f"{where}.{keyword}", note)
    if code is None:
        return None
    return CourseRule(code) if keyword == "course" else CapstoneRule(code)


def read_constraint(value: Any, where: str, note: Note) -> Constraint | None:
    """None when it cannot be read, which is noted."""
    forms = Message("Write one of: {forms}", forms=", ".join(sorted(_CONSTRAINTS)))
    keyword = _keyword(value, where, _CONSTRAINTS, note, forms)
    if keyword is None:
        return None
    _only(value, where, (keyword,), note)
    return _CONSTRAINTS[keyword](value[keyword], f"{where}.{keyword}", note)


def read_grade(value: Any, where: str, note: Note) -> MinimumGrade | None:
    """A whole number, or a text where there are decimals. A float is refused: it is not exactly what was written."""
    text = str(value) if isinstance(value, int) else value  # of a boolean, a text that is no grade
    if isinstance(text, str) and _GRADE.fullmatch(text):
        return MinimumGrade(Decimal(text))
    hint = Message('Write a number that is not negative, as 70 or, with decimals, as "70.5"')
    note(where, _cannot(value, "minimum_grade"), hint)
    return None


def read_period(value: Any, where: str, note: Note) -> EarnedWithin | None:
    try:
        period: Period = parsed(value if isinstance(value, str) else "")
    except PeriodError:
        hint = Message("Write years, months, weeks or days, at most a hundred years, such as P2Y or P18M")
        note(where, _cannot(value, "earned_within"), hint)
        return None
    return EarnedWithin(period)


def _read_languages(value: Any, where: str, note: Note) -> SingleLanguage | None:
    """An empty list: any language."""
    if (
        isinstance(value, list)
        and all(isinstance(tag, str) and LANGUAGE.fullmatch(tag) for tag in value)
        and len(set(value)) == len(value)
    ):
        return SingleLanguage(tuple(value))
    hint = Message("Write a list of different language tags, such as {example}", example='["en", "es"]')
    note(where, _cannot(value, "single_language"), hint)
    return None


def _flag(constraint: Constraint, keyword: str) -> Callable[[Any, str, Note], Constraint | None]:
    def read(value: Any, where: str, note: Note) -> Constraint | None:
        if value is True:
            return constraint
        note(where, _cannot(value, keyword), Message("Write true, or leave the constraint out"))
        return None

    return read


_CONSTRAINTS: Mapping[str, Callable[[Any, str, Note], Constraint | None]] = {
    "single_language": _read_languages,
    "identity_verified": _flag(IdentityVerified(), "identity_verified"),
    "fee_paid": _flag(FeePaid(), "fee_paid"),
    "program_fee_paid": _flag(ProgramFeePaid(), "program_fee_paid"),
    "minimum_grade": read_grade,
    "earned_within": read_period,
}


def _keyword(value: Any, where: str, known: Collection[str], note: Note, forms: Message) -> str | None:
    """The one keyword of a rule or constraint."""
    if not isinstance(value, dict) or not value:
        note(where, Message("“{value}” is neither a rule nor a constraint", value=_shown(value)), forms)
        return None
    found: list[str] = [key for key in value if key in known]
    if len(found) == 1:
        return found[0]
    if found:
        text = Message("Only one keyword can stand here; these are {keywords}", keywords=tuple(found))
        note(
            where,
            text,
            Message("Put each into braces of its own, such as {example}", example="all_of = [{ … }, { … }]"),
        )
        return None
    partner = next((keys[0] for keys in _KEYS.values() if value.keys() & set(keys[1:])), None)
    if known is _KEYS and partner is not None:
        note(where, Message("The keyword {key} is missing", key=partner), forms)
        return None
    unknown = next(iter(value))
    note(where, Message("The keyword {key} is not known here", key=unknown), did_you_mean(unknown, known))
    return None


def _only(value: Mapping[str, Any], where: str, keys: tuple[str, ...], note: Note) -> None:
    for key in value:
        if key not in keys:
            note(f"{where}.{key}", Message("The key {key} is not known here", key=key), did_you_mean(key, keys))


def _choice(value: Mapping[str, Any], where: str, note: Note, depth: int) -> NOf | None:
    children = _children(value.get("of"), f"{where}.of", note, depth)
    most = len(value["of"]) if isinstance(value.get("of"), list) and value["of"] else MOST_CHILDREN
    needed = _whole(value["n_of"], f"{where}.n_of", "n_of", most, note)
    return None if children is None or needed is None else NOf(needed, children)


def _children(value: Any, where: str, note: Note, depth: int) -> tuple[Rule, ...] | None:
    if value is None:
        note(where, Message("{key} is missing", key="of"), Message("Write a list of rules"))
        return None
    if not isinstance(value, list):
        note(where, _cannot(value, where.rpartition(".")[2]), Message("Write a list of rules"))
        return None
    if not value:
        # Such a rule would be met by everybody.
        hint = Message("Name the courses that it asks for")
        note(where, Message("The rule asks for nothing"), hint)
        return None
    if len(value) > MOST_CHILDREN:
        text = Message(
            "Only {most} rules can stand in one list; these are {count}", most=MOST_CHILDREN, count=len(value)
        )
        note(where, text, Message("Group them, so that they can be read"))
        return None
    read = [read_rule(child, f"{where}[{number}]", note, depth + 1) for number, child in enumerate(value, 1)]
    children = tuple(child for child in read if child is not None)
    return children if len(children) == len(value) else None


def _code(value: Any, where: str, note: Note) -> str | None:
    if isinstance(value, str) and CODE.fullmatch(value):
        return value
    hint = Message("Use lower-case letters, digits and single hyphens, such as r-programming")
    note(where, _cannot(value, where.rpartition(".")[2]), hint)
    return None


def _whole(value: Any, where: str, key: str, most: int, note: Note) -> int | None:
    if isinstance(value, int) and not isinstance(value, bool) and 1 <= value <= most:
        return value
    hint = Message("Write a whole number from {least} to {most}", least=1, most=most)
    if value is None:
        note(where, Message("{key} is missing", key=key), hint)
    else:
        note(where, _cannot(value, key), hint)
    return None


def _cannot(value: Any, key: str) -> Message:
    return Message("“{value}” cannot be {key}", value=_shown(value), key=key)


def _shown(value: Any) -> str:
    return str(value)[:60]


def _into(problems: list[Problem]) -> Note:
    def note(where: str, message: Message, hint: Message) -> None:
        problems.append(Problem("program", Message("{path}", path=where), message, hint))

    return note
