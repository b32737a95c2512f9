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
    message = complaint(load((HEADING + "\n" + ROW).encode("utf-16-le")))[1]
    assert message == "The file is no text, or UTF-16 text without its byte order mark", "of ASCII alone too"
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
        ({"learner": "l-\0"}, "learner", "learner holds a character that no record can keep: U+0000", "Leave the"),
        ({"narrative": "a\0"}, "narrative", "narrative holds a character that no record can keep: U+0000", "Leave"),
        ({"email": "ana"}, "email", "This is not an e-mail address", "Correct it, or leave it empty"),
        ({"course": "model"}, "course", "There is no course or program “model”", "Did you mean models?"),
        ({"course": "zzz"}, "course", "There is no course or program “zzz”", "Known are: capstone, computing, "),
        ({"course": ""}, "course", "There is no course or program “”", "Write the code of a course"),
        ({"language": "fr"}, "language", "models is not offered in “fr”", "Write one of: en, es, zh"),
        ({"language": ""}, "language", "models is not offered in “”", "Write one of: en, es, zh"),
        ({"language": "es"}, "session", "The session 03-en is in “en”", "Correct the session or the language"),
        ({"session": ""}, "session", "The session is empty", "Write the code of the session"),
        (
            {"outcome": "pass"},
            "outcome",
            "“pass” cannot be outcome",
            "Write one of: passed, failed, in_progress, withdrawn",
        ),
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


# --- what spreadsheets make of it ----------------------------------------------------------------------------


def test_a_line_that_names_the_separator_is_not_counted() -> None:
    report = load("sep=;\r\n" + "\r\n".join([HEADING, ROW, changed(email="x")]).replace(",", ";"))
    assert [row.number for row in report.rows] == [2, 3]
    assert str(report.all_problems[0].where) == "row 3, column email"


def test_empty_columns_and_rows_at_the_end_are_nothing() -> None:
    report = load("\n".join([HEADING + ",,, ", ROW + ",,,", ROW.replace("l-1", "l-2"), ",,,,,,,,,,,,,,", ""]))
    assert report.all_problems == ()
    assert [fact.learner for fact in report.facts] == ["l-1", "l-2"]


def test_the_apostrophe_of_a_text_cell_is_no_part_of_it_and_that_of_a_name_is() -> None:
    fact = only(rows(changed(learner="'007", completed_on="'2026-03-20", grade="'90", name="'t Hooft-Beispiel")))
    assert (fact.learner, fact.completed_on, fact.grade) == ("007", date(2026, 3, 20), 90)
    assert fact.name == "'t Hooft-Beispiel"


@pytest.mark.parametrize(("text", "meant"), [("87,5", "87.5"), ("100,00", "100"), ("0,25", "0.25")])
def test_a_decimal_comma_in_a_grade_has_one_meaning(text: str, meant: str) -> None:
    assert only(rows(changed(grade=text))).grade == Decimal(meant)


@pytest.mark.parametrize("text", ["1,000,5", "87,", ",5", "1.000,5"])
def test_other_commas_are_refused(text: str) -> None:
    assert complaint(rows(changed(grade=text)))[1] == f"“{text}” cannot be grade"


@pytest.mark.parametrize(("text", "meant"), [("WAHR", 1), ("Falsch", 0), ("VRAI", 1), ("FALSO", 0), ("verdadero", 1)])
def test_true_and_false_as_spreadsheets_write_them(text: str, meant: int) -> None:
    assert only(rows(changed(fee_paid=text))).fee_paid is bool(meant)


@pytest.mark.parametrize("text", ["2026-03-20 00:00", "2026-03-20T00:00:00", "2026-03-20 00:00:00.000"])
def test_midnight_behind_a_day_is_the_day(text: str) -> None:
    assert only(rows(changed(completed_on=text))).completed_on == date(2026, 3, 20)


@pytest.mark.parametrize("text", ["13/04/2026", "13.04.2026", "2026-03-20 14:30", "March 20", "20-03-26"])
def test_another_form_of_a_day_is_refused_even_where_it_could_be_guessed(text: str) -> None:
    """In the next row the same column holds 03/04/2026."""
    found = complaint(rows(changed(completed_on=text)))
    assert found[1:] == (f"“{text}” cannot be completed_on", "Write year, month and day like this: 2026-04-03")


@pytest.mark.parametrize("text", ["46101", "46101.5", "46101,25"])
@pytest.mark.parametrize("column", ["completed_on", "as_of"])
def test_the_number_of_a_day_is_recognized_and_refused(column: str, text: str) -> None:
    found = complaint(load(HEADING + ",as_of\n" + changed(**{"as_of": ""} | {column: text})))
    hint = "A spreadsheet wrote the day as a number: give the column a date format like 2026-04-03"
    assert found[1:] == (f"“{text}” cannot be {column}", hint)


# --- since when, and no more ---------------------------------------------------------------------------------


def dated(*lines: str) -> ImportReport:
    return load("\n".join([HEADING + ",as_of", *lines]) + "\n")


@pytest.mark.parametrize(
    ("text", "meant"),
    [
        ("2026-04-03", datetime(2026, 4, 3, tzinfo=UTC)),
        ("2026-04-03T14:30:00Z", datetime(2026, 4, 3, 14, 30, tzinfo=UTC)),
        ("2026-04-03 14:30:00.5+02:00", datetime(2026, 4, 3, 12, 30, 0, 500000, UTC)),
        ("2026-04-03t14:30:00z", datetime(2026, 4, 3, 14, 30, tzinfo=UTC)),
    ],
)
def test_a_row_may_say_since_when_it_is_true(text: str, meant: datetime) -> None:
    assert only(dated(changed(as_of=text))).as_of == meant


@pytest.mark.parametrize(
    "text", ["2026-04-03T14:30:00", "03/04/2026", "now", "2026-04-31", "0001-01-01T00:00:00+14:00", "2026-04-03T9:1:1Z"]
)
def test_a_time_without_its_zone_or_of_another_form_is_refused(text: str) -> None:
    found = complaint(dated(changed(as_of=text)))
    assert found[:2] == ("row 2, column as_of", f"“{text}” cannot be as_of")
    assert found[2] == "Write a day like 2026-04-03, or a time with its zone like 2026-04-03T14:30:00Z"


def test_what_is_true_from_next_week_on_is_refused() -> None:
    assert complaint(dated(changed(as_of="2026-06-08")))[1] == "The date lies in the future: 8 June 2026"
    assert only(dated(changed(as_of="2026-06-02"))).as_of == datetime(2026, 6, 2, tzinfo=UTC)


def test_a_completion_and_an_enrolment_can_be_taken_back() -> None:
    fact = only(rows(changed(outcome="withdrawn", completed_on="", identity_verified="", fee_paid="", grade="")))
    assert (fact.outcome, fact.withdrawn) == ("withdrawn", True)
    enrolment = only(rows("l-1,Ana Invenira,ana@example.org,computing,,,withdrawn,,2026-01-03,,,"))
    assert isinstance(enrolment, Enrolment)
    assert enrolment.withdrawn


def test_rows_that_say_since_when_do_not_contradict_each_other() -> None:
    failed = changed(outcome="failed", as_of="2026-04-01")
    report = dated(changed(as_of="2026-04-02"), failed, failed)
    assert report.all_problems == ()
    assert len(report.facts) == 3
    for other in ("2026-04-01", ""):
        assert [row.number for row in dated(failed, changed(as_of=other)).refused] == [2, 3]


def test_only_the_organizations_own_courses_are_taken_and_others_are_not_there() -> None:
    theirs = course("theirs", "Theirs", organization="other")
    catalogue = Catalogue(CATALOGUE.organizations, {**CATALOGUE.courses, "theirs": theirs}, CATALOGUE.programs)
    data = (HEADING + "\n" + changed(course="theirs") + "\n" + ROW).encode()
    values: dict[str, Any] = {"catalogue": catalogue, "source": "spring.csv", "recorded_at": NOW}
    assert len(read(data, **values).facts) == 2
    report = read(data, **values, organization="school")
    assert complaint(report)[:2] == ("row 2, column course", "There is no course or program “theirs”")
    assert "theirs" not in complaint(report)[2]
    assert len(report.facts) == 1
    assert "toolbox" not in complaint(read(data.replace(b"models", b"toolbx"), **values, organization="other"))[2]


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
