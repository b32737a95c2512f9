"""Under which contents of its contexts a document may have been signed: the present ones, and those before them.

The bytes behind a context URL have changed in place more than once (`contexts`). A proof is tried under every
combination of contents that could make a difference: one that differs only in words which the document does not use
gives the same statements, and to try it would only be work, most of all for forgeries.

    >>> [contents.chosen for contents in contents_of({"@context": ["https://www.w3.org/ns/credentials/v2"]})]
    [{}]
"""

import itertools
from collections.abc import Iterator
from functools import cache
from typing import Any

import contexts
from vc.jsonld import CURRENT, Contents

# Combinations that are tried; a badge with an endorsement has at most six.
MAX_CONTENTS = 12


def contents_of(document: dict[str, Any]) -> Iterator[Contents]:
    """The current contents first, for nearly every document before anything is looked up."""
    yield CURRENT
    used = frozenset(_words(document))
    urls = [url for url in dict.fromkeys(_urls(document)) if url in contexts.CONTEXTS]
    possible = [(url, _that_matter(url, used)) for url in urls]
    changing = [(url, hashes) for url, hashes in possible if len(hashes) > 1]
    for hashes in itertools.islice(itertools.product(*(hashes for _, hashes in changing)), 1, MAX_CONTENTS):
        chosen = {
            url: sha256 for (url, _), sha256 in zip(changing, hashes, strict=True) if sha256 != contexts.history(url)[0]
        }
        yield Contents(chosen)


def _that_matter(url: str, used: frozenset[str]) -> list[str]:
    """The current content, and each earlier one that differs from it in something that is used."""
    current, *earlier = contexts.history(url)
    return [current, *(one for one in earlier if any(words <= used for words in _differences(url, current, one)))]


@cache
def _differences(url: str, one: str, other: str) -> frozenset[frozenset[str]]:
    """Where two contents of a URL differ: for each place the words that lead there. A definition inside the context of
    another word (or type) counts only where that one is used, too; what has no word of its own counts always."""
    first, second = (dict(_definitions(contexts.load(url, sha256)["@context"], ())) for sha256 in (one, other))
    places = (place for place in first.keys() | second.keys() if first.get(place) != second.get(place))
    return frozenset(frozenset(name for name in place if not name.startswith("@")) for place in places)


def _definitions(value: Any, place: tuple[str, ...]) -> Iterator[tuple[tuple[str, ...], Any]]:
    """(the way to it, the value) of everything that a context says."""
    if isinstance(value, dict):
        for name, member in value.items():
            yield from _definitions(member, (*place, name))
    else:
        yield place, repr(value)


def _words(value: Any) -> Iterator[str]:
    """All names of members and all texts: whatever a context could give a meaning to."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for name, member in value.items():
            yield name
            yield from _words(member)
    elif isinstance(value, list):
        for item in value:
            yield from _words(item)


def _urls(value: Any) -> Iterator[str]:
    """All context URLs that a document and the credentials in it name."""
    if isinstance(value, dict):
        named = value.get("@context", [])
        yield from (url for url in (named if isinstance(named, list) else [named]) if isinstance(url, str))
        for name, member in value.items():
            if name != "@context":
                yield from _urls(member)
    elif isinstance(value, list):
        for item in value:
            yield from _urls(item)
