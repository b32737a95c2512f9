"""Three answers, never two: what is accepted, what is rejected, and what cannot be told now."""

import copy
import json
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

import contexts
from tests.simulators import DID, METHOD, World
from tests.vc.samples import HOST, NOW, SoftSigner, course, secure, specialization
from vc.baking import svg
from vc.context_rules import OB_303, OPEN_BADGES, OPEN_BADGES_1, VC1
from vc.cryptosuites import eddsa_rdfc_2022
from vc.dates import parse_datetime
from vc.dids import web
from vc.formats import vc_jwt
from vc.jsonld import Contents
from vc.multibase import digest_multibase, multibase_encode
from verifier import Outcome, Policy, Report, Verdict
from verifier.verification import run


@pytest.fixture
def world() -> World:
    return World()


def verify(data: bytes | dict[str, Any], world: World, **changes: Any) -> Report:
    data = data if isinstance(data, bytes) else json.dumps(data).encode()
    values: dict[str, Any] = {"policy": Policy(), "fetch": world, "now": NOW}
    return run(data, **(values | changes))


def outcome(report: Report, name: str) -> Outcome:
    return next(check.outcome for check in report.checks if check.name == name)


def rejected(report: Report, check: str, problem: str) -> None:
    failed = [c for c in report.checks if c.outcome is Outcome.FAILED]
    assert report.verdict is Verdict.REJECTED
    assert [c.name for c in failed] == [check], [(c.name, str(c.detail)) for c in report.checks]
    assert (failed[0].problem or "").endswith("#" + problem), failed[0]


# --- accepted ------------------------------------------------------------------------------------------------


def test_a_genuine_certificate(world: World) -> None:
    report = verify(world.issue(course(world.signer)), world)
    assert report.verdict is Verdict.ACCEPTED
    assert report.reason is None
    assert report.facts is not None
    assert report.facts.recipient == "Zoë Ünlü-Beispiel"
    assert report.facts.issuer.domain == "credentials.example.org"
    assert report.facts.language == "en"


def test_a_link(world: World) -> None:
    world.issue(course(world.signer))
    report = verify(f"{HOST}/credentials/toolbox".encode(), world)
    assert (report.verdict, report.source) == (Verdict.ACCEPTED, f"{HOST}/credentials/toolbox")


def test_the_contract_of_the_json_report(world: World) -> None:
    report = verify(world.issue(course(world.signer)), world).to_json()
    assert list(report) == [
        "verdict",
        "checks",
        "credential",
        "courses",
        "endorsements",
        "presented",
        "mechanism",
        "superseded_by",
    ]
    assert [check["name"] for check in report["checks"]] == [
        "structure",
        "proof",
        "refresh",
        "issuer",
        "validity",
        "status",
        "subject",
        "courses",
        "endorsements",
    ]
    assert report["credential"]["issuer"]["id"] == DID
    assert report["credential"]["awarded"] == "2026-03-02T12:00:00Z"
    json.dumps(report)


# --- rejected ------------------------------------------------------------------------------------------------


def test_a_changed_course_title_inside_a_signed_credential(world: World) -> None:
    secured = world.secure(specialization(world.signer))
    secured["credentialSubject"]["achievement"]["resultDescription"][0]["name"] = "Rocket Science"
    report = verify(secured, world)
    rejected(report, "proof", "PROOF_VERIFICATION_ERROR")
    assert report.facts is None, "nothing of a forgery is shown as a fact"
    assert "changed after it was signed" in str(report.reason)


def test_an_added_unsigned_property(world: World) -> None:
    report = verify(world.secure(course(world.signer)) | {"honours": "with distinction"}, world)
    rejected(report, "proof", "UNSIGNED_DATA")
    assert str(report.reason) == (
        "The member honours is defined by none of the contexts, so a signature does not cover it."
    )


def test_an_unknown_context(world: World) -> None:
    secured = world.secure(course(world.signer))
    secured["@context"] = [*secured["@context"], "https://evil.example/context"]
    report = verify(secured, world)
    rejected(report, "structure", "UNKNOWN_CONTEXT")
    assert "https://evil.example/context" not in world.asked


def test_duplicate_keys(world: World) -> None:
    report = verify(b'{"id": "urn:a", "id": "urn:b"}', world)
    rejected(report, "structure", "PARSING_ERROR")
    assert "'id' stands twice" in str(report.reason)


def test_revoked_with_reason_and_date(world: World) -> None:
    data = world.issue(course(world.signer))
    world.revoke(7, "grade corrected")
    report = verify(data, world)
    rejected(report, "status", "REVOKED")
    assert str(report.reason) == "Revoked by the issuer on 1 March 2026: grade corrected"
    assert report.facts is not None


def test_suspended(world: World) -> None:
    data = world.issue(course(world.signer))
    world.revoke(7, "under review", state="suspended")
    rejected(verify(data, world), "status", "SUSPENDED")


def test_superseded_leads_to_the_new_one(world: World) -> None:
    data = world.issue(course(world.signer))
    world.revoke(7, "name corrected", state="superseded", supersededBy=f"{HOST}/credentials/new")
    report = verify(data, world)
    rejected(report, "status", "SUPERSEDED")
    assert report.superseded_by == f"{HOST}/credentials/new"


def test_suspended_with_a_day_until_which_it_can_be_put_right(world: World) -> None:
    data = world.issue(course(world.signer))
    world.revoke(7, "under review", state="suspended", until="2026-04-01")
    report = verify(data, world)
    rejected(report, "status", "SUSPENDED")
    said = "Suspended by the issuer on 1 March 2026: under review"
    assert str(report.reason) == f"{said}. It can be put right until 1 April 2026."
    for odd in (None, 7, "soon", "2026-13-01"):
        world.revoke(7, "under review", state="suspended", until=odd)
        assert str(verify(data, world).reason) == said


def test_revoked_and_earned_again_leads_to_the_new_one(world: World) -> None:
    data = world.issue(course(world.signer))
    world.revoke(7, "grade corrected", supersededBy=f"{HOST}/credentials/new")
    report = verify(data, world)
    rejected(report, "status", "REVOKED")
    assert report.superseded_by == f"{HOST}/credentials/new"
    world.revoke(7, "under review", state="suspended", supersededBy=f"{HOST}/credentials/new")
    assert verify(data, world).superseded_by is None


def test_revoked_by_a_list_whose_statement_is_gone_or_odd(world: World) -> None:
    data = world.issue(course(world.signer))
    world.revoke(7, "x")
    for odd in (b"", b"[]", b'{"state": 7}', b'{"since": "soon", "state": "revoked"}', b"\xff"):
        world.pages[f"{HOST}/credentials/c7/status"] = odd
        report = verify(data, world)
        rejected(report, "status", "REVOKED")
        assert str(report.reason) == "Revoked by the issuer."


def test_the_statement_is_asked_of_the_issuers_own_origin_only(world: World) -> None:
    credential = course(world.signer)
    credential["credentialStatus"]["statusReference"] = "https://elsewhere.example/why"
    data = world.issue(credential)
    world.bits.set(7, True)
    rejected(verify(data, world), "status", "REVOKED")
    assert "https://elsewhere.example/why" not in world.asked


def test_a_status_list_signed_by_somebody_else(world: World) -> None:
    data = world.issue(course(world.signer))
    world.list_signer = SoftSigner("an attacker")
    rejected(verify(data, world), "status", "STATUS_VERIFICATION_ERROR")


def test_a_status_list_with_something_unsigned_in_it(world: World) -> None:
    data = world.issue(course(world.signer))
    world.pages[f"{HOST}/status/1"] = json.dumps(world.status_list() | {"extra": 1}).encode()
    rejected(verify(data, world), "status", "STATUS_VERIFICATION_ERROR")


def test_more_statuses_than_anybody_needs(world: World) -> None:
    credential = course(world.signer)
    status = credential["credentialStatus"]
    credential["credentialStatus"] = [
        status | {"id": f"{HOST}/status/1#{index}", "statusListIndex": str(index)} for index in range(5)
    ]
    rejected(verify(world.issue(credential), world), "status", "STATUS_VERIFICATION_ERROR")


def test_not_yet_and_no_longer_valid(world: World) -> None:
    early = verify(world.issue(course(world.signer)), world, now=NOW - timedelta(days=1))
    rejected(early, "proof", "RANGE_ERROR")  # dated in the future
    credential = course(world.signer) | {"validFrom": "2026-03-05T00:00:00Z"}
    rejected(verify(world.issue(credential), world), "validity", "RANGE_ERROR")
    credential = course(world.signer) | {"validFrom": "2026-02-01T00:00:00Z", "validUntil": "2026-03-01T00:00:00Z"}
    report = verify(world.issue(credential), world)
    rejected(report, "validity", "RANGE_ERROR")
    assert str(report.reason) == "Expired on 1 March 2026."


def test_a_picture_of_somebody_else_shows_what_was_signed(world: World) -> None:
    """What stands in the picture around a genuine credential is nobody's word."""
    picture = b'<svg xmlns="http://www.w3.org/2000/svg"><text>Somebody Else</text></svg>'
    report = verify(svg.bake(picture, world.issue(course(world.signer))), world)
    assert report.facts is not None
    assert report.facts.recipient == "Zo\u00eb \u00dcnl\u00fc-Beispiel"


def test_a_key_that_claims_to_be_the_issuers_in_somebody_elses_document(world: World) -> None:
    method = "did:web:evil.example#key-1"
    key = {
        "id": method,
        "type": "Multikey",
        "controller": DID,
        "publicKeyMultibase": SoftSigner("an attacker").public_key.multibase,
    }
    document = {"id": "did:web:evil.example", "verificationMethod": [key], "assertionMethod": [method]}
    world.pages["https://evil.example/.well-known/did.json"] = json.dumps(document).encode()
    forged = world.secure(course(world.signer), signer=SoftSigner("an attacker"), verification_method=method)
    rejected(verify(forged, world), "proof", "INVALID_VERIFICATION_METHOD")


@pytest.mark.parametrize("around", [lambda d: d + b"\n" + d, lambda d: d + b"\0", lambda d: b"[" + d + b"]"])
def test_one_credential_and_nothing_around_it(world: World, around: Callable[[bytes], bytes]) -> None:
    rejected(verify(around(world.issue(course(world.signer))), world), "structure", "PARSING_ERROR")


# --- undetermined --------------------------------------------------------------------------------------------


def undetermined(report: Report, check: str) -> None:
    assert report.verdict is Verdict.UNDETERMINED
    assert [c.name for c in report.checks if c.outcome is Outcome.UNKNOWN] == [check]


def test_the_issuer_is_down(world: World) -> None:
    data = world.issue(course(world.signer))
    world.down = True
    undetermined(verify(data, world), "proof")


def test_the_list_is_gone_and_only_the_list(world: World) -> None:
    data = world.issue(course(world.signer))
    list_url = f"{HOST}/status/1"
    whole = world._own
    world._own = lambda url: None if url == list_url else whole(url)  # type: ignore[method-assign]  # the list only
    report = verify(data, world)
    undetermined(report, "status")
    assert "cannot be told now" in str(report.reason)
    assert report.facts is not None, "what is proved is shown all the same"


def test_a_stranger_with_a_bare_key(world: World) -> None:
    stranger = SoftSigner("a stranger")
    credential = course(stranger)
    del credential["credentialStatus"]
    data = secure(credential, stranger)
    report = verify(data, world)
    undetermined(report, "issuer")
    assert str(report.reason).startswith("Issuer unknown")
    assert verify(data, world, policy=Policy(trust="any")).verdict is Verdict.ACCEPTED
    undetermined(verify(data, world, policy=Policy(trust="known")), "issuer")
    known = Policy(trust="known", known={credential["issuer"]["id"]: "Our partner"})
    assert verify(data, world, policy=known).verdict is Verdict.ACCEPTED


def test_a_domain_that_is_not_in_the_list(world: World) -> None:
    undetermined(verify(world.issue(course(world.signer)), world, policy=Policy(trust="known")), "issuer")


def test_a_link_that_leads_nowhere(world: World) -> None:
    undetermined(verify(b"https://credentials.example.org/credentials/none", world), "structure")


# --- the courses inside --------------------------------------------------------------------------------------


def _program(world: World) -> tuple[bytes, dict[str, bytes]]:
    """A Specialization with three courses and a capstone whose certificates exist."""
    credential = specialization(world.signer, 3)
    parts = {}
    for index, resource in enumerate(credential["relatedResource"]):
        code = resource["id"].rpartition("/")[2]
        parts[resource["id"]] = world.issue(course(world.signer, code, f"Part {code}", index=20 + index))
        resource["digestMultibase"] = digest_multibase(parts[resource["id"]])
    return world.issue(credential), parts


def test_each_part_has_its_own_outcome(world: World) -> None:
    data, parts = _program(world)
    report = verify(data, world)
    assert report.verdict is Verdict.ACCEPTED
    assert [(p.kind, str(p.outcome)) for p in report.courses] == [("course", "passed")] * 3 + [("capstone", "passed")]
    assert [p.credential for p in report.courses] == list(parts)


def test_a_revoked_course_is_shown_and_the_whole_is_the_issuers_word(world: World) -> None:
    data, _ = _program(world)
    world.revoke(21, "plagiarism")
    report = verify(data, world)
    assert report.verdict is Verdict.ACCEPTED
    assert [str(p.outcome) for p in report.courses] == ["passed", "failed", "passed", "passed"]
    assert "Revoked by the issuer" in str(report.courses[1].detail)


def test_a_part_by_another_university(world: World) -> None:
    partner = SoftSigner("a partner university")
    own = course(partner, "course-1", "Part course-1")
    del own["credentialStatus"]
    data = json.dumps(secure(own, partner)).encode()
    credential = specialization(world.signer, 3)
    resource = credential["relatedResource"][0]
    resource["digestMultibase"] = digest_multibase(data)
    world.pages[resource["id"]] = data
    report = verify(world.issue(credential), world)
    assert (report.verdict, report.courses[0].outcome) == (Verdict.ACCEPTED, Outcome.PASSED)


def test_a_course_certificate_that_was_changed(world: World) -> None:
    data, parts = _program(world)
    url = next(iter(parts))
    world.pages[url] = parts[url] + b" "
    rejected(verify(data, world), "courses", "INCLUDED_CREDENTIAL_ALTERED")


def test_a_course_certificate_that_cannot_be_had(world: World) -> None:
    data, parts = _program(world)
    del world.pages[next(iter(parts))]
    report = verify(data, world)
    assert report.verdict is Verdict.ACCEPTED
    assert str(report.courses[0].outcome) == "unknown"


@pytest.mark.parametrize("odd", [b"[]", b"{}", b'{"issuer": "x"}', b"\x00", b'{"credentialSubject": 1}'])
def test_odd_bytes_behind_a_right_digest_are_no_crash(world: World, odd: bytes) -> None:
    credential = specialization(world.signer, 3)
    resource = credential["relatedResource"][0]
    resource["digestMultibase"] = digest_multibase(odd)
    data = world.issue(credential)
    world.pages[resource["id"]] = odd
    assert verify(data, world).courses[0].outcome is Outcome.FAILED


# --- context history -----------------------------------------------------------------------------------------


def test_a_credential_that_verifies_only_under_an_earlier_context(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The contents that are known differ by added terms alone; this one gives a term another meaning."""
    earlier, load, history = "e" * 64, contexts.load, contexts.history

    def load_either(url: str, sha256: str | None = None) -> dict[str, Any]:
        if (url, sha256) != (OB_303, earlier):
            return load(url, sha256)
        content = load(url)
        content["@context"]["Achievement"]["@context"]["humanCode"] = {"@id": "https://earlier.example/humanCode"}
        return content

    monkeypatch.setattr(contexts, "load", load_either)
    monkeypatch.setattr(contexts, "history", lambda url: history(url) + ((earlier,) if url == OB_303 else ()))
    credential = world.issuer_of(course(world.signer))
    options = {k: v for k, v in world.secure(course(world.signer))["proof"][0].items() if k != "proofValue"}
    data = eddsa_rdfc_2022.SUITE.hash_data(
        credential, options, kind="Ed25519", rule=OPEN_BADGES, contents=Contents({OB_303: earlier})
    )
    secured = {**credential, "proof": [{**options, "proofValue": multibase_encode(world.signer.sign(data), "z")}]}
    report = verify(secured, world)
    assert report.verdict is Verdict.ACCEPTED
    said = str(next(check.detail for check in report.checks if check.name == "proof"))
    assert f"earlier content of {OB_303} (SHA-256 eeeeeeeeeeee…)" in said


# --- nothing a stranger sends is a crash ---------------------------------------------------------------------


def test_no_shape_is_a_crash(world: World) -> None:
    """Every value of a good credential replaced by values of other kinds."""
    secured = world.secure(specialization(world.signer, 3))

    def paths(value: Any, path: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
        items = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
        return [path, *[p for key, member in items for p in paths(member, (*path, key))]]

    for path in paths(secured)[1:]:
        if len(path) > 3 and path[-1] not in (0, "id", "type"):
            continue
        for odd in (None, 7, "", [], {}, [[]], [{}], {"id": {}}, True):
            changed = copy.deepcopy(secured)
            parent: Any = changed
            for step in path[:-1]:
                parent = parent[step]
            parent[path[-1]] = odd
            assert verify(changed, world).verdict in (Verdict.REJECTED, Verdict.UNDETERMINED, Verdict.ACCEPTED)


def test_the_end_that_is_shown_is_the_one_that_counts(world: World) -> None:
    """VCDM 1.1 has a second name for the last day in reserve; the earlier one ends it."""
    credential: dict[str, Any] = course(world.signer) | {"@context": [VC1, OB_303]}
    credential["issuanceDate"] = credential.pop("validFrom")
    credential |= {"expirationDate": "2026-05-01T00:00:00Z", "validUntil": "2030-01-01T00:00:00Z"}
    secured = world.secure(credential, rule=OPEN_BADGES_1, suite="eddsa-jcs-2022")
    facts = verify(secured, world).facts
    assert facts is not None
    assert facts.valid_until == parse_datetime("2026-05-01T00:00:00Z")


@pytest.mark.parametrize(
    ("expires", "expected"),
    [
        ("2026-03-02T12:00:00Z", "has expired on"),
        ("yesterday", "Nobody can tell when the key"),
        ("2026-03-02T12:00:01Z", ""),
    ],
)
@pytest.mark.parametrize("form", ["json", "jwt"])
def test_a_key_that_expires(world: World, form: str, expires: str, expected: str) -> None:
    """Controlled Identifiers 1.0 section 2.2."""
    document = web.document(DID, {"key-1": world.signer.public_key})
    document["verificationMethod"][0]["expires"] = expires
    world.pages[web.document_url(DID)] = json.dumps(document).encode()
    credential = world.issuer_of(course(world.signer))
    made = {
        "json": json.dumps(world.secure(credential)).encode(),
        "jwt": vc_jwt.secure(credential, signer=world.signer, verification_method=METHOD),
    }
    report = verify(made[form], world)
    assert report.verdict is (Verdict.REJECTED if expected else Verdict.ACCEPTED)
    assert expected in str(report.reason)
