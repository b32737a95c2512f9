"""What may stand in a hole: the texts of a document as the bytes that N-Quads have, or no answer.

An IRI stands for itself, whatever the contexts say, when it is absolute, when its scheme is no word of theirs, and when
it is no word itself (JSON-LD 1.1 API section 5.2, "IRI Expansion"). A word that begins with one of our schemes and a
colon has that scheme as its prefix, so one table of words serves both.

    >>> Guards(b"il", frozenset()).checked(["https://a.example/", 'say "hi"'])
    [b'https://a.example/', b'say \\\\"hi\\\\"']
    >>> Guards(b"i", frozenset()).checked(["ext:Course"]) is None
    True
"""

import re
from collections.abc import Sequence
from operator import itemgetter
from typing import Any

from vc.rdfc import escaped

# Schemes of what credentials name. A scheme that is missing here costs time, never an answer.
SCHEMES = frozenset({"did", "http", "https", "mailto", "tel", "urn"})

# `vc.rdf` lets any Unicode into an IRI, PyLD treats some spaces of it in its own way; visible ASCII is not disputed.
_CHARACTERS = rb"[^\x00-\x20\x7F-\xFF<>\"{}|^`\\]*"

IRI, LITERAL = b"il"


class Guards:
    """`kinds`: for each hole `IRI` or `LITERAL`. `words`: all words that the contexts define."""

    def __init__(self, kinds: bytes, words: frozenset[str]) -> None:
        self._between = len(kinds) - 1
        iris = [index for index, kind in enumerate(kinds) if kind == IRI]
        self._iris = picked(iris)
        self._spaces = len(iris) - 1
        free = sorted(SCHEMES - {word.partition(":")[0] for word in words})
        one = rb"(?:" + b"|".join(scheme.encode() for scheme in free) + rb"):" + _CHARACTERS
        self._form = re.compile(one + rb"(?: " + one + rb")*") if free else re.compile(rb"(?!)")

    def checked(self, texts: list[Any]) -> list[bytes] | None:
        """The texts escaped as literals are and in UTF-8; None when something is no text or does not fit its hole."""
        # (1) all at once: a quotation mark can only be one of those between them, nothing else wants escaping
        try:
            joined = '"'.join(texts)
        except TypeError:  # not a text
            return None
        if joined.isprintable() and "\\" not in joined and joined.count('"') == self._between:
            terms = joined.encode().split(b'"')
        else:
            try:
                terms = [escaped(text).encode() for text in texts]
            except UnicodeEncodeError:  # half a character
                return None
        # (2) the IRIs; none of them holds a space when there are no more spaces than those between them
        if self._spaces >= 0:
            iris = b" ".join(self._iris(terms))
            if iris.count(b" ") != self._spaces or not self._form.fullmatch(iris):
                return None
        return terms


def picked(places: Sequence[int]) -> Any:
    """Like `itemgetter`, and always with a tuple as its answer."""
    if not places:
        return lambda items: ()
    if len(places) == 1:
        place = places[0]
        return lambda items: (items[place],)
    return itemgetter(*places)
