"""The catalogue as data: what it answers, and that it can be stored."""

import json
from dataclasses import replace
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest

from issuer.catalogue import Catalogue
from issuer.catalogue_files import CatalogueError, load_catalogue
from issuer.courses import in_language
from issuer.periods import Period
from issuer.rule_reading import RuleError, constraints_from_json, rule_from_json
from issuer.rules import (
    AllOf,
    CapstoneRule,
    CourseRule,
    EarnedWithin,
    MinimumGrade,
    NOf,
    ProgramRule,
    SingleLanguage,
    leaves,
    rule_to_json,
)
from tests.issuer.domain import CATALOGUE, SPECIALIZATION, XSERIES, course, program


def test_a_catalogue_is_stored_and_read_back_equal() -> None:
    stored = json.dumps(CATALOGUE.to_json())
    assert Catalogue.from_json(json.loads(stored)) == CATALOGUE


def test_programs_with_dates_partners_and_listed_languages_are_read_back_equal() -> None:
    one = program(
        partners=("school",),
        active_until=date(2030, 1, 1),
        fee=Decimal("82.50"),
        constraints=(SingleLanguage(("en", "es")), *XSERIES.constraints),
    )
    catalogue = Catalogue(CATALOGUE.organizations, CATALOGUE.courses, {(one.code, one.version): one})
    assert Catalogue.from_json(json.loads(json.dumps(catalogue.to_json()))) == catalogue


def test_the_order_of_reading_changes_no_byte() -> None:
    turned = Catalogue(
        CATALOGUE.organizations,
        dict(reversed(list(CATALOGUE.courses.items()))),
        dict(reversed(list(CATALOGUE.programs.items()))),
    )
    assert json.dumps(turned.to_json()) == json.dumps(CATALOGUE.to_json())


@pytest.mark.parametrize("data", [{}, {"some_of": []}, {"course": 1}, {"course": "a", "capstone": "b"}])
def test_an_unknown_rule_is_refused(data: dict[str, object]) -> None:
    with pytest.raises(RuleError):
        rule_from_json(data)
    with pytest.raises(RuleError):
        constraints_from_json([data])


def test_nested_rules_are_read_in_their_order() -> None:
    rule = AllOf((AllOf((CourseRule("a"), CourseRule("b"))), CapstoneRule("c")))
    assert [leaf.code for leaf in leaves(rule)] == ["a", "b", "c"]
    assert rule_from_json(rule_to_json(rule)) == rule


def test_latest_is_the_highest_version_or_the_highest_that_is_active() -> None:
    versions = [program(version=number) for number in (2, 10, 9)]
    later = program(version=11, active_from=date(2031, 1, 1))
    catalogue = Catalogue(programs={(one.code, one.version): one for one in [*versions, later]})
    assert catalogue.latest("data-analysis").version == 11
    assert catalogue.latest("data-analysis", date(2026, 6, 1)).version == 10
    with pytest.raises(LookupError):
        catalogue.latest("nothing")
    with pytest.raises(LookupError):
        catalogue.latest("data-analysis", date(2020, 1, 1))


def test_a_program_is_active_on_its_first_and_last_day() -> None:
    one = program(active_from=date(2026, 1, 1), active_until=date(2026, 12, 31))
    days = [date(2025, 12, 31), date(2026, 1, 1), date(2026, 12, 31), date(2027, 1, 1)]
    assert [one.is_active(day) for day in days] == [False, True, True, False]


def test_the_next_session_is_the_earliest_that_can_still_be_joined() -> None:
    models = CATALOGUE.courses["models"]
    found = models.next_session(date(2026, 5, 5), "es")
    assert found is not None
    assert found.code == "05-es"
    assert models.next_session(date(2026, 5, 6), "es") == models.session("07-es")
    assert models.next_session(date(2026, 11, 6)) is None
    assert models.session("nothing") is None


def test_equivalence_reaches_through_several_replacements_and_ends() -> None:
    courses = {
        "c": course("c", "C", replaces=("b",)),
        "b": course("b", "B", replaces=("a", "c")),
    }
    catalogue = Catalogue(courses=courses)
    assert catalogue.counting_as("c") == {"a", "b", "c"}
    assert catalogue.counting_as("a") == {"a"}
    assert catalogue.course_codes == {"a", "b", "c"}


def test_an_old_code_has_the_languages_of_its_successor() -> None:
    catalogue = Catalogue(courses={"b": course("b", "B", languages=("es", "en"), replaces=("a",))})
    assert catalogue.languages_of("a") == ("en", "es")
    assert catalogue.languages_of("nothing") == ()


def test_titles_fall_back_to_english_and_then_to_the_alphabet() -> None:
    assert in_language({"en": "R", "es": "Erre"}, "es") == "Erre"
    assert in_language({"en": "R", "es": "Erre"}, "ko") == "R"
    assert in_language({"zh": "中", "es": "Erre"}, None) == "Erre"
    assert SPECIALIZATION.title("zh") == "Data Analysis"
    assert SPECIALIZATION.description() == "Data Analysis", "the title, where nothing is described"
    assert replace(SPECIALIZATION, descriptions={"en": "Told"}).description("zh") == "Told"
    assert course("x", "X").description() == "X"


# --- from files --------------------------------------------------------------------------------------------

GOOD = """
[[organizations]]
code = "duke"
name = "Duke University (demonstration)"
url = "https://duke.example.org/"
demonstration = true

[[courses]]
code = "one"
organization = "duke"
titles = { en = "One", es = "Uno" }
fee = 49
hours = 20
skills = ["Thinking"]
runs = [{ language = "en", first = 2026-01-05, every_weeks = 4, weeks = 4, count = 3 }]
sessions = [{ code = "special", start = 2026-02-01, end = 2026-02-20, language = "es" }]

[[courses]]
code = "two"
organization = "duke"
titles = { en = "Two", es = "Dos" }
fee = "79.50"
replaces = ["old-two"]

[[courses]]
code = "three"
organization = "duke"
titles = { en = "Three", es = "Tres" }
fee = 49

[[courses]]
code = "work"
kind = "capstone"
organization = "duke"
titles = { en = "Work", es = "Obra" }
fee = 30

[[programs]]
code = "all"
version = 1
kind = "specialization"
organization = "duke"
partners = ["duke"]
titles = { en = "All", es = "Todo" }
active_from = 2026-01-01
rule.all_of = [{ course = "one" }, { course = "two" }, { course = "three" }, { capstone = "work" }]
single_language = true
identity_verified = true
fee_paid = true
"""


def problems(tmp_path: Path, text: str) -> list[tuple[str, str, str]]:
    (tmp_path / "catalogue.toml").write_text(text)
    with pytest.raises(CatalogueError) as caught:
        load_catalogue(tmp_path)
    found = caught.value.problems
    assert all(one.file == "catalogue.toml" for one in found)
    assert len(str(caught.value).splitlines()) == len(found)
    return [(str(one.where), str(one.message), str(one.hint)) for one in found]


def test_a_catalogue_is_read_from_a_file_or_a_folder(tmp_path: Path) -> None:
    file = tmp_path / "catalogue.toml"
    file.write_text(GOOD)
    catalogue = load_catalogue(file)
    assert load_catalogue(tmp_path) == catalogue
    one = catalogue.courses["one"]
    assert [session.code for session in one.sessions] == [
        "2026-01-05-en",
        "special",
        "2026-02-02-en",
        "2026-03-02-en",
    ]
    assert one.sessions[0].end == date(2026, 2, 1)
    assert catalogue.courses["two"].fee == Decimal("79.50")
    assert catalogue.courses["two"].replaces == ("old-two",)
    assert catalogue.programs["all", 1].constraints == SPECIALIZATION.constraints
    assert Catalogue.from_json(catalogue.to_json()) == catalogue


def test_a_catalogue_may_be_spread_over_files(tmp_path: Path) -> None:
    head, cut, tail = GOOD.partition("[[programs]]")
    (tmp_path / "b.toml").write_text(head)
    (tmp_path / "a.toml").write_text(cut + tail)
    assert set(load_catalogue(tmp_path).programs) == {("all", 1)}


@pytest.mark.parametrize(
    ("old", "new", "where", "message", "hint"),
    [
        ('code = "one"\n', 'code = "One!"\n', "courses[1].code", "“One!” cannot be code", "lower-case"),
        ("fee = 49\nhours", "fee = 49.5\nhours", "courses[1].fee", "“49.5” cannot be fee", '"49.50"'),
        ("fee = 49\nhours", 'fee = "49.505"\nhours', "courses[1].fee", "“49.505” cannot be fee", "with cents"),
        ("fee = 49\nhours", "fee = -1\nhours", "courses[1].fee", "“-1” cannot be fee", "with cents"),
        ("fee = 49\nhours", 'fee = "NaN"\nhours', "courses[1].fee", "“NaN” cannot be fee", "with cents"),
        ("fee = 49\nhours", 'fee = "Infinity"\nhours', "courses[1].fee", "“Infinity” cannot be fee", "with cents"),
        ("2026-01-01\nrule", "2026-01-01T00:00:00Z\nrule", "programs[1].active_from", "cannot be active_from", "2026-"),
        ("fee = 49\nhours", "hours", "courses[1].fee", "fee is missing", "with cents"),
        ("hours = 20", "hours = 0", "courses[1].hours", "“0” cannot be hours", "from 1"),
        ("skills =", "skils =", "courses[1].skils", "The key skils is not known here", "Did you mean skills?"),
        ("[[programs]]", "[[programmes]]", "programmes", "The key programmes is not known", "mean programs?"),
        ('en = "One"', '"e!" = "One"', "courses[1].titles.e!", "“e!” cannot be titles.e!", "BCP 47"),
        ('en = "One"', 'en = " "', "courses[1].titles.en", "“ ” cannot be titles.en", "some text"),
        ("count = 3", "count = 501", "courses[1].runs[1].count", "“501” cannot be count", "to 500"),
        ("end = 2026-02-20", "end = 2026-01-20", "courses[1].sessions[1].end", "ends before it starts", "Exchange"),
        ("end = 2026-02-20", 'end = "20.2."', "courses[1].sessions[1].end", "“20.2.” cannot be end", "2026-04-03"),
        ("end = 2026-02-20, ", "", "courses[1].sessions[1].end", "end is missing", "2026-04-03"),
        ('"https://duke', '"ftp://duke', "organizations[1].url", "not a web address", "https://"),
        ('kind = "special', 'kind = "spacial', "programs[1].kind", "cannot be kind", "xseries"),
        ("version = 1", "version = true", "programs[1].version", "“True” cannot be version", "whole number"),
        ('{ course = "two" }', '{ curse = "two" }', "programs[1].rule.all_of[2]", "curse is not known", "course?"),
        ("single_language = true", "single_language = 1", "programs[1].single_language", "“1” cannot", "true or"),
        ('name = "Duke', 'title = "Duke', "organizations[1].name", "name is missing", "text"),
        ('replaces = ["old-two"]', 'replaces = "old"', "courses[2].replaces", "“old” cannot", "list of texts"),
        # How the pieces fit:
        ("(demonstration)", "", "organizations[1].name", "only demonstrated has to say so", "“(demonstration)”"),
        ('"two"\norganization = "duke"', '"two"\norganization = "dule"', "courses[2].organization", "“dule”", "duke?"),
        ('partners = ["duke"]', 'partners = ["mit"]', "programs[1].partners", "“mit”", "Known are: duke"),
        ('code = "two"', 'code = "one"', "courses[2].code", "stands in catalogue.toml, courses[1] too", "Remove"),
        ('language = "es"', 'language = "zh"', "courses[1].sessions", "a session is in “zh”", "Add the title"),
        ('code = "special"', 'code = "2026-01-05-en"', "courses[1].sessions", "Two sessions", "its own code"),
        ('{ course = "two" }', '{ course = "tow" }', "programs[1].rule", "No course has the code “tow”", "two?"),
        ('{ course = "two" }', '{ capstone = "two" }', "programs[1].rule", "two is a course", "“course”"),
        ('{ course = "two" }', '{ course = "one" }', "programs[1].rule", "one is asked for twice", "once"),
        ('{ course = "one" }, ', "", "programs[1].rule", "3 to 9 courses and one capstone; this has 2 and 1", "Corr"),
        (', { capstone = "work" }', "", "programs[1].rule", "this has 3 and 0", "Correct"),
        ("identity_verified = true", "", "programs[1].identity_verified", "verified identity", "true"),
        ("fee_paid = true", "", "programs[1].fee_paid", "a paid fee", "fee_paid = true"),
        ("single_language = true", "", "programs[1].single_language", "in one language", "= true"),
        ("single_language = true", 'single_language = ["zh"]', "programs[1].single_language", "in “zh”", "Remove"),
        ("fee_paid = true", "fee_paid = true\nfee = 82", "programs[1].fee", "go together", "both"),
        ("active_from", "active_until = 2025-01-01\nactive_from", "programs[1].active_until", "before", "Exchange"),
        ('titles = { en = "All", es = "Todo" }', 'titles = { en = "All" }', "programs[1].titles", "“es”", "Add"),
        ('{ en = "Two", es = "Dos" }', '{ zh = "Two" }', "programs[1].rule", "No language is offered", "common"),
        ('["old-two"]', '["one"]', "programs[1].rule", "one would count for one and for two", "replaces"),
        ('kind = "specialization"', 'kind = "xseries"', "programs[1].rule", "without a capstone", "kind"),
    ],
)
def test_what_is_wrong_is_told_with_its_place_and_what_to_do(
    tmp_path: Path, old: str, new: str, where: str, message: str, hint: str
) -> None:
    assert GOOD.count(old) >= 1
    found = problems(tmp_path, GOOD.replace(old, new, 1))
    wanted = [one for one in found if one[0] == where]
    assert wanted, found
    assert message.lower() in wanted[0][1].lower()
    assert hint in wanted[0][2]


def test_a_rule_that_asks_for_nothing_is_refused(tmp_path: Path) -> None:
    start = GOOD.index("rule.all_of")
    text = GOOD[:start] + "rule.all_of = []\n" + GOOD[GOOD.index("single_language") :]
    assert problems(tmp_path, text)[0][1] == "The rule asks for nothing"


TREE = """
[[programs]]
code = "tree"
version = 1
kind = "program"
organization = "duke"
titles = { en = "Tree", es = "Árbol" }
rule.all_of = [{ n_of = 1, of = [{ course = "one" }, { course = "two" }] }, { program = "inner", version = 2 }]
identity_verified = true
fee_paid = true
minimum_grade = 70
earned_within = "P2Y"

[[programs]]
code = "inner"
version = 2
kind = "program"
organization = "duke"
titles = { en = "Inner", es = "Interior" }
rule.all_of = [{ course = "three" }, { capstone = "work" }]
single_language = true
identity_verified = true
fee_paid = true
"""


def test_a_program_may_be_any_tree_with_programs_inside(tmp_path: Path) -> None:
    (tmp_path / "catalogue.toml").write_text(GOOD + TREE)
    catalogue = load_catalogue(tmp_path)
    tree = catalogue.programs["tree", 1]
    assert tree.kind == "program"
    assert tree.rule == AllOf((NOf(1, (CourseRule("one"), CourseRule("two"))), ProgramRule("inner", 2)))
    assert tree.constraints[2:] == (MinimumGrade(Decimal(70)), EarnedWithin(Period(years=2)))
    assert [leaf.code for leaf in catalogue.parts(tree)] == ["one", "two", "three", "work"]
    assert Catalogue.from_json(json.loads(json.dumps(catalogue.to_json()))) == catalogue


@pytest.mark.parametrize("kind", ["specialization", "xseries"])
@pytest.mark.parametrize(
    "part",
    ['{ n_of = 1, of = [{ course = "one" }] }', '{ all_of = [{ n_of = 1, of = [{ course = "one" }] }] }'],
)
def test_a_choice_is_for_programs_alone(tmp_path: Path, kind: str, part: str) -> None:
    inner = TREE.split("[[programs]]")[2].replace('kind = "program"', f'kind = "{kind}"')
    inner = inner.replace('{ course = "three" }', f'{part}, {{ course = "three" }}')
    assert problems(tmp_path, f"{GOOD}\n[[programs]]{inner}")[0][1].startswith(
        "A Specialization or XSeries asks for each of its courses"
    )


@pytest.mark.parametrize(
    ("old", "new", "where", "message", "hint"),
    [
        ('program = "inner"', 'program = "iner"', "programs[2].rule", "No program has the code “iner”", "inner?"),
        ('inner", version = 2', 'inner", version = 1', "programs[2].rule", "inner has no version 1", "Known are: 2"),
        ('{ course = "three" }', '{ program = "tree", version = 1 }', "programs[2].rule", "is nested in itself", "Rem"),
        ('{ course = "three" }', '{ program = "tree", version = 1 }', "programs[3].rule", "is nested in itself", "Rem"),
        ('{ course = "three" }', '{ course = "two" }', "programs[2].rule", "two is asked for twice", "once"),
        ("n_of = 1, of", "n_of = 3, of", "programs[2].rule.all_of[1].n_of", "“3” cannot be n_of", "from 1 to 2"),
        ("n_of = 1, of", "n_of = 1, off", "programs[2].rule.all_of[1].of", "of is missing", "list of rules"),
        ("n_of = 1, of", "all_of = [], n_of = 1, of", "programs[2].rule.all_of[1]", "Only one keyword", "braces"),
        ("minimum_grade = 70", "minimum_grade = -1", "programs[2].minimum_grade", "“-1” cannot", "not negative"),
        ("minimum_grade = 70", "minimum_grade = 70.5", "programs[2].minimum_grade", "“70.5” cannot", "with decimals"),
        ('"P2Y"', '"2 years"', "programs[2].earned_within", "“2 years” cannot be earned_within", "P18M"),
        ("earned_within", "earnd_within", "programs[2].earnd_within", "is not known here", "earned_within?"),
        ('kind = "program"', 'kind = "specialization"', "programs[2].rule", "it has no choices, no pr", "“program”"),
        ('kind = "program"', 'kind = "xseries"', "programs[2].rule", "it has no choices, no programs in it", "“pro"),
        (
            '"tree"\nversion = 1\nkind = "program"',
            '"tree"\nversion = 1\nkind = "tree"',
            "programs[2].kind",
            "cann",
            "pr",
        ),
        ("fee_paid = true\nminimum", "minimum", "programs[2].fee_paid", "a paid fee", "fee_paid = true"),
    ],
)
def test_what_is_wrong_with_a_tree_is_told_with_its_place_and_what_to_do(
    tmp_path: Path, old: str, new: str, where: str, message: str, hint: str
) -> None:
    assert TREE.count(old) >= 1
    found = problems(tmp_path, GOOD + TREE.replace(old, new, 1))
    wanted = [one for one in found if one[0] == where and message in one[1]]
    assert wanted, found
    assert hint in wanted[0][2]


def test_a_nested_program_in_no_common_language_is_refused(tmp_path: Path) -> None:
    text = GOOD.replace('{ en = "Three", es = "Tres" }', '{ zh = "Three" }') + TREE
    assert ("programs[2].rule", "No language is offered by all its courses, so nobody can complete it in one") in [
        one[:2] for one in problems(tmp_path, text)
    ]


def test_a_choice_may_be_in_other_languages_as_long_as_enough_of_it_is_in_one(tmp_path: Path) -> None:
    text = GOOD.replace('{ en = "Two", es = "Dos" }', '{ zh = "Two" }')
    text = text[: text.index("[[programs]]")] + TREE.replace("minimum_grade", "single_language = true\nminimum_grade")
    (tmp_path / "catalogue.toml").write_text(text)
    assert set(load_catalogue(tmp_path).programs) == {("tree", 1), ("inner", 2)}
    both = text.replace("n_of = 1, of", "n_of = 2, of")
    assert "No language is offered" in problems(tmp_path, both)[0][1]


def test_a_tree_of_too_many_courses_or_levels_is_refused(tmp_path: Path) -> None:
    courses = "".join(
        f'[[courses]]\ncode = "c-{number}"\norganization = "duke"\ntitles = {{ en = "C", es = "C" }}\nfee = 1\n'
        for number in range(61)
    )
    lists = [", ".join(f'{{ course = "c-{number}" }}' for number in range(start, 61, 3)) for start in range(3)]
    rule = ", ".join(f"{{ all_of = [{one}] }}" for one in lists)
    head = TREE[: TREE.index("rule.all_of")]
    tail = TREE[TREE.index("identity_verified") :]
    found = problems(tmp_path, GOOD + courses + head + f"rule.all_of = [{rule}]\n" + tail)
    assert ("programs[2].rule", "With its nested programs it has more than 60 courses or 8 levels") in [
        one[:2] for one in found
    ]


def test_a_program_without_a_rule_is_refused(tmp_path: Path) -> None:
    start = GOOD.index("rule.all_of")
    text = GOOD[:start] + GOOD[GOOD.index("single_language") :]
    assert problems(tmp_path, text)[0] == ("programs[1].rule", "rule is missing", "Name the courses that it asks for")


def test_a_sequence_of_one_course_is_none(tmp_path: Path) -> None:
    start = GOOD.index("rule.all_of")
    rule = 'rule.all_of = [{ course = "one" }]\n'
    text = GOOD[:start].replace("specialization", "xseries") + rule + GOOD[GOOD.index("single_language") :]
    assert problems(tmp_path, text)[0][1] == "An XSeries is a sequence of courses without a capstone"


def test_all_problems_are_told_at_once(tmp_path: Path) -> None:
    text = GOOD.replace("fee = 49", "fee = 49.5").replace("version = 1", "version = 0").replace("skills", "skils")
    assert [one[0] for one in problems(tmp_path, text)] == [
        "courses[1].fee",
        "courses[1].skils",
        "courses[3].fee",
        "programs[1].version",
    ]


def test_two_versions_of_a_program_stand_side_by_side(tmp_path: Path) -> None:
    start = GOOD.index("[[programs]]")
    text = GOOD + GOOD[start:].replace("version = 1", "version = 2")
    (tmp_path / "catalogue.toml").write_text(text)
    assert set(load_catalogue(tmp_path).programs) == {("all", 1), ("all", 2)}
    assert "too" in problems(tmp_path, GOOD + GOOD[start:])[0][1]


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (b"a = ", "This is not TOML"),
        ("# Universität".encode("latin-1"), "The file is not UTF-8 text"),
    ],
)
def test_a_file_that_cannot_be_read_is_told(tmp_path: Path, data: bytes, message: str) -> None:
    (tmp_path / "bad.toml").write_bytes(data)
    with pytest.raises(CatalogueError) as caught:
        load_catalogue(tmp_path)
    assert [(one.file, str(one.message)[: len(message)]) for one in caught.value.problems] == [("bad.toml", message)]


def test_a_folder_without_toml_is_told(tmp_path: Path) -> None:
    with pytest.raises(CatalogueError, match="There is no TOML file here"):
        load_catalogue(tmp_path)
    with pytest.raises(CatalogueError, match="There is no TOML file here"):
        load_catalogue(tmp_path / "missing")
