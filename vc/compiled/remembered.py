"""Shapes for who handles the same documents several times in a row: lint, sign, and read back what was signed.

    remembered = Remembered(shapes)          # for some hundred documents; thrown away with them
    lint(document, shapes=remembered)
    secure(document, …, shapes=remembered)

A canonical form follows from the document and from nothing else, and the document from its JSON text. So what was
answered for a text is the answer for the same text again, byte by byte the same; of a document that differs in one
letter, or has 1 in the place of 1.0 or true, the text is another, and it is asked anew. Nothing is taken on trust: what
is read back is parsed from its bytes, and is looked up by what was parsed.
"""

from typing import Any

import orjson

from vc.compiled.shapes import Shapes
from vc.context_rules import ContextRule
from vc.jsonld import CURRENT, Contents

# Without these orjson writes things that JSON does not have, so that two documents would have one text.
_JSON_ALONE = orjson.OPT_PASSTHROUGH_DATETIME | orjson.OPT_PASSTHROUGH_DATACLASS | orjson.OPT_PASSTHROUGH_SUBCLASS
MAX_REMEMBERED = 64_000_000  # bytes of canonical forms; some thousand program certificates


class Remembered(Shapes):
    """What `shapes` answer, and have answered. Not for several threads."""

    def __init__(self, shapes: Shapes) -> None:
        super().__init__()
        self._shapes = shapes
        self._answers: dict[tuple[bytes, int, str], bytes] = {}
        self._bytes = 0
        self._rules: dict[int, ContextRule] = {}  # kept alive, for answers are told apart by their identity

    def canonical(
        self, document: dict[str, Any], *, rule: ContextRule, contents: Contents = CURRENT, algorithm: str = "sha256"
    ) -> bytes | None:
        try:
            key = (orjson.dumps(document, option=_JSON_ALONE), id(rule), algorithm)
        except TypeError:  # half a character, say, or a date that is no text yet: it has no text of its own
            return self._shapes.canonical(document, rule=rule, contents=contents, algorithm=algorithm)
        answer = self._answers.get(key) if contents is CURRENT else None
        if answer is None:
            answer = self._shapes.canonical(document, rule=rule, contents=contents, algorithm=algorithm)
            if answer is not None and contents is CURRENT and self._bytes < MAX_REMEMBERED:
                self._rules[id(rule)] = rule
                self._answers[key] = answer
                self._bytes += len(answer)
        return answer

    def learn(
        self, document: dict[str, Any], *, rule: ContextRule, contents: Contents = CURRENT, algorithm: str = "sha256"
    ) -> None:
        self._shapes.learn(document, rule=rule, contents=contents, algorithm=algorithm)
