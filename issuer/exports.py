"""From another system's record to a row of ours: what the sources of foreign exports have in common.

    export = Export(mapping=mapping, catalogue=…, source="events", recorded_at=now, organization="duke")
    line = export.line(3)
    line.course("course-v1:Example+CS1+2026")       # its course, session and language, from the mapping
    line.say(learner="l-1", name="Zoë Ünlü-Beispiel", outcome="passed", completed_on="2026-03-28")
    line.row()

What the mapping lacks is noted as a problem of the row that names the missing line of it.
"""

from datetime import date, datetime
from decimal import Decimal
from typing import Any

from issuer.catalogue import Catalogue
from issuer.imports import ImportReport, Row
from issuer.mappings import Mapped, Run
from issuer.problems import Problem
from issuer.rows import Reading
from templates.messages import Message
from vc import strict_json
from vc.errors import VcError


class Export:
    """One delivery of a foreign system."""

    def __init__(
        self,
        *,
        catalogue: Catalogue,
        source: str,
        recorded_at: datetime,
        organization: str | None,
        mapping: Mapped,
    ) -> None:
        self.reading = Reading(catalogue=catalogue, source=source, recorded_at=recorded_at, organization=organization)
        self.source = source
        self.mapping = mapping

    def line(self, number: int) -> "Line":
        return Line(self, number)

    def refused(self, what: Message, hint: Message) -> ImportReport:
        """Nothing of the delivery can be read."""
        return refused(self.source, what, hint)


class Line:
    """One record on its way: cells are said, problems noted; `row` is what comes of it."""

    def __init__(self, export: Export, number: int) -> None:
        self._export = export
        self._number = number
        self._mapping = export.mapping
        self._cells: dict[str, str] = {}
        self._problems: list[Problem] = []

    def say(self, **cells: str) -> None:
        self._cells.update(cells)

    def note(self, column: str, what: Message, hint: Message) -> None:
        self._problems.append(self._export.reading.problem(self._number, column, what, hint))

    def needs(self, column: str, key: str) -> None:
        """The mapping must say it."""
        what = Message("The export does not say {column}, and neither does the mapping", column=column)
        self.note(column, what, Message("Add to the mapping: {key}", key=key))

    def course(self, *names: str) -> Run | None:
        """By the sender's names for it, the first that the mapping knows."""
        run = next((self._mapping.courses[one] for one in names if one in self._mapping.courses), None)
        if run is None:
            what = Message("The mapping does not say what the course “{name}” is here", name=names[0][:200])
            key = f'[courses."{names[0][:200]}"] course, session, language'
            self.note("course", what, Message("Add to the mapping: {key}", key=key))
            return None
        self.say(course=run.course, session=run.session, language=run.language)
        return run

    def learner(self, text: str) -> None:
        self.say(learner=self._mapping.learner_prefix + text if text.strip() else "")

    def name_of(self, given: str, family: str) -> None:
        """Two parts become one name as the mapping says, because there are both customs."""
        if not (given.strip() and family.strip()):
            self.say(name=given if given.strip() else family)
        elif self._mapping.names is None:
            self.needs("name", 'names = "given family" (or "family given")')
            self.say(name=f"{given} {family}")
        else:
            first, second = (given, family) if self._mapping.names == "given family" else (family, given)
            self.say(name=f"{first} {second}")

    def conditions(self, run: Run | None) -> None:
        """Identity and fee: the course's line of the mapping, else the mapping's own."""
        for column in ("identity_verified", "fee_paid"):
            value: Any = None if run is None else getattr(run, column)
            value = getattr(self._mapping, column) if value is None else value
            if value is None:
                self.needs(column, f"{column} = true or false")
            else:
                self.say(**{column: "yes" if value else "no"})

    def by_grade(self, grade: Decimal | None, run: Run | None) -> None:
        """Where only grades are exported: from `pass_grade` on it is passed; without a grade it goes on."""
        if grade is None:
            self.say(outcome="in_progress")
            return
        self.say(grade=f"{grade:f}")
        if self._mapping.pass_grade is None:
            self.needs("outcome", "pass_grade = a number from 0 to 100")
            return
        passed = grade >= self._mapping.pass_grade
        self.say(outcome="passed" if passed else "failed")
        day = None if run is None else run.completed_on
        if day is not None:
            self.say(completed_on=day.isoformat())
        elif passed and run is not None:
            self.needs("completed_on", "completed_on = a day, in the table of the course")

    def written_day(self, text: str) -> None:
        """A day as the export writes it: as the mapping's `dates` says, else like 2026-04-03."""
        form = self._mapping.dates
        try:
            day = date.fromisoformat(text) if form is None else datetime.strptime(text, form).date()
        except ValueError:
            what = Message("“{text}” cannot be completed_on", text=text[:60])
            if form is None:
                self.note("completed_on", what, Message("Add to the mapping: {key}", key='dates = "%d/%m/%y, %H:%M"'))
            else:
                self.note(
                    "completed_on", what, Message("The mapping says that days are written like {form}", form=form)
                )
            return
        self.say(completed_on=day.isoformat())

    def row(self) -> Row:
        if self._problems:
            return Row(self._number, (), tuple(self._problems))
        return self._export.reading.row(self._number, self._cells)


def records(data: bytes, source: str) -> list[Any] | ImportReport:
    """The JSON that was sent, one event or a list of events; or the report that it is none."""
    try:
        found = strict_json.parse(data, max_bytes=len(data))  # whoever took it in has counted them
    except VcError as error:
        said = str(error).removesuffix(".")
        return refused(source, Message("{problem}", problem=said), Message("Send one JSON object, or a list of them"))
    return found if isinstance(found, list) else [found]


def member(record: Any, *path: str) -> Any:
    """What stands there, or None."""
    for name in path:
        record = record.get(name) if isinstance(record, dict) else None
    return record


def text(record: Any, *path: str) -> str:
    """A text or a whole number, as a text; empty when there is none."""
    value = member(record, *path)
    if isinstance(value, str):
        return value
    return str(value) if isinstance(value, int) and not isinstance(value, bool) else ""


def of_one_course(mapping: Mapped) -> tuple[Message, Message] | None:
    """What is wrong, and what to do, where an export is of one course that only the mapping can name."""
    if len(mapping.courses) == 1:
        return None
    return (
        Message(
            "The export is of one course and does not name it; the mapping has {count}", count=len(mapping.courses)
        ),
        Message("Give a mapping of exactly one course: {key}", key='[courses."…"] course, session, language'),
    )


def refused(source: str, what: Message, hint: Message) -> ImportReport:
    return ImportReport((), (Problem(source, Message("the file"), what, hint),))
