"""The words that a document's `@context` defines (VCDM 2.0 sections 4.3 and 4.5; JSON-LD 1.1 section 4.1).

A context is a pinned URL, or an object written out in the document. What such an object may not do is checked here:
give a protected term another meaning, map a term to what is no IRI, bring in a further context. Whether written-out
contexts are allowed at all is for `vc.jsonld` to say.

    >>> terms_of(["https://www.w3.org/ns/credentials/v2"]).defines("VerifiableCredential")
    True
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache, lru_cache
from typing import Any

import contexts
from vc.errors import UnknownContext
from vc.values import inside, is_uri, wrong


@dataclass
class Terms:
    """Term -> its definition; those that must keep it; whether every other word is a term too (`@vocab`)."""

    definitions: dict[str, Any] = field(default_factory=dict)
    protected: set[str] = field(default_factory=set)
    vocabulary: bool = False

    def defines(self, word: str) -> bool:
        """A term or an absolute IRI."""
        return self.vocabulary or word in self.definitions or is_uri(word)


def terms_of(items: list[Any], where: str = "@context") -> Terms:
    """The terms that a list of contexts defines. Raises `UnknownContext` or `ShapeError`."""
    if all(isinstance(item, str) for item in items):
        return _of_urls(tuple(items), where)
    return _terms_of(items, where)


@lru_cache(maxsize=64)  # the few combinations that there are, each of some hundred terms
def _of_urls(urls: tuple[str, ...], where: str) -> Terms:
    return _terms_of(urls, where)


def _terms_of(items: Sequence[Any], where: str) -> Terms:
    found = Terms()
    for index, item in enumerate(items):
        place = inside(where, index)
        match item:
            case str():
                if not is_uri(item):
                    raise wrong(place, "the URL of a context", item)
                if item in items[:index]:
                    raise UnknownContext("A context is named twice.")
                pinned = _pinned(item)
                found.definitions |= pinned.definitions
                found.protected |= pinned.protected
                found.vocabulary |= pinned.vocabulary
            case {"@context": dict(inner)}:  # with the wrapping that a file has (JSON-LD 1.1 section 3.1)
                _add_written_out(found, inner, place)
            case dict():
                _add_written_out(found, item, place)
            case _:
                raise wrong(place, "the URL of a context, or a context", item)
    return found


@cache
def _pinned(url: str) -> Terms:
    """All that any pinned content of the URL has ever defined."""
    if url not in contexts.CONTEXTS:
        raise UnknownContext(
            "The context {url} is not known here, so nobody can tell what the credential's words mean.", url=url
        )
    found = Terms()
    for sha256 in reversed(contexts.history(url)):  # the current content has the last word
        content = contexts.load(url, sha256)["@context"]
        for part in content if isinstance(content, list) else [content]:
            if isinstance(part, dict):
                _add(found, part)
    return found


def _add(found: Terms, context: Mapping[str, Any]) -> None:
    for term, definition in context.items():
        if not term.startswith("@"):
            found.definitions[term] = definition
            if _is_protected(definition, context):
                found.protected.add(term)
    if "@vocab" in context:
        found.vocabulary = context["@vocab"] is not None


def _is_protected(definition: Any, context: Mapping[str, Any]) -> bool:
    own = definition.get("@protected") if isinstance(definition, dict) else None
    return (context.get("@protected") if own is None else own) is True


def _add_written_out(found: Terms, context: dict[str, Any], where: str) -> None:
    if "@import" in context:
        raise UnknownContext("A context inside the document brings in another one (@import).")
    for term, definition in context.items():
        if term in found.protected and _plain(definition) != _plain(found.definitions[term]):
            raise UnknownContext("A context inside the document gives {term} another meaning.", term=term)
    _add(found, context)
    for term, definition in context.items():
        if not term.startswith("@"):
            _check_definition(found, definition, inside(where, term))


def _plain(definition: Any) -> Any:
    """JSON-LD 1.1: a text is short for an object with that `@id`; protection itself is no part of the meaning."""
    if isinstance(definition, dict):
        return {name: value for name, value in definition.items() if name != "@protected"}
    return {"@id": definition}


def _check_definition(found: Terms, definition: Any, where: str) -> None:
    iri = definition.get("@id") if isinstance(definition, dict) else definition
    if iri is None or (isinstance(iri, str) and iri.startswith("@")):
        return
    # what has a colon is an IRI or nothing, also where a vocabulary makes a term of every other word
    if not isinstance(iri, str) or not (is_uri(iri) if ":" in iri else found.defines(iri)):
        raise wrong(where, "mapped to an absolute IRI", iri)
