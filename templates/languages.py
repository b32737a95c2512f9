"""Languages: which we speak, how each writes dates and lists, and which of ours a reader likes best.

>>> from datetime import date
>>> day(date(2026, 3, 2), "es"), language_name("zh", "en"), direction("ar")
('2 de marzo de 2026', 'Chinese', 'rtl')
>>> negotiate("fr-CA, es;q=0.8, en;q=0.2")
'es'
"""

from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime
from decimal import Decimal
from functools import cache

from babel import Locale, UnknownLocaleError
from babel.core import get_global
from babel.dates import format_date, format_datetime
from babel.lists import format_list
from babel.numbers import format_decimal

# Languages with a catalogue, each by its own name. A new one is one line here and one PO file.
LANGUAGES: Mapping[str, str] = {"en": "English", "es": "Español", "ar": "العربية"}

FALLBACK = "en"

# ISO 15924 codes of the living scripts that are written from right to left.
_RIGHT_TO_LEFT = frozenset({"Arab", "Hebr", "Syrc", "Thaa", "Nkoo", "Adlm", "Rohg"})

# Day before month in English too; elsewhere CLDR's long form cannot be misread as it is.
_DAY = {"en": "d MMMM y"}

# An Accept-Language header longer than this is somebody's experiment; only its beginning is read.
_MAX_HEADER = 500


def closest(lang: str) -> str:
    """The language in which a text for `lang` is said: itself, its parent ("es-MX" is "es"), or English."""
    return _ours(lang) or FALLBACK


def negotiate(accept_language: str | None) -> str:
    """The language of ours that an `Accept-Language` header (RFC 9110, section 12.5.4) likes best, or English."""
    wishes: list[tuple[float, int, str]] = []
    for place, item in enumerate((accept_language or "")[:_MAX_HEADER].split(",")):
        tag, _, parameter = item.partition(";")
        language = FALLBACK if tag.strip() == "*" else _ours(tag.strip())
        quality = _quality(parameter)
        if language and quality > 0:
            wishes.append((-quality, place, language))
    return min(wishes)[2] if wishes else FALLBACK


def direction(lang: str) -> str:
    """`rtl` for a language written from right to left, such as Arabic or Hebrew; else `ltr`."""
    locale = _locale(lang)
    return "rtl" if locale is not None and _script(locale) in _RIGHT_TO_LEFT else "ltr"


def day(value: date, lang: str) -> str:
    """A date that nobody can misread: "2 March 2026". A datetime is first taken to UTC."""
    if isinstance(value, datetime):
        value = _utc(value)
    return format_date(value, _DAY.get(closest(lang), "long"), locale=_written(lang))


def moment(value: datetime, lang: str) -> str:
    """A point in time: "2 March 2026, 14:05 UTC"."""
    return f"{day(value, lang)}, {format_datetime(_utc(value), 'HH:mm', locale=_written(lang))} UTC"


def decimal(value: Decimal, lang: str) -> str:
    """A number as the language writes it, none of its digits lost."""
    exponent = value.as_tuple().exponent
    if not isinstance(exponent, int):  # infinity and the like
        return str(value)
    digits = max(0, -exponent)
    return format_decimal(value, "#,##0" + ("." + "0" * digits if digits else ""), locale=_written(lang))


def enumeration(items: Sequence[str], lang: str) -> str:
    """ "Duke University, Vanderbilt University and …", as the language joins them."""
    return format_list(items, locale=_written(lang))


def language_name(tag: str, lang: str) -> str:
    """The name of the language `tag` (BCP 47), said in `lang`; the tag itself when nobody knows it.

    "mul" is "multiple languages": it names no locale, but CLDR has a word for it."""
    locale = _locale(tag)
    if locale is None:
        return str(_written(lang).languages.get(tag, tag)).lower()
    return locale.get_display_name(_written(lang)) or tag


def _ours(tag: str) -> str | None:
    wanted = tag.replace("_", "-").lower()
    while wanted:
        if wanted in LANGUAGES:
            return wanted
        wanted = wanted.rpartition("-")[0]
    return None


def _quality(parameter: str) -> float:
    name, _, value = parameter.strip().partition("=")
    if name != "q":
        return 1.0
    try:
        return float(value)
    except ValueError:
        return 0.0


def _written(lang: str) -> Locale:
    """Whose habits dates, numbers and lists follow: the reader's, or English where the texts are English too."""
    return _locale(_habits(closest(lang))) or Locale(FALLBACK)


def _habits(language: str) -> str:
    """International English: no comma before the last "and"."""
    return "en-GB" if language == FALLBACK else language


@cache
def _locale(tag: str) -> Locale | None:
    try:
        return Locale.parse(tag.replace("_", "-"), sep="-")
    except (ValueError, TypeError, UnknownLocaleError):
        return None


def _script(locale: Locale) -> str | None:
    """The script of a language: as the tag says, else the one it is likely in (CLDR: "ar" is "ar_Arab_EG")."""
    likely = str(get_global("likely_subtags").get(locale.language, ""))
    return locale.script or next((part for part in likely.split("_")[1:] if len(part) == 4), None)


def _utc(value: datetime) -> datetime:
    return value.astimezone(UTC) if value.tzinfo else value
