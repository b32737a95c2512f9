"""The endpoints that the suites ask: from a request's body to a status and a body, without a web server.

    answer(verify_credential, Call(b'{"verifiableCredential": …}', PROOF_ONLY, now))

A thin layer: what a credential must be is said in `data_model.py`, whether it is signed in `vc`. Whatever is wrong
with the input is 400 with `problemDetails` (VC API 1.0 section 3.9; VCDM 2.0 section 7.5 "Problem Details").
"""

import json
import secrets
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any

from tests.conformance.data_model import check_credential
from tests.conformance.envelopes import content, is_envelope, seal
from tests.conformance.profiles import Profile
from tests.conformance.tokens import proved
from tests.vc.samples import SoftSigner
from vc import dids, formats, model, strict_json
from vc.context_rules import VC1
from vc.cryptosuites.ecdsa_sd_2023 import ALWAYS_SHOWN
from vc.cryptosuites.ecdsa_sd_2023 import SUITE as SELECTIVE
from vc.dates import timestamp
from vc.dids import VerificationMethod, key
from vc.errors import MalformedValue, ProofMissing, StatusInvalid, Unavailable, VcError
from vc.formats import data_integrity
from vc.securing import ASSERTION, issuer_of
from vc.shapes import many
from vc.standing import Asker, State
from vc.status import bitstring, entries_of

ENVELOPE = "vc-jwt"

# (suite, kind of key): an issuer for each.
ISSUERS: tuple[tuple[str, str], ...] = (
    ("eddsa-rdfc-2022", "Ed25519"),
    ("eddsa-jcs-2022", "Ed25519"),
    ("ecdsa-rdfc-2019", "P-256"),
    ("ecdsa-rdfc-2019", "P-384"),
    ("ecdsa-jcs-2019", "P-256"),
    ("ecdsa-jcs-2019", "P-384"),
    ("ecdsa-sd-2023", "P-256"),
)
_SIGNERS: Mapping[str, SoftSigner] = {
    kind: SoftSigner(f"conformance {kind}", kind=kind) for kind in ("Ed25519", "P-256", "P-384")
}

DATA_INTEGRITY = "https://w3id.org/security/data-integrity/v2"
INDEX = 94_567  # every credential's place in the one status list of its issuer


@dataclass(frozen=True)
class Call:
    """A request. `base`: where the profile is served. `path`: the parameters of the path."""

    body: bytes
    profile: Profile
    now: datetime
    base: str = "https://127.0.0.1:8443/profile"
    path: Mapping[str, str] = field(default_factory=dict)

    def member(self, name: str) -> dict[str, Any]:
        """An object in the body. Raises `MalformedValue`."""
        value = strict_json.parse_object(self.body).get(name)
        if not isinstance(value, dict):
            raise MalformedValue("The request's {name} is missing, or no object.", name=name)
        return value

    @property
    def options(self) -> dict[str, Any]:
        value = strict_json.parse_object(self.body).get("options")
        return value if isinstance(value, dict) else {}


@dataclass(frozen=True)
class Answer:
    status: int
    body: dict[str, Any]


def answer(endpoint: Callable[[Call], Answer], call: Call) -> Answer:
    """What the endpoint answers, or the problem that it raises."""
    try:
        return endpoint(call)
    except VcError as error:
        detail = {"type": error.problem, "title": error.code, "detail": str(error)}
        return Answer(400, {"verified": False, "problemDetails": [detail]})


def did_of(kind: str) -> str:
    return key.did_of(_SIGNERS[kind].public_key)


def dids_of_issuers(call: Call) -> Answer:
    return Answer(200, {kind: did_of(kind) for kind in _SIGNERS})


def issue(call: Call) -> Answer:
    """VC API 1.0 section 3.2.1."""
    return _issue(call, call.member("credential"))


def issue_with_status(call: Call) -> Answer:
    """The same, with a place in the issuer's status list."""
    credential = call.member("credential")
    entry = bitstring.entry(
        list_url=_list_url(call), index=INDEX, purpose="revocation", reference=f"{_list_url(call)}/about"
    )
    return _issue(call, {**credential, "credentialStatus": entry})


def status_list(call: Call) -> Answer:
    return Answer(200, _status_list(call))


def verify_credential(call: Call) -> Answer:
    """VC API 1.0 section 3.3.1."""
    document = _verify(call, call.member("verifiableCredential"))
    return Answer(200, {"verified": True, "verifiableCredential": document, "problemDetails": []})


def verify_presentation(call: Call) -> Answer:
    """VC API 1.0 section 3.3.2: the presentation, and each credential in it as its own."""
    presentation, options = call.member("verifiablePresentation"), call.options
    asked = {name: options[name] for name in ("domain", "challenge") if isinstance(options.get(name), str)}
    if is_envelope(presentation):
        data = content(presentation, model.ENVELOPED_PRESENTATION)
        document = proved(data, call.profile, call.now, presentation=True, dereference=dereference, **asked)
    else:
        model.check_presentation(presentation)
        secured = formats.read(_bytes(presentation))
        expected = call.profile.of_presentation(presentation, call.now, **asked)
        document = formats.verify(secured, dereference=dereference, expected=expected).document
    model.check_presentation(document)
    for credential in many(document.get("verifiableCredential")):
        _verify(call, credential)
    return Answer(200, {"verified": True, "verifiablePresentation": document, "problemDetails": []})


def derive(call: Call) -> Answer:
    """VC API 1.0 section 3.4.1: what `selectivePointers` name, and what the issuer made mandatory."""
    credential = call.member("verifiableCredential")
    check_credential(credential, earlier=call.profile.anything)
    unsecured = {name: value for name, value in credential.items() if name != "proof"}
    proofs = [proof for proof in data_integrity.proofs_of(credential) if proof.get("cryptosuite") == SELECTIVE.name]
    if len(proofs) != 1:
        raise ProofMissing("There is no one proof to derive from.")
    revealed, derived = SELECTIVE.derive(
        unsecured, proofs[0], selective_pointers=_pointers(call, "selectivePointers"), rule=call.profile.rule(unsecured)
    )
    return Answer(201, {"verifiableCredential": {**revealed, "proof": derived}})


def dereference(url: str, purpose: str) -> VerificationMethod:
    return dids.dereference(url, purpose, resolve=lambda did: dids.resolve(did, get=_no_network))


def _issue(call: Call, credential: dict[str, Any]) -> Answer:
    suite, kind = call.path["suite"], _signer(call)[0]
    check_credential(credential, earlier=call.profile.anything)
    if call.profile.bound and issuer_of(credential) != did_of(kind):
        raise MalformedValue("This endpoint signs for {issuer} alone.", issuer=did_of(kind))
    if suite == ENVELOPE:
        signer = _SIGNERS[kind]
        return Answer(201, {"verifiableCredential": seal(credential, signer, key.method_of(signer.public_key))})
    if suite == SELECTIVE.name:
        return Answer(201, {"verifiableCredential": _secure_selectively(call, credential)})
    return Answer(201, {"verifiableCredential": _secure(call, credential)})


def _secure(call: Call, credential: dict[str, Any]) -> dict[str, Any]:
    _, signer = _signer(call)
    credential = _with_proof_terms(credential)
    secured = data_integrity.secure(
        credential,
        signer=signer,
        verification_method=key.method_of(signer.public_key),
        created=call.now,
        rule=call.profile.rule(credential),
        suite=call.path["suite"],
    )
    # The suites and many readers know one proof as an object, not as a set of one.
    [proof, *further] = secured["proof"]
    return secured if further else {**secured, "proof": proof}


def _secure_selectively(call: Call, credential: dict[str, Any]) -> dict[str, Any]:
    """A base proof. What must always be shown is mandatory even where the request does not say so."""
    _, signer = _signer(call)
    credential = _with_proof_terms(credential)
    options = {
        "type": "DataIntegrityProof",
        "cryptosuite": SELECTIVE.name,
        "created": timestamp(call.now),
        "verificationMethod": key.method_of(signer.public_key),
        "proofPurpose": ASSERTION,
    }
    always = [f"/{name}" for name in ALWAYS_SHOWN if name in credential]
    base = SELECTIVE.create_base_proof(
        credential,
        options,
        signer=signer,
        ephemeral=SoftSigner(secrets.token_hex(), kind="P-256"),
        hmac_key=secrets.token_bytes(32),
        mandatory_pointers=dict.fromkeys([*_pointers(call, "mandatoryPointers"), *always]),
        rule=call.profile.rule(credential),
    )
    return {**credential, "proof": base}


def _pointers(call: Call, name: str) -> list[str]:
    pointers = call.options.get(name, [])
    if not isinstance(pointers, list) or not all(isinstance(pointer, str) for pointer in pointers):
        raise MalformedValue("options.{name} must be a list of JSON pointers.", name=name)
    return pointers


def _with_proof_terms(credential: dict[str, Any]) -> dict[str, Any]:
    """VCDM 1.1's context does not define DataIntegrityProof; a context that does is added (Data Integrity 1.0
    section 2.4.1, "Context Injection")."""
    urls = credential["@context"]
    if urls[0] == VC1 and DATA_INTEGRITY not in urls:
        return {**credential, "@context": [*urls, DATA_INTEGRITY]}
    return credential


def _verify(call: Call, credential: dict[str, Any]) -> dict[str, Any]:
    """The document that is proved."""
    if is_envelope(credential):
        data = content(credential, model.ENVELOPED_CREDENTIAL)
        document = proved(data, call.profile, call.now, presentation=False, dereference=dereference)
        check_credential(document, earlier=call.profile.anything)
        return document
    check_credential(credential, earlier=call.profile.anything)
    secured = formats.read(_bytes(credential))
    expected = call.profile.of_credential(credential, call.now)
    document = formats.verify(secured, dereference=dereference, expected=expected).document
    _check_status(call, document)
    return document


def _status_list(call: Call) -> dict[str, Any]:
    unsecured = bitstring.list_credential(
        id=_list_url(call),
        issuer=did_of(_signer(call)[0]),
        purpose="revocation",
        bits=bitstring.Bitstring(),
        valid_from=call.now - timedelta(minutes=1),
        valid_until=call.now + timedelta(days=1),
    )
    return _secure(call, unsecured)


def _check_status(call: Call, document: dict[str, Any]) -> None:
    """In `strict` a status is looked up; the only lists at hand are those of this service."""
    if call.profile.anything:
        return
    asker = Asker(issuer_of(document), document.get("id"), dereference, call.now)
    for entry in entries_of(document):
        question = entry.question()
        suite, _, kind = question.url.removeprefix(f"{call.base}/status/lists/").partition("/")
        data = _bytes(_status_list(replace(call, path={"suite": suite, "key": kind})))
        if entry.answer(question, data, asker=asker, age=0).state is not State.HOLDS:
            raise StatusInvalid("The credential does not hold any more.")


def _signer(call: Call) -> tuple[str, SoftSigner]:
    suite, kind = call.path["suite"], call.path["key"]
    if (suite, kind) not in (*ISSUERS, (ENVELOPE, "P-256")):
        raise MalformedValue("There is no issuer for {suite} with a key of the kind {kind}.", suite=suite, kind=kind)
    return kind, _SIGNERS[kind]


def _list_url(call: Call) -> str:
    return f"{call.base}/status/lists/{call.path['suite']}/{call.path['key']}"


def _bytes(document: dict[str, Any]) -> bytes:
    return json.dumps(document, ensure_ascii=False).encode()


def _no_network(url: str) -> bytes:
    raise Unavailable("{url} is not fetched here.", url=url)
