"""Makes `completions.csv` and `completions-with-problems.csv`: the same bytes at every run.

    python examples/generate.py

Everybody in them is made up (`names.txt`), and so is what they built (`narratives.toml`). The learners `case-01` to
`case-18` are the worked cases of `docs/eligibility.md`; `p-…` follow a program; `s-…` took single courses. Needs
Python's standard library, `writing.py` and the catalogue beside it.
"""

import csv
import io
from collections.abc import Iterator
from datetime import date, timedelta

from writing import COLUMNS, FIRST_SESSION, HERE, Catalogue, Writer, choose, shuffled

LAST_SESSION = date(2025, 10, 1)

ANDROID = "mobile-cloud-android"
REASONING = "reasoning-data-writing"
DATA_SCIENCE = "data-science"
TEACHING = "foundations-of-teaching"
COMPUTER_SCIENCE = "computer-science-foundations"
STUDY_SKILLS = "study-skills"
MENDING = "mending-things"
MATERIALS = "materials"


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


if __name__ == "__main__":
    (HERE / "completions.csv").write_bytes(completions())
    (HERE / "completions-with-problems.csv").write_bytes(with_problems())
