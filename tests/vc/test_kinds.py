"""What kind of credential it is, and the record that holds others (CLR 2.0)."""

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.vc.full_samples import HOST, SAMPLES, sample, under_vcdm_1
from tests.vc.samples import SoftSigner, course, specialization
from tests.vc.schema_walk import places, put
from tests.vc.test_model import CREDENTIAL, ENVELOPE
from tests.vc.test_schemas import JSON
from vc import clr, kinds, openbadges
from vc.errors import RangeError, ShapeError, UnknownContext, VcError
from vc.kinds import check_structure, kind_of

CLR = sample("clr-credential")
SUBJECT = "credentialSubject"
LONE = put(CLR, (SUBJECT, "association"), [])  # nothing points to what is changed in it
KIND = {"achievement-credential": "achievement", "endorsement-credential": "endorsement", "clr-credential": "clr"}


@pytest.mark.parametrize("name", SAMPLES)
def test_each_kind_under_both_data_models(name: str) -> None:
    assert check_structure(sample(name)) == KIND[name]
    assert check_structure(under_vcdm_1(sample(name))) == KIND[name]


def test_what_the_issuer_builds() -> None:
    signer = SoftSigner()
    for document in (course(signer), specialization(signer, 3)):
        assert check_structure(document) == "achievement"


def test_any_other_credential_is_held_against_the_model_alone() -> None:
    assert check_structure(CREDENTIAL) == "credential"
    with pytest.raises(ShapeError, match=r"^issuer is missing"):
        check_structure({"@context": CREDENTIAL["@context"], "type": ["VerifiableCredential"]})


@pytest.mark.parametrize(
    ("names", "kind"),
    [
        (["VerifiableCredential", "AchievementCredential"], "achievement"),
        (["OpenBadgeCredential", "AchievementCredential"], "achievement"),
        ("EndorsementCredential", "endorsement"),
        (["ClrCredential"], "clr"),
        (["x", 7, None, {}], "credential"),
        (None, "credential"),
    ],
)
def test_the_kind_is_said_by_the_type(names: Any, kind: str) -> None:
    assert kind_of({"type": names}) == kind


def test_two_kinds_at_once_are_refused() -> None:
    with pytest.raises(ShapeError, match="more than one kind"):
        kind_of({"type": ["ClrCredential", "OpenBadgeCredential"]})


@pytest.mark.parametrize("document", [None, 7, "x", [], {}, [CREDENTIAL]])
def test_what_is_no_credential(document: Any) -> None:
    with pytest.raises(VcError):
        check_structure(document)


def test_an_open_badge_names_its_context() -> None:
    with pytest.raises(ShapeError, match=r"^@context\[1\] must be the context of Open Badges 3.0"):
        check_structure(put(sample("achievement-credential"), ("@context",), [CREDENTIAL["@context"][0], "x"]))
    with pytest.raises(UnknownContext, match="not known here"):
        check_structure(put(sample("achievement-credential"), ("@context", 2), "https://a.example/context"))


def test_a_kind_is_asked_for_by_its_own_function_too() -> None:
    with pytest.raises(ShapeError, match=r"^type must name OpenBadgeCredential or AchievementCredential"):
        openbadges.check_structure(sample("endorsement-credential"))
    with pytest.raises(ShapeError, match=r"^type must name EndorsementCredential"):
        openbadges.check_endorsement(sample("achievement-credential"))
    with pytest.raises(ShapeError, match=r"^type must name ClrCredential"):
        clr.check_structure(sample("achievement-credential"))


@pytest.mark.parametrize("name", SAMPLES)
def test_every_kind_is_held_against_its_schema(name: str) -> None:
    with pytest.raises(ShapeError, match=r"^credentialSubject.type must name \w+Subject"):
        check_structure(put(sample(name), (SUBJECT, "type"), "Somebody"))


@pytest.mark.parametrize("name", SAMPLES)
def test_every_kind_keeps_the_rules_for_every_credential(name: str) -> None:
    with pytest.raises(RangeError, match="it was never valid"):
        check_structure(sample(name) | {"validUntil": "2020-01-01T00:00:00Z"})
    with pytest.raises(ShapeError, match="nothing says what UnheardOf is"):
        check_structure(sample(name) | {"type": [*sample(name)["type"], "UnheardOf"]})


# --- the record --------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("path", "value", "match"),
    [
        (
            ("verifiableCredential", 1, "issuer", "id"),
            "x",
            r"verifiableCredential\[1\]\.issuer\.id must be an absolute",
        ),
        (("verifiableCredential", 0), {"type": "x"}, r"verifiableCredential\[0\]\.@context is missing"),
        (("verifiableCredential", 0), "ey.ey.c2ln", r"verifiableCredential\[0\] must be an object"),
        (("verifiableCredential",), [], "verifiableCredential must be one credential or more"),
        (("verifiableCredential", 0), ENVELOPE | {"id": "x"}, r"verifiableCredential\[0\]\.id must be a data: URL"),
        (
            ("verifiableCredential", 0, "credentialSubject", "achievement", "criteria"),
            {},
            ".* neither an id nor a narr",
        ),
        (("association", 0, "sourceId"), f"{HOST}/no", r"association\[0\]\.sourceId is .*/no, which is no achievement"),
        (("association", 1, "targetId"), "urn:x:y", r"association\[1\]\.targetId is urn:x:y, which is no achievement"),
        (("association", 1, "associationType"), "likes", ".*one of the values that CLR 2.0 lists"),
        (("achievement", 1, "criteria"), {}, r"achievement\[1\]\.criteria has neither an id nor a narrative"),
        (("achievement", 1, "resultDescription", 0, "requiredLevel"), "urn:x:y", ".*no rubric level"),
    ],
)
def test_a_record_and_what_it_holds(path: tuple[str | int, ...], value: Any, match: str) -> None:
    with pytest.raises(ShapeError, match=r"^credentialSubject\." + match):
        check_structure(put(CLR if path[0] == "association" else LONE, (SUBJECT, *path), value))


def test_a_record_of_nobody() -> None:
    subject = {name: value for name, value in CLR[SUBJECT].items() if name not in ("id", "identifier")}
    with pytest.raises(ShapeError, match="awarded to nobody"):
        check_structure(CLR | {SUBJECT: subject})
    check_structure(CLR | {SUBJECT: subject | {"id": "did:example:a"}})


def test_a_record_may_hold_other_kinds_and_envelopes() -> None:
    """Nobody sees here what an envelope holds, so an association may well point into it."""
    held = [CREDENTIAL, sample("endorsement-credential"), ENVELOPE]
    document = put(CLR, (SUBJECT, "verifiableCredential"), held)
    check_structure(document)
    with pytest.raises(ShapeError, match="which is no achievement or credential of this record"):
        check_structure(put(document, (SUBJECT, "verifiableCredential"), held[:2]))


def test_an_association_may_point_into_a_record_within() -> None:
    outer = put(CLR, (SUBJECT, "verifiableCredential"), [CLR | {"id": f"{HOST}/inner"}])
    assert check_structure(put(outer, (SUBJECT, "achievement"), [])) == "clr"


def test_records_within_records_have_an_end() -> None:
    document = sample("achievement-credential")
    for _ in range(kinds.MAX_NESTING):
        document = put(LONE, (SUBJECT, "verifiableCredential"), [document])
    check_structure(document)
    with pytest.raises(ShapeError, match="records within records"):
        check_structure(put(LONE, (SUBJECT, "verifiableCredential"), [document]))


# --- endorsements ------------------------------------------------------------------------------------------


def test_a_bad_endorsement_is_no_fault_of_what_it_endorses() -> None:
    document = put(sample("achievement-credential"), ("issuer", "endorsement", 0), {"type": []})
    assert check_structure(document) == "achievement"


# --- any document ------------------------------------------------------------------------------------------

PLACES = [(name, place.path) for name in SAMPLES for place in places(name, sample(name))]


@given(where=st.sampled_from(PLACES), value=JSON)
@settings(max_examples=300)
def test_no_document_crashes_the_check(where: tuple[str, tuple[str | int, ...]], value: Any) -> None:
    name, path = where
    for document in (put(sample(name), path, value), value):
        try:
            check_structure(document)
        except VcError:
            continue
