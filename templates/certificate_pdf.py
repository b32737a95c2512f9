"""The certificate as a PDF: PDF/A-3a and PDF/UA-1, one landscape page, with the signed credential attached.

Attaching is Open Badges baking for PDF: one associated file of media type `application/vc`, byte for byte as signed.
The composition is the page's (`certificate.html`); the words come from the same catalogues.
"""

from datetime import UTC, datetime
from typing import Literal

from templates import qr
from templates.i18n import closest, day, direction, say
from templates.messages import Message
from templates.rosette import rosette
from templates.typesetting import Attachment, MissingGlyphs, Typesetter, typesetter
from templates.views import CertificateView
from templates.wording import completed, part_note, partners, sentence, status_line

__all__ = ["MissingGlyphs", "render_pdf"]

_INK = "#25396b"


def render_pdf(
    view: CertificateView,
    *,
    lang: str,
    attachment: bytes,
    attachment_name: str,
    paper: Literal["a4", "us-letter"] = "a4",
    setter: Typesetter | None = None,
) -> bytes:
    """The certificate in the reader's language; the same values give the same bytes.

    `attachment` is the secured credential (JSON or a compact JWS). Raises `MissingGlyphs` when a name or title has
    characters that no font here can show: nothing is ever left out silently.
    """
    awarded = datetime(view.awarded.year, view.awarded.month, view.awarded.day, tzinfo=UTC)
    data = {
        "paper": paper,
        "lang": closest(lang),
        "rtl": direction(closest(lang)) == "rtl",
        "title": view.title,
        "summary": f"{view.title}: {view.learner}",
        "description": "" if view.parts else view.description,
        "date": [view.awarded.year, view.awarded.month, view.awarded.day],
        "organization": view.organization,
        "partners": partners(view, lang),
        "certifies": say("certifies that", lang),
        "learner": view.learner,
        "completed": completed(view, lang),
        "sentence": sentence(view, lang),
        "status": status_line(view, lang),
        "parts": [
            {
                "title": part.title,
                "note": part_note(part, lang),
                "date": day(part.awarded, lang) if part.awarded else "",
            }
            for part in view.parts
        ],
        "awarded-label": say("Awarded", lang),
        "awarded": day(view.awarded, lang),
        "issued-label": say("Issued by", lang),
        "issuer-id": view.issuer_id,
        "rosette_svg": rosette(view.digest, "46mm", _INK),
        "rosette-alt": say("Rosette drawn from the credential's digest", lang),
        "qr_svg": qr.svg(view.verify_url),
        "qr-alt": say(Message("QR code that leads to {link}", link=view.verify_url), lang),
        "verify-url": view.verify_url,
        "scan": say("Scan to check it, or open", lang),
        "short-link": view.short_verify,
    }
    file = Attachment(attachment_name, attachment, "application/vc", say("The signed credential", lang))
    return (setter or typesetter()).pdf(
        "certificate.typ", data, created=awarded, language=view.language, attachment=file
    )
