"""Why the peer's canonical form is another than ours, where it is.

A cause is a claim that can be tested: *when this is taken out of the document, the two agree.* `explain` takes each
cause out alone, then several that the document has together. What none of them explains has no class, and is a defect
of one of the two until somebody finds out.

    >>> explain(Query({"@context": [VC2], "id": "urn:example:[", …}, CREDENTIAL))  # doctest: +SKIP
    'an IRI outside RFC 3987'
"""

import hashlib
from collections.abc import Callable, Mapping
from dataclasses import replace
from functools import cache
from itertools import combinations
from typing import Any

import contexts
from tests.exactness.references import Query, full, peer
from vc.context_rules import CLR_201, OB_303, OB_EXTENSIONS, VC1, VC2
from vc.values import many

UNEXPLAINED = "UNEXPLAINED"

Take = Callable[[Any], Any]
"""The document without the cause; the same object where there is nothing to take out."""


def explain(query: Query) -> str:
    """The cause, or several joined by " and ", for which `full` and `peer` differ; or `UNEXPLAINED`."""
    present = [name for name, take in CAUSES.items() if repr(take(query.document)) != repr(query.document)]
    together = (some for count in range(1, len(present) + 1) for some in combinations(present, count))
    return next((" and ".join(some) for some in together if _agree(query, *some)), UNEXPLAINED)


def _agree(query: Query, *names: str) -> bool:
    document = query.document
    for name in names:
        document = CAUSES[name](document)
    without = replace(query, document=document)
    ours = full(without)
    return isinstance(ours, bytes) and ours == peer(without)


def _texts(change: Callable[[str], str]) -> Take:
    """A change of every text."""

    def take(value: Any) -> Any:
        if isinstance(value, dict):
            return {name: member if name == "@context" else take(member) for name, member in value.items()}
        if isinstance(value, list):
            return [take(item) for item in value]
        return change(value) if isinstance(value, str) else value

    return take


def _well_formed(text: str) -> str:
    """What the peer does not take for an IRI, nor for the last part of one (as a type is under a vocabulary that
    ends with "#"), becomes one that it does, another one for each. Texts that are no IRIs may change with them: they do
    so for both."""
    scheme, colon, _ = text.partition(":")
    absolute = colon and scheme.isascii()
    import pyoxigraph  # here: a clone without it can read this module, and say so

    try:
        pyoxigraph.NamedNode(text if absolute else f"urn:example:#{text}")
    except ValueError:
        changed = hashlib.md5(text.encode("utf-8", "surrogatepass")).hexdigest()
        return f"urn:md5:{changed}" if absolute else f"x{changed}"
    return text


def _no_numbers(value: Any) -> Any:
    """A number becomes a text that may stand where an IRI is due, too. JSON-LD 1.1 API section 8.6 rounds a double to
    sixteen digits and writes a whole number below 10^21 as an integer; the peer writes the shortest digits that are
    that double, and makes one of 10^20."""
    if isinstance(value, dict):
        return {name: _no_numbers(member) for name, member in value.items()}
    if isinstance(value, list):
        return [_no_numbers(item) for item in value]
    return f"urn:number:{value!r}" if isinstance(value, int | float) and not isinstance(value, bool) else value


def _no_graphs(value: Any) -> Any:
    """Without what stands in a graph of its own: proofs, and the credentials of a presentation. Where several graphs
    link the same two nodes, the peer counts the link once; RDFC-1.0 section 4.8.3 step 3 counts it every time."""
    if isinstance(value, dict):
        presents = "VerifiablePresentation" in str(value.get("type"))
        apart = {"proof", "verifiableCredential"} if presents else {"proof"}
        return {name: _no_graphs(member) for name, member in value.items() if name not in apart}
    if isinstance(value, list):
        return [_no_graphs(item) for item in value]
    return value


def _no_words_of_first_types(value: Any) -> Any:
    """Where several types of a node bring words with them, each adds to those of the types before it (JSON-LD 1.1 API
    section 5.1.2 step 11). The peer has lost the earlier ones when it comes to the last, and drops their members."""
    if isinstance(value, list):
        return [_no_words_of_first_types(item) for item in value]
    if not isinstance(value, dict):
        return value
    types = value.get("type")
    of_types, everywhere = _words()
    *first, last = ["", *sorted(of_types.keys() & {one for one in many(types) if isinstance(one, str)})]
    lost = (
        frozenset[str]().union(*(of_types[one] for one in first if one)) - of_types.get(last, frozenset()) - everywhere
    )
    return {name: _no_words_of_first_types(member) for name, member in value.items() if name not in lost}


def _types_first(value: Any) -> Any:
    """A node of an id and a type alone, in this order. The peer takes it for a mere reference, and does not leave the
    words of the node around it (JSON-LD 1.1 API section 5.1.2 step 7) before it comes to those of the type; where the
    former protect one that the latter define otherwise, it refuses the document. With the type first it does not."""
    if isinstance(value, list):
        return [_types_first(item) for item in value]
    if not isinstance(value, dict):
        return value
    members = {name: _types_first(member) for name, member in value.items()}
    return {name: members[name] for name in reversed(members)} if list(members) == ["id", "type"] else members


@cache
def _words() -> tuple[dict[str, frozenset[str]], frozenset[str]]:
    """Type -> the words that its own context defines, and the words that a context defines for all types."""
    of_types: dict[str, frozenset[str]] = {}
    everywhere: set[str] = {"id", "type"}
    for url in (VC1, VC2, OB_303, OB_EXTENSIONS, CLR_201):
        for name, definition in contexts.load(url)["@context"].items():
            if isinstance(definition, dict) and "@context" in definition and name[:1].isupper():
                of_types[name] = of_types.get(name, frozenset()) | definition["@context"].keys()
            else:
                everywhere.add(name)
    return of_types, frozenset(everywhere)


CAUSES: Mapping[str, Take] = {
    "the form of a number": _no_numbers,
    "an IRI outside RFC 3987": _texts(_well_formed),
    "statements in several graphs": _no_graphs,
    "words that the first of several types defines": _no_words_of_first_types,
    "a node of an id and a type alone": _types_first,
}
