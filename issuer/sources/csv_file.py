"""Completions from a CSV file (RFC 4180), as spreadsheets and learning platforms write it.

UTF-8 with or without a byte order mark; separated by commas, semicolons or tabs, which the heading tells; line ends
of any kind, also inside quotation marks. Rows are numbered as a spreadsheet numbers them: the heading is row 1, a
cell with line breaks is one row, and empty rows count. What the columns mean is said in `issuer.rows`.
"""

import csv
import io
from collections.abc import Iterator
from datetime import datetime

from issuer.catalogue import Catalogue
from issuer.imports import ImportReport, Row, without_contradictions
from issuer.problems import Problem, did_you_mean
from issuer.rows import COLUMNS, OPTIONAL, RowReader
from templates.messages import Message

__all__ = ["ImportReport", "Row", "read"]

_DELIMITERS = ",;\t"
_UTF16 = (b"\xff\xfe", b"\xfe\xff")


def read(data: bytes, *, catalogue: Catalogue, source: str, recorded_at: datetime) -> ImportReport:
    """`source`: the name of the file. Never raises for what is in `data`: the report says what is wrong."""
    # (1) bytes to text
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        return _refused(source, _not_utf8(data, error), Message("Save it as “CSV UTF-8” and send it again"))
    if not text.strip():
        return _refused(source, Message("The file is empty"), _columns_hint())

    # (2) the heading tells the separator
    delimiter = max(_DELIMITERS, key=lambda one: len(set(_heading(text, one)) & set(COLUMNS)))
    records = _records(text, delimiter)
    first = next(records)
    heading = [name.strip().lower() for name in first] if isinstance(first, list) else []
    if problems := _heading_problems(heading, source):
        return ImportReport((), problems)

    # (3) row by row; one that is broken never stops the others
    rows: list[Row] = []
    for number, record in enumerate(records, start=2):
        if isinstance(record, csv.Error):
            rows.append(Row(number, (), (_broken_quotes(source, number),)))
        elif len(record) > len(heading):
            rows.append(Row(number, (), (_too_many(source, number, len(record), len(heading)),)))
        elif any(cell.strip() for cell in record):
            cells = dict(zip(heading, record, strict=False))
            reader = RowReader(number, cells, catalogue=catalogue, source=source, recorded_at=recorded_at)
            rows.append(reader.row())
    return ImportReport(without_contradictions(rows, source))


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


def _heading(text: str, delimiter: str) -> list[str]:
    first = next(_records(text, delimiter))
    return [name.strip().lower() for name in first] if isinstance(first, list) else []


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


def _not_utf8(data: bytes, error: UnicodeDecodeError) -> Message:
    if data.startswith(_UTF16):
        return Message("The file is UTF-16 text, not UTF-8")
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
