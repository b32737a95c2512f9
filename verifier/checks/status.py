"""Has the issuer revoked or suspended it? Unreachable is `unknown`, never `passed`.

1. Every status of the credential is looked at, in the list that it names.
2. The worst answer counts: revoked, suspended, a list that is wrong, one that cannot be had, a status that only the
   issuer understands. Which one it was is said.
3. When it no longer holds, the issuer's statement (`statusReference`, on the origin of the list, so no less trustworthy
   than that) says why and since when; it is asked only then.
4. What the issuer merely says, a message or that there is a newer edition, is passed on and changes nothing.
"""

from dataclasses import dataclass
from datetime import date
from typing import Any
from urllib.parse import urlsplit

from templates.messages import Message
from vc import strict_json
from vc.dates import parse_datetime
from vc.errors import Invalid, NotSupported, StatusUnavailable, Unavailable, VcError
from vc.securing import issuer_of
from vc.standing import Asker, Question, Standing, State, printable
from vc.status import Entry, entries_of
from verifier.case import Case
from verifier.refusal import message_of
from verifier.report import Check, Outcome

REVOKED = "https://testamur.example/problems#REVOKED"
SUSPENDED = "https://testamur.example/problems#SUSPENDED"
LEFT_OUT = "https://testamur.example/problems#STATUS_LEFT_OUT"
SUPERSEDED = "https://testamur.example/problems#SUPERSEDED"

_WHICH = Message("{finding} (status {number} of {count}, by {url})")


@dataclass(frozen=True)
class _Answer:
    """`question` is None where the entry itself is wrong; one of `standing` and `error` is there."""

    question: Question | None = None
    standing: Standing | None = None
    error: VcError | None = None
    age: int = 0

    @property
    def badness(self) -> int:
        if self.standing is not None:
            return {State.REVOKED: 5, State.SUSPENDED: 4, State.UNCLEAR: 1}.get(self.standing.state, 0)
        if self.question is not None and not self.question.binding:
            return 0
        return 3 if isinstance(self.error, Invalid) else 2


_LEFT_OUT = Message(
    "A part of it was left out by whoever presents it, and where to ask for its status may be among that. "
    "Ask for the whole certificate."
)


def check(case: Case) -> Check:
    finding = find(case, case.signed)
    if finding is None and case.verified is not None and case.verified.partial:
        return Check("status", Outcome.UNKNOWN, _LEFT_OUT, LEFT_OUT)
    if finding is None:
        return Check("status", Outcome.SKIPPED, Message("The issuer keeps no status list for this credential."))
    if finding.problem in (SUPERSEDED, REVOKED):
        case.superseded_by = _newer(finding)
    return finding


def _newer(finding: Check) -> str | None:
    """The certificate that follows on it, where the issuer names one."""
    detail: Message = finding.detail.params.get("finding", finding.detail)
    newer: str | None = detail.params.get("url")
    return newer


def find(case: Case, signed: dict[str, Any]) -> Check | None:
    """The status of any credential whose content is proved, passed or failed; None when it has none.

    Raises `StatusInvalid` where a status or its list is wrong, `StatusUnavailable` or `NotSupported` where nothing can
    be told now.
    """
    entries = entries_of(signed)
    if not entries:
        return None
    # (1) every one
    identifier = signed.get("id")
    asker = Asker(
        issuer=issuer_of(signed),
        credential=identifier if isinstance(identifier, str) else None,
        dereference=case.dereference,
        now=case.now,
        shapes=case.shapes,
    )
    answers = [_ask(case, entry, asker) for entry in entries]
    # (2) the worst
    worst = max(answers, key=lambda answer: answer.badness)
    place = {"number": answers.index(worst) + 1, "count": len(answers)}
    if worst.badness == 0:
        return Check("status", Outcome.PASSED, _passed(answers))
    if worst.error is not None:
        raise _at(worst.error, worst, place)
    if worst.standing is None or worst.question is None or worst.standing.state is State.UNCLEAR:
        purpose = worst.standing.purpose if worst.standing else ""
        raise _at(
            NotSupported("The issuer has set a status, {purpose}, that only the issuer understands.", purpose=purpose),
            worst,
            place,
        )
    # (3) why
    problem, detail = _no_longer(_statement(case, worst.question, worst.standing), worst.standing)
    if len(answers) > 1:
        detail = Message(_WHICH.text, finding=detail, url=worst.question.url, **place)
    return Check("status", Outcome.FAILED, detail, problem)


def _ask(case: Case, entry: Entry, asker: Asker) -> _Answer:
    question = None
    try:
        question = entry.question()
        data = _fetch(case, question)
        age = case.age(question.url)
        return _Answer(question, entry.answer(question, data, asker=asker, age=age), age=age)
    except VcError as error:
        return _Answer(question, error=error)


def _fetch(case: Case, question: Question) -> bytes:
    try:
        return case.get(question.url, question.accept)
    except Unavailable as error:
        raise StatusUnavailable(
            "Whether it was revoked cannot be told now: the issuer's list cannot be had ({reason})", reason=str(error)
        ) from error


def _at(error: VcError, answer: _Answer, place: dict[str, int]) -> VcError:
    """The error; where a credential has several statuses, with the word which of them it is about."""
    if place["count"] == 1:
        return error
    url = answer.question.url if answer.question else "-"
    return type(error)(_WHICH.text, finding=message_of(error), url=url, **place)


def _passed(answers: list[_Answer]) -> Message:
    binding = [answer for answer in answers if answer.question is not None and answer.question.binding]
    purposes = {answer.standing.purpose for answer in binding if answer.standing is not None}
    age = max((answer.age for answer in binding), default=0)
    said = [note for note in (_note(answer) for answer in answers) if note is not None]
    if age:
        said.insert(
            0,
            Message(
                "Not revoked, by a list that the issuer signed {minutes} minutes ago or earlier; "
                "the issuer cannot be reached now.",
                minutes=max(1, age // 60),
            ),
        )
    elif purposes == {"suspension"}:
        said.insert(0, Message("Not suspended, by the issuer's current list."))
    elif binding:
        said.insert(0, Message("Not revoked and not suspended, by the issuer's current list."))
    found, *more = said or [Message("The issuer has said nothing against it.")]
    for note in more:
        found = Message("{finding} {note}", finding=found, note=note)
    return found


def _note(answer: _Answer) -> Message | None:
    """(4) What the issuer says without ending or pausing the credential."""
    if answer.error is not None:
        return Message("What else the issuer says about it cannot be told now.")
    if answer.standing is None or answer.standing.state not in (State.MESSAGE, State.REFRESH):
        return None
    if answer.standing.state is State.REFRESH:
        return Message("The issuer has a newer edition of it.")
    if answer.standing.words is None:
        return None
    return Message("The issuer's message about it: {words}.", words=answer.standing.words)


def _no_longer(statement: dict[str, Any], standing: Standing) -> tuple[str, Message]:
    state, since = statement.get("state"), _date(statement.get("since"))
    reason = printable(statement.get("reason")) or standing.words
    other = statement.get("supersededBy")
    if state == "superseded" and isinstance(other, str):
        return SUPERSEDED, Message(
            "Replaced by a newer certificate on {date}: {reason}", date=since, reason=reason, url=other
        )
    if state == "suspended" or (state is None and standing.state is State.SUSPENDED):
        return SUSPENDED, _suspended(since, reason, _day(statement.get("until")))
    newer = {"url": other} if state == "revoked" and isinstance(other, str) else {}
    known = Message("Revoked by the issuer on {date}: {reason}", date=since, reason=reason, **newer)
    if not since and reason:
        known = Message("Revoked by the issuer: {reason}", reason=reason, **newer)
    return REVOKED, known if reason else Message("Revoked by the issuer.", **newer)


def _suspended(since: Any, reason: str | None, until: date | None) -> Message:
    if not (since and reason):
        return Message("Suspended by the issuer.")
    if until is None:
        return Message("Suspended by the issuer on {date}: {reason}", date=since, reason=reason)
    return Message(
        "Suspended by the issuer on {date}: {reason}. It can be put right until {until}.",
        date=since,
        reason=reason,
        until=until,
    )


def _statement(case: Case, question: Question, standing: Standing) -> dict[str, Any]:
    """Why and since when, in the issuer's words; empty when there is none or it cannot be had."""
    for reference in standing.references:
        if _origin(reference) == _origin(question.url):
            try:
                return strict_json.parse_object(case.get(reference, "application/json"))
            except VcError:
                return {}
    return {}


def _origin(url: str) -> tuple[str, str] | str:
    try:
        return urlsplit(url)[:2]
    except ValueError:
        return url  # it is none; only the same text is the same


def _day(value: Any) -> date | None:
    try:
        return date.fromisoformat(value) if isinstance(value, str) else None
    except ValueError:
        return None


def _date(value: Any) -> Any:
    try:
        return parse_datetime(value)
    except Invalid:
        return None
