"""Reads a catalogue from JSON, in the shape in which it is stored and given out, and judges it as a file's.

    found = read({"courses": [{"code": "r", …}], "programs": […]}, beside=recorded, owner="jhu")

It differs from TOML (`issuer.catalogue_files`) in a few forms: days are texts, what is absent may be null, sessions
name their course, and a program's constraints are a list of objects with one member each. Where an organization is
left out, `owner` is meant.
"""

import re
from collections.abc import Mapping
from datetime import date
from typing import Any

from issuer.catalogue import Catalogue
from issuer.catalogue_checks import Findings
from issuer.catalogue_files import read_tables
from issuer.problems import Problem
from issuer.toml_table import Table
from templates.messages import Message

NAME = "the request"

_DAY = re.compile(r"\d{4}-\d{2}-\d{2}", re.ASCII)


class JsonTable(Table):
    """A `Table` of which null is nothing and in which days are texts."""

    def __init__(self, data: dict[str, Any], file: str, where: str, problems: list[Problem]) -> None:
        known = {name: value for name, value in data.items() if value is not None}
        super().__init__(known, file, where, problems)

    def day(self, key: str) -> date | None:
        value = self.raw(key)
        if value is None:
            return None
        try:
            if isinstance(value, str) and _DAY.fullmatch(value):
                return date.fromisoformat(value)
        except ValueError:  # no day of the calendar
            pass
        hint = Message("Write a date such as 2026-04-03")
        self.note(key, Message("“{value}” cannot be {key}", value=str(value)[:60], key=key), hint)
        return None


def read(data: Mapping[str, Any], *, beside: Catalogue | None = None, owner: str | None = None) -> Findings:
    """Raises `CatalogueError` with every problem found."""
    problems: list[Problem] = []
    plain = dict(data)
    for kind, change in (("courses", _plain_course), ("programs", _plain_program)):
        if isinstance(things := plain.get(kind), list):
            given = [{"organization": owner} | one if isinstance(one, dict) else one for one in things]
            plain[kind] = [change(one, f"{kind}[{number}]", problems) for number, one in enumerate(given, 1)]
    return read_tables([JsonTable(plain, NAME, "", problems)], problems, beside=beside)


def _plain_course(one: Any, where: str, problems: list[Problem]) -> Any:
    """Its sessions without the course's code, which is the place where they stand."""
    if not isinstance(one, dict) or not isinstance(sessions := one.get("sessions"), list):
        return one
    plain = []
    for session in sessions:
        if isinstance(session, dict) and session.get("course") == one.get("code"):
            session = {name: value for name, value in session.items() if name != "course"}
        plain.append(session)
    return one | {"sessions": plain}


def _plain_program(one: Any, where: str, problems: list[Problem]) -> Any:
    """Its constraints as members of its own, as a file has them."""
    if not isinstance(one, dict) or "constraints" not in one:
        return one
    plain = {name: value for name, value in one.items() if name != "constraints"}
    constraints = one["constraints"]
    if not isinstance(constraints, list) or not all(isinstance(each, dict) and len(each) == 1 for each in constraints):
        _note(problems, where, Message("Constraints are a list of objects with one member each"))
        return plain
    for each in constraints:
        ((name, value),) = each.items()
        if name in plain:
            _note(problems, where, Message("The constraint {name} stands there twice", name=name))
        # The empty list is a program in one language, whichever of all.
        plain[name] = True if (name, value) == ("single_language", []) else value
    return plain


def _note(problems: list[Problem], where: str, what: Message) -> None:
    hint = Message("Write it like {example}", example='[{"single_language": []}, {"fee_paid": true}]')
    problems.append(Problem(NAME, Message("{path}", path=f"{where}.constraints"), what, hint))
