"""What one learner may know, for the staff; and the links with which learners see it themselves."""

from typing import Any

from fastapi import APIRouter, Request
from fastapi.responses import Response

from issuer import learner_links
from issuer.describing import CHANGE_REFUSALS, IDEMPOTENCY_KEY, answers
from issuer.entry import Reads, Records
from issuer.idempotency import once
from issuer.learner_answers import answer
from issuer.problem_details import language
from issuer.services import services_of
from issuer.standing_json import EXAMPLE, standing_to_json
from issuer.store import learner_links as store
from issuer.store.learner_links import LearnerLink
from vc.dates import timestamp

router = APIRouter(tags=["Learners"])

_PLACE = "/organizations/{organization}/learners/{learner}/programs/{program}"

_LINK = {
    "id": "5f0c1e3a9b7d42c8a1e6f3905d7b8c2146e09af3d1b5827c60e4f9a3b8d17c52",
    "created": "2026-06-01T12:00:00Z",
    "createdBy": "Registrar (key 3)",
    "revoked": None,
}
_MADE = _LINK | {"url": "https://awards.example.org/learners/8Vw3YtKQmZ5c1JxRn7dPqa"}


@router.get(
    f"{_PLACE}/standing",
    summary="How things stand for a learner in a program, as the learner sees it",
    responses=answers(EXAMPLE),
)
def standing(request: Request, learner: str, program: str, asked: Reads) -> dict[str, Any]:
    services = services_of(request)
    with services.database.read() as tx:
        found = answer(
            tx,
            services.config,
            organization=asked.organization,
            learner=learner,
            program=program,
            now=services.now(),
        )
    return standing_to_json(found, language(request))


@router.post(
    f"{_PLACE}/links",
    summary="A new link for the learner",
    status_code=201,
    responses=answers(
        _MADE,
        status=201,
        refusals=CHANGE_REFUSALS,
        description="The link. Its `url` is said this once: repeated, the request is answered with null there.",
    ),
    openapi_extra={"parameters": [IDEMPOTENCY_KEY]},
)
def new_link(request: Request, learner: str, program: str, asked: Records) -> Response:
    services = services_of(request)

    def make() -> tuple[int, Any]:
        link, token = learner_links.create(
            services.database,
            services.config,
            organization=asked.organization,
            learner=learner,
            program=program,
            by=asked.caller.name,
            now=services.now(),
        )
        return 201, _to_json(link) | {"url": services.config.learner_url(token)}

    return once(request, asked.caller, b"", make, kept=lambda made: made | {"url": None})


@router.get(
    f"{_PLACE}/links", summary="The learner's links, without what opens them", responses=answers({"links": [_LINK]})
)
def links(request: Request, learner: str, program: str, asked: Reads) -> dict[str, Any]:
    services = services_of(request)
    limit = services.config.limits.links_listed.value
    with services.database.read() as tx:
        found = store.listed(tx, asked.organization, learner, program, limit=limit)
    return {"links": [_to_json(one) for one in found]}


@router.delete(
    f"{_PLACE}/links/{{id}}",
    summary="Revokes a link, at once and for good",
    responses=answers(_LINK | {"revoked": "2026-06-02T08:00:00Z"}, refusals=CHANGE_REFUSALS),
    openapi_extra={"parameters": [IDEMPOTENCY_KEY]},
)
def revoke_link(request: Request, learner: str, program: str, id: str, asked: Records) -> Response:
    services = services_of(request)

    def revoke() -> tuple[int, Any]:
        now = services.now()
        gone = learner_links.revoke(
            services.database,
            organization=asked.organization,
            learner=learner,
            program=program,
            by=asked.caller.name,
            now=now,
            id=id,
        )
        return 200, _to_json(gone[0]) | {"revoked": timestamp(now)}

    return once(request, asked.caller, b"", revoke)


def _to_json(link: LearnerLink) -> dict[str, Any]:
    return {
        "id": link.id,
        "created": timestamp(link.created_at),
        "createdBy": link.created_by,
        "revoked": None if link.revoked_at is None else timestamp(link.revoked_at),
    }
