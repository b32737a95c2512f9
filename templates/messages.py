"""Text that people read, apart from the language they read it in.

A `Message` is an English template and its values. `str(message)` is English; `templates.i18n` says it in another
language. Domain code makes messages and never asks which language the reader has.

    >>> from datetime import date
    >>> str(Message("Revoked on {date}: {reason}", date=date(2026, 3, 2), reason="grade corrected"))
    'Revoked on 2 March 2026: grade corrected'
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Any

from templates import languages

_WORDLESS = re.compile(r"(\{\w+\}|[^\w{}])*")


@dataclass(frozen=True, init=False)
class Message:
    """`text`: a `str.format` template, the key of the message catalogue; `params`: its values (dates as dates).

    A value may be a message itself, or a tuple of values, which becomes an enumeration.
    """

    text: str
    params: Mapping[str, Any] = field(default_factory=dict)

    def __init__(self, text: str, /, **params: Any) -> None:
        object.__setattr__(self, "text", text)
        object.__setattr__(self, "params", params)

    def __str__(self) -> str:
        return self.said("en", lambda text: text)

    def said(self, lang: str, translate: Callable[[str], str]) -> str:
        """The text, translated and with its values as `lang` writes them.

        A text without a translation is English, its dates and numbers too; one without words, such as "{a}: {b}", is
        in every language. A translation that asks for a value which
        is not there is passed over for English. Raises `KeyError` when the English text does so itself.
        """
        translated = translate(self.text) if self.text else ""
        habits = lang if translated != self.text or _WORDLESS.fullmatch(self.text) else "en"
        values = {name: _written(value, habits, lang, translate) for name, value in self.params.items()}
        try:
            return translated.format(**values)
        except (LookupError, ValueError, AttributeError):
            return self.text.format(**values)


def _written(value: Any, habits: str, lang: str, translate: Callable[[str], str]) -> Any:
    """`habits`: the language whose dates and numbers are used; `lang`: the reader's, for messages inside messages."""
    if isinstance(value, Message):
        return value.said(lang, translate)
    if isinstance(value, date):  # a datetime is one too
        return languages.day(value, habits)
    if isinstance(value, Decimal):
        return languages.decimal(value, habits)
    if isinstance(value, tuple | list):
        written = [str(_written(item, habits, lang, translate)) for item in value]
        return languages.enumeration(written, habits)
    return value
