"""Lists of bits, as Bitstring Status List 1.0 and its forerunner Status List 2021 have them: reading.

    entry = read_entry(credential["credentialStatus"])
    value = value_of(entry, list_document, issuer=issuer, now=now, kind=bitstring.KIND)

`read_list` proves the list first. Section and step numbers are those of Bitstring Status List 1.0. `revocation` and
`suspension` end and pause a credential; `message` and `refresh` are said and change nothing; of any other purpose only
0 is understood (section 3.2 step 12).
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from vc import formats
from vc.context_rules import ContextRule
from vc.dates import CLOCK_SKEW, parse_datetime
from vc.errors import (
    Invalid,
    MalformedValue,
    NotSupported,
    RangeError,
    StatusInvalid,
    StatusMalformed,
    StatusUnavailable,
    Unavailable,
)
from vc.packed import LeftFirst
from vc.securing import Expected
from vc.standing import Asker, Question, Standing, State, printable

MAX_SIZE = 8  # bits of one status: 256 messages, each of which stands in every credential

ACCEPT = "application/vc, application/vc+jwt;q=0.9, application/ld+json;q=0.8, application/json;q=0.7"

_INDEX = re.compile(r"(?:0|[1-9][0-9]{0,11})\Z", re.ASCII)
_VALUE = re.compile(r"0x[0-9a-fA-F]{1,4}\Z", re.ASCII)

_STATES: Mapping[str, State] = {
    "revocation": State.REVOKED,
    "suspension": State.SUSPENDED,
    "refresh": State.REFRESH,
}


@dataclass(frozen=True)
class Entry:
    """What an entry says. `messages`: the meaning of each value, or nothing."""

    url: str
    index: int
    purpose: str
    size: int
    messages: tuple[str, ...]
    references: tuple[str, ...]


@dataclass(frozen=True)
class Kind:
    """How lists of this family differ: `decode` reads `encodedList`; `rules`: the contexts that a list may name, by
    the first of them."""

    list_type: str
    subject_type: str
    decode: Callable[..., LeftFirst]
    rules: tuple[ContextRule, ...]


def read_list(question: Question, data: bytes, *, asker: Asker, age: int, kind: Kind) -> Standing:
    """Section 3.2, for any list of this family."""
    found = read_entry(question.entry)
    document = _proved(data, asker=asker, rules=kind.rules)
    value = value_of(found, document, issuer=asker.issuer, now=asker.now, age=age, kind=kind)
    return standing(found, value)


def read_entry(status: dict[str, Any]) -> Entry:
    """Section 2.1. Raises `StatusMalformed` for what breaks a "MUST", `NotSupported` for too large a status."""
    url, index, purpose = (status.get(name) for name in ("statusListCredential", "statusListIndex", "statusPurpose"))
    if not isinstance(url, str) or not isinstance(purpose, str) or not url or not purpose:
        raise StatusMalformed("The credential's status names no list or no purpose.")
    if not isinstance(index, str) or not _INDEX.match(index):
        raise StatusMalformed(
            "The credential's status index {index} is no plain decimal number.", index=repr(index)[:40]
        )
    if status.get("id") == url:
        raise StatusMalformed("The credential's status has the same id as the list, {url}.", url=url[:120])
    references = status.get("statusReference", [])
    references = references if isinstance(references, list) else [references]
    if not all(isinstance(reference, str) for reference in references):
        raise StatusMalformed("A statusReference is not a URL.")
    size = _size(status)
    return Entry(url, int(index), purpose, size, _messages(status, size), tuple(references))


def value_of(entry: Entry, document: dict[str, Any], *, issuer: str, now: datetime, age: int = 0, kind: Kind) -> int:
    """Section 3.2, steps 4 to 10, on a list whose proof was verified by the caller.

    `document`: what the list's proof covers. Raises `StatusInvalid` when the list is not one that can speak
    for this credential, `StatusUnavailable` when it is out of date.
    """
    # (4) it is the list that was asked for, by the same issuer
    types = document.get("type")
    if not isinstance(types, list) or kind.list_type not in types:
        raise StatusInvalid("What was found at {url} is no status list.", url=entry.url)
    if document.get("id") != entry.url:
        raise StatusInvalid(
            "The status list at {url} says it is {other!r}.", url=entry.url, other=str(document.get("id"))[:120]
        )
    by = document.get("issuer")
    by = by.get("id") if isinstance(by, dict) else by
    if by != issuer:
        raise StatusInvalid("The status list was signed by {other}, not by the credential's issuer.", other=by)
    # (5) it is current
    _check_time(document, now)
    # (6) it is about the same purpose, in statuses of the same size
    subject = document.get("credentialSubject")
    if not isinstance(subject, dict) or subject.get("type") not in (kind.subject_type, [kind.subject_type]):
        raise StatusInvalid("The status list holds no {type}.", type=kind.subject_type)
    purposes = subject.get("statusPurpose")
    if entry.purpose not in (purposes if isinstance(purposes, list) else [purposes]):
        raise StatusInvalid("The status list is not about {purpose}.", purpose=entry.purpose[:40])
    if "statusSize" in subject and subject["statusSize"] != entry.size:
        raise StatusInvalid("The status list has statuses of another size than the credential says.")
    _check_ttl(subject, age)
    # (7 to 10) unpack, check the length, read the bits
    encoded = subject.get("encodedList")
    if not isinstance(encoded, str):
        raise StatusMalformed("The status list holds no encodedList.")
    return kind.decode(encoded, size=entry.size).get(entry.index)


def standing(entry: Entry, value: int) -> Standing:
    """Section 3.2, steps 11 to 14."""
    words: str | None = entry.messages[value] if entry.messages else None
    if entry.purpose == "message":
        words = ("unset", "set")[value] if words is None else words
        return Standing(State.MESSAGE, entry.purpose, value, printable(words), entry.references)
    state = State.HOLDS if value == 0 else _STATES.get(entry.purpose, State.UNCLEAR)
    return Standing(state, entry.purpose, value, printable(words), entry.references)


def _proved(data: bytes, *, asker: Asker, rules: tuple[ContextRule, ...]) -> dict[str, Any]:
    """What the proof of the list in `data` covers. Raises `StatusUnavailable` or `StatusInvalid`."""
    try:
        secured = formats.read(data)
        named = secured.document.get("@context")
        first = named[0] if isinstance(named, list) and named else named
        rule = next((rule for rule in rules if rule.first == first), rules[0])
        expected = Expected(now=asker.now, rule=rule, shapes=asker.shapes)
        return formats.verify(secured, dereference=asker.dereference, expected=expected).document
    except Unavailable as error:
        raise StatusUnavailable(
            "Whether it was revoked cannot be told now: the issuer's list cannot be checked ({reason})",
            reason=str(error),
        ) from error
    except RangeError as error:  # its proof has ended, or has not begun
        raise StatusUnavailable(
            "The status list that could be had is out of date ({reason})", reason=str(error)
        ) from error
    except Invalid as error:
        raise StatusInvalid("The issuer's status list cannot be trusted: {reason}", reason=str(error)) from error


def _size(status: dict[str, Any]) -> int:
    size = status.get("statusSize", 1)
    if not isinstance(size, int) or isinstance(size, bool) or size < 1:
        raise StatusMalformed("The credential's statusSize {size} is no number of bits.", size=repr(size)[:40])
    if size > MAX_SIZE:
        raise NotSupported("Statuses of {size} bits are not read here; at most {most} are.", size=size, most=MAX_SIZE)
    return size


def _messages(status: dict[str, Any], size: int) -> tuple[str, ...]:
    """`statusMessage`, one text for each value, in their order."""
    if "statusMessage" not in status and size == 1:
        return ()
    found: dict[int, str] = {}
    listed = status.get("statusMessage")
    for said in listed if isinstance(listed, list) else []:
        value, message = (said.get("status"), said.get("message")) if isinstance(said, dict) else (None, None)
        if isinstance(value, str) and _VALUE.match(value) and isinstance(message, str):
            found[int(value, 16)] = message
    if sorted(found) != list(range(2**size)) or len(listed or ()) != 2**size:
        raise StatusMalformed(
            "The credential's statusMessage does not say once for each of {count} values what it means.", count=2**size
        )
    return tuple(found[value] for value in range(2**size))


def _check_time(document: dict[str, Any], now: datetime) -> None:
    """VCDM 2.0 names the members `validFrom` and `validUntil`, VCDM 1.1 `issuanceDate` and `expirationDate`."""
    try:
        starts = [parse_datetime(document[name]) for name in ("validFrom", "issuanceDate") if name in document]
        ends = [parse_datetime(document[name]) for name in ("validUntil", "expirationDate") if name in document]
    except MalformedValue as error:
        raise StatusMalformed("The status list's validity cannot be read: {reason}", reason=str(error)) from error
    if any(now + CLOCK_SKEW < start for start in starts):
        raise StatusInvalid("The status list is not valid yet.")
    if any(end <= now for end in ends):
        raise StatusUnavailable("The status list that could be had is out of date.")


def _check_ttl(subject: dict[str, Any], age: int) -> None:
    """Section 2.2: milliseconds. Only what was kept, because its source could not be reached, can be too old."""
    ttl = subject.get("ttl")
    if ttl is None:
        return
    if not isinstance(ttl, int) or isinstance(ttl, bool) or ttl < 0:
        raise StatusMalformed("The status list's ttl {ttl} is no number of milliseconds.", ttl=repr(ttl)[:40])
    if age * 1000 > ttl:
        raise StatusUnavailable("The status list that could be had is out of date.")
