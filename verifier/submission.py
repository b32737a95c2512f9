"""What is handed in with `POST /verify`: a file, a text or link, or the body itself, within a limit."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from urllib.parse import parse_qsl

from fastapi import Request
from starlette.datastructures import FormData, UploadFile
from starlette.exceptions import HTTPException

from verifier.trust import TRUSTS, Trust

MAX_RECIPIENT = 320  # characters of an e-mail address (RFC 3696); DIDs of learners are shorter

MAX_FIELDS = 8  # of a form beside its files; ours has three
MAX_URLENCODED = 1024 * 1024  # bytes; each takes eighty in memory while it is read, and files are not sent so

_MULTIPART, _URLENCODED = "multipart/form-data", "application/x-www-form-urlencoded"


class TooMuch(Exception):
    """The body is larger than `limit` bytes, or where that is None than the settings allow."""

    def __init__(self, limit: int | None = None) -> None:
        super().__init__(limit)
        self.limit = limit


class Unreadable(Exception):
    """The body says that it is a form and is none, or names a policy that does not exist."""


@dataclass(frozen=True)
class Submission:
    """`data`: empty when nothing was handed in. `trust`: the policy asked for, or None. `recipient`: the e-mail address
    or DID of whom it must have been awarded to, or None."""

    data: bytes
    trust: Trust | None
    recipient: str | None = None


async def submission(request: Request) -> Submission:
    """Reads the body, a form's members `file`, `text`, `trust` and `recipient` included. Raises `TooMuch` or
    `Unreadable`."""
    body = await body_of(request, request.app.state.settings.max_upload)
    if not is_form(request):
        query = request.query_params
        return Submission(body, trust_of(query.get("trust")), recipient_of(query.get("recipient")))
    async with form_of(request, body, files=1, fields=MAX_FIELDS) as form:
        file, text = form.get("file"), form.get("text")
        trust, recipient = form.get("trust"), form.get("recipient")
        data = await file.read() if isinstance(file, UploadFile) else b""
    if not data and isinstance(text, str):
        data = text.strip().encode("utf-8", "surrogatepass")
    return Submission(data, trust_of(_text(trust)), recipient_of(_text(recipient)))


@asynccontextmanager
async def form_of(request: Request, body: bytes, *, files: int, fields: int) -> AsyncIterator[FormData]:
    """The form in `body`, of so many files and fields at most. Raises `TooMuch` or `Unreadable`."""
    if len(body) > MAX_URLENCODED and _media_type(request) == _URLENCODED:
        raise TooMuch(MAX_URLENCODED)
    try:
        if _media_type(request) == _URLENCODED:
            # Not by Starlette, which goes through it byte by byte while nobody else is served.
            text = body.decode("utf-8", "replace")
            items: list[tuple[str, str | UploadFile]] = [*parse_qsl(text, True, max_num_fields=fields)]
            form = FormData(items)
        else:
            form = await request.form(max_files=files, max_fields=fields, max_part_size=len(body) + 1)
    except (HTTPException, ValueError) as error:  # the latter: too many fields, or a `charset` that is not for texts
        raise Unreadable from error
    try:
        yield form
    finally:
        await form.close()


def _text(value: object) -> str | None:
    return value if isinstance(value, str) else None


def recipient_of(value: str | None) -> str | None:
    """Raises `Unreadable` for what is longer than any address."""
    if value is not None and len(value) > MAX_RECIPIENT:
        raise Unreadable
    return (value or "").strip() or None


def is_form(request: Request) -> bool:
    return _media_type(request) in (_MULTIPART, _URLENCODED)


def _media_type(request: Request) -> str:
    return request.headers.get("content-type", "").partition(";")[0].strip().lower()


def trust_of(value: str | None) -> Trust | None:
    """Raises `Unreadable` for a policy that does not exist."""
    if not value:
        return None
    if value not in TRUSTS:
        raise Unreadable
    return value


async def body_of(request: Request, limit: int) -> bytes:
    """Counts while reading: a stranger's Content-Length is a claim. Raises `TooMuch`."""
    chunks, size = [], 0
    async for chunk in request.stream():
        size += len(chunk)
        if size > limit:
            raise TooMuch
        chunks.append(chunk)
    body = b"".join(chunks)
    request._body = body  # what Starlette's own `body()` keeps, so that `form()` reads it from there
    return body
