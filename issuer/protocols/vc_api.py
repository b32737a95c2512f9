"""VCALM 0.9 (the VC API), "Issue Credential" and "Update Status": for programs that show a key of `issuer api-keys`.

    POST /credentials/issue   {"credential": …}                        → 201 {"verifiableCredential": …}
    POST /credentials/status  {"credentialId": …, "status": true, …}   → 200, what is true of the certificate now

Who asks is looked at before anything that he sends is read. A key of an organization signs in its name and changes its
certificates only; another's are not there for it. Stricter than the specification, and said so in the OpenAPI
document: members that it does not name are refused, and a change of status needs a `reason`.
"""

from typing import Annotated, Any

from fastapi import APIRouter, Depends, Request
from fastapi.responses import JSONResponse, Response
from fastapi.security import HTTPAuthorizationCredentials

from issuer import status_requests
from issuer import vc_api_description as described
from issuer.api_errors import RequestRefused, UnknownOption
from issuer.api_keys import Scope, authenticate, holder_of
from issuer.entry import NO_STORE, Sent, Shown, members
from issuer.services import services_of
from issuer.store.api_keys import ApiKey

router = APIRouter(tags=["Credentials"])


def may_sign(request: Request, shown: Shown) -> ApiKey:
    return _key(request, shown, "sign")


def may_change_status(request: Request, shown: Shown) -> ApiKey:
    return _key(request, shown, "status")


def _key(request: Request, shown: HTTPAuthorizationCredentials | None, scope: Scope) -> ApiKey:
    text = None if shown is None else shown.credentials
    return authenticate(services_of(request).database, text, scope=scope)


# The key comes before the body: FastAPI asks for them in this order.
@router.post(
    "/credentials/issue",
    status_code=201,
    summary="Signs a credential in the name of this issuer or one of its organizations, each id once",
    description=described.ISSUE,
    responses=described.ISSUED,
    response_class=JSONResponse,
    openapi_extra=described.ISSUE_REQUEST,
)
def issue(request: Request, key: Annotated[ApiKey, Depends(may_sign)], sent: Sent) -> Response:
    asked = members(sent, required={"credential": dict}, optional={"options": dict})
    _check_options(asked.get("options", {}), asked["credential"])
    secured = services_of(request).signing_requests.sign(
        asked["credential"], api_key=key, idempotency_key=request.headers.get("idempotency-key")
    )
    # As it is kept, byte by byte.
    answer = b'{"verifiableCredential":' + secured + b"}"
    return Response(answer, 201, media_type="application/json", headers=NO_STORE)


@router.post(
    "/credentials/status",
    summary="Revokes, suspends or reinstates a certificate that this issuer awarded",
    description=described.STATUS,
    responses=described.CHANGED,
    response_class=JSONResponse,
    openapi_extra=described.STATUS_REQUEST,
)
def change_status(request: Request, key: Annotated[ApiKey, Depends(may_change_status)], sent: Sent) -> Response:
    asked = members(
        sent, required={"credentialId": str, "credentialStatus": dict, "status": bool, "reason": str}, optional={}
    )
    services = services_of(request)
    now = status_requests.change(
        services.database,
        services.config,
        holder_of(key),
        credential_id=asked["credentialId"],
        entry=asked["credentialStatus"],
        value=asked["status"],
        reason=asked["reason"],
        now=services.now(),
    )
    document = {"credentialId": asked["credentialId"], **now.to_json(services.config.credential_url)}
    return JSONResponse(document, headers=NO_STORE)


def _check_options(options: dict[str, Any], credential: dict[str, Any]) -> None:
    """Every option is kept or refused: none is passed over in silence. Raises `RequestRefused` or `UnknownOption`."""
    for name, value in options.items():
        match name:
            case "credentialId":
                if value != credential.get("id"):
                    raise RequestRefused(
                        "options.credentialId: here a credential is known by its own id; leave it out."
                    )
            case "mandatoryPointers":
                raise RequestRefused("options.mandatoryPointers: nothing is signed here for showing only parts of it.")
            case _:
                raise UnknownOption("options.{name} is unknown here.", name=name[:80])
