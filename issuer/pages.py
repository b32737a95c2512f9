"""What people open: certificates in all their forms, achievements, the start page.

A certificate has one address; which form of it answers, the `Accept` header says, or a suffix.
"""

import re
from typing import Any
from urllib.parse import quote

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse, JSONResponse, RedirectResponse, Response

from issuer import health
from issuer.achievements import MULTIPLE_LANGUAGES, course_achievement, program_achievement
from issuer.downloads import FORMS
from issuer.errors import NotAcceptable, UnknownPage
from issuer.negotiation import preferred
from issuer.presentation import Shown, present
from issuer.problem_details import accept_of, language
from issuer.revocation import find, statement
from issuer.services import services_of
from issuer.store import catalogues
from templates.pages import render
from vc.openbadges import Achievement

router = APIRouter()


def _example(description: str, example: dict[str, Any], media_type: str = "application/json") -> dict[int | str, Any]:
    return {200: {"description": description, "content": {media_type: {"example": example}}}}


PAGE = "text/html"
# In the order of our preference. A reader who accepts everything gets the page: it is what people share.
REPRESENTATIONS = (PAGE, "application/vc", "application/ld+json", "application/json")

_VERSION = re.compile(r"v([1-9][0-9]{0,8})", re.ASCII)

_PUBLIC = {"Access-Control-Allow-Origin": "*", "Vary": "Accept", "X-Robots-Tag": "noindex"}

_ACHIEVEMENT: dict[str, Any] = {
    "@context": [
        "https://www.w3.org/ns/credentials/v2",
        "https://purl.imsglobal.org/spec/ob/v3p0/context-3.0.3.json",
    ],
    "id": "https://awards.example.org/achievements/courses/toolbox/en/v1",
    "type": ["Achievement"],
    "name": "Toolbox",
    "description": "The tools of a data analyst.",
    "inLanguage": "en",
    "version": "1",
    "humanCode": "toolbox",
    "criteria": {
        "id": "https://awards.example.org/achievements/courses/toolbox/en/v1/criteria",
        "narrative": "Pass the course.",
    },
}

_CERTIFICATE: dict[int | str, dict[str, Any]] = {
    200: {
        "description": "The certificate: a page for browsers, else the signed credential, byte for byte as signed.",
        "content": {"text/html": {}, "application/vc": {}, "application/ld+json": {}, "application/json": {}}
        | {form.media_type: {} for form in FORMS.values()},
    },
    404: {"description": "No such certificate, or not in this form.", "content": {"application/problem+json": {}}},
    406: {"description": "None of the accepted forms is to be had.", "content": {"application/problem+json": {}}},
}


@router.get(
    "/credentials/{name}",
    summary="A certificate, by its id; with a suffix (.json .jwt .png .svg .pdf) as that file",
    responses=_CERTIFICATE,
    response_class=Response,
    tags=["Certificates"],
)
def certificate(request: Request, name: str) -> Response:
    share_id, _, suffix = name.partition(".")
    if suffix and suffix not in FORMS:
        raise UnknownPage("There is no form {suffix} of a certificate.", suffix=suffix[:20])
    shown = _shown(request, share_id)
    if suffix:
        return _download(request, shown, suffix)
    chosen = preferred(accept_of(request), REPRESENTATIONS)
    if chosen is None:
        raise NotAcceptable("A certificate is to be had as: {forms}.", forms=REPRESENTATIONS)
    if chosen == PAGE:
        html = render("certificate.html", lang=language(request), view=shown.view)
        vary = {"Vary": "Accept, Accept-Language", "Cache-Control": "no-cache"}
        return HTMLResponse(html, headers=_PUBLIC | vary)
    return Response(shown.secured, media_type=chosen, headers=_PUBLIC | {"Cache-Control": "no-cache"})


@router.get(
    "/credentials/{name}/status",
    summary="What is true of a certificate now, since when, and why",
    responses=_example(
        "Valid, suspended, revoked or superseded.",
        {
            "state": "revoked",
            "since": "2026-06-01T12:00:00Z",
            "reason": "The grade was corrected.",
            "until": None,
            "supersededBy": None,
        },
    ),
    response_class=JSONResponse,
    tags=["Status"],
)
def certificate_status(request: Request, name: str) -> Response:
    services = services_of(request)
    with services.database.read() as tx:
        now = statement(tx, find(tx, name))
    document = now.to_json(services.config.credential_url)
    return JSONResponse(document, headers=_PUBLIC | {"Cache-Control": "no-cache"})


@router.get("/v/{name}", summary="The short link printed on a certificate", status_code=302, tags=["Certificates"])
def short_link(request: Request, name: str) -> Response:
    services = services_of(request)
    with services.database.read() as tx:
        stored = find(tx, name)
    return RedirectResponse(services.config.verify_url(stored.share_id), 302, headers={"Cache-Control": "no-cache"})


@router.get(
    "/achievements/{kind}/{code}/{tag}/{version}",
    summary="A course or program as an Open Badges achievement, in one language",
    responses=_example("The achievement; a page for browsers.", _ACHIEVEMENT, "application/ld+json"),
    response_class=JSONResponse,
    tags=["Achievements"],
)
def achievement(request: Request, kind: str, code: str, tag: str, version: str) -> Response:
    found = _achievement(request, kind, code, tag, version)
    if _wants_page(request):
        return _page(request, "achievement.html", achievement=found)
    document = {
        "@context": [
            "https://www.w3.org/ns/credentials/v2",
            "https://purl.imsglobal.org/spec/ob/v3p0/context-3.0.3.json",
        ],
        "id": found.id,
        "type": ["Achievement"],
        "name": found.title,
        "description": found.description,
        "inLanguage": found.language,
        "version": found.version,
        "humanCode": found.code,
        "criteria": {"id": found.criteria_id, "narrative": found.narrative},
    }
    return _public_json(request, document, media_type="application/ld+json")


@router.get(
    "/achievements/{kind}/{code}/{tag}/{version}/criteria",
    summary="What has to be done to earn an achievement",
    responses=_example(
        "The criteria; a page for browsers.",
        {
            "id": _ACHIEVEMENT["criteria"]["id"],
            "achievement": _ACHIEVEMENT["id"],
            "name": _ACHIEVEMENT["name"],
            "narrative": _ACHIEVEMENT["criteria"]["narrative"],
        },
    ),
    response_class=JSONResponse,
    tags=["Achievements"],
)
def criteria(request: Request, kind: str, code: str, tag: str, version: str) -> Response:
    found = _achievement(request, kind, code, tag, version)
    if _wants_page(request):
        return _page(request, "achievement.html", achievement=found)
    document = {"id": found.criteria_id, "achievement": found.id, "name": found.title, "narrative": found.narrative}
    return _public_json(request, document)


@router.get("/", summary="The start page", response_class=HTMLResponse, include_in_schema=False)
def start(request: Request) -> Response:
    services = services_of(request)
    config = services.config
    with services.database.read() as tx:
        organizations = catalogues.organizations(tx).values()
    return _page(
        request,
        "issuer_index.html",
        organization=config.organization,
        issuer_id=config.did,
        verifier_url=config.verifier_url,
        demonstration=any(one.demonstration for one in organizations),
    )


@router.get(
    "/health/live",
    summary="Whether the service runs",
    responses=_example("It does.", {"status": "ok"}),
    tags=["Service"],
)
async def live() -> dict[str, str]:
    """Of the server's loop, and of no thread: it answers when everything else is busy."""
    return {"status": "ok"}


_READY = _example("It can.", {"status": "ok", "records": "ok", "key": "ok", "service": "ok"}) | {
    503: {"description": "Not now; which part cannot, stands beside it.", "content": {"application/json": {}}}
}


@router.get(
    "/health/ready",
    summary="Whether it can issue: it reaches its records, has its key, and is not being stopped",
    responses=_READY,
    response_class=JSONResponse,
    tags=["Service"],
)
@router.get("/health", summary="The same", responses=_READY, response_class=JSONResponse, tags=["Service"])
def ready(request: Request) -> Response:
    found = {**health.of(services_of(request)), "service": not request.app.state.drain.begun}
    said = {name: "ok" if good else "unavailable" for name, good in found.items()}
    every = all(found.values())
    document = {"status": "ok" if every else "unavailable", **said}
    return JSONResponse(document, 200 if every else 503, headers={"Cache-Control": "no-store"})


@router.get("/docs", include_in_schema=False)
def docs(request: Request) -> Response:
    return _page(request, "api.html", document=request.app.openapi())


def _shown(request: Request, share_id: str) -> Shown:
    """Raises `UnknownCredential` or `NotReleased`."""
    services = services_of(request)
    with services.database.read() as tx:
        return present(tx, services.config, find(tx, share_id))


def _download(request: Request, shown: Shown, suffix: str) -> Response:
    data = services_of(request).downloads.file(suffix, shown.view, shown.secured)
    plain = f"{shown.stored.share_id}.{suffix}"
    full = quote(f"{shown.view.title} {plain}", safe="")
    headers = {
        # RFC 6266 section 4.3: the second, encoded form carries any script.
        "Content-Disposition": f"inline; filename=\"{plain}\"; filename*=UTF-8''{full}",
        "Cache-Control": "no-cache",
    }
    return Response(data, media_type=FORMS[suffix].media_type, headers=_PUBLIC | headers)


def _achievement(request: Request, kind: str, code: str, tag: str, version: str) -> Achievement:
    """Raises `UnknownPage`."""
    services = services_of(request)
    number = _VERSION.fullmatch(version)
    with services.database.read() as tx:
        catalogue = catalogues.load(tx, with_sessions=False)
        if number is not None and kind == "programs":
            program = catalogue.programs.get((code, int(number[1])))
            if program is not None and tag in (*program.titles, MULTIPLE_LANGUAGES):
                return program_achievement(services.config, catalogue, program, tag)
        if number is not None and kind == "courses":
            try:
                course = catalogues.course(tx, code, int(number[1]))
            except LookupError:
                course = None
            if course is not None and tag in course.languages:
                return course_achievement(services.config, course, tag)
    raise UnknownPage("There is no such course or program in this language and version.")


def _wants_page(request: Request) -> bool:
    """Of an achievement, programs get JSON unless they ask for the page: nobody shares its link."""
    return preferred(accept_of(request), ("application/ld+json", "application/json", PAGE)) == PAGE


def _public_json(request: Request, document: dict[str, Any], media_type: str = "application/json") -> Response:
    max_age = services_of(request).config.limits.document_max_age.value
    headers = {"Access-Control-Allow-Origin": "*", "Cache-Control": f"public, max-age={max_age}", "Vary": "Accept"}
    return JSONResponse(document, headers=headers, media_type=media_type)


def _page(request: Request, name: str, **values: Any) -> Response:
    html = render(name, lang=language(request), **values)
    return HTMLResponse(html, headers={"Cache-Control": "no-cache", "Vary": "Accept, Accept-Language"})
