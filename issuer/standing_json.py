"""A standing as JSON. Codes, numbers and addresses are for programs and stay; texts are for people, in one language."""

from decimal import Decimal
from typing import Any

from issuer.courses import Session
from issuer.decisions import Choice, Reason
from issuer.facts import plain
from issuer.standing import Certificate, Line, Standing, Way
from templates.i18n import say

EXAMPLE: dict[str, Any] = {
    "name": "Zoë Ünlü-Beispiel",
    "organization": "Example School",
    "program": {"code": "data-analysis", "version": 1, "title": "Data Analysis"},
    "asOf": "2026-06-01",
    "state": "incomplete",
    "nextStep": "In Spanish 4 of 5 are done; missing: Capstone",
    "ways": [
        {
            "language": "es",
            "done": 4,
            "total": 5,
            "complete": False,
            "toPay": "30",
            "progress": "In Spanish 4 of 5 are done; missing: Capstone",
            "requirements": [
                {
                    "code": "capstone",
                    "kind": "capstone",
                    "title": "Capstone",
                    "met": False,
                    "needed": True,
                    "choice": None,
                    "reasons": [
                        {
                            "code": "take",
                            "text": "May be taken in Spanish in the session of 5 July 2026; the certificate costs $30",
                        }
                    ],
                    "toPay": "30",
                    "sessions": [{"start": "2026-07-05", "end": "2026-07-28", "language": "es"}],
                    "certificate": None,
                }
            ],
        }
    ],
    "notes": [],
    "certificates": [
        {
            "kind": "course",
            "title": "Toolbox",
            "language": "es",
            "url": "https://awards.example.org/credentials/3mJr7AoUCHxNqdhf",
            "issued": "2026-04-02",
            "status": "valid",
            "since": "2026-04-02",
            "reason": "",
            "until": None,
            "replacedBy": None,
        }
    ],
}


def standing_to_json(standing: Standing, lang: str) -> dict[str, Any]:
    """Amounts are US dollars, written as decimal numbers; days are ISO 8601. No id of the learner: who has the link
    knows who it is about, and nobody else needs to."""
    return {
        "name": standing.name,
        "organization": standing.organization,
        "program": {"code": standing.program, "version": standing.version, "title": standing.title},
        "asOf": standing.on.isoformat(),
        "state": standing.state,
        "nextStep": say(standing.next_step, lang),
        "ways": [_way(one, lang) for one in standing.ways],
        "notes": [_reason(one, lang) for one in standing.notes],
        "certificates": [_certificate(one) for one in standing.certificates],
    }


def _way(way: Way, lang: str) -> dict[str, Any]:
    return {
        "language": way.language,
        "done": way.done,
        "total": way.total,
        "complete": way.complete,
        "toPay": _amount(way.to_pay),
        "progress": None if way.progress is None else say(way.progress, lang),
        "requirements": [_line(one, lang) for one in way.lines],
    }


def _line(line: Line, lang: str) -> dict[str, Any]:
    return {
        "code": line.code,
        "kind": line.kind,
        "title": line.title,
        "met": line.met,
        "needed": line.needed,
        "choice": None if line.choice is None else _choice(line.choice),
        "reasons": [_reason(one, lang) for one in line.reasons],
        "toPay": _amount(line.to_pay),
        "sessions": [_session(one) for one in line.sessions],
        "certificate": line.certificate,
    }


def _choice(choice: Choice) -> dict[str, Any]:
    """Any `needed` of the `of` options with this id; `option`: which of them it belongs to, from 1."""
    return choice.to_json()


def _session(session: Session) -> dict[str, Any]:
    return {"start": session.start.isoformat(), "end": session.end.isoformat(), "language": session.language}


def _reason(reason: Reason, lang: str) -> dict[str, Any]:
    return {"code": reason.code, "text": say(reason.message, lang)}


def _certificate(one: Certificate) -> dict[str, Any]:
    return {
        "kind": one.kind,
        "title": one.title,
        "language": one.language,
        "url": one.url,
        "issued": one.issued.isoformat(),
        "status": one.status,
        "since": one.since.isoformat(),
        "reason": one.reason,
        "until": None if one.until is None else one.until.isoformat(),
        "replacedBy": one.newer,
    }


def _amount(amount: Decimal) -> str:
    return plain(amount)
