"""From a document with holes to statements with holes: the full path is run, and marks are looked up in its answer.

Two copies of the document are made in which every hole holds a mark of its own. In the first all marks are IRIs, which
can stand anywhere; where a mark comes out between `<` and `>` the hole is for an IRI, between quotation marks for a
literal. In the second the marks are quite other IRIs, and texts that are no IRIs. Both must give the same statements
about the same holes, else there is no shape: so a document that quotes a mark makes none, and neither does a place
where the text decides more than itself.

No rule of JSON-LD is written down here. What a context makes of a member is asked of the full path, never guessed.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

import contexts
from vc.compiled.guards import IRI, LITERAL
from vc.compiled.pattern import Unfit, filled
from vc.context_rules import ContextRule
from vc.jsonld import Contents, to_quads
from vc.rdfc import Quad

_TYPE = "<http://www.w3.org/1999/02/22-rdf-syntax-ns#type>"


@dataclass(frozen=True)
class Term:
    """A term of a statement: `text` alone; or the text of hole `hole` between `text` and `after`; or a node without an
    id, named `node`."""

    text: str
    after: str = ""
    hole: int | None = None
    node: str | None = None


Statement = tuple[Term, Term, Term]


@dataclass(frozen=True)
class Outline:
    """`kinds`: for each hole `IRI` or `LITERAL`."""

    statements: frozenset[Statement]
    kinds: bytes


def outline(document: dict[str, Any], holes: tuple[int, ...], *, rule: ContextRule, contents: Contents) -> Outline:
    """The statements of the document with holes. `holes`: the numbers of its texts that are some. Raises `Unfit`, and
    what the full path raises."""
    # (1) every mark an IRI: what is which?
    first = [f"https://hole-{index}.mark.invalid/First" for index in range(len(holes))]
    quads = to_quads(filled(document, dict(zip(holes, first, strict=True))), rule=rule, contents=contents)
    statements = frozenset(_read(quads, first))
    kinds = _kinds(statements, len(holes))
    # (2) other marks: the same statements?
    second = [
        f"urn:x-mark:Second-{index}" if kind == IRI else f"The second mark, of hole {index}"
        for index, kind in enumerate(kinds)
    ]
    again = to_quads(filled(document, dict(zip(holes, second, strict=True))), rule=rule, contents=contents)
    if statements != frozenset(_read(again, second)):
        raise Unfit
    return Outline(statements, kinds)


def _read(quads: set[Quad], marks: list[str]) -> Iterator[Statement]:
    number = {mark: index for index, mark in enumerate(marks)}
    for s, p, o, graph in quads:
        if graph:  # a proof or a presentation's credentials: never seen where holes are made
            raise Unfit
        subject, predicate, value = (_term(term, number) for term in (s, p, o))
        if predicate.hole is not None or (p == _TYPE and value.hole is not None):
            raise Unfit
        yield subject, predicate, value


def _term(term: str, number: dict[str, int]) -> Term:
    if term.startswith("_:"):
        return Term("", node=term)
    opening, closing = ('"', term.rindex('"')) if term.startswith('"') else ("<", len(term) - 1)
    hole = number.get(term[1:closing])
    return Term(term) if hole is None else Term(opening, term[closing:], hole)


def _kinds(statements: frozenset[Statement], count: int) -> bytes:
    """What each hole is for. Raises `Unfit` when one is for both, or does not come out at all."""
    found: list[set[int]] = [set() for _ in range(count)]
    for statement in statements:
        for term in statement:
            if term.hole is not None:
                found[term.hole].add(IRI if term.text == "<" else LITERAL)
    if not all(len(kinds) == 1 for kinds in found):
        raise Unfit
    return bytes(kind for kinds in found for kind in kinds)


def words(urls: Iterable[str], contents: Contents) -> frozenset[str]:
    """All names in these contexts, in contexts inside them too: more than the words that they define, never fewer."""
    return frozenset(name for url in urls for name in _names(contexts.load(url, contents.sha256(url))))


def _names(value: Any) -> Iterator[str]:
    if isinstance(value, dict):
        for name, member in value.items():
            yield name
            yield from _names(member)
    elif isinstance(value, list):
        for item in value:
            yield from _names(item)
