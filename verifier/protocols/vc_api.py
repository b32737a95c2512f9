"""Verifiable Credential API (VCALM), section "Verifying": `POST /credentials/verify` and `POST /presentations/verify`.

    {"verifiableCredential": {…}, "options": {}}      ->  {"verified": true, "verdict": "accepted", …}

`verified` is the specification's: the form, the proof and the dates are in order. Beside it stands our own `verdict`
with its `report`, which also knows of revocation and of whom to believe: a revoked badge is verified, and rejected.
Both come from the same checks. What is no credential in form is 400, whatever its signature.

A credential secured by enveloping comes as an EnvelopedVerifiableCredential (VCDM 2.0 section 4.12.1), an object with
the token in a `data:` URL; a bare string is 400, as the specification's test suite wants it.
"""

import json
import re
from collections.abc import Mapping
from types import UnionType
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Request
from fastapi.responses import JSONResponse, Response

from templates.messages import Message
from vc import strict_json
from vc.errors import MalformedValue, VcError
from verifier import pages
from verifier.case import Asked
from verifier.refusal import message_of
from verifier.report import Check, Outcome, Report
from verifier.submission import body_of

router = APIRouter(tags=["VC API"])

CREDENTIALS, PRESENTATIONS = "/credentials/verify", "/presentations/verify"

CRYPTOGRAPHIC = frozenset({"structure", "proof", "validity"})  # the checks that `verified` speaks of
# A token in a data: URL (RFC 2397), of the media types of VC-JOSE-COSE that are text.
_ENVELOPE = re.compile(
    r"data:application/(?:vc|vp|dc)\+(?:ld\+)?(?:json\+)?(?:sd-)?jwt(?:;[^,]*)?,([\w.~-]+)\Z", re.ASCII
)
# VCDM 2.0: the JSON types of a member that must be there.
_FORMS: Mapping[str, type | UnionType] = {
    "@context": list | str,
    "issuer": str | dict,
    "credentialSubject": dict | list,
    "proof": dict | list,
}
MAX_OPTION = 2_000  # characters of a domain or challenge

_VERIFIED = {
    "verified": True,
    "verdict": "accepted",
    "credential": {"type": ["VerifiableCredential", "OpenBadgeCredential"]},
    "problemDetails": [],
    "report": {"verdict": "accepted", "checks": [{"name": "proof", "outcome": "passed", "detail": "…"}]},
}
_ANSWERS: dict[int | str, dict[str, Any]] = {
    200: {
        "description": "The verification was done; whether it went well is `verified`, and why not `problemDetails`.",
        "content": {"application/json": {"example": _VERIFIED}},
    },
    "4XX": {
        "description": "400: the body is not JSON by strict rules, or no credential in form. 413, 429: limits.",
        "content": {
            "application/problem+json": {
                "example": {
                    "type": "https://www.w3.org/TR/vc-data-model#MALFORMED_VALUE_ERROR",
                    "title": "The request is malformed",
                    "status": 400,
                    "detail": "verifiableCredential is not an object.",
                }
            }
        },
    },
}


def _body(member: str) -> dict[str, Any]:
    example = {member: {"@context": ["https://www.w3.org/ns/credentials/v2"], "type": ["…"]}, "options": {}}
    schema = {
        "type": "object",
        "required": [member],
        "properties": {member: {"type": "object"}, "options": {"type": "object"}},
    }
    return {"requestBody": {"required": True, "content": {"application/json": {"schema": schema, "example": example}}}}


async def sent(request: Request) -> bytes:
    """The body. It is parsed where it is answered, in a thread: nobody else should wait for four megabytes of JSON."""
    return await body_of(request, request.app.state.settings.max_upload)


Body = Annotated[bytes, Depends(sent)]


@router.post(
    CREDENTIALS,
    summary="Verifies a credential (VC API)",
    responses=_ANSWERS,
    openapi_extra=_body("verifiableCredential"),
)
def verify_credential(request: Request, body: Body) -> Response:
    credential, _ = _members(body, "verifiableCredential")
    data = _data(credential, "EnvelopedVerifiableCredential", ("issuer", "credentialSubject", "proof"))
    return _answer(request, data, "credential", credential, Asked())


@router.post(
    PRESENTATIONS,
    summary="Verifies a presentation and every credential in it (VC API)",
    responses=_ANSWERS,
    openapi_extra=_body("verifiablePresentation"),
)
def verify_presentation(request: Request, body: Body) -> Response:
    presentation, options = _members(body, "verifiablePresentation")
    data = _data(presentation, "EnvelopedVerifiablePresentation", ())
    asked = Asked(domain=_option(options, "domain"), challenge=_option(options, "challenge"))
    return _answer(request, data, "verifiablePresentation", presentation, asked)


def malformed(request: Request, error: Exception) -> Response:
    """400, with the problem type that the specification names."""
    if not isinstance(error, VcError):
        raise error
    return pages.problem(request, 400, error.problem, Message("The request is malformed"), message_of(error))


# --- reading -----------------------------------------------------------------------------------------------


def _members(sent: bytes, name: str) -> tuple[dict[str, Any], dict[str, Any]]:
    """By the strict rules: two readers must never see two documents in it. Raises `vc.errors.Invalid`."""
    body = strict_json.parse(sent)
    if not isinstance(body, dict):
        raise MalformedValue("The body is not an object.")
    secured, options = body.get(name), body.get("options", {})
    if not isinstance(secured, dict):
        raise MalformedValue("{name} is not an object.", name=name)
    if not isinstance(options, dict):
        raise MalformedValue("options is not an object.")
    return secured, options


def _data(secured: dict[str, Any], enveloped: str, more: tuple[str, ...]) -> bytes:
    """What is verified: the token in an envelope, or the object itself. Raises `MalformedValue` for what is neither."""
    if enveloped in _listed(secured.get("type")):
        found = _ENVELOPE.match(str(secured.get("id")))
        if found is None:
            raise MalformedValue("The envelope's id is no data: URL of a signed token.")
        return found[1].encode()
    for name in ("@context", "type", *more):
        if not _is_formed(name, secured.get(name)):
            raise MalformedValue("{name} is missing or has a wrong form.", name=name)
    return json.dumps(secured, ensure_ascii=False).encode()


def _is_formed(name: str, value: Any) -> bool:
    if not value:
        return False
    if name == "type":
        return all(isinstance(one, str) for one in _listed(value))
    return isinstance(value, _FORMS[name])


def _listed(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]


def _option(options: dict[str, Any], name: str) -> str | None:
    value = options.get(name)
    if value is not None and (not isinstance(value, str) or len(value) > MAX_OPTION):
        raise MalformedValue("options.{name} is not a text, or a very long one.", name=name)
    return value


# --- answering ---------------------------------------------------------------------------------------------


def _answer(request: Request, data: bytes, member: str, secured: dict[str, Any], asked: Asked) -> Response:
    state = request.app.state
    report: Report = state.verify(data, state.settings.trust, state.now(), asked=asked)
    return JSONResponse(
        {
            "verified": verified(report),
            "verdict": str(report.verdict),
            member: secured,
            "problemDetails": [_problem(check) for check in _checks(report) if _is_problem(check)],
            "report": report.to_json(),
        },
        headers={"Cache-Control": "no-store"},
    )


def verified(report: Report) -> bool:
    """Whether form, proof and dates are in order, of every credential presented too."""
    own = {check.name: check.outcome for check in report.checks}
    needed = CRYPTOGRAPHIC if report.presented == () else CRYPTOGRAPHIC - {"validity"}
    return (
        all(own.get(name) is Outcome.PASSED for name in needed)
        and all(check.outcome is Outcome.PASSED for check in report.checks if check.name in CRYPTOGRAPHIC)
        and all(map(verified, report.presented))
    )


def _checks(report: Report) -> list[Check]:
    return [*report.checks, *(check for one in report.presented for check in _checks(one))]


def _is_problem(check: Check) -> bool:
    return check.outcome in (Outcome.FAILED, Outcome.UNKNOWN)


def _problem(check: Check) -> dict[str, Any]:
    """RFC 9457, as VCDM 2.0 section 7.1 uses it: an error, or a warning for what only we look at."""
    return {
        "type": check.problem or "about:blank",
        "title": check.name,
        "detail": str(check.detail),
        "level": "error" if check.name in CRYPTOGRAPHIC else "warning",
    }
