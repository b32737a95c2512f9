"""Puts the issuer together: `wire` its parts, `create_app` its web service. Nothing else constructs them.

    services = wire(home, environ=os.environ)
    create_app(services)                       # an ASGI application, for `serving.server`

The web half is imported by `create_app`, because most commands serve nothing and should start at once.
"""

import time
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from issuer import config, transports
from issuer.downloads import Downloads
from issuer.errors import IssuerError
from issuer.issuance import Issuance
from issuer.keyring import Keyring
from issuer.services import Services
from issuer.signing_requests import SigningRequests
from issuer.status_lists import StatusLists
from issuer.store.database import open_database
from issuer.turns import Turns
from issuer.watch import Timed, Watch
from issuer.webhook_secrets import WebhookSecrets
from issuer.workshop import Workshops
from vc.compiled import Shapes

if TYPE_CHECKING:
    from fastapi import FastAPI

    from serving.drain import Drain
    from serving.meter import Meter

DESCRIPTION = """Serves certificates as signed Open Badges 3.0 credentials, with what is needed to verify them:
DID documents and status lists. Below /organizations/{organization}/ is the registrar's office, for who shows a key
(`issuer api-keys new`). Errors are RFC 9457 problem details."""


# What every address may answer: problem details for programs, a page for people.
_REFUSALS = {
    "description": "There is no such certificate or page, or the request cannot be read.",
    "content": {"application/problem+json": {}, "text/html": {}},
}


def wire(
    home: Path,
    *,
    environ: Mapping[str, str],
    now: Callable[[], datetime] = lambda: datetime.now(UTC),
    watch: Watch | None = None,
    shapes: Shapes | None = None,
) -> Services:
    """The parts of the issuer in `home`; `watch` is told what they do; `shapes`: shared with others. Raises
    `NotInitialized`, `ConfigInvalid`, `StoreUnavailable`."""
    settings = config.load(home, environ)
    database = open_database(settings.database, settings.limits)
    watched, limits = watch or Watch(), settings.limits
    keyring = Keyring(
        settings, database, environ=environ, timed=lambda signer: Timed(signer, watched, time.perf_counter)
    )
    turns = Turns(
        at_once=limits.drawn_at_once.value,
        waiting=limits.drawing_waits.value,
        patience=limits.drawing_patience.value,
    )

    workshops = Workshops(settings, watched, shapes=shapes)

    def issuance() -> Issuance:
        return Issuance(settings, database, keyring, now=now, workshops=workshops)

    return Services(
        config=settings,
        database=database,
        keyring=keyring,
        status_lists=StatusLists(settings, database, keyring, now=now, watch=watched),
        downloads=Downloads(limits.rendered_kept.value, lambda secured: issuance().as_token(secured), turns),
        issuance=issuance,
        signing_requests=SigningRequests(settings, database, keyring, now=now, watch=watched),
        transport=lambda: transports.load(settings, environ=environ),
        webhook_secrets=WebhookSecrets(home),
        watch=watched,
        now=now,
    )


def create_app(services: Services, *, meter: "Meter | None" = None, drain: "Drain | None" = None) -> "FastAPI":
    """The web service. Errors become problem documents by `issuer.problem_details`. `meter`: where requests are
    counted; `drain`: how the server says that it stops."""
    from fastapi import FastAPI
    from fastapi.exceptions import RequestValidationError
    from fastapi.staticfiles import StaticFiles
    from prometheus_client import CollectorRegistry
    from starlette.exceptions import HTTPException

    from issuer import learner_pages, pages, problem_details
    from issuer.crowd import Crowd
    from issuer.edge import Edge
    from issuer.office import ROUTERS
    from issuer.openapi import with_whole_examples
    from issuer.protocols import PROTOCOLS
    from serving.drain import Drain
    from serving.meter import Meter
    from serving.requests import Requests
    from templates import static_files

    drain = drain or Drain()
    app = FastAPI(
        title=f"Testamur issuer: {services.config.organization}",
        description=DESCRIPTION,
        version="0.1.0",
        docs_url=None,
        redoc_url=None,
    )
    app.state.services = services
    app.state.drain = drain
    routers = (pages.router, learner_pages.router, *PROTOCOLS.values(), *ROUTERS.values())
    for router in routers:
        # The office's operations name each of their refusals.
        app.include_router(router, responses=None if router in ROUTERS.values() else {"4XX": _REFUSALS})
    generated = app.openapi
    app.openapi = lambda: with_whole_examples(generated(), routers)  # type: ignore[method-assign] # as FastAPI documents
    app.mount("/static", StaticFiles(directory=static_files()), name="static")
    app.add_exception_handler(IssuerError, problem_details.of_error)
    app.add_exception_handler(HTTPException, problem_details.of_http)
    app.add_exception_handler(RequestValidationError, problem_details.of_unreadable)
    at_once = services.config.limits.strangers_at_once.value
    app.add_middleware(Crowd, at_once=at_once, refused=problem_details.crowded)
    app.add_middleware(Edge, unexpected=problem_details.unexpected)
    app.add_middleware(
        Requests,
        meter=meter or Meter(CollectorRegistry()),
        drain=drain,
        refused=problem_details.stopping,
        clock=time.perf_counter,
        doors=("/openapi.json",),
    )
    return app
