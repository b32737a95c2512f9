"""Completions and enrolments as JSON, from a program that speaks our words.

    {"completions": [{"learner": "l-1", "name": "Zoë Ünlü-Beispiel", "email": "zoe@example.org", "course": "toolbox",
                      "session": "03-en", "language": "en", "outcome": "passed", "grade": 87.5,
                      "completed_on": "2026-03-20", "identity_verified": true, "fee_paid": true,
                      "as_of": "2026-03-21T08:00:00Z"}],
     "enrolments": [{"learner": "l-1", "name": "Zoë Ünlü-Beispiel", "email": "", "program": "data-analysis",
                     "enrolled_on": "2026-01-03", "fee_paid": true}]}

The members are the columns of `issuer.rows` in JSON's own types; an enrolment has `program`, `enrolled_on` and
`withdrawn`. A member that is not known is refused: what is passed over in silence is not what was meant. Records are
numbered from 1, the completions first.
"""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from issuer.catalogue import Catalogue
from issuer.exports import records, refused
from issuer.imports import ImportReport, Row, without_contradictions
from issuer.mappings import NOTHING, Mapped
from issuer.problems import Problem, did_you_mean
from issuer.rows import COLUMNS, Reading
from templates.messages import Message

_NUMBER = int | float
_COMPLETION: Mapping[str, Any] = {
    **dict.fromkeys(COLUMNS, str),
    "grade": _NUMBER,
    "identity_verified": bool,
    "fee_paid": bool,
}
_ENROLMENT: Mapping[str, Any] = {
    **dict.fromkeys(("learner", "name", "email", "program", "enrolled_on", "as_of"), str),
    "fee_paid": bool,
    "withdrawn": bool,
}
# What the columns of `issuer.rows` are called in an enrolment.
_LABELS: Mapping[str, str] = {"course": "program", "completed_on": "enrolled_on", "outcome": "withdrawn"}
_LISTS: Mapping[str, Mapping[str, Any]] = {"completions": _COMPLETION, "enrolments": _ENROLMENT}


def read(
    data: bytes,
    *,
    catalogue: Catalogue,
    source: str,
    recorded_at: datetime,
    organization: str | None = None,
    mapping: Mapped = NOTHING,
) -> ImportReport:
    """Never raises for what is in `data`. It says all, so of the `mapping` nothing is needed."""
    # (1) bytes to lists
    found = records(data, source)
    if isinstance(found, ImportReport):
        return found
    sent = found[0] if len(found) == 1 else None
    hint = Message("Send an object of these lists: {known}", known=tuple(_LISTS))
    if not isinstance(sent, dict) or not sent:
        return refused(source, Message("This is not an object of completions and enrolments"), hint)
    if unknown := sorted(set(sent) - set(_LISTS)):
        return refused(source, Message("“{name}” is not known", name=unknown[0][:80]), hint)
    for name, records_ in sent.items():
        if not isinstance(records_, list):
            return refused(source, Message("{name} is not a list", name=name), hint)

    # (2) record by record
    reading = Reading(catalogue=catalogue, source=source, recorded_at=recorded_at, organization=organization)
    told = [(name, one) for name in _LISTS for one in sent.get(name, [])]
    rows = [_row(reading, number, name, one) for number, (name, one) in enumerate(told, start=1)]
    return ImportReport(without_contradictions(rows, source))


def _row(reading: Reading, number: int, kind: str, record: Any) -> Row:
    types = _LISTS[kind]
    if not isinstance(record, dict):
        what = Message("The record is not an object")
        hint = Message("Its members are: {known}", known=tuple(types))
        return Row(number, (), (Problem(reading.source, Message("row {row}", row=number), what, hint),))
    problems = [
        problem
        for name, value in record.items()
        if (problem := _problem(reading, number, name, value, types.get(name), types)) is not None
    ]
    if problems:
        return Row(number, (), tuple(problems))
    cells = {name: _cell(value) for name, value in record.items() if value is not None}
    if kind == "completions":
        return reading.row(number, cells)
    cells["course"] = cells.pop("program", "")
    cells["completed_on"] = cells.pop("enrolled_on", "")
    cells["outcome"] = "withdrawn" if cells.pop("withdrawn", "no") == "yes" else ""
    if cells["course"] in reading.courses:
        what = Message("{code} is a course, and nobody enrols in one here", code=cells["course"])
        problem = reading.problem(number, "program", what, Message("Write the code of a program"))
        return Row(number, (), (problem,))
    return reading.row(number, cells, labels=_LABELS)


def _problem(
    reading: Reading, number: int, name: str, value: Any, wanted: Any, types: Mapping[str, Any]
) -> Problem | None:
    if wanted is None:
        return reading.problem(number, name[:80], Message("This member is not known"), did_you_mean(name[:80], types))
    if value is None or (isinstance(value, wanted) and not (wanted is _NUMBER and isinstance(value, bool))):
        return None
    kinds = {str: Message("Write a text"), bool: Message("Write true or false"), _NUMBER: Message("Write a number")}
    return reading.problem(number, name, Message("The value is of another kind"), kinds[wanted])


def _cell(value: Any) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    # 87.5 for 87.5: the shortest text that is this number again
    return value if isinstance(value, str) else repr(value)
