"""Changes of a JSON document that keep it one: members and values are moved, doubled, exchanged, made odd.

Bytes that are flipped at random end at the JSON reader; what lies behind it is reached by these.
"""

import copy
import json
import random
from collections.abc import Callable
from typing import Any

_ODD: tuple[Any, ...] = (
    None,
    True,
    False,
    0,
    -1,
    1.5,
    2**53,
    "",
    " ",
    [],
    {},
    [[]],
    [{}],
    [None],
    {"id": ""},
    {"type": []},
    "\u202e",
    "\x00",
    "z",
    "u",
    "urn:a",
    "https://evil.example/x",
    "did:web:evil.example#key-1",
    "9999-12-31T23:59:59Z",
    "@id",
    "a" * 3000,
)

_WORDS = (
    "@context",
    "@type",
    "@id",
    "@graph",
    "@included",
    "@index",
    "@json",
    "@none",
    "id",
    "type",
    "proof",
    "issuer",
    "name",
    "endorsement",
    "endorsementJwt",
    "verifiableCredential",
    "credentialSubject",
    "credentialStatus",
    "statusListIndex",
    "refreshService",
    "achievement",
    "evidence",
    "result",
    "alignment",
    "relatedResource",
    "digestMultibase",
    "validUntil",
    "holder",
    "previousProof",
    "domain",
    "challenge",
    "__proto__",
    "constructor",
    "status",
    "vc",
    "cnf",
    "_sd",
    "...",
)


def mutate(data: bytes, seed: int, max_bytes: int, fallback: Callable[[bytes, int], bytes]) -> bytes:
    """`data` changed in one to four places; what is no JSON is changed by `fallback`."""
    choose = random.Random(seed)
    if choose.random() < 0.1:
        return fallback(data, max_bytes)
    try:
        value = json.loads(data)
    except (ValueError, RecursionError):
        return fallback(data, max_bytes)
    for _ in range(choose.randint(1, 4)):
        value = _changed(value, choose)
    try:
        text = json.dumps(value, ensure_ascii=choose.random() < 0.3).encode("utf-8", "surrogatepass")
    except (ValueError, RecursionError):
        return fallback(data, max_bytes)
    return text if len(text) <= max_bytes else data


def _places(value: Any) -> list[tuple[Any, Any]]:
    """(parent, key) of every value below the top."""
    found: list[tuple[Any, Any]] = []
    left = [value]
    while left:
        one = left.pop()
        items = list(one.items()) if isinstance(one, dict) else list(enumerate(one)) if isinstance(one, list) else []
        for key, member in items:
            found.append((one, key))
            left.append(member)
    return found


def _changed(value: Any, choose: random.Random) -> Any:
    places = _places(value)
    if not places:
        return copy.deepcopy(choose.choice(_ODD))
    parent, key = choose.choice(places)
    other, other_key = choose.choice(places)
    match choose.randrange(9):
        case 0:
            parent[key] = copy.deepcopy(choose.choice(_ODD))
        case 1:
            del parent[key]
        case 2:
            parent[key] = copy.deepcopy(other[other_key])
        case 3 if isinstance(parent, dict):
            parent[choose.choice(_WORDS)] = parent.pop(key)
        case 4 if isinstance(parent, dict):
            parent[choose.choice(_WORDS)] = copy.deepcopy(other[other_key])
        case 5:
            parent[key] = [parent[key], copy.deepcopy(other[other_key])]
        case 6:
            parent[key] = parent[key][0] if isinstance(parent[key], list) and parent[key] else [parent[key]]
        case 7 if isinstance(parent[key], str):
            parent[key] = _respelt(parent[key], choose)
        case _:
            parent[key] = {choose.choice(_WORDS): copy.deepcopy(parent[key])}
    return value


def _respelt(text: str, choose: random.Random) -> str:
    at = choose.randint(0, len(text))
    piece = choose.choice(("", " ", "\u200b", "\u202e", "#", "/", "%2F", "0", "a", "é", "\ud800", "\x00", text[::-1]))
    return text[:at] + piece + text[min(len(text), at + choose.randint(0, 3)) :]
