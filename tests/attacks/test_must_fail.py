"""Every hostile file is stopped by the check, and with the problem, that the manifest names; every genuine twin passes.

That each is stopped by its own guard, and not by chance, is shown by `python -m tests.attacks.mutate`.
"""

from pathlib import Path

import pytest

from tests.attacks import corpus, generate, mutate
from tests.attacks.attack import ATTACKS, Attack, Edit, Guard
from tests.attacks.corpus import Entry, Twin
from verifier import Outcome

ROOT = Path(__file__).parents[2]


@pytest.mark.parametrize("entry", corpus.entries(), ids=lambda entry: entry.name)
def test_it_is_never_accepted(entry: Entry) -> None:
    report = corpus.run(entry)
    bad = [check for check in report.checks if check.outcome in (Outcome.FAILED, Outcome.UNKNOWN)]
    found = [(check.name, (check.problem or "").rpartition("#")[2]) for check in bad]
    assert (str(report.verdict), found) == (entry.verdict, [(entry.check, entry.problem)]), str(report.reason)


@pytest.mark.parametrize("twin", corpus.twins(), ids=lambda twin: twin.name)
def test_its_genuine_twin_is_accepted(twin: Twin) -> None:
    report = corpus.run(twin)
    assert str(report.verdict) == "accepted", str(report.reason)


def test_every_family_has_its_twin() -> None:
    twins = {twin.name.partition("-")[0] for twin in corpus.twins()} | {twin.name for twin in corpus.twins()}
    assert {entry.family for entry in corpus.entries()} <= twins


def test_the_files_are_those_that_the_program_writes() -> None:
    assert list(generate.changed()) == [], "run python -m tests.attacks.generate and look at what changed"


def test_every_guard_stands_in_the_source_once() -> None:
    """Else it was moved, and nobody would notice that it could be taken out."""
    generate.load()
    texts = {path: (ROOT / path).read_text("utf-8") for one in ATTACKS.values() for path in _paths(one)}
    missing = {
        (one.guard.name, edit.path, edit.old)
        for one in ATTACKS.values()
        for edit in one.guard.edits
        if texts[edit.path].count(edit.old) != 1
    }
    assert missing == set()


def _paths(one: Attack) -> list[str]:
    return [edit.path for edit in one.guard.edits]


def test_a_file_gets_through_without_its_guard() -> None:
    """All of them are tried by `make mutants`; here it is shown that the trial itself works."""
    generate.load()
    guard = ATTACKS["json/duplicate-member"].guard
    assert _verdicts(guard) == ["accepted"]
    harmless = Guard("a comment", (Edit(guard.edits[0].path, "# RFC 7493 section", "# see RFC 7493, section"),))
    assert _verdicts(harmless) == ["rejected"]


def _verdicts(guard: Guard) -> list[str]:
    return [said.split()[0] for _, said in mutate.look(guard, ["json/duplicate-member"])]
