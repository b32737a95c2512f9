"""Families of documents that one shape could serve: alike in all but some of their texts and IRIs.

    family = Family.draw(random.Random("7/3"))
    first, second = family.member(chance), family.member(chance)   # each with a document of its own

A family is a document of the corpus, perhaps with members left out, and some of its leaves as *slots*. Leaves that
hold the same value often belong to one slot, so that what refers to a node goes on referring to it.
"""

import json
import random
from collections import defaultdict
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from typing import Any, Self

from tests.exactness import values
from tests.exactness.corpus import BASES, Base, Document
from tests.exactness.references import Query, full
from vc.jsonld import Contents
from vc.rdfc import literal

Path = tuple[str | int, ...]

# How much of a document varies: a program's certificates differ in little, strangers' in everything.
_SHARES = (0.15, 0.15, 0.5, 1.0)


@dataclass(frozen=True)
class Slot:
    """Places that hold one value. `make`: values of the kind that stands there."""

    paths: tuple[Path, ...]
    make: Callable[[random.Random, bool], str]


@dataclass(frozen=True)
class Family:
    name: str
    query: Query
    text: str
    slots: tuple[Slot, ...]

    @classmethod
    def draw(cls, chance: random.Random, *, light: bool = False) -> Self:
        """`light`: mostly of the small ones."""
        (name,) = chance.choices(list(BASES), [base.light if light else base.weight for base in BASES.values()])
        base = BASES[name]
        algorithm = "sha384" if chance.random() < 0.1 else "sha256"
        query = Query(_document(base, chance), base.rule, Contents(base.contents), algorithm)
        canonical = full(query)
        if not isinstance(canonical, bytes):
            raise LookupError(f"{name}: {canonical.why}")
        return cls(name, query, json.dumps(query.document), tuple(_slots(query.document, canonical.decode(), chance)))

    def member(self, chance: random.Random) -> Query:
        """Another document of the family. Calm ones have values that nobody disputes."""
        calm = chance.random() < 0.8
        document = json.loads(self.text)
        for slot in self.slots:
            if chance.random() < 0.9:
                value = slot.make(chance, calm)
                for path in slot.paths:
                    put(document, path, value)
        return replace(self.query, document=document)


def leaves(value: Any, path: Path = ()) -> Iterator[tuple[Path, Any]]:
    """(path, value) of everything that is no object and no list, but for the contexts."""
    if isinstance(value, dict):
        for name, member in value.items():
            if name != "@context":
                yield from leaves(member, (*path, name))
    elif isinstance(value, list):
        for index, item in enumerate(value):
            yield from leaves(item, (*path, index))
    else:
        yield path, value


def put(document: Any, path: Path, value: Any) -> None:
    *way, last = path
    for step in way:
        document = document[step]
    document[last] = value


def _document(base: Base, chance: random.Random) -> Document:
    document = base.make(chance)
    if base.thin:
        thinned = _thinned(document, chance.choice((0.1, 0.4, 0.7)), chance)
        if isinstance(full(Query(thinned, base.rule, Contents(base.contents))), bytes):
            return thinned
    return document


def _thinned(value: Any, share: float, chance: random.Random) -> Any:
    if isinstance(value, list):
        return [_thinned(item, share, chance) for item in value]
    if isinstance(value, dict):
        kept = ("@context", "id", "type", "issuer", "credentialSubject")
        return {
            name: member if name == "@context" else _thinned(member, share, chance)
            for name, member in value.items()
            if name in kept or chance.random() > share
        }
    return value


def _slots(document: Document, canonical: str, chance: random.Random) -> Iterator[Slot]:
    share = chance.choice(_SHARES)
    together: dict[str, list[Path]] = defaultdict(list)
    for path, value in leaves(document):
        named = [step for step in path if isinstance(step, str)][-1]
        if isinstance(value, str) and named not in ("type", "@type") and _maker(value, canonical):
            together[value].append(path)
    chosen = [value for value in together if chance.random() < share] or [chance.choice(list(together))]
    for value in chosen:
        paths, make = tuple(together[value]), _maker(value, canonical)
        if make is None:
            continue
        if len(paths) == 1 or chance.random() < 0.7:
            yield Slot(paths, make)
        else:
            yield from (Slot((path,), make) for path in paths)


def _maker(value: str, canonical: str) -> Callable[[random.Random, bool], str] | None:
    """What may stand in the place of a value; nothing where it is a word of the contexts, such as a proof's purpose."""
    if f"<{value}>" in canonical:
        return _iri
    if f'"{value}"^^<http://www.w3.org/2001/XMLSchema#dateTime>' in canonical:
        return _moment
    return _text if literal(value) in canonical else None


def _iri(chance: random.Random, calm: bool) -> str:
    return values.plain_iri(chance) if calm or chance.random() < 0.7 else values.iri(chance)


def _moment(chance: random.Random, calm: bool) -> str:
    return values.moment(chance) if calm or chance.random() < 0.8 else values.text(chance)


def _text(chance: random.Random, calm: bool) -> str:
    made = values.text(chance)
    return made.replace("\ufffe", "").replace("\uffff", "") if calm else made
