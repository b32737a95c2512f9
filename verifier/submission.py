"""What is handed in with `POST /verify`: a file, a text or link, or the body itself, within a limit."""

from dataclasses import dataclass

from fastapi import Request
from starlette.datastructures import UploadFile
from starlette.exceptions import HTTPException

from verifier.trust import TRUSTS, Trust

_FORMS = ("multipart/form-data", "application/x-www-form-urlencoded")


class TooMuch(Exception):
    """The body is larger than the settings allow."""


class Unreadable(Exception):
    """The body says that it is a form and is none, or names a policy that does not exist."""


@dataclass(frozen=True)
class Submission:
    """`data`: empty when nothing was handed in. `trust`: the policy asked for, or None."""

    data: bytes
    trust: Trust | None


async def submission(request: Request) -> Submission:
    """Reads the body, a form's members `file`, `text` and `trust` included. Raises `TooMuch` or `Unreadable`."""
    body = await body_of(request, request.app.state.settings.max_upload)
    if not is_form(request):
        return Submission(body, trust_of(request.query_params.get("trust")))
    try:
        async with request.form(max_files=1, max_fields=8, max_part_size=len(body) + 1) as form:
            file, text, trust = form.get("file"), form.get("text"), form.get("trust")
            data = await file.read() if isinstance(file, UploadFile) else b""
    except HTTPException as error:
        raise Unreadable from error
    if not data and isinstance(text, str):
        data = text.strip().encode("utf-8", "surrogatepass")
    return Submission(data, trust_of(trust if isinstance(trust, str) else None))


def is_form(request: Request) -> bool:
    return request.headers.get("content-type", "").startswith(_FORMS)


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
