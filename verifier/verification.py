"""The verification, in order: bytes become a report.

1. Intake: what container is it, and which credential is in it? A link is followed once.
2. Read it by the rules of its format (`vc.formats`).
3. Run the checks of `verifier.checks` in their order; stop where going on would mean nothing.
4. Gather what the proof covers, and only that, for showing.

Wrong and unavailable are two outcomes: the first rejects, the second leaves the verdict open.
"""

from dataclasses import replace
from datetime import datetime
from typing import Any

from templates.messages import Message
from vc import formats
from vc.dates import parse_datetime
from vc.errors import Invalid, ParsingError, Unavailable, VcError
from vc.openbadges import many
from vc.securing import issuer_of
from verifier import intake, trust
from verifier.case import JSON, Case
from verifier.checks import CHECKS
from verifier.fetch import Fetch
from verifier.report import Check, Facts, IssuerFacts, Outcome, Report
from verifier.trust import Policy


def run(data: bytes, *, policy: Policy, fetch: Fetch, now: datetime) -> Report:
    """Never raises for what a stranger sent: every error becomes a check in the report."""
    # (1) intake
    source: str | None = None
    container = "json"
    try:
        taken = intake.read(data)
        container = taken.container
        if taken.credential is None:
            source = taken.link
            taken = intake.read(_follow(fetch, taken.link or ""))
            if taken.credential is None:
                raise ParsingError("The link leads to another link, not to a credential.")
        # (2) reading
        secured = formats.read(taken.credential)
    except VcError as error:
        report = Report((_outcome("structure", error),), container=container, source=source, checked_at=now)
        return replace(report, checks=(*report.checks, *_skipped(list(CHECKS)[1:])))
    # (3) the checks
    case = Case(secured, policy, fetch, now)
    checks = _checks(case)
    # (4) what is shown
    return Report(
        checks=checks,
        facts=None if case.verified is None else _facts(case),
        courses=case.parts,
        superseded_by=case.superseded_by,
        container=container,
        source=source,
        checked_at=now,
    )


def _follow(fetch: Fetch, link: str) -> bytes:
    answer = fetch.get(link, accept=f"{JSON}, image/png;q=0.5, image/svg+xml;q=0.5, application/pdf;q=0.5")
    if answer.status in (404, 410):
        raise Unavailable("There is no credential at {url}.", url=link)
    if answer.status != 200:
        raise Unavailable("{url} answered with status {status}.", url=link, status=answer.status)
    return answer.body


def _checks(case: Case) -> tuple[Check, ...]:
    done: list[Check] = []
    names = list(CHECKS)
    for position, name in enumerate(names):
        entry = CHECKS[name]
        try:
            check = entry.check(case)
        except VcError as error:
            check = _outcome(name, error)
        done.append(check)
        if entry.needed and check.outcome is not Outcome.PASSED:
            done.extend(_skipped(names[position + 1 :]))
            break
    return tuple(done)


def _outcome(name: str, error: VcError) -> Check:
    outcome = Outcome.FAILED if isinstance(error, Invalid) else Outcome.UNKNOWN
    return Check(name, outcome, Message(error.message, **error.params), error.problem)


def _skipped(names: list[str]) -> list[Check]:
    return [
        Check(
            name,
            Outcome.SKIPPED,
            Message("{what}: not looked at, because of what was found before.", what=CHECKS[name].title),
        )
        for name in names
    ]


def _facts(case: Case) -> Facts:
    """Reads only `case.signed`: what is not covered by the proof is never shown."""
    signed, subject = case.signed, case.signed["credentialSubject"]
    achievement = subject["achievement"]
    issuer = issuer_of(signed)
    return Facts(
        id=signed.get("id"),
        name=achievement["name"],
        kind=achievement.get("achievementType", "Achievement"),
        issuer=IssuerFacts(
            id=issuer,
            name=signed["issuer"].get("name", issuer),
            domain=trust.domain_of(issuer),
            known=case.policy.known.get(issuer),
            trust=trust.judge(issuer, case.policy)[1],
        ),
        recipient=_recipient(subject),
        awarded=_moment(signed, "awardedDate") or _moment(signed, "validFrom"),
        valid_from=_moment(signed, "validFrom"),
        valid_until=_moment(signed, "validUntil"),
        language=achievement.get("inLanguage"),
        description=achievement["description"],
        digest=case.verified.digest if case.verified else b"",
    )


def _recipient(subject: dict[str, Any]) -> str | None:
    """The learner's name, when the credential says it in the open."""
    for identity in many(subject.get("identifier")):
        if identity.get("identityType") == "name" and identity.get("hashed") is False:
            return str(identity["identityHash"])
    identifier = subject.get("id")
    return None if identifier is None else str(identifier)


def _moment(signed: dict[str, Any], name: str) -> datetime | None:
    return parse_datetime(signed[name]) if name in signed else None
