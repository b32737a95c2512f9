"""RFC 9457: every error of the web edge becomes a problem document here, and nowhere else. Browsers get a page.

`type` is stable and for machines; title and detail are for people, in their language. The log alone learns what an
unknown error was; the reader gets an id that finds it there.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any

from fastapi import Request
from fastapi.responses import HTMLResponse, JSONResponse, Response
from starlette.exceptions import HTTPException

from issuer import api_errors, errors
from issuer.errors import IssuerError
from issuer.negotiation import preferred
from issuer.services import services_of
from issuer.turns import RETRY_AFTER
from serving.requests import number_of
from templates.i18n import negotiate, say
from templates.messages import Message
from templates.pages import render

TYPES = "https://testamur.example/problems/issuer#"
MEDIA_TYPE = "application/problem+json"

_PAGE = "text/html"


@dataclass(frozen=True)
class Kind:
    status: int
    title: Message
    headers: Mapping[str, str] | None = None


def _challenge(error: str = "") -> Mapping[str, str]:
    """RFC 6750 section 3: how to authenticate, and what was wrong with the key that was shown."""
    return MappingProxyType({"WWW-Authenticate": 'Bearer realm="issuer"' + (error and f', error="{error}"')})


# RFC 9110 section 15.5.2: a 401 names a scheme; there is none registered for signed messages.
_SIGN: Mapping[str, str] = MappingProxyType({"WWW-Authenticate": 'Webhook-Signature realm="issuer"'})

_AGAIN: Mapping[str, str] = MappingProxyType({"Retry-After": str(RETRY_AFTER)})

# The class of an error tells its kind; a class that is not here has that of its nearest ancestor.
KINDS: Mapping[type[IssuerError], Kind] = MappingProxyType(
    {
        IssuerError: Kind(400, Message("That could not be done")),
        errors.UnknownCredential: Kind(404, Message("There is no such certificate")),
        errors.NotReleased: Kind(404, Message("This certificate is not released yet")),
        errors.UnknownProgram: Kind(404, Message("There is no such program")),
        errors.UnknownCourse: Kind(404, Message("There is no such course")),
        errors.UnknownDecision: Kind(404, Message("There is no such decision")),
        errors.UnknownLearner: Kind(404, Message("There is no such learner")),
        api_errors.UnknownApiKey: Kind(404, Message("There is no such key")),
        errors.UnknownPage: Kind(404, Message("There is no such page")),
        errors.FormNotIssued: Kind(404, Message("The certificate is not issued in this form")),
        errors.NotAcceptable: Kind(406, Message("None of the forms that were asked for is to be had")),
        errors.NotRenderable: Kind(501, Message("The certificate cannot be drawn here")),
        errors.Conflict: Kind(409, Message("That contradicts what is recorded")),
        errors.TransitionRefused: Kind(409, Message("That status cannot follow")),
        errors.NotNow: Kind(409, Message("That cannot be done as things are")),
        errors.NotInitialized: Kind(503, Message("This issuer is not set up")),
        errors.ConfigInvalid: Kind(503, Message("This issuer is not set up")),
        errors.KeyRefused: Kind(503, Message("This issuer cannot sign at present")),
        errors.StoreUnavailable: Kind(503, Message("The records cannot be reached at present")),
        errors.TooBusy: Kind(429, Message("Too much is asked for just now"), _AGAIN),
        errors.StoreFull: Kind(507, Message("There is no room left")),
        errors.ReadBackFailed: Kind(503, Message("This issuer cannot sign at present")),
        api_errors.ApiKeyMissing: Kind(401, Message("A key is needed"), _challenge()),
        api_errors.ApiKeyRefused: Kind(401, Message("The key is not accepted"), _challenge("invalid_token")),
        api_errors.NotAllowed: Kind(403, Message("The key is not for this"), _challenge("insufficient_scope")),
        api_errors.UnknownLink: Kind(404, Message("This link leads nowhere")),
        api_errors.UnknownMail: Kind(404, Message("There is no such message")),
        api_errors.UnknownOrganization: Kind(404, Message("There is no such organization")),
        errors.UnknownCohort: Kind(404, Message("There is no such cohort")),
        errors.CohortState: Kind(409, Message("That does not follow on what happened to the cohort")),
        errors.CohortNotApproved: Kind(409, Message("The cohort is not approved")),
        errors.UnknownBulkRun: Kind(404, Message("There is no such bulk run")),
        errors.BulkRunState: Kind(409, Message("That does not follow on what happened to the bulk run")),
        errors.SameApprover: Kind(403, Message("Somebody else has to approve it")),
        errors.LimitReached: Kind(409, Message("The limit of an hour is reached")),
        api_errors.ScopeMissing: Kind(403, Message("The key is not for this"), _challenge("insufficient_scope")),
        errors.InputRefused: Kind(400, Message("What was sent cannot be taken in")),
        api_errors.RequestRefused: Kind(400, Message("The request could not be read")),
        api_errors.SignatureRefused: Kind(401, Message("The signature is not accepted"), _SIGN),
        api_errors.MessageStale: Kind(401, Message("The message is too old, or from the future"), _SIGN),
        api_errors.MessageReplayed: Kind(409, Message("This request came before")),
        api_errors.MessageIdReused: Kind(422, Message("The message’s id was used for another message")),
        api_errors.UnknownWebhook: Kind(404, Message("There is no such webhook")),
        api_errors.NothingWaits: Kind(404, Message("Nothing of that number waits")),
        api_errors.CredentialRefused: Kind(400, Message("This cannot be signed")),
        api_errors.BodyTooLarge: Kind(413, Message("The request is too large")),
        api_errors.MediaTypeRefused: Kind(415, Message("The request is of a kind that is not read here")),
        api_errors.RequestUnderWay: Kind(409, Message("That is being done just now"), _AGAIN),
        api_errors.IdempotencyKeyReused: Kind(422, Message("The Idempotency-Key was used for another request")),
    }
)

# What the web framework itself answers: no such address, no such method, a parameter of the wrong kind.
_HTTP: Mapping[int, tuple[str, Message, Message]] = MappingProxyType(
    {
        404: (
            "unknown-page",
            Message("There is no such page"),
            Message("Nothing is at this address. A certificate's address is long: was all of it copied?"),
        ),
        405: (
            "method-not-allowed",
            Message("That is not done at this address"),
            Message("The address exists, but it does not answer this method."),
        ),
        422: (
            "unreadable-request",
            Message("The request could not be read"),
            Message("A part of the address or a parameter is not of the kind that belongs there."),
        ),
    }
)

# Details that would tell a stranger about the machine stay in the log.
_PRIVATE = (
    *(errors.StoreUnavailable, errors.KeyRefused, errors.ConfigInvalid, errors.NotInitialized),
    errors.ReadBackFailed,
)


def of_error(request: Request, error: Exception) -> Response:
    """For every `IssuerError`."""
    if not isinstance(error, IssuerError):
        raise error
    kind = next(KINDS[one] for one in type(error).__mro__ if one in KINDS)
    private = isinstance(error, _PRIVATE)
    if isinstance(error, errors.StoreUnavailable):
        services_of(request).watch.store_failed(error.code)
    elif isinstance(error, errors.TooBusy):
        services_of(request).watch.turned_away("drawing")
    detail = Message("Please try again later.") if private else error.message
    name = error.problem or error.code.lower().replace("_", "-")
    return answer(request, kind.status, name, kind.title, detail, headers=kind.headers, more=_each(request, error))


def _each(request: Request, error: IssuerError) -> Mapping[str, Any]:
    """RFC 9457 section 3.2: of an error that is several things, each of them."""
    lang = language(request)
    if isinstance(error, errors.CatalogueRefused):
        parts = ("file", "where", "message", "hint")
        problems = [{part: getattr(problem, part) for part in parts} for problem in error.problems]
    elif isinstance(error, errors.InputRefused):
        problems = [{"message": line} for line in error.lines]
    else:
        return {}
    said = [
        {part: say(text, lang) if isinstance(text, Message) else text for part, text in problem.items()}
        for problem in problems
    ]
    return {"problems": said} if said else {}


def of_http(request: Request, error: Exception) -> Response:
    """For an error of HTTP itself."""
    if not isinstance(error, HTTPException):
        raise error
    headers = dict(error.headers or {})
    if "GET" in headers.get("Allow", ""):
        headers["Allow"] += ", HEAD"  # which `issuer.edge` answers
    return _of_status(request, error.status_code, headers)


def of_unreadable(request: Request, error: Exception) -> Response:
    """For a parameter that the framework could not read."""
    return _of_status(request, 422, None)


def _of_status(request: Request, status: int, headers: Mapping[str, str] | None) -> Response:
    unknown = ("about:blank", Message("The request could not be answered"), Message("Please check it and try again."))
    name, title, detail = _HTTP.get(status, unknown)
    return answer(request, status, name, title, detail, headers=headers)


def crowded(request: Request) -> Response:
    """To whoever comes without a key while too many others do (`issuer.crowd`)."""
    services_of(request).watch.turned_away("pages")
    title, detail = Message("Too much is asked for just now"), Message("Please try again in a few seconds.")
    return answer(request, 429, "too-busy", title, detail, headers=_AGAIN)


def stopping(request: Request) -> Response:
    """To whoever comes while the service is being stopped (`serving.requests`)."""
    title, detail = Message("The service is being restarted"), Message("Please try again in a few seconds.")
    return answer(request, 503, "stopping", title, detail)


def unexpected(request: Request, identifier: str) -> Response:
    """Nothing of the error leaves the service."""
    title = Message("Something went wrong here")
    detail = Message("It was written down. If you report it, name the number {id}.", id=identifier)
    return answer(request, 500, "unexpected", title, detail, headers={"X-Error-Id": identifier})


def answer(
    request: Request,
    status: int,
    name: str,
    title: Message,
    detail: Message,
    *,
    headers: Mapping[str, str] | None = None,
    more: Mapping[str, Any] = MappingProxyType({}),
) -> Response:
    """`more`: members of the document beyond those that each has."""
    lang = language(request)
    shared = {"Vary": "Accept, Accept-Language", "Cache-Control": "no-store", **(headers or {})}
    if wants_page(request):
        html = render("problem.html", lang=lang, title=title, detail=detail, hint="")
        return HTMLResponse(html, status, headers=shared)
    document = {
        "type": name if ":" in name else TYPES + name,
        "title": say(title, lang),
        "status": status,
        "detail": say(detail, lang),
        **more,
    }
    if number := number_of(request.scope):
        document["requestId"] = number
    return JSONResponse(document, status, headers=shared, media_type=MEDIA_TYPE)


def language(request: Request) -> str:
    """The reader's: `?lang=`, else the browser's."""
    return negotiate(request.query_params.get("lang") or request.headers.get("accept-language"))


def accept_of(request: Request) -> str | None:
    """The `Accept` header; several of them are one list (RFC 9110 section 5.3)."""
    return ", ".join(request.headers.getlist("accept")) or None


def wants_page(request: Request) -> bool:
    """Browsers name text/html; a program that names nothing gets what programs read."""
    accept = accept_of(request)
    return accept is not None and preferred(accept, (MEDIA_TYPE, "application/json", _PAGE)) == _PAGE
