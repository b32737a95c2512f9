"""Selective disclosure in JSON (RFC 9901 sections 4 and 7.1): digests where values were, and the values beside them.

An issuer folds a document: every value that its holder may withhold is replaced by the digest of a *disclosure*, the
base64url text of `[salt, name, value]`, or `[salt, value]` in an array. Whoever receives disclosures unfolds it.

    folded, texts = fold({"name": "Zoë"}, ["/name"], salts=[b"0123456789abcdef"])
    unfold(folded, texts).document          # {'name': 'Zoë'}
    unfold(folded, []).document             # {}

Digests of nothing (decoys) and of what is withheld look alike and are dropped. A digest that stands twice, and a
disclosure that no digest stands for, are refused: nothing is taken in that the issuer did not sign at one place.
"""

import copy
import hashlib
import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from vc import strict_json
from vc.errors import Invalid, MalformedValue, NotSupported, ParsingError, ProofInvalid, TooLarge
from vc.multibase import base64url_decode, base64url_encode

# RFC 9901 section 4.1.1: names of IANA's "Named Information Hash Algorithm" registry, and Python's for the same.
HASHES: Mapping[str, str] = {"sha-256": "sha256", "sha-384": "sha384", "sha-512": "sha512"}
_HASHES_ELSEWHERE = frozenset({"sha3-224", "sha3-256", "sha3-384", "sha3-512"})

MAX_DISCLOSURES = 1_000  # a badge has a hundred values; more only make a verifier work
MIN_SALT = 16  # bytes; RFC 9901 section 9.3

_SD, _DOTS, _ALG = "_sd", "...", "_sd_alg"
_SPECIAL = frozenset({_SD, _DOTS, _ALG})


@dataclass(frozen=True)
class Unfolded:
    """`document`: without digests. `places`: JSON pointer (RFC 6901) into it -> the disclosure that stands there.
    `withheld`: pointers to the objects and lists in which a digest has no disclosure; it may be a decoy."""

    document: dict[str, Any]
    places: dict[str, str] = field(default_factory=dict)
    withheld: tuple[str, ...] = ()


def hash_name(payload: Mapping[str, Any]) -> str:
    """`_sd_alg`, sha-256 when there is none. Raises `ProofInvalid`, `NotSupported`."""
    name = payload.get(_ALG, "sha-256")
    if isinstance(name, str) and name in HASHES:
        return name
    if isinstance(name, str) and name in _HASHES_ELSEWHERE:
        raise NotSupported("The credential's digests are made with {name}, which is not read here yet.", name=name)
    raise ProofInvalid("The credential's digests are made with {name}, which is not safe.", name=repr(name)[:40])


def digest(text: bytes, algorithm: str) -> str:
    """RFC 9901 section 4.2.3: of the base64url text, in base64url."""
    return base64url_encode(hashlib.new(HASHES[algorithm], text).digest())


def unfold(payload: Mapping[str, Any], disclosures: Sequence[str]) -> Unfolded:
    """RFC 9901 section 7.1 steps 3 to 5. Raises `Invalid` or `NotSupported`."""
    if len(disclosures) > MAX_DISCLOSURES:
        raise TooLarge(
            "The credential comes with {count} disclosures; at most {limit} are read.",
            count=len(disclosures),
            limit=MAX_DISCLOSURES,
        )
    algorithm = hash_name(payload)
    by_digest = {digest(text.encode(), algorithm): text for text in disclosures}
    if len(by_digest) != len(disclosures):
        raise ProofInvalid("A disclosure is there twice.")
    work = _Unfolding(by_digest)
    document = work.object({name: value for name, value in payload.items() if name != _ALG}, "", 0)
    if len(work.places) != len(disclosures):
        raise ProofInvalid("A disclosure belongs to nothing that the issuer signed.")
    return Unfolded(document, work.places, tuple(work.withheld))


class _Unfolding:
    def __init__(self, by_digest: Mapping[str, str]) -> None:
        self.by_digest = by_digest
        self.seen: set[str] = set()
        self.places: dict[str, str] = {}
        self.withheld: list[str] = []

    def value(self, value: Any, pointer: str, depth: int) -> Any:
        # Each disclosure is shallow, but they stand in one another.
        if depth > strict_json.MAX_DEPTH:
            raise TooLarge("The JSON nests more than {limit} levels deep.", limit=strict_json.MAX_DEPTH)
        if isinstance(value, dict):
            return self.object(value, pointer, depth)
        return self.array(value, pointer, depth) if isinstance(value, list) else value

    def object(self, node: dict[str, Any], pointer: str, depth: int) -> dict[str, Any]:
        found = {}
        for name, value in node.items():
            if name in (_DOTS, _ALG):
                raise ProofInvalid("The name {name} may not stand at {place}.", name=name, place=pointer or "/")
            if name != _SD:
                found[name] = self.value(value, _below(pointer, name), depth + 1)
        digests = node.get(_SD, [])
        if not isinstance(digests, list):
            raise ProofInvalid("The digests at {place} are no list.", place=pointer or "/")
        for one in digests:
            text = self.take(one, pointer)
            if text is None:
                continue
            name, value = _parts(text, 3)
            if not isinstance(name, str) or name in _SPECIAL:
                raise ProofInvalid("A disclosure has the name {name}, which none may have.", name=repr(name)[:60])
            if name in found:
                raise ProofInvalid("A disclosure would replace {name}, which is there already.", name=repr(name)[:60])
            place = _below(pointer, name)
            self.places[place] = text
            found[name] = self.value(value, place, depth + 1)
        return found

    def array(self, node: list[Any], pointer: str, depth: int) -> list[Any]:
        found: list[Any] = []
        for item in node:
            place = _below(pointer, str(len(found)))
            if not isinstance(item, dict) or _DOTS not in item:
                found.append(self.value(item, place, depth + 1))
                continue
            if len(item) != 1:
                raise ProofInvalid("A digest at {place} has other members beside it.", place=place)
            text = self.take(item[_DOTS], pointer)
            if text is not None:
                (value,) = _parts(text, 2)
                self.places[place] = text
                found.append(self.value(value, place, depth + 1))
        return found

    def take(self, one: Any, pointer: str) -> str | None:
        """The disclosure of a digest; None for a decoy or what is withheld."""
        if not isinstance(one, str):
            raise ProofInvalid("A digest is no text.")
        if one in self.seen:
            raise ProofInvalid("A digest is there twice.")
        self.seen.add(one)
        if one not in self.by_digest:
            self.withheld.append(pointer)
        return self.by_digest.get(one)


def fold(
    document: Mapping[str, Any], pointers: Iterable[str], *, salts: Iterable[bytes], algorithm: str = "sha-256"
) -> tuple[dict[str, Any], list[str]]:
    """The payload with digests at `pointers`, and the disclosures. `salts`: one for each, random and secret.

    Raises `MalformedValue` for a pointer to nothing, a weak salt, or a document with names that only digests have."""
    folded = copy.deepcopy(dict(document))
    _refuse_special(folded)
    texts: list[str] = []
    fresh, used = iter(salts), set[bytes]()
    # The innermost first, so that what holds them can be withheld too.
    for pointer in sorted(set(pointers), key=lambda pointer: (-pointer.count("/"), pointer)):
        salt = next(fresh, b"")
        if len(salt) < MIN_SALT or salt in used:
            raise MalformedValue("Every disclosure needs a salt of its own of {length} random bytes.", length=MIN_SALT)
        used.add(salt)
        parent, key = _locate(folded, pointer)
        if isinstance(parent, dict):
            text = _text([base64url_encode(salt), key, parent.pop(key)])
            parent[_SD] = sorted([*parent.get(_SD, []), digest(text.encode(), algorithm)])  # their order says nothing
        else:
            text = _text([base64url_encode(salt), parent[int(key)]])
            parent[int(key)] = {_DOTS: digest(text.encode(), algorithm)}
        texts.append(text)
    folded[_ALG] = algorithm
    return folded, texts


def _parts(text: str, count: int) -> list[Any]:
    """What a disclosure says after its salt. Raises `ParsingError`, `ProofInvalid`."""
    try:
        parts = strict_json.parse(base64url_decode(text))
    except TooLarge:
        raise
    except Invalid as error:
        raise ParsingError("A disclosure cannot be read: {reason}", reason=str(error)) from error
    if not isinstance(parts, list) or len(parts) != count or not isinstance(parts[0], str):
        raise ProofInvalid("A disclosure is not of the form that its place wants.")
    return parts[1:]


def _text(parts: list[Any]) -> str:
    return base64url_encode(json.dumps(parts, ensure_ascii=False, separators=(",", ":")).encode())


def _below(pointer: str, name: str) -> str:
    return f"{pointer}/{name.replace('~', '~0').replace('/', '~1')}"


def _locate(document: dict[str, Any], pointer: str) -> tuple[dict[str, Any] | list[Any], str]:
    """The object or array that `pointer` points into, and the last name. Raises `MalformedValue`."""
    names = [name.replace("~1", "/").replace("~0", "~") for name in pointer.split("/")]
    node: Any = document
    for position, name in enumerate(names[1:], 1):
        known = isinstance(node, dict) and name in node
        known = known or (isinstance(node, list) and name.isdecimal() and int(name) < len(node))
        if names[0] or not known:
            break
        if position == len(names) - 1:
            return node, name
        node = node[int(name)] if isinstance(node, list) else node[name]
    raise MalformedValue("There is nothing at {pointer} that could be withheld.", pointer=repr(pointer)[:120])


def _refuse_special(value: Any) -> None:
    if isinstance(value, dict):
        for name, member in value.items():
            if name in _SPECIAL:
                raise MalformedValue("The name {name} is reserved for digests.", name=name)
            _refuse_special(member)
    elif isinstance(value, list):
        for item in value:
            _refuse_special(item)
