"""Bitstring Status List 1.0, section 2.2: the status list credentials, at the addresses that certificates name."""

import re
from datetime import datetime
from typing import Any

from fastapi import APIRouter, Request
from fastapi.responses import Response

from issuer.errors import UnknownPage
from issuer.limits import Limits
from issuer.services import services_of
from issuer.status_lists import SignedList

router = APIRouter(tags=["Status"])

_ANSWERS: dict[int | str, dict[str, Any]] = {
    200: {"description": "A signed BitstringStatusListCredential.", "content": {"application/vc": {}}},
    304: {"description": "The list that you have (If-None-Match) is still the present one."},
}

_NAME = re.compile(r"[0-9A-Za-z]{1,24}", re.ASCII)  # Base58, or of the oldest lists a number


@router.get("/status/{name}", summary="A status list credential", responses=_ANSWERS, response_class=Response)
def status_list(request: Request, name: str) -> Response:
    if not _NAME.fullmatch(name):
        raise UnknownPage("There is no status list {name}.", name=name[:40])
    services = services_of(request)
    signed = services.status_lists.current(name)
    etag = f'"{signed.etag}"'
    headers = {
        "Access-Control-Allow-Origin": "*",
        "Cache-Control": _caching(services.config.limits, signed, services.now()),
        "ETag": etag,
    }
    if {etag, "*"} & _tags(request.headers.get("if-none-match", "")):
        return Response(status_code=304, headers=headers)
    return Response(signed.body, media_type="application/vc", headers=headers)


def _caching(limits: Limits, signed: SignedList, now: datetime) -> str:
    """Kept by whoever likes, and asked about every time, so that a revocation shows at once (RFC 9111 section 5.2.2.1);
    used without having been asked about only while we cannot be reached, and until it ends (RFC 5861 section 4)."""
    left = max(0, int((signed.valid_until - now).total_seconds()))
    return f"public, max-age={limits.status_list_max_age.value}, stale-if-error={left}"


def _tags(header: str) -> frozenset[str]:
    """RFC 9110 section 13.1.2; the comparison is weak, so a `W/` before a tag does not count."""
    return frozenset(tag.strip().removeprefix("W/") for tag in header[:1_000].split(","))
