"""Safe JSON-LD: from a document to the quads that a signature covers, or a refusal.

JSON-LD drops what it does not know: undefined members, undefined types, relative ids. What is dropped is not
signed, and a stranger could add it afterwards. So the guard is more than one thing:

1. contexts: only pinned ones, compared as raw strings, in an allowed order (`vc.context_rules`), never inline, and
   nested only where a whole credential is embedded in another;
2. no `@` word below the top, no member's name that is an address (`credentialStatus` written out as the URL it stands
   for would be signed alike and found by nobody), no null, no member that expansion drops;
3. every id, type and predicate is absolute (a sentinel base makes relative ones visible);
4. as many values leave the expansion as came in, and a text with white space as it came: PyLD takes an address with
   white space for a relative one and resolves its dots;
5. no two statements fall together, and no two nodes share an id (`vc.rdf`);
6. RDFC-1.0 by our own hand, within a budget (`vc.rdfc`).

This is the only module that imports PyLD. Its caches are module globals keyed by URL, so the document's context
URLs are replaced by the hash of the pinned content before PyLD sees them: two contents of one URL never mix.

    >>> canonical_form(document, rule=OPEN_BADGES).text  # doctest: +SKIP
"""

import re
import threading
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, NoReturn

from pyld import jsonld as _pyld

import contexts
from vc.context_rules import (
    EMBEDDING,
    ContextRule,
    check_contexts,
    embedded_rule,
)
from vc.errors import MalformedValue, TooLarge, UnknownContext, UnsignedData
from vc.rdf import RELATIVE_BASE, leaves_of, quads_of
from vc.rdfc import DEFAULT_BUDGET, Canonical, Quad, canonicalize

# More values than any certificate needs; a CLR with a hundred courses has about 5,000.
MAX_LEAVES = 20_000


@dataclass(frozen=True)
class Contents:
    """Which content a context URL stands for; the current one where nothing is said. `chosen`: URL -> sha256."""

    chosen: Mapping[str, str] = field(default_factory=dict)

    def sha256(self, url: str) -> str:
        current = contexts.current(url)
        return self.chosen.get(url, current)


CURRENT = Contents()

_WHITE_SPACE = re.compile(r"\s")

# PyLD's caches are shared and not made for threads. Expansion is pure Python, so nothing is lost by waiting.
_PYLD = threading.Lock()


def canonical_form(
    document: dict[str, Any],
    *,
    rule: ContextRule,
    contents: Contents = CURRENT,
    algorithm: str = "sha256",
    budget: int = DEFAULT_BUDGET,
) -> Canonical:
    """Canonical N-Quads of a document. Raises `UnknownContext`, `UnsignedData`, `TooLarge`, `MalformedValue`."""
    return canonicalize(to_quads(document, rule=rule, contents=contents), algorithm=algorithm, budget=budget)


def to_quads(document: dict[str, Any], *, rule: ContextRule, contents: Contents = CURRENT) -> set[Quad]:
    """The quads of a document; the document itself stays as it was."""
    check_contexts(document.get("@context"), rule)
    came_in = _count_leaves({name: value for name, value in document.items() if name != "@context"}, "", rule)
    if came_in > MAX_LEAVES:
        raise TooLarge("The document holds {count} values; at most {limit} are read.", count=came_in, limit=MAX_LEAVES)
    expanded = _expand(_pinned(document, contents))
    left = leaves_of(expanded)
    quads = quads_of(_without_direction(expanded) if rule.anything else expanded)
    if left != came_in:
        raise UnsignedData(
            "{count} of the document's {all} values would be dropped, so a signature would not cover them.",
            count=abs(came_in - left),
            all=came_in,
        )
    _check_white_space(document, expanded)
    return quads


def _check_white_space(document: Any, expanded: Any) -> None:
    """`did:a:b/ x/../c` would become `did:a:b/c`: two documents, one signature."""
    changed = Counter(_spaced(document)) - Counter(_spaced(expanded))
    for text in changed:
        raise UnsignedData("{text!r} stands where an absolute URL must, which has no white space in it.", text=text)


def _spaced(value: Any) -> Iterator[str]:
    """Every text that has white space in it."""
    if isinstance(value, str):
        if _WHITE_SPACE.search(value):
            yield value
    elif isinstance(value, dict):
        for member in value.values():
            yield from _spaced(member)
    elif isinstance(value, list):
        for item in value:
            yield from _spaced(item)


def _pinned(value: Any, contents: Contents) -> Any:
    """A copy in which every context URL is the name of one exact content."""
    if isinstance(value, list):
        return [_pinned(item, contents) for item in value]
    if not isinstance(value, dict):
        return value
    copy = {name: _pinned(member, contents) for name, member in value.items() if name != "@context"}
    if "@context" not in value:
        return copy
    named = value["@context"] if isinstance(value["@context"], list) else [value["@context"]]
    return {"@context": [_name(one, contents) if isinstance(one, str) else _written_out(one) for one in named], **copy}


def _written_out(context: Any) -> Any:
    """A context inside the document, without the wrapping of a file (JSON-LD 1.1 section 3.1); by `anything` alone."""
    return context["@context"] if isinstance(context, dict) and "@context" in context else context


def _without_direction(value: Any) -> Any:
    """Expanded JSON-LD as RDF has it, which has no place for the direction of a text; by `anything` alone."""
    if isinstance(value, list):
        return [_without_direction(item) for item in value]
    if isinstance(value, dict):
        return {name: _without_direction(member) for name, member in value.items() if name != "@direction"}
    return value


def _count_leaves(value: Any, where: str, rule: ContextRule, embedded: bool = False) -> int:
    """How many values a document holds. Refuses `@` words and nulls, which expansion treats in its own ways, and
    addresses as names; a credential inside another may name contexts of its own, by rules of its own."""
    if isinstance(value, dict):
        if rule.anything and "@value" in value:
            return len(value.keys() & {"@value", "@language", "@direction"})
        leaves = 0
        for name, member in value.items():
            if name == "@context" and embedded:
                check_contexts(member, embedded_rule(member, rule))
                continue
            if name.startswith("@"):
                raise UnsignedData(
                    "{name} is not allowed inside a credential (at {where}).", name=name, where=where or "the top"
                )
            if ":" in name:
                raise UnsignedData(
                    "The member {name} (at {where}) is called by an address instead of a word. The signature cannot "
                    "tell the two apart, and who looks for the word would not see it.",
                    name=name,
                    where=where or "the top",
                )
            leaves += _count_leaves(member, f"{where}.{name}".lstrip("."), rule, name in EMBEDDING)
        return leaves
    if isinstance(value, list):
        return sum(_count_leaves(item, f"{where}[{index}]", rule, embedded) for index, item in enumerate(value))
    if value is None:
        raise UnsignedData("{where} is null; a signature would not cover it. Leave the member out.", where=where)
    return 1


def _expand(document: dict[str, Any]) -> list[Any]:
    def refuse(name: str | None) -> NoReturn:
        raise UnsignedData(
            "The member {name} is defined by none of the contexts, so a signature does not cover it.",
            name=_where(document, name or "") or name,
        )

    options = {"base": RELATIVE_BASE, "documentLoader": _load, "processingMode": "json-ld-1.1"}
    try:
        with _PYLD:
            expanded: list[Any] = _pyld.expand(document, options, on_property_dropped=refuse)
    except _pyld.JsonLdError as error:
        if isinstance(error.__cause__, UnknownContext):
            raise error.__cause__ from None
        raise MalformedValue("The document is not valid JSON-LD: {reason}", reason=_reason(error)) from error
    except (TypeError, ValueError, KeyError, AttributeError, RecursionError) as error:
        # PyLD meets some shapes of input with Python's own errors; a stranger's document is never our crash.
        raise MalformedValue("The document is not valid JSON-LD.") from error
    return expanded


def _where(value: Any, name: str, path: str = "") -> str | None:
    """The path of the first member called `name`."""
    if isinstance(value, dict):
        if name in value:
            return f"{path}.{name}".lstrip(".")
        found = (_where(member, name, f"{path}.{key}".lstrip(".")) for key, member in value.items())
    elif isinstance(value, list):
        found = (_where(item, name, f"{path}[{index}]") for index, item in enumerate(value))
    else:
        return None
    return next((place for place in found if place), None)


def _name(url: str, contents: Contents) -> str:
    """The name under which PyLD knows one exact content of a context."""
    return f"urn:sha256:{contents.sha256(url)}#{url}"


def _load(name: str, _: Any) -> dict[str, Any]:
    """PyLD's document loader: pinned contents only, never the network."""
    sha256, _, url = name.removeprefix("urn:sha256:").partition("#")
    try:
        document = contexts.load(url, sha256) if name.startswith("urn:sha256:") else contexts.load(name)
    except contexts.UnknownContext as error:
        raise UnknownContext("The context {url} is not known here.", url=name) from error
    return {"contentType": "application/ld+json", "contextUrl": None, "documentUrl": name, "document": document}


def _reason(error: Exception) -> str:
    return str(error).partition("\n")[0][:200]
