"""The verification, in order: bytes become a report.

1. Intake: what container is it, and which credential is in it? A link is followed once.
2. Read it by the rules of its format (`vc.formats`).
3. Run the checks of `verifier.checks` in their order; stop where going on would mean nothing. A presentation is
   checked as such, then each credential in it (`verifier.presentations`).
4. Gather what the proof covers, and only that, for showing.

Wrong and unavailable are two outcomes: the first rejects, the second leaves the verdict open.
"""

from collections.abc import Collection
from dataclasses import replace
from datetime import datetime

from templates.messages import Message
from vc import formats
from vc.compiled import Shapes
from vc.errors import ParsingError, Unavailable, VcError
from verifier import intake, presentations
from verifier.case import CREDENTIAL, Asked, Case
from verifier.checks import CHECKS, INSIDE
from verifier.facts import facts_of
from verifier.fetch import Fetch
from verifier.refusal import check_of
from verifier.report import Check, Outcome, Report
from verifier.trust import Policy


def run(
    data: bytes,
    *,
    policy: Policy,
    fetch: Fetch,
    now: datetime,
    asked: Asked | None = None,
    shapes: Shapes | None = None,
) -> Report:
    """Never raises for what a stranger sent: every error becomes a check in the report. `shapes`: see `vc.compiled`;
    the report is the same without."""
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
        report = Report((check_of("structure", error),), container=container, source=source, checked_at=now)
        return replace(report, checks=(*report.checks, *_skipped(list(CHECKS)[1:])))
    # (3), (4) the checks, and what is shown
    case = Case(secured, policy, fetch, now, asked or Asked(), shapes, judge=_judge)
    report = presentations.report_of(case, _report) if presentations.is_one(secured) else _report(case)
    return replace(report, container=container, source=source, checked_at=now)


def _report(case: Case) -> Report:
    checks = _checks(case, CHECKS)
    return Report(
        checks=checks,
        facts=facts_of(case),
        courses=case.parts,
        endorsements=case.endorsements,
        superseded_by=case.superseded_by,
        mechanism=case.verified.mechanism if case.verified else None,
    )


def _judge(case: Case) -> tuple[Check, ...]:
    """The checks of a credential that stands inside another: those which make sense without its own insides."""
    return _checks(case, INSIDE)


def _follow(fetch: Fetch, link: str) -> bytes:
    accept = f"{CREDENTIAL}, image/png;q=0.5, image/svg+xml;q=0.5, application/pdf;q=0.5"
    answer = fetch.get(link, accept=accept)
    if answer.status in (404, 410):
        raise Unavailable("There is no credential at {url}.", url=link)
    if answer.status != 200:
        raise Unavailable("{url} answered with status {status}.", url=link, status=answer.status)
    return answer.body


def _checks(case: Case, names: Collection[str]) -> tuple[Check, ...]:
    done: list[Check] = []
    for position, name in enumerate(names):
        entry = CHECKS[name]
        try:
            check = entry.check(case)
        except VcError as error:
            check = check_of(name, error)
        done.append(check)
        if entry.needed and check.outcome is not Outcome.PASSED:
            done.extend(_skipped(list(names)[position + 1 :]))
            break
    return tuple(done)


def _skipped(names: list[str]) -> list[Check]:
    return [
        Check(
            name,
            Outcome.SKIPPED,
            Message("{what}: not looked at, because of what was found before.", what=CHECKS[name].title),
        )
        for name in names
    ]
