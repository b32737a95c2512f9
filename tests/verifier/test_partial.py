"""Of what discloses selectively a holder may leave something out; a list of revoked ones must not get lost that way."""

import json
from typing import Any

import pytest

from tests.simulators import METHOD, World
from tests.vc.samples import HOST, NOW, SoftSigner, course
from vc import jose
from vc.context_rules import CREDENTIAL, OPEN_BADGES
from vc.dids import key
from vc.disclosures import fold
from vc.formats import data_integrity, sd_jwt
from verifier import Outcome, Policy, Report, Verdict
from verifier.verification import run

CURVED = SoftSigner("an issuer with a curve", "P-256")
ANY = Policy(trust="any")
SALTS = [number.to_bytes(16) for number in range(1, 20)]


@pytest.fixture
def world() -> World:
    """Its status list is signed by the same issuer."""
    world = World()
    world.pages[f"{HOST}/status/1"] = json.dumps(
        data_integrity.secure(
            {name: value for name, value in world.status_list().items() if name != "proof"}
            | {"issuer": key.did_of(CURVED.public_key)},
            signer=CURVED,
            verification_method=key.method_of(CURVED.public_key),
            created=NOW,
            rule=CREDENTIAL,
            suite="ecdsa-rdfc-2019",
        )
    ).encode()
    return world


def verify(data: bytes | dict[str, Any], world: World) -> Report:
    return run(data if isinstance(data, bytes) else json.dumps(data).encode(), policy=ANY, fetch=world, now=NOW)


def base(**changes: Any) -> dict[str, Any]:
    return data_integrity.secure_base(
        {name: value for name, value in (course(CURVED) | changes).items() if value is not None},
        signer=CURVED,
        ephemeral=SoftSigner("for one proof", "P-256"),
        hmac_key=b"k" * 32,
        mandatory_pointers=["/issuer", "/validFrom", "/credentialSubject/achievement"]
        + ([] if changes.get("credentialStatus", 0) is None else ["/credentialStatus"]),
        verification_method=key.method_of(CURVED.public_key),
        created=NOW,
        rule=OPEN_BADGES,
    )


def derived(credential: dict[str, Any], *pointers: str) -> dict[str, Any]:
    return data_integrity.derive(credential, selective_pointers=pointers, rule=OPEN_BADGES)


def status(report: Report) -> Outcome:
    return next(check.outcome for check in report.checks if check.name == "status")


def test_a_part_that_is_still_a_badge(world: World) -> None:
    report = verify(derived(base(), "/credentialSubject"), world)
    assert report.verdict is Verdict.ACCEPTED, report.reason
    assert report.mechanism == "ecdsa-sd-2023"


def test_a_part_without_its_status_is_not_accepted(world: World) -> None:
    report = verify(derived(base(credentialStatus=None), "/credentialSubject"), world)
    assert (status(report), report.verdict) == (Outcome.UNKNOWN, Verdict.UNDETERMINED)
    assert "Ask for the whole certificate" in str(report.reason)


def test_a_part_that_is_no_badge_any_more_accuses_nobody(world: World) -> None:
    report = verify(derived(base(), "/credentialSubject/activityEndDate"), world)
    assert report.verdict is Verdict.UNDETERMINED
    assert "Too little of it is disclosed" in str(report.reason)


def test_a_base_proof_is_for_the_holder_alone(world: World) -> None:
    assert verify(base(), world).verdict is Verdict.REJECTED


def test_a_changed_part_is_rejected(world: World) -> None:
    part = derived(base(), "/credentialSubject")
    part["credentialSubject"]["achievement"]["name"] = "Rocket Science"
    assert verify(part, world).verdict is Verdict.REJECTED


@pytest.mark.parametrize(
    ("has_status", "disclosed", "expected"),
    [(False, [], Outcome.UNKNOWN), (False, ["/name"], Outcome.SKIPPED), (True, [], Outcome.PASSED)],
)
def test_a_token_of_which_something_is_withheld(has_status: bool, disclosed: list[str], expected: Outcome) -> None:
    world = World()
    credential = world.issuer_of(course(world.signer))
    if not has_status:
        del credential["credentialStatus"]
    token = sd_jwt.secure(
        credential, signer=world.signer, verification_method=METHOD, disclosable=["/name"], salts=SALTS
    )
    assert status(verify(sd_jwt.present(token, disclose=disclosed), world)) is expected


def test_an_end_that_may_have_been_left_out_is_not_denied(world: World) -> None:
    """An issuer that lets its holder withhold the last day cannot end it; but nobody says then that it has none."""
    report = verify(derived(base(), "/credentialSubject"), world)
    (said,) = [str(check.detail) for check in report.checks if check.name == "validity"]
    assert said == "Valid since 2 March 2026. No end of it is shown."


def test_one_of_several_statuses_is_not_the_holder_s_to_withhold() -> None:
    """By a lenient issuer: its own list says that it is revoked, another one's message is all that is shown."""
    world = World()
    world.revoke(7, "grade corrected")
    credential: dict[str, Any] = world.issuer_of(course(world.signer))
    credential["credentialStatus"] = [credential["credentialStatus"], {"type": "Other"}]
    folded, _ = fold(credential, ["/credentialStatus/0"], salts=SALTS)
    header = {"typ": "vc+sd-jwt", "kid": METHOD}
    report = verify(jose.sign(header, json.dumps(folded).encode(), world.signer) + b"~", world)
    assert report.verdict is Verdict.UNDETERMINED
    assert "A status of it was left out" in str(report.reason)
