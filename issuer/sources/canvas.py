"""Canvas: the gradebook's CSV export, and the Live Event `course_completed`.

* The gradebook (instructure/canvas-lms, `lib/gradebook_exporter.rb`): `Student` ("Family, Given") or `LastName` and
  `FirstName`, `ID`, `SIS User ID`, `SIS Login ID`, `Section`, the assignments, totals, of which `Final Score` counts
  what was not handed in as nothing. Rows that are no learners are left out: hidden assignments, `Points Possible`,
  and the `Student, Test` of the student view. There is no outcome, day, e-mail address or course in it: the mapping's
  `pass_grade`, and its one course with `completed_on`, say them. Scores are percentages.
* The event (`doc/api/data_services/json/canvas/event-types/course_completed.json`): `metadata.event_name`,
  `metadata.event_time` (since when it is so), and in `body` the `user` (`id`, `name`, `email`), the `course` (`id`,
  `sis_source_id`: either is looked up in the mapping) and the `progress` (`completed_at`, counts of requirements).
  Canvas signs what it posts with its own key, so a relay signs it for our webhook.

`learner`: `ID` (Canvas' own, usual) or `SIS User ID` or `SIS Login ID`, which the event has in its metadata as
`user_sis_id` and `user_login`. Names in two parts are put together as `names` of the mapping says.
"""

import re
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

from issuer.catalogue import Catalogue
from issuer.exports import Export, Line, member, of_one_course, records, refused, text
from issuer.imports import ImportReport, Row, without_contradictions
from issuer.mappings import NOTHING, Mapped
from issuer.sources.csv_file import table
from templates.messages import Message

_SCORE = re.compile(r"([0-9]{1,4})([.,]([0-9]{1,4}))?", re.ASCII)
_HEADINGS = ("Student", "LastName", "FirstName", "ID", "SIS User ID", "SIS Login ID", "Section", "Final Score")
_LEARNERS: Mapping[str, tuple[str, ...]] = {
    "ID": ("body", "user", "id"),
    "SIS User ID": ("metadata", "user_sis_id"),
    "SIS Login ID": ("metadata", "user_login"),
}
_EVENT = "course_completed"


def read(
    data: bytes,
    *,
    catalogue: Catalogue,
    source: str,
    recorded_at: datetime,
    organization: str | None = None,
    mapping: Mapped = NOTHING,
) -> ImportReport:
    """A gradebook, an event, or a list of events. Never raises for what is in `data`."""
    if mapping.learner is not None and mapping.learner not in _LEARNERS:
        what = Message("Canvas has no “{name}” for the learner", name=mapping.learner[:80])
        return refused(source, what, Message("Write in the mapping one of: {allowed}", allowed=", ".join(_LEARNERS)))
    export = Export(
        catalogue=catalogue, source=source, recorded_at=recorded_at, organization=organization, mapping=mapping
    )
    if data.lstrip()[:1] in (b"{", b"["):
        events = records(data, source)
        if isinstance(events, ImportReport):
            return events
        rows = [_event(export.line(number), one, mapping) for number, one in enumerate(events, start=1)]
    else:
        found = table(data, source, columns=_HEADINGS, lower=False)
        if isinstance(found, ImportReport):
            return found
        if problem := _problem(found.heading, mapping):
            return refused(source, *problem)
        rows = list(_gradebook(export, found.rows, mapping))
    return ImportReport(without_contradictions(rows, source))


# --- the gradebook -------------------------------------------------------------------------------------------------


def _problem(heading: list[str], mapping: Mapped) -> tuple[Message, Message] | None:
    named = set(heading)
    if (
        "Final Score" not in named
        or "ID" not in named
        or not ({"Student"} <= named or {"LastName", "FirstName"} <= named)
    ):
        return (
            Message("This is no gradebook of Canvas in English with its totals"),
            Message("Export the whole gradebook; its columns are: {columns}", columns=", ".join(_HEADINGS)),
        )
    if (mapping.learner or "ID") not in named:
        return (
            Message("The export has no column “{name}” for the learner", name=(mapping.learner or "ID")[:80]),
            Message("Write in the mapping one of: {allowed}", allowed=", ".join(_LEARNERS)),
        )
    if (problem := of_one_course(mapping)) is not None:
        return problem
    return None


def _gradebook(export: Export, rows: Iterator[tuple[int, dict[str, str] | Row]], mapping: Mapped) -> Iterator[Row]:
    for number, cells in rows:
        if isinstance(cells, Row):
            yield cells
        elif not _is_no_learner(cells):
            yield _student(export.line(number), cells, mapping)


def _is_no_learner(cells: Mapping[str, str]) -> bool:
    student = cells.get("Student", "").strip()
    parts = (cells.get("LastName", "").strip(), cells.get("FirstName", "").strip())
    if not cells.get("ID", "").strip():
        return student in ("", "Points Possible") or parts[0] == "Points Possible"
    login = cells.get("SIS Login ID", "").strip()
    return (student == "Student, Test" or parts == ("Student", "Test")) and re.fullmatch(
        r"[0-9a-f]{40}|", login
    ) is not None


def _student(line: Line, cells: Mapping[str, str], mapping: Mapped) -> Row:
    run = line.course(*mapping.courses)
    line.learner(cells.get(mapping.learner or "ID", ""))
    if "Student" in cells:
        family, comma, given = cells["Student"].partition(", ")
        if comma:
            line.name_of(given, family)
        else:
            line.say(name=family)
    else:
        line.name_of(cells["FirstName"], cells["LastName"])
    line.conditions(run)
    line.by_grade(_score(line, cells.get("Final Score", "").strip()), run)
    return line.row()


def _score(line: Line, written: str) -> Decimal | None:
    """With extra credit more than 100 is possible; what stands on a certificate ends at 100."""
    if not written:
        return None
    found = _SCORE.fullmatch(written)
    if found is None:
        hint = Message("Write a number from 0 to 100 such as 87.5, or leave it empty")
        line.note("grade", Message("“{text}” cannot be grade", text=written[:60]), hint)
        return None
    return min(Decimal(f"{found[1]}.{found[3] or 0}"), Decimal(100))


# --- the event -----------------------------------------------------------------------------------------------------


def _event(line: Line, event: Any, mapping: Mapped) -> Row:
    kind = text(event, "metadata", "event_name")
    if kind != _EVENT:
        what = Message("This is no event about a completed course: “{kind}”", kind=kind[:100])
        line.note("event_name", what, Message("Send events of these types only: {types}", types=(_EVENT,)))
        return line.row()
    names = [
        one for one in (text(event, "body", "course", "id"), text(event, "body", "course", "sis_source_id")) if one
    ]
    run = line.course(*(names or [""]))
    line.learner(text(event, *_LEARNERS[mapping.learner or "ID"]))
    line.say(name=text(event, "body", "user", "name"), email=text(event, "body", "user", "email"))
    line.conditions(run)
    if sent := _moment(line, "event_time", text(event, "metadata", "event_time")):
        line.say(as_of=sent.isoformat())
    if _finished(member(event, "body", "progress")):
        if completed := _moment(line, "completed_at", text(event, "body", "progress", "completed_at")):
            line.say(completed_on=completed.date().isoformat())
        line.say(outcome="passed")
    else:
        line.say(outcome="in_progress")
    return line.row()


def _finished(progress: Any) -> bool:
    done, all_ = member(progress, "requirement_completed_count"), member(progress, "requirement_count")
    return isinstance(done, int) and isinstance(all_, int) and done >= all_ > 0


def _moment(line: Line, name: str, written: str) -> datetime | None:
    try:
        moment = datetime.fromisoformat(written)
        return moment.astimezone(UTC) if moment.tzinfo is not None else moment.replace(tzinfo=UTC)
    except (ValueError, OverflowError):
        line.note(
            name,
            Message("“{text}” cannot be {column}", text=written[:60], column=name),
            Message("Write a time like 2026-04-03T14:30:00Z"),
        )
        return None
