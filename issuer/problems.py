"""What is wrong with something that a person gave us: what, where, and what to do about it.

>>> from templates.messages import Message
>>> where = Message("row {row}, column {column}", row=7, column="completed_on")
>>> what = Message("“{text}” is not a date", text="soon")
>>> str(Problem("spring.csv", where, what, Message("Write it like 2026-04-03")))
'spring.csv, row 7, column completed_on: “soon” is not a date. Write it like 2026-04-03.'
"""

import difflib
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from templates.messages import Message

_SHOWN = 12  # words; a longer list is no help


@dataclass(frozen=True)
class Problem:
    """`file`: the name that its sender gave it; `where`: the place inside; `hint`: what to do."""

    file: str
    where: Message
    message: Message
    hint: Message

    def to_json(self) -> dict[str, Any]:
        place = self.where.params
        return {
            "row": place.get("row"),
            "column": place.get("column"),
            "problem": str(self.message),
            "hint": str(self.hint),
        }

    def __str__(self) -> str:
        hint = str(self.hint)
        return f"{self.file}, {self.where}: {self.message}. {hint}{'' if hint.endswith('?') else '.'}"


def did_you_mean(text: str, known: Iterable[str]) -> Message:
    """The hint for a word that is not among those known."""
    words = sorted(set(known))
    if guess := nearest(text, words):
        return Message("Did you mean {guess}?", guess=guess)
    shown = ", ".join(words[:_SHOWN]) or "none"
    return Message("Known are: {known}", known=f"{shown}, …" if len(words) > _SHOWN else shown)


def nearest(text: str, known: Iterable[str]) -> str | None:
    """The known word that `text` was probably meant to be, or None. Case does not count; ties go by alphabet."""
    by_folded = {word.casefold(): word for word in sorted(known, reverse=True)}
    found = difflib.get_close_matches(text.casefold(), sorted(by_folded), n=1, cutoff=0.6)
    return by_folded[found[0]] if found else None
