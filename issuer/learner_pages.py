"""The page that a learner's link opens, and the same as JSON. It is made when it is asked for, and kept nowhere."""

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse, JSONResponse, Response

from issuer import learner_links
from issuer.describing import Answers, answers
from issuer.errors import NotAcceptable
from issuer.learner_answers import answer
from issuer.negotiation import preferred
from issuer.problem_details import accept_of, language
from issuer.reasons import dollars
from issuer.services import services_of
from issuer.standing_json import EXAMPLE, standing_to_json
from templates.pages import render

router = APIRouter(tags=["Learners"])

_FORMS = ("text/html", "application/json")

# Whose link it is, nobody else should learn: not a search engine, not a cache, not the next site (`Referrer-Policy`
# stands with every answer, `issuer.edge`).
_PRIVATE = {"Cache-Control": "no-store", "Vary": "Accept, Accept-Language", "X-Robots-Tag": "noindex, nofollow"}

_REFUSALS: Answers = {
    404: {"description": "No such link, or it was revoked.", "content": {"application/problem+json": {}}}
}


@router.get(
    "/learners/{token}",
    summary="How things stand for a learner in a program, behind the learner's own link",
    response_class=Response,
    responses=answers(EXAMPLE, description="The page, or the same as JSON.", refusals=_REFUSALS),
)
def learner_page(request: Request, token: str) -> Response:
    services = services_of(request)
    with services.database.read() as tx:
        link = learner_links.opened(tx, token)
        standing = answer(
            tx,
            services.config,
            organization=link.organization,
            learner=link.learner,
            program=link.program,
            now=services.now(),
        )
    chosen = preferred(accept_of(request), _FORMS)
    if chosen is None:
        raise NotAcceptable("This is to be had as: {forms}.", forms=_FORMS)
    lang = language(request)
    if chosen == "text/html":
        html = render("learner.html", lang=lang, standing=standing, dollars=dollars)
        return HTMLResponse(html, headers=_PRIVATE)
    return JSONResponse(standing_to_json(standing, lang), headers=_PRIVATE)
