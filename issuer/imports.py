"""What an import found, row by row. A broken row never stops the others, and nothing is swallowed."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from issuer.facts import Fact
from issuer.problems import Problem
from templates.messages import Message


@dataclass(frozen=True)
class Row:
    """`number`: as a spreadsheet counts, the heading being 1. `facts`: what the row says; empty when it has
    `problems`."""

    number: int
    facts: tuple[Fact, ...]
    problems: tuple[Problem, ...] = ()


@dataclass(frozen=True)
class ImportReport:
    """`problems`: those of the file as a whole; when there are any, no row was read."""

    rows: tuple[Row, ...]
    problems: tuple[Problem, ...] = ()

    @property
    def facts(self) -> tuple[Fact, ...]:
        """Of the accepted rows, in their order. A row given twice gives its fact twice: one id, harmless."""
        return tuple(fact for row in self.rows for fact in row.facts)

    @property
    def accepted(self) -> tuple[Row, ...]:
        return tuple(row for row in self.rows if not row.problems)

    @property
    def refused(self) -> tuple[Row, ...]:
        return tuple(row for row in self.rows if row.problems)

    def to_json(self) -> dict[str, Any]:
        """{"rows": …, "accepted": …, "refused": [{"row", "column", "problem", "hint"}]}: a problem each. What is wrong
        with the whole has no row, what is wrong with a whole row no column."""
        return {
            "rows": len(self.rows),
            "accepted": len(self.accepted),
            "refused": [one.to_json() for one in self.all_problems],
        }

    @property
    def all_problems(self) -> tuple[Problem, ...]:
        return self.problems + tuple(problem for row in self.rows for problem in row.problems)


def without_contradictions(rows: Iterable[Row], source: str) -> tuple[Row, ...]:
    """The rows, those refused that say different things about one learner, course and session at one time.

    They were all told in one moment, so neither is the correction of the other, and we do not choose. What says since
    when it is true (`as_of`) is in order with what says another moment."""
    rows = tuple(rows)
    told: dict[tuple[str, ...], dict[str, tuple[int, datetime | None]]] = {}
    for row in rows:
        for fact in row.facts:
            told.setdefault(fact.key, {}).setdefault(fact.id, (row.number, fact.as_of))
    checked = []
    for row in rows:
        others = [
            number
            for fact in row.facts
            for id, (number, as_of) in told[fact.key].items()
            if id != fact.id and (None in (as_of, fact.as_of) or as_of == fact.as_of)
        ]
        checked.append(Row(row.number, (), (_contradiction(source, row.number, min(others)),)) if others else row)
    return tuple(checked)


def _contradiction(source: str, number: int, other: int) -> Problem:
    what = Message("Row {other} says something else about the same learner, course and session", other=other)
    hint = Message(
        "Keep the row that is right; a correction of what you sent earlier goes into a later file, or has a "
        "later “as_of”"
    )
    return Problem(source, Message("row {row}", row=number), what, hint)
