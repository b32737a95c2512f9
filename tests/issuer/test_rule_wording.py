"""Rules in plain words, in three languages."""

from dataclasses import replace
from decimal import Decimal
from pathlib import Path

import pytest

from issuer.achievements import MULTIPLE_LANGUAGES, program_achievement
from issuer.catalogue import Program
from issuer.catalogue_files import load_catalogue
from issuer.periods import parsed
from issuer.rule_wording import outline, sentence
from issuer.rules import (
    AllOf,
    CapstoneRule,
    Constraint,
    CourseRule,
    EarnedWithin,
    FeePaid,
    IdentityVerified,
    MinimumGrade,
    NOf,
    ProgramFeePaid,
    ProgramRule,
    Rule,
    SingleLanguage,
)
from tests.issuer.domain import CATALOGUE, SEVEN, SPECIALIZATION, XSERIES, program
from tests.issuer.installation import Installation
from tests.issuer.worked_cases import DIPLOMA, FRESH, TREES

EXAMPLES = Path(__file__).parents[2] / "examples" / "catalogue"
VERIFIED = (IdentityVerified(), FeePaid())
A, B, C = (CourseRule(code) for code in ("toolbox", "programming", "inference"))
WORK = CapstoneRule("capstone")


def one(rule: Rule, *constraints: Constraint, **changes: object) -> Program:
    return program(kind="program", rule=rule, constraints=constraints, **changes)


def test_a_specialization_in_one_sentence() -> None:
    catalogue = load_catalogue(EXAMPLES)
    assert sentence(catalogue.latest("data-science"), catalogue).startswith(
        "All of these nine courses and the capstone, in one language, with a verified identity and the fee paid for "
        "each: The Data Scientist’s Toolbox, R Programming, "
    )


def test_an_xseries_in_one_sentence() -> None:
    assert sentence(XSERIES, CATALOGUE).startswith(
        "All of these seven courses, with a verified identity and the fee paid for each, with the program fee of $82 "
        "paid: Computing 1, "
    )


@pytest.mark.parametrize(
    ("rule", "words"),
    [
        (A, "This course: Toolbox."),
        (WORK, "This capstone: Capstone."),
        (AllOf((A,)), "This course: Toolbox."),
        (AllOf((A, WORK)), "This course and the capstone: Toolbox and Capstone."),
        (AllOf((A, B)), "All of these two courses: Toolbox and Programming."),
        (AllOf((A, B, WORK)), "All of these two courses and the capstone: Toolbox, Programming and Capstone."),
        (AllOf((A, AllOf((B, AllOf((C,)))))), "All of these three courses: Toolbox, Programming and Inference."),
        (NOf(1, (A, B)), "Any one of these two courses: Toolbox and Programming."),
        (NOf(2, (A, B, C)), "Any two of these three courses: Toolbox, Programming and Inference."),
        (NOf(2, (A, B)), "All of these two courses: Toolbox and Programming."),
        (NOf(1, (A, WORK)), "Any one of these two options: Toolbox and Capstone."),
        (NOf(2, (A, B, WORK)), "Any two of these three options: Toolbox, Programming and Capstone."),
        (
            AllOf((A, NOf(1, (B, C)))),
            "All of these two requirements: Toolbox and any one of these two courses (Programming and Inference).",
        ),
        (AllOf((NOf(1, (B, C)),)), "This: any one of these two courses (Programming and Inference)."),
        (
            NOf(1, (AllOf((A, B)), WORK)),
            "Any one of these two options: all of these two courses (Toolbox and Programming) and Capstone.",
        ),
    ],
)
def test_every_kind_of_rule(rule: Rule, words: str) -> None:
    assert sentence(one(rule), CATALOGUE) == words


@pytest.mark.parametrize(
    ("constraints", "words"),
    [
        ((), "This course"),
        ((SingleLanguage(),), "This course, in one language"),
        ((SingleLanguage(("es",)),), "This course, in Spanish"),
        ((SingleLanguage(("en", "es")),), "This course, in one language, of these: English and Spanish"),
        ((IdentityVerified(),), "This course, with a verified identity for each"),
        ((FeePaid(),), "This course, with the fee paid for each"),
        (VERIFIED, "This course, with a verified identity and the fee paid for each"),
        ((MinimumGrade(Decimal("70.5")),), "This course, each with a grade of at least 70.5"),
        ((EarnedWithin(parsed("P2Y")),), "This course, no certificate older than two years"),
        ((EarnedWithin(parsed("P18M")),), "This course, no certificate older than 18 months"),
        ((ProgramFeePaid(),), "This course, with the program fee of $20 paid"),
    ],
)
def test_every_constraint(constraints: tuple[Constraint, ...], words: str) -> None:
    assert sentence(one(A, *constraints, fee=Decimal(20)), CATALOGUE) == f"{words}: Toolbox."


def test_more_than_ten_are_digits() -> None:
    courses = tuple(CourseRule(code) for code in (*SEVEN, "toolbox", "programming", "inference", "models"))
    assert sentence(one(AllOf(courses)), CATALOGUE).startswith("All of these 11 courses: ")


def test_a_nested_program_says_what_it_adds() -> None:
    assert sentence(DIPLOMA, TREES) == (
        "All of these three requirements, with a verified identity and the fee paid for each: the program Foundations "
        "(all of these two courses, in one language, each with a grade of at least 70, with the program fee of $20 "
        "paid: Toolbox and Programming), any two of these three courses (Computing 1, Computing 2 and Computing 3) and "
        "Capstone."
    )
    assert [(line.level, line.said("en")) for line in outline(DIPLOMA, TREES)] == [
        (0, "All of these three requirements, with a verified identity and the fee paid for each:"),
        (
            1,
            "The program Foundations: all of these two courses, in one language, each with a grade of at least 70, "
            "with the program fee of $20 paid:",
        ),
        (2, "Toolbox"),
        (2, "Programming"),
        (1, "Any two of these three courses:"),
        (2, "Computing 1"),
        (2, "Computing 2"),
        (2, "Computing 3"),
        (1, "Capstone"),
    ]


def test_the_outer_language_is_not_said_again_inside() -> None:
    inner = program(code="inner", rule=AllOf((A, B)))
    outer = one(AllOf((ProgramRule("inner", 1), C)), SingleLanguage(), *VERIFIED)
    catalogue = replace(CATALOGUE, programs={("inner", 1): inner})
    assert sentence(outer, catalogue).count("in one language") == 1
    listed = one(outer.rule, SingleLanguage(("en", "es")), *VERIFIED)
    assert sentence(listed, catalogue).count("language") == 1, "any language is what it would be without saying so"


@pytest.mark.parametrize(
    ("reader", "words"),
    [
        (
            "es",
            "Todos estos cuatro cursos y el proyecto final, en un solo idioma, con identidad verificada y la tasa "
            "pagada en cada uno, ningún certificado con más de dos años de antigüedad: Toolbox, "
            "Programming, Inference, Models y Capstone.",
        ),
        (
            "ar",
            "جميع هذه المقررات، وعددها أربعة، ومشروع التخرج، بلغة واحدة، مع التحقق من الهوية ودفع الرسوم لكل منها، ولا "
            "شهادة أقدم من عامين: Toolbox وProgramming وInference وModels وCapstone.",
        ),
    ],
)
def test_the_readers_language(reader: str, words: str) -> None:
    assert sentence(FRESH, TREES, reader=reader) == words


def test_no_part_of_a_rule_is_left_in_english() -> None:
    rule = AllOf(
        (ProgramRule("foundations", 1), NOf(2, (A, B, C)), NOf(1, (A, WORK)), NOf(2, (A, B, WORK)), AllOf((A, WORK)))
    )
    every = one(rule, SingleLanguage(("en", "es")), *VERIFIED, EarnedWithin(parsed("P1Y2M3W11D")))
    for reader in ("es", "ar"):
        said = sentence(every, TREES, reader=reader)
        assert not [word for word in ("the ", " of ", "these", "with ", "older", "year", "Spanish") if word in said]


def test_the_criteria_of_an_achievement_say_the_rule(school: Installation) -> None:
    found = program_achievement(school.config, TREES, DIPLOMA, MULTIPLE_LANGUAGES)
    assert found.narrative.splitlines()[2:] == [
        "All of these three requirements, with a verified identity and the fee paid for each:",
        "",
        "1. The program Foundations: all of these two courses, in one language, each with a grade of at least 70, with "
        "the program fee of $20 paid:",
        "   - Toolbox",
        "   - Programming",
        "2. Any two of these three courses:",
        "   - Computing 1",
        "   - Computing 2",
        "   - Computing 3",
        "3. Capstone",
    ]
    spanish = program_achievement(school.config, TREES, SPECIALIZATION, "es")
    assert spanish.narrative.splitlines()[2].startswith(
        "Todos estos cuatro cursos y el proyecto final, en español, con "
    )
