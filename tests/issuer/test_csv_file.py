"""Completions from CSV files as they come: every row is told, and a broken one stops no other."""

from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from issuer.catalogue import Catalogue
from issuer.facts import Completion, Enrolment, name_problem
from issuer.imports import ImportReport
from issuer.sources import SOURCES
from issuer.sources.csv_file import read
from tests.issuer.domain import CATALOGUE, course

HEADING = "learner,name,email,course,session,language,outcome,grade,completed_on,identity_verified,fee_paid,narrative"
ROW = "l-1,Ana Invenira,ana@example.org,models,03-en,en,passed,90.5,2026-03-20,yes,yes,"
NOW = datetime(2026, 6, 1, 12, 0, tzinfo=UTC)


def load(text: str | bytes, *, catalogue: Catalogue = CATALOGUE) -> ImportReport:
    data = text.encode() if isinstance(text, str) else text
    return read(data, catalogue=catalogue, source="spring.csv", recorded_at=NOW)


def rows(*lines: str) -> ImportReport:
    return load("\n".join([HEADING, *lines]) + "\n")


def changed(**cells: str) -> str:
    values = dict(zip(HEADING.split(","), ROW.split(","), strict=True)) | cells
    return ",".join(f'"{value}"' for value in values.values())


def only(report: ImportReport) -> Any:
    assert report.all_problems == ()
    (fact,) = report.facts
    return fact


def complaint(report: ImportReport) -> tuple[str, str, str]:
    (problem,) = report.all_problems
    assert problem.file == "spring.csv"
    return str(problem.where), str(problem.message), str(problem.hint)


def test_a_row_becomes_a_completion() -> None:
    fact = only(rows(ROW))
    assert fact == Completion(
        learner="l-1",
        name="Ana Invenira",
        email="ana@example.org",
        course="models",
        session="03-en",
        language="en",
        outcome="passed",
        grade=Decimal("90.5"),
        completed_on=date(2026, 3, 20),
        identity_verified=True,
        fee_paid=True,
        narrative=None,
        source="spring.csv",
        recorded_at=NOW,
    )


def test_a_row_with_a_program_becomes_an_enrolment() -> None:
    fact = only(rows("l-1,Ana Invenira,ana@example.org,computing,,,,,2026-01-03,,yes,"))
    assert isinstance(fact, Enrolment)
    assert (fact.program, fact.enrolled_on, fact.fee_paid) == ("computing", date(2026, 1, 3), True)


def test_an_enrolment_with_the_cells_of_a_completion_is_refused() -> None:
    report = rows(changed(course="computing", grade=""))
    assert [str(one.where) for one in report.all_problems] == [
        f"row 2, column {name}" for name in ("session", "language", "outcome", "identity_verified")
    ]


# --- how the file is written -------------------------------------------------------------------------------


@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
@pytest.mark.parametrize("newline", ["\n", "\r\n", "\r"])
@pytest.mark.parametrize("mark", [b"", b"\xef\xbb\xbf"])
def test_separators_line_ends_and_byte_order_mark(delimiter: str, newline: str, mark: bytes) -> None:
    text = newline.join([HEADING, ROW]).replace(",", delimiter)
    assert only(load(mark + text.encode())).name == "Ana Invenira"


def test_the_heading_may_be_quoted_capitalized_and_in_another_order() -> None:
    columns = HEADING.split(",")
    cells = ROW.split(",")
    text = ";".join(f'" {name.upper()}"' for name in reversed(columns)) + "\n" + ";".join(reversed(cells))
    assert only(load(text)).learner == "l-1"


def test_grade_and_narrative_may_be_left_out() -> None:
    drop = {HEADING.split(",").index(name) for name in ("grade", "narrative")}
    text = "\n".join(
        ",".join(cell for place, cell in enumerate(line.split(",")) if place not in drop) for line in (HEADING, ROW)
    )
    fact = only(load(text))
    assert (fact.grade, fact.narrative) == (None, None)


def test_cells_with_line_breaks_separators_and_quotation_marks() -> None:
    report = rows(changed(narrative='Built an app,\r\nthen ""shipped"" it; twice'), ROW.replace("l-1", "l-2"))
    assert [row.number for row in report.rows] == [2, 3], "one row of the spreadsheet, however many lines"
    assert [fact.learner for fact in report.facts] == ["l-1", "l-2"]
    assert only(rows(changed(narrative='Built an app,\r\nthen ""shipped"" it'))).narrative == (
        'Built an app,\r\nthen "shipped" it'
    )


def test_rows_are_numbered_as_a_spreadsheet_shows_them() -> None:
    report = rows("", changed(narrative="two\nlines"), ",,,,,,,,,,,", changed(name=""), "", changed(email="x"))
    assert [row.number for row in report.rows] == [3, 5, 7]
    assert [str(problem.where) for problem in report.all_problems] == ["row 5, column name", "row 7, column email"]


def test_a_row_given_twice_is_one_fact() -> None:
    report = rows(ROW, ROW)
    assert len(report.accepted) == 2
    assert len({fact.id for fact in report.facts}) == 1


def test_rows_that_contradict_each_other_are_all_refused() -> None:
    report = rows(changed(outcome="failed"), ROW, changed(learner="l-2"), ROW)
    assert [row.number for row in report.refused] == [2, 3, 5]
    assert [fact.learner for fact in report.facts] == ["l-2"]
    told = [str(problem.message) for problem in report.all_problems]
    assert told[0] == "Row 3 says something else about the same learner, course and session"
    assert told[1:] == ["Row 2 says something else about the same learner, course and session"] * 2


def test_text_that_is_not_utf8_is_refused_with_its_line() -> None:
    data = "\n".join([HEADING, ROW, ROW.replace("Ana", "Añá")]).encode("latin-1")
    where, message, hint = complaint(load(data))
    assert where == "the file"
    assert message == "The file is not UTF-8 text: the first wrong byte is in line 3"
    assert hint == "Save it as “CSV UTF-8” and send it again"
    assert load(data).rows == ()


def test_utf16_is_read_where_its_mark_leaves_no_doubt() -> None:
    text = (HEADING + "\n" + changed(name="Zoë Ünlü-Beispiel")).replace(",", "\t").replace('"', "")
    for encoding in ("utf-16-le", "utf-16-be"):
        mark = "\ufeff".encode(encoding)
        assert only(load(mark + text.encode(encoding))).name == "Zoë Ünlü-Beispiel"
        message = complaint(load(text.encode(encoding)))[1]
        assert message == "The file is no text, or UTF-16 text without its byte order mark"
    assert complaint(load(b"\xff\xfea"))[1] == "The file begins like UTF-16 text and is none"


def test_windows_1252_is_refused_because_nothing_tells_it_from_1250() -> None:
    assert complaint(load((HEADING + "\n" + changed(name="Zoë")).encode("cp1252")))[2].startswith("Save it as")


@pytest.mark.parametrize("data", [b"", b"\n \r\n", b"\xef\xbb\xbf"])
def test_an_empty_file_is_told(data: bytes) -> None:
    assert complaint(load(data))[1] == "The file is empty"


def test_a_wrong_heading_is_one_problem_however_many_rows_there_are() -> None:
    lines = ["student,grade", *["x,y"] * 50]
    where, message, hint = complaint(load("\n".join(lines)))
    assert where == "row 1"
    assert message.startswith("These columns are missing: learner, name, email, course")
    assert hint.startswith("The first row names the columns: learner, name")


def test_one_misspelt_column_is_recognized() -> None:
    _, message, hint = complaint(load(HEADING.replace("completed_on", "completed on") + "\n" + ROW))
    assert message == "These columns are missing: completed_on"
    assert hint == "Did you mean completed_on?"


def test_unknown_and_repeated_columns_are_refused() -> None:
    assert complaint(load(HEADING + ",points\n" + ROW + ",3"))[1] == "These columns are not known: points"
    assert complaint(load(HEADING + ",name\n" + ROW + ",x"))[1] == "These columns stand there twice: name"


def test_a_heading_that_is_broken_is_told() -> None:
    assert complaint(load('"learner,name\n' + ROW))[0] == "row 1"


def test_a_forgotten_quotation_mark_costs_one_row_and_no_other() -> None:
    broken = ROW.replace("Ana Invenira", '"Ana Invenira')
    report = rows(ROW.replace("l-1", "l-0"), broken, ROW.replace("l-1", "l-2"), changed(learner="l-3"))
    assert [fact.learner for fact in report.facts] == ["l-0", "l-2", "l-3"]
    assert [row.number for row in report.refused] == [3]
    where, message, _ = complaint(report)
    assert where == "row 3"
    assert "quotation mark" in message


def test_a_row_with_too_many_cells_is_refused_and_one_with_too_few_says_what_is_missing() -> None:
    assert complaint(rows(ROW + ",surplus"))[1] == "The row has 13 cells, the heading 12"
    short = rows("l-1,Ana Invenira,ana@example.org,models,03-en,en,passed,90,2026-03-20,yes")
    assert complaint(short)[:2] == ("row 2, column fee_paid", "fee_paid is empty")


# --- what the cells say ------------------------------------------------------------------------------------


@pytest.mark.parametrize(("text", "meant"), [("yes", 1), ("No", 0), ("TRUE", 1), ("false", 0), ("1", 1), ("0", 0)])
def test_yes_and_no_are_written_in_several_ways(text: str, meant: int) -> None:
    assert only(rows(changed(identity_verified=text))).identity_verified is bool(meant)
    assert only(rows(changed(fee_paid=f" {text} "))).fee_paid is bool(meant)


@pytest.mark.parametrize(
    ("cells", "column", "message", "hint"),
    [
        ({"learner": " "}, "learner", "The learner’s id is empty", "Write the id that your system uses"),
        ({"name": ""}, "name", "The name is empty", "Write the name as it shall stand on the certificate"),
        ({"name": " \u3000"}, "name", "The name is empty", "Write the name as it shall stand on the certificate"),
        (
            {"name": "undefined undefined"},
            "name",
            "“undefined undefined” stands where a name was missing",
            "Write the name as it shall stand on the certificate",
        ),
        ({"name": "Ana\nInvenira"}, "name", "The name holds a character that cannot be printed: U+000A", "Write"),
        ({"name": "Ana Invenira\n"}, "name", "The name holds a character that cannot be printed: U+000A", "Write"),
        ({"email": "ana"}, "email", "This is not an e-mail address", "Correct it, or leave it empty"),
        ({"course": "model"}, "course", "There is no course or program “model”", "Did you mean models?"),
        ({"course": "zzz"}, "course", "There is no course or program “zzz”", "Known are: capstone, computing, "),
        ({"course": ""}, "course", "There is no course or program “”", "Write the code of a course"),
        ({"language": "fr"}, "language", "models is not offered in “fr”", "Write one of: en, es, zh"),
        ({"language": ""}, "language", "models is not offered in “”", "Write one of: en, es, zh"),
        ({"language": "es"}, "session", "The session 03-en is in “en”", "Correct the session or the language"),
        ({"session": ""}, "session", "The session is empty", "Write the code of the session"),
        ({"outcome": "pass"}, "outcome", "“pass” cannot be outcome", "Write one of: passed, failed, in_progress"),
        ({"outcome": ""}, "outcome", "outcome is empty", "Write one of: passed, failed, in_progress"),
        (
            {"completed_on": "03/04/2026"},
            "completed_on",
            "“03/04/2026” cannot be completed_on",
            "Write year, month and day like this: 2026-04-03",
        ),
        ({"completed_on": "20260320"}, "completed_on", "“20260320” cannot be completed_on", "Write year"),
        ({"completed_on": "2026-W12-5"}, "completed_on", "“2026-W12-5” cannot be completed_on", "Write year"),
        ({"completed_on": "2026-02-30"}, "completed_on", "“2026-02-30” cannot be completed_on", "Write year"),
        ({"completed_on": ""}, "completed_on", "The date is missing", "Write year, month and day like this"),
        ({"completed_on": "2026-06-03"}, "completed_on", "The date lies in the future: 3 June 2026", "Correct"),
        ({"identity_verified": "maybe"}, "identity_verified", "“maybe” cannot be identity_verified", "Write yes or no"),
        ({"fee_paid": ""}, "fee_paid", "fee_paid is empty", "Write yes or no"),
        ({"grade": "A+"}, "grade", "“A+” cannot be grade", "Write a number from 0 to 100 such as 87.5"),
        ({"grade": "101"}, "grade", "“101” cannot be grade", "Write a number from 0 to 100"),
        ({"grade": "NaN"}, "grade", "“NaN” cannot be grade", "Write a number from 0 to 100"),
        ({"grade": "٩٠"}, "grade", "“٩٠” cannot be grade", "Write a number from 0 to 100"),
    ],
)
def test_what_is_wrong_is_told_with_its_place_and_what_to_do(
    cells: dict[str, str], column: str, message: str, hint: str
) -> None:
    report = rows(changed(learner="l-0"), changed(**cells), changed(learner="l-2"))
    found = complaint(report)
    assert found[0] == f"row 3, column {column}"
    assert found[1] == message
    assert found[2].startswith(hint)
    assert [fact.learner for fact in report.facts] == ["l-0", "l-2"], "the other rows are taken"
    assert [row.facts for row in report.refused] == [()]


def test_all_problems_of_a_row_are_told_at_once() -> None:
    report = rows(changed(name="", language="fr", completed_on="soon", fee_paid="perhaps"))
    assert [str(one.where).rpartition(" ")[2] for one in report.all_problems] == [
        "name",
        "language",
        "completed_on",
        "fee_paid",
    ]


def test_tomorrow_may_be_today_farther_east() -> None:
    assert only(rows(changed(completed_on="2026-06-02"))).completed_on == date(2026, 6, 2)


def test_an_attempt_that_is_not_passed_needs_no_day() -> None:
    for outcome in ("failed", "in_progress", "In progress"):
        assert only(rows(changed(outcome=outcome, completed_on="", grade=""))).completed_on is None


def test_a_language_is_kept_as_the_catalogue_writes_it() -> None:
    assert only(rows(changed(language="EN"))).language == "en"


def test_a_retired_session_and_a_replaced_course_are_taken() -> None:
    assert only(rows(changed(session="2019-autumn"))).session == "2019-autumn"
    catalogue = Catalogue(courses={"models": course("models", "Models", replaces=("models-2019",))})
    text = HEADING + "\n" + changed(course="models-2019", session="s")
    assert only(load(text, catalogue=catalogue)).course == "models-2019"
    wrong = HEADING + "\n" + changed(course="models-2019", session="s", language="fr")
    assert complaint(load(wrong, catalogue=catalogue))[1] == "models-2019 is not offered in “fr”"


# What is no name is tested with `issuer.facts`; here it is that nothing else is touched on the way.
NAMES = st.text(st.characters(codec="utf-8"), min_size=1).filter(lambda name: name_problem(name) is None)


@given(NAMES)
def test_worked_case_17_every_name_comes_through_as_it_was_written(name: str) -> None:
    assert only(rows(changed(name=name.replace('"', '""')))).name == name


@given(st.binary(max_size=300))
def test_whatever_is_sent_a_report_comes_back(data: bytes) -> None:
    load(data)
    load(HEADING.encode() + b"\n" + data)


@given(st.text(alphabet='ab",;\r\n\t', max_size=60))
def test_broken_quoting_never_costs_a_sound_row_at_the_end(noise: str) -> None:
    report = load(HEADING + "\n" + noise + "\n" + ROW)
    assert any(fact.learner == "l-1" for fact in report.facts) or '"' in noise


def test_a_large_file_without_closing_quotation_marks_is_read_in_a_moment() -> None:
    report = load(HEADING + "\n" + '"never closed,\n' + "x,\n" * 20_000)
    assert len(report.refused) == len(report.rows) > 19_000


def test_the_source_is_in_the_table() -> None:
    assert SOURCES["csv"].read is read
