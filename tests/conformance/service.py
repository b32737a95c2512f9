"""The endpoints of `issuing.py` and `verifying.py` under two prefixes, one for each profile.

    uvicorn.run(create_app(base="https://127.0.0.1:8443"), …)

VC API 1.0 sections 3.2 (issue), 3.3 (verify) and 3.4.1 (derive), as far as the suites use them; status lists are
served where the credentials say they are.
"""

from collections.abc import Callable
from datetime import UTC, datetime

from starlette.applications import Starlette
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Mount, Route

from tests.conformance import calls, issuing, verifying
from tests.conformance.calls import Answer, Call
from tests.conformance.profiles import PROFILES, Profile

Endpoint = Callable[[Call], Answer]


def create_app(*, base: str, now: Callable[[], datetime] = lambda: datetime.now(UTC)) -> Starlette:
    """`base`: the origin under which the service is reached; credentials name their status lists by it."""
    return Starlette(routes=[_mount(profile, f"{base}/{profile.name}", now) for profile in PROFILES.values()])


def _mount(profile: Profile, base: str, now: Callable[[], datetime]) -> Mount:
    def answer(endpoint: Endpoint) -> Callable[[Request], object]:
        async def respond(request: Request) -> Response:
            call = Call(await request.body(), profile, now(), base, dict(request.path_params))
            answer = await run_in_threadpool(calls.answer, endpoint, call)
            return JSONResponse(answer.body, answer.status)

        return respond

    def post(path: str, endpoint: Endpoint) -> Route:
        return Route(path, answer(endpoint), methods=["POST"])

    return Mount(
        f"/{profile.name}",
        routes=[
            Route("/dids.json", answer(issuing.dids_of_issuers), methods=["GET"]),
            post("/issuers/{suite}/{key}/credentials/issue", issuing.issue),
            post("/status/issuers/{suite}/{key}/credentials/issue", issuing.issue_with_status),
            Route("/status/lists/{suite}/{key}", answer(issuing.status_list), methods=["GET"]),
            post("/credentials/verify", verifying.verify_credential),
            post("/credentials/derive", verifying.derive),
            post("/presentations/verify", verifying.verify_presentation),
        ],
    )
