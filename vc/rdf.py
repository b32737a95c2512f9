"""Expanded JSON-LD as RDF quads (JSON-LD 1.1 API sections 7 and 8.6), with an account of what went in.

PyLD's own conversion drops, merges and escapes in ways that a signature must not depend on. This one writes each
statement once, counts what it was given, and raises `UnsignedData` when two statements fall together or when
something cannot be expressed: what is not in the quads is not signed.

    >>> sorted(quads_of([{"@id": "a:1", "https://a.example/p": [{"@value": "x"}]}]))
    [('<a:1>', '<https://a.example/p>', '"x"', '')]
"""

import json
import re
from typing import Any

from vc.errors import UnsignedData
from vc.rdfc import Quad, literal

_RDF = "http://www.w3.org/1999/02/22-rdf-syntax-ns#"
_XSD = "http://www.w3.org/2001/XMLSchema#"

# RFC 3987 with a scheme; the characters that N-Quads cannot hold inside <…> are not IRI characters at all.
_IRI = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*:[^\x00-\x20<>\"{}|^`\\]*\Z")

_OB = "https://purl.imsglobal.org/spec/vc/ob/vocab.html#"
_CLR_VOCABULARY = "https://purl.imsglobal.org/spec/vc/clr/vocab.html#"
_CLR = _CLR_VOCABULARY + "ClrCredential"
_PROOF = "https://w3id.org/security#proof"
# Where whole credentials stand inside others, in one graph with them (unlike those of a presentation).
_EMBEDDED = frozenset({_OB + "endorsement", _CLR_VOCABULARY + "verifiableCredential"})
# What an embedded credential may say of a node that its host describes, too: who somebody is, and the endorsement.
_PROFILE = (
    *("address", "dateOfBirth", "familyNamePrefix", "image", "official", "otherIdentifier", "parentOrg"),
    *("patronymicName", "phone", "endorsementComment"),
)
_SHAREABLE = frozenset(
    {f"<{_RDF}type>"}
    | {f"<https://schema.org/{name}>" for name in ("name", "description", "url", "email", "additionalName")}
    | {f"<https://schema.org/{name}>" for name in ("familyName", "givenName", "honorificPrefix", "honorificSuffix")}
    | {f"<{_OB}{name}>" for name in _PROFILE}
)
# A CLR says nothing of its learner in these words, but the credentials in it do.
_SHAREABLE_IN_CLR = frozenset(
    f"<{_OB}{name}>"
    for name in (
        *("achievement", "activityEndDate", "activityStartDate", "creditsEarned", "identifier", "licenseNumber"),
        *("result", "role", "source", "term"),
    )
)

# What a relative reference turns into: no scheme of the world, so nobody can hide behind it.
RELATIVE_BASE = "relative-reference://document.invalid/"


def quads_of(expanded: list[Any]) -> set[Quad]:
    """The quads of an expanded document. Raises `UnsignedData`."""
    return _Conversion().run(expanded)


def leaves_of(expanded: Any) -> int:
    """How many values an expanded document holds: ids, types, literals."""
    if isinstance(expanded, list):
        return sum(leaves_of(item) for item in expanded)
    if not isinstance(expanded, dict):
        return 1
    if expanded.get("@type") == "@json":
        return leaves_of(expanded["@value"])
    if "@value" in expanded:
        return 1 + ("@language" in expanded) + ("@direction" in expanded)
    return sum(leaves_of(value) for value in expanded.values())


class _Conversion:
    """One run. A scope is the document itself (0) or one credential embedded in it; within a scope nothing may stand
    twice. Across scopes it may: a badge and its endorsement name the same achievement, and JSON-LD merges the two
    nodes. `_check_shared` sees to it that nothing can be hidden by moving it there."""

    def __init__(self) -> None:
        self.quads: set[Quad] = set()
        self.scoped: set[tuple[int, Quad]] = set()
        self.stated = 0
        self.described: dict[tuple[str, str], set[int]] = {}
        self.blank = 0
        self.scope = 0
        self.scopes = 0
        self.is_clr = False

    def run(self, expanded: list[Any]) -> set[Quad]:
        self.is_clr = any(_CLR in node.get("@type", []) for node in expanded)
        for node in expanded:
            self._node(node, "")
        if self.stated != len(self.scoped):
            raise UnsignedData(
                "Something stands twice: {count} statements fall together with others, "
                "so a signature could not tell whether they are there.",
                count=self.stated - len(self.scoped),
            )
        self._check_shared()
        return self.quads

    def _check_shared(self) -> None:
        """What an embedded credential says of a node that its host describes, too, may only be what a profile, an
        endorsement or (in a CLR) a subject says. Everything else could have been moved there from the host. Between
        two embedded credentials nothing can be moved: each has a proof of its own, which would break."""
        allowed = _SHAREABLE | (_SHAREABLE_IN_CLR if self.is_clr else frozenset())
        shared = {node for node, scopes in self.described.items() if 0 in scopes and len(scopes) > 1}
        for scope, (s, p, _, g) in self.scoped:
            if scope and (s, g) in shared and p not in allowed:
                raise UnsignedData(
                    "Two parts of the document have the same id {id}; their members could be moved between them "
                    "without breaking the signature.",
                    id=s.strip("<>"),
                )

    def _state(self, *quad: str) -> None:
        s, p, o, g = quad
        self.stated += 1
        self.quads.add((s, p, o, g))
        self.scoped.add((self.scope, (s, p, o, g)))

    def _fresh(self) -> str:
        self.blank += 1
        return f"_:b{self.blank}"

    def _node(self, node: dict[str, Any], graph: str) -> str:
        """States what a node object says; the result is its term."""
        named, identifier = "@id" in node, node.get("@id")
        subject = iri(identifier) if named else self._fresh()
        members = {name: value for name, value in node.items() if name != "@id"}
        if members and named:
            scopes = self.described.setdefault((subject, graph), set())
            if self.scope in scopes:
                raise UnsignedData(
                    "Two parts of the document have the same id {id}; their members could be moved between them "
                    "without breaking the signature.",
                    id=identifier,
                )
            scopes.add(self.scope)
        for name, value in members.items():
            if name == "@type":
                # Two words may name one type (OpenBadgeCredential and AchievementCredential do): they say the same.
                for type_ in dict.fromkeys(map(iri, value)):
                    self._state(subject, f"<{_RDF}type>", type_, graph)
            elif name == "@graph":
                # a graph object: its content is stated in a graph named after the node
                for item in value:
                    self._node(item, subject)
            elif name.startswith("@"):
                raise UnsignedData("{name} cannot be signed here.", name=name)
            else:
                for item in value:
                    self._state(subject, iri(name), self._member(name, item, graph), graph)
        return subject

    def _member(self, name: str, item: dict[str, Any], graph: str) -> str:
        """The term of a member's value; a credential embedded there is a scope of its own."""
        if name not in _EMBEDDED or _PROOF not in item:
            return self._object(item, graph)
        outside = self.scope
        self.scopes += 1
        self.scope = self.scopes
        try:
            return self._object(item, graph)
        finally:
            self.scope = outside

    def _object(self, item: dict[str, Any], graph: str) -> str:
        if "@value" in item:
            return _literal(item)
        if "@list" in item:
            return self._list(item["@list"], graph)
        return self._node(item, graph)

    def _list(self, items: list[Any], graph: str) -> str:
        rest = f"<{_RDF}nil>"
        for item in reversed(items):
            cell = self._fresh()
            self._state(cell, f"<{_RDF}first>", self._object(item, graph), graph)
            self._state(cell, f"<{_RDF}rest>", rest, graph)
            rest = cell
        return rest


def iri(text: str | None) -> str:
    """`<text>` for an absolute IRI. Raises `UnsignedData` for a relative reference or anything else."""
    if text is None:  # JSON-LD 1.1 API section 5.2 step 2: it looked like a keyword, and nothing is left of it
        raise UnsignedData(
            "An id or a type begins with @, as only JSON-LD's own words do; a signature would not cover it."
        )
    if text.startswith(RELATIVE_BASE.partition("//")[0]):
        raise UnsignedData(
            "{text!r} is defined by none of the contexts and is no absolute URL, so a signature would not cover it.",
            text=text.removeprefix(RELATIVE_BASE),
        )
    if not _IRI.match(text):
        raise UnsignedData("{text!r} is no absolute URL.", text=text)
    return f"<{text}>"


def _literal(item: dict[str, Any]) -> str:
    """JSON-LD 1.1 API section 8.6, "Object to RDF Conversion"."""
    value, datatype = item["@value"], item.get("@type")
    if "@direction" in item:
        raise UnsignedData("A text with @direction cannot be signed: RDF has no place for it.")
    if datatype == "@json":
        raise UnsignedData("A JSON literal cannot be signed here.")
    if datatype is not None:
        iri(datatype)
    if isinstance(value, bool):
        return literal("true" if value else "false", datatype or _XSD + "boolean")
    if isinstance(value, int | float):
        if value % 1 or abs(value) >= 1e21 or datatype == _XSD + "double":
            return literal(_double(value), datatype or _XSD + "double")
        return literal(str(int(value)), datatype or _XSD + "integer")
    if not isinstance(value, str):
        raise UnsignedData("{value} is no value that can be signed.", value=json.dumps(value)[:60])
    return literal(value, datatype or _XSD + "string", item.get("@language"))


def _double(value: float) -> str:
    """XML Schema 1.1-2 section E.2, the canonical form: one digit before the point, at least one after it."""
    mantissa, _, exponent = f"{value:.15E}".partition("E")
    mantissa = mantissa.rstrip("0")
    return f"{mantissa}{'0' if mantissa.endswith('.') else ''}E{int(exponent)}"
