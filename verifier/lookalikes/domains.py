"""Domains that can be taken for one another.

What counts is the part that somebody registered (`harvard` of `credentials.harvard.edu`), by the Public Suffix List;
everything under it belongs to the same owner. Short names are honestly alike (mit, rit, kit), so the shorter a name is,
the less counts as a likeness; and where a registry hands out names to schools alone, a likeness is only shown.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache

from publicsuffixlist import PublicSuffixList

from templates.messages import Message
from verifier import glyphs
from verifier.lookalikes.edits import one_edit, shortened
from verifier.lookalikes.words import CERTIFYING, WORDS

LONG = 7  # letters from which on one wrong letter is a typing error and not another name
SHORT = 3  # letters below which nothing is a likeness: ud and ucl, uw and uvv
MIDDLE = 5  # letters from which on the same name under another ending is rarely an accident

MAX_LABEL = 63  # letters; RFC 1035 section 2.3.4 allows no more

# Endings under which the registry asks for proof that the holder is a school.
VETTED = frozenset(
    """
    edu ac.at ac.be ac.id ac.il ac.in ac.ir ac.jp ac.ke ac.kr ac.ma ac.nz ac.rs ac.th ac.tz ac.ug ac.uk ac.za ac.zw
    edu.ar edu.au edu.bd edu.br edu.cn edu.co edu.ec edu.eg edu.gh edu.hk edu.in edu.jo edu.lb edu.mx edu.my edu.ng
    edu.np edu.om edu.pe edu.ph edu.pk edu.qa edu.sa edu.sg edu.tr edu.tw edu.uy edu.vn
    """.split()
)


@dataclass(frozen=True)
class Domain:
    """`owner`: what somebody registered; `label`: its first part, in the letters it is read in; `ending`: the rest."""

    host: str
    owner: str
    label: str
    ending: str

    @property
    def joined(self) -> str:
        return self.label.replace("-", "")

    @property
    def in_a_country(self) -> bool:
        """Under a country's ending, where its own institutions have first taken the short names."""
        return len(self.ending.rpartition(".")[2]) == 2

    @property
    def vetted(self) -> bool:
        return self.ending in VETTED


@dataclass(frozen=True)
class Likeness:
    """`template`: wants the values `domain`, `known` and `name`."""

    strong: bool
    template: Message


def domain(host: str) -> Domain | None:
    """None for what nobody registered: an address of digits, a name within one's own network, a public ending."""
    host = host.lower().rstrip(".")
    owner = _suffixes().privatesuffix(host)
    if not owner or host.replace(".", "").isdigit() or "." not in host:
        return None
    label, _, ending = owner.partition(".")
    return Domain(host, owner, decoded(label), ending)


def decoded(host: str) -> str:
    """As it is read: labels in Punycode (RFC 3492) as the letters that they stand for."""
    return ".".join(map(_letters, host.split(".")))


def shown(host: str) -> str:
    """For people: in the form that cannot deceive, and beside it the one that is read."""
    read = decoded(host)
    return host if read == host else f"{host} ({read})"


def likeness(own: Domain, known: Domain) -> Likeness | None:
    """How `own` can be taken for `known`, another's domain; None when it cannot."""
    if own.owner == known.owner:
        return None
    mine, theirs = own.joined, known.joined
    # (1) the same to the eye, in whatever letters and digits
    if mine != theirs and _same_to_the_eye(mine, theirs):
        return Likeness(not (own.vetted and own.label.isascii()), _LOOKS)
    # (2) the whole of it at the front, where people read
    if _in_front(own, known):
        return Likeness(True, _IN_FRONT)
    # (3) the same name elsewhere
    if mine == theirs:
        if len(theirs) < MIDDLE and own.in_a_country:
            return None
        return _weighed(own, len(theirs) >= MIDDLE, _LOOKS if own.label != known.label else _OTHER_ENDING)
    # (4) one letter more, less, or another
    told_by = max(len(_PREFIX.sub("", mine)), len(_PREFIX.sub("", theirs)))
    if told_by >= MIDDLE and one_edit(mine, theirs):
        return _weighed(own, told_by >= LONG and not _numbered(mine, theirs), _ONE_LETTER)
    # (5) words added
    added = _added(mine, theirs)
    if added:
        return _weighed(own, len(theirs) >= MIDDLE or bool(added & CERTIFYING), _MORE_WORDS)
    return None


def keys(known: Domain) -> Iterator[str]:
    """Under which a known domain is found again by `asks`, so that not all of them need be compared."""
    yield from (f"eye {_skeleton(known.joined)}", f"owner {known.owner}", f"name {known.joined}")
    yield f"name {known.joined}{known.ending.replace('.', '')}"
    yield from (f"edit {text}" for text in shortened(known.joined))


def asks(own: Domain) -> Iterator[str]:
    """The keys of every domain that `likeness` can find `own` like."""
    yield f"eye {_skeleton(own.joined)}"
    labels, joined = own.host.split("."), own.joined[:MAX_LABEL]
    yield from (f"owner {'.'.join(labels[i:j])}" for i in range(len(labels)) for j in range(i + 2, len(labels) + 1))
    yield from (f"name {joined[i:j]}" for i in range(len(joined)) for j in range(i + SHORT, len(joined) + 1))
    yield from (f"edit {text}" for text in shortened(own.joined))


_PREFIX = re.compile("univ?")  # unipd, unipu and univcb are told apart by what follows

_LOOKS = Message("The domain {domain} looks like {known}, which is known as {name}, and is another.")
_IN_FRONT = Message("The domain {domain} begins like {known}, which is known as {name}, and belongs to somebody else.")
_OTHER_ENDING = Message(
    "The domain {domain} is called like {known}, which is known as {name}, and ends otherwise: it is another."
)
_ONE_LETTER = Message(
    "The domain {domain} differs by one letter from {known}, which is known as {name}, and is another."
)
_MORE_WORDS = Message(
    "The domain {domain} is {known}, which is known as {name}, with other words beside it, and is another."
)


def _weighed(own: Domain, counts: bool, template: Message) -> Likeness | None:
    if own.vetted:
        return Likeness(False, template) if counts else None
    return Likeness(counts, template)


def _in_front(own: Domain, known: Domain) -> bool:
    """harvard.edu.certificates.example, harvard-edu.example, harvardedu.example"""
    ending = known.ending.replace(".", "")
    if f".{known.owner}." in f".{own.host}" and own.label != known.label:
        return True  # else usc.edu.au would begin like usc.edu
    return own.joined == known.joined + ending and len(own.joined) >= MIDDLE


def _same_to_the_eye(mine: str, theirs: str) -> bool:
    """iit and lit are two honest names, and uc3m and ucem; in longer ones such a letter or digit is no accident."""
    if min(len(mine), len(theirs)) < SHORT or _skeleton(mine) != _skeleton(theirs):
        return False
    if len(theirs) >= MIDDLE or not mine.isascii():
        return True
    as_seen = glyphs.skeleton(mine)
    return as_seen == glyphs.skeleton(theirs) or (bool(set(mine) & set("01")) and not set(mine) & set("3456789"))


def _numbered(mine: str, theirs: str) -> bool:
    """school1 and school2 are numbered, not mistyped."""
    return mine.rstrip("0123456789") == theirs.rstrip("0123456789")


def _added(mine: str, theirs: str) -> frozenset[str]:
    """The words beside `theirs` when `mine` consists of it and such words; empty when it does not."""
    if theirs in WORDS or len(theirs) < SHORT or theirs not in mine or len(mine) > MAX_LABEL:
        return frozenset()
    for start in range(len(mine) - len(theirs) + 1):
        if mine.startswith(theirs, start):
            before, after = _words(mine[:start]), _words(mine[start + len(theirs) :])
            if before is not None and after is not None:
                return before | after
    return frozenset()


def _words(text: str) -> frozenset[str] | None:
    """The known words that `text` is made of, or None."""
    ways: list[frozenset[str] | None] = [frozenset(), *(None for _ in text)]
    for end in range(1, len(text) + 1):
        for start in range(end):
            before, word = ways[start], text[start:end]
            if before is not None and word in WORDS:
                ways[end] = before | {word}
    return ways[len(text)]


@cache
def _skeleton(label: str) -> str:
    return glyphs.with_digits_as_letters(glyphs.skeleton(label))


def _letters(label: str) -> str:
    if not label.startswith("xn--"):
        return label
    try:
        return label[4:].encode("ascii").decode("punycode")
    except (UnicodeError, ValueError, OverflowError):
        return label


@cache
def _suffixes() -> PublicSuffixList:
    """The list that comes with the package: nothing is fetched."""
    return PublicSuffixList()
