"""Moodle's two exports that people download: the course completion report and the grades, both CSV.

* The completion report (moodle/moodle, `report/completion/index.php`): `ID`, `Name`, columns for extra identity fields
  (such as `Email address`), one or two columns for each criterion, and last `Course complete`: the time of completion
  as the site writes times (`strftimedatetimeshort`, "03/04/26, 14:30" on an English site), or nothing. What 03/04 is,
  the mapping's `dates` says.
* The grades (`grade/export/txt/grade_export_txt.php`): `First name`, `Last name` (`Surname` in older versions), `ID
  number`, `Email address`, a column for each grade item, and `Course total (Percentage)`. Points ("Real") say nothing
  without their maximum and are refused. There is no outcome and no day: the mapping's `pass_grade` and the course's
  `completed_on` say them.

Both are of one course that they do not name, so the mapping has exactly one course. Headings are the site's language;
`columns` of the mapping translates them. `learner`: `ID` (the completion report's, usual there), `ID number` (usual for
grades) or `Email address`. Who has not completed the course yet is in progress, not failed.

Moodle's event `\\core\\event\\course_completed` and its web service `core_completion_get_course_completion_status` name
neither the learner nor his address, so nothing can be awarded by them; the report above has the same facts.
"""

import re
from collections.abc import Mapping
from datetime import datetime
from decimal import Decimal

from issuer.catalogue import Catalogue
from issuer.exports import Export, Line, of_one_course, refused
from issuer.imports import ImportReport, Row, without_contradictions
from issuer.mappings import NOTHING, Mapped
from issuer.sources.csv_file import table
from templates.messages import Message

_COMPLETE = "Course complete"
_TOTAL = "Course total (Percentage)"
_POINTS = "Course total (Real)"
_LEARNERS = ("ID", "ID number", "Email address")
_PERCENT = re.compile(r"([0-9]{1,3})([.,]([0-9]{1,4}))? ?%", re.ASCII)


def read(
    data: bytes,
    *,
    catalogue: Catalogue,
    source: str,
    recorded_at: datetime,
    organization: str | None = None,
    mapping: Mapped = NOTHING,
) -> ImportReport:
    """Never raises for what is in `data`."""
    # (1) which of the two it is
    columns = {name: mapping.columns.get(name, name) for name in (*_LEARNERS, "Name", _COMPLETE, _TOTAL, _POINTS)}
    columns |= {name: mapping.columns.get(name, name) for name in ("First name", "Last name")}
    if "Last name" not in mapping.columns and b"Surname" in data[:2_000]:
        columns["Last name"] = "Surname"
    found = table(data, source, columns=tuple(columns.values()), lower=False)
    if isinstance(found, ImportReport):
        return found
    english = {written: name for name, written in columns.items()}
    named = {english.get(one, one) for one in found.heading}
    if problem := _problem(named, mapping):
        return refused(source, *problem)

    # (2) row by row
    export = Export(
        catalogue=catalogue, source=source, recorded_at=recorded_at, organization=organization, mapping=mapping
    )
    rows = []
    for number, cells in found.rows:
        if isinstance(cells, Row):
            rows.append(cells)
            continue
        translated = {english.get(name, name): cell for name, cell in cells.items()}
        rows.append(_row(export.line(number), translated, mapping))
    return ImportReport(without_contradictions(rows, source))


def _problem(named: set[str], mapping: Mapped) -> tuple[Message, Message] | None:
    """What is wrong with the whole: the heading, or the mapping."""
    if not {_COMPLETE, _TOTAL} & named:
        if _POINTS in named:
            return (
                Message("The grades are points, and nothing says of how many"),
                Message("Export them with the display type “Percentage”"),
            )
        return (
            Message("This is neither Moodle’s completion report nor its grades in English"),
            Message("Give the headings in the mapping: {key}", key=f'[columns] "{_COMPLETE}" = "…"'),
        )
    if (problem := of_one_course(mapping)) is not None:
        return problem
    wanted = mapping.learner or ("ID" if _COMPLETE in named else "ID number")
    if wanted not in _LEARNERS or wanted not in named:
        return (
            Message("The export has no column “{name}” for the learner", name=wanted[:80]),
            Message("Add to the mapping: {key}", key='learner = "ID", "ID number" or "Email address"'),
        )
    return None


def _row(line: Line, cells: Mapping[str, str], mapping: Mapped) -> Row:
    completion = _COMPLETE in cells
    run = line.course(*mapping.courses)
    line.learner(cells.get(mapping.learner or ("ID" if completion else "ID number"), ""))
    line.say(email=cells.get("Email address", ""))
    line.conditions(run)
    if completion:
        line.say(name=cells.get("Name", ""))
        day = cells[_COMPLETE].strip()
        if day:
            line.written_day(day)
        line.say(outcome="passed" if day else "in_progress")
    else:
        line.name_of(cells.get("First name", ""), cells.get("Last name", ""))
        line.by_grade(_total(line, cells[_TOTAL].strip()), run)
    return line.row()


def _total(line: Line, written: str) -> Decimal | None:
    """A dash where there is no grade yet."""
    if written in ("", "-"):
        return None
    found = _PERCENT.fullmatch(written)
    if found is None:
        hint = Message("Export the grades with the display type “Percentage”")
        line.note("grade", Message("“{text}” cannot be grade", text=written[:60]), hint)
        return None
    return Decimal(f"{found[1]}.{found[3] or 0}")
