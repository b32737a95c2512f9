"""What a proved credential says, ready to be shown: who, what, by whom, when. Only what the proof covers is read."""

from typing import Any

from vc.dates import parse_datetime
from vc.model import period
from vc.openbadges import many
from vc.securing import issuer_of
from verifier.case import Case
from verifier.language_values import text
from verifier.report import Facts, IssuerFacts
from verifier.trust import domain_of


def facts_of(case: Case) -> Facts | None:
    """None when nothing is proved."""
    if case.verified is None:
        return None
    signed = case.signed
    subject = case.subject
    starts, ends = period(signed)
    achievement: dict[str, Any] = found if isinstance(found := subject.get("achievement"), dict) else {}
    return Facts(
        id=signed.get("id"),
        name=achievement.get("name") or text(signed.get("name")) or _kind(signed, achievement),
        kind=_kind(signed, achievement),
        issuer=_issuer(case, signed),
        recipient=_recipient(subject),
        awarded=parse_datetime(signed["awardedDate"]) if "awardedDate" in signed else starts,
        valid_from=starts,
        valid_until=ends,
        language=achievement.get("inLanguage"),
        description=achievement.get("description")
        or subject.get("endorsementComment")
        or text(signed.get("description")),
        digest=case.verified.digest,
    )


def _kind(signed: dict[str, Any], achievement: dict[str, Any]) -> str:
    """The achievement's type; else the most telling type of the credential itself."""
    types = [name for name in many(signed.get("type")) if name != "VerifiableCredential"]
    return str(achievement.get("achievementType") or ("Achievement" if achievement else (types or ["Credential"])[0]))


def _issuer(case: Case, signed: dict[str, Any]) -> IssuerFacts:
    issuer, found = issuer_of(signed), case.assessment
    return IssuerFacts(
        id=issuer,
        name=case.issuer_name,
        domain=domain_of(issuer),
        known=found.known,
        trust=found.reason,
        trust_lines=found.lines,
        warnings=found.warnings,
    )


def _recipient(subject: dict[str, Any]) -> str | None:
    """The learner's name, when the credential says it in the open."""
    for identity in many(subject.get("identifier")):
        if identity.get("identityType") == "name" and identity.get("hashed") is False:
            return str(identity["identityHash"])
    identifier = subject.get("id")
    return None if identifier is None else str(identifier)
