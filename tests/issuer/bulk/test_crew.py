"""Who is told to end tells those beside him at once, and does not make them wait for a chunk of his own; and what
processes that work write down names nobody."""

import io
import logging
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

import issuer.bulk.crew
import issuer.bulk.worker
from issuer import cli
from issuer.bulk.crew import Crew
from issuer.exits import DONE
from tests.issuer.installation import Installation
from tests.serving.conftest import written

__all__ = ["written"]


def test_who_is_told_ends_and_is_waited_for_at_the_end(tmp_path: Path) -> None:
    crew = Crew(tmp_path, 2)
    crew._words = [sys.executable, "-c", "import sys; sys.stdin.read()"]
    with crew:
        assert len(crew.pids) == 2
        crew.tell()
        assert [one.wait(30) for one in crew._processes] == [0, 0]
        assert crew.pids == []
    crew.tell()  # once more is nothing


@pytest.mark.parametrize("command", [("worker",), ("bulk", "start")])
def test_the_others_are_told_before_this_process_waits_and_the_log_names_nobody(
    awarded: Installation,
    monkeypatch: pytest.MonkeyPatch,
    written: io.StringIO,
    capsys: pytest.CaptureFixture[str],
    command: tuple[str, ...],
) -> None:
    told: list[str] = []

    class Told(Crew):
        def __enter__(self) -> Crew:
            return self

        def tell(self) -> None:
            told.append("crew")

    class AtWork:
        presence = type("Presence", (), {"name": "one"})

        def run(self, until: object) -> None:
            told.append("ran")

    @contextmanager
    def working(*_: Any, **__: Any) -> Iterator[AtWork]:
        yield AtWork()
        told.append("own chunk ended")
        _go_wrong()

    monkeypatch.setattr(issuer.bulk.crew, "Crew", Told)
    monkeypatch.setattr(issuer.bulk.worker, "working", working)
    code = cli.run(["--home", str(awarded.home), *command])
    assert told[:3] == ["ran", "crew", "own chunk ended"]
    assert command != ("worker",) or code == DONE
    said = capsys.readouterr().err
    assert '"event": "chunk 1: unexpected error"' in said
    assert "ada@example.org" not in said
    assert written.getvalue() == ""  # what was set up before the command is its own no more


def _go_wrong() -> None:
    try:
        raise ValueError("ada@example.org")
    except ValueError:
        logging.getLogger("issuer").exception("chunk %d: unexpected error", 1)
