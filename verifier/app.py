"""The verifier's web service: the only place where its parts are put together.

drain = Drain()
serve(create_app(Settings(), drain=drain), host="127.0.0.1", port=8001, drain=drain, clock=time.monotonic)
"""

import logging
import sys
import time
import uuid
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from datetime import UTC, datetime

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import Response
from fastapi.staticfiles import StaticFiles
from prometheus_client import CollectorRegistry
from starlette.exceptions import HTTPException

from serving.drain import Drain
from serving.requests import Requests, unnumbered
from serving.traces import described
from templates import static_files
from templates.messages import Message
from vc.errors import VcError
from verifier import pages
from verifier.admission import Admission
from verifier.config import Settings
from verifier.measured import Measured
from verifier.places import RETRY_AFTER, Busy
from verifier.protocols import PROTOCOLS, batch, vc_api
from verifier.submission import TooMuch, Unreadable
from verifier.verifying import Network, in_this_process
from verifier.workers import Workers

log = logging.getLogger("verifier")

DESCRIPTION = """Says of a badge or certificate whether it is genuine, not genuine, or cannot be told now.
It keeps no record of what it was asked, and needs no account."""


def create_app(
    settings: Settings,
    *,
    fetch: Network | None = None,
    workers: Workers | None = None,
    measured: Measured | None = None,
    drain: Drain | None = None,
) -> FastAPI:
    """Submissions are verified by `workers`, by default a number of processes of this service's own. With `fetch`,
    what makes the network of one verification, they are verified in this process: for tests, and on systems without
    the limits that workers need. `measured`: where it is counted; `drain`: how the server says that it stops."""
    measured, drain = measured or Measured(CollectorRegistry()), drain or Drain()
    if workers is None and fetch is None and sys.platform != "win32":
        workers = Workers(settings, watch=measured)
    if workers is not None:
        measured.watch(workers.places)
    app = FastAPI(
        title="Testamur verifier",
        description=DESCRIPTION,
        version="0.1.0",
        docs_url=None,
        redoc_url=None,
        lifespan=_while_it_runs,
    )
    app.state.settings = settings
    app.state.workers = workers
    app.state.drain = drain
    app.state.verify = measured.counting(in_this_process(settings, fetch) if workers is None else workers.verify)
    app.state.now = lambda: datetime.now(UTC)
    app.include_router(pages.router)
    for router in PROTOCOLS.values():
        app.include_router(router)
    app.mount("/static", StaticFiles(directory=static_files()), name="static")
    app.add_exception_handler(TooMuch, _too_much)
    app.add_exception_handler(Unreadable, _unreadable)
    app.add_exception_handler(Busy, _busy)
    app.add_exception_handler(VcError, _unreadable_by_protocol)
    app.add_exception_handler(HTTPException, _http)
    app.add_exception_handler(RequestValidationError, _wrong_parameters)
    app.middleware("http")(_guarded)
    limits = {
        "/verify": settings.max_upload,
        batch.PATH: settings.max_batch,
        vc_api.CREDENTIALS: settings.max_upload,
        vc_api.PRESENTATIONS: settings.max_upload,
    }
    app.add_middleware(
        Admission,
        limits=limits,
        full=(lambda size: False) if workers is None else workers.full,
        refused=_refusing(_busy, counted=measured.turned_away),
        too_large=_refusing(_too_much),
    )
    app.add_middleware(
        Requests,
        meter=measured.requests,
        drain=drain,
        refused=_refusing(_stopping),
        clock=time.perf_counter,
        doors=(*limits, "/openapi.json"),
    )
    return app


def _refusing(
    answer: Callable[[Request, Exception], Response], *, counted: Callable[[], None] = lambda: None
) -> Callable[[Request], Response]:
    """The answer, made once for each language and form: whoever is refused must cost nothing."""
    made: dict[tuple[bool, str, bool], Response] = {}

    def refuse(request: Request) -> Response:
        counted()
        form = pages.wants_page(request), pages.language(request), request.url.path == batch.PATH
        if form not in made:
            made[form] = pages.protected(answer(unnumbered(request), Busy()))
        return made[form]

    return refuse


@asynccontextmanager
async def _while_it_runs(app: FastAPI) -> AsyncIterator[None]:
    """What is being verified when the service is told to stop is still answered: the server waits for it."""
    workers: Workers | None = app.state.workers
    if workers is None:
        yield
        return
    workers.start()
    try:
        yield
    finally:
        workers.close()


def _too_much(request: Request, error: Exception) -> Response:
    settings = request.app.state.settings
    limit = settings.max_batch if request.url.path == batch.PATH else settings.max_upload
    if isinstance(error, TooMuch) and error.limit is not None:
        limit = error.limit
    return pages.problem(
        request,
        413,
        "too-large",
        Message("That is too large"),
        Message(
            "At most {limit} MB are read. A certificate is far smaller; a photo can be scaled down.",
            limit=limit // (1024 * 1024),
        ),
    )


def _busy(request: Request, error: Exception) -> Response:
    response = pages.problem(
        request,
        429,
        "busy",
        Message("Too much is being checked just now"),
        Message("Please try again in a few seconds. Nothing is wrong with what you gave."),
    )
    response.headers["Retry-After"] = str(RETRY_AFTER)
    return response


def _stopping(request: Request, error: Exception) -> Response:
    return pages.problem(
        request,
        503,
        "stopping",
        Message("The service is being restarted"),
        Message("Please try again in a few seconds. Nothing is wrong with what you gave."),
    )


def _unreadable_by_protocol(request: Request, error: Exception) -> Response:
    """What is wrong with the request itself; what is wrong with a credential is in its report."""
    return batch.unreadable(request, error) if request.url.path == batch.PATH else vc_api.malformed(request, error)


def _unreadable(request: Request, error: Exception) -> Response:
    return pages.problem(
        request, 400, "unreadable-form", Message("The form could not be read"), Message("Please send it once more.")
    )


def _wrong_parameters(request: Request, error: Exception) -> Response:
    if not isinstance(error, RequestValidationError):
        raise error
    first = error.errors()[0]
    return pages.problem(
        request,
        400,
        "wrong-parameter",
        Message("Something in the address is not right"),
        Message("{name}: {reason}.", name=str(first["loc"][-1]), reason=first["msg"]),
    )


def _http(request: Request, error: Exception) -> Response:
    status = error.status_code if isinstance(error, HTTPException) else 500
    allowed = (error.headers or {}) if isinstance(error, HTTPException) else {}
    if status == 404:
        title, detail = Message("There is no such page"), Message("To check a certificate, start on the first page.")
    elif status == 405:
        title, detail = Message("That is not how this page is used"), Message("See the description of the service.")
    else:
        title, detail = Message("The request could not be read"), Message("Please check it and try again.")
    response = pages.problem(request, status, "about:blank", title, detail)
    response.headers.update(allowed)
    return response


def _unknown(request: Request, error: Exception) -> Response:
    """Nothing of the error leaves the service; the id finds it in the log, which says where, and not of whom."""
    identifier = uuid.uuid4().hex[:12]
    log.error("unexpected error %s: %s", identifier, described(error))
    return pages.problem(
        request,
        500,
        "unexpected",
        Message("Something went wrong here"),
        Message("It is not your certificate's fault. If you report it, name the number {id}.", id=identifier),
    )


async def _guarded(request: Request, call_next: Callable[[Request], Awaitable[Response]]) -> Response:
    """With the headers of every answer. No error goes on to the server, which would write all of it down."""
    try:
        response = await call_next(request)
    except Exception as error:
        response = _unknown(request, error)
    return pages.protected(response)
