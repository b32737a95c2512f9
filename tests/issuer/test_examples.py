"""The examples are what they say: made by their generator, accepted without a problem, and holding every case."""

import importlib.util
import re
import unicodedata
from datetime import UTC, date, datetime
from functools import cache
from pathlib import Path
from types import ModuleType

import pytest

from issuer.catalogue import Catalogue
from issuer.catalogue_files import load_catalogue
from issuer.decisions import Decision
from issuer.eligibility import decide
from issuer.facts import Completion, current
from issuer.imports import ImportReport
from issuer.sources.csv_file import read
from tests.issuer.domain import codes, requirement, said

EXAMPLES = Path(__file__).parents[2] / "examples"
ON = date(2026, 1, 15)


@cache
def catalogue() -> Catalogue:
    return load_catalogue(EXAMPLES / "catalogue")


@cache
def completions() -> ImportReport:
    return imported("completions.csv")


def imported(name: str) -> ImportReport:
    data = (EXAMPLES / name).read_bytes()
    return read(data, catalogue=catalogue(), source=name, recorded_at=datetime(2026, 1, 15, tzinfo=UTC))


@pytest.fixture(scope="module")
def generate() -> ModuleType:
    spec = importlib.util.spec_from_file_location("examples_generate", EXAMPLES / "generate.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    with pytest.MonkeyPatch.context() as patch:
        patch.syspath_prepend(EXAMPLES)  # where Python looks when it runs the script
        spec.loader.exec_module(module)
    return module


def case(name: str, program: str) -> Decision:
    learner = f"case-{name}"
    return decide(catalogue().latest(program), catalogue(), completions().facts, learner=learner, on=ON)


def test_the_committed_files_are_what_the_generator_makes(generate: ModuleType) -> None:
    assert (EXAMPLES / "completions.csv").read_bytes() == generate.completions()
    assert (EXAMPLES / "completions-with-problems.csv").read_bytes() == generate.with_problems()


def test_every_row_is_accepted_and_the_size_is_as_promised() -> None:
    report = completions()
    assert report.all_problems == ()
    held = current(report.facts)
    assert len({fact.learner for fact in held}) >= 200
    assert 380 <= sum(isinstance(fact, Completion) for fact in held) <= 420


def test_everybody_is_made_up() -> None:
    for fact in completions().facts:
        assert fact.email == f"{fact.learner}@example.org"
    names = {fact.name for fact in completions().facts}
    scripts = {unicodedata.name(letter).split()[0] for name in names for letter in name if letter.isalpha()}
    wanted = "LATIN CYRILLIC GREEK ARABIC HEBREW DEVANAGARI BENGALI CJK HIRAGANA HANGUL THAI ETHIOPIC ARMENIAN GEORGIAN"
    assert scripts >= set(wanted.split())
    assert {1, 60} <= {len(name) for name in names}
    assert any(re.search("[\u0300-\u036f]{2}", name) for name in names), "marks stacked on one letter"


def test_organizations_say_that_they_are_only_demonstrated() -> None:
    for one in catalogue().organizations.values():
        assert one.demonstration
        assert one.name.endswith("(demonstration)")
        assert one.url.endswith(".example.org/")


def test_programs_cost_what_such_programs_cost() -> None:
    """F9: $200 to $500 in all; F11: an XSeries about $425."""
    for program in catalogue().programs.values():
        total = program.fee + sum(catalogue().courses[part.code].fee for part in catalogue().parts(program))
        assert 200 <= total <= 500, program.code
    assert catalogue().latest("computer-science-foundations").fee == 82


def test_the_cohort_has_all_outcomes() -> None:
    facts = completions().facts
    outcomes = [
        decide(program, catalogue(), facts, learner=learner, on=ON).outcome
        for program in catalogue().programs.values()
        for learner in sorted({fact.learner for fact in facts if fact.learner.startswith(("case-", "p-"))})
    ]
    assert 20 <= outcomes.count("eligible") <= 30
    assert outcomes.count("not_active") > 0


@pytest.mark.parametrize(
    ("name", "program"),
    [
        ("01", "mobile-cloud-android"),
        ("02", "mobile-cloud-android"),
        ("06", "data-science"),
        ("08", "mobile-cloud-android"),
        ("10", "mobile-cloud-android"),
        ("11", "mobile-cloud-android"),
        ("12", "mobile-cloud-android"),
        ("14", "data-science"),
        ("16", "mobile-cloud-android"),
        ("17-a", "reasoning-data-writing"),
        ("17-b", "reasoning-data-writing"),
        ("17-c", "reasoning-data-writing"),
        ("18-a", "mending-things"),
    ],
)
def test_the_cases_that_are_eligible(name: str, program: str) -> None:
    assert case(name, program).outcome == "eligible"


@pytest.mark.parametrize(
    ("name", "program", "course", "reasons"),
    [
        ("03", "reasoning-data-writing", "data-analysis-inference", ["fee_unpaid"]),
        ("04", "reasoning-data-writing", "data-analysis-inference", ["identity_not_verified"]),
        ("05", "data-science", "data-scientists-toolbox", ["other_language", "take"]),
        ("09-a", "reasoning-data-writing", "reasoning-capstone", ["not_taken", "take"]),
        ("09-b", "reasoning-data-writing", "reasoning-capstone", ["other_language", "take"]),
        ("13", "computer-science-foundations", "computation-structures-3", ["not_taken", "take"]),
    ],
)
def test_the_cases_that_are_not_eligible(name: str, program: str, course: str, reasons: list[str]) -> None:
    decision = case(name, program)
    assert decision.outcome == "not_eligible"
    assert codes(decision, course) == reasons
    assert [one.code for one in decision.requirements if not one.met] == [course]


def test_the_cases_with_something_of_their_own() -> None:
    assert "pay $49" in said(case("03", "reasoning-data-writing"), "data-analysis-inference")[0]
    assert (case("07", "reasoning-data-writing").language, case("07", "reasoning-data-writing").other_languages) == (
        "es",
        ("en",),
    )
    assert codes(case("11", "mobile-cloud-android"), "android-handheld") == ["certified", "also_certified"]
    assert codes(case("14", "data-science"), "r-programming") == ["certified_by_equivalence"]
    mending = case("18-b", "mending-things")
    assert mending.outcome == "not_eligible"
    assert [one.code for one in mending.requirements if one.needed and not one.met] == ["metal", "mending-clothes"]
    assert codes(mending, "metal")[0] == "below_grade"
    assert codes(mending, "mending-chairs")[-1] == "not_needed"
    assert case("15", "study-skills").outcome == "not_active"
    twice = [fact for fact in completions().facts if fact.learner == "case-16"]
    assert len(twice) == len({fact.id for fact in twice}) + 1
    met = requirement(case("12", "mobile-cloud-android"), "android-handheld").fact
    assert met is not None
    lost = decide(
        catalogue().latest("mobile-cloud-android"),
        catalogue(),
        completions().facts,
        learner="case-12",
        on=ON,
        revoked=frozenset({met}),
    )
    assert lost.outcome == "not_eligible"


def test_the_readme_counts_what_there_is() -> None:
    said_there = (EXAMPLES / "README.md").read_text("utf-8")
    held = current(completions().facts)
    done = sum(isinstance(fact, Completion) for fact in held)
    learners = {fact.learner for fact in held}
    following = sum(learner.startswith(("case-", "p-")) for learner in learners)
    assert f"{len(learners)} learners, {done} completions, {len(held) - done} enrolments" in said_there
    assert f"{following} of the learners follow a program" in said_there


def test_the_file_with_problems_has_one_sound_row_and_tells_every_other() -> None:
    report = imported("completions-with-problems.csv")
    assert [row.number for row in report.accepted] == [2]
    assert [row.number for row in report.refused] == list(range(3, 13))
