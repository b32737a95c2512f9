"""How a cohort stands: its state, how many of each outcome, what those need who get nothing, and what failed.

"312 will be issued, 14 need …, 3 are held because …": learners are counted by what they need, so that a registrar sees
one line where 400 of them lack the same thing. A learner who lacks two things is counted in two lines.
"""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any, Literal

from issuer.cohort_rows import ADVICE
from issuer.store import catalogues, cohorts
from issuer.store.cohorts import Cohort, DetailedRow, Event, Outcome, State, Why
from issuer.store.database import Transaction
from templates.messages import Message
from vc.dates import timestamp

CohortState = Literal["unfinished", "prepared", "approved", "issuing", "issued", "undone", "cancelled"]

# How many are named by their own sentence; the others are counted as further ones.
_GROUPS = 20

# What is needed, said of everybody whose reason has that code; others are said by an example.
_NEEDS: Mapping[str, str] = MappingProxyType(
    {
        "not_taken": "{subject}: not taken",
        "in_progress": "{subject}: in progress",
        "failed": "{subject}: failed, may be taken again",
        "fee_unpaid": "{subject}: passed, but the certificate is not paid",
        "identity_not_verified": "{subject}: passed, but the identity is not verified",
        "revoked": "{subject}: the certificate is revoked",
        "below_grade": "{subject}: passed, but below the grade that the program asks for",
        "expired": "{subject}: certified, but longer ago than the program allows",
        "dated_later": "{subject}: passed on a day that is yet to come",
        "other_language": "{subject}: certified, but in another language than the rest",
        "other_language_attempt": "{subject}: tried, but in another language than the rest",
        "program_fee_unpaid": "{subject}: the program's fee is not paid",
        "issued_anew": "{subject}: issued anew, as the certificate was revoked before",
        "holds_other_version": "{subject}: will be a second certificate, beside that of another version",
        "revoked_other_version": "{subject}: the certificate of another version was revoked before",
        "unknown_learner": "No completion or enrolment of this program names them",
    }
)


NOT_ACTIVE = frozenset({"not_active_yet", "no_longer_active"})


@dataclass(frozen=True)
class Group:
    """`count` learners for one reason."""

    code: str
    subject: str
    count: int
    text: str

    def to_json(self) -> dict[str, Any]:
        return {"code": self.code, "subject": self.subject, "count": self.count, "text": self.text}


@dataclass(frozen=True)
class Standing:
    """`ready` and the like count learners by the outcome of the dry run; `waiting` and the like those of the ready ones
    by what became of them. `notes` say what is to be known of ready ones, `needs` what those lack who are not eligible,
    `held` and `failures` why others are held or failed."""

    cohort: Cohort
    state: CohortState
    events: tuple[Event, ...]
    counts: Mapping[tuple[Outcome, State], int]
    notes: tuple[Group, ...]
    needs: tuple[Group, ...]
    held: tuple[Group, ...]
    failures: tuple[Group, ...]

    @property
    def approvals(self) -> tuple[Event, ...]:
        return tuple(one for one in self.events if one.event == "approved")

    @property
    def ready(self) -> int:
        return self.outcome("ready")

    @property
    def waiting(self) -> int:
        return self.became("")

    @property
    def learners(self) -> int:
        return sum(self.counts.values())

    @property
    def undo_reason(self) -> str:
        return next((one.reason for one in self.events if one.event == "undone"), "")

    @property
    def not_active(self) -> str:
        """Why nobody is ready: the program awards nobody yet, or any more. Empty for one that does."""
        return next((one.text for one in self.held if one.code in NOT_ACTIVE), "")

    def outcome(self, outcome: Outcome) -> int:
        return sum(count for (one, _), count in self.counts.items() if one == outcome)

    def became(self, state: State) -> int:
        return self.counts.get(("ready", state), 0)

    def to_json(self) -> dict[str, Any]:
        return (
            brief(self.cohort)
            | {
                "state": self.state,
                "approvals": [{"by": one.actor, "at": timestamp(one.at)} for one in self.approvals],
                "learners": self.learners,
                "outcomes": {one: self.outcome(one) for one in cohorts.OUTCOMES},
                "became": {one or "waiting": self.became(one) for one in cohorts.STATES},
            }
            | {
                name: [group.to_json() for group in groups]
                for name, groups in (
                    ("notes", self.notes),
                    ("needs", self.needs),
                    ("held", self.held),
                    ("failures", self.failures),
                )
            }
            | {"not_active": self.not_active or None, "undo_reason": self.undo_reason or None}
        )


def brief(cohort: Cohort) -> dict[str, Any]:
    return {
        "number": cohort.number,
        "name": cohort.name,
        "organization": cohort.organization,
        "program": cohort.program,
        "version": cohort.version,
        "prepared_at": timestamp(cohort.prepared_at),
        "prepared_by": cohort.prepared_by,
    }


def row_to_json(one: DetailedRow, credential_url: Callable[[str], str]) -> dict[str, Any]:
    row = one.row
    released = one.share_id is not None and row.state in ("issued", "undone")
    return {
        "learner": row.learner,
        "name": row.name,
        "outcome": row.outcome,
        "why": [why.to_json() for why in row.why],
        "state": row.state or ("waiting" if row.outcome == "ready" else None),
        "problem": row.problem,
        "certificate": credential_url(one.share_id or "") if released else None,
    }


def standing(tx: Transaction, cohort: Cohort, *, grouped: bool = False) -> Standing:
    """`grouped`: with the reasons, for which every row is read."""
    happened = cohorts.events(tx, cohort.number)
    counts = cohorts.counts(tx, cohort.number)
    groups: dict[str, tuple[Group, ...]] = {"notes": (), "needs": (), "held": (), "failures": ()}
    if grouped:
        titles = _titles(tx, cohort)
        groups["notes"] = _grouped(_reasons(tx, cohort, "ready"), titles)
        groups["needs"] = _grouped(_reasons(tx, cohort, "not_eligible"), titles)
        groups["held"] = _grouped(_reasons(tx, cohort, "held"), titles, by_text=True)
        failed = (
            (row.learner, Why("failed", "", row.problem or ""))
            for row in cohorts.every(tx, cohort.number, states=("failed",))
        )
        groups["failures"] = _grouped(failed, titles, by_text=True)
    return Standing(cohort, _state(happened, counts), happened, counts, **groups)


def _state(happened: Iterable[Event], counts: Mapping[tuple[Outcome, State], int]) -> CohortState:
    events = {one.event for one in happened}
    if "cancelled" in events:
        return "cancelled"
    if "prepared" not in events:
        return "unfinished"
    if "undone" in events:
        return "undone"
    if "issued" in events:
        return "issuing" if counts.get(("ready", ""), 0) else "issued"
    return "approved" if "approved" in events else "prepared"


def _reasons(tx: Transaction, cohort: Cohort, outcome: Outcome) -> Iterator[tuple[str, Why]]:
    for row in cohorts.every(tx, cohort.number, outcome=outcome):
        for why in row.why:
            if why.code not in ADVICE:
                yield row.learner, why


def _grouped(told: Iterable[tuple[str, Why]], titles: Mapping[str, str], *, by_text: bool = False) -> tuple[Group, ...]:
    """The most frequent first. A learner counts once in each group."""
    counts: Counter[tuple[str, str, str]] = Counter()
    examples: dict[tuple[str, str, str], str] = {}
    last: dict[tuple[str, str, str], str] = {}
    for learner, why in told:
        key = (why.code, why.subject, why.text if by_text else "")
        examples.setdefault(key, why.text)
        if last.get(key) != learner:  # they come learner by learner
            counts[key] += 1
            last[key] = learner
    groups = [
        Group(code, subject, count, _said(code, titles.get(subject, subject), examples[(code, subject, text)], by_text))
        for (code, subject, text), count in sorted(counts.items(), key=lambda one: (-one[1], one[0]))
    ]
    if len(groups) <= _GROUPS:
        return tuple(groups)
    rest = groups[_GROUPS:]
    text = str(Message("{count} further reasons", count=len(rest)))
    return (*groups[:_GROUPS], Group("further", "", sum(one.count for one in rest), text))


def _said(code: str, subject: str, example: str, by_text: bool) -> str:
    if code in _NEEDS:
        return str(Message(_NEEDS[code], subject=subject))
    return example if by_text or not subject else str(Message("{subject}: {example}", subject=subject, example=example))


def _titles(tx: Transaction, cohort: Cohort) -> dict[str, str]:
    catalogue = catalogues.load(tx, with_sessions=False)
    programs = {code: catalogue.latest(code).title() for code, _ in catalogue.programs}
    return {code: course.title() for code, course in catalogue.courses.items()} | programs
