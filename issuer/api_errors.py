"""What the API refuses, webhooks, outbox and learners' links included: as `issuer.errors`, for who calls over HTTP."""

from typing import Any

from issuer.errors import Conflict, IssuerError
from templates.messages import Message

# --- the API -------------------------------------------------------------------------------------------------


class ApiKeyMissing(IssuerError):
    """The request shows no key."""

    code = "API_KEY_MISSING"


class ApiKeyRefused(IssuerError):
    """The key is none of ours, or it was revoked."""

    code = "API_KEY_REFUSED"


class ScopeMissing(IssuerError):
    """The key is good, but not for this."""

    code = "SCOPE_MISSING"


class NotAllowed(IssuerError):
    """The key is good, but its role is not for this."""

    code = "NOT_ALLOWED"


class UnknownOrganization(IssuerError):
    """There is no such organization, or it is none of the caller's business."""

    code = "UNKNOWN_ORGANIZATION"


class UnknownApiKey(IssuerError):
    """No key has that number."""

    code = "UNKNOWN_API_KEY"


class RequestRefused(IssuerError):
    """The request cannot be read, or asks for what is not done here. `problem`: the URL, where it has one."""

    code = "REQUEST_REFUSED"

    def __init__(
        self, message: str, /, hint: str | Message | None = None, problem: str | None = None, **params: Any
    ) -> None:
        super().__init__(message, hint, **params)
        self.problem = problem or self.problem


class CredentialRefused(RequestRefused):
    """What was handed in is nothing that is signed here."""

    code = "CREDENTIAL_REFUSED"


class UnknownOption(RequestRefused):
    """VCALM section "Error Handling": an option that is unknown here."""

    code = "UNKNOWN_OPTION"
    problem = "https://www.w3.org/TR/vcalm#UNKNOWN_OPTION_PROVIDED"


class BodyTooLarge(IssuerError):
    """RFC 9110 section 15.5.14: the request's body is longer than is read."""

    code = "BODY_TOO_LARGE"


class MediaTypeRefused(IssuerError):
    """RFC 9110 section 15.5.16: the request's body is of another media type than is read."""

    code = "MEDIA_TYPE_REFUSED"


class IdempotencyKeyReused(IssuerError):
    """The same Idempotency-Key came with another request."""

    code = "IDEMPOTENCY_KEY_REUSED"


class RequestUnderWay(IssuerError):
    """The same Idempotency-Key came while the first request with it is still being done."""

    code = "REQUEST_UNDER_WAY"


class UnknownWebhook(IssuerError):
    """No webhook has that id, or it is another organization's."""

    code = "UNKNOWN_WEBHOOK"


class SignatureRefused(IssuerError):
    """The message is not signed with the secret of a webhook that holds. Which of the two it is, nobody is told."""

    code = "SIGNATURE_REFUSED"


class MessageStale(IssuerError):
    """The message is signed, but its timestamp is too far from now: it may be an old one, sent again by another."""

    code = "MESSAGE_STALE"


class MessageReplayed(Conflict):
    """The very same request came before. An honest second attempt has a timestamp of its own."""

    code = "MESSAGE_REPLAYED"


class MessageIdReused(IssuerError):
    """The same webhook-id came with another body."""

    code = "MESSAGE_ID_REUSED"


class NothingWaits(IssuerError):
    """Nothing of that number waits in the organization's queue."""

    code = "NOTHING_WAITS"


# --- mail and links ------------------------------------------------------------------------------------------


class UnknownLink(IssuerError):
    """A learner's link is not known, or was revoked: for who opens it, both are one."""

    code = "UNKNOWN_LINK"


class MailRefused(IssuerError):
    """The mail server will never take this message: trying again is no use."""

    code = "MAIL_REFUSED"


class MailUndelivered(IssuerError):
    """The message could not be handed over now; later it may be."""

    code = "MAIL_UNDELIVERED"


class UnknownMail(IssuerError):
    """No message of the outbox has that number."""

    code = "UNKNOWN_MAIL"
