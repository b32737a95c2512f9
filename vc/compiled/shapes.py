"""The shapes that a process knows: how one is found, how one is learnt, and how many there may be.

*Two examples make a shape.* Where two accepted documents of the same skeleton agree, the text is a constant of the
shape; where they differ, a hole. So a shape becomes that of one program's certificates by itself, from two drafts of an
issuer or the second credential that a verifier accepts; one that differs elsewhere is answered by the full path, and
opens another hole.

Documents about one achievement stand in one drawer, whose shapes have holes for a learner's own words only. Beside it
there is one drawer for all, whose shapes come from documents about different achievements: they have more holes and
are slower, and they know a stranger's achievement at first sight.

What it costs to be sent documents by strangers: a document is learnt from when the full path accepted it, so it cost
one run of that; learning takes five more at most for each of the two drawers, and no skeleton is learnt more often than
`MAX_LEARNS` times. Nor can a stranger use these up for others, with documents that look like theirs and differ where
theirs do not: after `MAX_VAIN` more that found no answer it is begun anew. What is kept is bounded by what it weighs;
what was not used for longest goes first.
"""

import hashlib
import threading
from dataclasses import dataclass, replace
from itertools import count
from typing import Any

from vc.compiled.pattern import Skeleton, Unfit, skeleton_of
from vc.compiled.shape import Shape
from vc.context_rules import ContextRule
from vc.errors import VcError
from vc.jsonld import CURRENT, Contents, canonical_form

MAX_WEIGHT = 1_500_000  # characters kept in all, of 500 courses, say; with all that is made of them 50 megabytes
MAX_DRAWER = 16  # shapes tried for one document; each takes a microsecond when the document is of another
MAX_LEARNS = 8  # of one skeleton: a cohort shows in its first few what differs; what keeps differing is no shape
MAX_VAIN = 32  # documents that a skeleton learnt so often could not answer; then it is learnt from the beginning
MAX_TEXTS = 2_000  # in a document; a Specialization with twenty courses has 700
MAX_CHARACTERS = 200_000  # of a document written as JSON; twenty courses with long descriptions have 90,000

_Key = tuple[Any, ...]


@dataclass
class _Family:
    """What is known of the documents of one skeleton in one drawer: the first of them, and the shape that was made."""

    key: _Key
    rule: ContextRule  # kept alive, for drawers are told apart by its identity
    about: str | None
    example: Skeleton
    weight: int
    used: int
    holes: frozenset[int] = frozenset()
    learns: int = 0
    vain: int = 0
    shape: Shape | None = None


class Shapes:
    """`hits`: answers. `fallbacks`: the shape was known, and a guard or a tie left it to the full path. `misses`: no
    shape was known. `compiled`: shapes that were made. Threads need no lock to ask; they may lose a count."""

    def __init__(self, *, max_weight: int = MAX_WEIGHT) -> None:
        self.hits = self.misses = self.fallbacks = self.compiled = 0
        self._max_weight = max_weight
        self._weight = 0
        self._clock = count()
        self._learning = threading.Lock()
        self._families: dict[tuple[_Key, Any], _Family] = {}
        self._drawers: dict[_Key, tuple[_Family, ...]] = {}  # those with a shape; the tuples are replaced, not changed

    def canonical(
        self, document: dict[str, Any], *, rule: ContextRule, contents: Contents = CURRENT, algorithm: str = "sha256"
    ) -> bytes | None:
        """The canonical N-Quads in UTF-8, exactly as the full path gives them; None: the full path decides."""
        fits = False
        for key in _keys(document, rule, contents, algorithm):
            for family in self._drawers.get(key, ()):
                shape = family.shape
                texts = shape.match(document) if shape else None
                if shape is None or texts is None:
                    continue
                fits = True
                answer = shape.fill(texts)
                if answer is not None:
                    family.used = next(self._clock)
                    self.hits += 1
                    return answer
        if fits:
            self.fallbacks += 1
        else:
            self.misses += 1
        return None

    def digest(
        self, document: dict[str, Any], *, rule: ContextRule, contents: Contents = CURRENT, algorithm: str = "sha256"
    ) -> bytes | None:
        """The hash of `canonical`, by the same algorithm."""
        text = self.canonical(document, rule=rule, contents=contents, algorithm=algorithm)
        return None if text is None else hashlib.new(algorithm, text).digest()

    def learn(
        self, document: dict[str, Any], *, rule: ContextRule, contents: Contents = CURRENT, algorithm: str = "sha256"
    ) -> None:
        """To be told of a document that the full path accepted, or that the issuer made itself, after a miss. Never
        raises: what cannot be learnt is left to the full path. When another thread is learning, it is let be."""
        if rule.anything or not self._learning.acquire(blocking=False):
            return
        try:
            skeleton = skeleton_of(document)
            if len(skeleton.texts) <= MAX_TEXTS and skeleton.weight <= MAX_CHARACTERS:
                for key in _keys(document, rule, contents, algorithm):
                    self._learn(key, skeleton, rule, contents, algorithm)
        except Unfit:
            return
        finally:
            self._learning.release()

    # --- learning, one thread at a time --------------------------------------------------------------------

    def _learn(self, key: _Key, skeleton: Skeleton, rule: ContextRule, contents: Contents, algorithm: str) -> None:
        about = _about(skeleton.document)
        family = self._families.get((key, skeleton.form))
        if family is None:
            self._keep(_Family(key, rule, about, skeleton, skeleton.weight, next(self._clock)))
            return
        if about is not None and key[-1] is None and about == family.about:
            return  # the drawer for all learns from different achievements; one and the same has a drawer of its own
        differing = {
            n for n, (one, other) in enumerate(zip(family.example.texts, skeleton.texts, strict=True)) if one != other
        }
        holes = family.holes | differing
        if family.shape and holes == family.holes:
            return
        if family.learns >= MAX_LEARNS:
            family.vain += 1
            if family.vain >= MAX_VAIN:
                self._drop(family)
                self._keep(_Family(key, rule, about, skeleton, skeleton.weight, next(self._clock)))
            return
        family.learns += 1
        family.used = next(self._clock)
        try:
            family.shape = _made(family.example, skeleton, holes, rule=rule, contents=contents, algorithm=algorithm)
        except (Unfit, VcError):
            if family.shape is None:  # it may have been for the first example, so the next try starts from this one
                self._drop(family)
                self._keep(replace(family, example=skeleton, about=about, weight=skeleton.weight))
            return
        family.holes = holes
        self.compiled += 1
        others = [one for one in self._drawers.get(key, ()) if one is not family]
        if len(others) >= MAX_DRAWER:
            self._drop(min(others, key=_used))
            others = list(self._drawers.get(key, ()))
        self._drawers[key] = (family, *(one for one in others if one is not family))

    def _keep(self, family: _Family) -> None:
        if family.weight > self._max_weight:
            return
        self._families[family.key, family.example.form] = family
        self._weight += family.weight
        while self._weight > self._max_weight:
            self._drop(min(self._families.values(), key=_used))

    def _drop(self, family: _Family) -> None:
        del self._families[family.key, family.example.form]
        self._weight -= family.weight
        left = tuple(one for one in self._drawers.get(family.key, ()) if one is not family)
        if left:
            self._drawers[family.key] = left
        else:
            self._drawers.pop(family.key, None)


class Lesson:
    """What shapes could not answer while one document was signed or verified; learnt when that went well."""

    def __init__(self, shapes: Shapes) -> None:
        self._shapes = shapes
        self._missed: list[tuple[dict[str, Any], ContextRule, Contents, str]] = []

    def canonical(
        self, document: dict[str, Any], *, rule: ContextRule, contents: Contents = CURRENT, algorithm: str = "sha256"
    ) -> bytes | None:
        text = self._shapes.canonical(document, rule=rule, contents=contents, algorithm=algorithm)
        if text is None:
            self._missed.append((document, rule, contents, algorithm))
        return text

    def learn(self) -> None:
        """To be called once it is certain that the documents were accepted."""
        for document, rule, contents, algorithm in self._missed:
            self._shapes.learn(document, rule=rule, contents=contents, algorithm=algorithm)


def _used(family: _Family) -> int:
    return family.used


def canonical_bytes(
    document: dict[str, Any],
    *,
    rule: ContextRule,
    contents: Contents = CURRENT,
    algorithm: str = "sha256",
    shapes: Shapes | Lesson | None = None,
) -> bytes:
    """The canonical N-Quads in UTF-8, by a shape where one answers. Raises what `vc.jsonld.canonical_form` raises."""
    text = None if shapes is None else shapes.canonical(document, rule=rule, contents=contents, algorithm=algorithm)
    if text is not None:
        return text
    return canonical_form(document, rule=rule, contents=contents, algorithm=algorithm).text.encode("utf-8")


def _made(
    first: Skeleton, second: Skeleton, holes: frozenset[int], *, rule: ContextRule, contents: Contents, algorithm: str
) -> Shape:
    """A shape that says of both what the full path says. Raises `Unfit`, and what the full path raises."""
    shape = Shape(first, holes, rule=rule, contents=contents, algorithm=algorithm)
    for one in (first, second):
        texts = shape.match(one.document)
        full = canonical_bytes(one.document, rule=rule, contents=contents, algorithm=algorithm)
        if texts is None or shape.fill(texts) != full:
            raise Unfit
    return shape


def _keys(document: dict[str, Any], rule: ContextRule, contents: Contents, algorithm: str) -> tuple[_Key, ...]:
    """The drawers that a document may lie in: that of its achievement, and the one for all. The contexts' contents are
    part of it: those chosen, and for all other URLs the present ones, which stay the same while a process lives."""
    chosen = tuple(sorted(contents.chosen.items())) if contents.chosen else ()
    about = _about(document)
    for_all = (id(rule), algorithm, chosen, None)
    return (for_all,) if about is None else ((id(rule), algorithm, chosen, about), for_all)


def _about(document: dict[str, Any]) -> str | None:
    """What tells drawers apart; it has no meaning beyond that."""
    try:
        about = document["credentialSubject"]["achievement"]["id"]
    except (LookupError, TypeError):
        return None
    return about if type(about) is str else None
