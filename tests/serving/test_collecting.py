"""How often cycles are looked for while very much is alive."""

import gc
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from issuer import cli as issuer_cli
from serving.collecting import seldom
from verifier import cli as verifier_cli


@pytest.fixture(autouse=True)
def as_before() -> Iterator[None]:
    before = gc.get_threshold()
    yield
    gc.set_threshold(*before)


def looks(work: Callable[[], Any]) -> int:
    """How often the collector ran while it was done."""
    phases: list[str] = []

    def note(phase: str, _about: dict[str, int]) -> None:
        phases.append(phase)

    gc.callbacks.append(note)
    try:
        work()
    finally:
        gc.callbacks.remove(note)
    return phases.count("start")


def some_hundred_certificates() -> list[dict[str, list[int]]]:
    return [{"statements": [number]} for number in range(20_000)]


def test_what_is_alive_is_looked_through_a_few_times_and_not_every_few_hundred() -> None:
    gc.set_threshold(700, 10, 10)  # Python's own
    often = looks(some_hundred_certificates)
    seldom()
    assert 1 <= looks(some_hundred_certificates) <= often / 10


@pytest.mark.parametrize("cli", [issuer_cli, verifier_cli], ids=["issuer", "verifier"])
def test_both_commands_say_so_where_they_begin(cli: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    gc.set_threshold(700, 10, 10)
    monkeypatch.setattr("sys.argv", ["it", "--help"])
    with pytest.raises(SystemExit):
        cli.main()
    assert gc.get_threshold()[0] > 700
