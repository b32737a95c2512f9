"""Organizations, and the courses and sessions that they offer: plain frozen data, stored as JSON and read back equal.

Languages are BCP 47 tags; money is a `Decimal` of US dollars.

    >>> course = Course("r", 1, "jhu", {"en": "R", "es": "Erre"}, {}, 20, (), Decimal(49))
    >>> course.title("es"), course.title("ko"), course.languages
    ('Erre', 'R', ('en', 'es'))
"""

from bisect import bisect_left
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from functools import cached_property
from typing import Any, Literal

CourseKind = Literal["course", "capstone"]


@dataclass(frozen=True)
class Organization:
    """`demonstration`: the installation is not theirs, and the name says so. `contact`: where its registrar reads
    e-mail, for messages about what needs a person. `shares_with`: codes of the organizations whose programs may ask for
    its courses, and name it as a partner."""

    code: str
    name: str
    url: str
    demonstration: bool = False
    contact: str | None = None
    shares_with: tuple[str, ...] = ()

    def to_json(self) -> dict[str, Any]:
        return {
            "code": self.code,
            "name": self.name,
            "url": self.url,
            "demonstration": self.demonstration,
            "contact": self.contact,
            "shares_with": list(self.shares_with),
        }

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> "Organization":
        """Also as it was stored before the last two members were there."""
        return cls(
            code=data["code"],
            name=data["name"],
            url=data["url"],
            demonstration=data["demonstration"],
            contact=data.get("contact"),
            shares_with=tuple(data.get("shares_with", ())),
        )


@dataclass(frozen=True)
class Session:
    """One offering of a course (F2). `code` is unique within the course; both days are included."""

    code: str
    course: str
    start: date
    end: date
    language: str

    def to_json(self) -> dict[str, Any]:
        return {
            "code": self.code,
            "course": self.course,
            "start": self.start.isoformat(),
            "end": self.end.isoformat(),
            "language": self.language,
        }

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> "Session":
        start, end = date.fromisoformat(data["start"]), date.fromisoformat(data["end"])
        return cls(data["code"], data["course"], start, end, data["language"])


@dataclass(frozen=True)
class Course:
    """A course or capstone. `titles` has one entry for each language that it is offered in; `fee` is what the
    certificate costs (F9); `replaces` names the codes of older courses whose certificates count for this one."""

    code: str
    version: int
    organization: str
    titles: Mapping[str, str]
    descriptions: Mapping[str, str]
    hours: int | None
    skills: tuple[str, ...]
    fee: Decimal
    kind: CourseKind = "course"
    sessions: tuple[Session, ...] = ()
    replaces: tuple[str, ...] = ()

    @property
    def languages(self) -> tuple[str, ...]:
        return tuple(sorted(self.titles))

    def title(self, language: str | None = None) -> str:
        """In that language, else in English, else in the first language by alphabet."""
        return in_language(self.titles, language)

    def description(self, language: str | None = None) -> str:
        """As `title`; the title itself where there is no description."""
        return in_language(self.descriptions, language) if self.descriptions else self.title(language)

    def session(self, code: str) -> Session | None:
        return next((session for session in self.sessions if session.code == code), None)

    def next_session(self, on: date, language: str | None = None) -> Session | None:
        """The earliest session that starts on that day or later, in that language or in any."""
        sessions = self._by_start.get(language, ())
        place = bisect_left(sessions, on, key=lambda session: session.start)
        return sessions[place] if place < len(sessions) else None

    def next_sessions(self, on: date, language: str | None = None, *, most: int) -> tuple[Session, ...]:
        """As `next_session`, and those after it."""
        sessions = self._by_start.get(language, ())
        place = bisect_left(sessions, on, key=lambda session: session.start)
        return sessions[place : place + most]

    @cached_property
    def _by_start(self) -> Mapping[str | None, tuple[Session, ...]]:
        """The sessions of each language, and of all under None. Asked for in every decision, so sorted once."""
        ordered = sorted(self.sessions, key=lambda session: (session.start, session.code))
        found: dict[str | None, tuple[Session, ...]] = {None: tuple(ordered)}
        for language in self.titles:
            found[language] = tuple(session for session in ordered if session.language == language)
        return found

    def to_json(self) -> dict[str, Any]:
        return {
            "code": self.code,
            "version": self.version,
            "organization": self.organization,
            "titles": dict(self.titles),
            "descriptions": dict(self.descriptions),
            "hours": self.hours,
            "skills": list(self.skills),
            "fee": str(self.fee),
            "kind": self.kind,
            "sessions": [session.to_json() for session in self.sessions],
            "replaces": list(self.replaces),
        }

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> "Course":
        return cls(
            code=data["code"],
            version=data["version"],
            organization=data["organization"],
            titles=dict(data["titles"]),
            descriptions=dict(data["descriptions"]),
            hours=data["hours"],
            skills=tuple(data["skills"]),
            fee=Decimal(data["fee"]),
            kind=data["kind"],
            sessions=tuple(Session.from_json(session) for session in data["sessions"]),
            replaces=tuple(data["replaces"]),
        )


def in_language(texts: Mapping[str, str], language: str | None) -> str:
    """The text in that language, else in English, else in the first language by alphabet."""
    for tag in (language, "en"):
        if tag is not None and tag in texts:
            return texts[tag]
    return texts[min(texts)]
