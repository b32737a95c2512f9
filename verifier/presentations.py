"""Verifiable presentations (VCDM 2.0 section 4.13): who presents, to whom, and each credential in them.

A presentation is signed by its holder for one question (`challenge`) of one asker (`domain`). Whoever asked neither is
handed a copy of what was meant for somebody else, and is told so. A presentation without a proof only bundles. Each
credential in it has a report of its own; what is shown comes from those reports, never from the presentation.
"""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

from templates.messages import Message
from vc import formats
from vc.context_rules import CREDENTIAL, CREDENTIAL_1, VC1
from vc.errors import MalformedValue, ProofMissing, VcError
from vc.openbadges import many
from vc.securing import AUTHENTICATION, Expected, Secured, party_of
from verifier.case import Asked, Case
from verifier.refusal import check_of
from verifier.report import Check, Outcome, Report

MAX_PRESENTED = 20  # credentials of one presentation; an application names a handful

NOT_THE_SUBJECT = "https://testamur.example/problems#PRESENTED_BY_ANOTHER"
TYPE = "VerifiablePresentation"


def is_one(secured: Secured) -> bool:
    return TYPE in many(secured.document.get("type"))


def report_of(case: Case, credential_report: Callable[[Case], Report]) -> Report:
    """`credential_report` makes the report of one credential. Never raises for what the presentation holds."""
    try:
        credentials = [formats.unwrap(one) for one in _credentials(case.document)]
    except VcError as error:
        return Report((check_of("structure", error),))
    checks = [
        Check(
            "structure",
            Outcome.PASSED,
            Message("It is a presentation. Certificates in it: {count}.", count=len(credentials)),
        )
    ]
    # (1) the holder's own proof
    try:
        holder, proof = _proof(case)
    except VcError as error:
        return Report((*checks, check_of("proof", error)))
    checks.append(proof)
    # (2) each credential by itself
    reports = []
    for secured in credentials:
        inner = replace(case.inside(secured), asked=replace(case.asked, domain=None, challenge=None))
        report = credential_report(inner)
        reports.append(replace(report, checks=(*report.checks, *_holder(holder, inner, asked=case.asked))))
    if len(reports) == 1:  # one credential: what it says is what is shown
        only = reports[0]
        return replace(only, checks=(*_titled(checks), *only.checks))
    return Report(tuple(checks), presented=tuple(reports))


def _titled(checks: list[Check]) -> list[Check]:
    """The presentation's own checks beside those of its one credential."""
    return [replace(check, name="presentation") for check in checks]


def _credentials(document: dict[str, Any]) -> list[Any]:
    """Raises `MalformedValue`."""
    found = many(document.get("verifiableCredential"))
    if not found:
        raise MalformedValue("The presentation holds no credential.")
    if len(found) > MAX_PRESENTED:
        raise MalformedValue(
            "The presentation holds {count} credentials; at most {limit} are read.",
            count=len(found),
            limit=MAX_PRESENTED,
        )
    return found


def _proof(case: Case) -> tuple[str | None, Check]:
    """The holder, and the check. Raises `Invalid` or `Unavailable`."""
    if case.secured.format == "data_integrity" and "proof" not in case.document:
        if case.asked.challenge is not None or case.asked.domain is not None:
            raise ProofMissing("The presentation is not signed, so it answers no challenge.")
        return None, Check("proof", Outcome.SKIPPED, Message("Nobody signed the presentation itself; it only bundles."))
    first = many(case.document.get("@context"))[:1]
    expected = Expected(
        now=case.now,
        rule=CREDENTIAL_1 if first == [VC1] else CREDENTIAL,
        purpose=AUTHENTICATION,
        domain=case.asked.domain,
        challenge=case.asked.challenge,
        signed_by="holder",
        shapes=case.shapes,
    )
    verified = formats.verify(case.secured, dereference=case.dereference, expected=expected)
    holder = party_of(verified.document, "holder")
    return holder, Check("proof", Outcome.PASSED, Message("Presented and signed by {holder}.", holder=holder))


def _holder(holder: str | None, case: Case, *, asked: Asked) -> tuple[Check, ...]:
    """Is the holder the one whom it was awarded to? Who gave a challenge wants to know; else anybody with a key could
    answer it with somebody's certificate."""
    if holder is None or case.verified is None:
        return ()
    subject = case.subject.get("id")
    if subject is None:
        detail = Message("It names no identifier of its learner, so whether the holder is the learner is not shown.")
        if asked.challenge is None and asked.domain is None:
            return (Check("holder", Outcome.SKIPPED, detail),)
        return (Check("holder", Outcome.UNKNOWN, detail, NOT_THE_SUBJECT),)
    if subject == holder:
        return (Check("holder", Outcome.PASSED, Message("It was presented by the one whom it was awarded to.")),)
    detail = Message("It was presented by somebody other than the one whom it was awarded to.")
    return (Check("holder", Outcome.UNKNOWN, detail, NOT_THE_SUBJECT),)
