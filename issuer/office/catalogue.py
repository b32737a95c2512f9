"""An organization's catalogue: taken in, given out, and listed with what a registrar asks about it."""

from collections.abc import Sequence
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Query, Request
from fastapi.responses import Response

from issuer import catalogue_imports, catalogue_json
from issuer.api_errors import MediaTypeRefused
from issuer.catalogue import Catalogue, Program
from issuer.catalogue_checks import Findings
from issuer.catalogue_files import CatalogueError, read_text
from issuer.catalogue_ownership import own
from issuer.describing import CHANGE_REFUSALS, IDEMPOTENCY_KEY, answers
from issuer.entry import PAGE_LENGTH, Administers, Asked, PageLength, Reads, media_type_of, members, raw_body
from issuer.errors import CatalogueRefused
from issuer.idempotency import once
from issuer.problem_details import language
from issuer.rule_wording import sentence
from issuer.services import services_of
from issuer.store import catalogues

router = APIRouter(tags=["Catalogue"])

_TOML = "application/toml"

_SESSION = {"code": "2026-09-en", "course": "rhetoric", "start": "2026-09-07", "end": "2026-10-04", "language": "en"}
_COURSE: dict[str, Any] = {
    "code": "rhetoric",
    "version": 1,
    "titles": {"en": "Rhetoric"},
    "descriptions": {"en": "To speak so that others listen."},
    "hours": 20,
    "skills": ["public speaking"],
    "fee": "49",
    "kind": "course",
    "sessions": [_SESSION],
    "replaces": [],
}
_OTHER = _COURSE | {"code": "debate", "titles": {"en": "Debate"}, "descriptions": {}, "sessions": []}
_PROGRAM: dict[str, Any] = {
    "code": "speaking-well",
    "version": 1,
    "kind": "xseries",
    "partners": [],
    "titles": {"en": "Speaking Well"},
    "descriptions": {},
    "active_from": "2026-01-01",
    "active_until": None,
    "rule": {"all_of": [{"course": "rhetoric"}, {"course": "debate"}]},
    "constraints": [{"identity_verified": True}, {"fee_paid": True}],
    "fee": "0",
}
_EXAMPLE = {"courses": [_COURSE, _OTHER], "programs": [_PROGRAM]}
_OF_DUKE = {"organization": "duke"}
_ORGANIZATION = {
    "code": "duke",
    "name": "Duke University (demonstration)",
    "url": "https://duke.example.org/",
    "demonstration": True,
    "contact": None,
    "shares_with": [],
}
_TOML_EXAMPLE = """[[courses]]
code = "grammar"
organization = "duke"
titles = { en = "Grammar" }
fee = 49
runs = [{ language = "en", first = 2026-09-07, every_weeks = 4, weeks = 4, count = 12 }]
"""

_TAKES: dict[str, Any] = {
    "requestBody": {
        "required": True,
        "content": {
            "application/json": {
                "schema": {
                    "type": "object",
                    "additionalProperties": False,
                    "properties": {
                        name: {"type": "array", "items": {"type": "object"}}
                        for name in ("organizations", "courses", "programs")
                    },
                },
                "example": _EXAMPLE,
            },
            _TOML: {"schema": {"type": "string"}, "example": _TOML_EXAMPLE},
        },
    },
    "parameters": [IDEMPOTENCY_KEY],
}

After = Annotated[str, Query(max_length=200, description="Only what comes after this code.")]


async def catalogue_body(request: Request) -> bytes:
    """Raises `MediaTypeRefused`, `BodyTooLarge`, `RequestRefused`."""
    if media_type_of(request) not in ("application/json", _TOML):
        raise MediaTypeRefused("Send a catalogue as application/json or application/toml.")
    return await raw_body(request)


@router.post(
    "/organizations/{organization}/catalogue",
    summary="Takes in courses, sessions and programs: all of them or, when anything is wrong, none",
    description="In the shape in which the catalogue is given out, or as TOML as in the files of `issuer import "
    "catalogue`. Everything in it is this organization's own, and need not say so in JSON; its programs may ask for "
    "its courses and for those of organizations that share with it. A version that is recorded stays as it is; "
    "sessions are added and moved. Each thing that is wrong stands in `problems`, with its place and what to do.",
    responses=answers(
        {"revision": 7, "new_courses": 2, "new_programs": 1, "courses": 14, "programs": 3},
        refusals=CHANGE_REFUSALS,
        description="What was new, and how many courses and program versions there are now.",
    ),
    openapi_extra=_TAKES,
)
def take_in(
    request: Request,
    asked: Administers,
    sent: Annotated[bytes, Depends(catalogue_body)],
) -> Response:
    return once(request, asked.caller, sent, lambda: (200, _taken_in(request, asked, sent)))


@router.get(
    "/organizations/{organization}/catalogue",
    summary="The organization's catalogue as it is now, in the shape in which it is taken in",
    responses=answers(
        {"organizations": [_ORGANIZATION], "courses": [_COURSE | _OF_DUKE], "programs": [_PROGRAM | _OF_DUKE]},
        description="The newest version of each course with its sessions, every version of each program.",
    ),
)
def whole(request: Request, asked: Reads) -> dict[str, Any]:
    return _own(request, asked).to_json()


@router.get(
    "/organizations/{organization}/courses",
    summary="The organization's courses with their sessions",
    responses=answers(
        {"courses": [_COURSE | _OF_DUKE], "next": "rhetoric"},
        description="By their codes; `next`: ask `after` it.",
    ),
)
def courses(request: Request, asked: Reads, after: After = "", limit: PageLength = PAGE_LENGTH) -> dict[str, Any]:
    found = _own(request, asked).courses
    codes, following = _page(sorted(found), after, limit)
    return {"courses": [found[code].to_json() for code in codes], "next": following}


@router.get(
    "/organizations/{organization}/programs",
    summary="The organization's programs, each version with its rule, in plain words too, and its courses",
    responses=answers(
        {
            "programs": [
                _PROGRAM
                | _OF_DUKE
                | {
                    "active": True,
                    "in_words": "All of these two courses, with a verified identity and the fee paid for each: "
                    "Rhetoric and Debate.",
                    "courses": [_COURSE | _OF_DUKE, _OTHER | _OF_DUKE],
                }
            ],
            "next": "speaking-well",
        },
        description="By their codes, all versions of a code together; `next`: ask `after` it.",
    ),
)
def programs(request: Request, asked: Reads, after: After = "", limit: PageLength = PAGE_LENGTH) -> dict[str, Any]:
    services = services_of(request)
    today, lang = services.now().date(), language(request)
    with services.database.read() as tx:
        catalogue = catalogues.load(tx)
    found = own(catalogue, asked.organization).programs
    codes, following = _page(sorted({code for code, _ in found}), after, limit)
    described = [
        _described(one, catalogue, lang) | {"active": one.is_active(today)}
        for key, one in sorted(found.items())
        if key[0] in codes
    ]
    return {"programs": described, "next": following}


def _described(program: Program, catalogue: Catalogue, lang: str) -> dict[str, Any]:
    """With the courses of its rule, partners' too: what they are and when they are held is for everybody to see."""
    courses = [catalogue.courses[part.code] for part in catalogue.parts(program)]
    return program.to_json() | {
        "in_words": sentence(program, catalogue, reader=lang),
        "courses": [course.to_json() for course in courses],
    }


def _own(request: Request, asked: Asked) -> Catalogue:
    with services_of(request).database.read() as tx:
        return own(catalogues.load(tx), asked.organization)


def _page(codes: Sequence[str], after: str, limit: int) -> tuple[Sequence[str], str | None]:
    """Of codes in their order those to be shown, and the last of them when there may be more."""
    shown = [code for code in codes if code > after][:limit]
    return shown, shown[-1] if len(shown) == limit else None


def _taken_in(request: Request, asked: Asked, sent: bytes) -> dict[str, Any]:
    services = services_of(request)
    found = _read(request, asked, sent)
    saved = catalogue_imports.take_in(
        services.database,
        services.keyring,
        found,
        owner=asked.organization,
        actor=asked.caller.name,
        at=services.now(),
    )
    with services.database.read() as tx:
        present = own(catalogues.load(tx, with_sessions=False), asked.organization)
        revision = catalogues.revision(tx)
    return {
        "revision": revision,
        "new_courses": saved.new_courses,
        "new_programs": saved.new_programs,
        "courses": len(present.courses),
        "programs": len(present.programs),
    }


def _read(request: Request, asked: Asked, sent: bytes) -> Findings:
    beside = catalogue_imports.beside(services_of(request).database, asked.organization)
    try:
        if media_type_of(request) == _TOML:
            return read_text(sent, catalogue_json.NAME, beside=beside)
        things = members(sent, required={}, optional={"organizations": list, "courses": list, "programs": list})
        return catalogue_json.read(things, beside=beside, owner=asked.organization)
    except CatalogueError as error:
        raise CatalogueRefused(error.problems) from error
