"""The endpoints that verify, and the holder's that derives.

A thin layer: what a document must be is said in `data_model.py` and `vc.model`, whether it is signed in `vc.formats`.
"""

import json
from dataclasses import replace
from typing import Any

from tests.conformance.calls import Answer, Call
from tests.conformance.data_model import check_credential
from tests.conformance.envelopes import content, is_envelope
from tests.conformance.issuing import signed_list
from tests.conformance.tokens import proved
from vc import dids, formats, model
from vc.cryptosuites.ecdsa_sd_2023 import SUITE as SELECTIVE
from vc.dates import CLOCK_SKEW
from vc.dids import VerificationMethod
from vc.errors import ProofMissing, RangeError, StatusInvalid, Unavailable
from vc.formats import data_integrity
from vc.securing import issuer_of
from vc.standing import Asker, State
from vc.status import entries_of
from vc.values import many


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
        unsecured, proofs[0], selective_pointers=call.pointers("selectivePointers"), rule=call.profile.rule(unsecured)
    )
    return Answer(201, {"verifiableCredential": {**revealed, "proof": derived}})


def dereference(url: str, purpose: str) -> VerificationMethod:
    return dids.dereference(url, purpose, resolve=lambda did: dids.resolve(did, get=_no_network))


def _verify(call: Call, credential: dict[str, Any]) -> dict[str, Any]:
    """The document that is proved."""
    if is_envelope(credential):
        data = content(credential, model.ENVELOPED_CREDENTIAL)
        document = proved(data, call.profile, call.now, presentation=False, dereference=dereference)
        check_credential(document, earlier=call.profile.anything)
    else:
        check_credential(credential, earlier=call.profile.anything)
        secured = formats.read(_bytes(credential))
        expected = call.profile.of_credential(credential, call.now)
        document = formats.verify(secured, dereference=dereference, expected=expected).document
    if not call.profile.anything:
        _check_standing(call, document)
    return document


def _check_standing(call: Call, document: dict[str, Any]) -> None:
    """It is valid now, and its issuer has not taken it back; the only lists at hand are those of this service."""
    start, end = model.period(document)
    if (start is not None and start > call.now + CLOCK_SKEW) or (end is not None and end <= call.now):
        raise RangeError("The credential is not valid now.")
    asker = Asker(issuer_of(document), document.get("id"), dereference, call.now)
    for entry in entries_of(document):
        question = entry.question()
        suite, _, kind = question.url.removeprefix(f"{call.base}/status/lists/").partition("/")
        data = _bytes(signed_list(replace(call, path={"suite": suite, "key": kind})))
        if entry.answer(question, data, asker=asker, age=0).state is not State.HOLDS:
            raise StatusInvalid("The credential does not hold any more.")


def _bytes(document: dict[str, Any]) -> bytes:
    return json.dumps(document, ensure_ascii=False).encode()


def _no_network(url: str) -> bytes:
    raise Unavailable("{url} is not fetched here.", url=url)
