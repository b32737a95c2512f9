"""Decisions as CSV (RFC 4180) for a spreadsheet: one row for each learner and program, with every reason.

A cell that a spreadsheet would run as a formula is disarmed with an apostrophe (OWASP, "CSV Injection").
"""

import csv
import io

from issuer.deciding import Decided, Run

COLUMNS = ("learner", "name", "program", "version", "outcome", "language", "remaining", "missing", "reasons", "awarded")

_FORMULA = ("=", "+", "-", "@", "\t", "\r")


def cohort_csv(run: Run) -> bytes:
    """UTF-8 with a byte order mark, which spreadsheets want."""
    text = io.StringIO(newline="")
    writer = csv.writer(text)
    writer.writerow(COLUMNS)
    for one in run.decided:
        writer.writerow([_disarmed(cell) for cell in _row(one)])
    return text.getvalue().encode("utf-8-sig")


def _row(one: Decided) -> list[str]:
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


def _disarmed(cell: str) -> str:
    return f"'{cell}" if cell.startswith(_FORMULA) else cell
