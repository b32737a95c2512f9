"""`verifier verify`: three answers as exit codes, JSON for programs, a report for people."""

import csv
import hashlib
import json
import os
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

from tests.vc.samples import SoftSigner, course, secure
from verifier import cli
from verifier.config import Settings

ROOT = Path(__file__).parents[2]


def run(*arguments: str, stdin: bytes = b"") -> subprocess.CompletedProcess[bytes]:
    return subprocess.run(
        [sys.executable, "-m", "verifier", *arguments],
        cwd=ROOT,
        input=stdin,
        capture_output=True,
        env=os.environ | {"NO_COLOR": "1", "TESTAMUR_CACHE": "", "COLUMNS": "100"},
        timeout=60,
    )


@pytest.fixture
def file(tmp_path: Path) -> Path:
    """By a bare key and without status list, so that no network is needed."""
    signer = SoftSigner("a stranger")
    credential = course(signer)
    del credential["credentialStatus"]
    credential["credentialSubject"]["identifier"][0]["identityHash"] = "Zoë \x1b[31mBeispiel"
    path = tmp_path / "badge.json"
    path.write_text(json.dumps(secure(credential, signer)), encoding="utf-8")
    return path


def test_the_three_answers(file: Path) -> None:
    assert run("verify", str(file), "--trust", "any").returncode == 0
    assert run("verify", str(file)).returncode == 2
    forged = file.read_text().replace("The Toolbox", "The Hammer")
    assert run("verify", "-", stdin=forged.encode()).returncode == 1


def test_known_issuers_come_from_a_file(file: Path, tmp_path: Path) -> None:
    issuer = json.loads(file.read_text())["issuer"]["id"]
    known = tmp_path / "known.json"
    known.write_text(json.dumps({issuer: "Our partner"}))
    assert run("verify", str(file), "--trust", "known").returncode == 2
    assert run("verify", str(file), "--trust", "known", "--known", str(known)).returncode == 0
    known.write_text(json.dumps({issuer: 7}))
    refused = run("verify", str(file), "--known", str(known))
    assert refused.returncode == 64
    assert b"A known issuer is written" in refused.stderr


def test_known_issuers_come_from_several_lists(file: Path, tmp_path: Path) -> None:
    issuer = json.loads(file.read_text())["issuer"]["id"]
    first, second = tmp_path / "first.json", tmp_path / "second.json"
    first.write_text(json.dumps({"registry": {"did:web:other.example": {"name": "Other", "location": "Here"}}}))
    second.write_text(json.dumps({"issuers": [{"id": issuer, "name": "Our partner"}]}))
    known = run("verify", str(file), "--trust", "known", "--known", str(first), "--known", str(second))
    assert known.returncode == 0
    said = " ".join(known.stdout.decode().split())
    assert "The list second.json is kept by whoever runs this verifier." in said
    pinned = f"{second}#sha256={hashlib.sha256(second.read_bytes()).hexdigest()}"
    assert run("verify", str(file), "--trust", "known", "--known", pinned).returncode == 0
    refused = run("verify", str(file), "--known", f"{second}#sha256={'0' * 64}")
    assert refused.returncode == 64
    assert b"another than the one that was pinned" in refused.stderr


@pytest.mark.parametrize("command", [["verify", "-"], ["serve"]])
def test_a_list_at_a_url_is_pinned_or_signed(command: list[str]) -> None:
    for url in ("https://lists.example/issuers", "https://lists.example/issuers#top"):
        refused = run(*command, "--known", url)
        assert refused.returncode == 64
        assert b"#sha256=" in refused.stderr or b"sha256=" in refused.stderr
    assert run(*command, *["--known", __file__] * 2).returncode == 64


def test_a_lookalike_is_said_first(file: Path, tmp_path: Path) -> None:
    name = json.loads(file.read_text())["issuer"]["name"]
    known = tmp_path / "known.json"
    known.write_text(json.dumps({"did:web:academy.example": name}))
    done = run("verify", str(file), "--trust", "any", "--known", str(known))
    assert done.returncode == 2
    out = done.stdout.decode()
    assert out.startswith("? Cannot tell yet\nIt calls itself")
    assert "Why" in out
    assert "Look here" not in out, "what is the reason of the verdict is not said once more"
    report = json.loads(run("verify", str(file), "--json", "--trust", "any", "--known", str(known)).stdout)
    issuer = next(check for check in report["checks"] if check["name"] == "issuer")
    assert issuer["problem"].endswith("#LOOKALIKE")


def test_json_is_the_report(file: Path) -> None:
    report = json.loads(run("verify", str(file), "--json", "--trust", "any").stdout)
    assert report["verdict"] == "accepted"
    assert report["credential"]["name"] == "The Toolbox"


def test_many_at_once_and_a_table(file: Path, tmp_path: Path) -> None:
    pile = tmp_path / "pile"
    (pile / "inside").mkdir(parents=True)
    good = file.read_bytes()
    (pile / "good.json").write_bytes(good)
    (pile / ".hidden").write_bytes(b"x")
    (pile / "inside" / "forged\x1b.json").write_bytes(good.replace(b"The Toolbox", b"The Hammer"))
    with zipfile.ZipFile(tmp_path / "more.zip", "w") as archive:
        archive.writestr("good.json", good)
    (tmp_path / "broken.zip").write_bytes(b"PK\x03\x04")
    table = tmp_path / "out.csv"
    arguments = ("batch", str(pile), str(tmp_path / "more.zip"), "--trust", "any")
    done = run(*arguments, str(tmp_path / "broken.zip"), "--csv", str(table))
    assert done.returncode == 1
    assert done.stdout.decode().endswith("4 checked: 2 accepted, 2 rejected, 0 undetermined\n")
    assert b"\x1b" not in done.stdout
    rows = list(csv.DictReader(table.read_text(encoding="utf-8-sig").splitlines()))
    assert [row["verdict"] for row in rows] == ["accepted", "rejected", "accepted", "rejected"]
    assert rows[2]["name"].endswith("more.zip/good.json")
    assert run("batch", str(pile / "good.json"), "--trust", "any").returncode == 0
    assert json.loads(run("batch", str(file), "--json").stdout)["counts"]["undetermined"] == 1
    assert run("batch", str(file)).returncode == 2
    assert run("batch", str(tmp_path / "nothing")).returncode == 64
    assert run("batch", str(file), "--csv", "/nonexistent/a.csv").returncode == 64
    assert run("batch", str(file), "--trust", "blind").returncode == 64


def test_people_get_a_report_and_no_terminal_codes(file: Path) -> None:
    out = run("verify", str(file)).stdout.decode()
    assert out.startswith("? Cannot tell yet\nIssuer unknown")
    assert "\x1b" not in out
    assert "[U+001B]" in out


@pytest.mark.parametrize(
    "arguments",
    [
        ["verify"],
        ["verify", "/nonexistent.json"],
        ["verify", "-", "--trust", "blind"],
        ["verify", "-", "--colour"],
        ["nothing"],
        ["serve", "--port", "many"],
    ],
)
def test_wrong_usage_is_64_and_one_clear_message(arguments: list[str]) -> None:
    done = run(*arguments)
    assert done.returncode == 64
    assert b"Traceback" not in done.stderr
    assert done.stderr.strip()


def test_serve_hands_on_where_trusted_certificates_are(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SSL_CERT_FILE", "/a/b.pem")
    monkeypatch.delenv("SSL_CERT_DIR", raising=False)
    made: list[Settings] = []
    monkeypatch.setattr("verifier.cli_serve.run", lambda settings, options: made.append(settings))
    with pytest.raises(SystemExit):
        cli.serve()
    assert made[0].certificates == {"SSL_CERT_FILE": "/a/b.pem"}
