"""The outbox of an organization: which messages were sent, which wait, and which are stuck and why."""

from typing import Annotated, Any

from fastapi import APIRouter, Query, Request
from fastapi.responses import Response

from issuer.describing import CHANGE_REFUSALS, IDEMPOTENCY_KEY, answers
from issuer.entry import After, Decides, Number, Reads
from issuer.idempotency import once
from issuer.outbox import mail_to_json, try_again
from issuer.services import services_of
from issuer.store import mail

router = APIRouter(tags=["Outbox"])

_MAIL = {
    "number": 17,
    "kind": "suspended",
    "learner": "ana",
    "created": "2026-06-01T12:00:00Z",
    "attempts": 12,
    "state": "stuck",
    "sent": None,
    "nextAttempt": None,
    "problem": "The mail server: 550 (the address): no such user",
}


@router.get(
    "/organizations/{organization}/outbox",
    summary="The organization's messages, without addresses and texts",
    responses=answers({"messages": [_MAIL], "next": None}),
)
def outbox(
    request: Request,
    asked: Reads,
    unsent: Annotated[bool, Query(description="Only what waits or is stuck.")] = False,
    stuck: Annotated[bool, Query(description="Only what is stuck.")] = False,
    after: After = 0,
    limit: Annotated[int, Query(ge=1, le=200, description="Messages at most.")] = 100,
) -> dict[str, Any]:
    services = services_of(request)
    most = min(limit, services.config.limits.page_size.value)
    with services.database.read() as tx:
        found = mail.listed(tx, asked.organization, unsent=unsent, stuck=stuck, after=after, limit=most)
    following = found[-1].number if len(found) == most else None
    return {"messages": [mail_to_json(one) for one in found], "next": following}


@router.post(
    "/organizations/{organization}/outbox/{number}/retry",
    summary="Makes a message due at once, its attempts counted anew",
    responses=answers(
        _MAIL | {"attempts": 0, "state": "waiting", "nextAttempt": "2026-06-05T09:00:00Z"}, refusals=CHANGE_REFUSALS
    ),
    openapi_extra={"parameters": [IDEMPOTENCY_KEY]},
)
def retry(request: Request, number: Number, asked: Decides) -> Response:
    services = services_of(request)

    def again() -> tuple[int, Any]:
        one = try_again(
            services.database,
            number,
            organization=asked.organization,
            actor=asked.caller.name,
            now=services.now(),
        )
        return 200, mail_to_json(one)

    return once(request, asked.caller, b"", again)
