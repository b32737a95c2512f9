"""What a verification found: checks, the facts that the proof covers, and the verdict derived from them.

The verdict is a property: nothing can set it. One failed check rejects; otherwise one unknown check leaves it
undetermined; only when every check passed or was rightly skipped is the credential accepted.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any

from templates.messages import Message


class Outcome(StrEnum):
    PASSED = "passed"
    FAILED = "failed"
    UNKNOWN = "unknown"
    SKIPPED = "skipped"


class Verdict(StrEnum):
    ACCEPTED = "accepted"
    REJECTED = "rejected"
    UNDETERMINED = "undetermined"


@dataclass(frozen=True)
class Check:
    """One line of "what we checked". `name` is the check's file name; `problem` a problem type URL or None."""

    name: str
    outcome: Outcome
    detail: Message
    problem: str | None = None


@dataclass(frozen=True)
class TrustLine:
    """One thing that is or is not known of the issuer, and why: "The key is published by…", "It stands at…"."""

    line: Message
    reason: Message
    outcome: Outcome


@dataclass(frozen=True)
class IssuerFacts:
    """`id` the DID or URL; `name` what the credential claims; `domain` what the key was found under (or None);
    `known` a list's name for it (or None); `trust` one sentence; `trust_lines` what it rests on; `warnings` what
    a person should look at."""

    id: str
    name: str
    domain: str | None
    known: str | None
    trust: Message
    trust_lines: tuple[TrustLine, ...] = ()
    warnings: tuple[Message, ...] = ()


@dataclass(frozen=True)
class Facts:
    """What the proof covers, ready to be shown. Dates are aware datetimes; `digest` feeds the rosette."""

    id: str | None
    name: str
    kind: str  # the achievementType: "Course", "LearningProgram", …
    issuer: IssuerFacts
    recipient: str | None
    awarded: datetime | None
    valid_from: datetime | None
    valid_until: datetime | None
    language: str | None
    description: str | None
    digest: bytes


@dataclass(frozen=True)
class Part:
    """One included course or capstone with its own outcome; `kind` is `course` or `capstone`."""

    name: str
    kind: str
    credential: str | None
    outcome: Outcome
    detail: Message
    awarded: datetime | None = None


@dataclass(frozen=True)
class Endorsement:
    """What somebody else says in favour of the credential, its achievement or its issuer (`of`). `by`: the endorser's
    name, a claim; `domain`: where its key was found. Only one whose `outcome` is passed may be shown as good."""

    of: str
    by: str
    domain: str | None
    comment: str | None
    outcome: Outcome
    detail: Message


@dataclass(frozen=True)
class Report:
    checks: tuple[Check, ...]
    facts: Facts | None = None
    courses: tuple[Part, ...] = ()
    endorsements: tuple[Endorsement, ...] = ()
    presented: tuple["Report", ...] = ()  # of each credential in a presentation
    superseded_by: str | None = None
    mechanism: str | None = None  # how it is secured, such as eddsa-rdfc-2022
    container: str = "json"  # json, jwt, cose, png, svg, pdf, link, photo
    source: str | None = None  # the URL that was read, if any
    checked_at: datetime | None = None
    extra: Mapping[str, Any] = field(default_factory=dict)

    @property
    def verdict(self) -> Verdict:
        outcomes = {check.outcome for check in self.checks}
        inside = {report.verdict for report in self.presented}
        if Outcome.FAILED in outcomes or Verdict.REJECTED in inside or not outcomes:
            return Verdict.REJECTED
        if Outcome.UNKNOWN in outcomes or Verdict.UNDETERMINED in inside:
            return Verdict.UNDETERMINED
        return Verdict.ACCEPTED

    @property
    def reason(self) -> Message | None:
        """The one sentence that explains a verdict that is not `accepted`: the first check that decided it."""
        deciding = {Verdict.REJECTED: Outcome.FAILED, Verdict.UNDETERMINED: Outcome.UNKNOWN}.get(self.verdict)
        own = next((check.detail for check in self.checks if check.outcome is deciding), None)
        return own or next((report.reason for report in self.presented if report.verdict is self.verdict), None)

    def to_json(self) -> dict[str, Any]:
        """The report of design.md section 4, as JSON-ready values."""
        facts = self.facts
        return {
            "verdict": str(self.verdict),
            "checks": [
                {"name": c.name, "outcome": str(c.outcome), "detail": str(c.detail), "problem": c.problem}
                for c in self.checks
            ],
            "credential": None
            if facts is None
            else {
                "id": facts.id,
                "name": facts.name,
                "issuer": {
                    "id": facts.issuer.id,
                    "name": facts.issuer.name,
                    "domain": facts.issuer.domain,
                    "trust": str(facts.issuer.trust),
                    "trust_lines": [
                        {"line": str(line.line), "reason": str(line.reason), "outcome": str(line.outcome)}
                        for line in facts.issuer.trust_lines
                    ],
                    "warnings": [str(warning) for warning in facts.issuer.warnings],
                },
                "recipient": facts.recipient,
                "awarded": _iso(facts.awarded),
                "valid_from": _iso(facts.valid_from),
                "valid_until": _iso(facts.valid_until),
                "language": facts.language,
            },
            "courses": [
                {
                    "name": part.name,
                    "kind": part.kind,
                    "credential": part.credential,
                    "outcome": str(part.outcome),
                    "detail": str(part.detail),
                }
                for part in self.courses
            ],
            "endorsements": [
                {
                    "of": one.of,
                    "by": one.by,
                    "domain": one.domain,
                    "comment": one.comment,
                    "outcome": str(one.outcome),
                    "detail": str(one.detail),
                }
                for one in self.endorsements
            ],
            "presented": [report.to_json() for report in self.presented],
            "mechanism": self.mechanism,
            "superseded_by": self.superseded_by,
            **self.extra,
        }


def _iso(moment: datetime | None) -> str | None:
    return None if moment is None else moment.isoformat().replace("+00:00", "Z")
