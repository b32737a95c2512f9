"""From statements with holes to canonical N-Quads (RDFC-1.0), whatever stands in the holes.

1. Every node without an id is hashed by the lines that it stands in (section 4.6), itself as `_:a`, others as `_:z`.
   Where no line has a hole, the hash is known beforehand.
2. When all hashes differ, step 4 of section 4.4.3 labels the nodes in the order of their hashes, and step 5 has nothing
   left to do. When two are equal there is no answer.
3. The lines are sorted. Lines of one subject stand together, in the order of their predicates; both are written between
   brackets and followed by a space, so neither is ever the beginning of another. Hence whole *pieces* of a
   document keep together wherever their subject goes. Only lines of one subject and one predicate can change places
   among themselves; each of these is a piece of its own.

All lines with holes are one template, filled in one step and cut at NUL, which no line can hold.
"""

import hashlib
from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from itertools import groupby
from operator import itemgetter
from typing import Any

from vc.compiled.compiling import Outline, Statement, Term
from vc.compiled.guards import picked
from vc.compiled.pattern import Unfit

_CUT, _CUT_LINES = b"\x00", b"\x01"

_HASHES: dict[str, Callable[[bytes], Any]] = {"sha256": hashlib.sha256, "sha384": hashlib.sha384}


@dataclass(frozen=True)
class _Text:
    """Bytes for `%`, and the fields that go into them: the number of a hole, or the name of a node."""

    format: bytes
    fields: tuple[int | str, ...] = ()

    def __add__(self, other: "_Text") -> "_Text":
        return _Text(self.format + other.format, self.fields + other.fields)


def _constant(text: str) -> _Text:
    return _Text(text.encode().replace(b"%", b"%%"))


def _written(term: Term) -> _Text:
    if term.node is not None:
        return _Text(b"%b", (term.node,))
    if term.hole is not None:
        return _constant(term.text) + _Text(b"%b", (term.hole,)) + _constant(term.after)
    return _constant(term.text)


def _line(*terms: Term) -> _Text:
    s, p, o = map(_written, terms)
    return s + _constant(" ") + p + _constant(" ") + o + _constant(" .\n")


def _joined(texts: Iterable[_Text], between: bytes = b"") -> _Text:
    texts = list(texts)
    return _Text(between.join(text.format for text in texts), tuple(field for text in texts for field in text.fields))


class Rendering:
    """Fills the holes of one shape."""

    def __init__(self, outline: Outline, algorithm: str) -> None:
        self._hash = _HASHES[algorithm]
        statements = outline.statements
        nodes = sorted({term.node for statement in statements for term in statement if term.node is not None})
        # (1) the nodes' hashes: those known beforehand come first
        texts = {node: _first_degree(node, statements) for node in nodes}
        known = [node for node in nodes if not texts[node][0].fields]
        open_ = [node for node in nodes if texts[node][0].fields]
        self._known = [self._hash(texts[node][0].format % ()).digest() for node in known]
        self._hashed = _Filling([texts[node][0] for node in open_])
        self._sort = [index for index, node in enumerate(open_) if texts[node][1]]
        # (2) their labels
        self._labels = [b"_:c14n%d" % number for number in range(len(nodes))]
        # (3) the pieces
        fields = {node: len(outline.kinds) + index for index, node in enumerate([*known, *open_])}
        pieces, self._loose = _pieces(statements)
        constant = [piece for piece in pieces if not piece.fields]
        self._constant = sorted(piece.format % () for piece in constant)
        self._filled = _Filling(
            [
                _Text(piece.format, tuple(fields.get(field, field) for field in piece.fields))
                for piece in pieces
                if piece.fields
            ]  # type: ignore[arg-type]  # fields is keyed by names alone
        )
        # ids of nodes, no two of which may be equal
        subjects = {s for s, _, _ in statements if s.node is None}
        self._ids = picked(sorted(s.hole for s in subjects if s.hole is not None))
        self._fixed_ids = frozenset(s.text[1:-1].encode() for s in subjects if s.hole is None)
        self._count = len(subjects)

    def __call__(self, terms: list[bytes]) -> bytes | None:
        """The canonical form; None where two nodes get one id, two statements are one, or two nodes are alike."""
        if len(self._fixed_ids.union(self._ids(terms))) != self._count:
            return None
        # (1) the nodes' hashes
        texts = self._hashed(terms)
        for index in self._sort:
            texts[index] = b"".join(sorted(texts[index].split(_CUT_LINES)))
        make = self._hash
        hashes = [*self._known, *[make(text).digest() for text in texts]]
        # (2) their labels
        labels = dict(zip(sorted(hashes), self._labels, strict=True))
        if len(labels) != len(hashes):
            return None
        # (3) the pieces
        pieces = self._filled([*terms, *map(labels.__getitem__, hashes)])
        pieces += self._constant
        if self._loose and len(set(pieces)) != len(pieces):
            return None
        pieces.sort()
        return b"".join(pieces)


class _Filling:
    """Several texts with holes, filled in one step."""

    def __init__(self, texts: Sequence[_Text]) -> None:
        whole = _joined(texts, _CUT)
        self._format = whole.format
        self._fields: Any = picked(whole.fields)  # type: ignore[arg-type]  # numbers by now

    def __call__(self, fields: list[bytes]) -> list[bytes]:
        return (self._format % self._fields(fields)).split(_CUT) if self._format else []


def _first_degree(node: str, statements: Iterable[Statement]) -> tuple[_Text, bool]:
    """What is hashed for a node, and whether its lines are to be cut and sorted when they are filled."""

    def mask(term: Term) -> Term:
        return term if term.node is None else Term("_:a" if term.node == node else "_:z")

    own = [(p, mask(o)) for s, p, o in statements if s.node == node]
    others = [(mask(s), p) for s, p, o in statements if o.node == node and s.node != node]
    if len(others) > 1:  # trees have one; two with holes could change places
        raise Unfit
    me = Term("_:a")
    loose = any(len(group) > 1 and any(line.fields for line in group) for group in _by_predicate(own, me))
    ordered = [line for group in _by_predicate(own, me) for line in group]
    # `<` stands before `_`, and `_:a` before `_:z`
    incoming = [_line(s, p, me) for s, p in others]
    lines = [*incoming, *ordered] if others and others[0][0].text != "_:z" else [*ordered, *incoming]
    return _joined(lines, _CUT_LINES if loose else b""), loose


def _by_predicate(statements: Iterable[tuple[Term, Term]], subject: Term) -> list[list[_Text]]:
    """The lines of one subject: a list for each predicate, in their order; inside, those without holes are sorted."""
    groups: dict[bytes, list[_Text]] = defaultdict(list)
    for p, o in statements:
        groups[p.text.encode()].append(_line(subject, p, o))
    return [
        sorted(group, key=lambda line: line.format % tuple(b"" for _ in line.fields))
        for _, group in sorted(groups.items())
    ]


def _pieces(statements: Iterable[Statement]) -> tuple[list[_Text], bool]:
    """Runs of lines that always stand together, and whether any of them are lines that could become equal."""
    of: dict[Term, list[tuple[Term, Term]]] = defaultdict(list)
    for s, p, o in statements:
        of[s].append((p, o))
    pieces: list[_Text] = []
    could_be_equal = False
    for subject, members in of.items():
        ids = len(_written(subject).fields)
        groups = [
            (group, len(group) > 1 and any(len(line.fields) > ids for line in group))
            for group in _by_predicate(members, subject)
        ]
        for loose, run in groupby(groups, key=itemgetter(1)):
            lines = [line for group, _ in run for line in group]
            pieces.extend(lines if loose else [_joined(lines)])
            could_be_equal |= loose and any(isinstance(field, int) for line in lines for field in line.fields[ids:])
    return pieces, could_be_equal
