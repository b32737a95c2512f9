"""How `generate.py` writes what learners did: their rows, session by session, and choices that are always the same.

Every choice comes from a hash of what is chosen, so that nothing depends on a random generator. Of the catalogue beside
it as much is read as is needed.
"""

import hashlib
import tomllib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from pathlib import Path
from typing import Any, TypeVar

HERE = Path(__file__).parent
COLUMNS = (
    *("learner", "name", "email", "course", "session", "language"),
    *("outcome", "grade", "completed_on", "identity_verified", "fee_paid", "narrative"),
)
FIRST_SESSION = date(2024, 1, 8)

NARRATIVES = {
    (course, language): tuple(texts)
    for course, editions in tomllib.loads((HERE / "narratives.toml").read_text("utf-8")).items()
    for language, texts in editions.items()
}

_T = TypeVar("_T")


@dataclass(frozen=True)
class Course:
    code: str
    weeks: int
    every: int
    capstone: bool


@dataclass
class Learner:
    id: str
    name: str
    rows: list[dict[str, str]] = field(default_factory=list)


def choose(options: Sequence[_T], *about: object) -> _T:
    """One of the options: always the same for the same `about`."""
    digest = hashlib.sha256("/".join(map(str, about)).encode()).digest()
    return options[int.from_bytes(digest[:8], "big") % len(options)]


def shuffled(options: Sequence[_T], *about: object) -> list[_T]:
    return sorted(options, key=lambda one: hashlib.sha256("/".join(map(str, (*about, one))).encode()).digest())


class Catalogue:
    """As much of the catalogue as is needed here."""

    def __init__(self, folder: Path) -> None:
        self.courses: dict[str, Course] = {}
        self.rules: dict[str, dict[str, Any]] = {}
        for path in sorted(folder.glob("*.toml")):
            data: dict[str, Any] = tomllib.loads(path.read_text("utf-8"))
            for one in data.get("courses", []):
                if "runs" not in one:  # retired: nobody takes it any more
                    continue
                run = one["runs"][0]
                capstone = one.get("kind") == "capstone"
                self.courses[one["code"]] = Course(one["code"], run["weeks"], run["every_weeks"], capstone)
            for one in data.get("programs", []):
                self.rules[one["code"]] = one["rule"]
        self.programs = {code: tuple(self._named(rule)) for code, rule in self.rules.items()}
        in_programs = {code for codes in self.programs.values() for code in codes}
        self.single = sorted(set(self.courses) - in_programs)

    def _named(self, rule: dict[str, Any]) -> Iterator[str]:
        """The courses that a rule names, programs inside it unfolded."""
        if "program" in rule:
            yield from self._named(self.rules[rule["program"]])
        for part in rule.get("all_of", rule.get("of", ())):
            yield from self._named(part)
        yield from (rule[key] for key in ("course", "capstone") if key in rule)


class Writer:
    """Writes the rows of learners, session by session."""

    def __init__(self, catalogue: Catalogue) -> None:
        self.catalogue = catalogue
        self.learners: list[Learner] = []

    def learner(self, id: str, name: str) -> Learner:
        self.learners.append(Learner(id, name))
        return self.learners[-1]

    def enrol(self, who: Learner, program: str, on: date, *, fee_paid: bool = False) -> None:
        self._add(who, course=program, completed_on=on.isoformat(), fee_paid=_yes(fee_paid))

    def take(
        self,
        who: Learner,
        code: str,
        language: str = "en",
        *,
        after: date = FIRST_SESSION,
        session: str | None = None,
        outcome: str = "passed",
        identity: bool = True,
        paid: bool = True,
        grade: str = "",
    ) -> date:
        """One attempt in the first session that starts on `after` or later; the day on which it ended."""
        course = self.catalogue.courses.get(code, Course(code, 4, 4, False))
        start = FIRST_SESSION
        while start < after:
            start += timedelta(weeks=course.every)
        end = start + timedelta(weeks=course.weeks) - timedelta(days=choose((1, 2, 3, 4), who.id, code, start))
        low, high = {"passed": (70, 100), "failed": (20, 59), "in_progress": (0, 0)}[outcome]
        grade = grade or choose(
            [str(half / 2).removesuffix(".0") for half in range(2 * low, 2 * high + 1)], who.id, code, start
        )
        narratives = NARRATIVES.get((code, language), ()) if outcome == "passed" and course.capstone else ()
        self._add(
            who,
            course=code,
            session=session or f"{start.isoformat()}-{language}",
            language=language,
            outcome=outcome,
            grade="" if outcome == "in_progress" else grade,
            completed_on="" if outcome == "in_progress" else end.isoformat(),
            identity_verified=_yes(identity),
            fee_paid=_yes(paid),
            narrative=choose(narratives, who.id, code) if narratives else "",
        )
        return end

    def all_of(
        self,
        who: Learner,
        program: str,
        language: str = "en",
        *,
        without: Sequence[str] = (),
        after: date | None = None,
    ) -> date:
        """The program's courses, two at a time, then its capstone; the day on which the last one ended."""
        after = after or choose([FIRST_SESSION + timedelta(weeks=4 * n) for n in range(8)], who.id)
        codes = [code for code in self.catalogue.programs[program] if code not in without]
        ends = [after]
        for first in range(0, len(codes), 2):
            ends = [self.take(who, code, language, after=max(ends)) for code in codes[first : first + 2]]
        return max(ends)

    def _add(self, who: Learner, **cells: str) -> None:
        row = {"learner": who.id, "name": who.name, "email": f"{who.id}@example.org"} | cells
        who.rows.append({column: row.get(column, "") for column in COLUMNS})


def _yes(answer: bool) -> str:
    return "yes" if answer else "no"
