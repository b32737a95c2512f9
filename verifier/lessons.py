"""Canonical forms that workers know from birth (`vc.compiled`): noted by one, learnt in the school, born into the next.

A worker lives for a few hundred submissions and ends at anything odd, so what it learnt would die with it; and learning
takes a tenth of a second, for which somebody would wait. So a worker learns nothing. It notes which genuine documents
the full path had to read, and the service hands these notes, as data, to the *school*: a process between the nursery
and the workers, made for this alone and ended when it takes too long. It learns from them, by the full path itself and
not by the worker's word, and the next workers are forked from it.

    lessons = Lessons()
    lessons.take(notes)          # in the school: whether it knows more now
    lessons.graduate()           # in a worker, after the fork; from now on `learn` only notes
    lessons.notes()              # of the last submission, b"" when there is nothing to learn
"""

import json
from typing import Any

from vc import strict_json
from vc.compiled import Shapes
from vc.context_rules import RULES, ContextRule
from vc.errors import VcError
from vc.jsonld import CURRENT, Contents

MAX_NOTES = 128 * 1024  # bytes of one lesson; a Specialization with twenty courses has 60,000
ALGORITHMS = ("sha256", "sha384")


class Lessons(Shapes):
    def __init__(self) -> None:
        super().__init__()
        self._noted: list[dict[str, Any]] | None = None

    def graduate(self) -> None:
        self._noted = []
        self.forget_counts()

    def forget_counts(self) -> None:
        """Each submission is counted by itself."""
        self.hits = self.misses = self.fallbacks = 0

    def learn(
        self, document: dict[str, Any], *, rule: ContextRule, contents: Contents = CURRENT, algorithm: str = "sha256"
    ) -> None:
        if self._noted is None:
            super().learn(document, rule=rule, contents=contents, algorithm=algorithm)
        elif contents == CURRENT and rule in RULES:
            self._noted.append({"document": document, "rule": RULES.index(rule), "algorithm": algorithm})

    def notes(self) -> bytes:
        """What the last submission would have taught; whoever asks gets it once."""
        noted, self._noted = self._noted, []
        data = json.dumps({"lessons": noted}).encode("ascii") if noted else b""
        return data if len(data) <= MAX_NOTES else b""

    def take(self, notes: bytes) -> bool:
        """Learns from the notes of another process, of which nothing is believed. Whether it knows more now."""
        known = self.compiled
        for document, rule, algorithm in _read(notes):
            if self.canonical(document, rule=rule, algorithm=algorithm) is None:
                super().learn(document, rule=rule, algorithm=algorithm)
        return self.compiled > known


def _read(notes: bytes) -> list[tuple[dict[str, Any], ContextRule, str]]:
    """Those that have the form of a lesson; nothing when the whole has none."""
    try:
        lessons = strict_json.parse_object(notes).get("lessons")
    except VcError:
        return []
    found = []
    for one in lessons if isinstance(lessons, list) else []:
        match one:
            case {"document": dict() as document, "rule": int() as rule, "algorithm": str() as algorithm} if (
                0 <= rule < len(RULES) and algorithm in ALGORITHMS
            ):
                found.append((document, RULES[rule], algorithm))
    return found
