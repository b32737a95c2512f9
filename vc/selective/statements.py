"""A document as the lines that are signed one by one, and which of them a part of it makes (sections 3.4.1 to 3.4.16).

To tell which node of a part is which node of the whole, every object without an id gets one for the time being, a
*skolem* name; the lines have names made of an HMAC instead, so that they say nothing of what is left out.

    >>> whole = Statements.of_base(document, hmac_key=bytes(32), rule=OPEN_BADGES)  # doctest: +SKIP
    >>> whole.part(["/issuer"]).lines <= set(whole.lines)  # doctest: +SKIP
    True
"""

import hashlib
import hmac
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from itertools import count
from typing import Any

from vc.context_rules import ContextRule
from vc.errors import NotSupported, ProofInvalid, UnsignedData
from vc.jsonld import CURRENT, Contents, to_quads
from vc.multibase import base64url_decode, base64url_encode
from vc.rdfc import Quad, canonicalize, relabelled
from vc.selective.pointers import select

_SKOLEM = "urn:testamur:blank-node:"
_CANONICAL = "_:c14n"
_LABEL = "_:u"


@dataclass(frozen=True)
class Part:
    """`lines`: of the whole document, those that the part makes. `labels`: what the whole document calls the nodes
    that a verifier, who sees the part alone, will call c14n0, c14n1, …"""

    lines: frozenset[str]
    labels: Mapping[int, bytes]


@dataclass(frozen=True)
class Statements:
    """A whole document. `lines`: sorted; `digest`: SHA-256 of its canonical form."""

    lines: list[str]
    labels: Mapping[str, str]
    skolemized: dict[str, Any]
    rule: ContextRule
    contents: Contents

    @classmethod
    def of_base(
        cls, document: dict[str, Any], *, hmac_key: bytes, rule: ContextRule, contents: Contents = CURRENT
    ) -> "Statements":
        """Section 3.4.16, "canonicalizeAndGroup", before grouping. Raises `NotSupported` where a part could not be
        told from the whole: in lists whose order counts, and in credentials inside the credential."""
        quads = to_quads(document, rule=rule, contents=contents)
        canonical = canonicalize(quads)
        skolemized = _skolemized(document)
        named = _deskolemized(to_quads(skolemized, rule=rule, contents=contents))
        found = canonicalize(named)
        if found.text != canonical.text:
            raise NotSupported("This credential has members of which no part can be shown by itself.")
        labels = {node: _hmac_label(hmac_key, label) for node, label in found.labels.items()}
        return cls(relabelled(named, labels), labels, skolemized, rule, contents)

    def part(self, pointers: Iterable[str]) -> Part:
        """Section 3.4.15, "selectCanonicalNQuads", and the label map of 3.5.4. Raises `MalformedValue`."""
        chosen = select(self.skolemized, pointers)
        if chosen is None:
            return Part(frozenset(), {})
        quads = _deskolemized(to_quads(chosen, rule=self.rule, contents=self.contents))
        verifiers = canonicalize(quads).labels
        return Part(
            frozenset(relabelled(quads, self.labels)),
            {_number(label): base64url_decode(self.labels[node][len(_LABEL) :]) for node, label in verifiers.items()},
        )


def lines_of(
    document: dict[str, Any], labels: Mapping[int, bytes], *, rule: ContextRule, contents: Contents = CURRENT
) -> tuple[list[str], bytes]:
    """What a verifier makes of a part: its lines under the names that were signed, and the SHA-256 of its canonical
    form. Raises `ProofInvalid` unless the names are one for each node: two nodes under one name would be one."""
    quads = to_quads(document, rule=rule, contents=contents)
    canonical = canonicalize(quads)
    nodes = {node: _number(label) for node, label in canonical.labels.items()}
    if labels.keys() != set(nodes.values()) or len(set(labels.values())) != len(labels):
        raise ProofInvalid("The proof does not give every part of the document one name of its own.")
    signed = {node: _LABEL + base64url_encode(labels[number]) for node, number in nodes.items()}
    return relabelled(quads, signed), hashlib.sha256(canonical.text.encode("utf-8")).digest()


def _hmac_label(key: bytes, label: str) -> str:
    """Section 3.4.4, "createHmacIdLabelMapFunction"."""
    digest = hmac.digest(key, label.removeprefix("_:").encode("ascii"), "sha256")
    return _LABEL + base64url_encode(digest)


def _number(label: str) -> int:
    return int(label.removeprefix(_CANONICAL))


def _skolemized(document: dict[str, Any]) -> dict[str, Any]:
    """Section 3.4.8. The names need not be random: a document that uses one of them is refused."""
    if _SKOLEM in json.dumps(document):
        raise UnsignedData("The document uses an id that is reserved here, {prefix}….", prefix=_SKOLEM)
    numbers = count()

    def named(value: Any) -> Any:
        if isinstance(value, list):
            return [named(item) for item in value]
        if not isinstance(value, dict):
            return value
        members = {name: member if name == "@context" else named(member) for name, member in value.items()}
        return members if "id" in value else {"id": f"{_SKOLEM}{next(numbers)}", **members}

    skolemized: dict[str, Any] = named(document)
    return skolemized


def _deskolemized(quads: set[Quad]) -> set[Quad]:
    """Section 3.4.9."""
    head = f"<{_SKOLEM}"
    if any(term.startswith("_:") for quad in quads for term in quad):
        raise NotSupported(
            "Of a list whose order counts, or of a credential inside the credential, no part can be shown by itself."
        )

    def term(text: str) -> str:
        return f"_:b{text[len(head) : -1]}" if text.startswith(head) else text

    return {(term(s), p, term(o), term(g)) for s, p, o, g in quads}
