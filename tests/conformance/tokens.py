"""Credentials and presentations as tokens: for enveloped documents and for the command of the JOSE and COSE suite.

In `strict` they are read and verified by `vc.formats`, as in production. In `proof-only` it is asked whether the
signature holds over a document of the type that the header says. Claims about dates are not looked at there, because
the suites' fixtures write them as texts where RFC 7519 wants seconds, or let them end in 2024; and with `typ: JWT`, or
none, a document of VCDM 2.0 may stand in a claim `vc` or `vp`, as only drafts had it. COSE needs none of this.
"""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from tests.conformance.profiles import Profile
from vc import formats, jose, strict_json
from vc.disclosures import unfold
from vc.errors import ProofInvalid
from vc.formats import cose
from vc.securing import ASSERTION, AUTHENTICATION, Dereference

KINDS: Mapping[bool, str] = {False: "vc", True: "vp"}


def proved(
    data: bytes, profile: Profile, now: datetime, *, presentation: bool, dereference: Dereference, **asked: str
) -> dict[str, Any]:
    """The document that the token proves; its members are the caller's to check. Raises `Invalid`, `NotSupported`."""
    if profile.anything and not cose.recognizes(data):
        return _signed(data.strip(), KINDS[presentation], dereference, asked)
    secured = formats.read(data)
    expect = profile.of_presentation if presentation else profile.of_credential
    expected = expect(secured.document, now, **asked)
    return formats.verify(secured, dereference=dereference, expected=expected).document


def _signed(data: bytes, kind: str, dereference: Dereference, asked: Mapping[str, str]) -> dict[str, Any]:
    # (1) a token of this kind
    token, *disclosures = data.split(b"~")
    form = f"{kind}+sd-jwt" if disclosures else f"{kind}+jwt"
    jws = jose.parse(token)
    typ, cty = jose.media_type(jws.header, "typ"), jose.media_type(jws.header, "cty")
    if typ not in (form, "jwt", None) or cty not in (kind, None):
        raise ProofInvalid("The token is of the type {typ} with {cty} in it.", typ=typ, cty=cty)
    # (2) signed by the key that it names
    method = dereference(str(jws.header.get("kid")), ASSERTION if kind == "vc" else AUTHENTICATION)
    jose.verify(jws, method.key)
    # (3) what it carries
    claims = strict_json.parse_object(jws.payload)
    if disclosures:
        claims = unfold(claims, [text.decode("ascii", "replace") for text in disclosures[:-1]]).document
    return _carried(claims, kind, wrapped=typ in ("jwt", None), asked=asked)


def _carried(claims: dict[str, Any], kind: str, *, wrapped: bool, asked: Mapping[str, str]) -> dict[str, Any]:
    if "challenge" in asked and claims.get("nonce") != asked["challenge"]:
        raise ProofInvalid("The token does not answer the challenge that was given.")
    if wrapped and isinstance(claims.get(kind), dict):
        document: dict[str, Any] = claims[kind]
        return document
    party = claims.get("holder" if kind == "vp" else "issuer")
    if "iss" in claims and claims["iss"] != (party.get("id") if isinstance(party, dict) else party):
        raise ProofInvalid("The token is by somebody else than its document.")
    if claims.keys() & {"vc", "vp"}:
        raise ProofInvalid("A token of today has no claim vc or vp.")
    return claims
