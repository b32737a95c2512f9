"""Standard Webhooks 1.0, the receiver: a learning platform posts what happened, signed.

POST /webhooks/{webhook}     → 200 all was taken, 202 something waits in the registrar's queue
                             → 401 signature or time, 409 the same request again, 422 its id for another message
"""

from typing import Annotated, Any

from fastapi import APIRouter, Depends, Request
from fastapi.responses import JSONResponse, Response

from issuer.api_errors import MediaTypeRefused
from issuer.deliveries import Posted, receive
from issuer.describing import CSV_EXAMPLE, Answers, answers
from issuer.entry import NO_STORE, media_type_of, raw_body
from issuer.services import services_of

router = APIRouter(tags=["Webhooks"])

_PROBLEM: dict[str, Any] = {"content": {"application/problem+json": {}}}
_REFUSALS: Answers = {
    400: {"description": "The request ended before all of it had come.", **_PROBLEM},
    401: {"description": "The message is not signed for this address, or not now.", **_PROBLEM},
    409: {"description": "This very request came before.", **_PROBLEM},
    413: {"description": "The message is too large.", **_PROBLEM},
    415: {"description": "The message is neither JSON nor CSV.", **_PROBLEM},
    422: {"description": "The webhook-id came before, with another body.", **_PROBLEM},
    503: {"description": "The records cannot be reached at present: send it again.", **_PROBLEM},
}
_TAKEN = {
    "rows": 1,
    "accepted": 1,
    "refused": [],
    "refused_rows": 0,
    "new": 1,
    "known": 0,
    "outdated": 0,
    "dry_run": False,
    "queued": None,
}
_EVENT = {
    "specversion": "1.0",
    "type": "org.openedx.learning.certificate.created.v1",
    "id": "b1f0a9f6-8d0c-11f1-9c7e-0242ac120002",
    "source": "openedx/lms/web",
    "time": "2026-03-20T09:15:00.000000+00:00",
    "data": {
        "certificate": {
            "user": {
                "id": 42,
                "is_active": True,
                "pii": {"username": "zoe", "email": "zoe@example.org", "name": "Zoë Ünlü-Beispiel"},
            },
            "course": {"course_key": "course-v1:Example+CS1+2026", "display_name": "Toolbox"},
            "mode": "verified",
            "grade": "0.93",
            "download_url": "",
            "name": "Zoë Ünlü-Beispiel",
            "current_status": "downloadable",
            "previous_status": "",
        }
    },
}


def _header(name: str, description: str, example: str) -> dict[str, Any]:
    schema = {"type": "string", "example": example}
    return {"name": name, "in": "header", "required": True, "description": description, "schema": schema}


_TAKES: dict[str, Any] = {
    "requestBody": {
        "required": True,
        "content": {
            "application/json": {"schema": {}, "example": _EVENT},
            "text/csv": {"schema": {"type": "string"}, "example": CSV_EXAMPLE},
        },
    },
    "parameters": [
        _header("webhook-id", "The message's name, the same at every attempt.", "msg_2LpExample"),
        _header("webhook-timestamp", "Of this attempt, in seconds; five minutes from now at most.", "1780315200"),
        _header(
            "webhook-signature",
            "`v1,` and base64 of HMAC-SHA256 over `{id}.{timestamp}.{body}`; several, separated by spaces.",
            "v1,K5oZfzN95Z9UVu1EsfQmfVNQhnkZ2pj9o9NDN/H/pI4=",
        ),
    ],
}


@router.post(
    "/webhooks/{webhook}",
    summary="Takes a message of a learning platform",
    description="What the messages look like depends on the webhook's source. Anything that is sound is recorded; "
    "what is not waits in the registrar's queue, and the sender need not send it again.",
    responses=answers(_TAKEN, refusals=_REFUSALS, description="All of it was taken.")
    | {202: {"description": "Some of it waits in the queue, under the number `queued`."}},
    response_class=JSONResponse,
    openapi_extra=_TAKES,
)
def post(request: Request, webhook: str, sent: Annotated[bytes, Depends(raw_body)]) -> Response:
    if media_type_of(request) not in ("application/json", "text/csv"):
        raise MediaTypeRefused("Send application/json or text/csv.")
    services = services_of(request)
    posted = Posted(
        id=request.headers.get("webhook-id", ""),
        timestamp=request.headers.get("webhook-timestamp", ""),
        signature=request.headers.get("webhook-signature", ""),
        body=sent,
    )
    taken = receive(
        services.database,
        services.webhook_secrets,
        webhook,
        posted,
        now=services.now(),
        limits=services.config.limits,
    )
    return Response(taken.content, taken.status, media_type="application/json", headers=NO_STORE)
