"""Facts over HTTP: a program sends completions, the registrar reads a learner's history.

    POST /organizations/{organization}/completions           text/csv, or JSON            → 200, a report for every row
    GET  /organizations/{organization}/learners/{learner}/facts                           → 200, all that was ever said

An answer of 200 says that the request was read, and nothing about its rows: each stands by itself, and those that were
refused are listed, even when that is all of them. 400 means that nothing could be read: no such source, no such
columns, no JSON.
"""

from typing import Annotated, Any

from fastapi import APIRouter, Depends, Query, Request
from fastapi.responses import JSONResponse, Response

from issuer.api_errors import MediaTypeRefused, RequestRefused
from issuer.describing import CHANGE_REFUSALS, CSV_EXAMPLE, IDEMPOTENCY_KEY, answers
from issuer.entry import NO_STORE, After, Reads, Records, import_body, media_type_of, members
from issuer.errors import InputRefused, UnknownLearner
from issuer.facts import Completion, Fact, plain
from issuer.idempotency import once
from issuer.mappings import NOTHING, mapping
from issuer.recording import record
from issuer.services import services_of
from issuer.store import catalogues, facts
from vc.dates import timestamp

router = APIRouter(tags=["Facts"])

_OWN = {"text/csv": "csv", "application/json": "rest"}
_COMPLETION = {
    "learner": "l-1",
    "name": "Zoë Ünlü-Beispiel",
    "email": "zoe@example.org",
    "course": "toolbox",
    "session": "03-en",
    "language": "en",
    "outcome": "passed",
    "grade": 87.5,
    "completed_on": "2026-03-20",
    "identity_verified": True,
    "fee_paid": True,
}
_SENT = {"completions": [_COMPLETION]}
_REPORT = {
    "rows": 2,
    "accepted": 1,
    "refused": [
        {
            "row": 2,
            "column": "course",
            "problem": "There is no course or program “tolbox”",
            "hint": "Did you mean toolbox?",
        }
    ],
    "refused_rows": 1,
    "new": 1,
    "known": 0,
    "outdated": 0,
    "dry_run": False,
}
_DESCRIPTION = """`text/csv` with our columns, or JSON of `completions` and `enrolments` with the same names. With
`?source=openedx`, `moodle` or `canvas` the body is `{"mapping": …, "content": …}`: what the export does not say, and
its text. Rows are numbered as a spreadsheet does, or from 1. `outdated` facts were known and corrected since; if they
are right again, send them with a later `as_of`. Nothing of a dry run is recorded."""
_BODY: dict[str, Any] = {
    "requestBody": {
        "required": True,
        "content": {
            "application/json": {"schema": {"type": "object"}, "example": _SENT},
            "text/csv": {"schema": {"type": "string"}, "example": CSV_EXAMPLE},
        },
    },
    "parameters": [IDEMPOTENCY_KEY],
}


@router.post(
    "/organizations/{organization}/completions",
    summary="Records completions and enrolments, row by row",
    description=_DESCRIPTION,
    responses=answers(_REPORT, refusals=CHANGE_REFUSALS, description="What became of each row."),
    response_class=JSONResponse,
    openapi_extra=_BODY,
)
def send(
    request: Request,
    asked: Records,
    sent: Annotated[bytes, Depends(import_body)],
    source: Annotated[str | None, Query(description="csv, rest, openedx, moodle or canvas.")] = None,
    dry_run: bool = False,
) -> Response:
    kind = media_type_of(request)
    if kind not in _OWN:
        raise MediaTypeRefused("Send text/csv or application/json.")
    wanted = source or _OWN[kind]
    content, mapped = sent, NOTHING
    if wanted not in _OWN.values():
        if kind != "application/json":
            raise MediaTypeRefused("Send an export as application/json, with its mapping beside it.")
        told = members(sent, required={"content": str}, optional={"mapping": dict})
        content, mapped = told["content"].encode(), mapping(told.get("mapping", {}))
    elif _OWN[kind] != wanted:
        raise MediaTypeRefused("The source {source} is not sent as {kind}.", source=wanted, kind=kind)
    services = services_of(request)

    def do() -> tuple[int, Any]:
        try:
            done = record(
                services.database,
                content,
                source=wanted,
                label=f"{wanted} by {asked.caller.name}",
                caller=asked.caller,
                organization=asked.organization,
                mapping=mapped,
                now=services.now(),
                dry_run=dry_run,
            )
        except InputRefused as error:
            if error.lines:
                raise RequestRefused("Nothing was read. {why}", why=error.lines[0]) from error
            raise
        return 200, done.to_json(services.config.limits)

    return once(request, asked.caller, sent, do)


_FACT = {
    "number": 7,
    "id": "c-5d41402abc4b2a76b9719d911017c592",
    "kind": "completion",
    **_COMPLETION,
    "grade": "87.5",
    "narrative": None,
    "source": "spring.csv",
    "recorded_at": "2026-05-30T12:00:00Z",
    "as_of": None,
    "holds": True,
}


@router.get(
    "/organizations/{organization}/learners/{learner:path}/facts",
    summary="A learner's history: every fact, its source, and whether it holds",
    description="Only about courses and programs of this organization. `after`: the number of the last fact seen.",
    responses=answers({"learner": "l-1", "facts": [_FACT], "next": None}, description="In the order of arrival."),
    response_class=JSONResponse,
)
def history(
    request: Request,
    learner: str,
    asked: Reads,
    limit: Annotated[int, Query(ge=1, le=500)] = 100,
    after: After = 0,
) -> Response:
    services = services_of(request)
    size = min(limit, services.config.limits.history_page.value)
    with services.database.read() as tx:
        own = catalogues.load(tx, with_sessions=False).codes_of(asked.organization)
        told = facts.history(tx, learner, own)
    if not told:
        raise UnknownLearner("There is no learner {learner}.", learner=learner[:80])
    page = [one for one in told if one.number > after][:size]
    rest = page and page[-1].number < told[-1].number
    listed = [fact_to_json(one.fact) | {"number": one.number, "holds": one.holds} for one in page]
    document = {"learner": learner, "facts": listed, "next": page[-1].number if rest else None}
    return JSONResponse(document, headers=NO_STORE)


def fact_to_json(fact: Fact) -> dict[str, Any]:
    """As it was sent, and where it came from."""
    shared = {
        "id": fact.id,
        "learner": fact.learner,
        "name": fact.name,
        "email": fact.email,
        "fee_paid": fact.fee_paid,
        "source": fact.source,
        "recorded_at": timestamp(fact.recorded_at),
        "as_of": None if fact.as_of is None else timestamp(fact.as_of),
    }
    if isinstance(fact, Completion):
        return shared | {
            "kind": "completion",
            "course": fact.course,
            "session": fact.session,
            "language": fact.language,
            "outcome": fact.outcome,
            "grade": None if fact.grade is None else plain(fact.grade),
            "completed_on": None if fact.completed_on is None else fact.completed_on.isoformat(),
            "identity_verified": fact.identity_verified,
            "narrative": fact.narrative,
        }
    return shared | {
        "kind": "enrolment",
        "program": fact.program,
        "enrolled_on": fact.enrolled_on.isoformat(),
        "withdrawn": fact.withdrawn,
    }
