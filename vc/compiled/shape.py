"""One shape: a document with holes, under one rule and exact contents of its contexts. It answers, or it does not."""

from typing import Any

from vc.compiled.compiling import outline, words
from vc.compiled.guards import Guards
from vc.compiled.pattern import Pattern, Skeleton
from vc.compiled.rendering import Rendering
from vc.context_rules import ContextRule
from vc.jsonld import Contents


class Shape:
    """`match` and `fill` are two steps, so that a document of another shape and a text that does not fit its hole can
    be told apart. Any number of threads may use it at once."""

    def __init__(
        self, skeleton: Skeleton, holes: frozenset[int], *, rule: ContextRule, contents: Contents, algorithm: str
    ) -> None:
        """`holes`: which of the skeleton's texts are some. Raises `Unfit`, and what the full path raises."""
        found = outline(skeleton.document, tuple(sorted(holes)), rule=rule, contents=contents)
        self._guards = Guards(found.kinds, words(skeleton.contexts, contents))
        self._rendering = Rendering(found, algorithm)
        self.match = Pattern(skeleton.document, holes).match

    def fill(self, texts: list[Any]) -> bytes | None:
        """The canonical form with these texts in the holes; None when the full path has to decide."""
        terms = self._guards.checked(texts)
        return None if terms is None else self._rendering(terms)
