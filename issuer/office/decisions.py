"""What is decided of an organization's learners: made, read with every reason, explained, made again."""

from typing import Annotated, Any, Literal

from fastapi import APIRouter, Query, Request
from fastapi.responses import Response

from issuer import deciding, replay
from issuer.catalogue import Catalogue
from issuer.concerned import require_program, version_of_the_day
from issuer.decisions import Reason, Requirement
from issuer.describing import CHANGE_REFUSALS, REFUSALS, answers, takes
from issuer.entry import After, Asked, Decides, Number, Reads, Sent, members
from issuer.errors import UnknownDecision, UnknownLearner
from issuer.idempotency import once
from issuer.problem_details import language
from issuer.services import services_of
from issuer.store import catalogues, decisions
from issuer.store.database import Transaction
from issuer.store.decisions import StoredDecision
from templates.i18n import say

router = APIRouter(tags=["Decisions"])

# A decision with all its reasons has a few kilobytes.
_MOST = 200

Limit = Annotated[int, Query(ge=1, le=_MOST, description="How many at most.")]
Lang = Annotated[str | None, Query(description="The language of the texts; else that of Accept-Language.")]
Outcome = Literal["eligible", "not_eligible", "not_active"]

_READ_REFUSALS = REFUSALS | {
    422: {**REFUSALS[404], "description": "A parameter is not of the kind that belongs there."}
}

_REQUIREMENT = {
    "code": "toolbox",
    "kind": "course",
    "met": False,
    "needed": True,
    "fact": None,
    "reasons": [
        {"code": "not_taken", "text": "Not taken"},
        {
            "code": "take",
            "text": "May be taken in English in the session of 5 July 2026; the certificate costs $49",
        },
    ],
}
_DECISION = {
    "number": 7,
    "learner": "zoe-17",
    "program": "mini",
    "version": 1,
    "outcome": "not_eligible",
    "language": "en",
    "other_languages": [],
    "remaining": "49",
    "summary": "In English 1 of 2 are done; missing: Toolbox",
    "on": "2026-06-01",
    "decided_at": "2026-06-01T12:00:00+00:00",
    "holds_until": "2026-07-05",
    "notes": [{"code": "remaining_cost", "text": "$49 remains to be paid"}],
    "requirements": [_REQUIREMENT],
}
_INPUTS = {"facts": ["c-5f1c"], "revoked": [], "revision": 3, "awarded_on": None, "engine": 1}
_COUNTS = {"decided": 3, "new": 1, "eligible": 2, "not_eligible": 1, "not_active": 0, "awarded": 1}


@router.get(
    "/organizations/{organization}/decisions",
    summary="The newest decision of each learner and program version",
    responses=answers(
        {"decisions": [_DECISION], "next": 7},
        refusals=_READ_REFUSALS,
        description="A page of them, as they were made.",
    ),
)
def newest(
    request: Request,
    asked: Reads,
    program: str | None = None,
    learner: str | None = None,
    outcome: Outcome | None = None,
    after: After = 0,
    limit: Limit = 50,
    lang: Lang = None,
) -> dict[str, Any]:
    with services_of(request).database.read() as tx:
        keys = [key for key in _own(tx, asked, program).programs if program in (None, key[0])]
        numbers = decisions.numbers(tx, keys, learner=learner, outcome=outcome, after=after, limit=limit)
        found = decisions.several(tx, numbers)
    shown = [_shown(one, language(request)) for one in found]
    return {"decisions": shown, "next": found[-1].sequence if len(found) == limit else None}


@router.post(
    "/organizations/{organization}/decisions",
    summary="Decide whom something changed, or everybody",
    responses=answers(
        {**_COUNTS, "programs": [{"program": "mini", "version": 1, **_COUNTS}]},
        refusals=CHANGE_REFUSALS,
        description="How many were decided, and how.",
    ),
    openapi_extra=takes(
        {"program": "mini"},
        {
            "program": {"type": "string", "description": "Only this one."},
            "learner": {"type": "string", "description": "Only this one, changed or not."},
            "everything": {"type": "boolean", "description": "Everybody, and not only whom something changed."},
        },
    ),
)
def decide(request: Request, asked: Decides, sent: Sent) -> Response:
    wanted = members(sent, required={}, optional={"program": str, "learner": str, "everything": bool})
    services = services_of(request)

    def do() -> tuple[int, dict[str, Any]]:
        tally = deciding.Tally()
        for one in deciding.stream(
            services.database,
            now=services.now(),
            organization=asked.organization,
            actor=asked.caller.name,
            **wanted,
        ):
            tally.add(one)
        programs = [
            {"program": code, "version": version} | {word: of_it.get(word, 0) for word in _COUNTS}
            for (code, version), of_it in tally.counts.items()
        ]
        return 200, {word: tally.count(word) for word in _COUNTS} | {"programs": programs}

    return once(request, asked.caller, sent, do)


@router.get(
    "/organizations/{organization}/decisions/{number}",
    summary="A stored decision, and what it was made of",
    responses=answers(_DECISION | {"inputs": _INPUTS}, refusals=_READ_REFUSALS, description="The decision."),
)
def stored(request: Request, asked: Reads, number: Number, lang: Lang = None) -> dict[str, Any]:
    with services_of(request).database.read() as tx:
        one = _find(tx, asked, number)
    inputs = None if one.inputs is None else one.inputs.to_json()
    return _shown(one, language(request)) | {"inputs": inputs}


@router.get(
    "/organizations/{organization}/decisions/{number}/replay",
    summary="The decision made again, of what it was made of",
    responses=answers(
        {"number": 7, "outcome": "same", "why": None, "stored": None, "again": None},
        refusals=_READ_REFUSALS,
        description="`same`: byte for byte; `different`: with both; `not_replayable`: with the reason.",
    ),
)
def replayed(request: Request, asked: Reads, number: Number, lang: Lang = None) -> dict[str, Any]:
    with services_of(request).database.read() as tx:
        again = replay.replay_one(tx, _find(tx, asked, number))
    return again.to_json() | {"why": None if again.why is None else say(again.why, language(request))}


@router.get(
    "/organizations/{organization}/learners/{learner}/programs/{program}/decisions",
    summary="What was decided of a learner in a program, and how it came to that",
    responses=answers(
        {
            "present": _DECISION,
            "history": [
                {
                    "number": 7,
                    "version": 1,
                    "outcome": "not_eligible",
                    "summary": "In English 1 of 2 are done; missing: Toolbox",
                    "on": "2026-06-01",
                    "decided_at": "2026-06-01T12:00:00+00:00",
                }
            ],
            "next": None,
        },
        refusals=_READ_REFUSALS,
        description="The decision that stands, and a page of all that there were, oldest first.",
    ),
)
def decided(
    request: Request,
    asked: Reads,
    learner: str,
    program: str,
    after: After = 0,
    limit: Limit = 50,
    lang: Lang = None,
) -> dict[str, Any]:
    services = services_of(request)
    with services.database.read() as tx:
        own = _own(tx, asked, program)
        keys = [key for key in own.programs if key[0] == program]
        stands = decisions.several(tx, decisions.numbers(tx, keys, learner=learner))
        past = decisions.several(
            tx, decisions.numbers(tx, keys, learner=learner, newest=False, after=after, limit=limit)
        )
    if not stands:
        raise UnknownLearner("Nothing is decided of {learner} in {program}.", learner=learner[:80], program=program)
    of_the_day = version_of_the_day(own, program, services.now().date()).version
    present = next((one for one in stands if one.decision.version == of_the_day), stands[-1])
    lang_ = language(request)
    return {
        "present": _shown(present, lang_),
        "history": [_in_short(one, lang_) for one in past],
        "next": past[-1].sequence if len(past) == limit else None,
    }


def _own(tx: Transaction, asked: Asked, program: str | None = None) -> Catalogue:
    """The organization's programs. Raises `UnknownProgram`, for another organization's too."""
    catalogue = catalogues.load(tx, with_sessions=False)
    found = Catalogue(catalogue.organizations, catalogue.courses, catalogue.programs_of(asked.organization))
    if program is not None:
        require_program(found, program)
    return found


def _find(tx: Transaction, asked: Asked, number: int) -> StoredDecision:
    try:
        one = decisions.find(tx, number)
    except LookupError:
        one = None
    if one is None or (one.decision.program, one.decision.version) not in _own(tx, asked).programs:
        raise UnknownDecision("There is no decision {number}.", number=number)
    return one


def _shown(stored: StoredDecision, lang: str) -> dict[str, Any]:
    made = stored.decision
    return {
        "number": stored.sequence,
        "learner": made.learner,
        "program": made.program,
        "version": made.version,
        "outcome": made.outcome,
        "language": made.language,
        "other_languages": list(made.other_languages),
        "remaining": str(made.remaining),
        "summary": None if made.shortest is None else say(made.shortest, lang),
        "on": made.on.isoformat(),
        "decided_at": stored.decided_at.isoformat(),
        "holds_until": None if made.holds_until is None else made.holds_until.isoformat(),
        "notes": _said(made.notes, lang),
        "requirements": [_requirement(one, lang) for one in made.requirements],
    }


def _in_short(stored: StoredDecision, lang: str) -> dict[str, Any]:
    shown = _shown(stored, lang)
    return {name: shown[name] for name in ("number", "version", "outcome", "summary", "on", "decided_at")}


def _requirement(one: Requirement, lang: str) -> dict[str, Any]:
    return {
        "code": one.code,
        "kind": one.kind,
        "met": one.met,
        "needed": one.needed,
        "fact": one.fact,
        "reasons": _said(one.reasons, lang),
    }


def _said(reasons: tuple[Reason, ...], lang: str) -> list[dict[str, str]]:
    return [{"code": one.code, "text": say(one.message, lang)} for one in reasons]
