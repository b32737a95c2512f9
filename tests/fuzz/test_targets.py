"""The fuzz targets, for a moment each: seeds, seeds with something exchanged, and bytes from nowhere.

`make fuzz` runs them for minutes, led by what each input reaches (atheris); here it is shown that they run at all.
"""

import random

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.fuzz.mutations import mutate
from tests.fuzz.targets import TARGETS, Finding, Target

# A verification takes some 30 ms, a small parser a fraction of one.
SLOW = frozenset({"jsonld", "run", "signed", "published", "pdf"})


def changed(target: Target, seed: bytes, chance: int) -> bytes:
    choose = random.Random(chance)
    if target.as_json:
        return mutate(seed, chance, target.max_bytes, lambda data, _: _bytes(data, choose))
    return _bytes(seed, choose)


def _bytes(data: bytes, choose: random.Random) -> bytes:
    """Bytes exchanged, taken out, put in."""
    new = bytearray(data)
    for _ in range(choose.randint(1, 5)):
        at = choose.randint(0, len(new))
        new[at : at + choose.randint(0, 4)] = choose.randbytes(choose.randint(0, 4))
    return bytes(new)


@pytest.mark.parametrize("name", TARGETS)
def test_nothing_but_a_refusal_leaves_it(name: str) -> None:
    target = TARGETS[name]
    seeds = sorted(target.seeds(), key=len)[:40]
    assert seeds

    @settings(
        max_examples=8 if name in SLOW else 40,
        suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
    )
    @given(st.sampled_from(seeds), st.integers(0, 2**32), st.binary(max_size=60))
    def look(seed: bytes, chance: int, noise: bytes) -> None:
        target.run(changed(target, seed, chance))
        target.run(noise)

    look()


def test_a_wrong_answer_is_a_finding() -> None:
    """The whole verifier's own target notices a certificate that is accepted and says something else."""

    def wrong(data: bytes) -> None:
        raise Finding("accepted")

    with pytest.raises(Finding):
        Target(wrong, lambda: [b""]).run(b"")
