"""`make run`: two processes until Ctrl-C, again from where it was, and one clear line when it cannot start."""

import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from issuer import config, demo
from issuer.cli import guarded
from tests.issuer.test_cli import CATALOGUE, COMPLETIONS

# Another learner, who has one course of the program.
NOT_YET = "leo,Leo Nadie,leo@example.org,toolbox,2026-01-05-en,en,passed,90,2026-02-01,yes,yes\n"

RUN = (
    "import sys; from pathlib import Path; from issuer import demo; demo.EXAMPLES = Path(sys.argv.pop(1)); demo.main()"
)


def issuer(home: Path, *arguments: str) -> str:
    command = [sys.executable, "-m", "issuer", "--home", str(home), *arguments]
    return subprocess.run(command, check=True, capture_output=True, text=True, timeout=60).stdout


@pytest.fixture
def examples(tmp_path: Path) -> Path:
    """Few enough to be issued in a second."""
    folder = tmp_path / "examples"
    (folder / "catalogue").mkdir(parents=True)
    (folder / "catalogue" / "all.toml").write_text(CATALOGUE)
    (folder / "completions.csv").write_text(COMPLETIONS)
    return folder


def free_ports() -> tuple[int, int]:
    with socket.socket() as one, socket.socket() as other:
        one.bind(("127.0.0.1", 0))
        other.bind(("127.0.0.1", 0))
        return one.getsockname()[1], other.getsockname()[1]


@contextmanager
def running(examples: Path, home: Path, ports: tuple[int, int]) -> Iterator[tuple["subprocess.Popen[str]", str]]:
    """The process and its report."""
    command = [sys.executable, "-c", RUN, str(examples)]
    command += ["--issuer-port", str(ports[0]), "--verifier-port", str(ports[1])]
    environ = {**os.environ, "TESTAMUR_HOME": str(home)}
    report = home.with_suffix(".log")
    with (
        report.open("w") as output,
        subprocess.Popen(command, env=environ, stdout=output, stderr=subprocess.STDOUT, text=True) as process,
    ):
        try:
            deadline = time.monotonic() + 120
            while "Ctrl-C" not in report.read_text():
                assert process.poll() is None, report.read_text()
                assert time.monotonic() < deadline, report.read_text()
                time.sleep(0.1)
            yield process, report.read_text()
        finally:
            if process.poll() is None:
                process.send_signal(signal.SIGINT)
                process.wait(30)


def can_listen(port: int) -> bool:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            return False
    return True


def get(url: str, accept: str = "application/json") -> str:
    request = urllib.request.Request(url, headers={"Accept": accept})
    with urllib.request.urlopen(request, timeout=60) as answer:
        return str(answer.read().decode())


def test_it_runs_until_it_is_stopped_and_goes_on_the_next_time(examples: Path, tmp_path: Path) -> None:
    ports, home = free_ports(), tmp_path / "home"
    with running(examples, home, ports) as (process, report):
        assert "4 completions, 1 decision: 1 awarded, 0 not yet" in report
        certificate, verification = re.findall(r"http://localhost:\d+/(?:credentials|verify)\S+", report)[:2]
        assert '"verdict":"accepted"' in get(verification).replace(" ", "")
        assert "Ana Invenira" in get(certificate, "text/html")
        assert "/credentials/{name}" in get(f"http://localhost:{ports[0]}/docs", "text/html").replace("<wbr>", "")
        assert get(f"http://localhost:{ports[1]}/docs", "text/html")
        process.send_signal(signal.SIGINT)
        assert process.wait(30) == 0
    assert all(can_listen(port) for port in ports)
    with running(examples, home, ports) as (process, again):
        assert re.findall(r"http://localhost:\S+/credentials/\S+", again)[0] == certificate
        assert "5 certificates" in again
        assert "Issuing" not in again
        assert "4 completions, 1 decision: 1 awarded, 0 not yet" in again
        process.send_signal(signal.SIGTERM)
        assert process.wait(30) == 0
    assert all(can_listen(port) for port in ports)


def learner_page(report: str) -> str:
    (url,) = re.findall(r"A learner's page +(http://localhost:\d+/learners/\S+)", report)
    return str(url)


def test_a_learner_who_is_not_there_yet_has_one_link_and_the_office_is_named(examples: Path, tmp_path: Path) -> None:
    with (examples / "completions.csv").open("a") as more:
        more.write(NOT_YET)
    ports, home = free_ports(), tmp_path / "home"
    with running(examples, home, ports) as (_, report):
        first = learner_page(report)
        assert "Leo Nadie" in get(first, "text/html")
        assert f"http://localhost:{ports[0]}/organizations/" in report
        assert f"--home {home} api-keys new NAME --role administrator" in report
    by_hand = issuer(home, "learners", "link", "leo", "--program", "mini").strip()
    with running(examples, home, ports) as (_, report):
        assert "Leo Nadie" in get(learner_page(report), "text/html")
        assert "Leo Nadie" in get(by_hand, "text/html")  # what somebody made is left alone
        with pytest.raises(urllib.error.HTTPError, match="404"):
            get(first, "text/html")


def test_the_command_that_makes_a_key_can_be_pasted() -> None:
    """Also where a shell would take the folder's name apart."""
    assert demo._key_command(Path(config.DEFAULT_HOME).absolute()) == (
        ".venv/bin/issuer api-keys new NAME --role administrator"
    )
    assert "--home '/tmp/a b' " in demo._key_command(Path("/tmp/a b"))


def start(arguments: list[str], home: Path, capsys: pytest.CaptureFixture[str]) -> str:
    """The one line of a start that is refused."""
    code = guarded(lambda: demo.demo(args=["--home", str(home), *arguments], standalone_mode=False))
    assert code == 1
    (line,) = capsys.readouterr().err.strip().splitlines()
    assert line.startswith("error: ")
    return line


@pytest.mark.parametrize("option", ["--issuer-port", "--verifier-port"])
def test_a_taken_port_is_said_before_any_work(tmp_path: Path, capsys: pytest.CaptureFixture[str], option: str) -> None:
    ports = dict(zip(("--issuer-port", "--verifier-port"), map(str, free_ports()), strict=True))
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        ports[option] = str(taken.getsockname()[1])
        line = start([part for pair in ports.items() for part in pair], tmp_path / "home", capsys)
    assert f"Port {ports[option]} on 127.0.0.1 cannot be used" in line
    assert option in line
    assert not (tmp_path / "home").exists()


def test_a_folder_that_cannot_be_made_is_said(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "file").write_text("")
    one, other = free_ports()
    line = start(["--issuer-port", str(one), "--verifier-port", str(other)], tmp_path / "file" / "home", capsys)
    assert "cannot be made" in line


def test_a_missing_part_is_said(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(demo, "_PARTS", ("typst", "no_such_part"))
    assert "Not installed: no_such_part." in start([], tmp_path / "home", capsys)


def test_missing_examples_are_said(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(demo, "EXAMPLES", tmp_path / "nothing")
    assert "There are no examples" in start([], tmp_path / "home", capsys)


def test_other_ports_for_the_same_folder_are_refused(
    examples: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    from issuer.setup import initialize
    from tests.issuer.installation import NOW, URL, VERIFIER

    monkeypatch.setattr(demo, "EXAMPLES", examples)
    initialize(tmp_path / "home", organization="Mine", url=URL, verifier_url=VERIFIER, environ={}, now=NOW)
    one, other = free_ports()
    line = start(["--issuer-port", str(one), "--verifier-port", str(other)], tmp_path / "home", capsys)
    assert "was set up with" in line
    assert "ports of its first run" in line


def test_one_port_for_both_is_refused(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    port = str(free_ports()[0])
    assert "two different ports" in start(["--issuer-port", port, "--verifier-port", port], tmp_path / "h", capsys)


def test_a_service_that_stops_by_itself_stops_the_other(
    examples: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    begun: list[subprocess.Popen[bytes]] = []

    def start_one(arguments: list[str], environ: dict[str, str]) -> "subprocess.Popen[bytes]":
        code = "import time; time.sleep(60)" if arguments[0] == "verifier" else "raise SystemExit(3)"
        begun.append(subprocess.Popen([sys.executable, "-c", code], start_new_session=True))
        return begun[-1]

    monkeypatch.setattr(demo, "EXAMPLES", examples)
    monkeypatch.setattr(demo, "_start", start_one)
    one, other = free_ports()
    arguments = ["--home", str(tmp_path / "home"), "--issuer-port", str(one), "--verifier-port", str(other)]
    assert guarded(lambda: demo.demo(args=arguments, standalone_mode=False)) == 1
    assert "The issuer stopped (exit 3)." in capsys.readouterr().err
    assert all(child.poll() is not None for child in begun)
    shutil.rmtree(tmp_path / "home")
