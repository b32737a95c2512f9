"""Names of institutions that can be taken for one another.

Many institutions are honestly alike: Henan and Hunan University, Hanyang and Nanyang, Bolton and Boston, Shanxi and
Shaanxi. So one wrong letter counts only in a long word, or in a word that says what kind of institution it is
("Universtiy"), which no second institution is told by.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from templates.messages import Message
from verifier import glyphs
from verifier.lookalikes.edits import exchanged, one_edit
from verifier.lookalikes.words import SCHOOLS

LONG_WORD = 8  # letters from which on one wrong letter is a typing error and not another place
EXCHANGED = 6  # letters from which on two exchanged neighbours are one
MAX_WORDS = 40  # of a name that are looked at; the longest official names have twenty
PART = 10  # letters of a name that another one must contain for that to be said


@dataclass(frozen=True)
class Name:
    """`text`: as written; `plain`: without case, accents, signs and "the"; the skeletons: how it looks."""

    text: str
    plain: str
    skeletons: tuple[str, str]

    @property
    def words(self) -> tuple[str, ...]:
        return tuple(self.plain.split())


@dataclass(frozen=True)
class Likeness:
    """`excusable`: an institution that a registry of schools has looked at may be called so; `template`: wants
    the values `name`, `known` and `where`."""

    strong: bool
    excusable: bool
    template: Message


def name(text: str) -> Name:
    words = re.findall(r"\w+", re.sub("['\u2019\u02bc]", "", glyphs.unaccented(glyphs.seen(text)).casefold()))
    return Name(
        text,
        " ".join(words[1:] if words[:1] == ["the"] and len(words) > 1 else words),
        (_close(glyphs.skeleton(text)), _close(glyphs.skeleton_as_written(text))),
    )


def likeness(claimed: Name, known: Name) -> Likeness | None:
    if not claimed.plain or not known.plain:
        return None
    if claimed.plain == known.plain:
        if glyphs.invisible(claimed.text) and not glyphs.invisible(known.text):
            return Likeness(True, False, _LIKE)
        return Likeness(True, True, _SAME)
    if any(a == b for a, b in zip(claimed.skeletons, known.skeletons, strict=True)):
        return Likeness(True, False, _LIKE)
    if _mistyped(claimed.words, known.words):
        return Likeness(True, True, _LIKE)
    if len(known.plain) >= PART and len(known.words) > 1 and f" {known.plain} " in f" {claimed.plain} ":
        return Likeness(False, True, _CONTAINS)
    return None


def keys(known: Name) -> Iterator[str]:
    """Under which a known name is found again by `asks`, so that not all of them need be compared."""
    yield f"name {known.plain}"
    yield from _ways(known)


def asks(claimed: Name) -> Iterator[str]:
    """The keys of every name that `likeness` can find the claimed one like."""
    words = claimed.words[:MAX_WORDS]
    yield f"name {claimed.plain}"
    yield from (f"name {' '.join(words[i:j])}" for i in range(len(words)) for j in range(i + 2, len(words) + 1))
    yield from _ways(claimed)


def _ways(one: Name) -> Iterator[str]:
    yield from (f"eye {way} {skeleton}" for way, skeleton in enumerate(one.skeletons))
    words = one.words[:MAX_WORDS]
    yield from (f"word {i} {' '.join(words[:i] + words[i + 1 :])}" for i in range(len(words)))


_SAME = Message("It calls itself {name}, as an issuer does that is known here under {where}; it is not that one.")
_LIKE = Message("The name {name} looks like {known}, an issuer that is known here under {where}; it is not that one.")
_CONTAINS = Message("The name {name} contains {known}, an issuer that is known here under {where}; it is not that one.")


def _mistyped(claimed: tuple[str, ...], known: tuple[str, ...]) -> bool:
    differing = [(a, b) for a, b in zip(claimed, known, strict=False) if a != b]
    if len(claimed) != len(known) or len(differing) != 1 or not one_edit(*differing[0]):
        return False
    wrong, right = differing[0]
    if wrong in SCHOOLS:
        return False  # Universidad and Universidade are two languages
    if right in SCHOOLS:
        return len(right) >= EXCHANGED
    start = next(i for i, (a, b) in enumerate(zip(wrong + " ", right + " ", strict=False)) if a != b)
    if exchanged(wrong[start:], right[start:]):
        return len(right) >= EXCHANGED
    return len(right) >= LONG_WORD and wrong[0] == right[0]


def _close(text: str) -> str:
    return glyphs.with_digits_as_letters("".join(re.findall(r"\w+", text)))
