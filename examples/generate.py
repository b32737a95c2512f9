"""Makes `completions.csv` and `completions-with-problems.csv`: the same bytes at every run.

    python examples/generate.py

Everybody in them is made up (`names.txt`), and so is what they built (`narratives.toml`). Every choice comes from a
hash of what is chosen, so that nothing depends on a random generator. The learners `case-01` to `case-18` are the
worked cases of `docs/eligibility.md`; `p-…` follow a program; `s-…` took single courses. Needs Python's standard
library and the catalogue beside it.
"""

import csv
import hashlib
import io
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
LAST_SESSION = date(2025, 10, 1)

ANDROID = "mobile-cloud-android"
REASONING = "reasoning-data-writing"
DATA_SCIENCE = "data-science"
TEACHING = "foundations-of-teaching"
COMPUTER_SCIENCE = "computer-science-foundations"
STUDY_SKILLS = "study-skills"
MENDING = "mending-things"
MATERIALS = "materials"

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


def cases(out: Writer) -> None:
    """The worked cases, by their numbers."""
    at = FIRST_SESSION + timedelta(weeks=8)
    who = out.learner("case-01", "Philippa Nonesuch")
    out.all_of(who, ANDROID)

    who = out.learner("case-02", "Żaklina Fikcyjko")  # a certificate from before the enrolment
    out.take(who, "android-handheld")
    out.enrol(who, ANDROID, date(2024, 6, 3))
    out.all_of(who, ANDROID, without=["android-handheld"], after=date(2024, 6, 10))

    who = out.learner("case-03", "Günther Erdachtmann")  # passed, not paid
    out.all_of(who, REASONING, without=["data-analysis-inference"])
    out.take(who, "data-analysis-inference", paid=False)

    who = out.learner("case-04", "Ευφροσύνη Φανταστίδου")  # identity not verified
    out.all_of(who, REASONING, without=["data-analysis-inference"])
    out.take(who, "data-analysis-inference", identity=False)

    who = out.learner("case-05", "幻美兰")  # course 1 in Chinese, the rest in English
    out.take(who, "data-scientists-toolbox", "zh")
    out.all_of(who, DATA_SCIENCE, without=["data-scientists-toolbox"], after=at)

    who = out.learner("case-06", "虚建国")  # and taken again in English
    out.take(who, "data-scientists-toolbox", "zh")
    end = out.all_of(who, DATA_SCIENCE, without=["data-scientists-toolbox"], after=at)
    out.take(who, "data-scientists-toolbox", after=end)

    who = out.learner("case-07", "Begoña Imaginaria Ficticia")  # two full languages
    end = out.all_of(who, REASONING, "es", after=FIRST_SESSION)
    out.all_of(who, REASONING, "en", after=end)

    who = out.learner("case-08", "Семён Выдумкин")  # failed twice, passed in the third session
    out.all_of(who, ANDROID, without=["software-architectures"])
    end = out.take(who, "software-architectures", outcome="failed")
    end = out.take(who, "software-architectures", after=end, outcome="failed")
    out.take(who, "software-architectures", after=end)

    who = out.learner("case-09-a", "Çiğdem Hayalgil")  # no capstone
    out.all_of(who, REASONING, "es", without=["reasoning-capstone"])
    who = out.learner("case-09-b", "Conceição Quimérinho")  # the capstone in another language
    end = out.all_of(who, REASONING, "es", without=["reasoning-capstone"])
    out.take(who, "reasoning-capstone", "en", after=end)

    who = out.learner("case-10", "Tāwhiri Pakiwaitara")  # in reverse order, two at once
    after = FIRST_SESSION
    for several in (
        ["mobile-cloud-capstone"],
        ["android-cloud-services", "software-architectures"],
        ["android-handheld"],
    ):
        after = max(out.take(who, code, after=after) for code in several)

    who = out.learner("case-11", "Řehoř Smyšlenička")  # two certificates for one course: revoke the first
    end = out.all_of(who, ANDROID)
    out.take(who, "android-handheld", after=end)

    who = out.learner("case-12", "Ásdís Uppspunadóttir")  # one certificate for each: revoke any
    out.all_of(who, ANDROID)

    who = out.learner("case-13", "Owen Nowhereman")  # XSeries, six of seven
    out.enrol(who, COMPUTER_SCIENCE, date(2024, 1, 5), fee_paid=True)
    out.all_of(who, COMPUTER_SCIENCE, without=["computation-structures-3"])

    who = out.learner("case-14", "Íñigo de la Quimera")  # an older course, in a session that is listed no more
    out.take(who, "computing-for-data-analysis", "es", session="2014-spring-es")
    out.all_of(who, DATA_SCIENCE, "es", without=["r-programming"], after=at)

    who = out.learner("case-15", "Tiriki Madeupton")  # a program that is not active yet
    out.all_of(who, STUDY_SKILLS)

    who = out.learner("case-16", "Łucja Zmyślińska")  # delivered out of order, and one row twice
    out.all_of(who, ANDROID)
    who.rows = [*reversed(who.rows), who.rows[0]]

    for part, name in (
        ("a", "Nguye\u0302\u0303n Thi\u0323 Tu\u031bo\u031b\u0309ng Tu\u031bo\u031b\u0323ng"),  # combining marks
        ("b", "عائشة بنت خيال المُختَلَقة"),  # right to left
        ("c", "Madonella"),  # a single name
    ):
        out.all_of(out.learner(f"case-17-{part}", name), REASONING)

    for part, name, electives, grade in (
        ("a", "Iolanthe Makebelief", ("mending-clothes", "mending-chairs"), "75"),  # two electives of three
        ("b", "Naïma Sansréalité", ("mending-radios",), "74.5"),  # one of them, and half a point too few in a course
    ):
        who = out.learner(f"case-18-{part}", name)
        out.enrol(who, MATERIALS, date(2024, 1, 5), fee_paid=True)
        ends = [out.take(who, code, after=FIRST_SESSION, grade="88") for code in ("wood", "cloth")]
        ends.append(out.take(who, "metal", after=max(ends), grade=grade))
        ends += [out.take(who, code, after=max(ends)) for code in electives]
        out.take(who, "repair-cafe", after=max(ends))


def followers(out: Writer, names: Iterator[str]) -> None:
    """Learners of the programs: who completed them, and who is on the way."""
    complete = [
        *[(DATA_SCIENCE, "en"), (DATA_SCIENCE, "es"), (DATA_SCIENCE, "zh"), (ANDROID, "en"), (ANDROID, "en")],
        *[(ANDROID, "en"), (REASONING, "en"), (REASONING, "es"), (REASONING, "en"), (TEACHING, "en")],
        *[(COMPUTER_SCIENCE, "en"), (COMPUTER_SCIENCE, "en")],
    ]
    under_way = [
        *[(DATA_SCIENCE, tag) for tag in ("en", "en", "zh", "es", "en", "zh", "es", "en")],
        *[(ANDROID, "en")] * 6,
        *[(REASONING, tag) for tag in ("en", "es", "en", "es", "en", "en")],
        *[(TEACHING, "en")] * 4,
        *[(COMPUTER_SCIENCE, "en")] * 4,
    ]
    for number, (program, language) in enumerate(complete + under_way, start=1):
        who = out.learner(f"p-{number:03}", next(names))
        fee = program == COMPUTER_SCIENCE and number != len(complete + under_way)
        out.enrol(who, program, choose([date(2024, 1, day) for day in range(2, 8)], who.id), fee_paid=fee)
        if number <= len(complete):
            out.all_of(who, program, language)
            continue
        codes = out.catalogue.programs[program]
        after = choose([FIRST_SESSION + timedelta(weeks=4 * n) for n in range(12)], who.id)
        for code in shuffled(codes[:-1], who.id)[: choose((1, 2, 2, 3), who.id, "count")]:
            outcome = choose(("passed", "passed", "passed", "failed"), who.id, code, "outcome")
            paid = choose((True, True, True, False), who.id, code, "paid")
            after = out.take(who, code, language, after=after, outcome=outcome, paid=paid)
        if number % 4 == 0:
            out.take(who, codes[-1], language, after=LAST_SESSION, outcome="in_progress")


def singles(out: Writer, names: Iterator[str]) -> None:
    """Everybody else: one course each, which belongs to no program."""
    for number, name in enumerate(names, start=1):
        who = out.learner(f"s-{number:03}", name)
        code = choose(out.catalogue.single, who.id)
        outcome = choose(("passed",) * 8 + ("failed", "in_progress"), who.id, "outcome")
        paid = choose((True,) * 7 + (False,), who.id, "paid")
        after = choose([FIRST_SESSION + timedelta(weeks=2 * n) for n in range(40)], who.id, "start")
        out.take(who, code, after=after, outcome=outcome, identity=paid, paid=paid)


def problem_rows() -> Iterator[tuple[str, ...]]:
    """One sound row, and every kind of row that is refused."""
    sound: tuple[str, ...] = (
        "x-1",
        "Ida Inventwell",
        "x-1@example.org",
        "bread-baking",
        "2024-01-08-en",
        "en",
        "passed",
        "91",
    )
    sound += ("2024-01-20", "yes", "yes", "")
    wrong = (
        {1: ""},
        {1: "undefined undefined"},
        {2: "x-4 at example.org"},
        {3: "bread-bakery"},
        {5: "fr"},
        {6: "pass"},
        {7: "A+"},
        {8: "03/04/2024"},
        {8: "2099-01-01"},
        {9: "perhaps", 10: ""},
    )
    yield sound
    for number, cells in enumerate(wrong, start=2):
        row = (f"x-{number}", *sound[1:2], f"x-{number}@example.org", *sound[3:])
        yield tuple(cells.get(place, cell) for place, cell in enumerate(row))


def completions() -> bytes:
    out = Writer(Catalogue(HERE / "catalogue"))
    lines = (HERE / "names.txt").read_text("utf-8").splitlines()
    names = iter(shuffled([line for line in lines if line and not line.startswith("#")], "names"))
    cases(out)
    followers(out, names)
    singles(out, names)
    return _csv(tuple(row.values()) for learner in out.learners for row in learner.rows)


def with_problems() -> bytes:
    return _csv(problem_rows())


def _csv(rows: Iterator[tuple[str, ...]]) -> bytes:
    text = io.StringIO(newline="")
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(COLUMNS)
    writer.writerows(rows)
    return text.getvalue().encode()


def _yes(answer: bool) -> str:
    return "yes" if answer else "no"


if __name__ == "__main__":
    (HERE / "completions.csv").write_bytes(completions())
    (HERE / "completions-with-problems.csv").write_bytes(with_problems())
