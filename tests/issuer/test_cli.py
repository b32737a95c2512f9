"""The commands as a registrar types them: what they print, their JSON, their exit codes, and no traceback ever."""

import json
import os
import socket
import sqlite3
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from issuer import cli, deciding
from tests.issuer import domain
from tests.issuer.installation import URL, VERIFIER, Installation, PowerCut, earned
from vc import jose
from vc.baking import pdf, png, svg

CATALOGUE = """
[[organizations]]
code = "school"
name = "Example School (demonstration)"
url = "https://school.example/"
demonstration = true

[[courses]]
code = "toolbox"
organization = "school"
titles = { en = "Toolbox" }
fee = 49
runs = [ { language = "en", first = 2026-01-05, every_weeks = 4, weeks = 4, count = 3 } ]

[[courses]]
code = "programming"
organization = "school"
titles = { en = "Programming" }
fee = 49
runs = [ { language = "en", first = 2026-01-05, every_weeks = 4, weeks = 4, count = 3 } ]

[[courses]]
code = "models"
organization = "school"
titles = { en = "Models" }
fee = 49
runs = [ { language = "en", first = 2026-01-05, every_weeks = 4, weeks = 4, count = 3 } ]

[[courses]]
code = "capstone"
kind = "capstone"
organization = "school"
titles = { en = "Capstone" }
fee = 49
runs = [ { language = "en", first = 2026-01-05, every_weeks = 4, weeks = 4, count = 3 } ]

[[programs]]
code = "mini"
version = 1
kind = "specialization"
organization = "school"
titles = { en = "Mini" }
active_from = 2026-01-01
rule.all_of = [
  { course = "toolbox" }, { course = "programming" }, { course = "models" }, { capstone = "capstone" }
]
single_language = true
identity_verified = true
fee_paid = true
"""

HEAD = "learner,name,email,course,session,language,outcome,grade,completed_on,identity_verified,fee_paid,narrative\n"
ROW = "{0},{1},{0}@example.org,{2},2026-01-05-en,en,passed,90,2026-02-01,yes,yes,\n"
COURSES = ("capstone", "models", "programming", "toolbox")
COMPLETIONS = HEAD + "".join(ROW.format("ana", "Ana Invenira", course) for course in COURSES)
INIT = ("init", "--organization", "Example School", "--url", URL, "--verifier-url", VERIFIER)


class Shell:
    """Runs commands in this process; `out` and `err` of the last one."""

    def __init__(self, home: Path, capsys: pytest.CaptureFixture[str]) -> None:
        self.home = home
        self._capsys = capsys
        self.out = self.err = ""

    def __call__(self, *arguments: object, code: int = 0) -> str:
        found = cli.run(["--home", str(self.home), *(str(one) for one in arguments)])
        self.out, self.err = self._capsys.readouterr()
        assert found == code, self.out + self.err
        assert "Traceback" not in self.out + self.err
        return self.out

    def json(self, *arguments: object) -> Any:
        return json.loads(self(*arguments, "--json"))

    def refused(self, *arguments: object, code: int = 1) -> str:
        """The one line that says why."""
        self(*arguments, code=code)
        assert self.err.startswith("error: ")
        return self.err.splitlines()[0]


@pytest.fixture
def shell(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Shell:
    return Shell(tmp_path / "home", capsys)


@pytest.fixture
def filled(shell: Shell, tmp_path: Path) -> Shell:
    """Up to the point where there is something to decide."""
    (tmp_path / "catalogue.toml").write_text(CATALOGUE)
    (tmp_path / "completions.csv").write_text(COMPLETIONS)
    shell(*INIT)
    shell("import", "catalogue", tmp_path / "catalogue.toml")
    shell("import", "completions", tmp_path / "completions.csv")
    return shell


@pytest.fixture
def issued(filled: Shell) -> Shell:
    filled("decide")
    filled("issue")
    return filled


def program_id(shell: Shell) -> str:
    return next(str(one["id"]) for one in shell.json("list") if one["kind"] == "program")


# --- from nothing to a certificate -----------------------------------------------------------------------------


def test_the_way_from_nothing_to_a_certificate(shell: Shell, tmp_path: Path) -> None:
    (tmp_path / "catalogue").mkdir()
    (tmp_path / "catalogue" / "all.toml").write_text(CATALOGUE)
    (tmp_path / "completions.csv").write_text(COMPLETIONS)
    assert "The issuer is ready." in shell(*INIT)
    assert "did:web:localhost%3A8000" in shell.out
    assert "issuer import catalogue PATH" in shell.out
    assert "New: 4 courses, 1 program." in shell("import", "catalogue", tmp_path / "catalogue")
    assert "4 rows: 4 recorded, 0 known already, 0 refused." in shell(
        "import", "completions", tmp_path / "completions.csv"
    )
    assert "Next: issuer issue" in shell("decide")
    assert "Issued 4 Course Certificates and 1 program certificate" in shell("issue")
    listed = shell.json("list")
    assert [set(one) for one in listed] == [{"id", "kind", "program", "course", "learner", "status", "url"}] * 5
    assert [(one["kind"], one["program"], one["course"]) for one in listed] == [
        *(("course", None, course) for course in COURSES),
        ("program", "mini", None),
    ]
    assert all(one["id"] == one["url"] and one["id"].startswith(f"{URL}/credentials/") for one in listed)


def test_run_again_nothing_is_done_twice(issued: Shell, tmp_path: Path) -> None:
    assert "nothing was changed" in issued("init")
    assert "5 certificates" in issued.out
    assert "New: 0 courses, 0 programs." in issued("import", "catalogue", tmp_path / "catalogue.toml")
    assert "0 recorded, 4 known already" in issued("import", "completions", tmp_path / "completions.csv")
    issued("decide")
    assert "Nothing new to issue; 5 certificates issued before." in issued("issue")


def test_empty_states_say_what_to_do(shell: Shell, tmp_path: Path) -> None:
    shell(*INIT)
    assert "issuer decide" in shell("list")
    assert "issuer import completions" in shell("decide")
    assert "issuer import completions" in shell("issue")
    (tmp_path / "c.csv").write_text(COMPLETIONS)
    assert "issuer import catalogue" in shell.refused("import", "completions", tmp_path / "c.csv")
    assert shell.json("list") == []


def test_every_report_is_json_when_asked(shell: Shell, tmp_path: Path) -> None:
    (tmp_path / "catalogue.toml").write_text(CATALOGUE)
    (tmp_path / "completions.csv").write_text(COMPLETIONS)
    assert shell.json(*INIT)["created"] is True
    assert shell.json("import", "catalogue", tmp_path / "catalogue.toml")["new_programs"] == 1
    assert shell.json("import", "completions", tmp_path / "completions.csv", "--dry-run")["new"] == 4
    assert shell.json("import", "completions", tmp_path / "completions.csv")["new"] == 4
    (decision,) = shell.json("decide")["decisions"]
    assert (decision["outcome"], decision["new"], decision["awarded"]) == ("eligible", True, False)
    assert len(shell.json("issue")["issued"]) == 5
    certificate = shell.json("show", program_id(shell))
    assert certificate["statement"]["state"] == "valid"
    assert [(key["id"], key["signs"], key["problem"]) for key in shell.json("keys", "list")] == [
        ("did:web:localhost%3A8000#key-1", True, None),
        ("did:web:localhost%3A8000:organizations:school#key-1", True, None),
    ]


# --- imports ---------------------------------------------------------------------------------------------------


def test_a_broken_row_stops_no_other_and_is_told(filled: Shell, tmp_path: Path) -> None:
    bad = HEAD + ROW.format("bela", "", "toolbox") + ROW.format("bela", "Bela Invenira", "toolbx")
    (tmp_path / "more.csv").write_text(bad + ROW.format("cem", "Cem Invenira", "toolbox"))
    filled("import", "completions", tmp_path / "more.csv", code=1)
    assert "3 rows: 1 recorded, 0 known already, 2 refused." in filled.out
    assert "row 2" in filled.out
    assert "Did you mean toolbox?" in filled.out


def test_a_dry_run_records_nothing(filled: Shell, tmp_path: Path) -> None:
    (tmp_path / "more.csv").write_text(HEAD + ROW.format("cem", "Cem Invenira", "toolbox"))
    assert "1 would be recorded" in filled("import", "completions", tmp_path / "more.csv", "--dry-run")
    assert "1 recorded" in filled("import", "completions", tmp_path / "more.csv")


def test_every_problem_of_a_catalogue_is_told_and_nothing_taken(shell: Shell, tmp_path: Path) -> None:
    shell(*INIT)
    broken = CATALOGUE.replace('organization = "school"', 'organization = "shcool"')
    (tmp_path / "catalogue.toml").write_text(broken)
    assert "was not imported" in shell.refused("import", "catalogue", tmp_path / "catalogue.toml")
    assert shell.err.count("shcool") == 5
    assert shell.json("init")["courses"] == 0


@pytest.mark.parametrize("name", ["nothing.csv", "folder"])
def test_a_file_that_cannot_be_read_is_one_line(filled: Shell, tmp_path: Path, name: str) -> None:
    (tmp_path / "folder").mkdir()
    assert "cannot be read" in filled.refused("import", "completions", tmp_path / name)


def test_a_catalogue_that_is_not_there_is_one_line(filled: Shell, tmp_path: Path) -> None:
    assert "There is no file or folder" in filled.refused("import", "catalogue", tmp_path / "nothing")


def test_a_file_that_is_too_large_is_not_read(filled: Shell, tmp_path: Path) -> None:
    with (tmp_path / "large.csv").open("wb") as file:
        file.truncate(20_000_001)
    assert "at most 20000000 are read" in filled.refused("import", "completions", tmp_path / "large.csv").replace(
        ",", ""
    )


def test_a_file_without_the_columns_is_told(filled: Shell, tmp_path: Path) -> None:
    (tmp_path / "other.csv").write_text("a,b\n1,2\n")
    assert "other.csv was not imported" in filled.refused("import", "completions", tmp_path / "other.csv")


# --- decisions -------------------------------------------------------------------------------------------------


def test_one_learner_is_told_with_every_reason(filled: Shell, tmp_path: Path) -> None:
    (tmp_path / "more.csv").write_text(HEAD + ROW.format("bela", "Bela Invenira", "toolbox"))
    filled("import", "completions", tmp_path / "more.csv")
    said = filled("decide", "--learner", "bela", "--dry-run")
    assert "not eligible" in said
    assert "– capstone: Not taken" in said
    assert "Nothing was kept" in said


def test_only_what_changed_is_decided_again_unless_all_is_asked_for(issued: Shell, tmp_path: Path) -> None:
    assert "Nothing came in that changes any of the 1 decision. To make them all again" in issued("decide")
    assert issued.json("decide")["decisions"] == []
    assert len(issued.json("decide", "--all")["decisions"]) == 1
    assert len(issued.json("decide", "--dry-run")["decisions"]) == 1
    (tmp_path / "more.csv").write_text(HEAD + ROW.format("bela", "Bela Invenira", "toolbox"))
    issued("import", "completions", tmp_path / "more.csv")
    assert [one["learner"] for one in issued.json("decide", "--by", "Zoë")["decisions"]] == ["bela"]


def test_stored_decisions_are_made_again(issued: Shell) -> None:
    assert "1 decision made again, byte for byte the same; 0 different, 0 not replayable." in issued("replay")
    assert issued.json("replay", "--all") == {"same": 1, "different": 0, "not_replayable": 0, "others": []}
    assert "names the learner nobody" in issued.refused("replay", "--learner", "nobody")
    assert "There is no program" in issued.refused("replay", "--program", "none")


def test_a_decision_that_would_be_another_today_is_shown_with_both(issued: Shell) -> None:
    connection = sqlite3.connect(issued.home / "testamur.db")
    connection.execute("DROP TRIGGER decision_is_never_updated")
    connection.execute("UPDATE decision SET canonical = CAST(replace(canonical, 'eligible', 'not_active') AS BLOB)")
    connection.commit()
    connection.close()
    said = issued("replay", code=1)
    assert "ana, mini, version 1" in said
    assert "changed by hand" in said
    assert '"outcome":"not_active"' in said.split("made now:")[0]
    assert '"outcome":"eligible"' in said.split("made now:")[1]


def test_where_nothing_is_decided_there_is_nothing_to_make_again(shell: Shell) -> None:
    shell(*INIT)
    assert "Next: issuer decide" in shell("replay")


def test_what_another_choice_does_without_does_not_look_like_something_missing(filled: Shell, tmp_path: Path) -> None:
    choice = (
        CATALOGUE[CATALOGUE.index("[[programs]]") :]
        .replace('"mini"', '"choice"')
        .replace('"specialization"', '"program"')
        .replace(
            '{ course = "programming" }, { course = "models" }',
            '{ n_of = 1, of = [{ course = "programming" }, { course = "models" }] }',
        )
    )
    (tmp_path / "catalogue.toml").write_text(CATALOGUE + choice)
    filled("import", "catalogue", tmp_path / "catalogue.toml")
    (tmp_path / "more.csv").write_text(HEAD + ROW.format("bela", "Bela Invenira", "toolbox"))
    filled("import", "completions", tmp_path / "more.csv")
    said = filled("decide", "--learner", "bela", "--dry-run")
    told = said[said.index("choice, version 1") :]
    assert "✓ toolbox: Certified" in told
    assert "– programming: Not taken" in told
    assert "· models: Not needed: one of two is enough; Not taken" in told
    assert "·" not in said[: said.index("choice, version 1")]


def test_decisions_are_written_for_a_spreadsheet(filled: Shell, tmp_path: Path) -> None:
    assert "1 row written" in filled("decide", "--csv", tmp_path / "out.csv")
    assert (
        (tmp_path / "out.csv").read_text("utf-8-sig").splitlines()[1].startswith("ana,Ana Invenira,mini,1,eligible,en")
    )


def test_awards_that_lost_their_evidence_are_told(issued: Shell) -> None:
    course = next(one for one in issued.json("list") if one["course"] == "toolbox")
    issued("revoke", course["id"], "--reason", "grade corrected")
    said = issued("decide")
    assert f"Lost its evidence: {program_id(issued)}" in said
    assert "issuer suspend" in said
    assert issued.json("decide")["lost_evidence"][0]["learner"] == "ana"


@pytest.mark.parametrize("command", ["decide", "issue", "list"])
def test_a_program_that_is_not_there_is_told(filled: Shell, command: str) -> None:
    assert "There is no program minni. Did you mean mini?" in filled.refused(command, "--program", "minni")


def test_only_one_program_is_listed(issued: Shell) -> None:
    assert len(issued.json("list", "--program", "mini")) == 5
    assert "5 certificates" in issued("list", "--program", "mini")


# --- certificates ----------------------------------------------------------------------------------------------


def test_a_certificate_is_shown_with_its_history(issued: Shell) -> None:
    program = program_id(issued)
    issued("suspend", program, "--reason", "fee disputed")
    issued("reinstate", program.rpartition("/")[2], "--reason", "fee settled")
    said = issued("show", program)
    for part in (
        "Ana Invenira (ana)",
        "Mini",
        "Toolbox",
        "fee disputed",
        "fee settled",
        f"{VERIFIER}/verify?url={program}",
    ):
        assert part in said


def test_a_certificate_is_given_out_in_every_form(issued: Shell, tmp_path: Path) -> None:
    program = program_id(issued)
    for form in ("json", "jwt", "png", "svg", "pdf"):
        issued("show", program, "--as", form, "-o", tmp_path / f"out.{form}")
    secured = (tmp_path / "out.json").read_bytes()
    assert json.loads(secured)["id"] == program
    for form, container in (("png", png), ("svg", svg), ("pdf", pdf)):
        assert container.unbake((tmp_path / f"out.{form}").read_bytes()) == secured
    token = jose.parse((tmp_path / "out.jwt").read_bytes())
    assert json.loads(token.payload)["id"] == program
    assert "not issued as docx" in issued.refused("show", program, "--as", "docx")


def test_a_file_goes_to_the_output_byte_for_byte(issued: Shell, tmp_path: Path) -> None:
    program = program_id(issued)
    command = [sys.executable, "-m", "issuer", "--home", str(issued.home), "show", program, "--as", "json"]
    written = subprocess.run(command, capture_output=True, check=True).stdout
    issued("show", program, "--as", "json", "-o", tmp_path / "out.json")
    assert written == (tmp_path / "out.json").read_bytes()


@pytest.mark.parametrize(
    ("arguments", "why"),
    [
        (("revoke", "nobody", "--reason", "x"), "No certificate has the id nobody."),
        (("show", "nobody"), "No certificate has the id nobody."),
        (("correct", "nobody", "--name", "X", "--reason", "x"), "No certificate has the id nobody."),
    ],
)
def test_a_certificate_that_is_not_there_is_told(issued: Shell, arguments: tuple[str, ...], why: str) -> None:
    assert why in issued.refused(*arguments)


def test_status_changes_are_told_and_kept_apart(issued: Shell) -> None:
    program = program_id(issued)
    assert "is revoked since" in issued("revoke", program, "--reason", "grade corrected")
    assert "and that is final" in issued.refused("reinstate", program, "--reason", "x")
    assert "A reason is needed" in issued.refused("suspend", program, "--reason", " ")
    assert [one["status"] for one in issued.json("list")] == ["valid"] * 4 + ["revoked"]


def test_a_correction_is_told(issued: Shell) -> None:
    course = next(one["id"] for one in issued.json("list") if one["course"] == "toolbox")
    said = issued("correct", course, "--name", "Ana M. Invenira", "--reason", "typing error")
    assert "Issued anew: http://localhost:8000/credentials/" in said
    assert "Renewed with it" in said
    assert "Replaced by" in issued("show", course)
    statuses = [(one["kind"], one["status"]) for one in issued.json("list")]
    assert statuses.count(("program", "superseded")) == statuses.count(("program", "valid")) == 1


# --- errors ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "arguments",
    [
        ("nonsense",),
        ("list", "--nonsense"),
        ("revoke", "x"),
        ("serve", "--port", "many"),
        ("serve", "--port", "99999"),
        ("init", "--organization"),
    ],
)
def test_wrong_usage_is_64_and_one_line(filled: Shell, arguments: tuple[str, ...]) -> None:
    filled.refused(*arguments, code=64)
    assert len(filled.err.strip().splitlines()) == 1
    assert "--help" in filled.err


def test_without_a_command_the_help_is_shown(capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.run([]) == 64
    out, err = capsys.readouterr()
    assert "reinstate" in out + err


def test_an_output_files_ending_says_its_form(issued: Shell, tmp_path: Path) -> None:
    issued("show", program_id(issued), "-o", tmp_path / "badge.PNG")
    assert (tmp_path / "badge.PNG").read_bytes().startswith(b"\x89PNG")
    issued("show", program_id(issued), "-o", tmp_path / "credential")
    assert (tmp_path / "credential").read_bytes().startswith(b"{")
    assert "not issued as txt" in issued.refused("show", program_id(issued), "-o", tmp_path / "x.txt")


@pytest.mark.parametrize("command", [("list",), ("decide",), ("issue",), ("keys", "list"), ("serve",), ("show", "x")])
def test_before_init_every_command_says_so(shell: Shell, command: tuple[str, ...]) -> None:
    assert "There is no issuer in" in shell.refused(*command)
    assert "issuer init --organization" in shell.err


def test_before_init_no_port_is_looked_at(shell: Shell) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        assert "There is no issuer in" in shell.refused("serve", "--port", str(taken.getsockname()[1]))


def test_a_key_that_others_can_read_is_told(filled: Shell) -> None:
    (filled.home / "keys" / "school" / "key-1.pem").chmod(0o644)
    assert "chmod 600" in filled.refused("issue")
    assert filled.json("list") == []  # nothing was recorded
    assert "chmod 600" in filled("keys", "list")


def test_a_taken_port_is_told_before_anything_is_served(filled: Shell) -> None:
    import socket

    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        assert f"Port {port} on 127.0.0.1 cannot be used" in filled.refused("serve", "--port", port)
    assert "cannot be used" in filled.refused("serve", "--host", "no-such-host.invalid")


def test_an_error_that_nobody_foresaw_is_one_line_and_the_log_has_it(
    filled: Shell, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_: object, **__: object) -> None:
        raise RuntimeError("nobody foresaw this")

    monkeypatch.setenv("TESTAMUR_HOME", str(filled.home))
    monkeypatch.setattr(deciding, "stream", broken)
    line = filled.refused("decide")
    assert "Something unexpected happened (RuntimeError)" in line
    identifier = line.split()[-1].rstrip(".")
    log = (filled.home / "issuer.log").read_text()
    assert identifier in log
    assert "RuntimeError" in log
    assert "in broken" in log or " broken" in log
    assert "nobody foresaw this" not in log  # it might have been a learner's name


def test_the_class_of_usage_errors_is_the_one_that_typer_raises() -> None:
    assert cli._ERRORS.usage.__name__ == "ClickException"


def test_an_interruption_is_130(filled: Shell, monkeypatch: pytest.MonkeyPatch) -> None:
    def interrupted(*_: object, **__: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(deciding, "stream", interrupted)
    filled("decide", code=130)


def test_a_name_cannot_steer_the_terminal(school: Installation, capsys: pytest.CaptureFixture[str]) -> None:
    school.record(*earned(name="[red]Ana\u202eanA[/red]"))
    school.decide_and_issue()
    shell = Shell(school.home, capsys)
    said = shell("show", school.certificates()[-1].share_id)
    assert "[red]Ana[U+202E]anA[/red]" in said


def test_colour_is_left_out_when_asked(filled: Shell) -> None:
    environ = {**os.environ, "NO_COLOR": "1", "FORCE_COLOR": "1", "TERM": "xterm-256color"}
    command = [sys.executable, "-m", "issuer", "--home", str(filled.home), "show", "nobody"]
    done = subprocess.run(command, capture_output=True, text=True, env=environ)
    assert done.returncode == 1
    assert "\x1b[31m" not in done.stderr
    assert "\x1b[1;31m" not in done.stderr


def test_a_start_finishes_what_was_left(school: Installation, capsys: pytest.CaptureFixture[str]) -> None:
    school.record(earned()[0])
    school.decide()
    school.cut_after = "recorded"
    with pytest.raises(PowerCut):
        school.issue()
    shell = Shell(school.home, capsys)
    assert [one["status"] for one in shell.json("list")] == ["pending"]
    said = shell("issue")
    assert "Finished what an interruption had left: 1 certificate." in said
    assert {one["status"] for one in shell.json("list")} == {"valid"}


def test_what_is_held_back_is_told(school: Installation, capsys: pytest.CaptureFixture[str]) -> None:
    school.record(domain.done("old-toolbox"))
    said = Shell(school.home, capsys)("issue")
    assert "1 held back:" in said
    assert "does not describe the course old-toolbox" in said


def test_home_may_stand_behind_the_command(school: Installation, capsys: pytest.CaptureFixture[str]) -> None:
    for command in (["list"], ["keys", "list"], ["init"]):
        assert cli.run([*command, "--json", "--home", str(school.home)]) == 0
        assert json.loads(capsys.readouterr().out) is not None
    assert cli.run(["--home", "/nowhere", "list", "--home", str(school.home)]) == 0


def test_home_may_come_from_the_environment(
    school: Installation, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TESTAMUR_HOME", str(school.home))
    assert cli.run(["init"]) == 0
    assert str(school.home) in capsys.readouterr().out


def test_an_outdated_row_is_told(filled: Shell, tmp_path: Path) -> None:
    (tmp_path / "corrected.csv").write_text(COMPLETIONS.replace(",90,", ",91,"))
    filled("import", "completions", tmp_path / "corrected.csv")
    said = filled("import", "completions", tmp_path / "completions.csv")
    assert "4 of the known ones were corrected since; the correction stands." in said


# --- after the award -------------------------------------------------------------------------------------------


def of_course(shell: Shell, code: str) -> str:
    return next(str(one["id"]) for one in shell.json("list") if one["course"] == code)


def test_a_revoked_course_suspends_the_award_and_is_issued_anew(issued: Shell) -> None:
    assert "facts and awards agree, nothing to do" in issued("reconcile")
    issued("revoke", of_course(issued, "toolbox"), "--reason", "grade corrected", "--by", "Rita")
    assert "would be done:" in issued("reconcile", "--dry-run")
    assert "mini: suspended. The certificate of Toolbox is revoked (until " in issued("reconcile")
    assert "to be put right until" in issued("show", program_id(issued))
    assert ": grade corrected; by Rita (command line)" in issued("show", of_course(issued, "toolbox"))
    said = issued("queue")
    assert "Suspended: The certificate of Toolbox is revoked" in said
    assert "1 item." in said
    assert "Issued anew" in issued("reissue", of_course(issued, "toolbox"), "--reason", "it was a mistake")
    assert "1 put right, 0 stay" in issued("queue", "--retry")
    assert "Nothing is stuck" in issued("queue")
    assert issued.json("reconcile")["done"] == []


def test_a_title_is_corrected_for_everybody(issued: Shell, tmp_path: Path) -> None:
    catalogue = tmp_path / "catalogue.toml"
    catalogue.write_text(
        CATALOGUE.replace('titles = { en = "Toolbox" }', 'version = 2\ntitles = { en = "The Toolbox" }')
    )
    issued("import", "catalogue", catalogue)
    asked = ("correct", "--course", "toolbox", "--reason", "misspelt")
    said = issued(*asked, "--dry-run")
    assert "1 certificate would be issued anew." in said
    assert "“Toolbox” becomes “The Toolbox”" in said
    assert [one["corrected_title"] for one in issued.json(*asked, "--dry-run")] == ["The Toolbox"]
    assert "Issued anew: 2 certificates" in issued(*asked)
    assert issued.json(*asked)["issued"] == []
    new = next(one["id"] for one in issued.json("list") if one["course"] == "toolbox" and one["status"] == "valid")
    assert "newest version" in issued.refused("correct", new, "--reason", "misspelt")


def test_what_is_corrected_is_one_thing(issued: Shell) -> None:
    issued("correct", "--reason", "x", code=64)
    issued("correct", "--course", "toolbox", "--program", "mini", "--reason", "x", code=64)
    issued("correct", "--course", "toolbox", "--name", "X", "--reason", "x", code=64)
    issued("correct", program_id(issued), "--dry-run", "--reason", "x", code=64)


# --- organizations ---------------------------------------------------------------------------------------------


def test_an_organization_is_added_listed_and_given_a_new_key(filled: Shell) -> None:
    add = ("organizations", "add", "academy", "--name", "Other Academy", "--url", "https://academy.example/")
    assert "issues as did:web:localhost%3A8000:organizations:academy, by the key key-1" in filled(*add)
    assert "There is an organization academy already" in filled.refused(*add)
    filled.refused(*add[:2], "b", *add[3:-1], "nowhere")
    assert "options, organizations[1].url" in filled.err
    filled.refused(*add[:2], "b", *add[3:], "--contact", "nobody")
    assert "This is not an e-mail address" in filled.err
    made = filled.json(*add[:2], "b", *add[3:], "--contact", "r@b.example", "--shares-with", "academy")
    assert (made["contact"], made["shares_with"], made["key"]) == ("r@b.example", ["academy"], "key-1")
    assert "academy signs by key-2 from now on" in filled("organizations", "rotate-key", "academy", "--by", "Olga")
    assert "There is no organization nowhere" in filled.refused("organizations", "rotate-key", "nowhere")
    listed = filled.json("organizations", "list")
    assert [(one["code"], one["key"], one["own_key"]) for one in listed] == [
        ("academy", "key-2", True),
        ("b", "key-1", True),
        ("school", "key-1", True),
    ]
    assert "did:web:localhost%3A8000:organizations:academy" in filled("organizations", "list")
    keys = {(key["organization"], key["id"].rpartition("#")[2]): key["signs"] for key in filled.json("keys", "list")}
    assert keys == {
        ("example-school", "key-1"): True,
        ("academy", "key-1"): False,
        ("academy", "key-2"): True,
        ("b", "key-1"): True,
        ("school", "key-1"): True,
    }
    assert "retired, still verifies" in filled("keys", "list")


def test_a_catalogue_in_the_name_of_one_organization(filled: Shell, tmp_path: Path) -> None:
    filled("organizations", "add", "academy", "--name", "Other Academy", "--url", "https://academy.example/")
    course = '[[courses]]\ncode = "{}"\norganization = "{}"\ntitles = {{ en = "Fresh" }}\nfee = 1\n'
    file = tmp_path / "more.toml"
    file.write_text(course.format("fresh", "academy"))
    assert filled.json("import", "catalogue", file, "--organization", "academy")["new_courses"] == 1
    file.write_text(course.format("other", "school"))
    filled.refused("import", "catalogue", file, "--organization", "academy")
    assert "this catalogue is that of academy" in filled.err
    file.write_text(course.format("toolbox", "academy"))
    said = "more.toml, courses[1].code: The course toolbox belongs to Example School (demonstration)"
    for owner in (("--organization", "academy"), ()):
        filled.refused("import", "catalogue", file, *owner)
        assert said in filled.err
    assert "no organization nowhere" in filled.refused("import", "catalogue", file, "--organization", "nowhere")


def test_before_there_is_an_organization_the_list_says_what_to_do(shell: Shell) -> None:
    shell(*INIT)
    assert "Next: issuer import catalogue PATH" in shell("organizations", "list")
