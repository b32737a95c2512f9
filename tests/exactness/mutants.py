"""Changes of a document, and of what is asked about it, that a fast path must notice or survive.

    mutant = mutate(query, chance)

Most mutants are refused by the full path
or mean something else than the original; a few mean the same. Whichever it is, the bytes decide.
"""

import copy
import random
from collections.abc import Callable, Iterator, Mapping
from contextlib import suppress
from dataclasses import replace
from typing import Any

import contexts
from tests.exactness import values
from tests.exactness.families import Path, leaves, put
from tests.exactness.references import Query
from vc.context_rules import CLR_201, OB_303, OB_EXTENSIONS, RULES, VC1, VC2
from vc.jsonld import CURRENT, Contents

_OB_302 = "https://purl.imsglobal.org/spec/ob/v3p0/context-3.0.2.json"
_URLS = (VC1, VC2, OB_303, _OB_302, OB_EXTENSIONS, CLR_201, "https://w3id.org/security/data-integrity/v2")
_NAMES = (
    *("id", "type", "@id", "@type", "@value", "@list", "@set", "@graph", "@index", "@language", "@none", "@nest", "@x"),
    *("@context", "name", "description", "image", "issuer", "proof", "evidence", "endorsement", "related", "tag"),
    *("awardedDate", "validUntil", "credentialStatus", "achievement", "result", "alignment", "identifier", "caption"),
    *("Name", "name ", "nаme", "undefined", "", "ext:x", "schema:name", "https://schema.org/name", "__proto__", "_:b0"),
    *("hashed", "creditsAvailable", "partial", "ttl", "inLanguage", "url", "statusSize", "relatedResource"),
)
_TYPES = (
    *("Achievement", "Profile", "Image", "VerifiableCredential", "OpenBadgeCredential", "AchievementCredential"),
    *("Undefined", "urn:example:type", "https://a.example/T", "ext:Course", "@id", "@json", "", "_:b0", "a b"),
)

Change = Callable[[Any, random.Random], None]
"""Changes a document in its place; raises one of `NOT_HERE` where it does not apply."""

NOT_HERE = (LookupError, TypeError, ValueError, OverflowError)


def mutate(query: Query, chance: random.Random) -> Query:
    """The query with one to three changes; its document is changed."""
    mutant = query
    for _ in range(chance.choice((1, 1, 1, 2, 3))):
        if chance.random() < 0.08:
            mutant = _asked_otherwise(mutant, chance)
            continue
        (change,) = chance.choices(list(CHANGES), list(CHANGES.values()))
        with suppress(*NOT_HERE):
            change(mutant.document, chance)
    return mutant


def _asked_otherwise(query: Query, chance: random.Random) -> Query:
    """The same document under another rule, under other contents, or with another hash."""
    match chance.randrange(3):
        case 0:
            return replace(query, rule=chance.choice(RULES))
        case 1:
            url = chance.choice((VC2, OB_303))
            chosen = {url: chance.choice(contexts.history(url))}
            return replace(query, contents=chance.choice((Contents(chosen), CURRENT)))
        case _:
            return replace(query, algorithm="sha384" if query.algorithm == "sha256" else "sha256")


# --- values --------------------------------------------------------------------------------------------------


def odd_value(document: Any, chance: random.Random) -> None:
    put(document, _leaf(document, chance), values.anything(chance))


def other_text(document: Any, chance: random.Random) -> None:
    put(document, _leaf(document, chance), values.text(chance))


def other_iri(document: Any, chance: random.Random) -> None:
    put(document, _address(document, chance), chance.choice((values.iri, values.odd_iri))(chance))


def other_number(document: Any, chance: random.Random) -> None:
    numbers = [path for path, value in leaves(document) if isinstance(value, int | float)]
    put(document, chance.choice(numbers), values.number(chance))


def equal_of_another_kind(document: Any, chance: random.Random) -> None:
    """1, True, 1.0 and "1" are alike to Python or to a reader, and are four values."""
    path = _leaf(document, chance)
    value = _at(document, path)
    kinds = (1, True, 1.0, "1", "true") if isinstance(value, str) else (int(value), float(value), bool(value))
    put(document, path, chance.choice(kinds))


def spelt_otherwise(document: Any, chance: random.Random) -> None:
    path = _leaf(document, chance)
    value = str(_at(document, path))
    at = chance.randint(0, len(value))
    piece = chance.choice(
        (" ", "\n", "\x00", "\xa0", "%20", "/../", "/./", "é", "e\u0301", "\ufffe", "\ud83c", "#", "@")
    )
    spellings = (
        value.upper(),
        value.swapcase(),
        value + piece,
        piece + value,
        value[:at] + piece + value[at:],
        value[1:],
    )
    put(document, path, chance.choice(spellings))


def value_of_another_place(document: Any, chance: random.Random) -> None:
    """Two ids become equal, or two texts that stood apart."""
    pick = chance.choice((_leaf, _address))
    put(document, pick(document, chance), _at(document, pick(document, chance)))


def values_exchanged(document: Any, chance: random.Random) -> None:
    pick = chance.choice((_leaf, _address))
    one, other = pick(document, chance), pick(document, chance)
    first, second = _at(document, one), _at(document, other)
    put(document, one, second)
    put(document, other, first)


# --- members -------------------------------------------------------------------------------------------------


def member_left_out(document: Any, chance: random.Random) -> None:
    node = _node(document, chance)
    del node[chance.choice(list(node))]


def member_added(document: Any, chance: random.Random) -> None:
    made = chance.choice((values.text, values.iri, values.anything))(chance)
    _node(document, chance)[chance.choice(_NAMES)] = chance.choice((made, [made], {"type": ["Image"], "id": made}))


def member_of_another_node(document: Any, chance: random.Random) -> None:
    other = _node(document, chance)
    name = chance.choice(list(other))
    _node(document, chance)[name] = copy.deepcopy(other[name])


def member_renamed(document: Any, chance: random.Random) -> None:
    node = _node(document, chance)
    name = chance.choice(list(node))
    aliases = {"id": "@id", "type": "@type"}
    node[aliases[name] if name in aliases and chance.random() < 0.5 else chance.choice(_NAMES)] = node.pop(name)


def members_in_another_order(document: Any, chance: random.Random) -> None:
    """Which means the same."""
    for node in _nodes(document):
        members = list(node.items())
        chance.shuffle(members)
        node.clear()
        node.update(members)


# --- lists ---------------------------------------------------------------------------------------------------


def item_twice(document: Any, chance: random.Random) -> None:
    items = _list(document, chance)
    items.insert(chance.randint(0, len(items)), copy.deepcopy(chance.choice(items)))


def item_nearly_twice(document: Any, chance: random.Random) -> None:
    items = _list(document, chance)
    more = copy.deepcopy(chance.choice(items))
    found = [path for path, value in leaves(more) if isinstance(value, str) and path and path[-1] != "type"]
    if found:
        put(more, chance.choice(found), values.iri(chance))
    items.append(more)


def item_left_out(document: Any, chance: random.Random) -> None:
    items = _list(document, chance)
    del items[chance.randrange(len(items))]


def items_in_another_order(document: Any, chance: random.Random) -> None:
    chance.shuffle(_list(document, chance))


def in_a_list(document: Any, chance: random.Random) -> None:
    node = _node(document, chance)
    name = chance.choice(list(node))
    node[name] = [node[name]]


def out_of_its_list(document: Any, chance: random.Random) -> None:
    found = [(node, name) for node in _nodes(document) for name, value in node.items() if isinstance(value, list)]
    node, name = chance.choice(found)
    node[name] = node[name][0]


def in_an_object(document: Any, chance: random.Random) -> None:
    node = _node(document, chance)
    name = chance.choice(list(node))
    node[name] = {chance.choice(("@value", "@id", "id", "@list", "@set", "name")): node[name]}


# --- types and contexts --------------------------------------------------------------------------------------


def other_type(document: Any, chance: random.Random) -> None:
    node = chance.choice([node for node in _nodes(document) if "type" in node])
    types = node["type"] if isinstance(node["type"], list) else [node["type"]]
    changed = (
        [*types, chance.choice(_TYPES)],
        [*types, types[0]] if types else [],
        types[::-1],
        types[0] if types else "",
        types[:-1],
        [chance.choice(_TYPES)],
    )
    node["type"] = chance.choice(changed)


def other_contexts(document: Any, chance: random.Random) -> None:
    node = chance.choice([node for node in _nodes(document) if "@context" in node])
    urls = node["@context"] if isinstance(node["@context"], list) else [node["@context"]]
    changed = (
        urls[::-1],
        urls[:-1],
        [*urls, chance.choice(_URLS)],
        [*urls[:-1], chance.choice(_URLS)],
        [*urls, *urls[:1]],
        urls[0] if urls else None,
        [*urls, {"name": "https://a.example/name"}],
        [*urls, {"@vocab": "https://a.example/"}],
        [url + "#" if isinstance(url, str) else url for url in urls],
    )
    node["@context"] = chance.choice(changed)


def inner_context(document: Any, chance: random.Random) -> None:
    node = _node(document, chance)
    node["@context"] = chance.choice(([VC2], [VC2, OB_303], {"name": "https://a.example/"}, {}, [], None))


CHANGES: Mapping[Change, int] = {
    odd_value: 4,
    other_text: 3,
    other_iri: 3,
    other_number: 2,
    equal_of_another_kind: 2,
    spelt_otherwise: 3,
    value_of_another_place: 3,
    values_exchanged: 3,
    member_left_out: 2,
    member_added: 3,
    member_of_another_node: 2,
    member_renamed: 2,
    members_in_another_order: 2,
    item_twice: 1,
    item_nearly_twice: 2,
    item_left_out: 1,
    items_in_another_order: 2,
    in_a_list: 1,
    out_of_its_list: 1,
    in_an_object: 1,
    other_type: 2,
    other_contexts: 2,
    inner_context: 1,
}
"""How often each is drawn."""


# --- where ---------------------------------------------------------------------------------------------------


def _nodes(value: Any) -> Iterator[dict[str, Any]]:
    if isinstance(value, dict):
        yield value
        for member in value.values():
            yield from _nodes(member)
    elif isinstance(value, list):
        for item in value:
            yield from _nodes(item)


def _node(document: Any, chance: random.Random) -> dict[str, Any]:
    return chance.choice([node for node in _nodes(document) if node])


def _list(document: Any, chance: random.Random) -> list[Any]:
    lists = [value for node in _nodes(document) for name, value in node.items() if name != "@context"]
    return chance.choice([value for value in lists if isinstance(value, list) and value])


def _leaf(document: Any, chance: random.Random) -> Path:
    return chance.choice([path for path, _ in leaves(document)])


def _address(document: Any, chance: random.Random) -> Path:
    """A place where an id or another IRI stands."""
    found = [path for path, value in leaves(document) if path[-1] == "id" or (isinstance(value, str) and ":" in value)]
    return chance.choice(found)


def _at(document: Any, path: Path) -> Any:
    for step in path:
        document = document[step]
    return document
