"""Tokens in an envelope: what is taken out, and what may not stand beside it."""

import base64
import json
from typing import Any

import pytest

from tests.vc.formats.tokens import BADGE, KID, SIGNER, verify
from vc import enveloped, formats
from vc.context_rules import VC1, VC2
from vc.dids import key
from vc.errors import MalformedValue, NotSupported, ParsingError, UnsignedData, VcError
from vc.formats import cose, sd_jwt, vc_jwt

JWT = vc_jwt.secure(BADGE, signer=SIGNER, verification_method=KID).decode()
SD_JWT = sd_jwt.secure(BADGE, signer=SIGNER, verification_method=KID, disclosable=[], salts=[]).decode()
COSE = base64.b64encode(cose.secure(BADGE, signer=SIGNER, verification_method=KID)).decode()
PRESENTATION = {"@context": [VC2], "type": "VerifiablePresentation", "holder": key.did_of(SIGNER.public_key)}
VP = vc_jwt.secure(PRESENTATION, signer=SIGNER, verification_method=KID).decode()


def envelope(url: Any = "data:application/vc+jwt," + JWT, kind: str = "Credential", **changes: Any) -> bytes:
    document = {"@context": [VC2], "id": url, "type": [f"EnvelopedVerifiable{kind}"]}
    return json.dumps({name: value for name, value in (document | changes).items() if value is not None}).encode()


@pytest.mark.parametrize(
    ("url", "mechanism"),
    [
        ("data:application/vc+jwt," + JWT, "vc+jwt EdDSA"),
        ("data:application/vc+sd-jwt," + SD_JWT, "vc+sd-jwt EdDSA"),
        ("data:application/vc+cose;base64," + COSE, "vc+cose EdDSA"),
    ],
)
def test_what_is_taken_out(url: str, mechanism: str) -> None:
    for data in (envelope(url), envelope(url, type="EnvelopedVerifiableCredential", **{"@context": VC2})):
        verified = verify(data)
        assert (verified.document, verified.mechanism) == (BADGE, mechanism)
    assert formats.unwrap(json.loads(envelope(url))).document == BADGE


def test_a_presentation() -> None:
    assert formats.read(envelope("data:application/vp+jwt," + VP, "Presentation")).document == PRESENTATION


@pytest.mark.parametrize(
    ("data", "error"),
    [
        (envelope(name="Doctor of Everything"), UnsignedData),
        (envelope(proof={}), UnsignedData),
        (envelope(credentialSubject={}), UnsignedData),
        (envelope(type=["EnvelopedVerifiableCredential", "VerifiableCredential"]), MalformedValue),
        (envelope(**{"@context": [VC1]}), MalformedValue),
        (envelope(**{"@context": None}), MalformedValue),
        (envelope(None), MalformedValue),
        (envelope(7), MalformedValue),
        (envelope("data:application/vc+jwt"), MalformedValue),
        (envelope("https://evil.example/credential"), MalformedValue),
        (envelope("application/vc+jwt," + JWT), MalformedValue),
        (envelope("data:application/vc+jwt;charset=utf-8," + JWT), MalformedValue),
        (envelope("data:application/vc+jwt;base64," + JWT), MalformedValue),
        (envelope("data:application/vc+cose," + COSE), MalformedValue),
        (envelope("data:application/vc+cose;base64,!" + COSE), ParsingError),
        (envelope("data:text/plain," + JWT), NotSupported),
        (envelope("data:application/jwt," + JWT), NotSupported),
        (envelope("data:application/vc+xml," + JWT), NotSupported),
        (envelope("data:vc+jwt," + JWT), NotSupported),
        (envelope("data:application/vp+jwt," + JWT), NotSupported),
        (envelope("data:application/vc+jwt," + JWT, "Presentation"), NotSupported),
        (envelope("data:application/vc+jwt," + SD_JWT), ParsingError),
        (envelope("data:application/vc+sd-jwt," + JWT), ParsingError),
        (envelope("data:application/vc+jwt," + json.dumps(BADGE)), ParsingError),
        (envelope("data:application/vc+jwt," + VP), MalformedValue),
        (envelope("data:application/vp+jwt," + JWT, "Presentation"), MalformedValue),
        (b'{"payload": "e30", "signatures": []}', NotSupported),
        (b'{"payload": "e30", "signature": ""}', NotSupported),
    ],
)
def test_envelopes_that_are_refused(data: bytes, error: type[Exception]) -> None:
    with pytest.raises(error):
        formats.read(data)


def test_what_is_no_envelope() -> None:
    for kind in ("VerifiableCredential", [], None, {}):
        document = {**json.loads(envelope()), "type": kind}
        assert not enveloped.is_one(document)
        with pytest.raises(MalformedValue):
            enveloped.unwrap(document)


def test_an_envelope_is_not_signed_into_a_token() -> None:
    inner = vc_jwt.secure(json.loads(envelope()), signer=SIGNER, verification_method=KID)
    with pytest.raises(VcError):
        verify(inner)
    with pytest.raises(VcError):
        verify(envelope("data:application/vc+jwt," + inner.decode()))
