"""What the command line prints: nothing of a learner's data steers the terminal."""

import json

import pytest

from issuer.console import Terminal

STEERS = "a\x1b[2J\x9b2J\u202eb\x7f"


def test_json_for_programs_steers_no_terminal(capsys: pytest.CaptureFixture[str]) -> None:
    value = {STEERS: [STEERS, "Zoë Ünlü-Beispiel"]}
    Terminal().json(value)
    printed = capsys.readouterr().out
    assert json.loads(printed) == value
    assert "Zoë Ünlü-Beispiel" in printed
    assert not set("\x1b\x9b\u202e\x7f") & set(printed)


def test_a_line_steers_no_terminal(capsys: pytest.CaptureFixture[str]) -> None:
    Terminal().line(STEERS)
    assert not set("\x1b\x9b\u202e\x7f") & set(capsys.readouterr().out)
