"""Puts the issuer together: `wire` its parts, `create_app` its web service. Nothing else constructs them.

    services = wire(home, environ=os.environ)
    uvicorn.run(create_app(services))

The web half is imported by `create_app`, because most commands serve nothing and should start at once.
"""

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
from issuer.webhook_secrets import WebhookSecrets
from issuer.workshop import Workshops

if TYPE_CHECKING:
    from fastapi import FastAPI

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
) -> Services:
    """The parts of the issuer in `home`. Raises `NotInitialized`, `ConfigInvalid`, `StoreUnavailable`."""
    settings = config.load(home, environ)
    database = open_database(settings.database, settings.limits)
    keyring = Keyring(settings, database, environ=environ)

    workshops = Workshops(settings)

    def issuance() -> Issuance:
        return Issuance(settings, database, keyring, now=now, workshops=workshops)

    return Services(
        config=settings,
        database=database,
        keyring=keyring,
        status_lists=StatusLists(settings, database, keyring, now=now),
        downloads=Downloads(settings.limits.rendered_kept.value, lambda secured: issuance().as_token(secured)),
        issuance=issuance,
        signing_requests=SigningRequests(settings, database, keyring, now=now),
        transport=lambda: transports.load(settings, environ=environ),
        webhook_secrets=WebhookSecrets(home),
        now=now,
    )


def create_app(services: Services) -> "FastAPI":
    """The web service. Errors become problem documents by `issuer.problem_details`."""
    from fastapi import FastAPI
    from fastapi.exceptions import RequestValidationError
    from fastapi.staticfiles import StaticFiles
    from starlette.exceptions import HTTPException

    from issuer import learner_pages, pages, problem_details
    from issuer.edge import Edge
    from issuer.office import ROUTERS
    from issuer.openapi import with_whole_examples
    from issuer.protocols import PROTOCOLS
    from templates import static_files

    app = FastAPI(
        title=f"Testamur issuer: {services.config.organization}",
        description=DESCRIPTION,
        version="0.1.0",
        docs_url=None,
        redoc_url=None,
    )
    app.state.services = services
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
    app.add_middleware(Edge, unexpected=problem_details.unexpected)
    return app
