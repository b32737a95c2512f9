"""Decisions and cohorts as CSV (RFC 4180) for a spreadsheet: one row for each learner, with every reason.

A cell that a spreadsheet would run as a formula is disarmed with an apostrophe (OWASP, "CSV Injection"), also what it
would take for a cell where a semicolon separates them. UTF-8 with a byte order mark, which spreadsheets want.

    for part in cohort_lines(cohort, rows, credential_url=config.credential_url): …      # bytes, as they come
"""

import csv
import io
import re
from collections.abc import Callable, Iterable, Iterator

from issuer.deciding import Decided, Run
from issuer.store.bulk_runs import Failure
from issuer.store.cohorts import Cohort, DetailedRow

COLUMNS = ("learner", "name", "program", "version", "outcome", "language", "remaining", "missing", "reasons", "awarded")
COHORT_COLUMNS = (
    *("learner", "name", "program", "version", "outcome", "language", "remaining", "missing", "reasons"),
    *("state", "certificate", "problem"),
)

# What begins a formula, in a spreadsheet of East Asia too; white space before it changes nothing for some.
_FORMULA = ("=", "+", "-", "@", "＝", "＋", "－", "＠")
_BEFORE = ("\t", "\r", "\n")
# The same behind what may end a cell: where a comma separates decimals, a semicolon separates cells, whatever we quote.
_INSIDE = re.compile(r"""([;\t\r\n][\s"]*)(?=[=+\-@＝＋－＠])""")

_MARK = b"\xef\xbb\xbf"


def cohort_csv(run: Run) -> bytes:
    return b"".join(_lines(COLUMNS, map(_decided, run.decided)))


def cohort_lines(
    cohort: Cohort, rows: Iterable[DetailedRow], *, credential_url: Callable[[str], str]
) -> Iterator[bytes]:
    """The file in parts; only one row is in memory at once."""
    return _lines(COHORT_COLUMNS, (_cohort_row(cohort, one, credential_url) for one in rows))


def failure_lines(failures: Iterable[Failure]) -> Iterator[bytes]:
    """Who failed in a bulk run, and why."""
    return _lines(("learner", "subject", "why"), ([one.learner, one.subject, one.why] for one in failures))


def _lines(columns: tuple[str, ...], rows: Iterable[list[str]]) -> Iterator[bytes]:
    yield _MARK + _line(columns)
    for row in rows:
        yield _line([_disarmed(cell) for cell in row])


def _line(cells: Iterable[str]) -> bytes:
    text = io.StringIO(newline="")
    csv.writer(text).writerow(cells)
    return text.getvalue().encode()


def _decided(one: Decided) -> list[str]:
    made = one.decision
    return [
        made.learner,
        one.name,
        made.program,
        str(made.version),
        made.outcome,
        made.language or "",
        str(made.remaining),
        "" if made.shortest is None else str(made.shortest),
        "; ".join(str(reason.message) for reason in made.reasons),
        "yes" if one.awarded else "no",
    ]


def _cohort_row(cohort: Cohort, one: DetailedRow, credential_url: Callable[[str], str]) -> list[str]:
    row, made = one.row, one.decision
    return [
        row.learner,
        row.name,
        cohort.program,
        str(cohort.version),
        row.outcome,
        "" if made is None else made.language or "",
        "" if made is None else str(made.remaining),
        "" if made is None or made.shortest is None else str(made.shortest),
        "; ".join(why.text for why in row.why),
        row.state,
        "" if one.share_id is None or row.state not in ("issued", "undone") else credential_url(one.share_id),
        row.problem or "",
    ]


def _disarmed(cell: str) -> str:
    cell = _INSIDE.sub(r"\1'", cell)
    return f"'{cell}" if cell.startswith(_BEFORE) or cell.lstrip().startswith(_FORMULA) else cell
