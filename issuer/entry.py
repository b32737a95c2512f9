"""The door of the registrar's office: who asks, for which organization, and what he sends.

A handler declares what it needs, and FastAPI asks for it in this order: the key, the organization, the permission; only
then is the body read.

    @router.post("/organizations/{organization}/cohorts", …)
    def prepare(request: Request, asked: Decides, sent: Sent):
        wanted = members(sent, required={"program": str}, optional={"name": str})
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Annotated, Any

from fastapi import Depends, Query, Request, Response
from fastapi import Path as PathParameter
from fastapi.security import HTTPAuthorizationCredentials, HTTPBearer
from starlette.requests import ClientDisconnect

from issuer.access import Caller, Permission
from issuer.api_errors import BodyTooLarge, MediaTypeRefused, RequestRefused, UnknownOrganization
from issuer.api_keys import caller_of
from issuer.services import services_of
from issuer.store import catalogues
from vc import strict_json
from vc.errors import VcError

bearer = HTTPBearer(
    auto_error=False,
    scheme_name="apiKey",
    description="A key that `issuer api-keys new` has made: `testamur_NUMBER_SECRET`. Its role says what it may do.",
)
Shown = Annotated[HTTPAuthorizationCredentials | None, Depends(bearer)]

NO_STORE = {"Cache-Control": "no-store"}

# A list comes in pages: those `after` a number, at most `limit` of them. The greatest is what JSON counts exactly.
After = Annotated[int, Query(ge=0, le=2**53 - 1, description="Only what comes after this number.")]
PageLength = Annotated[int, Query(ge=1, le=1_000, description="At most so many.")]
PAGE_LENGTH = 100  # entries, which fit a screen or two
Number = Annotated[int, PathParameter(ge=1, le=2**53 - 1)]

_NAMES: Mapping[type, str] = {dict: "an object", list: "a list", str: "a text", bool: "true or false", int: "a number"}


@dataclass(frozen=True)
class Asked:
    """Who asks, for which organization: it exists, and he may."""

    caller: Caller
    organization: str


def _entry(permission: Permission) -> Callable[..., Asked]:
    def enter(request: Request, response: Response, organization: str, shown: Shown) -> Asked:
        response.headers.update(NO_STORE)  # learners' data; answers that handlers make themselves say so themselves
        services = services_of(request)
        caller = caller_of(services.database, None if shown is None else shown.credentials)
        caller.require(permission, organization=organization)
        with services.database.read() as tx:
            if organization not in catalogues.organizations(tx):
                raise UnknownOrganization("There is no organization {code}.", code=organization[:80])
        return Asked(caller, organization)

    return enter


Reads = Annotated[Asked, Depends(_entry("read"))]
Records = Annotated[Asked, Depends(_entry("record"))]
Decides = Annotated[Asked, Depends(_entry("decide"))]
ChangesStatus = Annotated[Asked, Depends(_entry("status"))]
Approves = Annotated[Asked, Depends(_entry("approve"))]
Administers = Annotated[Asked, Depends(_entry("administer"))]


async def body(request: Request) -> bytes:
    """A body of JSON; nothing at all, which has no media type either, is an object without members. Raises
    `MediaTypeRefused`, `BodyTooLarge`, `RequestRefused`."""
    media_type = media_type_of(request)
    if media_type == "application/json":
        return await raw_body(request)
    if media_type or await raw_body(request):
        raise MediaTypeRefused("Send the request as application/json.")
    return b"{}"


Sent = Annotated[bytes, Depends(body)]


def media_type_of(request: Request) -> str:
    return request.headers.get("content-type", "").partition(";")[0].strip().lower()


async def raw_body(request: Request) -> bytes:
    """Raises `BodyTooLarge`, `RequestRefused`."""
    return await _counted(request, services_of(request).config.limits.request_size.value)


async def import_body(request: Request) -> bytes:
    """The same for a file of completions, which may be longer."""
    return await _counted(request, services_of(request).config.limits.import_size.value)


async def _counted(request: Request, limit: int) -> bytes:
    """Counted while it is read: a stranger's Content-Length is a claim."""
    chunks, size = [], 0
    try:
        async for chunk in request.stream():
            size += len(chunk)
            if size > limit:
                raise BodyTooLarge("A request has at most {limit} bytes.", limit=limit)
            chunks.append(chunk)
    except ClientDisconnect as error:
        raise RequestRefused("The request ended before all of it had come.") from error
    return b"".join(chunks)


def members(sent: bytes, *, required: Mapping[str, type], optional: Mapping[str, type]) -> dict[str, Any]:
    """The body, an object of these members. Raises `RequestRefused`."""
    try:
        asked = strict_json.parse(sent)
    except VcError as error:
        raise RequestRefused(error.message, problem=error.problem, **error.params) from error
    if not isinstance(asked, dict):
        raise RequestRefused("The request must be a JSON object.")
    for name in required:
        if name not in asked:
            raise RequestRefused("{name} is missing.", name=name)
    known = {**required, **optional}
    for name, value in asked.items():
        if name not in known:
            raise RequestRefused(
                "{name} is no member of this request; there is: {known}.", name=name[:80], known=tuple(known)
            )
        if not isinstance(value, known[name]) or (isinstance(value, bool) and known[name] is int):
            raise RequestRefused("{name} must be {kind}.", name=name, kind=_NAMES[known[name]])
    return asked
