"""Batches of documents: what the fast path said about each, and whether it was right.

    tally = batch("1/0")
    assert not tally.differences

A batch is one cache of shapes, one or two families whose members it learns, and some dozens of members and mutants. Its
place, "seed/number", decides everything in it. Only answers are evidence. Silence is always right, so the documents on
which the fast path is silent are counted apart; a share of them serves to compare the two references.
"""

import marshal
import random
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field, fields
from typing import Any

from tests.exactness.causes import UNEXPLAINED, explain
from tests.exactness.families import Family
from tests.exactness.mutants import mutate
from tests.exactness.references import Query, Refused, full, peer
from vc.compiled import Shapes

# Of a thousand documents so many are mutants; so many are learnt from, if they are accepted (which runs the full path
# ten times); and of those on which the fast path is silent so many serve to compare the references.
MUTANTS = 400
LEARNT = 5
JUDGED = 50

BOTH, FULL, PEER = frozenset({"full", "peer"}), frozenset({"full"}), frozenset({"peer"})

Report = Callable[[str, Query, bytes | None], None]
"""Called with what is wrong, the query, and the fast path's answer."""


@dataclass
class Tally:
    """`mutant_hits`: of `hits` those on mutants; `by_peer`: those compared with pyoxigraph alone; `judged`: documents
    given to both references, and `agreed`: alike in both; `classes`: why the others were not; `refusals`: what
    the full path refused, by error; `of_families`: the hits by family; `differences`: what must not be."""

    documents: int = 0
    hits: int = 0
    mutant_hits: int = 0
    by_peer: int = 0
    fallbacks: int = 0
    judged: int = 0
    agreed: int = 0
    refusals: Counter[str] = field(default_factory=Counter)
    classes: Counter[str] = field(default_factory=Counter)
    of_families: Counter[str] = field(default_factory=Counter)
    differences: list[str] = field(default_factory=list)

    def add(self, other: "Tally") -> None:
        for one in fields(self):
            setattr(self, one.name, getattr(self, one.name) + getattr(other, one.name))


def batch(
    place: str,
    *,
    length: int = 60,
    short: bool = False,
    share: float = 1.0,
    make: Callable[[], Shapes] = Shapes,
    report: Report = lambda what, query, answer: None,
) -> Tally:
    """Every hit is compared with both references. `share`: of the hits on members so many, the others with pyoxigraph
    alone. `short`: mostly small documents, and hits on members, unlike those on mutants, with one of
    the two."""
    chance = random.Random(place)
    look = _Look(make(), Tally(), report)
    families = [Family.draw(chance, light=short) for _ in range(chance.choice((1, 1, 2)))]
    for family in families:
        look.learn(family, chance)
    for step in range(length):
        family = chance.choice(families)
        mutant = chance.randrange(1000) < MUTANTS
        query = mutate(family.member(chance), chance) if mutant else family.member(chance)
        asked = BOTH if mutant or chance.random() < share else PEER
        if short and not mutant:
            asked = chance.choice((FULL, PEER, PEER, PEER))
        hit = look.at(f"{place}/{step} {family.name}", query, asked, judged=chance.randrange(1000) < JUDGED)
        look.tally.mutant_hits += mutant and hit
        if chance.randrange(1000) < LEARNT and isinstance(full(query), bytes):
            look.shapes.learn(query.document, **query.options)
    return look.tally


class _Look:
    """The looks of one batch."""

    def __init__(self, shapes: Shapes, tally: Tally, report: Report) -> None:
        self.shapes = shapes
        self.tally = tally
        self.report = report

    def learn(self, family: Family, chance: random.Random) -> None:
        """Some members, as an issuer's drafts or a verifier's accepted credentials, sometimes a mutant among them."""
        for _ in range(chance.choice((2, 3, 4))):
            query = family.member(chance)
            if chance.random() < 0.15:
                query = mutate(query, chance)
            if isinstance(full(query), bytes):
                self.shapes.learn(query.document, **query.options)

    def at(self, where: str, query: Query, asked: frozenset[str], *, judged: bool) -> bool:
        """Whether it was a hit. `asked`: who judges a hit; `judged`: whether both judge the document if it was none."""
        self.tally.documents += 1
        before = _exactly(query.document)
        try:
            answer = self.shapes.canonical(query.document, **query.options)
        except Exception as error:  # whatever it is, it is the finding
            self._wrong(where, f"raised {error!r}", query, None)
            return False
        if before != _exactly(query.document):
            self._wrong(where, "the document was changed", query, answer)
        if answer is None:
            self.tally.fallbacks += 1
            if judged:
                self._judge(where, query, full(query))
            return False
        self.tally.hits += 1
        self.tally.of_families[where.partition(" ")[2]] += 1
        if "full" in asked or peer(query) != answer:
            self._compare(where, query, answer, asked)
        else:
            self.tally.by_peer += 1
        return True

    def _compare(self, where: str, query: Query, answer: bytes, asked: frozenset[str]) -> None:
        """With the full path, whose word is final, and with the peer."""
        definition = full(query)
        if answer != definition:
            said = f"refuses: {definition.why}" if isinstance(definition, Refused) else "gives other bytes"
            self._wrong(where, f"answered where the full path {said}", query, answer)
        elif "peer" in asked:
            self._judge(where, query, definition)

    def _judge(self, where: str, query: Query, definition: bytes | Refused) -> None:
        """Both references on one document."""
        if isinstance(definition, Refused):
            self.tally.refusals[definition.why] += 1
            return
        self.tally.judged += 1
        if peer(query) == definition:
            self.tally.agreed += 1
            return
        cause = explain(query)
        self.tally.classes[cause] += 1
        if cause == UNEXPLAINED:
            self._wrong(where, "the references differ, and no cause explains it", query, definition)

    def _wrong(self, where: str, what: str, query: Query, answer: bytes | None) -> None:
        self.tally.differences.append(f"{where}: {what}")
        self.report(f"{where}: {what}", query, answer)


def _exactly(document: Any) -> bytes:
    """Equal for two documents of the same members in the same order with values of the same kinds."""
    return marshal.dumps(document, 2)
