"""What the pages say, in the reader's language.

Catalogues are gettext PO files, `locale/<language>/LC_MESSAGES/testamur.po`; the msgid is the English text. They are
read at run time, once per language, so nothing has to be compiled. A text without a translation is said in English.

    >>> from datetime import date
    >>> say(Message("Revoked on {date}.", date=date(2026, 3, 2)), "en")
    'Revoked on 2 March 2026.'
"""

import io
from functools import cache
from gettext import GNUTranslations, NullTranslations
from pathlib import Path

from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po

from templates.languages import (
    LANGUAGES,
    closest,
    day,
    direction,
    enumeration,
    language_name,
    moment,
    negotiate,
)
from templates.messages import Message

__all__ = [
    "LANGUAGES",
    "closest",
    "day",
    "direction",
    "enumeration",
    "language_name",
    "moment",
    "negotiate",
    "say",
    "translator",
]

CATALOGUES = Path(__file__).parent / "locale"
DOMAIN = "testamur"


def say(message: Message | str, lang: str) -> str:
    """The message in `lang`, its values put in: dates as "2 March 2026", numbers and lists as the language writes
    them, messages inside messages said likewise. A bare string is only translated. An unknown language is English.
    """
    translate = translator(lang).gettext
    if isinstance(message, str):
        return translate(message) if message else ""
    return message.said(lang, translate)


def translator(lang: str) -> NullTranslations:
    """The catalogue for `lang` (gettext semantics: `gettext`, `ngettext`); English texts when there is none."""
    return _catalogue(closest(lang))


@cache
def _catalogue(language: str) -> NullTranslations:
    with (CATALOGUES / language / "LC_MESSAGES" / f"{DOMAIN}.po").open("rb") as source:
        catalogue = read_po(source, locale=language, domain=DOMAIN)
    compiled = io.BytesIO()
    write_mo(compiled, catalogue)  # gettext's own reader then does the looking up and the plurals
    compiled.seek(0)
    return GNUTranslations(compiled)
