"""What the registrar says about another system's export, because the export does not say it. Nothing of it is guessed.

    identity_verified = true            # of everybody in the export, unless a course says otherwise
    fee_paid = true
    learner = "SIS User ID"             # which of the export's ids is the learner's; each source names its choices
    learner_prefix = "canvas-"          # before the id, where two systems count from 1
    names = "given family"              # how a name that comes in two parts is put together; or "family given"
    dates = "%d/%m/%y, %H:%M"           # how the export writes days, where it does not write 2026-04-03
    pass_grade = 70                     # from which grade on the course is passed, where only grades are exported

    [courses."course-v1:Example+CS1+2026"]
    course = "toolbox"                  # here, in our catalogue
    session = "03-en"
    language = "en"
    completed_on = 2026-03-28           # where the export names no day; also fee_paid, identity_verified

    [modes.verified]                    # Open edX: what a mode of enrolment says
    identity_verified = true
    fee_paid = true

    [columns]                           # headings in another language than English
    "Course complete" = "Kurs abgeschlossen"

The same as TOML for the command line and as JSON for the API. A row that needs what is not there is refused, and says
which line is needed.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from typing import Any, Literal

from issuer.errors import InputRefused

Names = Literal["given family", "family given"]

# strptime's directives that mean the same in every language.
_DATES = re.compile(r"([^%]|%[dmyYHMSIp%])*")
_ENTRIES = 1_000
_LENGTH = 500


@dataclass(frozen=True)
class Mode:
    """What it says of a learner that he is enrolled in a course in this way."""

    identity_verified: bool
    fee_paid: bool

    def to_json(self) -> dict[str, Any]:
        return {"identity_verified": self.identity_verified, "fee_paid": self.fee_paid}


@dataclass(frozen=True)
class Run:
    """One of the sender's courses, as the course, session and language that it is here."""

    course: str
    session: str
    language: str
    completed_on: date | None = None
    identity_verified: bool | None = None
    fee_paid: bool | None = None

    def to_json(self) -> dict[str, Any]:
        day = None if self.completed_on is None else self.completed_on.isoformat()
        told = {"completed_on": day, "identity_verified": self.identity_verified, "fee_paid": self.fee_paid}
        return {"course": self.course, "session": self.session, "language": self.language} | _given(told)


@dataclass(frozen=True)
class Mapped:
    """A mapping, read. Made by `mapping`."""

    courses: Mapping[str, Run] = field(default_factory=dict)
    modes: Mapping[str, Mode] = field(default_factory=dict)
    columns: Mapping[str, str] = field(default_factory=dict)
    identity_verified: bool | None = None
    fee_paid: bool | None = None
    learner: str | None = None
    learner_prefix: str = ""
    names: Names | None = None
    dates: str | None = None
    pass_grade: Decimal | None = None

    def to_json(self) -> dict[str, Any]:
        told = {
            "identity_verified": self.identity_verified,
            "fee_paid": self.fee_paid,
            "learner": self.learner,
            "learner_prefix": self.learner_prefix or None,
            "names": self.names,
            "dates": self.dates,
            "pass_grade": None if self.pass_grade is None else float(self.pass_grade),
            "columns": dict(self.columns) or None,
            "courses": {name: run.to_json() for name, run in self.courses.items()} or None,
            "modes": {name: mode.to_json() for name, mode in self.modes.items()} or None,
        }
        return _given(told)


NOTHING = Mapped()


def mapping(data: Mapping[str, Any]) -> Mapped:
    """From TOML or JSON, read. Raises `InputRefused`, naming the line."""
    given = _Members(data, "")
    made = Mapped(
        courses={name: _run(one) for name, one in given.tables("courses")},
        modes={name: _mode(one) for name, one in given.tables("modes")},
        columns=given.texts("columns"),
        identity_verified=given.flag("identity_verified"),
        fee_paid=given.flag("fee_paid"),
        learner=given.text("learner"),
        learner_prefix=given.text("learner_prefix") or "",
        names=_names(given),
        dates=_dates(given),
        pass_grade=_pass_grade(given),
    )
    given.finish()
    return made


class _Members:
    """The members of one table, each asked for once; `finish` refuses what nobody asked for."""

    def __init__(self, data: Any, where: str) -> None:
        if not isinstance(data, Mapping):
            raise _wrong(where or "mapping", "is a table of names and values")
        self.where = where
        self._left = dict(data)

    def refuse(self, name: str, what: str) -> InputRefused:
        return _wrong(f"{self.where}.{name}" if self.where else name, what)

    def take(self, name: str) -> Any:
        return self._left.pop(name, None)

    def text(self, name: str, *, required: bool = False) -> str | None:
        value = self.take(name)
        if value is None and not required:
            return None
        if not isinstance(value, str) or not 0 < len(value) <= _LENGTH:
            raise self.refuse(name, f"is a text of 1 to {_LENGTH} characters")
        return value

    def flag(self, name: str, *, required: bool = False) -> bool | None:
        value = self.take(name)
        if (value is not None and not isinstance(value, bool)) or (value is None and required):
            raise self.refuse(name, "is true or false")
        return value

    def day(self, name: str) -> date | None:
        value = self.take(name)
        if value is None or (isinstance(value, date) and not isinstance(value, datetime)):
            return value
        try:
            return date.fromisoformat(value)
        except (ValueError, TypeError) as error:
            raise self.refuse(name, "is a day like 2026-03-28") from error

    def tables(self, name: str) -> list[tuple[str, "_Members"]]:
        value = self.take(name)
        if value is None:
            return []
        if not isinstance(value, Mapping) or len(value) > _ENTRIES:
            raise self.refuse(name, f"holds up to {_ENTRIES} tables")
        return [(key, _Members(one, f"{name}.{key}")) for key, one in value.items()]

    def texts(self, name: str) -> dict[str, str]:
        value = self.take(name) or {}
        if not isinstance(value, Mapping) or not all(isinstance(one, str) and one for one in value.values()):
            raise self.refuse(name, "gives for each English heading the one that the export has")
        return dict(value)

    def finish(self) -> None:
        if self._left:
            raise self.refuse(str(min(self._left))[:80], "is nothing that a mapping has")


def _run(given: _Members) -> Run:
    made = Run(
        course=given.text("course", required=True) or "",
        session=given.text("session", required=True) or "",
        language=given.text("language", required=True) or "",
        completed_on=given.day("completed_on"),
        identity_verified=given.flag("identity_verified"),
        fee_paid=given.flag("fee_paid"),
    )
    given.finish()
    return made


def _mode(given: _Members) -> Mode:
    made = Mode(bool(given.flag("identity_verified", required=True)), bool(given.flag("fee_paid", required=True)))
    given.finish()
    return made


def _names(given: _Members) -> Names | None:
    value = given.take("names")
    if value not in (None, "given family", "family given"):
        raise given.refuse("names", "is “given family” or “family given”")
    found: Names | None = value
    return found


def _dates(given: _Members) -> str | None:
    text = given.text("dates")
    if text is not None and not (_DATES.fullmatch(text) and {"%d", "%m"} <= set(re.findall("%.", text))):
        raise given.refuse("dates", "is written with %d, %m, %y or %Y, and %H, %M, %S, %I, %p")
    return text


def _pass_grade(given: _Members) -> Decimal | None:
    value = given.take("pass_grade")
    if value is None:
        return None
    if isinstance(value, bool) or not isinstance(value, int | float | Decimal) or not 0 <= value <= 100:
        raise given.refuse("pass_grade", "is a number from 0 to 100")
    return Decimal(str(value))


def _wrong(path: str, what: str) -> InputRefused:
    return InputRefused("The mapping cannot be used: {path} {what}.", path=path[:200], what=what)


def _given(values: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in values.items() if value is not None}
