"""Small random graphs whose nodes look alike, which is where canonicalizations go wrong, in N-Quads terms."""

import random
from collections.abc import Iterable, Iterator

from vc.rdfc import Quad

NODES = tuple(f"_:x{number}" for number in range(4))


def mirrored(count: int, *, graphs: tuple[str, ...], seed: int) -> Iterator[list[Quad]]:
    """`count` graphs, each joined with a twin of itself, so that first-degree hashes cannot tell nodes apart.

    `graphs`: the graph names to choose from ("" is the default graph).
    """
    chance = random.Random(seed)
    for _ in range(count):
        quads: set[Quad] = {
            (
                chance.choice(NODES),
                chance.choice(("<a:p>", "<a:q>")),
                chance.choice((*NODES, "<a:o>")),
                chance.choice(graphs),
            )
            for _ in range(chance.randint(1, 7))
        }
        quads |= {(_twin(s), p, _twin(o), _twin(g)) for s, p, o, g in quads}
        for _ in range(chance.randint(0, 2)):
            quads.add((chance.choice(NODES), "<a:p>", chance.choice(NODES), ""))
        yield sorted(quads)


def n_quads(quads: Iterable[Quad]) -> str:
    """The quads as a file, in another order and with other labels than they came in."""
    lines = [" ".join(term.replace("_:", "_:other") for term in quad if term) + " .\n" for quad in quads]
    return "".join(sorted(lines, reverse=True))


def _twin(term: str) -> str:
    return term.replace("_:x", "_:y")
