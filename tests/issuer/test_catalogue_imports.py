"""Whose a code is, what an organization may bring, and what it may ask for; and that an import is all or nothing."""

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from issuer import catalogue_imports, catalogue_json, organizations
from issuer.api_errors import UnknownOrganization
from issuer.catalogue import Catalogue, Course, Organization, Program
from issuer.catalogue_checks import Findings
from issuer.catalogue_files import CatalogueError, read_path, read_text
from issuer.errors import CatalogueRefused, Conflict
from issuer.keyring import Keyring
from issuer.rules import AllOf, CourseRule, ProgramRule
from issuer.store import audit, catalogues
from tests.issuer import domain
from tests.issuer.installation import CATALOGUE, MINI, Installation
from tests.issuer.two_organizations import ACADEMY, DEBATE, RHETORIC, SCHOOL, SPEAKING, TWO, sequence

FRESH = domain.course("fresh", "Fresh", languages=("en",), organization=ACADEMY)


@pytest.fixture
def two(tmp_path: Path) -> Installation:
    return Installation(tmp_path, TWO)


def recorded(school: Installation) -> Catalogue:
    with school.database.read() as tx:
        return catalogues.load(tx)


def bring(school: Installation, *things: Course | Program | Organization, owner: str | None = ACADEMY) -> None:
    school.take_in(
        Catalogue(
            {one.code: one for one in things if isinstance(one, Organization)},
            {one.code: one for one in things if isinstance(one, Course)},
            {(one.code, one.version): one for one in things if isinstance(one, Program)},
        ),
        owner,
    )


def refusal(school: Installation, *things: Course | Program | Organization, owner: str | None = ACADEMY) -> str:
    """What is said; and that nothing was taken."""
    before = recorded(school).to_json()
    with pytest.raises(CatalogueRefused) as refused:
        bring(school, *things, owner=owner)
    assert recorded(school).to_json() == before
    return str(refused.value.problems[0])


# --- whose a code is -------------------------------------------------------------------------------------------


@pytest.mark.parametrize("owner", [ACADEMY, None])
def test_a_code_belongs_to_who_brought_it_first(two: Installation, owner: str | None) -> None:
    thiefs = replace(CATALOGUE.courses["toolbox"], version=2, organization=ACADEMY)
    said = refusal(two, FRESH, thiefs, owner=owner)
    assert "courses.toolbox.code: The course toolbox belongs to Example School" in said
    said = refusal(two, replace(MINI, version=2, organization=ACADEMY), owner=owner)
    assert "The program mini belongs to Example School" in said


def test_a_new_version_under_ones_own_code_is_taken(two: Installation) -> None:
    bring(two, replace(RHETORIC, version=2, titles={"en": "Rhetoric, new"}), owner=ACADEMY)
    assert recorded(two).courses["rhetoric"].titles == {"en": "Rhetoric, new"}


def test_the_older_codes_that_a_course_replaces_are_its_organizations(two: Installation) -> None:
    bring(two, replace(FRESH, replaces=("stale",)))
    squatter = replace(FRESH, code="stale", organization=SCHOOL)
    assert "The course stale belongs to Other Academy" in refusal(two, squatter, owner=SCHOOL)


def test_certificates_of_another_organizations_course_are_not_counted_by_replacing_it(two: Installation) -> None:
    said = refusal(two, replace(FRESH, replaces=("toolbox",)))
    assert "courses.fresh.replaces: The course toolbox belongs to Example School" in said


# --- in the name of one organization ---------------------------------------------------------------------------


def test_everything_is_the_organizations_own(two: Installation) -> None:
    assert "It is of school, and this catalogue is that of academy" in refusal(two, replace(FRESH, organization=SCHOOL))
    assert "It is of school" in refusal(two, sequence("rhetoric", "debate", code="other", organization=SCHOOL))


def test_it_says_how_to_reach_it_and_with_whom_it_shares_and_no_more(two: Installation) -> None:
    known = TWO.organizations[ACADEMY]
    bring(two, replace(known, contact="office@academy.example", shares_with=(SCHOOL,)))
    assert recorded(two).organizations[ACADEMY].shares_with == (SCHOOL,)
    for change in ({"name": "Harvard"}, {"url": "https://harvard.example/"}, {"demonstration": True}):
        (key,) = change
        assert f"{key} is for the operator" in refusal(two, replace(known, **change))  # type: ignore[arg-type] # of each
    school = replace(TWO.organizations[SCHOOL], shares_with=(ACADEMY,))
    assert "This is not the organization in whose name" in refusal(two, school)
    assert "This is not the organization in whose name" in refusal(
        two, Organization("new", "New", "https://n.example/")
    )


def _read(two: Installation, *things: Any, owner: str | None = ACADEMY) -> Findings:
    data = {
        "courses": [one.to_json() for one in things if isinstance(one, Course)],
        "programs": [one.to_json() for one in things if isinstance(one, Program)],
    }
    return catalogue_json.read(data, beside=catalogue_imports.beside(two.database, owner), owner=owner)


def test_a_program_asks_for_what_is_its_own_or_shared_with_it(two: Installation) -> None:
    mixed = sequence("rhetoric", "toolbox", code="mixed")
    with pytest.raises(CatalogueError, match="No course has the code “toolbox”") as refused:
        _read(two, mixed)
    # what is not shared is not even suggested
    assert "toolbox" not in str(refused.value.problems[0].hint)
    assert len(_read(two, FRESH, sequence("rhetoric", "fresh", code="mixed")).programs) == 1
    bring(two, replace(TWO.organizations[SCHOOL], shares_with=(ACADEMY,)), owner=SCHOOL)
    found = _read(two, mixed)
    catalogue_imports.take_in(two.database, two.services.keyring, found, owner=ACADEMY, actor="Ada", at=two.now)
    assert recorded(two).programs["mixed", 1].organization == ACADEMY


def test_a_program_is_nested_when_all_of_its_courses_may_be_asked_for(two: Installation) -> None:
    def nest(code: str) -> Program:
        rule = AllOf((CourseRule("toolbox"), ProgramRule(code, 1)))
        return sequence(code=f"with-{code}", kind="program", organization=SCHOOL, rule=rule)

    bring(two, sequence("rhetoric", "fresh", code="both"), FRESH)
    with pytest.raises(CatalogueError, match="No program has the code “both”"):
        _read(two, nest("both"), owner=SCHOOL)
    bring(two, replace(TWO.organizations[ACADEMY], shares_with=(SCHOOL,)))
    assert len(_read(two, nest("both"), owner=SCHOOL).programs) == 1
    # over a third one's courses it is not, whoever shares it
    two.take_in(
        Catalogue(
            {"third": Organization("third", "Third", "https://third.example/")},
            {"far": replace(FRESH, code="far", organization="third")},
        )
    )
    two.take_in(Catalogue(programs={("over", 1): sequence("rhetoric", "far", code="over")}))
    with pytest.raises(CatalogueError, match="No program has the code “over”"):
        _read(two, nest("over"), owner=SCHOOL)


def test_sharing_goes_one_way(two: Installation) -> None:
    bring(two, replace(TWO.organizations[SCHOOL], shares_with=(ACADEMY,)), owner=SCHOOL)
    with pytest.raises(CatalogueError, match="No course has the code “rhetoric”"):
        _read(two, sequence("toolbox", "rhetoric", code="mixed", organization=SCHOOL), owner=SCHOOL)


def test_a_partner_is_named_when_it_shares(two: Installation) -> None:
    named = replace(SPEAKING, code="named", partners=(SCHOOL,))
    assert "school does not share its courses with academy" in refusal(two, named)
    bring(two, replace(TWO.organizations[SCHOOL], shares_with=(ACADEMY,)), owner=SCHOOL)
    bring(two, named)
    assert recorded(two).programs["named", 1].partners == (SCHOOL,)


def test_an_organization_that_is_not_here_brings_nothing(two: Installation) -> None:
    with pytest.raises(UnknownOrganization):
        catalogue_imports.beside(two.database, "nowhere")


def test_the_operator_brings_several_whose_agreement_is_his_to_have(school: Installation) -> None:
    mixed = sequence("rhetoric", "toolbox", code="mixed")
    school.take_in(replace(TWO, programs={**TWO.programs, ("mixed", 1): replace(mixed, partners=(SCHOOL,))}))
    assert recorded(school).programs["mixed", 1].rule == AllOf((CourseRule("rhetoric"), CourseRule("toolbox")))


def test_what_was_judged_before_is_not_judged_again(two: Installation) -> None:
    """The courses moved on, and an old program version would not come in today; a new course still does."""
    bring(two, replace(RHETORIC, version=2, kind="capstone"))
    assert [one.it.code for one in _read(two, FRESH).courses] == ["fresh"]


# --- the log and the keys --------------------------------------------------------------------------------------


def test_every_import_stands_in_the_logs_of_whom_it_concerns(school: Installation) -> None:
    school.take_in(TWO)
    bring(school, FRESH)
    with school.database.read() as tx:
        found = {chain: [(one.action, dict(one.detail)) for one in audit.read(tx, chain)] for chain in audit.chains(tx)}
    added = ("catalogue.import", {"new_courses": 2, "new_programs": 1})
    assert found == {
        "": [added],
        SCHOOL: [("catalogue.import", {})],
        ACADEMY: [
            ("organization.add", {"key": "key-1"}),
            ("catalogue.import", {}),
            ("catalogue.import", {"new_courses": 1, "new_programs": 0}),
        ],
    }


def test_what_is_refused_leaves_no_key(two: Installation) -> None:
    new = Organization("new", "New", "https://new.example/")
    refusal(two, new, replace(CATALOGUE.courses["toolbox"], version=2, organization="new"), owner=None)
    assert not (two.home / "keys" / "new").exists()


def _meanwhile(two: Installation, monkeypatch: pytest.MonkeyPatch, *things: Any) -> None:
    """Another process brings these, between the look and the record."""
    first_key = Keyring.first_key

    def key_and_more(keyring: Keyring, organization: str, **options: Any) -> Any:
        monkeypatch.undo()
        made = first_key(keyring, organization, **options)
        bring(two, *things, owner=None)
        return made

    monkeypatch.setattr(Keyring, "first_key", key_and_more)


def test_of_two_who_bring_a_code_at_once_the_first_has_it(two: Installation, monkeypatch: pytest.MonkeyPatch) -> None:
    _meanwhile(two, monkeypatch, replace(FRESH, organization=SCHOOL))
    with pytest.raises(CatalogueRefused) as refused:
        bring(two, Organization("new", "New", "https://new.example/"), replace(FRESH, organization="new"), owner=None)
    assert "The course fresh belongs to Example School" in refused.value.lines[0]


def test_of_two_who_bring_an_organization_at_once_both_have_its_key(
    two: Installation, monkeypatch: pytest.MonkeyPatch
) -> None:
    new = Organization("new", "New", "https://new.example/")
    _meanwhile(two, monkeypatch, new)
    bring(two, new, owner=None)
    (key,) = two.services.keyring.keys_of("new")
    assert (key.id, key.own) == ("key-1", True)
    two.services.keyring.signer(two.services.keyring.identity("new"))


def test_a_new_organization_is_added_with_its_key(school: Installation) -> None:
    members = {"code": ACADEMY, "name": "Other Academy", "url": "https://academy.example/"}

    def add(**changes: Any) -> Organization:
        keyring = school.services.keyring
        return organizations.add(school.database, keyring, members | changes, actor="Olga", at=school.now)

    for wrong in ({"code": "A b"}, {"url": "academy"}, {"contact": "a@b, c@d"}, {"contact": "x\n@y"}, {"color": "red"}):
        with pytest.raises(CatalogueRefused):
            add(**wrong)
    with pytest.raises(CatalogueRefused) as refused:
        add(shares_with=["nowhere"])
    assert "No organization has the code “nowhere”" in refused.value.lines[0]
    add(shares_with=[SCHOOL], contact="registrar@academy.example")
    assert school.services.keyring.identity(ACADEMY).own
    with pytest.raises(Conflict, match="There is an organization academy already"):
        add()


def test_only_an_import_records_a_catalogue() -> None:
    """Elsewhere, a new organization would be left without a key of its own, and a code without its owner."""
    package = Path(catalogue_imports.__file__).parent
    callers = [path.name for path in package.rglob("*.py") if "catalogues.save(" in path.read_text()]
    assert callers == ["catalogue_imports.py"]


# --- the two forms ---------------------------------------------------------------------------------------------


def test_what_is_given_out_is_taken_in(two: Installation) -> None:
    whole = recorded(two)
    found = catalogue_json.read(whole.to_json(), beside=whole)
    assert found.catalogue.to_json() == whole.to_json()


WRONG: dict[str, tuple[dict[str, Any], str, str]] = {
    "no list": ({"courses": {}}, "courses", "cannot be courses"),
    "no object": ({"courses": [7]}, "courses", "cannot be courses"),
    "an unknown member": ({"courses": [{**DEBATE.to_json(), "colour": "red"}]}, "courses[1].colour", "not known here"),
    "no day": (
        {"courses": [{**DEBATE.to_json(), "sessions": [DEBATE.sessions[0].to_json() | {"start": "5.1.2026"}]}]},
        "courses[1].sessions[1].start",
        "cannot be start",
    ),
    "no day of the calendar": (
        {"programs": [{**SPEAKING.to_json(), "active_from": "2026-02-30"}]},
        "programs[1].active_from",
        "cannot be active_from",
    ),
    "a session of another course": (
        {"courses": [{**DEBATE.to_json(), "sessions": [DEBATE.sessions[0].to_json() | {"course": "toolbox"}]}]},
        "courses[1].sessions[1].course",
        "not known here",
    ),
    "constraints as an object": (
        {"programs": [{**SPEAKING.to_json(), "constraints": {"fee_paid": True}}]},
        "programs[1].constraints",
        "a list of objects with one member each",
    ),
    "a constraint of two members": (
        {"programs": [{**SPEAKING.to_json(), "constraints": [{"fee_paid": True, "identity_verified": True}]}]},
        "programs[1].constraints",
        "a list of objects with one member each",
    ),
    "a constraint twice": (
        {"programs": [{**SPEAKING.to_json(), "constraints": [{"fee_paid": True}, {"fee_paid": True}]}]},
        "programs[1].constraints",
        "stands there twice",
    ),
    "an unknown constraint": (
        {"programs": [{**SPEAKING.to_json(), "constraints": [{"fee_payed": True}]}]},
        "programs[1].fee_payed",
        "not known here",
    ),
    "no rule": ({"programs": [{**SPEAKING.to_json(), "rule": {"some_of": []}}]}, "programs[1].rule", ""),
}


@pytest.mark.parametrize("case", WRONG)
def test_each_thing_that_is_wrong_is_told_with_its_place(two: Installation, case: str) -> None:
    data, where, what = WRONG[case]
    with pytest.raises(CatalogueError) as refused:
        catalogue_json.read(data, beside=recorded(two))
    problem = next(one for one in refused.value.problems if str(one.where).startswith(where))
    assert what in str(problem.message)
    assert str(problem.hint)
    assert problem.file == "the request"


@pytest.mark.parametrize("data", [b"\xff", b"a = [", b"a = " + b"9" * 5_000, b"a = " + b"[" * 100_000])
def test_a_text_that_is_no_toml_is_one_problem(data: bytes) -> None:
    with pytest.raises(CatalogueError) as refused:
        read_text(data, "the request")
    (problem,) = refused.value.problems
    assert str(problem.where) == "the file"


def test_a_file_and_a_text_are_read_alike(tmp_path: Path) -> None:
    text = b'[[organizations]]\ncode = "duke"\nname = "Duke"\nurl = "https://d.example/"\ncontact = "a@d.example"\n'
    (tmp_path / "a.toml").write_bytes(text)
    organization = Organization("duke", "Duke", "https://d.example/", contact="a@d.example")
    for found in (read_path(tmp_path), read_text(text, "a.toml")):
        assert found.catalogue.organizations == {"duke": organization}


def test_an_organization_that_was_stored_before_reads_back() -> None:
    stored = {"code": "duke", "name": "Duke", "url": "https://d.example/", "demonstration": False}
    assert Organization.from_json(stored) == Organization("duke", "Duke", "https://d.example/")
    now = Organization("duke", "Duke", "https://d.example/", contact="a@d.example", shares_with=("jhu",))
    assert Organization.from_json(now.to_json()) == now


def test_a_rule_over_partners_courses_is_kept(two: Installation) -> None:
    assert recorded(two).programs["speaking", 1].rule == AllOf((CourseRule("rhetoric"), CourseRule("debate")))
