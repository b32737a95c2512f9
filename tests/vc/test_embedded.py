"""Credentials inside credentials: contexts of their own, and nothing that can be moved between host and guest."""

import copy
from collections.abc import Callable
from typing import Any

import pytest

from tests.vc.composed import endorsement, record
from tests.vc.samples import SoftSigner, course, secure
from vc.context_rules import CLR, CREDENTIAL, OB_303, OPEN_BADGES, VC2, ContextRule
from vc.dids import key
from vc.errors import Invalid, UnknownContext, UnsignedData
from vc.jsonld import canonical_form

SIGNER = SoftSigner()
ENDORSER = SoftSigner("an endorser")


def endorsed() -> dict[str, Any]:
    """A badge that holds a signed endorsement of its achievement."""
    badge = course(SIGNER)
    achievement = badge["credentialSubject"]["achievement"]
    achievement["endorsement"] = [
        secure(endorsement(key.did_of(ENDORSER.public_key), achievement["id"]), ENDORSER, rule=OPEN_BADGES)
    ]
    return badge


def guest_of(badge: dict[str, Any]) -> dict[str, Any]:
    found: dict[str, Any] = badge["credentialSubject"]["achievement"]["endorsement"][0]
    return found


def changed(change: Callable[[dict[str, Any], dict[str, Any]], Any]) -> dict[str, Any]:
    badge = copy.deepcopy(endorsed())
    change(badge, guest_of(badge))
    return badge


def test_a_signed_guest_is_covered_whole_with_its_proof() -> None:
    text = canonical_form(endorsed(), rule=OPEN_BADGES).text
    assert "We would hire whoever has this." in text
    assert guest_of(endorsed())["proof"][0]["proofValue"] in text
    without = canonical_form(course(SIGNER), rule=OPEN_BADGES).text
    assert "endorsement" not in without.replace("/endorsements/", "")


@pytest.mark.parametrize(
    "context",
    [
        [VC2, OB_303, {"name": "https://evil.example/"}],
        {"name": "https://evil.example/"},
        [VC2, "https://evil.example/context"],
        [OB_303, VC2],
        ["https://evil.example/context", OB_303],
        [VC2, OB_303, OB_303],
        [VC2, OB_303, "https://www.w3.org/ns/credentials/examples/v2"],  # in which every word is defined
        [VC2, OB_303, "https://www.w3.org/ns/credentials/undefined-terms/v2"],
        [VC2, OB_303, "https://w3id.org/citizenship/v4rc1"],
        [],
        None,
        7,
        [[VC2, OB_303]],
    ],
)
def test_a_guests_contexts_are_known_ones_in_their_order(context: Any) -> None:
    with pytest.raises((UnknownContext, UnsignedData)):
        canonical_form(changed(lambda _, guest: guest.update({"@context": context})), rule=OPEN_BADGES)


@pytest.mark.parametrize(
    "change",
    [
        lambda badge, guest: guest["issuer"].update({"@context": [VC2, OB_303]}),
        lambda badge, guest: guest["credentialSubject"].update({"@context": [VC2]}),
        lambda badge, guest: badge["issuer"].update({"@context": [VC2, OB_303]}),
        lambda badge, guest: badge["credentialSubject"]["achievement"].update({"@context": [VC2, OB_303]}),
        lambda badge, guest: guest.update({"@type": "x"}),
        lambda badge, guest: guest.update(honours="summa cum laude"),
        lambda badge, guest: guest.update(name=None),
        lambda badge, guest: guest.update(id="relative"),
    ],
)
def test_nothing_else_may_hide_in_a_guest(change: Callable[[dict[str, Any], dict[str, Any]], Any]) -> None:
    with pytest.raises(UnsignedData):
        canonical_form(changed(change), rule=OPEN_BADGES)


def test_the_host_names_itself_in_the_guest_only_as_a_profile_does() -> None:
    """A name of an issuer may stand in both; what is achieved, and by whom, in one."""
    badge = changed(lambda badge, guest: guest.update(issuer=copy.deepcopy(badge["issuer"])))
    assert canonical_form(badge, rule=OPEN_BADGES)


@pytest.mark.parametrize(
    "members",
    [
        {"type": ["Achievement"], "criteria": {"narrative": "Nothing at all."}},
        {"type": ["Achievement"], "humanCode": "X1"},
        {"type": ["Achievement"], "creditsAvailable": 100},
    ],
)
def test_what_the_host_says_cannot_be_said_for_it_by_a_guest(members: dict[str, Any]) -> None:
    """JSON-LD merges two nodes of one id: the achievement would have the guest's members, wherever they stand."""
    badge = endorsed()
    achievement = badge["credentialSubject"]["achievement"]
    guest_of(badge)["credentialSubject"] = {"id": achievement["id"], **members}
    with pytest.raises(UnsignedData, match=r"same id|defined by none"):
        canonical_form(badge, rule=OPEN_BADGES)


def test_a_guest_without_proof_is_a_part_like_any_other() -> None:
    """It has no scope of its own, so what stands in both stands twice."""
    badge = changed(lambda badge, guest: guest.pop("proof"))
    achievement = badge["credentialSubject"]["achievement"]
    guest_of(badge)["credentialSubject"]["id"] = achievement["id"]
    with pytest.raises(UnsignedData, match="same id"):
        canonical_form(badge, rule=OPEN_BADGES)


def test_a_guest_twice_is_refused() -> None:
    badge = endorsed()
    badge["credentialSubject"]["achievement"]["endorsement"].append(copy.deepcopy(guest_of(badge)))
    with pytest.raises(UnsignedData):
        canonical_form(badge, rule=OPEN_BADGES)


def test_no_value_of_a_guest_can_be_changed_under_the_hosts_proof() -> None:
    before = canonical_form(endorsed(), rule=OPEN_BADGES).text
    for change in (
        lambda badge, guest: guest.update(name="Another"),
        lambda badge, guest: guest["credentialSubject"].update(endorsementComment="Never."),
        lambda badge, guest: guest["proof"][0].update(created="2020-01-01T00:00:00Z"),
        lambda badge, guest: guest["issuer"].update(name="Somebody"),
    ):
        assert canonical_form(changed(change), rule=OPEN_BADGES).text != before


def test_a_record_holds_badges_of_several_schools() -> None:
    badges = [secure(course(SIGNER, code, code), SIGNER) for code in ("one", "two")]
    clr = record(key.did_of(SIGNER.public_key), badges)
    text = canonical_form(clr, rule=CLR).text
    assert all(badge["proof"][0]["proofValue"] in text for badge in badges)


@pytest.mark.parametrize("rule", [CREDENTIAL, OPEN_BADGES])
def test_a_record_under_another_rule(rule: ContextRule) -> None:
    with pytest.raises(Invalid):
        canonical_form(record(key.did_of(SIGNER.public_key), [secure(course(SIGNER), SIGNER)]), rule=rule)
