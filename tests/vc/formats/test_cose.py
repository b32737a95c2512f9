"""COSE_Sign1: what comes back, and CBOR that could be read in two ways."""

import functools
import json
from typing import Any

import pytest

from tests.vc.formats.tokens import BADGE, KID, SIGNER, WEB, issued_by, verify, web_document, with_keys
from tests.vc.samples import NOW, SoftSigner, course, secure
from vc import cbor, formats
from vc.context_rules import CREDENTIAL, VC2
from vc.dids import key
from vc.errors import (
    Invalid,
    MalformedValue,
    NotSupported,
    ParsingError,
    ProofInvalid,
    RangeError,
    TooLarge,
    UnknownAlgorithm,
    UnknownContext,
    VcError,
)
from vc.formats import cose
from vc.keys import KeyKind
from vc.securing import AUTHENTICATION, Expected

OTHER = SoftSigner("somebody else")
SECONDS = int(NOW.timestamp())
HEADER = {1: -8, 4: KID.encode(), 3: "application/vc", 16: "application/vc+cose"}


def message(
    header: dict[Any, Any] = HEADER,
    payload: Any = BADGE,
    unprotected: dict[Any, Any] | None = None,
    signer: SoftSigner = SIGNER,
    tag: int = 18,
) -> bytes:
    body = payload if isinstance(payload, bytes) else json.dumps(payload).encode()
    protected = cbor.encode(header)
    signature = signer.sign(cbor.encode(["Signature1", protected, b"", body]))
    return cbor.tagged(tag, [protected, unprotected or {}, body, signature])


@pytest.mark.parametrize(("kind", "name"), [("Ed25519", "EdDSA"), ("P-256", "ES256"), ("P-384", "ES384")])
def test_what_is_signed_comes_back(kind: KeyKind, name: str) -> None:
    signer = SoftSigner(kind=kind)
    badge = course(signer)
    made = cose.secure(badge, signer=signer, verification_method=key.method_of(signer.public_key), iat=SECONDS)
    verified = verify(made)
    assert (verified.document, verified.mechanism) == (badge, f"vc+cose {name}")
    assert (verified.created, len(verified.digest)) == ((NOW,), 32)


@pytest.mark.parametrize(("kind", "label"), [("Ed25519", -19), ("P-256", -9), ("P-384", -51)])
def test_the_newer_names_of_the_algorithms(kind: KeyKind, label: int) -> None:
    signer = SoftSigner(kind=kind)
    header = {1: label, 4: key.method_of(signer.public_key).encode()}
    assert verify(message(header, course(signer), signer=signer)).document == course(signer)


def test_without_the_tag() -> None:
    assert verify(message()[1:]).document == BADGE


def test_a_key_that_is_named_outside() -> None:
    assert verify(message({1: -8}, unprotected={4: KID.encode()})).methods == (KID,)
    assert verify(message({1: -8})).methods == (KID,)  # a did:key has one
    lookup = functools.partial(with_keys, web_document(OTHER, SIGNER))
    made = formats.read(message({1: -8, 4: b"#key-2"}, issued_by(WEB)))
    assert formats.verify(made, dereference=lookup, expected=Expected(now=NOW)).methods == (f"{WEB}#key-2",)


def test_a_presentation() -> None:
    document = {"@context": [VC2], "type": "VerifiablePresentation", "holder": key.did_of(SIGNER.public_key)}
    asked: dict[str, Any] = {"rule": CREDENTIAL, "purpose": AUTHENTICATION, "signed_by": "holder"}
    asked |= {"domain": "https://employer.example", "challenge": "n-1"}
    made = cose.secure(document, signer=SIGNER, verification_method=KID, aud="https://employer.example", nonce="n-1")
    verified = verify(made, **asked)
    assert (verified.document, verified.mechanism) == (document, "vp+cose EdDSA")
    with pytest.raises(ProofInvalid):
        verify(made, **asked | {"challenge": "n-2"})
    with pytest.raises(ProofInvalid):
        verify(message(HEADER, document), **asked)


def test_claims_in_the_header() -> None:
    assert verify(message({**HEADER, 15: {1: BADGE["issuer"]["id"], 6: SECONDS, 99: "x"}})).created == (NOW,)
    for claims, error in [
        ({1: "did:example:other"}, ProofInvalid),
        ({3: "https://employer.example"}, ProofInvalid),
        ({4: SECONDS - 1}, RangeError),
        ([], ParsingError),
    ]:
        with pytest.raises(error):
            verify(message({**HEADER, 15: claims}))
    with pytest.raises(ProofInvalid, match="two things"):
        verify(message({**HEADER, 15: {6: SECONDS}}, {**BADGE, "iat": SECONDS - 1}))


# --- refused -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("change", "error"),
    [
        ({1: None}, UnknownAlgorithm),
        ({1: 5}, UnknownAlgorithm),
        ({1: "ES256"}, UnknownAlgorithm),
        ({1: [-8]}, UnknownAlgorithm),
        ({1: -36}, NotSupported),
        ({1: -7}, UnknownAlgorithm),
        ({2: [1]}, ProofInvalid),
        ({3: "application/vp"}, ProofInvalid),
        ({3: 50}, ProofInvalid),
        ({16: "application/vp+cose"}, ProofInvalid),
        ({16: "application/cwt"}, ProofInvalid),
        ({4: "text"}, ProofInvalid),
        ({4: b"\xff"}, ProofInvalid),
        ({4: key.method_of(OTHER.public_key).encode()}, ProofInvalid),
    ],
    ids=str,
)
def test_headers_that_are_refused(change: dict[int, Any], error: type[Exception]) -> None:
    header = {label: value for label, value in (HEADER | change).items() if value is not None}
    with pytest.raises(error):
        verify(message(header))


@pytest.mark.parametrize("label", [1, 2, 3, 15, 16])
def test_what_decides_stands_inside_the_signature(label: int) -> None:
    header = {name: value for name, value in HEADER.items() if name != label}
    with pytest.raises(ProofInvalid, match="outside its signature"):
        verify(message(header, unprotected={label: HEADER.get(label, [])}))
    with pytest.raises(ProofInvalid, match="outside its signature"):
        verify(message(unprotected={4: KID.encode()}))


@pytest.mark.parametrize(
    "payload",
    [
        {**BADGE, "type": ["OpenBadgeCredential"]},
        {**BADGE, "type": ["VerifiableCredential", "VerifiablePresentation"]},
        {**BADGE, "iss": "did:example:other"},
        {**BADGE, "vc": {}},
        {**BADGE, "nonce": "n"},
        secure(BADGE, SIGNER),
    ],
)
def test_payloads_that_contradict_themselves(payload: dict[str, Any]) -> None:
    with pytest.raises(ProofInvalid):
        verify(message(payload=payload))


def test_a_context_that_is_not_known() -> None:
    with pytest.raises(UnknownContext):
        verify(message(payload={**BADGE, "@context": [VC2, "https://evil.example"]}))


def test_signed_by_somebody_else() -> None:
    with pytest.raises(ProofInvalid):
        verify(message(signer=OTHER))
    with pytest.raises(ProofInvalid, match="signed by a key of"):
        verify(message({**HEADER, 4: key.method_of(OTHER.public_key).encode()}, signer=OTHER))


PARTS: list[Any] = cbor.decode(message())[1]


@pytest.mark.parametrize(
    "value",
    [
        PARTS[:3],
        [*PARTS, b""],
        [PARTS[0], {}, b"", PARTS[3]],
        [PARTS[0], [], PARTS[2], PARTS[3]],
        ["text", {}, PARTS[2], PARTS[3]],
        [PARTS[0], {}, "text", PARTS[3]],
        [PARTS[0], {}, PARTS[2], "text"],
        [b"", {}, PARTS[2], PARTS[3]],
        [cbor.encode([1]), {}, PARTS[2], PARTS[3]],
        [cbor.tagged(18, HEADER), {}, PARTS[2], PARTS[3]],
        {1: 2},
    ],
)
def test_other_shapes(value: Any) -> None:
    with pytest.raises(Invalid):
        formats.FORMATS["cose"].read(cbor.tagged(18, value))


def test_a_payload_that_lies_elsewhere() -> None:
    detached = message().replace(cbor.encode(PARTS[2]), b"\xf6")
    with pytest.raises(VcError):
        formats.read(detached)
    for tag in (98, 61, 17):
        with pytest.raises(ParsingError):
            formats.read(message(tag=tag))
        with pytest.raises(ParsingError):
            cose.read(message(tag=tag))


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"\x81",
        b"\x18\x17",  # 23 in two bytes
        b"\x19\x00\xff",  # 255 in three
        b"\x1a\x00\x00\xff\xff",
        b"\x1b\x00\x00\x00\x00\xff\xff\xff\xff",
        b"\x58\x01a",
        b"\x9f\x01\xff",  # indefinite lengths
        b"\x9f" + b"\xff" * 200,
        b"\xbf\x01\x02\xff",
        b"\x5f\x41a\xff",
        b"\x7f\x61a\xff",
        b"\xa2\x01\x02\x01\x03",  # a key twice
        b"\xa2\x01\x02\x18\x01\x03",
        b"\xa1\x41a\x01",  # a key of bytes
        b"\xa1\x80\x01",
        b"\x01\x01",  # something behind it
        b"\x61\xff",
        b"\x42a",
        b"\xf6",
        b"\xf5",
        b"\xf9\x3c\x00",
        b"\xfb\x3f\xf0\x00\x00\x00\x00\x00\x00",
        b"\x81\xc1\x00",  # a tag within
        b"\x1c",
        b"\x1f",
        b"\xff",
    ],
)
def test_cbor_that_could_be_read_otherwise(data: bytes) -> None:
    with pytest.raises(ParsingError):
        cbor.decode(data)


def test_cbor_without_end() -> None:
    for data in (b"\x81" * 100_000 + b"\x01", b"\x9a\x00\x0f\xff\xff" + b"\x01" * 100, b"\x00" * (cbor.MAX_BYTES + 1)):
        with pytest.raises(TooLarge):
            cbor.decode(data)
    with pytest.raises(ParsingError):
        cbor.decode(b"\x5b\x7f\xff\xff\xff\xff\xff\xff\xff" + b"a")


@pytest.mark.parametrize(
    "value",
    [
        0,
        23,
        24,
        255,
        256,
        65535,
        65536,
        2**32,
        2**64 - 1,
        -1,
        -25,
        -(2**64),
        b"",
        b"a" * 300,
        "é",
        [],
        [[1]],
        {1: 2, "a": -3},
    ],
)
def test_cbor_there_and_back(value: Any) -> None:
    assert cbor.decode(cbor.encode(value)) == (None, value)


@pytest.mark.parametrize("value", [True, None, 1.5, 2**64, -(2**64) - 1])
def test_cbor_that_is_not_written(value: Any) -> None:
    with pytest.raises(ParsingError):
        cbor.encode(value)


def test_every_flipped_bit_is_noticed() -> None:
    small = {"@context": [VC2], "type": ["VerifiableCredential"], "issuer": BADGE["issuer"]["id"]}
    whole = cose.secure(small, signer=SIGNER, verification_method=KID)
    assert verify(whole, rule=CREDENTIAL).document == small
    for position in range(len(whole)):
        for bit in range(8):
            changed = bytearray(whole)
            changed[position] ^= 1 << bit
            with pytest.raises(VcError):
                verify(bytes(changed), rule=CREDENTIAL)


def test_only_what_was_signed_is_given_back() -> None:
    read = formats.read(message())
    read.document["name"] = "changed after reading"
    local = functools.partial(with_keys, key.document(SIGNER.public_key))
    assert formats.verify(read, dereference=local, expected=Expected(now=NOW)).document == BADGE


@pytest.mark.parametrize("change", [{"proof": {}}, {"vc": {}}, {"iat": 1}])
def test_what_would_contradict_itself_is_not_signed(change: dict[str, Any]) -> None:
    with pytest.raises(MalformedValue):
        cose.secure({**BADGE, **change}, signer=SIGNER, verification_method=KID, iat=SECONDS)


def test_keys_that_do_not_sign_cose() -> None:
    with pytest.raises(NotSupported):
        cose.secure(BADGE, signer=SoftSigner(kind="RSA"), verification_method=KID)
