"""SD-JWT: the published examples, both kinds, and everything that a holder or a stranger could rearrange."""

import copy
import functools
import json
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from tests.vc.formats.tokens import BADGE, KID, SIGNER, WEB, issued_by, sign, verify, web_document, with_keys
from tests.vc.samples import NOW, SoftSigner, course, secure
from vc import disclosures, formats, jose, key_binding, strict_json
from vc.context_rules import CREDENTIAL, VC2
from vc.dids import https, key
from vc.errors import (
    Invalid,
    InvalidKey,
    MalformedValue,
    NotSupported,
    ParsingError,
    ProofInvalid,
    RangeError,
    TooLarge,
    UnknownContext,
    VcError,
)
from vc.formats import sd_jwt
from vc.keys import KeyKind, PublicKey
from vc.multibase import base64url_encode
from vc.securing import AUTHENTICATION, Expected

RFC = json.loads((Path(__file__).parents[2] / "vectors/rfc9901/sd_jwt.json").read_text())
HOLDER = SoftSigner("a holder", "P-256")
OTHER = SoftSigner("somebody else")
ASKED: dict[str, Any] = {"domain": "https://employer.example", "challenge": "n-1"}
PLACES = ["/credentialSubject/identifier/0", "/credentialSubject/result", "/name"]
SECONDS = int(NOW.timestamp())


def salts(count: int = 50) -> list[bytes]:
    return [number.to_bytes(16) for number in range(1, count)]


def issue(badge: dict[str, Any] = BADGE, places: list[str] = PLACES, **more: Any) -> bytes:
    values = {"signer": SIGNER, "verification_method": KID, "disclosable": places, "salts": salts()} | more
    return sd_jwt.secure(badge, **values)


def bound(token: bytes, signer: SoftSigner = HOLDER, **more: Any) -> bytes:
    return sd_jwt.bind(token, **({"holder": signer, "audience": ASKED["domain"], "nonce": "n-1", "now": NOW} | more))


def raw(claims: dict[str, Any], *texts: str, header: dict[str, Any] | None = None) -> bytes:
    """A token of any payload with any disclosures."""
    head = {"kid": KID, "typ": "vc+sd-jwt"} | (header or {})
    return b"~".join([sign(head, json.dumps(claims).encode()), *(text.encode() for text in texts), b""])


def text(*parts: Any) -> str:
    return base64url_encode(json.dumps(parts).encode())


def digest(of: str, algorithm: str = "sha-256") -> str:
    return disclosures.digest(of.encode(), algorithm)


# --- the published examples ----------------------------------------------------------------------------------


@pytest.mark.parametrize("example", RFC["presentations"], ids=lambda example: example["name"])
def test_the_examples_of_the_rfc(example: dict[str, Any]) -> None:
    token, *texts, binding = example["token"].split("~")
    jws = jose.parse(token.encode())
    jose.verify(jws, PublicKey.from_jwk(RFC["issuer_key"]))
    payload = strict_json.parse_object(jws.payload)
    assert disclosures.unfold(payload, texts).document == example["processed"]
    key_binding.check(
        binding.encode(),
        covered=example["token"].removesuffix(binding).encode(),
        algorithm="sha-256",
        confirmation=payload["cnf"],
        dereference=lambda url, purpose: pytest.fail("asked for a key"),
        expected=Expected(now=datetime.fromtimestamp(RFC["iat"], UTC), domain=RFC["aud"], challenge=RFC["nonce"]),
    )


def rfc_keys(url: str, purpose: str) -> Any:
    metadata = {"issuer": "https://pid-issuer.bund.de.example", "jwks": {"keys": [RFC["issuer_key"]]}}
    document = https.METHOD.resolve(url.partition("#")[0], get=lambda _: json.dumps(metadata).encode())
    return with_keys(document, url, purpose)


def test_an_issuer_that_publishes_its_keys_as_metadata() -> None:
    example = RFC["presentations"][1]
    read = formats.read(example["token"].encode())
    expected = Expected(now=datetime.fromtimestamp(RFC["iat"], UTC), domain=RFC["aud"], challenge=RFC["nonce"])
    verified = formats.verify(read, dereference=rfc_keys, expected=expected)
    assert (verified.document, verified.mechanism) == (example["processed"], "dc+sd-jwt ES256")
    assert verified.methods == ("https://pid-issuer.bund.de.example/.well-known/jwt-vc-issuer",)


def test_a_type_that_is_only_an_example_is_no_credential() -> None:
    with pytest.raises(ProofInvalid, match="which no credential has"):
        formats.read(RFC["issued"].encode())


# --- accepted ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("kind", ["Ed25519", "P-256", "P-384"])
@pytest.mark.parametrize("algorithm", ["sha-256", "sha-384", "sha-512"])
def test_everything_shown(kind: KeyKind, algorithm: str) -> None:
    signer = SoftSigner(kind=kind)
    badge = course(signer)
    token = issue(badge, signer=signer, verification_method=key.method_of(signer.public_key), algorithm=algorithm)
    verified = verify(token)
    assert verified.document == badge
    assert verified.mechanism.startswith("vc+sd-jwt E")
    assert verify(token).digest == verify(sd_jwt.present(token, disclose=PLACES)).digest


def test_what_is_withheld_is_not_there() -> None:
    shown = sd_jwt.present(issue(), disclose=["/name"])
    document = verify(shown).document
    assert document["name"] == BADGE["name"]
    assert "result" not in document["credentialSubject"]
    assert len(document["credentialSubject"]["identifier"]) == len(BADGE["credentialSubject"]["identifier"]) - 1
    assert shown.count(b"~") == 2


def test_what_stands_in_what_is_withheld() -> None:
    places = ["/credentialSubject/result", "/credentialSubject/result/0/value"]
    token = issue(places=places)
    assert verify(token).document == BADGE
    inner = verify(sd_jwt.present(token, disclose=[places[1]])).document
    assert inner == BADGE
    outer = verify(sd_jwt.present(token, disclose=[places[0]])).document
    assert "value" not in outer["credentialSubject"]["result"][0]


def test_decoys_are_nothing() -> None:
    folded, texts = disclosures.fold(BADGE, ["/name"], salts=salts())
    folded["_sd"] = [*folded["_sd"], digest("a decoy")]
    folded["evidence"] = [{"...": digest("another")}]
    assert verify(raw(folded, *texts)).document == {**BADGE, "evidence": []}


def test_without_anything_to_withhold() -> None:
    token = issue(places=[])
    assert token.endswith(b"~")
    assert verify(token).document == BADGE


CLAIMS = {
    "iss": WEB,
    "vct": "https://credentials.example.org/course",
    "exp": SECONDS + 60,
    "course": "The Toolbox",
    "name": "Zoë Ünlü-Beispiel",
}


@pytest.mark.parametrize("typ", ["dc+sd-jwt", "vc+sd-jwt"])
def test_claims_that_are_no_credential(typ: str) -> None:
    """`vc+sd-jwt` is what drafts of SD-JWT VC called it; the claim `vct` tells."""
    lookup = functools.partial(with_keys, web_document(SIGNER))
    made = issue(CLAIMS, ["/name"], typ="dc+sd-jwt", verification_method=f"{WEB}#key-1")
    jws = jose.parse(made.partition(b"~")[0])
    again = sign({**jws.header, "typ": typ}, jws.payload) + b"~" + made.partition(b"~")[2]
    verified = formats.verify(formats.read(again), dereference=lookup, expected=Expected(now=NOW))
    assert (verified.document, verified.mechanism) == (CLAIMS, "dc+sd-jwt EdDSA")
    with pytest.raises(RangeError):
        formats.verify(formats.read(again), dereference=lookup, expected=Expected(now=NOW + timedelta(minutes=1)))


def test_claims_of_another_issuer() -> None:
    lookup = functools.partial(with_keys, web_document(SIGNER))
    for claims in ({**CLAIMS, "iss": "did:web:other.example"}, {**CLAIMS, "issuer": "did:web:other.example"}):
        made = raw(claims, header={"typ": "dc+sd-jwt", "kid": f"{WEB}#key-1"})
        with pytest.raises(ProofInvalid):
            formats.verify(formats.read(made), dereference=lookup, expected=Expected(now=NOW))


def test_claims_that_call_themselves_a_presentation_too() -> None:
    """Of a presentation the holder signs, of these claims their issuer; `issuer` is what a reader is shown."""
    lookup = functools.partial(with_keys, web_document(SIGNER))
    claims = {**BADGE, "type": [*BADGE["type"], "VerifiablePresentation"], "vct": "x", "iss": WEB, "holder": WEB}
    for issuer in (WEB, "did:web:victim.example"):
        made = raw({**claims, "issuer": {"id": issuer}}, header={"typ": "dc+sd-jwt", "kid": f"{WEB}#key-1"})
        with pytest.raises(ProofInvalid, match="not what its type says"):
            formats.verify(formats.read(made), dereference=lookup, expected=Expected(now=NOW))


def test_claims_whose_context_is_not_known() -> None:
    lookup = functools.partial(with_keys, web_document(SIGNER))
    claims = {**CLAIMS, "@context": ["https://evil.example"]}
    made = raw(claims, header={"typ": "dc+sd-jwt", "kid": f"{WEB}#key-1"})
    with pytest.raises(UnknownContext):
        formats.verify(formats.read(made), dereference=lookup, expected=Expected(now=NOW))


# --- the holder's signature -----------------------------------------------------------------------------------


def held(**more: Any) -> bytes:
    return issue(holder=HOLDER.public_key, **more)


def test_the_holder_answers() -> None:
    shown = bound(sd_jwt.present(held(), disclose=["/name"]))
    assert verify(shown, **ASKED).document["name"] == BADGE["name"]
    assert verify(shown, domain=ASKED["domain"])
    assert verify(shown, challenge="n-1")


def test_nobody_asked_so_it_was_for_another() -> None:
    with pytest.raises(ProofInvalid, match=r"presented to https://employer\.example"):
        verify(bound(held()))
    assert verify(held())


@pytest.mark.parametrize("expected", [{"challenge": "n-1"}, {"domain": "https://employer.example"}, ASKED])
def test_somebody_asked_and_the_holder_did_not_sign(expected: dict[str, Any]) -> None:
    with pytest.raises(ProofInvalid, match="did not sign"):
        verify(held(), **expected)


@pytest.mark.parametrize(
    ("more", "error"),
    [
        ({"signer": OTHER}, ProofInvalid),
        ({"audience": "https://other.example"}, ProofInvalid),
        ({"nonce": "n-2"}, ProofInvalid),
        ({"now": NOW - timedelta(minutes=11)}, RangeError),
        ({"now": NOW + timedelta(minutes=6)}, RangeError),
    ],
    ids=str,
)
def test_an_answer_that_is_none(more: dict[str, Any], error: type[Exception]) -> None:
    with pytest.raises(error):
        verify(bound(held(), **more), **ASKED)


def test_another_choice_than_the_holder_s() -> None:
    token = held()
    shown, other = sd_jwt.present(token, disclose=["/name"]), sd_jwt.present(token, disclose=PLACES)
    binding = bound(shown).removeprefix(shown)
    for changed in (other, sd_jwt.present(token, disclose=[])):
        with pytest.raises(ProofInvalid, match="another choice"):
            verify(changed + binding, **ASKED)


@pytest.mark.parametrize(
    ("header", "change"),
    [
        ({"typ": "JWT"}, {}),
        ({"typ": None}, {}),
        ({}, {"iat": None}),
        ({}, {"iat": "now"}),
        ({}, {"iat": True}),
        ({}, {"aud": [ASKED["domain"]]}),
        ({}, {"nonce": 1}),
        ({}, {"sd_hash": None}),
        ({}, {"exp": SECONDS - 1}),
        ({}, {"nbf": SECONDS + 3600}),
    ],
    ids=str,
)
def test_a_binding_of_another_form(header: dict[str, Any], change: dict[str, Any]) -> None:
    token = held()
    claims = strict_json.parse_object(jose.parse(bound(token).removeprefix(token)).payload) | change
    head = {name: value for name, value in ({"typ": "kb+jwt"} | header).items() if value is not None}
    body = {name: value for name, value in claims.items() if value is not None}
    with pytest.raises(Invalid):
        verify(token + jose.sign(head, json.dumps(body).encode(), HOLDER), **ASKED)


def test_a_bound_token_needs_a_holder() -> None:
    with pytest.raises(ProofInvalid, match="no key of the holder"):
        verify(bound(issue()), **ASKED)


@pytest.mark.parametrize(
    ("confirmation", "error"),
    [
        ("text", ProofInvalid),
        ({}, ProofInvalid),
        ({"jwk": HOLDER.public_key.jwk, "kid": KID}, ProofInvalid),
        ({"jwk": {**HOLDER.public_key.jwk, "d": "AA"}}, InvalidKey),
        ({"kid": "https://elsewhere.example/key"}, NotSupported),
        ({"jku": "https://elsewhere.example/keys"}, ProofInvalid),
    ],
    ids=str,
)
def test_a_holder_s_key_that_is_none(confirmation: Any, error: type[Exception]) -> None:
    with pytest.raises(error):
        verify(bound(raw({**BADGE, "cnf": confirmation})), **ASKED)


def test_a_holder_that_is_named_by_a_did() -> None:
    kid = key.method_of(HOLDER.public_key)
    assert verify(bound(raw({**BADGE, "cnf": {"kid": kid}})), **ASKED)


def test_an_issuer_s_claims_answer_nobody() -> None:
    for name in ("aud", "nonce"):
        with pytest.raises(ProofInvalid, match="for somebody else to ask for"):
            verify(raw({**BADGE, name: "x"}))
    claims = {**BADGE, "aud": ASKED["domain"], "nonce": "n-1"}
    with pytest.raises(ProofInvalid):
        verify(raw(claims), **ASKED)


def test_a_presentation() -> None:
    document = {"@context": [VC2], "type": "VerifiablePresentation", "holder": key.did_of(SIGNER.public_key)}
    asked = ASKED | {"purpose": AUTHENTICATION, "signed_by": "holder", "rule": CREDENTIAL}
    answer = {"aud": ASKED["domain"], "nonce": "n-1"}
    verified = verify(issue(document, [], typ="vp+sd-jwt", **answer), **asked)
    assert (verified.document, verified.mechanism) == (document, "vp+sd-jwt EdDSA")
    for changed in ({}, answer | {"nonce": "n-2"}, answer | {"aud": "https://other.example"}):
        with pytest.raises(ProofInvalid):
            verify(issue(document, [], typ="vp+sd-jwt", **changed), **asked)


# --- disclosures that were rearranged -------------------------------------------------------------------------

NAME = text("s" * 22, "name", "Zoë")
ITEM = text("s" * 22, "an item")


def with_digests(**members: Any) -> dict[str, Any]:
    return {**BADGE, **members}


@pytest.mark.parametrize(
    ("claims", "texts", "said"),
    [
        (with_digests(_sd=[digest(NAME)]), [NAME], "is there already"),
        ({"_sd": [digest(NAME), digest(NAME)]}, [NAME], "digest is there twice"),
        ({"_sd": [digest("a"), digest("a")]}, [], "digest is there twice"),
        ({"_sd": [digest(NAME)], "a": {"_sd": [digest(NAME)]}}, [NAME], "digest is there twice"),
        ({"_sd": [digest("a")], "a": [{"...": digest("a")}]}, [], "digest is there twice"),
        ({"_sd": [digest(NAME)]}, [NAME, NAME], "disclosure is there twice"),
        ({}, [NAME], "belongs to nothing"),
        ({"_sd": [digest(NAME)]}, [NAME, ITEM], "belongs to nothing"),
        ({"a": [digest(ITEM)]}, [ITEM], "belongs to nothing"),
        ({"_sd": [digest(NAME, "sha-384")]}, [NAME], "belongs to nothing"),
        ({"_sd": [digest(ITEM)]}, [ITEM], "form that its place wants"),
        ({"a": [{"...": digest(NAME)}]}, [NAME], "form that its place wants"),
        ({"_sd": [digest(NAME)], "_sd_alg": "md5"}, [NAME], "not safe"),
        ({"_sd_alg": ["sha-256"]}, [], "not safe"),
        ({"_sd": "digest"}, [], "no list"),
        ({"_sd": [1]}, [], "no text"),
        ({"a": [{"...": 1}]}, [], "no text"),
        ({"a": [{"...": digest(ITEM), "b": 1}]}, [ITEM], "other members"),
        ({"...": digest(ITEM)}, [ITEM], "may not stand"),
        ({"a": {"...": digest(ITEM)}}, [ITEM], "may not stand"),
        ({"a": {"_sd_alg": "sha-256"}}, [], "may not stand"),
    ],
)
def test_digests_that_do_not_fit(claims: dict[str, Any], texts: list[str], said: str) -> None:
    with pytest.raises(ProofInvalid, match=said):
        disclosures.unfold(claims, texts)
    with pytest.raises(ProofInvalid, match=said):
        formats.read(raw(claims, *texts))


@pytest.mark.parametrize(
    ("parts", "error"),
    [
        (["salt", "_sd", ["x"]], ProofInvalid),
        (["salt", "...", "x"], ProofInvalid),
        (["salt", "_sd_alg", "x"], ProofInvalid),
        (["salt", 1, "x"], ProofInvalid),
        ([1, "name", "x"], ProofInvalid),
        (["salt", "name", "x", "y"], ProofInvalid),
        ({"salt": "name"}, ProofInvalid),
        ("text", ProofInvalid),
        (["salt", "name", {"...": "x"}], ProofInvalid),
        (["salt", "name", {"_sd": "x"}], ProofInvalid),
    ],
    ids=str,
)
def test_disclosures_of_another_form(parts: Any, error: type[Exception]) -> None:
    one = base64url_encode(json.dumps(parts).encode())
    with pytest.raises(error):
        disclosures.unfold({"_sd": [digest(one)]}, [one])


@pytest.mark.parametrize("one", ["", "!", "e30", "WyJ4Il0=", "W10", base64url_encode(b'["s","a",{"b":1,"b":2}]')])
def test_disclosures_that_cannot_be_read(one: str) -> None:
    with pytest.raises((ParsingError, ProofInvalid)):
        disclosures.unfold({"_sd": [digest(one)]}, [one])


@pytest.mark.parametrize("name", ["iss", "nbf", "exp", "cnf", "vct", "vct#integrity", "status"])
def test_what_decides_is_not_the_holder_s_to_withhold(name: str) -> None:
    hidden = text("s" * 22, name, "x")
    with pytest.raises(ProofInvalid, match="must not be a disclosure"):
        formats.read(raw({**BADGE, "_sd": [digest(hidden)]}, hidden))
    within = text("s" * 22, "jwk", HOLDER.public_key.jwk)
    with pytest.raises(ProofInvalid, match="must not be a disclosure"):
        formats.read(raw({**BADGE, name: {"_sd": [digest(within)]}}, within))


def test_hashes_that_are_not_read_yet() -> None:
    with pytest.raises(NotSupported):
        disclosures.unfold({"_sd_alg": "sha3-256"}, [])


def test_disclosures_nested_in_one_another_without_end() -> None:
    texts, inner = [], text("salt", "leaf", 1)
    for _ in range(strict_json.MAX_DEPTH * 2):
        texts.append(inner)
        inner = text("salt", "node", {"_sd": [digest(inner)]})
    with pytest.raises(TooLarge):
        disclosures.unfold({"_sd": [digest(inner)]}, [*texts, inner])


def test_too_many_disclosures() -> None:
    many = [text("salt", f"n{number}", 1) for number in range(disclosures.MAX_DISCLOSURES + 1)]
    with pytest.raises(TooLarge):
        disclosures.unfold({"_sd": [digest(one) for one in many]}, many)
    assert disclosures.unfold({"_sd": [digest(one) for one in many[:-1]]}, many[:-1])


def test_too_long_a_token() -> None:
    with pytest.raises(TooLarge):
        formats.read(issue() + b"~" * jose.MAX_BYTES)
    with pytest.raises(TooLarge, match="bytes long"):
        formats.read(issue() + b"A" * jose.MAX_BYTES + b"~")


# --- other refusals ------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("claims", "header"),
    [
        ({**BADGE, "vct": "https://a.example"}, {"typ": "vp+sd-jwt"}),
        ({**BADGE, "vct": 1}, {}),
        (BADGE, {"typ": "dc+sd-jwt"}),
        (BADGE, {"typ": "vp+sd-jwt"}),
        (BADGE, {"typ": "JWT"}),
        (BADGE, {"cty": "vp"}),
        (BADGE, {"iss": "did:example:other"}),
        ({**BADGE, "iss": "did:example:other"}, {}),
        ({**BADGE, "vc": {}}, {}),
        ({**BADGE, "type": ["VerifiablePresentation"]}, {}),
        (secure(BADGE, SIGNER), {}),
        (BADGE, {"kid": key.method_of(OTHER.public_key)}),
    ],
    ids=str,
)
def test_tokens_that_contradict_themselves(claims: dict[str, Any], header: dict[str, Any]) -> None:
    with pytest.raises(ProofInvalid):
        verify(raw(claims, header=header))


@pytest.mark.parametrize(
    ("claims", "typ"),
    [
        ({**CLAIMS, "vct": 1}, "dc+sd-jwt"),
        ({**CLAIMS, "vct": None}, "vc+sd-jwt"),
        (CLAIMS, "vp+sd-jwt"),
        (BADGE, "dc+sd-jwt"),
    ],
)
def test_a_kind_that_its_type_does_not_have(claims: dict[str, Any], typ: str) -> None:
    with pytest.raises(ProofInvalid, match="vct"):
        formats.read(raw(claims, header={"typ": typ}))


def test_signed_by_somebody_else() -> None:
    made = issue(signer=OTHER, verification_method=key.method_of(OTHER.public_key))
    with pytest.raises(ProofInvalid, match="signed by a key of"):
        verify(made)
    lookup = functools.partial(with_keys, web_document(SIGNER))
    forged = raw(CLAIMS, header={"typ": "dc+sd-jwt", "kid": f"{WEB}#key-1"}).partition(b".")[0]
    with pytest.raises(VcError):
        formats.verify(
            formats.read(forged + b"." + raw(CLAIMS).partition(b".")[2]), dereference=lookup, expected=Expected(now=NOW)
        )


def test_a_signature_out_of_its_time() -> None:
    with pytest.raises(RangeError):
        verify(issue(exp=SECONDS - 1))
    with pytest.raises(RangeError):
        verify(issue(iat=SECONDS + 3600))


def test_a_context_that_is_not_known() -> None:
    with pytest.raises(UnknownContext):
        verify(raw({**BADGE, "@context": [VC2, "https://evil.example"]}))


def test_only_what_was_signed_is_given_back() -> None:
    read = formats.read(issue())
    read.document["name"] = "changed after reading"
    local = functools.partial(with_keys, key.document(SIGNER.public_key))
    assert formats.verify(read, dereference=local, expected=Expected(now=NOW)).document == BADGE


def test_every_flipped_bit_is_noticed() -> None:
    small = {"@context": [VC2], "type": ["VerifiableCredential"], "issuer": BADGE["issuer"]["id"], "name": "a"}
    whole = bound(issue(small, ["/name"], holder=HOLDER.public_key))
    asked = ASKED | {"rule": CREDENTIAL}
    assert verify(whole, **asked).document == small
    for position in range(len(whole)):
        for bit in (1, 4, 32, 64):
            changed = bytearray(whole)
            changed[position] ^= bit
            with pytest.raises(VcError):
                verify(bytes(changed), **asked)


# --- issuing -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "change",
    [
        lambda v: v.update(disclosable=["/credentialStatus"]),
        lambda v: v.update(disclosable=["/validUntil"]),
        lambda v: v.update(disclosable=["/issuer/name"]),
        lambda v: v.update(disclosable=["/@context/1"]),
        lambda v: v.update(disclosable=["/nothing"]),
        lambda v: v.update(disclosable=["/credentialSubject/identifier/7"]),
        lambda v: v.update(disclosable=["name"]),
        lambda v: v.update(disclosable=[""]),
        lambda v: v.update(disclosable=["/name/x"]),
        lambda v: v.update(salts=[]),
        lambda v: v.update(salts=[b"%015d" % number for number in range(9)]),
        lambda v: v.update(salts=[b"s" * 16] * 9),
        lambda v: v.update(typ="dc+sd-jwt"),
        lambda v: v["document"].update(_sd=[]),
        lambda v: v["document"]["credentialSubject"]["achievement"].update({"...": 1}),
        lambda v: v["document"].update(iss="x"),
        lambda v: v["document"].update(proof={}),
        lambda v: v["document"].update(vct="x"),
    ],
)
def test_what_is_not_issued(change: Callable[[dict[str, Any]], None]) -> None:
    values: dict[str, Any] = {"document": copy.deepcopy(BADGE), "disclosable": PLACES, "salts": salts()}
    change(values)
    with pytest.raises(MalformedValue):
        sd_jwt.secure(values.pop("document"), signer=SIGNER, verification_method=KID, **values)


def test_what_cannot_be_presented() -> None:
    for token, places in ((issue(), ["/issuer"]), (bound(held()), ["/name"])):
        with pytest.raises(MalformedValue):
            sd_jwt.present(token, disclose=places)
    with pytest.raises(ParsingError):
        sd_jwt.present(b"eyJ.e30.e30", disclose=[])


def test_names_with_slashes_and_tildes() -> None:
    document = {"a/b": {"c~d": 1}, "e": [[1, 2]]}
    folded, texts = disclosures.fold(document, ["/a~1b/c~0d", "/a~1b", "/e/0/1", "/e/0"], salts=salts())
    unfolded = disclosures.unfold(folded, texts)
    assert unfolded.document == document
    assert set(unfolded.places) == {"/a~1b/c~0d", "/a~1b", "/e/0/1", "/e/0"}


def test_issued_by_a_web_identifier() -> None:
    badge = issued_by(WEB)
    made = issue(badge, verification_method="#key-1")
    lookup = functools.partial(with_keys, web_document(SIGNER))
    assert formats.verify(formats.read(made), dereference=lookup, expected=Expected(now=NOW)).document == badge
