"""`issuer cohorts` and the limit of `issuer issue` as a registrar types them: what is printed, and the exit codes."""

import csv
import io
from dataclasses import replace
from pathlib import Path

import pytest

from issuer import config
from issuer.limits import Limit, Limits
from issuer.store import audit
from tests.issuer.installation import Installation, earned
from tests.issuer.test_cli import Shell


@pytest.fixture
def shell(school: Installation, capsys: pytest.CaptureFixture[str]) -> Shell:
    school.record(*earned("ana"), *earned("bela"), *earned("unpaid", fee_paid=False))
    return Shell(school.home, capsys)


def limited(school: Installation, per_hour: int) -> None:
    limits = replace(Limits(), issues_per_hour=Limit(per_hour, "program certificates", "a test"))
    config.save(replace(school.config, limits=limits))


def test_the_way_of_a_cohort(shell: Shell, tmp_path: Path) -> None:
    assert "Next: issuer cohorts prepare --program CODE" in shell("cohorts", "list")
    said = shell("cohorts", "prepare", "--program", "mini", "--name", "Spring", "--by", "Rita")
    assert "Cohort 1: Spring" in said
    assert "mini, version 1, of school" in said
    for count, what in ((2, "will be issued"), (0, "issued before"), (1, "not eligible"), (0, "held")):
        assert f"{count:>8}  {what}" in said
    assert "1 learner not eligible:\n  1  Capstone: passed, but the certificate is not paid" in said
    assert "Somebody else approves it: issuer cohorts approve 1 --by NAME" in said
    assert shell.json("list") == []

    assert "prepared by Rita" in shell.refused("cohorts", "approve", "1", "--by", "rita")
    assert "not approved yet" in shell.refused("cohorts", "issue", "1")
    assert "approved by Ada (command line)" in shell("cohorts", "approve", "1", "--by", "Ada")
    said = shell("cohorts", "issue", "1", "--by", "Rita")
    assert "Issued 2 program certificates and 4 Course Certificates" in said
    assert len(shell.json("list")) == 6

    file = tmp_path / "cohort.csv"
    assert "3 rows written to" in shell("cohorts", "show", "1", "--csv", file)
    rows = list(csv.DictReader(io.StringIO(file.read_text(encoding="utf-8-sig"))))
    assert [(one["learner"], one["state"]) for one in rows] == [("ana", "issued"), ("bela", "issued"), ("unpaid", "")]

    said = shell("cohorts", "undo", "1", "--reason", "the wrong version", "--by", "Ada")
    assert "2 program certificates revoked (the wrong version)" in said
    assert "The Course Certificates stay valid" in said
    assert "2  undone" in shell("cohorts", "show", "1")
    assert shell.json("cohorts", "show", "1")["undo_reason"] == "the wrong version"
    said = shell("cohorts", "prepare", "--program", "mini")
    assert "2 learners held:\n  2  Cohort 1 was undone on" in said
    assert "issuer cohorts prepare --program mini --again" in said
    assert "cancelled" in shell("cohorts", "cancel", "2")
    assert [one["state"] for one in shell.json("cohorts", "list")] == ["undone", "cancelled"]
    assert "Spring" in shell("cohorts", "list")
    assert shell.json("cohorts", "list", "--organization", "duke") == []
    assert shell.json("cohorts", "prepare", "--program", "mini", "--again")["outcomes"]["ready"] == 2


@pytest.mark.parametrize("text", ["ana\nnobody\n", "\ufefflearner\r\nana\r\n\r\nnobody\r\n", '"ana",x\nnobody,y'])
def test_a_list_of_learners_comes_from_a_file(shell: Shell, tmp_path: Path, text: str) -> None:
    (tmp_path / "learners.csv").write_text(text, encoding="utf-8")
    found = shell.json("cohorts", "prepare", "--program", "mini", "--learners", tmp_path / "learners.csv")
    assert found["outcomes"] == {"ready": 1, "issued_already": 0, "not_eligible": 1, "held": 0}
    assert [one["code"] for one in found["needs"]] == ["unknown_learner"]


def test_a_list_that_cannot_be_read_is_refused(shell: Shell, school: Installation, tmp_path: Path) -> None:
    (tmp_path / "latin.csv").write_bytes("é".encode("latin-1"))
    prepare = ("cohorts", "prepare", "--program", "mini", "--learners")
    assert "is not UTF-8" in shell.refused(*prepare, tmp_path / "latin.csv")
    assert "no-such-file" in shell.refused(*prepare, tmp_path / "no-such-file")
    config.save(replace(school.config, limits=replace(Limits(), import_size=Limit(3, "bytes", "a test"))))
    (tmp_path / "long.csv").write_text("anaa")
    assert "more than 3 bytes" in shell.refused(*prepare, tmp_path / "long.csv")


def test_at_the_limit_it_says_how_many_wait_and_what_to_do(shell: Shell, school: Installation) -> None:
    limited(school, 1)
    assert "More than 1 in an hour need a second approval" in shell(
        "cohorts", "prepare", "--program", "mini", "--by", "Rita"
    )
    shell("cohorts", "approve", "1", "--by", "Ada")
    said = shell("cohorts", "issue", "1", code=1)
    assert "Issued 1 program certificate" in said
    assert "1 learner still to come: The limit of school, which is 1 in an hour, is reached" in said
    assert "To go on at once: issuer cohorts approve 1 --by NAME" in said
    assert "second person" in shell.refused("cohorts", "issue", "1")
    shell("cohorts", "approve", "1", "--by", "Otto")
    assert shell.json("cohorts", "issue", "1")["waiting"] == 0


def test_issuing_all_that_was_decided_has_the_same_limit(shell: Shell, school: Installation) -> None:
    limited(school, 1)
    shell("decide")
    said = shell("issue", code=1)
    assert "1 program certificate still to come: The limit of school, which is 1 in an hour, is reached" in said
    assert "issuer issue --approve-more NAME" in said
    shell("issue", "--json", code=1)
    assert '"count": 1' in shell.out
    assert "somebody else than Rita" in shell.refused("issue", "--by", "Rita", "--approve-more", "rita")
    assert "Issued 0 Course Certificates and 1 program certificate" in shell(
        "issue", "--by", "Rita", "--approve-more", "Ada"
    )
    with school.database.read() as tx:
        (entry,) = (one for one in audit.read(tx, None) if one.action == "limit.exceed")
    assert (entry.actor, entry.detail) == ("Rita (command line)", {"approved_by": "Ada (command line)"})


def test_numbers_that_are_none_are_refused(shell: Shell) -> None:
    assert "There is no cohort 7" in shell.refused("cohorts", "show", "7")
    for wrong in ("0", "x", "99999999999999999999"):
        shell("cohorts", "show", wrong, code=64)
