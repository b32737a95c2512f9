"""One row of a table becomes a fact, whatever kind of file the table came from.

    learner, name, email, course, session, language, outcome, grade, completed_on,
    identity_verified, fee_paid, narrative, as_of

A row whose `course` is the code of a program is an enrolment in it: `completed_on` is then the day of enrolling,
`fee_paid` says whether the program's own fee was paid, and the other columns stay empty. The outcome `withdrawn` takes
back what was said before, of an enrolment too. `as_of`: since when the row is true, a day or a time with its zone.
Names and narratives are kept exactly as they are; around codes, dates and words white space is dropped.

    reading = Reading(catalogue=catalogue, source="spring.csv", recorded_at=now)
    reading.row(2, {"learner": "l-1", "name": "Zoë Ünlü-Beispiel", …}).facts
"""

import re
from collections.abc import Mapping
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal, InvalidOperation

from issuer.catalogue import Catalogue
from issuer.facts import Completion, Enrolment, Outcome, name_problem
from issuer.imports import Row
from issuer.problems import Problem, did_you_mean
from templates.messages import Message

COLUMNS = (
    "learner",
    "name",
    "email",
    "course",
    "session",
    "language",
    "outcome",
    "grade",
    "completed_on",
    "identity_verified",
    "fee_paid",
    "narrative",
    "as_of",
)
OPTIONAL = ("grade", "narrative", "as_of")
# Kept as they are, white space included.
VERBATIM = ("name", "narrative")

_TRUE, _FALSE = frozenset({"yes", "true", "1"}), frozenset({"no", "false", "0"})
_OUTCOMES: Mapping[str, Outcome] = {
    "passed": "passed",
    "failed": "failed",
    "in_progress": "in_progress",
    "withdrawn": "withdrawn",
}
_ISO_DATE = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
# RFC 3339 section 5.6; the space instead of T is its note.
_RFC3339 = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}[Tt ][0-9:.]{8,}([Zz]|[+-][0-9]{2}:[0-9]{2})")
_GRADE = re.compile(r"[0-9]{1,3}(\.[0-9]{1,4})?")
# The numbers with which spreadsheets count days: 1982 to 2064.
_SERIAL = re.compile(r"[3-5][0-9]{4}([.,][0-9]+)?")
# Who sits east of us may complete a course on a day that has not begun here.
_AHEAD = timedelta(days=1)


class Reading:
    """What the rows of one delivery have in common. `organization`: only its own courses and programs are taken; that
    there are others, nobody is told."""

    def __init__(
        self, *, catalogue: Catalogue, source: str, recorded_at: datetime, organization: str | None = None
    ) -> None:
        self.catalogue = catalogue
        self.source = source
        self.recorded_at = recorded_at
        self.courses = frozenset(
            code
            for course in catalogue.courses.values()
            if organization in (None, course.organization)
            for code in (course.code, *course.replaces)
        )
        self.programs = frozenset(
            code for (code, _), one in catalogue.programs.items() if organization in (None, one.organization)
        )

    def row(self, number: int, cells: Mapping[str, str], *, labels: Mapping[str, str] | None = None) -> Row:
        """`labels`: what the sender calls a column, where he has another name for it."""
        return RowReader(number, cells, reading=self, labels=labels or {}).row()

    def problem(self, number: int, column: str, what: Message, hint: Message) -> Problem:
        where = Message("row {row}, column {column}", row=number, column=column)
        return Problem(self.source, where, what, hint)


class RowReader:
    """Reads the cells of one row and notes every problem; `row` gives the outcome."""

    def __init__(self, number: int, cells: Mapping[str, str], *, reading: Reading, labels: Mapping[str, str]) -> None:
        self._number = number
        self._cells = cells
        self._reading = reading
        self._catalogue = reading.catalogue
        self._labels = labels
        self._problems: list[Problem] = []

    def row(self) -> Row:
        self._require_writable()
        course = self._word("course")
        fact: Completion | Enrolment | None = None
        if course in self._reading.courses:
            fact = self._completion(course)
        elif course in self._reading.programs:
            fact = self._enrolment(course)
        else:
            self._person()
            known = self._reading.courses | self._reading.programs
            text = Message("There is no course or program “{code}”", code=course)
            self._note("course", text, did_you_mean(course, known) if course else Message("Write the code of a course"))
        if self._problems or fact is None:
            return Row(self._number, (), tuple(self._problems))
        return Row(self._number, (fact,))

    def _completion(self, course: str) -> Completion | None:
        learner, name, email = self._person()
        language = self._language(course)  # None is noted, and nothing is built with it
        session = self._session(course, language)
        outcome = self._outcome()
        day = self._day("completed_on", required=outcome == "passed")
        # Of what is taken back it does not matter any more whether it was paid.
        needed = outcome != "withdrawn"
        identity = self._yes_no("identity_verified", required=needed)
        fee = self._yes_no("fee_paid", required=needed)
        grade = self._grade()
        as_of = self._as_of()
        narrative = self._cells.get("narrative", "")
        if self._problems or outcome is None or language is None:
            return None
        return Completion(
            learner=learner,
            name=name,
            email=email,
            course=course,
            session=session,
            language=language,
            outcome=outcome,
            grade=grade,
            completed_on=day,
            identity_verified=identity,
            fee_paid=fee,
            narrative=narrative if narrative.strip() else None,
            source=self._reading.source,
            recorded_at=self._reading.recorded_at,
            as_of=as_of,
        )

    def _enrolment(self, program: str) -> Enrolment | None:
        learner, name, email = self._person()
        day = self._day("completed_on", required=True)
        withdrawn = self._word("outcome").lower() == "withdrawn"
        fee = self._yes_no("fee_paid", required=not withdrawn)
        as_of = self._as_of()
        for column in ("session", "language", "outcome", "grade", "identity_verified", "narrative"):
            if self._word(column) and not (withdrawn and column == "outcome"):
                text = Message(
                    "{program} is a program, and an enrolment in a program has no {column}",
                    program=program,
                    column=column,
                )
                self._note(column, text, Message("Leave it empty, or write the code of a course into “course”"))
        if self._problems or day is None:
            return None
        return Enrolment(
            learner=learner,
            name=name,
            email=email,
            program=program,
            enrolled_on=day,
            fee_paid=fee,
            source=self._reading.source,
            recorded_at=self._reading.recorded_at,
            as_of=as_of,
            withdrawn=withdrawn,
        )

    def _require_writable(self) -> None:
        """A name says so itself."""
        for column in COLUMNS:
            if column != "name" and "\0" in self._cells.get(column, ""):
                text = Message("{column} holds a character that no record can keep: U+0000", column=column)
                self._note(column, text, Message("Leave the character out"))

    def _person(self) -> tuple[str, str, str]:
        learner, name, email = self._word("learner"), self._cells.get("name", ""), self._word("email")
        if not learner:
            self._note("learner", Message("The learner’s id is empty"), Message("Write the id that your system uses"))
        if problem := name_problem(name):
            self._note("name", problem, Message("Write the name as it shall stand on the certificate"))
        if email and (email.count("@") != 1 or email[0] == "@" or email[-1] == "@" or " " in email):
            self._note("email", Message("This is not an e-mail address"), Message("Correct it, or leave it empty"))
        return learner, name, email

    def _language(self, course: str) -> str | None:
        text, offered = self._word("language"), self._catalogue.languages_of(course)
        # Tags are compared without regard to case (RFC 5646, section 2.1.1) and kept as the catalogue writes them.
        found = next((tag for tag in offered if tag.lower() == text.lower()), None)
        if found is None:
            what = Message("{course} is not offered in “{language}”", course=course, language=text)
            self._note("language", what, Message("Write one of: {allowed}", allowed=", ".join(offered)))
        return found

    def _session(self, course: str, language: str | None) -> str:
        """A session that the catalogue does not list may be one that was retired: its certificates count."""
        code = self._word("session")
        listed = self._catalogue.courses[course].session(code) if course in self._catalogue.courses else None
        if not code:
            self._note("session", Message("The session is empty"), Message("Write the code of the session"))
        elif listed is not None and language not in (None, listed.language):
            what = Message("The session {session} is in “{language}”", session=code, language=listed.language)
            self._note("session", what, Message("Correct the session or the language"))
        return code

    def _outcome(self) -> Outcome | None:
        text = self._word("outcome")
        outcome = _OUTCOMES.get(text.lower().replace(" ", "_"))
        if outcome is None:
            self._wrong("outcome", text, Message("Write one of: {allowed}", allowed=", ".join(_OUTCOMES)))
        return outcome

    def _day(self, column: str, *, required: bool) -> date | None:
        text = self._word(column)
        form = Message("Write year, month and day like this: 2026-04-03")
        if not text:
            if required:
                self._note(column, Message("The date is missing"), form)
            return None
        try:
            # Whether 03/04/2026 is in March or in April nobody can tell, so only one form is taken.
            day = date.fromisoformat(text) if _ISO_DATE.fullmatch(text) else None
        except ValueError:
            day = None
        if day is None:
            self._wrong(column, text, _serial_hint() if _SERIAL.fullmatch(text) else form)
        elif day > self._reading.recorded_at.date() + _AHEAD:
            self._note(column, Message("The date lies in the future: {date}", date=day), Message("Correct the date"))
        return day

    def _as_of(self) -> datetime | None:
        """A day counts from its beginning in UTC."""
        text = self._word("as_of")
        if not text:
            return None
        form = Message("Write a day like 2026-04-03, or a time with its zone like 2026-04-03T14:30:00Z")
        moment: datetime | None = None
        try:
            if _ISO_DATE.fullmatch(text):
                moment = datetime.combine(date.fromisoformat(text), datetime.min.time(), UTC)
            elif _RFC3339.fullmatch(text):
                moment = datetime.fromisoformat(text.upper()).astimezone(UTC)
        except (ValueError, OverflowError):
            pass  # it is said below
        if moment is None:
            self._wrong("as_of", text, _serial_hint() if _SERIAL.fullmatch(text) else form)
        elif moment > self._reading.recorded_at + _AHEAD:
            what = Message("The date lies in the future: {date}", date=moment.date())
            self._note("as_of", what, Message("Correct the date"))
        return moment

    def _yes_no(self, column: str, *, required: bool = True) -> bool:
        text = self._word(column).lower()
        if text not in _TRUE | _FALSE and (text or required):
            self._wrong(column, text, Message("Write yes or no"))
        return text in _TRUE

    def _grade(self) -> Decimal | None:
        text = self._word("grade")
        if not text:
            return None
        hint = Message("Write a number from 0 to 100 such as 87.5, or leave it empty")
        try:
            grade = Decimal(text) if _GRADE.fullmatch(text) else None
        except InvalidOperation:
            grade = None
        if grade is None or grade > 100:
            self._wrong("grade", text, hint)
        return grade

    def _word(self, column: str) -> str:
        return self._cells.get(column, "").strip()

    def _wrong(self, column: str, text: str, hint: Message) -> None:
        label = self._labels.get(column, column)
        if text:
            self._note(column, Message("“{text}” cannot be {column}", text=text[:60], column=label), hint)
        else:
            self._note(column, Message("{column} is empty", column=label), hint)

    def _note(self, column: str, what: Message, hint: Message) -> None:
        label = self._labels.get(column, column)
        self._problems.append(self._reading.problem(self._number, label, what, hint))


def _serial_hint() -> Message:
    return Message("A spreadsheet wrote the day as a number: give the column a date format like 2026-04-03")
