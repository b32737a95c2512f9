"""Safe JSON-LD: from a document to the quads that a signature covers, or a refusal.

JSON-LD drops what it does not know: undefined members, undefined types, relative ids. What is dropped is not
signed, and a stranger could add it afterwards. So the guard is more than one thing:

1. contexts: only pinned ones, compared as raw strings, in an allowed order, never inline, never nested;
2. no `@` word below the top, no null, no member that expansion drops;
3. every id, type and predicate is absolute (a sentinel base makes relative ones visible);
4. as many values leave the expansion as came in;
5. no two statements fall together, and no two nodes share an id (`vc.rdf`);
6. RDFC-1.0 by our own hand, within a budget (`vc.rdfc`).

This is the only module that imports PyLD. Its caches are module globals keyed by URL, so the document's context
URLs are replaced by the hash of the pinned content before PyLD sees them: two contents of one URL never mix.

    >>> canonical_form(document, rule=OPEN_BADGES).text  # doctest: +SKIP
"""

import itertools
import threading
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, NoReturn

from pyld import jsonld as _pyld

import contexts
from vc.errors import MalformedValue, TooLarge, UnknownContext, UnsignedData
from vc.rdf import RELATIVE_BASE, leaves_of, quads_of
from vc.rdfc import DEFAULT_BUDGET, Canonical, Quad, canonicalize

VC2 = "https://www.w3.org/ns/credentials/v2"
_OB = "https://purl.imsglobal.org/spec/ob/v3p0/"
OB_303 = _OB + "context-3.0.3.json"
OB_EXTENSIONS = _OB + "extensions.json"

# More values than any certificate needs; a CLR with a hundred courses has about 5,000.
MAX_LEAVES = 20_000


@dataclass(frozen=True)
class ContextRule:
    """Which contexts a document may name: `first`, then one of `second` (if any), then any of `others`, each once."""

    first: str
    second: tuple[str, ...] = ()
    others: frozenset[str] = frozenset()


# Contexts that define further terms without changing any that the first two define.
_COMPANIONS = frozenset(
    {
        OB_EXTENSIONS,
        "https://w3id.org/security/data-integrity/v2",
        "https://w3id.org/security/multikey/v1",
        "https://w3id.org/security/suites/ed25519-2020/v1",
    }
)

OPEN_BADGES = ContextRule(
    first=VC2,
    second=(OB_303, _OB + "context-3.0.2.json", _OB + "context-3.0.1.json", _OB + "context.json"),
    others=_COMPANIONS,
)
# Credentials that are no badges: status lists.
CREDENTIAL = ContextRule(first=VC2, others=_COMPANIONS)


@dataclass(frozen=True)
class Contents:
    """Which content a context URL stands for; the current one where nothing is said. `chosen`: URL -> sha256."""

    chosen: Mapping[str, str] = field(default_factory=dict)

    def sha256(self, url: str) -> str:
        history = contexts.history(url)
        return self.chosen.get(url, history[0])


CURRENT = Contents()

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
    urls = check_contexts(document.get("@context"), rule)
    came_in = _count_leaves({name: value for name, value in document.items() if name != "@context"}, "")
    if came_in > MAX_LEAVES:
        raise TooLarge("The document holds {count} values; at most {limit} are read.", count=came_in, limit=MAX_LEAVES)
    expanded = _expand({**document, "@context": [_name(url, contents) for url in urls]})
    left = leaves_of(expanded)
    quads = quads_of(expanded)
    if left != came_in:
        raise UnsignedData(
            "{count} of the document's {all} values would be dropped, so a signature would not cover them.",
            count=abs(came_in - left),
            all=came_in,
        )
    return quads


def contents_of(document: dict[str, Any]) -> Iterator[Contents]:
    """Every combination of the contents that a document's context URLs have had, the current ones first. The contexts
    are ones that `check_contexts` passed."""
    urls = [url for url in document["@context"] if len(contexts.history(url)) > 1]
    for hashes in itertools.product(*(contexts.history(url) for url in urls)):
        chosen = {url: sha256 for url, sha256 in zip(urls, hashes, strict=True) if sha256 != contexts.history(url)[0]}
        yield Contents(chosen)


def check_contexts(value: Any, rule: ContextRule) -> list[str]:
    """The context URLs of a document, when the rule allows them. Raises `UnknownContext`."""
    urls = value if isinstance(value, list) else [value]
    for url in urls:
        if not isinstance(url, str):
            raise UnknownContext("A context is written out inside the document; only known context URLs are accepted.")
        if url not in contexts.CONTEXTS:
            raise UnknownContext(
                "The context {url} is not known here, so nobody can tell what the credential's words mean.", url=url
            )
    rest = urls[1:]
    if urls[:1] != [rule.first]:
        raise UnknownContext("The first context must be {first}.", first=rule.first)
    if rule.second:
        if not rest or rest[0] not in rule.second:
            raise UnknownContext("The second context must be that of Open Badges 3.0, {second}.", second=rule.second[0])
        rest = rest[1:]
    for url in rest:
        if url not in rule.others:
            raise UnknownContext("The context {url} is not allowed in this kind of document.", url=url)
    if len(set(urls)) != len(urls):
        raise UnknownContext("A context is named twice.")
    return urls


def _count_leaves(value: Any, where: str) -> int:
    """How many values a document holds. Refuses `@` words and nulls, which expansion treats in its own ways."""
    if isinstance(value, dict):
        for name in value:
            if name.startswith("@"):
                raise UnsignedData(
                    "{name} is not allowed inside a credential (at {where}).", name=name, where=where or "the top"
                )
        return sum(_count_leaves(member, f"{where}.{name}".lstrip(".")) for name, member in value.items())
    if isinstance(value, list):
        return sum(_count_leaves(item, f"{where}[{index}]") for index, item in enumerate(value))
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
