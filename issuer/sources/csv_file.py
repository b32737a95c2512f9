"""Completions from a CSV file (RFC 4180), as spreadsheets and learning platforms write it.

UTF-8 with or without a byte order mark, UTF-16 with one (Excel's “Unicode text”): there is no doubt about either. Any
other encoding is refused, because nothing in the bytes tells Windows-1252 from Windows-1250, and a name would be
garbled unseen. Separated by commas, semicolons or tabs, which the heading or a line `sep=;` tells; line ends of any
kind, also inside quotation marks. Rows are numbered as a spreadsheet numbers them: the heading is row 1, a cell with
line breaks is one row, and empty rows count. What the columns mean is said in `issuer.rows`.

Of what spreadsheets make of cells, that is read which can mean one thing only: the apostrophe that marks a text, a
decimal comma in a grade, midnight behind a day, TRUE and FALSE as Excel writes them in other languages. 03/04/2026 and
46115 are refused.
"""

import csv
import io
import re
from collections.abc import Iterator, Mapping
from datetime import datetime

from issuer.catalogue import Catalogue
from issuer.imports import ImportReport, Row, without_contradictions
from issuer.mappings import NOTHING, Mapped
from issuer.problems import Problem, did_you_mean
from issuer.rows import COLUMNS, OPTIONAL, VERBATIM, Reading
from templates.messages import Message

__all__ = ["ImportReport", "Row", "Table", "read", "table"]

_DELIMITERS = ",;\t"
_UTF16 = (b"\xff\xfe", b"\xfe\xff")
_SEPARATOR = re.compile(r"sep=([,;\t])[ \t]*(\r\n|\r|\n)", re.IGNORECASE)
_MIDNIGHT = re.compile(r"([0-9]{4}-[0-9]{2}-[0-9]{2})[ T]00:00(:00(\.0+)?)?")
_DECIMAL_COMMA = re.compile(r"([0-9]{1,3}),([0-9]{1,4})")

# What Excel writes for TRUE and FALSE where it speaks German, French, Spanish, Italian, Portuguese and Dutch.
_BOOLEANS: Mapping[str, str] = {
    **dict.fromkeys(("wahr", "vrai", "verdadero", "vero", "verdadeiro", "waar"), "true"),
    **dict.fromkeys(("falsch", "faux", "falso", "onwaar"), "false"),
}


def read(
    data: bytes,
    *,
    catalogue: Catalogue,
    source: str,
    recorded_at: datetime,
    organization: str | None = None,
    mapping: Mapped = NOTHING,
) -> ImportReport:
    """`source`: the name of the file. Never raises for what is in `data`: the report says what is wrong. A file of our
    own columns says all, so of the `mapping` nothing is needed."""
    # (1) bytes to text, and the heading
    found = table(data, source, columns=COLUMNS)
    if isinstance(found, ImportReport):
        return found
    if problems := _heading_problems(found.heading, source):
        return ImportReport((), problems)

    # (2) row by row; one that is broken never stops the others
    reading = Reading(catalogue=catalogue, source=source, recorded_at=recorded_at, organization=organization)
    rows = [
        one if isinstance(one, Row) else reading.row(number, {name: _cell(name, one[name]) for name in one})
        for number, one in found.rows
    ]
    return ImportReport(without_contradictions(rows, source))


class Table:
    """A CSV file as text: its heading, and its rows as they come: the cells by the names of their columns, or what is
    wrong with the row."""

    def __init__(self, source: str, heading: list[str], records: Iterator[list[str] | csv.Error]) -> None:
        self.source = source
        self.heading = heading
        self._records = records

    @property
    def rows(self) -> Iterator[tuple[int, dict[str, str] | Row]]:
        width = len(self.heading)
        for number, record in enumerate(self._records, start=2):
            if isinstance(record, csv.Error):
                yield number, Row(number, (), (_broken_quotes(self.source, number),))
            elif any(record[width:]):
                yield number, Row(number, (), (_too_many(self.source, number, len(record), width),))
            elif any(cell.strip() for cell in record):
                # Spreadsheets leave out the empty cells at the end of a row.
                filled = record + [""] * (width - len(record))
                yield number, dict(zip(self.heading, filled, strict=False))


def table(data: bytes, source: str, *, columns: tuple[str, ...], lower: bool = True) -> Table | ImportReport:
    """The table that `data` is, or the report that it is none. `columns`: some that it has; the separator is the one
    that shows most of them. `lower`: whether their case does not count."""
    try:
        text = _text(data)
    except UnicodeDecodeError as error:
        return _refused(source, _unreadable(data, error), Message("Save it as “CSV UTF-8” and send it again"))
    if not text.strip():
        return _refused(source, Message("The file is empty"), _columns_hint())
    told = _SEPARATOR.match(text)
    if told is None:
        delimiter = max(_DELIMITERS, key=lambda one: len(set(_heading(text, one, lower)) & set(columns)))
    else:
        delimiter, text = told[1], text[told.end() :]  # spreadsheets do not count that line
    records = _records(text, delimiter)
    heading = _named(next(records, []), lower)
    return Table(source, heading, records)


def _text(data: bytes) -> str:
    if data.startswith(_UTF16):
        return data.decode("utf-16")
    if b"\0" in data[:200]:
        raise UnicodeDecodeError("utf-8", data, 0, 1, "zero bytes")
    return data.decode("utf-8-sig")


def _cell(name: str, cell: str) -> str:
    """Without what only a spreadsheet means by it."""
    if name in VERBATIM:
        return cell
    word = cell.strip().removeprefix("'")
    match name:
        case "grade" if found := _DECIMAL_COMMA.fullmatch(word):
            return f"{found[1]}.{found[2]}"  # up to 100 there is nothing else that a comma could separate
        case "completed_on" | "as_of" if found := _MIDNIGHT.fullmatch(word):
            return found[1]
        case "identity_verified" | "fee_paid":
            return _BOOLEANS.get(word.lower(), word)
    return word


def _records(text: str, delimiter: str) -> Iterator[list[str] | csv.Error]:
    """The records, and in its place an error for each line with which none can begin. Strictly read: otherwise a
    forgotten quotation mark would swallow the rest of the file unsaid. After an error the next line is tried."""
    lines = list(io.StringIO(text, newline=""))
    position = 0
    while position < len(lines):
        reader = csv.reader((lines[at] for at in range(position, len(lines))), delimiter=delimiter, strict=True)
        before = 0
        try:
            for record in reader:
                before = reader.line_num
                yield record
            return
        except csv.Error as error:
            yield error
        position += before + 1


def _heading(text: str, delimiter: str, lower: bool) -> list[str]:
    return _named(next(_records(text, delimiter)), lower)


def _named(record: list[str] | csv.Error, lower: bool) -> list[str]:
    """Without the empty columns at the end that spreadsheets add."""
    if isinstance(record, csv.Error):
        return []
    names = [name.strip().lower() if lower else name.strip() for name in record]
    while names and not names[-1]:
        names.pop()
    return names


def _heading_problems(heading: list[str], source: str) -> tuple[Problem, ...]:
    """One problem for the whole heading, so that a wrong file is one clear answer and not a thousand."""
    missing = [name for name in COLUMNS if name not in (*heading, *OPTIONAL)]
    unknown = [name for name in heading if name not in COLUMNS]
    twice = sorted({name for name in heading if name and heading.count(name) > 1})
    if not (missing or unknown or twice):
        return ()
    hint = did_you_mean(unknown[0], missing) if len(missing) == len(unknown) == 1 else _columns_hint()
    if missing:
        what = Message("These columns are missing: {columns}", columns=", ".join(missing))
    elif unknown:
        what = Message("These columns are not known: {columns}", columns=", ".join(name or "“”" for name in unknown))
    else:
        what = Message("These columns stand there twice: {columns}", columns=", ".join(twice))
    return (Problem(source, Message("row {row}", row=1), what, hint),)


def _columns_hint() -> Message:
    return Message(
        "The first row names the columns: {columns}; {optional} may be left out",
        columns=", ".join(COLUMNS),
        optional=", ".join(OPTIONAL),
    )


def _unreadable(data: bytes, error: UnicodeDecodeError) -> Message:
    if data.startswith(_UTF16):
        return Message("The file begins like UTF-16 text and is none")
    if b"\0" in data[:200]:
        return Message("The file is no text, or UTF-16 text without its byte order mark")
    line = data.count(b"\n", 0, error.start) + 1
    return Message("The file is not UTF-8 text: the first wrong byte is in line {line}", line=line)


def _refused(source: str, what: Message, hint: Message) -> ImportReport:
    return ImportReport((), (Problem(source, Message("the file"), what, hint),))


def _broken_quotes(source: str, number: int) -> Problem:
    what = Message("A quotation mark in this row is not closed, or stands in the middle of a cell")
    hint = Message("Close it, and write a quotation mark inside a cell twice")
    return Problem(source, Message("row {row}", row=number), what, hint)


def _too_many(source: str, number: int, found: int, wanted: int) -> Problem:
    what = Message("The row has {found} cells, the heading {wanted}", found=found, wanted=wanted)
    hint = Message("Put a cell that holds the separator between quotation marks")
    return Problem(source, Message("row {row}", row=number), what, hint)
