"""Bitstring Status List 1.0, section 2.2: the status list credentials, at the addresses that certificates name."""

from typing import Any

from fastapi import APIRouter, Request
from fastapi.responses import Response

from issuer.errors import UnknownPage
from issuer.services import services_of

router = APIRouter(tags=["Status"])

_ANSWERS: dict[int | str, dict[str, Any]] = {
    200: {"description": "A signed BitstringStatusListCredential.", "content": {"application/vc": {}}},
    304: {"description": "The list that you have (If-None-Match) is still the present one."},
}

_LONGEST = 9  # digits; a list has at least 65,536 certificates


@router.get("/status/{number}", summary="A status list credential", responses=_ANSWERS, response_class=Response)
def status_list(request: Request, number: str) -> Response:
    if not (number.isascii() and number.isdigit() and len(number) <= _LONGEST and not number.startswith("0")):
        raise UnknownPage("There is no status list {number}.", number=number[:40])
    services = services_of(request)
    signed = services.status_lists.current(int(number))
    etag = f'"{signed.etag}"'
    headers = {
        "Access-Control-Allow-Origin": "*",
        "Cache-Control": "public, no-cache",  # kept, but asked about every time: a revocation shows at once
        "ETag": etag,
    }
    if etag in _tags(request.headers.get("if-none-match", "")):
        return Response(status_code=304, headers=headers)
    return Response(signed.body, media_type="application/vc", headers=headers)


def _tags(header: str) -> frozenset[str]:
    """RFC 9110 section 13.1.2; the comparison is weak, so a `W/` before a tag does not count."""
    return frozenset(tag.strip().removeprefix("W/") for tag in header[:1_000].split(","))
