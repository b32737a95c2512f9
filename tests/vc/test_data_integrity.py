"""Securing and verifying with embedded proofs: what must hold, and what must never be accepted."""

import copy
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from tests.vc.samples import HOST, NOW, SoftSigner, course, dereference, secure, specialization
from vc import dids
from vc.cryptosuites import CRYPTOSUITES
from vc.dids import VerificationMethod, key
from vc.errors import (
    Invalid,
    InvalidKey,
    MalformedValue,
    NotSupported,
    ProofInvalid,
    ProofMissing,
    RangeError,
    Unavailable,
    UnknownContext,
    UnknownCryptosuite,
    UnknownDidMethod,
    UnsignedData,
    WrongPurpose,
)
from vc.formats import data_integrity
from vc.keys import KeyKind
from vc.securing import Expected
from vc.selective.proof_value import Derived

SIGNER = SoftSigner()
OTHER = SoftSigner("somebody else")


def verify(document: dict[str, Any], **changes: Any) -> data_integrity.Verified:
    look_up = changes.pop("dereference", dereference)
    return data_integrity.verify_proofs(document, dereference=look_up, expected=Expected(**({"now": NOW} | changes)))


@pytest.fixture
def secured() -> dict[str, Any]:
    return secure(course(SIGNER), SIGNER)


def test_sign_then_verify(secured: dict[str, Any]) -> None:
    verified = verify(secured)
    assert verified.document == course(SIGNER)
    assert "proof" not in verified.document
    assert verified.methods == (key.method_of(SIGNER.public_key),)
    assert len(verified.digest) == 32


def test_a_specialization_too() -> None:
    assert verify(secure(specialization(SIGNER, 9), SIGNER)).document["name"] == "Data Science"


def _leaves(value: Any, path: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    if isinstance(value, dict):
        return [leaf for name, member in value.items() for leaf in _leaves(member, (*path, name))]
    if isinstance(value, list):
        return [leaf for index, item in enumerate(value) for leaf in _leaves(item, (*path, index))]
    return [path]


def test_no_value_can_be_changed_or_taken_out() -> None:
    """Every single value of a Specialization certificate, its courses' titles included."""
    secured = secure(specialization(SIGNER, 3), SIGNER)
    leaves = [path for path in _leaves(secured) if path[0] not in ("@context", "proof")]
    assert len(leaves) > 100
    for path in leaves:
        changed = copy.deepcopy(secured)
        parent: Any = changed
        for step in path[:-1]:
            parent = parent[step]
        old = parent[path[-1]]
        parent[path[-1]] = (not old) if isinstance(old, bool) else old + "x"
        with pytest.raises((Invalid, Unavailable)):
            verify(changed)
        del parent[path[-1]]
        with pytest.raises((Invalid, Unavailable)):
            verify(changed)


def test_the_proof_itself_is_covered(secured: dict[str, Any]) -> None:
    for change in ({"created": "2026-03-02T11:59:59Z"}, {"nonce": "x"}, {"id": "urn:uuid:1"}):
        changed = {**secured, "proof": [secured["proof"][0] | change]}
        with pytest.raises(ProofInvalid, match="does not match"):
            verify(changed)
    with pytest.raises(UnsignedData, match="The member colour"):
        verify({**secured, "proof": [secured["proof"][0] | {"colour": "x"}]})


@pytest.mark.parametrize("proof", [None, [], [None]])
def test_no_proof_is_no_proof(secured: dict[str, Any], proof: Any) -> None:
    with pytest.raises(ProofMissing):
        verify({**secured, "proof": proof})


@pytest.mark.parametrize("order", [1, -1])
def test_one_good_proof_among_bad_ones_is_not_enough(secured: dict[str, Any], order: int) -> None:
    bad = secure(course(SIGNER), OTHER, verification_method=key.method_of(SIGNER.public_key))["proof"]
    with pytest.raises(ProofInvalid, match="does not match"):
        verify({**secured, "proof": (secured["proof"] + bad)[::order]})


def test_every_proof_of_a_set_may_be_good(secured: dict[str, Any]) -> None:
    second = secure(course(SIGNER), SIGNER, created=NOW - timedelta(days=1))["proof"]
    assert len(verify({**secured, "proof": secured["proof"] + second}).methods) == 2


def test_too_many_proofs(secured: dict[str, Any]) -> None:
    with pytest.raises(ProofInvalid, match="9 proofs"):
        verify({**secured, "proof": secured["proof"] * 9})


def test_somebody_elses_key(secured: dict[str, Any]) -> None:
    forged = secure(course(SIGNER), OTHER)
    with pytest.raises(ProofInvalid, match="but it is signed by a key of did:key"):
        verify(forged)


@pytest.mark.parametrize(
    ("change", "error", "match"),
    [
        ({"cryptosuite": "none"}, UnknownCryptosuite, "'none' is not supported"),
        ({"cryptosuite": ["eddsa-rdfc-2022"]}, UnknownCryptosuite, "not supported"),
        ({"cryptosuite": "bbs-2023"}, NotSupported, "kind bbs-2023, which"),
        ({"proofPurpose": "authentication"}, WrongPurpose, "'authentication', not assertionMethod"),
        ({"challenge": "x"}, ProofInvalid, "carries challenge"),
        ({"domain": "x"}, ProofInvalid, "carries domain"),
        ({"previousProof": "urn:x"}, ProofInvalid, "none of them is the first"),
        ({"created": "2026-03-03T12:00:00Z"}, RangeError, "in the future"),
        ({"created": "yesterday"}, ProofInvalid, "is no date and time"),
        ({"expires": "2026-03-02T11:00:00Z"}, RangeError, "expired on"),
        ({"verificationMethod": None}, ProofInvalid, "does not name its key"),
        ({"verificationMethod": "did:key:z6Mk"}, MalformedValue, "has no fragment"),
        ({"verificationMethod": "did:example:a#b"}, UnknownDidMethod, "not supported"),
        ({"@context": ["https://www.w3.org/ns/credentials/v2"]}, ProofInvalid, "another @context"),
    ],
)
def test_proofs_that_are_refused(
    secured: dict[str, Any], change: dict[str, Any], error: type[Exception], match: str
) -> None:
    with pytest.raises(error, match=match):
        verify({**secured, "proof": [secured["proof"][0] | change]})


def test_a_key_in_a_url_fragment_proves_nothing(secured: dict[str, Any]) -> None:
    """The fragment names the attacker's key, the DID the victim: only the victim's document counts."""
    victim, attacker = key.did_of(SIGNER.public_key), OTHER.public_key.multibase
    forged = secure(course(SIGNER), OTHER, verification_method=f"{victim}#{attacker}")
    with pytest.raises(InvalidKey, match="has no key"):
        verify(forged)


def _resolver(change: Callable[[dict[str, Any]], None]) -> Callable[[str, str], VerificationMethod]:
    document = key.document(SIGNER.public_key)
    change(document)
    return lambda url, purpose: dids.dereference(url, purpose, resolve=lambda _: document)


@pytest.mark.parametrize(
    ("change", "error", "match"),
    [
        (lambda d: d.update(assertionMethod=[]), WrongPurpose, "does not allow its key"),
        (lambda d: d.pop("assertionMethod"), WrongPurpose, "does not allow its key"),
        (lambda d: d["verificationMethod"][0].update(controller="did:example:other"), InvalidKey, "somebody else"),
        (lambda d: d["verificationMethod"][0].update(type="Unheard2030"), InvalidKey, "of a kind"),
        (lambda d: d["verificationMethod"][0].update(publicKeyMultibase=7), InvalidKey, "cannot be read"),
        (lambda d: d.update(verificationMethod=[]), InvalidKey, "has no key"),
        (lambda d: d.update(verificationMethod="x"), InvalidKey, "has no key"),
    ],
)
def test_keys_must_be_listed_by_their_controller(
    secured: dict[str, Any], change: Callable[[dict[str, Any]], None], error: type[Exception], match: str
) -> None:
    with pytest.raises(error, match=match):
        verify(secured, dereference=_resolver(change))


def test_relative_key_ids_in_a_document_are_read(secured: dict[str, Any]) -> None:
    def shorten(document: dict[str, Any]) -> None:
        fragment = "#" + SIGNER.public_key.multibase
        document["verificationMethod"][0]["id"] = fragment
        document["assertionMethod"] = [fragment]

    assert verify(secured, dereference=_resolver(shorten)).document["id"] == f"{HOST}/credentials/toolbox"


def test_unreachable_is_not_wrong(secured: dict[str, Any]) -> None:
    def unreachable(url: str, purpose: str) -> VerificationMethod:
        raise Unavailable("down")

    with pytest.raises(Unavailable):
        verify(secured, dereference=unreachable)


def test_a_key_of_another_kind_than_the_suites() -> None:
    curved = SoftSigner("somebody with a curve", "P-256")
    with pytest.raises(ProofInvalid, match="kind P-256 cannot sign with eddsa-rdfc-2022"):
        verify(secure(course(curved), curved))


def test_nothing_is_signed_that_would_be_dropped() -> None:
    with pytest.raises(UnsignedData):
        secure(course(SIGNER) | {"grade": "A"}, SIGNER)


@pytest.mark.parametrize("suite", ["eddsa-rdfc-2022", "ecdsa-rdfc-2019", "ecdsa-sd-2023"])
def test_a_document_without_contexts_is_refused_and_never_a_crash(suite: str) -> None:
    signer = SoftSigner(kind=min(CRYPTOSUITES[suite].key_kinds))
    secured = secure(course(signer), signer, suite="ecdsa-rdfc-2019" if suite != "eddsa-rdfc-2022" else suite)
    del secured["@context"]
    if suite == "ecdsa-sd-2023":
        derived = Derived(bytes(64), bytes(35), (), {}, ())
        secured["proof"][0] |= {"cryptosuite": suite, "proofValue": derived.text}
    with pytest.raises(UnknownContext, match="The first context must be"):
        verify(secured)


def test_a_chain_cannot_be_made_to_be_walked_for_ever(secured: dict[str, Any]) -> None:
    """Eight proofs, each of which names the one before a thousand times: 10^21 ways, all through good signatures."""
    document = secure(course(SIGNER), SIGNER, id="urn:proof:0")
    for number in range(1, 8):
        name = f"urn:proof:{number - 1}"
        document = secure(document, SIGNER, id=f"urn:proof:{number}", previousProof=name)
    assert len(verify(document).methods) == 8
    for proof in document["proof"][1:]:
        proof["previousProof"] = [proof["previousProof"]] * 1_000
    with pytest.raises(ProofInvalid, match="names a proof twice"):
        verify(document)


@pytest.mark.parametrize(
    "names", [[], [7], [["urn:proof:0"]], {"id": "urn:proof:0"}, None, "urn:proof:9", ["urn:x"] * 9]
)
def test_what_a_chain_may_not_name(names: Any) -> None:
    document = secure(course(SIGNER), SIGNER, id="urn:proof:0")
    document["proof"].append(document["proof"][0] | {"id": "urn:proof:1", "previousProof": names})
    with pytest.raises((ProofInvalid, UnsignedData)):
        verify(document)


def test_proofs_that_continue_each_other_beside_a_good_one() -> None:
    document = secure(course(SIGNER), SIGNER)
    one, two = ({"id": f"urn:{n}", "previousProof": f"urn:{3 - n}"} for n in (1, 2))
    document["proof"] += [document["proof"][0] | one, document["proof"][0] | two]
    with pytest.raises(ProofInvalid, match="in a circle"):
        verify(document)


@pytest.mark.parametrize("kind", ["P-256", "P-384"])
@pytest.mark.parametrize("suite", ["ecdsa-rdfc-2019", "ecdsa-jcs-2019"])
def test_the_curves_sign_and_verify(kind: KeyKind, suite: str) -> None:
    signer = SoftSigner("an issuer", kind)
    verified = verify(secure(course(signer), signer, suite=suite))
    assert verified.document == course(signer)
    assert verified.mechanism == suite
    assert len(verified.digest) == 32


def test_a_question_of_ones_own_is_answered() -> None:
    asked = secure(course(SIGNER), SIGNER, domain="verify.example.org", challenge="abc")
    assert verify(asked, domain="verify.example.org", challenge="abc").document
    for other in (
        {},
        {"domain": "verify.example.org"},
        {"challenge": "abc"},
        {"domain": "other.example.org", "challenge": "abc"},
        {"domain": "verify.example.org", "challenge": "abd"},
    ):
        with pytest.raises(ProofInvalid):
            verify(asked, **other)
    with pytest.raises(ProofInvalid, match=r"not for verify\.example\.org"):
        verify(secure(course(SIGNER), SIGNER, challenge="abc"), domain="verify.example.org", challenge="abc")


@pytest.mark.parametrize("proof", [7, "proof", [7], [[]], {}])
def test_what_is_no_proof_at_all(secured: dict[str, Any], proof: Any) -> None:
    with pytest.raises((ProofInvalid, ProofMissing)):
        verify({**secured, "proof": proof})


def test_members_that_jcs_signs_need_known_contexts_all_the_same() -> None:
    """Everything is signed, but what the words mean would be a stranger's choice."""
    credential = course(SIGNER)
    secured = secure(credential, SIGNER, suite="eddsa-jcs-2022")
    assert verify(secured).document == credential
    for context in (
        [*credential["@context"], "https://evil.example/context"],
        [{"name": "https://evil.example/"}],
        None,
    ):
        with pytest.raises(UnknownContext):
            secure({**credential, "@context": context}, SIGNER, suite="eddsa-jcs-2022")
