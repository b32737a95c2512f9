"""RDF Dataset Canonicalization (RDFC-1.0), within a budget of work.

A dataset is a set of quads; a quad is four strings in N-Quads form: `<iri>`, `"literal"…` or `_:label`; the graph
is "" for the default graph. The result is the canonical N-Quads text, lines sorted by code point.

Canonicalization can be made to take for ever with two kilobytes of equal blank nodes (the specification's own
section 7.1). Every related hash and every permutation costs one unit of the budget, and a dataset that uses it up
is refused with `TooLarge` after bounded work.

    >>> canonicalize({("_:x", "<https://a.example/p>", '"1"', "")}).text
    '_:c14n0 <https://a.example/p> "1" .\\n'
"""

import hashlib
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from itertools import permutations

from vc.errors import TooLarge

Quad = tuple[str, str, str, str]

# Units of work; a Specialization with six courses uses about 100, and 20,000 take a fraction of a second.
DEFAULT_BUDGET = 20_000

# Links followed from one node to the next that looks alike; Python's own stack ends near 1,000 frames.
MAX_DEPTH = 200

_HASHES: Mapping[str, Callable[[bytes], "hashlib._Hash"]] = {"sha256": hashlib.sha256, "sha384": hashlib.sha384}

# RDF 1.2 N-Quads, canonical form: these have a short escape, other controls are written \\uXXXX, the rest is raw.
_ESCAPES = {chr(code): f"\\u{code:04X}" for code in (*range(0x20), 0x7F, 0xFFFE, 0xFFFF)} | {
    "\b": "\\b",
    "\t": "\\t",
    "\n": "\\n",
    "\f": "\\f",
    "\r": "\\r",
    '"': '\\"',
    "\\": "\\\\",
}
_ESCAPE_TABLE = str.maketrans(_ESCAPES)

_XSD_STRING = "http://www.w3.org/2001/XMLSchema#string"


def escaped(value: str) -> str:
    """A text as it stands between the quotation marks of a literal."""
    return value.translate(_ESCAPE_TABLE)


def literal(value: str, datatype: str = _XSD_STRING, language: str | None = None) -> str:
    """A literal in canonical N-Quads form."""
    text = f'"{escaped(value)}"'
    if language is not None:
        return f"{text}@{language}"
    return text if datatype == _XSD_STRING else f"{text}^^<{datatype}>"


@dataclass(frozen=True)
class Canonical:
    """`text`: canonical N-Quads. `labels`: input blank node -> canonical label, both with `_:`."""

    text: str
    labels: Mapping[str, str]


def canonicalize(quads: Iterable[Quad], *, algorithm: str = "sha256", budget: int = DEFAULT_BUDGET) -> Canonical:
    """RDFC-1.0 section 4.4.3. `algorithm`: sha256, or sha384 for the P-384 suites. Raises `TooLarge`."""
    return _Canonicalization(set(quads), algorithm, budget).run()


def relabelled(quads: Iterable[Quad], labels: Mapping[str, str]) -> list[str]:
    """The lines of quads under other names for their blank nodes, sorted by code point, each once."""
    return sorted({_line(tuple(labels.get(term, term) for term in quad)) for quad in quads})


class _Issuer:
    """Section 4.5: gives out `prefix0`, `prefix1`, … in the order of first asking."""

    def __init__(self, prefix: str, issued: dict[str, str] | None = None) -> None:
        self.prefix = prefix
        self.issued = {} if issued is None else issued

    def issue(self, node: str) -> str:
        label = self.issued.get(node)
        if label is None:
            label = self.issued[node] = f"{self.prefix}{len(self.issued)}"
        return label

    def copy(self) -> "_Issuer":
        return _Issuer(self.prefix, dict(self.issued))


class _Canonicalization:
    """The canonicalization state of section 4.2: the quads of each blank node, their hashes, the labels issued."""

    def __init__(self, quads: set[Quad], algorithm: str, budget: int) -> None:
        self.quads = quads
        self.algorithm = _HASHES[algorithm]
        self.budget = budget
        self.left = budget
        self.canonical = _Issuer("_:c14n")
        self.by_node: dict[str, list[Quad]] = defaultdict(list)
        self.first_degree: dict[str, str] = {}
        for quad in quads:
            for term in {quad[0], quad[2], quad[3]}:
                if term.startswith("_:"):
                    self.by_node[term].append(quad)

    def run(self) -> Canonical:
        # (3) the first-degree hash of every blank node
        by_hash: dict[str, list[str]] = defaultdict(list)
        for node in self.by_node:
            self.first_degree[node] = self._hash_first_degree(node)
            by_hash[self.first_degree[node]].append(node)
        # (4) a hash that only one node has labels it
        shared = []
        for digest in sorted(by_hash):
            nodes = by_hash[digest]
            if len(nodes) == 1:
                self.canonical.issue(nodes[0])
            else:
                shared.append(nodes)
        # (5) the others are told apart by what surrounds them
        for nodes in shared:
            paths = []
            for node in nodes:
                if node not in self.canonical.issued:
                    temporary = _Issuer("_:b")
                    temporary.issue(node)
                    paths.append(self._hash_n_degree(node, temporary))
            for _, issuer in sorted(paths, key=lambda path: path[0]):
                for node in issuer.issued:
                    self.canonical.issue(node)
        # (6, 7) relabel and sort
        labels = self.canonical.issued
        return Canonical("".join(relabelled(self.quads, labels)), dict(labels))

    def _hash(self, text: str) -> str:
        return self.algorithm(text.encode("utf-8")).hexdigest()

    def _spend(self, units: int = 1) -> None:
        self.left -= units
        if self.left < 0:
            raise TooLarge(
                "The document's parts are so alike that telling them apart takes more than {budget} steps.",
                budget=self.budget,
            )

    def _hash_first_degree(self, node: str) -> str:
        """Section 4.6: the node itself is `_:a`, every other blank node `_:z`. Equal lines all count."""

        def mask(term: str) -> str:
            return term if not term.startswith("_:") else ("_:a" if term == node else "_:z")

        quads = self.by_node[node]
        self._spend(1 + len(quads) // 50)
        return self._hash("".join(sorted(_line((mask(s), p, mask(o), mask(g))) for s, p, o, g in quads)))

    def _hash_related(self, related: str, quad: Quad, issuer: _Issuer, position: str) -> str:
        """Section 4.7."""
        self._spend()
        label = self.canonical.issued.get(related) or issuer.issued.get(related) or self.first_degree[related]
        return self._hash(position + (quad[1] if position != "g" else "") + label)

    def _hash_n_degree(self, node: str, issuer: _Issuer, depth: int = 0) -> tuple[str, _Issuer]:
        """Section 4.8: hashes what can be reached from `node`, trying every order of those that look alike."""
        self._spend()
        if depth > MAX_DEPTH:
            raise TooLarge("The document's parts are alike {depth} links deep.", depth=MAX_DEPTH)
        # (1 to 3) group the neighbours by how they are related
        groups: dict[str, list[str]] = defaultdict(list)
        for quad in self.by_node[node]:
            for position, term in (("s", quad[0]), ("o", quad[2]), ("g", quad[3])):
                if term.startswith("_:") and term != node:
                    groups[self._hash_related(term, quad, issuer, position)].append(term)
        # (4, 5) for each group the least path
        parts = []
        for digest in sorted(groups):
            parts.append(digest)
            chosen: tuple[str, _Issuer] | None = None
            for order in permutations(groups[digest]):
                self._spend()
                candidate = self._path(order, issuer.copy(), depth, None if chosen is None else chosen[0])
                if candidate is not None and (chosen is None or candidate[0] < chosen[0]):
                    chosen = candidate
            if chosen is not None:  # always: a group is not empty, and its first order is never cut short
                parts.append(chosen[0])
                issuer = chosen[1]
        return self._hash("".join(parts)), issuer

    def _path(
        self, order: tuple[str, ...], issuer: _Issuer, depth: int, best: str | None
    ) -> tuple[str, _Issuer] | None:
        """Steps 5.4.1 to 5.4.5: the path for one order, or None as soon as it cannot be the least."""
        path = ""
        recursion = []
        for related in order:
            label = self.canonical.issued.get(related)
            if label is None:
                if related not in issuer.issued:
                    recursion.append(related)
                label = issuer.issue(related)
            path += label
            if best is not None and len(path) >= len(best) and path > best:
                return None
        for related in recursion:
            digest, reached = self._hash_n_degree(related, issuer, depth + 1)
            path += f"{issuer.issue(related)}<{digest}>"
            issuer = reached
            if best is not None and len(path) >= len(best) and path > best:
                return None
        return path, issuer


def _line(quad: tuple[str, ...]) -> str:
    s, p, o, g = quad
    return f"{s} {p} {o} {g} .\n" if g else f"{s} {p} {o} .\n"
