"""Whatever happens in a worker is that one submission's report, and the service goes on."""

import logging
import os
import signal
import subprocess
import threading
from collections.abc import Iterator
from datetime import UTC, datetime
from time import monotonic, sleep
from typing import Any

import pytest

from tests.verifier import odd_worker
from verifier import nursery as nursery_module
from verifier import worker as worker_module
from verifier import workers as module
from verifier.config import Settings
from verifier.places import Busy
from verifier.report import Report
from verifier.specimen import SPECIMEN
from verifier.workers import Workers

NOW = datetime(2026, 3, 2, 13, tzinfo=UTC)


@pytest.fixture
def workers() -> Iterator[Workers]:
    made = Workers(Settings(), quick=2, long=2, waiting=2)
    yield made
    made.close()


@pytest.fixture
def odd(workers: Workers, monkeypatch: pytest.MonkeyPatch) -> Workers:
    """Workers that do as the data say (`odd_worker`)."""
    monkeypatch.setattr(nursery_module, "_START", odd_worker.START)
    return workers


def said(report: Report) -> list[str]:
    return str(report.checks[0].detail).split()


def run(workers: Workers, data: bytes) -> Report:
    return workers.verify(data, "any", NOW)


def well(workers: Workers) -> int:
    """The number of the process that does a well-behaved job."""
    report = run(workers, b"{well")
    assert report.verdict == "accepted"
    return int(said(report)[0])


def living() -> set[int]:
    """The processes that this one started and that run."""
    found = subprocess.run(["ps", "-o", "pid=", "--ppid", str(os.getpid())], capture_output=True, check=True).stdout
    return {int(number) for number in found.split()}


def test_the_real_thing(workers: Workers) -> None:
    workers.start()
    report = run(workers, SPECIMEN)
    assert report.verdict == "accepted"
    assert report.checked_at == NOW
    assert report.facts is not None
    assert workers.verify(SPECIMEN, "domain", NOW).verdict == "undetermined"
    assert run(workers, b"no credential").verdict == "rejected"
    assert run(workers, SPECIMEN.replace(b"Toolbox", b"Hammer")).verdict == "rejected"


def test_known_issuers_reach_the_workers() -> None:
    issuer = "did:key:z6Mkjm2g3zaGwXZBeHyBPqNayyPwZ94Ya41s981cqwWvR6Qf"
    workers = Workers(Settings(known={issuer: "Our partner"}), quick=1)
    try:
        assert workers.verify(SPECIMEN, "known", NOW).verdict == "accepted"
    finally:
        workers.close()


def test_a_worker_is_used_again_after_json_and_after_nothing_else(odd: Workers) -> None:
    first = well(odd)
    assert well(odd) == first
    run(odd, b"other")
    assert first != well(odd)


def test_a_worker_is_replaced_after_so_many_jobs(odd: Workers, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "JOBS", 2)
    numbers = [well(odd) for _ in range(4)]
    assert numbers[0] == numbers[1]
    assert numbers[1] != numbers[2]
    assert numbers[2] == numbers[3]


def test_a_worker_that_grew_is_replaced(odd: Workers, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "MOMENT", 60)  # for what was long is replaced anyway
    first = well(odd)
    assert run(odd, b"{grow").verdict == "accepted"
    assert well(odd) != first


@pytest.mark.parametrize("data", [b"spin", b"spin-and-catch"])
def test_endless_work_is_ended_by_the_kernel(odd: Workers, data: bytes, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "HANDS", 120)  # as long as it takes on a busy machine to have worked for WORK
    report = run(odd, data)
    assert report.verdict == "rejected"
    assert report.checks[0].problem == "https://testamur.example/problems#TOO_LARGE"
    assert "more work than a certificate needs" in str(report.reason)
    well(odd)


def test_memory_is_limited(odd: Workers) -> None:
    report = run(odd, b"{eat")
    assert report.verdict == "rejected"
    assert "more memory than a certificate needs" in str(report.reason)
    well(odd)


@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGSEGV, signal.SIGABRT])
def test_a_worker_that_dies_says_nothing_about_the_file(
    odd: Workers, number: int, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.ERROR, "verifier"):
        report = run(odd, b"{die %d" % number)
    assert report.verdict == "undetermined"
    assert f"a worker ended: -{int(number)}" in caplog.text
    well(odd)


def test_an_error_of_ours_is_a_number_and_tells_nothing(odd: Workers, caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.ERROR, "verifier"):
        report = run(odd, b"{break")
    assert report.verdict == "undetermined"
    number = str(report.reason).split()[-1].rstrip(".")
    assert number in caplog.text
    assert "RuntimeError" in caplog.text
    assert "odd_worker.py" in caplog.text
    assert "42" not in caplog.text.replace(number, "")
    well(odd)


@pytest.mark.parametrize("data", [b"{bytes ", b"{bytes {}", b"{bytes \x80\x04K\x01.", b"{long"])
def test_an_answer_that_is_no_report_is_believed_in_nothing(odd: Workers, data: bytes) -> None:
    first = well(odd)
    assert run(odd, data).verdict == "undetermined"
    assert well(odd) != first


def test_whoever_waits_too_long_is_ended_with_all_it_started(odd: Workers, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "HANDS", 0.5)
    started = monotonic()
    report = run(odd, b"{sleep 60")
    assert monotonic() - started < 20
    assert report.verdict == "undetermined"
    assert "in time" in str(report.reason)
    well(odd)


def test_waiting_for_other_servers_takes_longer(odd: Workers, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "HANDS", 0.5)
    assert run(odd, b"{fetch 1.5").verdict == "accepted"
    monkeypatch.setattr(module, "NETWORK", 0.5)
    assert run(odd, b"{fetch 60").verdict == "undetermined"


def test_long_work_leaves_its_place_and_too_much_of_it_is_sent_away(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(nursery_module, "_START", odd_worker.START)
    workers = Workers(Settings(), quick=1, long=1, waiting=0)
    try:
        results: list[Any] = []
        long = threading.Thread(target=lambda: results.append(run(workers, b"{sleep 3")))
        long.start()
        while workers.places._long.free:
            sleep(0.01)
        well(workers)
        with pytest.raises(Busy):
            run(workers, b"{sleep 3.1")
        well(workers)
        long.join()
        assert results[0].verdict == "accepted"
    finally:
        workers.close()


def test_long_work_steps_behind_and_its_worker_is_not_used_again(odd: Workers, monkeypatch: pytest.MonkeyPatch) -> None:
    stepped: list[int] = []
    monkeypatch.setattr(os, "setpriority", lambda which, number, nice: stepped.append(number))
    number = int(said(run(odd, b"{sleep 1"))[0])
    assert stepped == [number]
    assert well(odd) != number


def test_an_idle_worker_that_died_is_noticed(odd: Workers) -> None:
    first = well(odd)
    os.kill(first, signal.SIGKILL)
    (idle,) = odd._idle
    while idle.channel.quiet:
        sleep(0.01)
    assert well(odd) != first


def test_a_worker_that_says_more_than_it_was_asked_is_not_used_again(odd: Workers) -> None:
    well(odd)
    (idle,) = odd._idle
    idle.channel._read += b"\0"  # as if it had prepared an answer to the next submission
    assert well(odd) != idle.number


def test_a_lost_nursery_is_replaced(odd: Workers) -> None:
    well(odd)
    process = odd._nursery._process
    assert process is not None
    process.kill()
    process.wait()
    run(odd, b"other")  # the last of the old workers
    well(odd)
    well(odd)


def test_nothing_runs_on_when_it_is_closed(odd: Workers) -> None:
    odd.start()
    number = well(odd)
    process = odd._nursery._process
    assert process is not None
    assert process.pid in living()
    odd.close()
    assert process.pid not in living()
    with pytest.raises(ProcessLookupError):
        os.kill(number, 0)


def test_what_is_cut_short_says_that_the_service_stops(odd: Workers) -> None:
    reports: list[Report] = []
    held = threading.Thread(target=lambda: reports.append(run(odd, b"{sleep 60")))
    held.start()
    while not odd._busy:
        sleep(0.01)
    assert odd.ready()
    odd.abandon()
    held.join(30)
    assert reports[0].verdict == "undetermined"
    assert "restarted" in str(reports[0].reason)
    assert not odd.ready()


def test_termination_is_for_the_service_alone(odd: Workers) -> None:
    number = well(odd)
    process = odd._nursery._process
    assert process is not None
    for each in (number, process.pid):
        os.kill(each, signal.SIGTERM)
        os.kill(each, signal.SIGINT)
    sleep(0.1)
    assert well(odd) == number


def test_a_worker_has_an_empty_environment_and_the_limits(odd: Workers, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TESTAMUR_SECRET", "42")
    number = well(odd)
    with open(f"/proc/{number}/environ", "rb") as file:
        assert b"TESTAMUR" not in file.read()
    with open(f"/proc/{number}/limits") as limits:
        lines = {line[:26].strip(): line[26:].split()[:2] for line in limits}
    assert lines["Max address space"] == [str(worker_module.MEMORY), str(768 << 20)]
    assert lines["Max core file size"] == ["0", "0"]
    assert lines["Max open files"] == [str(worker_module.FILES)] * 2
    assert lines["Max file size"] == [str(worker_module.FILE)] * 2


def test_a_worker_is_told_where_trusted_certificates_are_and_nothing_else(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(nursery_module, "_START", odd_worker.START)
    workers = Workers(Settings(certificates={"SSL_CERT_FILE": "/a/b.pem"}), quick=1, long=1, waiting=1)
    try:
        with open(f"/proc/{well(workers)}/environ", "rb") as file:
            assert file.read() == b"SSL_CERT_FILE=/a/b.pem\0"
    finally:
        workers.close()


def test_what_is_promised_for_a_file_holds() -> None:
    assert worker_module.WORK < module.HANDS <= 5
    assert worker_module.MEMORY <= 512 << 20
