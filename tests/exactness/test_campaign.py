"""Twenty thousand documents: what the fast path answers is what the full path and the peer say. `make exactness` runs
a million of its answers."""

from typing import Any

import pytest

from tests.exactness.campaign import Tally, batch
from tests.exactness.families import Family
from vc.compiled import Shapes

PARTS = 8  # so that they can run side by side
BATCHES, LENGTH = 5, 500  # of a part; of a batch: what its shapes cost to learn is spread over them


@pytest.mark.parametrize("part", range(PARTS))
def test_what_the_fast_path_says_is_what_the_full_path_says(part: int) -> None:
    tally = Tally()
    for number in range(BATCHES):
        tally.add(batch(f"suite/{part * BATCHES + number}", length=LENGTH, short=True))
    assert not tally.differences
    assert tally.documents == BATCHES * LENGTH
    # Silence proves nothing, so most documents must be answered, changed ones among them, and others left to fall back.
    assert tally.hits > 0.4 * tally.documents
    assert tally.mutant_hits > 50
    assert tally.fallbacks > 0.2 * tally.documents
    assert tally.agreed > 0.5 * tally.judged > 50


def test_a_place_is_one_batch_for_ever() -> None:
    assert batch("suite/0", length=20) == batch("suite/0", length=20)


# --- a fast path that is wrong is found out -------------------------------------------------------------------


class Forgetful(Shapes):
    """Says of every document what it said of the first."""

    said: bytes | None = None

    def canonical(self, document: dict[str, Any], **options: Any) -> bytes | None:
        self.said = self.said or super().canonical(document, **options)
        return self.said


class Crashing(Shapes):
    def canonical(self, document: dict[str, Any], **options: Any) -> bytes | None:
        raise KeyError("x")


class Meddling(Shapes):
    """Changes what it is given, by a hair."""

    def canonical(self, document: dict[str, Any], **options: Any) -> bytes | None:
        document["@context"] = document.pop("@context", None)
        return None


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        (Forgetful, "gives other bytes"),
        (Forgetful, "the full path refuses: Un"),
        (Crashing, "raised KeyError"),
        (Meddling, "the document was changed"),
    ],
)
def test_a_fast_path_that_is_wrong_is_found_out(wrong: type[Shapes], said: str) -> None:
    tally = batch("suite/2", length=60, make=wrong)
    assert any(said in difference for difference in tally.differences)


def test_every_document_of_the_corpus_is_accepted(monkeypatch: pytest.MonkeyPatch) -> None:
    """A family that began with a refused document would never learn anything."""
    import random

    from tests.exactness.corpus import BASES
    from tests.exactness.references import Query, full
    from vc.jsonld import Contents

    for name, base in BASES.items():
        for seed in range(3):
            query = Query(base.make(random.Random(seed)), base.rule, Contents(base.contents))
            assert isinstance(full(query), bytes), name
    assert Family.draw(random.Random(1)).slots
