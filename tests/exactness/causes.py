"""Why the peer's canonical form is another than ours, where it is.

A cause is a claim that can be tested: *when this is taken out of the document, the two agree.* `explain` takes each
cause out alone, then all that the document has together. What none of them explains has no class, and is a defect of
one of the two until somebody finds out.

    >>> explain(Query({"@context": [VC2], "id": "urn:example:[", …}, CREDENTIAL))  # doctest: +SKIP
    'an IRI outside RFC 3987'
"""

import hashlib
from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

import pyoxigraph

from tests.exactness.references import Query, full, peer

UNEXPLAINED = "UNEXPLAINED"

Take = Callable[[Any], Any]
"""The document without the cause; the same object where there is nothing to take out."""


def explain(query: Query) -> str:
    """The cause, or several joined by " and ", for which `full` and `peer` differ; or `UNEXPLAINED`."""
    present = [name for name, take in CAUSES.items() if take(query.document) != query.document]
    for name in present:
        if _agree(query, name):
            return name
    if len(present) > 1 and _agree(query, *present):
        return " and ".join(present)
    return UNEXPLAINED


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
    """Where ours takes a text for an IRI and the peer does not: one that both take, another one for each."""
    scheme, colon, _ = text.partition(":")
    if not colon or not scheme.isascii():
        return text
    try:
        pyoxigraph.NamedNode(text)
    except ValueError:
        return f"urn:md5:{hashlib.md5(text.encode()).hexdigest()}"
    return text


def _no_noncharacters(text: str) -> str:
    """RDF 1.2 N-Quads escapes U+FFFE and U+FFFF in its canonical form; the peer writes them as they are."""
    return text.replace("\ufffe", "(fffe)").replace("\uffff", "(ffff)")


def _no_numbers(value: Any) -> Any:
    """A number becomes a text of its own: the forms of doubles differ, and so does what a datatype makes of one."""
    if isinstance(value, dict):
        return {name: _no_numbers(member) for name, member in value.items()}
    if isinstance(value, list):
        return [_no_numbers(item) for item in value]
    return f"{value!r}" if isinstance(value, int | float) else value


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


def _no_partial(value: Any) -> Any:
    """Of a node's two types the first by name, `ClrCredential`, brings the word `partial` with it (JSON-LD 1.1 API section
    5.1.2 step 11). The peer has lost that word when it has gone on to `VerifiableCredential`, and drops the member."""
    if isinstance(value, dict):
        return {name: _no_partial(member) for name, member in value.items() if name != "partial"}
    if isinstance(value, list):
        return [_no_partial(item) for item in value]
    return value


CAUSES: Mapping[str, Take] = {
    "a number or boolean": _no_numbers,
    "U+FFFE or U+FFFF": _texts(_no_noncharacters),
    "an IRI outside RFC 3987": _texts(_well_formed),
    "statements in several graphs": _no_graphs,
    "a word that the first of two types defines": _no_partial,
}
