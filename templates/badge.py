"""The badge picture of a certificate, as PNG and SVG, ready to have the credential baked in by `vc.baking`.

Both are one drawing: the rosette of the credential's digest, the title and the organization. The learner's name is
left out, for badges are shown where names need not be.
"""

from html import escape

from templates.i18n import closest, direction
from templates.rosette import rosette
from templates.typesetting import Typesetter, typesetter
from templates.views import CertificateView
from templates.wording import kind

SIDE = 600  # pixels
_INK = "#25396b"


def badge_png(view: CertificateView, *, lang: str = "en", setter: Typesetter | None = None) -> bytes:
    """A square PNG of 600 pixels. Raises `templates.typesetting.MissingGlyphs`."""
    data = {**_words(view, lang), "rosette_svg": rosette(view.digest, f"{SIDE}pt", _INK)}
    return (setter or typesetter()).picture("badge.typ", data, "png", language=view.language)


def badge_svg(view: CertificateView, *, lang: str = "en", setter: Typesetter | None = None) -> bytes:
    """A square SVG whose letters are outlines, so that it looks the same without our fonts. Raises as above."""
    words = {**_words(view, lang), "rosette_svg": ""}
    drawn = (setter or typesetter()).picture("badge.typ", words, "svg", language=view.language).decode()
    opening, rest = drawn.split(">", 1)
    title = f"<title>{escape(f'{view.title} · {view.organization}')}</title>"
    place = '<svg x="130" y="40" width="340" height="340"'
    figure = rosette(view.digest, None, _INK).replace("<svg", place, 1)
    return f"{opening}>{title}{rest.removesuffix('</svg>')}{figure}</svg>".encode()


def _words(view: CertificateView, lang: str) -> dict[str, str | bool]:
    return {
        "lang": closest(lang),
        "rtl": direction(closest(lang)) == "rtl",
        "kind": kind(view, lang),
        "title": view.title,
        "organization": view.organization,
    }
