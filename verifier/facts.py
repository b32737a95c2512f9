"""What a proved credential says, ready to be shown: who, what, by whom, when. Only what the proof covers is read."""

from datetime import datetime
from typing import Any

from vc.dates import parse_datetime
from vc.openbadges import many
from vc.securing import issuer_of
from verifier import trust
from verifier.case import Case
from verifier.report import Facts, IssuerFacts


def facts_of(case: Case) -> Facts | None:
    """None when nothing is proved."""
    if case.verified is None:
        return None
    signed = case.signed
    subject = many(signed.get("credentialSubject"))[0]
    achievement = subject.get("achievement") if isinstance(subject.get("achievement"), dict) else {}
    return Facts(
        id=signed.get("id"),
        name=achievement.get("name") or _text(signed.get("name")) or _kind(signed, achievement),
        kind=_kind(signed, achievement),
        issuer=_issuer(case, signed),
        recipient=_recipient(subject),
        awarded=_moment(signed, "awardedDate") or _moment(signed, "validFrom") or _moment(signed, "issuanceDate"),
        valid_from=_moment(signed, "validFrom") or _moment(signed, "issuanceDate"),
        valid_until=_moment(signed, "validUntil") or _moment(signed, "expirationDate"),
        language=achievement.get("inLanguage"),
        description=achievement.get("description")
        or subject.get("endorsementComment")
        or _text(signed.get("description")),
        digest=case.verified.digest,
    )


def _kind(signed: dict[str, Any], achievement: dict[str, Any]) -> str:
    """The achievement's type; else the most telling type of the credential itself."""
    types = [name for name in many(signed.get("type")) if name != "VerifiableCredential"]
    return str(achievement.get("achievementType") or ("Achievement" if achievement else (types or ["Credential"])[0]))


def _issuer(case: Case, signed: dict[str, Any]) -> IssuerFacts:
    issuer = issuer_of(signed)
    profile = signed["issuer"] if isinstance(signed["issuer"], dict) else {}
    return IssuerFacts(
        id=issuer,
        name=_text(profile.get("name")) or issuer,
        domain=trust.domain_of(issuer),
        known=case.policy.known.get(issuer),
        trust=trust.judge(issuer, case.policy)[1],
    )


def _recipient(subject: dict[str, Any]) -> str | None:
    """The learner's name, when the credential says it in the open."""
    for identity in many(subject.get("identifier")):
        if identity.get("identityType") == "name" and identity.get("hashed") is False:
            return str(identity["identityHash"])
    identifier = subject.get("id")
    return None if identifier is None else str(identifier)


def _text(value: Any) -> str | None:
    """A text, or the first of a text in several languages (VCDM 2.0 section 11.1, language value objects)."""
    for one in many(value):
        text = one.get("@value") if isinstance(one, dict) else one
        if isinstance(text, str) and text.strip():
            return text
    return None


def _moment(signed: dict[str, Any], name: str) -> datetime | None:
    return parse_datetime(signed[name]) if name in signed else None
