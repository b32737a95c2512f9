"""What a certificate shows, made ready by its owner: plain values, no credential and no database behind them.

The issuer fills these in; `certificate.html`, the PDF and the badge picture only read them. Dates are dates and
addresses are addresses: words and formats belong to the page, which knows the reader's language.

    >>> from datetime import date
    >>> PartView("capstone", "Data Science Capstone", date(2026, 2, 27), None).kind
    'capstone'
"""

from dataclasses import dataclass
from datetime import date
from typing import Literal

PartKind = Literal["course", "capstone"]
CertificateKind = Literal["course", "specialization", "xseries", "program"]
Status = Literal["valid", "suspended", "revoked", "superseded", "expired"]


@dataclass(frozen=True)
class PartView:
    """One included course or capstone. `awarded` is its own award date, `url` its own certificate page."""

    kind: PartKind
    title: str
    awarded: date | None
    url: str | None


@dataclass(frozen=True)
class CertificateView:
    """One certificate as people see it: on the page, in the PDF and as a badge.

    `id` is the credential's id and `url` its page, under which `.json`, `.jwt`, `.png`, `.svg` and `.pdf` answer.
    `verify_url` is what the QR code holds; `short_verify` is the same for a person to type, printed beside it.
    `language` is the BCP 47 tag of the language in which the courses were completed, `digest` the 32 bytes that
    `vc.formats.data_integrity.digest` gives and that the rosette is drawn from. `downloads` are (label, href)
    pairs; `linkedin` is the address of the "Add to LinkedIn" button, or "" for none. `status_until` is the last day on
    which a suspension can be put right, None where there is no such day.
    """

    id: str
    url: str
    verify_url: str
    short_verify: str
    organization: str
    partners: tuple[str, ...]
    learner: str
    title: str
    kind: CertificateKind
    language: str
    parts: tuple[PartView, ...]
    completed_on: date | None
    awarded: date
    issuer_id: str
    status: Status
    status_date: date | None
    status_reason: str | None
    superseded_by: str | None
    digest: bytes
    downloads: tuple[tuple[str, str], ...]
    linkedin: str
    demonstration: bool
    description: str
    hours: int | None
    status_until: date | None = None
