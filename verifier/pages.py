"""The verifier's pages and its JSON: one set of routes, the form chosen by the Accept header."""

from typing import Annotated, Any

from fastapi import APIRouter, Depends, Query, Request
from fastapi.responses import HTMLResponse, JSONResponse, Response

from serving.requests import number_of
from templates.headers import headers
from templates.i18n import negotiate, say
from templates.messages import Message
from templates.pages import render
from verifier.case import Asked
from verifier.report import Report
from verifier.submission import Submission, submission
from verifier.trust import Trust

router = APIRouter()

PROBLEMS = "https://testamur.example/problems/verifier#"

_HEADERS = headers(camera=True)
_CHANGES = {"Cache-Control": "no-store", "Vary": "Accept, Accept-Language"}  # of what depends on who asks

_REPORT: dict[int | str, dict[str, Any]] = {
    "4XX": {
        "description": "What was handed in cannot be looked at: nothing given, too large, a parameter that is none.",
        "content": {"application/problem+json": {}},
    },
    200: {
        "description": "The report: verdict, checks, what is signed, included courses. A page by `Accept: text/html`.",
        "content": {
            "application/json": {
                "example": {
                    "verdict": "accepted",
                    "checks": [{"name": "proof", "outcome": "passed", "detail": "…", "problem": None}],
                    "credential": {"id": "https://…", "name": "Data Science", "issuer": {"id": "did:web:…"}},
                    "courses": [{"name": "R Programming", "kind": "course", "outcome": "passed"}],
                    "superseded_by": None,
                }
            }
        },
    },
}

_READY: dict[int | str, dict[str, Any]] = {
    200: {
        "description": "It can.",
        "content": {"application/json": {"example": {"status": "ok", "workers": "ok", "service": "ok"}}},
    },
    503: {"description": "Not now; which part cannot, stands beside it.", "content": {"application/json": {}}},
}


@router.get("/", response_class=HTMLResponse, summary="Where a person drops, pastes, scans or links a certificate")
def start(request: Request) -> Response:
    return page(request, "verifier_start.html", problem=None)


@router.get(
    "/verify", summary="Verifies what is at a link; where the QR code of a certificate leads", responses=_REPORT
)
def verify_link(
    request: Request,
    url: Annotated[str, Query(description="https link to a credential", max_length=2_000)] = "",
    trust: Annotated[Trust | None, Query(description="whom to believe; `domain` by default")] = None,
    recipient: Annotated[str, Query(description="e-mail address or DID it must be awarded to", max_length=320)] = "",
) -> Response:
    link = url.strip().encode("utf-8", "surrogatepass")
    return _verify(request, Submission(link, trust, recipient.strip() or None))


@router.post(
    "/verify",
    summary="Verifies a file (multipart member `file`), a text or link (`text`), or the request's body itself; "
    "`recipient`, an e-mail address or DID, is whose it should be",
    responses=_REPORT,
)
def verify_file(request: Request, handed_in: Annotated[Submission, Depends(submission)]) -> Response:
    return _verify(request, handed_in)


@router.head("/", include_in_schema=False)
@router.head("/verify", include_in_schema=False)
@router.head("/docs", include_in_schema=False)
@router.head("/health", include_in_schema=False)
@router.head("/health/live", include_in_schema=False)
@router.head("/health/ready", include_in_schema=False)
def there() -> Response:
    """Link checkers ask whether a page is there; that is no reason to verify anything."""
    return Response(media_type="text/html", headers=_CHANGES)


@router.get("/health/live", summary="Whether the service runs", tags=["Service"])
async def live() -> dict[str, str]:
    """Of the server's loop, and of no thread: it answers when everything else is busy."""
    return {"status": "ok"}


@router.get(
    "/health/ready",
    summary="Whether it can verify: its workers live, and it is not being stopped",
    responses=_READY,
    tags=["Service"],
)
@router.get("/health", summary="The same", responses=_READY, tags=["Service"])
def ready(request: Request) -> Response:
    state = request.app.state
    found = {
        "workers": state.workers is None or state.workers.ready(),
        "service": not state.drain.begun,
    }
    said = {name: "ok" if good else "unavailable" for name, good in found.items()}
    every = all(found.values())
    document = {"status": "ok" if every else "unavailable", **said}
    return JSONResponse(document, 200 if every else 503, headers={"Cache-Control": "no-store"})


@router.get("/docs", include_in_schema=False)
def docs(request: Request) -> Response:
    return page(request, "api.html", document=request.app.openapi())


def _verify(request: Request, given: Submission) -> Response:
    if not given.data:
        nothing = Message("There was nothing to check. Choose a file, paste a text or a link, or take a photo.")
        if wants_page(request):
            return page(request, "verifier_start.html", status=400, problem=nothing)
        return problem(request, 400, "nothing-given", Message("Nothing to check"), nothing)
    state = request.app.state
    trust, asked = given.trust or state.settings.trust, Asked(recipient=given.recipient)
    return _answer(request, state.verify(given.data, trust, state.now(), asked=asked))


def _answer(request: Request, report: Report) -> Response:
    if not wants_page(request):
        return JSONResponse(report.to_json(), headers={"Cache-Control": "no-store", "Vary": "Accept"})
    return page(request, "verdict.html", report=report)


def page(request: Request, name: str, *, status: int = 200, **values: Any) -> HTMLResponse:
    html = render(name, lang=language(request), **values)
    return HTMLResponse(html, status, headers=_CHANGES)


def problem(request: Request, status: int, type_: str, title: Message, detail: Message) -> Response:
    """RFC 9457 problem details for programs, a page for people."""
    if wants_page(request):
        return page(request, "problem.html", status=status, title=title, detail=detail, hint=None)
    lang = language(request)
    return JSONResponse(
        {
            "type": type_ if ":" in type_ else PROBLEMS + type_,
            "title": say(title, lang),
            "status": status,
            "detail": say(detail, lang),
            **({"requestId": number} if (number := number_of(request.scope)) else {}),
        },
        status,
        headers=_CHANGES,
        media_type="application/problem+json",
    )


def language(request: Request) -> str:
    return negotiate(request.query_params.get("lang") or request.headers.get("accept-language", ""))


def wants_page(request: Request) -> bool:
    """Browsers name text/html; programs name JSON or nothing."""
    return "text/html" in request.headers.get("accept", "")


def protected(response: Response) -> Response:
    for name, value in _HEADERS.items():
        response.headers.setdefault(name, value)
    return response
