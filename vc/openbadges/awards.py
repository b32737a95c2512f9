"""What an issuer knows when it awards: plain values from which `build` makes a credential."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Literal


@dataclass(frozen=True)
class Issuer:
    """Open Badges 3.0 Profile. `id`: the DID that signs."""

    id: str
    name: str
    url: str
    image: str | None = None
    description: str | None = None


@dataclass(frozen=True)
class Recipient:
    """`name`: exactly as given. `email` leaves only as a hash with `salt`. `id`: a DID of the learner, if known."""

    name: str
    id: str | None = None
    email: str | None = None
    salt: str | None = None


@dataclass(frozen=True)
class Achievement:
    """One language edition of a course or program. `other_languages`: (language, achievement id) of the others."""

    id: str
    code: str
    title: str
    description: str
    criteria_id: str
    narrative: str
    language: str
    version: str
    tags: tuple[str, ...] = ()
    image: str | None = None
    hours: int | None = None
    other_languages: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True)
class CourseAward:
    """A Course Certificate to be. `status`: a `credentialStatus` entry."""

    id: str
    issuer: Issuer
    recipient: Recipient
    achievement: Achievement
    completed_on: date
    awarded: datetime
    valid_from: datetime
    status: dict[str, Any]
    image: str | None = None
    capstone: bool = False
    grade: str | None = None
    narrative: str | None = None


@dataclass(frozen=True)
class IncludedPart:
    """One course, or the capstone, of a program: its Course Certificate and the digest of that one's exact bytes."""

    code: str
    title: str
    kind: Literal["course", "capstone"]
    achievement_id: str
    credential_id: str
    verify_url: str
    awarded: date
    digest: str
    narrative: str | None = None


@dataclass(frozen=True)
class ProgramAward:
    """A Specialization or XSeries certificate to be, with its parts in the program's order."""

    id: str
    issuer: Issuer
    recipient: Recipient
    achievement: Achievement
    parts: tuple[IncludedPart, ...]
    awarded: datetime
    valid_from: datetime
    status: dict[str, Any]
    image: str | None = None
