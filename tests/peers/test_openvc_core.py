"""openvc-core reads what we sign, and we read what it signs.

It expands JSON-LD with PyLD, as we do; statements, canonical form, signatures and rules are each side's own.
"""

from typing import Any

import pytest

from tests.optional import need
from tests.peers import samples
from tests.vc.samples import dereference
from vc.context_rules import CREDENTIAL
from vc.errors import Invalid
from vc.standing import Asker
from vc.status import bitstring, token_status_list

try:
    from openvc.errors import OpenvcError
    from openvc.keys import Ed25519SigningKey
    from openvc.proof.data_integrity import DataIntegrityProofSuite
    from openvc.status import bitstring as openvc_bitstring
    from openvc.status import issue as openvc_issue
    from openvc.status import token_status_list as openvc_tokens
except ImportError:
    MISSING = True
else:
    MISSING = False


@pytest.fixture(autouse=True)
def _installed() -> None:
    need(not MISSING, "openvc-core (pip install -e '.[dev]')")


def _contexts_of(document: dict[str, Any]) -> dict[str, Any]:
    known = samples.documents()
    return {url: known[url] for url in document["@context"]}


def _theirs(document: dict[str, Any]) -> Any:
    """Verifies with openvc-core. It reads one proof object; a set of one means the same."""
    (proof,) = document["proof"]
    return DataIntegrityProofSuite().verify(
        {**document, "proof": proof}, now=samples.NOW, extra_contexts=_contexts_of(document)
    )


def _signed_by_them(credential: dict[str, Any]) -> dict[str, Any]:
    key = Ed25519SigningKey(samples.SIGNER._key, samples.METHOD)
    return DataIntegrityProofSuite().add_proof(
        credential,
        signing_key=key,
        verification_method=samples.METHOD,
        created=samples.CREATED,
        extra_contexts=_contexts_of(credential),
    )


@pytest.mark.parametrize("kind", samples.CERTIFICATES)
def test_they_verify_ours(kind: str) -> None:
    signed = samples.secure(samples.CERTIFICATES[kind]())
    assert _theirs(signed).issuer == samples.DID


@pytest.mark.parametrize("kind", samples.CERTIFICATES)
def test_we_verify_theirs(kind: str) -> None:
    credential = samples.CERTIFICATES[kind]()
    assert samples.verify(_signed_by_them(credential)).document == credential


@pytest.mark.parametrize("kind", samples.CERTIFICATES)
def test_the_same_key_at_the_same_second_gives_the_same_proof(kind: str) -> None:
    """Ed25519 is deterministic, so equal proofs mean equal canonical forms, byte for byte."""
    credential = samples.CERTIFICATES[kind]()
    assert [_signed_by_them(credential)["proof"]] == samples.secure(credential)["proof"]


@pytest.mark.parametrize("change", samples.CHANGES)
def test_what_was_changed_is_refused_by_both(change: str) -> None:
    changed = samples.CHANGES[change](samples.secure(samples.program()))
    with pytest.raises(OpenvcError):
        _theirs(changed)
    with pytest.raises(Invalid):
        samples.verify(changed)


def test_they_verify_our_status_list_and_read_its_bits() -> None:
    revoked = {0, 7, 8, 94_567, bitstring.ENTRIES - 1}
    signed = samples.status_list(*revoked)
    assert _theirs(signed).issuer == samples.DID
    bits = openvc_bitstring.decode_bitstring(signed["credentialSubject"]["encodedList"])
    assert len(bits) * 8 == bitstring.ENTRIES
    assert {i for i in range(bitstring.ENTRIES) if openvc_bitstring.get_status_bit(bits, i)} == revoked


def test_we_read_the_bits_of_their_status_list() -> None:
    revoked = {1, 6, 9, 131_070}
    theirs = openvc_bitstring.new_bitstring(bitstring.ENTRIES)
    for index in revoked:
        openvc_bitstring.set_status_bit(theirs, index, 1)
    ours = bitstring.Bitstring.decode(openvc_bitstring.encode_bitstring(bytes(theirs)))
    assert {i for i in range(len(ours)) if ours.get(i)} == revoked


def test_we_verify_their_signature_under_a_status_list() -> None:
    unsecured = {name: value for name, value in samples.status_list(5).items() if name != "proof"}
    assert samples.verify(_signed_by_them(unsecured), CREDENTIAL).document == unsecured


STATUSES = {0: 1, 7: 2, 8: 3, 999: 1}


@pytest.mark.parametrize("bits", [2, 4, 8])
def test_they_read_our_token_status_list(bits: int) -> None:
    statuses = token_status_list.TokenStatuses.empty(1_000, bits=bits)
    for index, value in STATUSES.items():
        statuses.set(index, value)
    claims = token_status_list.list_claims(
        uri=samples.LIST_URL, statuses=statuses, issued=samples.CREATED, expires=samples.NOW, ttl=600
    )
    token = token_status_list.secure(claims, signer=samples.SIGNER, key_id=samples.METHOD).decode()
    read = openvc_issue.verify_status_list_token(
        token, public_key_jwk=samples.SIGNER.public_key.jwk, expected_uri=samples.LIST_URL, now=samples.CREATED
    )
    packed = openvc_tokens.decode_status_list(read["status_list"]["lst"])
    found = {index: openvc_tokens.get_status(packed, index, bits=bits) for index in range(1_000)}
    assert {index: value for index, value in found.items() if value} == STATUSES


@pytest.mark.parametrize("bits", [2, 4, 8])
def test_we_read_their_token_status_list(bits: int) -> None:
    packed = openvc_tokens.new_status_list(1_000, bits=bits)
    for index, value in STATUSES.items():
        openvc_tokens.set_status(packed, index, value, bits=bits)
    token = openvc_issue.build_status_list_token(
        signing_key=Ed25519SigningKey(samples.SIGNER._key, samples.METHOD),
        uri=samples.LIST_URL,
        status_list=packed,
        bits=bits,
        issued_at=samples.CREATED,
        expires=samples.NOW,
        ttl=600,
        issuer=samples.DID,
    )
    asker = Asker(samples.DID, None, dereference, samples.CREATED)
    for index in (0, 1, 7, 8, 999):
        entry = openvc_issue.build_token_status_reference(uri=samples.LIST_URL, index=index)["status"]
        question = token_status_list.question(entry["status_list"])
        standing = token_status_list.answer(question, token.encode(), asker=asker, age=0)
        assert standing.value == STATUSES.get(index, 0)
