"""From statements with holes to canonical N-Quads (RDFC-1.0), whatever stands in the holes.

1. Every node without an id is hashed by the lines that it stands in (section 4.6), itself as `_:a`, others as `_:z`.
   Where no line has a hole, the hash is known beforehand.
2. When all hashes differ, step 4 of section 4.4.3 labels the nodes in the order of their hashes, and step 5 has nothing
   left to do. When two are equal there is no answer.
3. The lines are sorted. Lines of one subject stand together, in the order of their predicates; both are written as a
   whole term and a space, so neither is ever the beginning of another. Hence whole *pieces* of a document keep together
   wherever their subject goes. Only lines of one subject and one predicate can change places among themselves; each of
   these is a piece of its own.

Bytes are sorted, which for UTF-8 is the order of code points that the specification wants.
"""

import hashlib
from collections.abc import Callable, Iterable
from operator import eq
from typing import Any

from vc.compiled.compiling import Outline, Statement, Term
from vc.compiled.guards import picked
from vc.compiled.lines import (
    CUT_LINES,
    Assembly,
    Filling,
    Numbers,
    Text,
    by_predicate,
    can_change_places,
    constant,
    joined,
    numbered,
    pieces_of,
    written,
)
from vc.compiled.pattern import Unfit

_HASHES: dict[str, Callable[[bytes], Any]] = {"sha256": hashlib.sha256, "sha384": hashlib.sha384}


class Rendering:
    """Fills the holes of one shape, under one hash algorithm. Raises `Unfit` where a node has two parents."""

    def __init__(self, outline: Outline, algorithm: str) -> None:
        self._hash = _HASHES[algorithm]
        statements = outline.statements
        numbers = numbered(outline.kinds)
        literals_and_iris = len(numbers)
        # ids of nodes, no two of which may be equal
        subjects = [written(s, numbers) for s in {s for s, _, _ in statements if s.node is None}]
        ids = [field for subject in subjects for field in subject.fields]
        self._ids = picked(ids)
        self._fixed_ids = frozenset(subject.bare for subject in subjects if not subject.fields)
        self._count = len(subjects)
        # (1) the nodes' hashes: those known beforehand come first
        nodes = sorted({term.node for statement in statements for term in statement if term.node is not None})
        texts = {node: _first_degree(node, statements, numbers) for node in nodes}
        nodes.sort(key=lambda node: bool(texts[node][0].fields))
        self._known = [self._hash(texts[node][0].bare).digest() for node in nodes if not texts[node][0].fields]
        varying = [texts[node] for node in nodes[len(self._known) :]]
        self._hashed = Filling([text for text, _ in varying])
        self._unsorted = [index for index, (_, loose) in enumerate(varying) if loose]
        # (2) their labels, which are fields, too
        self._labels = [b"_:c14n%d" % number for number in range(len(nodes))]
        numbers |= {node: literals_and_iris + index for index, node in enumerate(nodes)}
        # (3) the pieces
        pieces = pieces_of(statements, numbers)
        self._fixed = sorted(piece.whole.bare for piece in pieces if not piece.whole.fields)
        self._assembly = Assembly([piece for piece in pieces if piece.whole.fields])
        # (statements of one subject and one predicate differ when their objects are nodes, for no two nodes are equal)
        different = {*range(literals_and_iris, literals_and_iris + len(nodes)), *ids}
        self._could_be_equal = any(
            not (different.issuperset(rest.fields) if rest.fields else rest.object in self._fixed_ids)
            for piece in pieces
            if piece.loose
            for rest in piece.rests
        )

    def __call__(self, terms: list[bytes]) -> bytes | None:
        """The canonical form; None where two nodes get one id, two statements are one, or two nodes are alike.
        `terms`: the fields but for the labels."""
        if len(self._fixed_ids.union(self._ids(terms))) != self._count:
            return None
        # (1) the nodes' hashes; one node alone needs none
        if len(self._labels) > 1:
            texts = self._hashed(terms)
            for index in self._unsorted:
                texts[index] = b"".join(sorted(texts[index].split(CUT_LINES)))
            make = self._hash
            hashes = [*self._known, *[make(text).digest() for text in texts]]
            # (2) their labels
            labels = dict(zip(sorted(hashes), self._labels, strict=True))
            if len(labels) != len(hashes):
                return None
            terms += map(labels.__getitem__, hashes)
        else:
            terms += self._labels
        # (3) the pieces
        pieces = self._assembly(terms)
        pieces += self._fixed
        pieces.sort()
        if self._could_be_equal and any(map(eq, pieces, pieces[1:])):
            return None
        return b"".join(pieces)


def _first_degree(node: str, statements: Iterable[Statement], numbers: Numbers) -> tuple[Text, bool]:
    """What is hashed for a node, and whether its lines are to be cut and sorted once they are filled."""

    def masked(term: Term) -> Term:
        return term if term.node is None else Term("_:a" if term.node == node else "_:z")

    incoming = [
        written(masked(s), numbers) + constant(f" {p.text} _:a .\n") for s, p, o in statements if o.node == node
    ]
    if len(incoming) > 1:  # a document is a tree; so this is none of ours
        raise Unfit
    own = by_predicate([(p, masked(o)) for s, p, o in statements if s.node == node], numbers)
    lines = [constant("_:a") + rest for group in own for rest in group]
    # `<` stands before `_`, and `_:a` before `_:z`
    lines = [*lines, *incoming] if incoming and incoming[0].bare.startswith(b"_:z") else [*incoming, *lines]
    loose = any(map(can_change_places, own))
    return joined(lines, CUT_LINES if loose else b""), loose
