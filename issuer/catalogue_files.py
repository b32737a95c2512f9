"""Reads a catalogue from TOML: one file, or every `*.toml` of a folder. All its problems are told at once.

    [[organizations]]                             [[programs]]
    code = "duke"                                 code = "reasoning"
    name = "Duke University (demonstration)"      version = 1
    url = "https://duke.example.org/"             kind = "specialization"          # xseries, program
    demonstration = true                          organization = "duke"
                                                  titles = { en = "Reasoning, Data Analysis, and Writing" }
    [[courses]]                                   active_from = 2024-01-01
    code = "think-again"                          rule.all_of = [
    organization = "duke"                             { course = "think-again" },
    titles = { en = "Think Again" }                   { capstone = "reasoning-capstone" },
    fee = 49                                      ]
    runs = [                                      single_language = true           # or ["en", "es"]
      { language = "en", first = 2024-01-08,      identity_verified = true
        every_weeks = 4, weeks = 4, count = 52 }  fee_paid = true
    ]                                             program_fee_paid = false

An organization may have a `contact`, where its registrar reads e-mail, and `shares_with`, the codes of organizations
whose programs may ask for its courses. `runs` are sessions that recur (F2); each has the code `2024-01-08-en`. Single
ones go into `sessions`. (TOML wants an inline table on one line; it is broken here only to fit.)
"""

import re
import tomllib
from collections.abc import Mapping, Sequence
from datetime import timedelta
from pathlib import Path

from issuer.catalogue import Catalogue, Course, Organization, Program, ProgramKind, Session
from issuer.catalogue_checks import Findings, Found, check_beside
from issuer.problems import Problem
from issuer.rule_reading import read_grade, read_period, read_rule
from issuer.rules import (
    AllOf,
    Constraint,
    FeePaid,
    IdentityVerified,
    ProgramFeePaid,
    Rule,
    SingleLanguage,
)
from issuer.toml_table import Table
from templates.messages import Message

_EMAIL = re.compile(r"[^@\s,;:<>()\"\\]+@[A-Za-z0-9.-]+")  # it becomes a header of a message, and must stay one address
_LONGEST_EMAIL = 254  # RFC 5321 section 4.5.3.1.3: a path has 256, with its two brackets
_KINDS: Mapping[str, ProgramKind] = {"specialization": "specialization", "xseries": "xseries", "program": "program"}
_MOST_RUNS = 500  # twenty years of a session every two weeks


class CatalogueError(Exception):
    """The catalogue was not taken. `problems`: everything that is wrong with it, file by file."""

    def __init__(self, problems: tuple[Problem, ...]) -> None:
        super().__init__(problems)
        self.problems = problems

    def __str__(self) -> str:
        return "\n".join(str(problem) for problem in self.problems)


def load_catalogue(path: Path) -> Catalogue:
    """The catalogue in that file or folder, which stands by itself. Raises `CatalogueError` with every problem found,
    none half taken."""
    return read_path(path).catalogue


def read_path(path: Path, *, beside: Catalogue | None = None) -> Findings:
    """What stands in that file or folder. `beside`: what is recorded and may be referred to. Raises
    `CatalogueError`."""
    problems: list[Problem] = []
    tables = [_opened(file, problems) for file in _files(path, problems)]
    return read_tables([table for table in tables if table is not None], problems, beside=beside)


def read_text(data: bytes, name: str, *, beside: Catalogue | None = None) -> Findings:
    """The same of a file's content. Raises `CatalogueError`."""
    problems: list[Problem] = []
    table = _parsed(data, name, problems)
    return read_tables([] if table is None else [table], problems, beside=beside)


def read_tables(tables: Sequence[Table], problems: list[Problem], *, beside: Catalogue | None = None) -> Findings:
    """`problems`: what was wrong already, and what the tables note. Raises `CatalogueError`."""
    organizations: list[Found[Organization]] = []
    courses: list[Found[Course]] = []
    programs: list[Found[Program]] = []
    for table in tables:
        organizations += [Found(one.file, one.where, _organization(one)) for one in table.tables("organizations")]
        courses += [Found(one.file, one.where, _course(one)) for one in table.tables("courses")]
        programs += [Found(one.file, one.where, _program(one)) for one in table.tables("programs")]
        table.finish()
    found = Findings(tuple(organizations), tuple(courses), tuple(programs))
    # What does not read well says so itself; how the pieces fit is only worth judging once they can be read.
    problems += check_beside(found, beside or Catalogue()) if not problems else []
    if problems:
        raise CatalogueError(tuple(problems))
    return found


def _files(path: Path, problems: list[Problem]) -> list[Path]:
    if path.is_file():
        return [path]
    found = sorted(path.glob("*.toml"))
    if not found:
        problems.append(
            Problem(
                str(path),
                Message("the folder"),
                Message("There is no TOML file here"),
                Message("Give a TOML file, or a folder that has some"),
            )
        )
    return found


def _opened(file: Path, problems: list[Problem]) -> Table | None:
    try:
        data = file.read_bytes()
    except OSError as error:
        what = Message("The file cannot be read: {why}", why=str(error.strerror))
        problems.append(Problem(file.name, Message("the file"), what, Message("Check its permissions")))
        return None
    return _parsed(data, file.name, problems)


def _parsed(data: bytes, name: str, problems: list[Problem]) -> Table | None:
    try:
        return Table(tomllib.loads(data.decode()), name, "", problems)
    except UnicodeDecodeError:
        what, hint = Message("The file is not UTF-8 text"), Message("Save it as UTF-8")
    except tomllib.TOMLDecodeError as error:
        what, hint = Message("This is not TOML: {why}", why=str(error)), Message("Correct it at that place")
    except (ValueError, RecursionError):  # a number of thousands of digits; thousands of brackets
        what, hint = Message("This is too large or too deep to be read"), Message("Write it simpler")
    problems.append(Problem(name, Message("the file"), what, hint))
    return None


def _organization(table: Table) -> Organization:
    one = Organization(
        code=table.code("code"),
        name=table.text("name"),
        url=table.text("url"),
        demonstration=table.yes("demonstration"),
        contact=table.text("contact") if table.has("contact") else None,
        shares_with=table.strings("shares_with"),
    )
    if one.contact is not None and not (len(one.contact) <= _LONGEST_EMAIL and _EMAIL.fullmatch(one.contact)):
        table.note(
            "contact", Message("This is not an e-mail address"), Message("Write it like registrar@school.example")
        )
    if not one.url.startswith(("https://", "http://")):
        table.note("url", Message("This is not a web address"), Message("Begin it with https://"))
    table.finish()
    return one


def _course(table: Table) -> Course:
    code = table.code("code")
    course = Course(
        code=code,
        version=table.whole("version", 1),
        organization=table.text("organization"),
        titles=table.texts("titles", required=True),
        descriptions=table.texts("descriptions"),
        hours=table.whole("hours") if table.has("hours") else None,
        skills=table.strings("skills"),
        fee=table.money("fee"),
        kind="capstone" if table.one_of("kind", ("course", "capstone"), "course") == "capstone" else "course",
        sessions=_sessions(table, code),
        replaces=table.strings("replaces"),
    )
    table.finish()
    return course


def _sessions(table: Table, course: str) -> tuple[Session, ...]:
    found = []
    for one in table.tables("sessions"):
        start, end = one.needed_day("start"), one.needed_day("end")
        language = one.language("language", one.text("language"))
        found.append(Session(one.code("code"), course, start, end, language))
        if end < start:
            one.note("end", Message("The session ends before it starts"), Message("Exchange the two dates"))
        one.finish()
    for run in table.tables("runs"):
        language = run.language("language", run.text("language"))
        first = run.needed_day("first")
        step = timedelta(weeks=run.whole("every_weeks", most=52))
        length = timedelta(weeks=run.whole("weeks", most=104)) - timedelta(days=1)
        for number in range(run.whole("count", most=_MOST_RUNS)):
            start = first + number * step
            found.append(Session(f"{start.isoformat()}-{language}", course, start, start + length, language))
        run.finish()
    return tuple(sorted(found, key=lambda session: (session.start, session.code)))


def _program(table: Table) -> Program:
    program = Program(
        code=table.code("code"),
        version=table.whole("version"),
        kind=_KINDS.get(table.one_of("kind", tuple(_KINDS), ""), "program"),
        organization=table.text("organization"),
        partners=table.strings("partners"),
        titles=table.texts("titles", required=True),
        descriptions=table.texts("descriptions"),
        active_from=table.day("active_from"),
        active_until=table.day("active_until"),
        rule=_rule(table),
        constraints=_constraints(table),
        fee=table.money("fee", "0"),
    )
    table.finish()
    return program


def _rule(table: Table) -> Rule:
    if not table.has("rule"):
        table.raw("rule")
        table.note("rule", Message("{key} is missing", key="rule"), Message("Name the courses that it asks for"))
        return AllOf(())
    return read_rule(table.raw("rule"), "rule", table.note) or AllOf(())


def _constraints(table: Table) -> tuple[Constraint, ...]:
    found: list[Constraint] = []
    if isinstance(table.raw("single_language"), list):
        found.append(SingleLanguage(table.strings("single_language")))
    elif table.yes("single_language"):
        found.append(SingleLanguage())
    if table.yes("identity_verified"):
        found.append(IdentityVerified())
    if table.yes("fee_paid"):
        found.append(FeePaid())
    if table.yes("program_fee_paid"):
        found.append(ProgramFeePaid())
    readers = {"minimum_grade": read_grade, "earned_within": read_period}
    for key, read in readers.items():
        value = table.raw(key)
        if value is not None and (constraint := read(value, key, table.note)):
            found.append(constraint)
    return tuple(found)
