"""What may stand in a hole: the texts of a document as the terms that N-Quads have, or no answer.

An IRI stands for itself, whatever the contexts say, when it is absolute, when its scheme is no word of theirs, and when
it is no word itself (JSON-LD 1.1 API section 5.2, "IRI Expansion"). A word that begins with one of our schemes and a
colon has that scheme before its colon, so one table of words serves both.

    >>> Guards(b"il", frozenset()).checked(["https://a.example/", 'say "hi"'])
    [b'say \\\\"hi\\\\"', b'<https://a.example/>']
    >>> Guards(b"i", frozenset()).checked(["ext:Course"]) is None
    True
"""

from collections.abc import Callable, Sequence
from operator import itemgetter
from typing import Any

from vc.rdfc import escaped

# Schemes of what credentials name. A scheme that is missing here costs time, never an answer.
SCHEMES = ("https", "did", "urn", "http", "mailto", "tel")

# `vc.rdf` lets any Unicode into an IRI, PyLD treats some spaces of it in its own way; visible ASCII is not disputed.
_NOT_IN_IRIS = bytes({*range(0x21), *range(0x7F, 0x100), *b'<>"{}|^`\\'})
# What `vc.rdfc.escaped` writes otherwise (RDF 1.2 N-Quads, canonical form), but for two characters beyond ASCII.
_ESCAPED = bytes({*range(0x20), 0x7F, *b'"\\'})
_FFFE, _FFFF = b"\xef\xbf\xbe", b"\xef\xbf\xbf"

IRI, LITERAL = b"il"


class Guards:
    """`kinds`: for each hole `IRI` or `LITERAL`. `words`: all words that the contexts define."""

    def __init__(self, kinds: bytes, words: frozenset[str]) -> None:
        literals = [hole for hole, kind in enumerate(kinds) if kind == LITERAL]
        iris = [hole for hole, kind in enumerate(kinds) if kind == IRI]
        self._literals, self._iris = picked(literals), picked(iris)
        self._count_of_literals, self._count_of_iris = len(literals), len(iris)
        taken = {word.partition(":")[0] for word in words}
        self._schemes = [b" %b:" % scheme.encode() for scheme in SCHEMES if scheme not in taken]

    def checked(self, texts: list[Any]) -> list[bytes] | None:
        """First the literals as they are escaped in UTF-8, then the IRIs in their brackets, each in the order of their
        holes. None when something is no text, or does not fit its hole."""
        try:
            return self._checked_literals(texts) + self._checked_iris(texts)
        except (TypeError, UnicodeEncodeError, _Misfit):  # no text, or half a character, or no IRI that we know
            return None

    def _checked_literals(self, texts: list[Any]) -> list[bytes]:
        """All at once: when there are as many characters to be escaped as there are quotation marks between the texts,
        these are all."""
        if not self._count_of_literals:
            return []
        together = '"'.join(self._literals(texts)).encode()
        wanting = len(together) - len(together.translate(None, _ESCAPED))
        if wanting != self._count_of_literals - 1 or _FFFE in together or _FFFF in together:
            return [escaped(text).encode() for text in self._literals(texts)]
        return together.split(b'"')

    def _checked_iris(self, texts: list[Any]) -> list[bytes]:
        """All at once, a space before each: when there are as many bytes that no IRI has, these are all, and as many
        beginnings as there are IRIs."""
        if not self._count_of_iris:
            return []
        together = " ".join(("", *self._iris(texts))).encode()
        if len(together) - len(together.translate(None, _NOT_IN_IRIS)) != self._count_of_iris:
            raise _Misfit
        left = self._count_of_iris
        for scheme in self._schemes:
            left -= together.count(scheme)
            if not left:
                return b"".join((b"<", together[1:].replace(b" ", b"> <"), b">")).split(b" ")
        raise _Misfit


class _Misfit(Exception):
    """Never leaves this file."""


def picked(places: Sequence[int]) -> Callable[[Sequence[Any]], tuple[Any, ...]]:
    """Like `itemgetter`, and always with a tuple as its answer."""
    if not places:
        return lambda items: ()
    if len(places) == 1:
        place = places[0]
        return lambda items: (items[place],)
    return itemgetter(*places)
