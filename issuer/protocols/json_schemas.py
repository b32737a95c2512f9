"""JSON Schema 2020-12: what a program version has to look like, for who writes catalogues with programs of his own."""

from typing import Any

from fastapi import APIRouter, Request
from fastapi.responses import JSONResponse

from issuer import schemas
from issuer.services import services_of

router = APIRouter(tags=["Catalogue"])

_ANSWERS: dict[int | str, dict[str, Any]] = {
    200: {
        "description": "A JSON Schema.",
        "content": {"application/schema+json": {"example": schemas.program()}},
    }
}


@router.get(
    "/schemas/program.json",
    summary="The JSON Schema of a program: its rule, its constraints, its dates",
    responses=_ANSWERS,
    response_class=JSONResponse,
)
def program(request: Request) -> JSONResponse:
    max_age = services_of(request).config.limits.document_max_age.value
    headers = {"Access-Control-Allow-Origin": "*", "Cache-Control": f"public, max-age={max_age}"}
    return JSONResponse(schemas.program(), headers=headers, media_type="application/schema+json")
