"""What the commands print fits a screen and says what it is about."""

import csv
import io
from pathlib import Path

import pytest

from issuer import cli_audit
from issuer.console import Terminal
from issuer.printing_after import queue
from issuer.queue_items import Item
from templates.messages import Message
from tests.issuer.test_cli import INIT, Shell

EXAMPLES = Path(__file__).parents[2] / "examples"


def stuck(kind: str, number: int) -> Item:
    why, to_do = Message("It is earned, and not issued"), Message("Run: issuer issue")
    return Item(kind, f"{kind}/{number}", f"l-{number}", "mini", None, why, to_do)


def printed(items: list[Item], capsys: pytest.CaptureFixture[str]) -> list[str]:
    queue(Terminal(), items, as_json=False)
    return capsys.readouterr().out.splitlines()


def test_a_short_queue_is_shown_whole(capsys: pytest.CaptureFixture[str]) -> None:
    lines = printed([stuck("unissued", number) for number in range(12)], capsys)
    assert sum(line.startswith("l-") for line in lines) == 12
    assert "more of this kind" not in "".join(lines)


def test_a_long_queue_fits_a_screen_and_no_kind_is_lost_in_it(capsys: pytest.CaptureFixture[str]) -> None:
    lines = printed([*(stuck("unissued", number) for number in range(300)), stuck("unreleased", 300)], capsys)
    assert len(lines) <= 24
    assert "  … and 296 more of this kind; --json has them all." in lines
    assert any(line.startswith("l-300,") for line in lines)
    assert lines[-1].startswith("301 items.")


@pytest.fixture
def shell(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Shell:
    """With the example programs, and the learner of the worked case 18-b."""
    made = Shell(tmp_path / "home", capsys)
    rows = list(csv.DictReader(io.StringIO((EXAMPLES / "completions.csv").read_text("utf-8"))))
    with (tmp_path / "completions.csv").open("w", newline="") as chosen:
        writer = csv.DictWriter(chosen, list(rows[0]))
        writer.writeheader()
        writer.writerows(row for row in rows if row["learner"] == "case-18-b")
    made(*INIT)
    made("import", "catalogue", EXAMPLES / "catalogue")
    made("import", "completions", tmp_path / "completions.csv")
    return made


def test_what_is_not_needed_of_a_choice_is_not_called_open(shell: Shell) -> None:
    said = shell("learners", "show", "case-18-b", "--program", "mending-things")
    assert "In English: 4 of 6" in said
    signs = {line[4:].partition(":")[0]: line[2] for line in said.splitlines() if line.startswith("  ")}
    assert signs["Wood"] == "✓"
    assert signs["Mending Clothes"] == "–"
    assert signs["Mending Chairs"] == " "


def test_a_key_says_whose_it_is(shell: Shell) -> None:
    shell("api-keys", "new", "LMS", "--role", "registrar", "--organization", "open-school")
    assert "Key 1 of LMS, for: registrar, open-school." in shell.err
    shell("api-keys", "new", "Operations", "--role", "administrator")
    assert "for: administrator, (operator)." in shell.err


def test_the_operators_log_leads_to_the_others(shell: Shell, monkeypatch: pytest.MonkeyPatch) -> None:
    shell("audit", "list")
    assert "issuer audit list --organization CODE" in shell.err
    monkeypatch.setattr(cli_audit, "_SHOWN", 1)
    shell("api-keys", "new", "LMS", "--role", "registrar", "--organization", "open-school")
    shell("api-keys", "new", "SIS", "--role", "registrar", "--organization", "open-school")
    shell("audit", "list", "--organization", "open-school")
    assert "older: issuer audit list --all --organization open-school" in shell.err
