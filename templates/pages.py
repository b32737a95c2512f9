"""Pages as text: Jinja templates of `templates/html`, everything escaped, a missing value is an error.

`render(name, lang=…, **values)` is all there is. What each page needs stands at the head of its template. In the
templates:

* `_('Awarded on {date}', date=view.awarded)` says a text in the reader's language as HTML: values are escaped, set
  apart by <bdi>, dates written out. `plain('…')` is the same as bare text, for attributes and the title.
* `value | shown` escapes and makes visible what cannot be seen, `said(message)` does it for a `Message`, and
  `value | bare` is for titles and attributes.
* `link | safe_href` is the link when it is http(s) or a path of ours, else "".

    >>> "nobody" in render("problem.html", lang="en", title="Gone", detail="There is nobody.", hint="")
    True
"""

import json
import re
import unicodedata
from collections.abc import Callable
from datetime import date
from functools import cache, partial
from hashlib import sha256
from pathlib import Path
from typing import Any
from urllib.parse import quote, urlsplit

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup, escape

from templates import qr, wording
from templates.i18n import closest, day, direction, language_name, moment, say, translator
from templates.messages import Message
from templates.rosette import rosette

_HTML = Path(__file__).parent / "html"
_STATIC = Path(__file__).parent / "static"

# Characters that change the direction of text, or take part in a name, without being seen. They are shown as what they
# are; not so the joiners U+200C and U+200D, which Persian and the scripts of India need.
_UNSEEN = re.compile(
    "[\u061c\u115f\u1160\u180e\u200b\u200e\u200f\u202a-\u202e\u2060-\u206f\u3164\ufeff\uffa0\U000e0000-\U000e007f]"
)


def render(name: str, *, lang: str, **values: Any) -> str:
    """The page `name`, such as "certificate.html", in the language `lang`.

    Raises `jinja2.UndefinedError` when the page needs a value that was not given. For `api.html`, `problem.html`
    and the others see the comment at the head of the template.
    """
    return (
        _environment()
        .get_template(name)
        .render(
            values,
            lang=closest(lang),
            dir=direction(closest(lang)),
            _=partial(_text, lang),
            plain=partial(_plain, lang),
            said=partial(_said, lang=lang),
            day=partial(day, lang=lang),
            moment=partial(moment, lang=lang),
            language=partial(language_name, lang=lang),
            words=_words(lang),
        )
    )


def shown(value: object) -> Markup:
    """Escaped text in which what cannot be seen stands as a boxed "U+202E"."""
    return Markup(_UNSEEN.sub(_label, str(escape(value))))  # noqa: S704 - escaped one step before


def bare(value: object) -> str:
    """The same where no markup can stand, in titles and attributes: "[U+202E]". Escaping is left to the template."""
    return _UNSEEN.sub(lambda control: f"[U+{ord(control[0]):04X}]", str(value))


def safe_href(link: object) -> str:
    """The link when it may be followed: http, https, or a path of this site. Anything else is "" and no link.

    Browsers skip control characters and blanks inside a scheme, so links with any are refused as a whole.
    """
    text = str(link or "")
    if any(unicodedata.category(character)[0] in "CZ" for character in text) or "\\" in text:
        return ""
    try:
        parts = urlsplit(text)
    except ValueError:
        return ""
    if parts.scheme in ("http", "https") and parts.hostname:
        return text
    return text if text.startswith("/") and not text.startswith("//") else ""


def query(value: object) -> str:
    """A value for a query string; ":" and "/" are allowed there and stay readable."""
    return quote(str(value), safe=":/")


def indented(value: object) -> str:
    """JSON to be read. Escaping is left to the template."""
    return json.dumps(value, ensure_ascii=False, indent=2)


@cache
def _environment() -> Environment:
    environment = Environment(
        loader=FileSystemLoader(_HTML),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters |= {"shown": shown, "bare": bare, "safe_href": safe_href, "query": query, "indented": indented}
    environment.globals |= {"qr": _qr, "rosette": _rosette, "asset": _asset}
    return environment


def _text(lang: str, text: str, /, **values: object) -> Markup:
    said = Markup(escape(translator(lang).gettext(text)))  # noqa: S704 - escaped here
    return said.format(**{name: _isolated(value, lang) for name, value in values.items()})


def _plain(lang: str, text: str, /, **values: object) -> str:
    return say(Message(text, **values), lang)


def _said(message: Message | str, lang: str) -> Markup:
    """Set apart, for a text without a translation is English and may run against the page's direction."""
    return Markup("<bdi>{}</bdi>").format(shown(say(message, lang)))


def _isolated(value: object, lang: str) -> Markup:
    if isinstance(value, Markup):
        return value
    if isinstance(value, date):
        return Markup(escape(day(value, lang)))  # noqa: S704 - escaped here
    if isinstance(value, Message):
        return _said(value, lang)
    return Markup("<bdi>{}</bdi>").format(shown(value))


def _words(lang: str) -> dict[str, Callable[[Any], str]]:
    """The certificate's sentences (`templates.wording`) in one language."""
    return {
        "kind": partial(wording.kind, lang=lang),
        "completed": partial(wording.completed, lang=lang),
        "partners": partial(wording.partners, lang=lang),
        "sentence": partial(wording.sentence, lang=lang),
        "part_note": partial(wording.part_note, lang=lang),
        "status_line": partial(wording.status_line, lang=lang),
        "status_since": partial(wording.status_since, lang=lang),
        "until": partial(wording.until, lang=lang),
    }


def _label(control: re.Match[str]) -> str:
    return f'<span class="control">U+{ord(control[0]):04X}</span>'


def _qr(text: str) -> Markup:
    return Markup(qr.svg(text))  # noqa: S704 - drawn by us from modules


def _rosette(digest: bytes) -> Markup:
    return Markup(rosette(digest))  # noqa: S704 - drawn by us from numbers


@cache
def _asset(name: str) -> str:
    """The address of a static file, with a mark of its content so that it may be cached for long."""
    return f"/static/{name}?v={sha256((_STATIC / name).read_bytes()).hexdigest()[:10]}"
