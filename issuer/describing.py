"""How the OpenAPI document describes what the office is asked and what it answers: shapes, examples, refusals.

    @router.post(…, responses=answers(EXAMPLE, status=201, refusals=CHANGE_REFUSALS, description="The cohort."),
                 openapi_extra=takes({"program": "android"}, {"program": {"type": "string"}}, ["program"]))

The handlers read bodies by their own strict rules, so nothing of this is generated from them; the tests send the
examples.
"""

from collections.abc import Iterable
from typing import Any

_PROBLEM: dict[str, Any] = {"content": {"application/problem+json": {}}}
Answers = dict[int | str, dict[str, Any]]

REFUSALS: Answers = {
    400: {"description": "The request cannot be read, or asks for what cannot be.", **_PROBLEM},
    401: {"description": "No key was shown, or none that is accepted.", **_PROBLEM},
    403: {"description": "The key's role is not for this.", **_PROBLEM},
    404: {"description": "There is no such thing, or it is another organization's.", **_PROBLEM},
    422: {"description": "A part of the address or a parameter is not of its kind.", **_PROBLEM},
}
CHANGE_REFUSALS: Answers = REFUSALS | {
    409: {"description": "It contradicts what is recorded, or the same request is being done.", **_PROBLEM},
    413: {"description": "The request is too large.", **_PROBLEM},
    415: {"description": "The request is of a kind that is not read here.", **_PROBLEM},
    422: {
        "description": "A part of the address is not of its kind, or the Idempotency-Key came with another request.",
        **_PROBLEM,
    },
}


def answers(example: Any, *, status: int = 200, refusals: Answers = REFUSALS, description: str = "") -> Answers:
    """What a route answers, for its OpenAPI description: the example, and the refusals."""
    return {status: {"description": description, "content": {"application/json": {"example": example}}}} | refusals


def takes(
    example: dict[str, Any], properties: dict[str, Any], required: Iterable[str] = (), *, idempotent: bool = True
) -> dict[str, Any]:
    """A JSON object of these members, and the header that lets the request be repeated: for `openapi_extra`."""
    schema = {"type": "object", "additionalProperties": False, "required": list(required), "properties": properties}
    body = {"required": True, "content": {"application/json": {"schema": schema, "example": example}}}
    return {"requestBody": body, "parameters": [IDEMPOTENCY_KEY]} if idempotent else {"requestBody": body}


IDEMPOTENCY_KEY: dict[str, Any] = {
    "name": "Idempotency-Key",
    "in": "header",
    "required": False,
    "description": "Names this request, so that it may be repeated; another request with it is refused.",
    "schema": {"type": "string", "minLength": 1, "maxLength": 255},
}

CSV_EXAMPLE = """learner,name,email,course,session,language,outcome,grade,completed_on,identity_verified,fee_paid
l-1,Zoë Ünlü-Beispiel,zoe@example.org,toolbox,03-en,en,passed,87.5,2026-03-20,yes,yes
"""
