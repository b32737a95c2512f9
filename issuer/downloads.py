"""The forms in which a certificate can be taken away: the signed JSON, pictures and a document that carry it, a token.

One line in `FORMS` is one form; the page, the suffixes of the address and `issuer show --as` all read this table.
What draws is imported where it is used: it is slow to load, and most commands draw nothing.
"""

import threading
from collections import OrderedDict
from collections.abc import Callable, Mapping
from contextlib import nullcontext
from dataclasses import dataclass
from types import MappingProxyType

from issuer.errors import FormNotIssued, NotRenderable
from issuer.turns import Turns
from templates.views import CertificateView


@dataclass(frozen=True)
class Material:
    """What a form is made from: what the page shows, the exact signed bytes, and how to sign the same credential as a
    token."""

    view: CertificateView
    secured: bytes
    token: Callable[[bytes], bytes]


Make = Callable[[Material], bytes]


@dataclass(frozen=True)
class Form:
    """`drawn`: it takes a processor for a while, so that only a few are made at once."""

    media_type: str
    label: str
    make: Make
    drawn: bool = False


def _json(material: Material) -> bytes:
    return material.secured


def _jwt(material: Material) -> bytes:
    return material.token(material.secured)


def _png(material: Material) -> bytes:
    from templates import badge
    from vc.baking import png

    return png.bake(badge.badge_png(material.view), material.secured)


def _svg(material: Material) -> bytes:
    from templates import badge
    from vc.baking import svg

    return svg.bake(badge.badge_svg(material.view), material.secured)


def _pdf(material: Material) -> bytes:
    from templates.certificate_pdf import render_pdf
    from templates.i18n import LANGUAGES

    # A paper has no reader who could choose: it speaks the language of the courses, where we have its words.
    view = material.view
    lang = view.language if view.language in LANGUAGES else "en"
    name = f"{view.id.rpartition('/')[2]}.json"
    return render_pdf(view, lang=lang, attachment=material.secured, attachment_name=name)


FORMS: Mapping[str, Form] = MappingProxyType(
    {
        "pdf": Form("application/pdf", "PDF", _pdf, drawn=True),
        "png": Form("image/png", "PNG", _png, drawn=True),
        "svg": Form("image/svg+xml", "SVG", _svg, drawn=True),
        "json": Form("application/vc", "JSON", _json),
        "jwt": Form("application/jwt", "JWT", _jwt),
    }
)


def form(name: str) -> Form:
    """Raises `FormNotIssued`."""
    if name not in FORMS:
        raise FormNotIssued(
            "This certificate is not issued as {name}; it is as: {forms}.", name=name[:20], forms=tuple(FORMS)
        )
    return FORMS[name]


class Downloads:
    """Draws files, and keeps the last ones: a page that many open at once is drawn once. Thread-safe. `turns`: how
    many are drawn at once."""

    def __init__(self, kept: int, token: Callable[[bytes], bytes], turns: Turns) -> None:
        self._kept = kept
        self._turns = turns
        self._token = token
        self._files: OrderedDict[tuple[str, CertificateView], bytes] = OrderedDict()
        self._lock = threading.Lock()

    def file(self, name: str, view: CertificateView, secured: bytes) -> bytes:
        """Raises `FormNotIssued`, `TooBusy`, or `NotRenderable` when no font here can show the name."""
        wanted = form(name)
        key = (name, view)
        if (known := self._find(key)) is not None:
            return known
        from templates.typesetting import MissingGlyphs

        with self._turns.taken() if wanted.drawn else nullcontext():
            if (known := self._find(key)) is not None:  # by whoever was at it while we waited
                return known
            try:
                made = wanted.make(Material(view, secured, self._token))
            except MissingGlyphs as error:
                raise NotRenderable("{why}", why=str(error)) from error
        with self._lock:
            self._files[key] = made
            while len(self._files) > self._kept:
                self._files.popitem(last=False)
        return made

    def _find(self, key: tuple[str, CertificateView]) -> bytes | None:
        with self._lock:
            if key in self._files:
                self._files.move_to_end(key)
            return self._files.get(key)
