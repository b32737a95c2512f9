"""What a status list says of one credential, in words that all kinds of lists share: the seam of `vc.status`.

A status type reads an entry of a credential and says where to ask (`question`); the caller fetches; then the status
type says what the answer means (`answer`). It never fetches, and it never believes a list that is not proved to be the
issuer's own.

    question = status_type.question(entry)
    standing = status_type.answer(question, fetch(question.url), asker=asker, age=0)
    standing.state is State.HOLDS
"""

from dataclasses import dataclass
from datetime import datetime
from enum import IntEnum
from typing import Any, Protocol

from vc.compiled import Shapes
from vc.securing import Dereference

MAX_WORDS = 200  # characters of an issuer's own words that are passed on; a page shows them on a line or two


class State(IntEnum):
    """The larger, the worse; of several statuses the worst counts."""

    HOLDS = 0
    MESSAGE = 1  # the issuer says something that neither ends nor pauses the credential
    REFRESH = 2  # there is a newer edition; this one still holds
    UNCLEAR = 3  # something is set whose meaning only the issuer knows
    SUSPENDED = 4
    REVOKED = 5


@dataclass(frozen=True)
class Question:
    """Where the answer lies (`url`) and in which media types it can be read (`accept`), for `entry` as it was read.
    `binding`: whether the answer can end or pause the credential; what is merely said may also stay unknown."""

    url: str
    accept: str
    entry: dict[str, Any]
    binding: bool = True


@dataclass(frozen=True)
class Asker:
    """Whose status is asked for: the `issuer` and the id (or None) of a credential that is proved, and the `now`.
    `shapes`: for the list's proof, see `vc.securing.Expected`."""

    issuer: str
    credential: str | None
    dereference: Dereference
    now: datetime
    shapes: Shapes | None = None


@dataclass(frozen=True)
class Standing:
    """`purpose`: in the list's own word; `value`: the number in the list; `words`: what the issuer says about this
    value; `references`: URLs that tell more."""

    state: State
    purpose: str
    value: int = 0
    words: str | None = None
    references: tuple[str, ...] = ()


class StatusType(Protocol):
    def question(self, entry: dict[str, Any]) -> Question:
        """Raises `StatusInvalid` for an entry that breaks its specification, `NotSupported` for what is not read."""

    def answer(self, question: Question, data: bytes, *, asker: Asker, age: int) -> Standing:
        """`age`: for how many seconds `data` was kept because its source could not be reached.

        Raises `StatusInvalid` when the list is not one that can speak for this credential, `StatusUnavailable` when
        nothing can be told from it now.
        """


def printable(text: Any) -> str | None:
    """An issuer's words without what could disguise them on a page (controls, changes of direction), at most
    `MAX_WORDS` long; None when there are none."""
    if not isinstance(text, str):
        return None
    return "".join(letter for letter in text[: 4 * MAX_WORDS] if letter.isprintable()).strip()[:MAX_WORDS] or None
