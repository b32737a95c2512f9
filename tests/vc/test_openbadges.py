"""Building and linting Open Badges 3.0 credentials."""

from collections.abc import Callable
from typing import Any

import pytest

from tests.vc.samples import SoftSigner, course, specialization
from vc.errors import Invalid, ShapeError, UnsignedData
from vc.openbadges import check_structure, identity_hash, lint

SIGNER = SoftSigner()


@pytest.mark.parametrize("credential", [course(SIGNER), specialization(SIGNER, 3), specialization(SIGNER, 9)])
def test_what_we_build_passes_our_lint(credential: dict[str, Any]) -> None:
    lint(credential)


def test_a_specialization_says_each_course_four_ways() -> None:
    credential = specialization(SIGNER, 3)
    subject = credential["credentialSubject"]
    achievement = subject["achievement"]
    assert [a["targetName"] for a in achievement["alignment"]] == [
        "Course number 1",
        "Course number 2",
        "Course number 3",
        "Capstone",
    ]
    assert achievement["alignment"][-1]["targetType"] == "ext:Capstone"
    assert [r["resultDescription"] for r in subject["result"]] == [d["id"] for d in achievement["resultDescription"]]
    assert len(credential["evidence"]) == len(credential["relatedResource"]) == 4
    assert {r["id"] for r in credential["relatedResource"]}.isdisjoint({e["id"] for e in credential["evidence"]})
    assert "creator" not in achievement


def test_the_name_stays_as_given_and_the_e_mail_address_stays_hidden() -> None:
    identities = course(SIGNER)["credentialSubject"]["identifier"]
    assert identities[0]["identityHash"] == "Zoë Ünlü-Beispiel"
    assert identities[1]["identityHash"] == identity_hash("zoe@example.org", "k3Jr9c")
    assert "zoe@example.org" not in str(course(SIGNER))
    # Open Badges 3.0, IdentityHash: the concatenation of identity and salt
    assert identity_hash("a", "b") == "sha256$fb8e20fc2e4c3f248c60c39bd652f3c1347298bb977b8b4d5903b85055620603"


def _set(*path: Any, to: Any) -> Callable[[dict[str, Any]], None]:
    def change(credential: dict[str, Any]) -> None:
        parent: Any = credential
        for step in path[:-1]:
            parent = parent[step]
        parent[path[-1]] = to

    return change


def _cut(*path: Any) -> Callable[[dict[str, Any]], None]:
    def change(credential: dict[str, Any]) -> None:
        parent: Any = credential
        for step in path[:-1]:
            parent = parent[step]
        del parent[path[-1]]

    return change


SUBJECT = "credentialSubject"


@pytest.mark.parametrize(
    ("change", "match"),
    [
        (_cut("id"), "^id is missing"),
        (_cut("issuer"), "^issuer is missing"),
        (_cut("validFrom"), "^validFrom is missing"),
        (_set("issuer", to="did:example:a"), "issuer must be an object, not 'did:example:a'"),
        (_set("issuer", "type", to=["Person"]), "issuer.type must name Profile"),
        (_set("type", to=["VerifiableCredential"]), "type must name OpenBadgeCredential or Achievement"),
        (_set("validFrom", to="2026-03-02"), "validFrom must be a date and time with a time zone"),
        (_set(SUBJECT, to=[]), "credentialSubject must be an object, not a list"),
        (_cut(SUBJECT, "identifier"), "awarded to nobody"),
        (_set(SUBJECT, "identifier", 0, "hashed", to="false"), r"identifier\[0\].hashed must be true or false"),
        (_set(SUBJECT, "identifier", 0, "identityHash", to=" "), r"identifier\[0\].identityHash must be a text"),
        (_cut(SUBJECT, "achievement", "criteria"), "achievement.criteria is missing"),
        (_set(SUBJECT, "achievement", "criteria", to={}), "neither an id nor a narrative"),
        (_set(SUBJECT, "achievement", "achievementType", to="Medal"), "one of the values that Open Badges 3.0 lists"),
        (_set(SUBJECT, "achievement", "inLanguage", to="English!"), "a language tag such as en"),
        (_set(SUBJECT, "result", 0, "status", to="Done"), "one of the values"),
        (_set(SUBJECT, "result", 0, "resultDescription", to="https://a.example/x"), "does not describe"),
        (_set("image", to={"type": "Image"}), "image.id is missing"),
    ],
)
def test_structure(change: Callable[[dict[str, Any]], None], match: str) -> None:
    credential = course(SIGNER)
    change(credential)
    with pytest.raises(ShapeError, match=match):
        check_structure(credential)


@pytest.mark.parametrize(
    ("change", "match"),
    [
        (_set("credentialStatus", to=[course(SIGNER)["credentialStatus"]]), "must be one object"),
        (_cut("credentialStatus", "id"), "has no id"),
        (
            _set(SUBJECT, "achievement", "creator", to={"id": "did:example:a", "type": ["Profile"]}),
            "creator would be merged",
        ),
        (_cut(SUBJECT, "identifier", 0), "names no learner"),
        (_cut("validFrom"), "^validFrom is missing"),
        (_set(SUBJECT, "achievement", "creditsAvailable", to=1.5), "a number with a fraction"),
        (_set("name", to="a\x00b"), r"name holds the character U\+0000"),
        (_set("name", to="a\ufffeb"), r"U\+FFFE"),
        (_set("name", to="a\U0001ffffb"), r"U\+1FFFF"),
        (_set("name", to="a\x85b"), r"U\+0085"),
    ],
)
def test_lint_refuses_what_others_read_differently(change: Callable[[dict[str, Any]], None], match: str) -> None:
    credential = course(SIGNER)
    change(credential)
    with pytest.raises(ShapeError, match=match):
        lint(credential)


def test_lint_refuses_what_a_signature_would_not_cover() -> None:
    with pytest.raises(UnsignedData):
        lint(course(SIGNER) | {"grade": "A"})


def test_a_subject_with_an_id_of_its_own_is_fine_and_one_with_the_issuers_is_not() -> None:
    credential = course(SIGNER)
    credential[SUBJECT]["id"] = "did:example:learner"
    lint(credential)
    credential[SUBJECT]["id"] = credential["issuer"]["id"]
    with pytest.raises(Invalid, match="have the same id"):
        lint(credential)
