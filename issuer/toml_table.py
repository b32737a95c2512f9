"""A TOML table read with its mouth open: every value that is wrong is noted, and reading goes on.

Each getter returns what the table says, or a harmless stand-in after noting a problem; `finish` notes the keys that
nobody asked for, so that a misspelt word is not silently nothing. All problems of a file come out at once.
"""

import re
from datetime import date, datetime
from decimal import Decimal, InvalidOperation
from typing import Any, Self, TypeVar

from issuer.problems import Problem, did_you_mean
from templates.messages import Message

# They stand in addresses, so they are kept to what needs no escaping there.
CODE = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")
# BCP 47 (RFC 5646), section 2.1, as far as a course needs it: language, then subtags.
LANGUAGE = re.compile(r"[A-Za-z]{2,3}(-[A-Za-z0-9]{2,8})*")


_T = TypeVar("_T")


class Table:
    """`where`: the path of this table in its file, such as `courses[2]`."""

    def __init__(self, data: dict[str, Any], file: str, where: str, problems: list[Problem]) -> None:
        self._data = data
        self._asked: set[str] = set()
        self.file = file
        self.where = where
        self.problems = problems

    def note(self, key: str, message: Message, hint: Message) -> None:
        where = f"{self.where}.{key}" if self.where and key else self.where or key
        self.problems.append(Problem(self.file, Message("{path}", path=where), message, hint))

    def has(self, key: str) -> bool:
        return key in self._data

    def text(self, key: str, default: str | None = None) -> str:
        value = self._get(key, default)
        if isinstance(value, str) and (value.strip() or value == default):
            return value
        return self._wrong(key, value, Message("Write some text between quotation marks"), "")

    def code(self, key: str) -> str:
        value = self.text(key)
        if value and not CODE.fullmatch(value):
            hint = Message("Use lower-case letters, digits and single hyphens, such as r-programming")
            return self._wrong(key, value, hint, value)
        return value

    def one_of(self, key: str, allowed: tuple[str, ...], default: str) -> str:
        value = self._get(key, default)
        if value not in allowed:
            return self._wrong(key, value, Message("Write one of: {allowed}", allowed=", ".join(allowed)), default)
        return str(value)

    def texts(self, key: str, *, required: bool = False) -> dict[str, str]:
        """Texts by language."""
        value = self._get(key, None if required else {})
        hint = Message("Write a table of texts by language, such as {example}", example='{ en = "R Programming" }')
        if not isinstance(value, dict) or (required and not value):
            return self._wrong(key, value, hint, {})
        for language, text in value.items():
            self.language(f"{key}.{language}", language)
            if not isinstance(text, str) or not text.strip():
                self._wrong(f"{key}.{language}", text, Message("Write some text between quotation marks"), "")
        return {language: text for language, text in value.items() if isinstance(text, str)}

    def strings(self, key: str) -> tuple[str, ...]:
        value = self._get(key, [])
        if not isinstance(value, list) or not all(isinstance(one, str) and one for one in value):
            return self._wrong(
                key, value, Message("Write a list of texts, such as {example}", example='["a", "b"]'), ()
            )
        return tuple(value)

    def language(self, key: str, value: str) -> str:
        if not LANGUAGE.fullmatch(value):
            return self._wrong(key, value, Message("Write a language tag (BCP 47) such as en, es or zh"), value)
        return value

    def whole(self, key: str, default: int | None = None, *, least: int = 1, most: int = 10_000) -> int:
        value = self._get(key, default)
        if isinstance(value, bool) or not isinstance(value, int) or not least <= value <= most:
            hint = Message("Write a whole number from {least} to {most}", least=least, most=most)
            return self._wrong(key, value, hint, least)
        return value

    def money(self, key: str, default: str | None = None) -> Decimal:
        """Dollars: a whole number, or a text with cents. A float is refused: it has no exact cents."""
        value = self._get(key, default)
        hint = Message('Write dollars as 49 or, with cents, as "49.50"')
        if isinstance(value, bool) or not isinstance(value, int | str):
            return self._wrong(key, value, hint, Decimal(0))
        try:
            amount = Decimal(value)
        except InvalidOperation:
            return self._wrong(key, value, hint, Decimal(0))
        if not amount.is_finite() or amount < 0 or amount != round(amount, 2):
            return self._wrong(key, value, hint, Decimal(0))
        return amount

    def day(self, key: str) -> date | None:
        """A TOML local date; None when the key is absent."""
        if not self.has(key):
            self._asked.add(key)
            return None
        value = self._get(key, None)
        if not isinstance(value, date) or isinstance(value, datetime):
            return self._wrong(key, value, Message("Write a date without quotation marks, such as 2026-04-03"), None)
        return value

    def needed_day(self, key: str) -> date:
        if (day := self.day(key)) is None and not self.has(key):
            return self._wrong(key, None, Message("Write a date without quotation marks, such as 2026-04-03"), date.min)
        return day or date.min

    def yes(self, key: str) -> bool:
        value = self._get(key, False)
        if not isinstance(value, bool):
            return self._wrong(key, value, Message("Write true or false"), False)
        return value

    def raw(self, key: str) -> Any:
        """The value as it stands, None when absent; what it means is for the caller to judge."""
        return self._get(key, None)

    def tables(self, key: str) -> list[Self]:
        value = self._get(key, [])
        if not isinstance(value, list) or not all(isinstance(one, dict) for one in value):
            return self._wrong(key, value, Message("Write a list of tables, such as [[{key}]]", key=key), [])
        prefix = f"{self.where}.{key}" if self.where else key
        return [type(self)(one, self.file, f"{prefix}[{number}]", self.problems) for number, one in enumerate(value, 1)]

    def finish(self) -> None:
        for key in self._data:
            if key not in self._asked:
                self.note(key, Message("The key {key} is not known here", key=key), did_you_mean(key, self._asked))

    def _get(self, key: str, default: Any) -> Any:
        self._asked.add(key)
        return self._data.get(key, default)

    def _wrong(self, key: str, value: Any, hint: Message, instead: _T) -> _T:
        if value is None:
            self.note(key, Message("{key} is missing", key=key), hint)
        else:
            self.note(key, Message("“{value}” cannot be {key}", value=str(value)[:60], key=key), hint)
        return instead
