"""A certificate as people see it: `CertificateView`, filled from what was signed.

Whatever is printed stands in the signed credential, word for word or (partners, hours) in its criteria. What is added
is what a signature cannot know: the status of today.
"""

from dataclasses import dataclass
from datetime import date
from typing import Any

from issuer.config import Config
from issuer.downloads import FORMS
from issuer.errors import NotReleased
from issuer.linkedin import add_to_profile
from issuer.revocation import Statement, statement
from issuer.store import catalogues, credentials
from issuer.store.credentials import StoredCredential
from issuer.store.database import Transaction
from templates.views import CertificateKind, CertificateView, PartView
from vc import strict_json
from vc.dates import parse_datetime
from vc.openbadges import many, recipient_name


@dataclass(frozen=True)
class Shown:
    """A certificate with all that its page, its downloads and the command line show."""

    stored: StoredCredential
    secured: bytes
    statement: Statement
    view: CertificateView


def present(tx: Transaction, config: Config, stored: StoredCredential) -> Shown:
    """Raises `NotReleased`: what is not signed is not shown."""
    if stored.secured is None or stored.digest is None:
        raise NotReleased("The certificate {id} is not signed yet.", id=stored.share_id)
    document = strict_json.parse_object(stored.secured)
    subject, issuer = document["credentialSubject"], document["issuer"]
    achievement = subject["achievement"]
    now = statement(tx, stored)
    organizations = catalogues.organizations(tx)
    kind: CertificateKind = "course"
    hours: int | None = None
    partners: tuple[str, ...] = ()
    if stored.kind == "course":
        hours = catalogues.course(tx, stored.subject, stored.version).hours
    else:
        program = catalogues.program(tx, stored.subject, stored.version)
        kind = program.kind
        partners = tuple(organizations[code].name for code in program.partners)
    url = config.credential_url(stored.share_id)
    awarded = _day(document["awardedDate"])
    view = CertificateView(
        id=document["id"],
        url=url,
        verify_url=config.verify_url(stored.share_id),
        short_verify=config.short_url(stored.share_id).partition("://")[2],
        organization=issuer["name"],
        partners=partners,
        learner=recipient_name(subject),
        title=document["name"],
        kind=kind,
        language=achievement["inLanguage"],
        parts=_parts(tx, document),
        completed_on=_day(subject["activityEndDate"]) if "activityEndDate" in subject else None,
        awarded=awarded,
        issuer_id=issuer["id"],
        status=now.status,
        status_date=None if now.status == "valid" else now.since.date(),
        status_reason=now.reason or None,
        superseded_by=None if now.superseded_by is None else config.credential_url(now.superseded_by),
        digest=stored.digest,
        downloads=tuple((form.label, f"{url}.{name}") for name, form in FORMS.items()),
        linkedin=add_to_profile(
            name=document["name"], organization=issuer["name"], issued=awarded, url=url, certificate_id=stored.share_id
        )
        if now.status == "valid"
        else "",
        demonstration=organizations[stored.organization].demonstration,
        description=achievement["description"],
        hours=hours,
        status_until=now.until,
    )
    return Shown(stored, stored.secured, now, view)


def _parts(tx: Transaction, document: dict[str, Any]) -> tuple[PartView, ...]:
    """The courses as the credential lists them, each with the certificate that it binds."""
    alignments = many(document["credentialSubject"]["achievement"].get("alignment"))
    bound = many(document.get("relatedResource"))
    return tuple(
        PartView(
            kind="capstone" if alignment["targetType"] == "ext:Capstone" else "course",
            title=alignment["targetName"],
            awarded=_completed(tx, resource["id"]),
            url=resource["id"],
        )
        for alignment, resource in zip(alignments, bound, strict=True)
    )


def _completed(tx: Transaction, credential_id: str) -> date | None:
    """The day that the bound Course Certificate says."""
    bound = credentials.by_share_id(tx, credential_id.rpartition("/")[2])
    subject = strict_json.parse_object(bound.secured or b"{}").get("credentialSubject", {})
    return _day(subject["activityEndDate"]) if "activityEndDate" in subject else None


def _day(stamp: str) -> date:
    return parse_datetime(stamp).date()
