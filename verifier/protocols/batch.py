"""`/verify/batch`: many files, links and ZIP archives in one request, one report each; JSON, CSV or a page.

    curl -F file=@applicants.zip -F file=@one.pdf -F text=https://issuer.example/credentials/1 \\
         -H 'Accept: text/csv' https://verify.example/verify/batch

Each item is verified as a single submission would be, by the same workers within the same limits, and lets single
submissions go first.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from threading import BoundedSemaphore
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Request
from fastapi.responses import HTMLResponse, JSONResponse, Response
from starlette.datastructures import UploadFile

from templates.messages import Message
from vc.errors import TooLarge, Unavailable, VcError
from verifier import pages
from verifier.batch import MAX_ITEMS, Item, checked, counted, csv_of, items_of
from verifier.places import Busy
from verifier.refusal import message_of, refused
from verifier.report import Report
from verifier.submission import MAX_FIELDS, body_of, form_of, is_form, trust_of
from verifier.trust import Trust

router = APIRouter(tags=["Batch"])

PATH = "/verify/batch"
SECONDS = 120  # for one batch; whoever waits in front of a page waits no longer
BATCHES = 2  # at once; each has two items verified at a time
YIELDS = 8  # single submissions that go before an item

_running = BoundedSemaphore(BATCHES)

_EXAMPLE = {
    "items": [
        {"name": "applicants.zip/zoe.pdf", "report": {"verdict": "accepted", "checks": [], "courses": []}},
        {"name": "https://issuer.example/credentials/1", "report": {"verdict": "undetermined", "checks": []}},
    ],
    "counts": {"accepted": 1, "rejected": 0, "undetermined": 1},
}
_ANSWERS: dict[int | str, dict[str, Any]] = {
    200: {
        "description": "One report each, in the order given; a page by `Accept: text/html`, a table by `text/csv`.",
        "content": {
            "application/json": {"example": _EXAMPLE},
            "text/csv": {"example": "name,verdict,reason,recipient,credential,issuer,domain,awarded,problem\r\n"},
        },
    },
    "4XX": {
        "description": "Nothing given, too large, too many items, a broken ZIP; 429 when too much is being checked.",
        "content": {
            "application/problem+json": {
                "example": {
                    "type": pages.PROBLEMS + "batch",
                    "title": "The batch could not be read",
                    "status": 400,
                    "detail": "The ZIP is damaged or cut off. Make it anew.",
                }
            }
        },
    },
}
_BODY = {
    "requestBody": {
        "required": True,
        "content": {
            "multipart/form-data": {
                "schema": {
                    "type": "object",
                    "properties": {
                        "file": {
                            "type": "array",
                            "items": {"type": "string", "format": "binary"},
                            "description": f"certificates, or ZIP archives of them; at most {MAX_ITEMS} in all",
                        },
                        "text": {"type": "string", "description": "links or tokens, one a line"},
                        "trust": {"type": "string", "enum": ["domain", "known", "any"]},
                        "as": {"type": "string", "enum": ["csv"], "description": "in place of `Accept: text/csv`"},
                    },
                }
            },
            "application/zip": {"schema": {"type": "string", "format": "binary"}},
        },
    }
}


@dataclass(frozen=True)
class Batch:
    """What was handed in: files with their names, and texts; nothing is unpacked yet. `as_csv`: the form asks for a
    table."""

    parts: list[tuple[str, bytes] | str]
    trust: Trust | None
    as_csv: bool = False


async def handed_in(request: Request) -> Batch:
    """Reads the form or the body. Raises `TooMuch` or `Unreadable`."""
    body = await body_of(request, request.app.state.settings.max_batch)
    if not is_form(request):
        return Batch([("", body)] if body else [], trust_of(request.query_params.get("trust")))
    parts: list[tuple[str, bytes] | str] = []
    async with form_of(request, body, files=MAX_ITEMS, fields=MAX_ITEMS + MAX_FIELDS) as form:
        for name, value in form.multi_items():
            if name == "text" and isinstance(value, str):
                parts.append(value)
            elif name == "file" and isinstance(value, UploadFile) and value.size:
                parts.append((value.filename or "", await value.read()))
        trust, form_as = form.get("trust"), form.get("as")
    return Batch(parts, trust_of(trust if isinstance(trust, str) else None), as_csv=form_as == "csv")


@router.get(PATH, response_class=HTMLResponse, summary="Where a person hands in many certificates at once")
def start(request: Request) -> Response:
    return pages.page(request, "batch.html", rows=None, counts=None, problem=None, limit=MAX_ITEMS)


@router.post(PATH, summary="Verifies many files, links and ZIP archives", responses=_ANSWERS, openapi_extra=_BODY)
def verify_batch(request: Request, batch: Annotated[Batch, Depends(handed_in)]) -> Response:
    if not _running.acquire(blocking=False):
        raise Busy
    try:
        items = items_of(batch.parts)  # here, so that no more are unpacked than are worked on
        if not items:
            return _nothing(request)
        rows = [(item.name, report) for item, report in _reports(request, items, batch.trust)]
    finally:
        _running.release()
    return _answer(request, rows, as_csv=batch.as_csv)


def _nothing(request: Request) -> Response:
    nothing = Message("There was nothing to check. Choose files, or give links, one a line.")
    if pages.wants_page(request):
        return pages.page(request, "batch.html", status=400, rows=None, counts=None, problem=nothing, limit=MAX_ITEMS)
    return pages.problem(request, 400, "nothing-given", Message("Nothing to check"), nothing)


def unreadable(request: Request, error: Exception) -> Response:
    """What is wrong with the whole."""
    if not isinstance(error, VcError):
        raise error
    return pages.problem(
        request,
        413 if isinstance(error, TooLarge) else 400,
        "batch",
        Message("The batch could not be read"),
        message_of(error),
    )


def _reports(request: Request, items: list[Item], asked: Trust | None) -> Iterator[tuple[Item, Report]]:
    state = request.app.state
    ends = state.now() + timedelta(seconds=SECONDS)
    trust = asked or state.settings.trust

    def verify(data: bytes) -> Report:
        now = state.now()
        if now > ends:
            late = Unavailable("The time for the whole batch was over before this one. Send fewer at once.")
            return refused(late, now)
        try:
            report: Report = state.verify(data, trust, now, yields=YIELDS)
        except Busy:
            return refused(Unavailable("Too much is being checked just now. Try again in a minute."), now)
        return report

    return checked(items, verify, now=state.now())


def _answer(request: Request, rows: list[tuple[str, Report]], *, as_csv: bool) -> Response:
    headers = {"Cache-Control": "no-store", "Vary": "Accept, Accept-Language"}
    if as_csv or "text/csv" in request.headers.get("accept", ""):
        attached = {"Content-Disposition": 'attachment; filename="verdicts.csv"'}
        return Response(csv_of(rows, pages.language(request)), media_type="text/csv", headers=headers | attached)
    counts = counted(report for _, report in rows)
    if pages.wants_page(request):
        return pages.page(request, "batch.html", rows=rows, counts=counts, problem=None, limit=MAX_ITEMS)
    items = [{"name": name, "report": report.to_json()} for name, report in rows]
    return JSONResponse({"items": items, "counts": counts}, headers=headers)
