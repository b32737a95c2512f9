"""What is met again is known: workers note it, the school learns it, and the next workers are born with it."""

import json
import signal
import threading
from collections import Counter
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import pytest

from tests.vc.samples import SoftSigner, course, secure
from vc.compiled import Shapes
from vc.context_rules import RULES
from verifier import lessons as module
from verifier import nursery as nursery_module
from verifier import teaching, worker
from verifier.config import Settings
from verifier.lessons import Lessons
from verifier.nursery import NoWorker, Nursery
from verifier.teaching import Teaching
from verifier.watch import MOST, Tally, Watch
from verifier.workers import Workers

NOW = datetime(2026, 3, 2, 13, tzinfo=UTC)
SIGNER = SoftSigner("lessons")


def certificate(name: str) -> bytes:
    credential = course(SIGNER)
    del credential["credentialStatus"]
    credential["id"] = f"https://credentials.example.org/{name}"
    credential["credentialSubject"]["identifier"][0]["identityHash"] = name
    return json.dumps(secure(credential, SIGNER)).encode()


class Counting(Watch):
    def __init__(self) -> None:
        self.tally = Tally()
        self.lessons: Counter[str] = Counter()
        self.ends: Counter[str] = Counter()
        self.taught_one = threading.Semaphore(0)

    def done(self, tally: Tally) -> None:
        self.tally = tally

    def ended(self, cause: str) -> None:
        self.ends[cause] += 1

    def taught(self, outcome: str) -> None:
        self.lessons[outcome] += 1
        self.taught_one.release()


@pytest.fixture
def nursery() -> Iterator[Nursery]:
    made = Nursery(Settings())
    yield made
    made.close()


def test_a_program_that_is_met_again_is_known(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(teaching, "PAUSE", 0.01)
    monkeypatch.setattr("verifier.workers.MOMENT", 60.0)
    watch = Counting()
    workers = Workers(Settings(), quick=1, watch=watch)
    try:
        for turn in range(3):
            assert workers.verify(certificate(f"learner-{turn}"), "any", NOW).verdict == "accepted"
            assert watch.tally.unknown > 0
            assert watch.taught_one.acquire(timeout=60)
            if watch.lessons["more"]:
                break
        workers.verify(certificate("who-still-had-an-old-worker"), "any", NOW)
        assert watch.ends["taught"] == 1
        report = workers.verify(certificate("somebody-else"), "any", NOW)
        assert report.verdict == "accepted"
        assert (watch.tally.known, watch.tally.unknown) == (2, 0)
        forged = certificate("somebody-else").replace(b"somebody-else", b"somebody-new!")
        assert workers.verify(forged, "any", NOW).verdict == "rejected"
    finally:
        workers.close()


def test_what_was_not_accepted_is_no_lesson(monkeypatch: pytest.MonkeyPatch) -> None:
    offered: list[bytes] = []
    monkeypatch.setattr(Teaching, "offer", lambda self, notes: offered.append(notes))
    workers = Workers(Settings(), quick=1)
    try:
        assert workers.verify(certificate("ana"), "domain", NOW).verdict == "undetermined"
        assert workers.verify(certificate("ana").replace(b'"ana"', b'"eve"'), "any", NOW).verdict == "rejected"
        assert offered == []
        assert workers.verify(certificate("ana"), "any", NOW).verdict == "accepted"
        assert len(offered) == 1
    finally:
        workers.close()


def _notes(*names: str) -> list[bytes]:
    """As a worker makes them of such certificates."""
    pupil = Lessons()
    pupil.graduate()
    noted = []
    for name in names:
        document = json.loads(certificate(name))
        del document["proof"]
        pupil.learn(document, rule=RULES[0])
        noted.append(pupil.notes())
    return noted


def test_a_worker_notes_and_does_not_learn() -> None:
    pupil = Lessons()
    pupil.graduate()
    document = {"@context": []}
    pupil.learn(document, rule=RULES[0])
    assert pupil.compiled == 0
    assert json.loads(pupil.notes()) == {"lessons": [{"document": document, "rule": 0, "algorithm": "sha256"}]}
    assert pupil.notes() == b""
    pupil.learn({"long": "x" * module.MAX_NOTES}, rule=RULES[0])
    assert pupil.notes() == b""


def test_two_of_a_kind_make_the_school_know_more() -> None:
    school = Lessons()
    first, second, third = _notes("ana", "bo", "cy")
    assert [school.take(one) for one in (first, second, third)] == [False, True, False]


@pytest.mark.parametrize(
    "notes",
    [
        b"",
        b"[]",
        b"{",
        b'{"lessons":1}',
        b'{"lessons":[1,{},{"document":[],"rule":0,"algorithm":"sha256"}]}',
        b'{"lessons":[{"document":{},"rule":-1,"algorithm":"sha256"},{"document":{},"rule":99,"algorithm":"sha256"}]}',
        b'{"lessons":[{"document":{},"rule":0,"algorithm":"md5"},{"document":{},"rule":true,"algorithm":"sha256"}]}',
        b'{"lessons":[{"document":{"@context":["https://nowhere.example"]},"rule":0,"algorithm":"sha256"}]}',
        b"[" * 100_000,
        b"\x80\x04K\x01.",
    ],
)
def test_notes_that_are_none_teach_nothing(notes: bytes) -> None:
    school = Lessons()
    assert school.take(notes) is False
    assert school._families == {}


def test_the_full_path_is_asked_before_anything_is_known(monkeypatch: pytest.MonkeyPatch) -> None:
    """A worker that was taken over may send what no verification accepted."""
    document: dict[str, Any] = json.loads(_notes("ana")[0])["lessons"][0]["document"]
    document["credentialSubject"]["notAWordOfTheContexts"] = "ana"  # what the full path refuses
    school = Lessons()
    for name in ("ana", "bo"):
        document["id"] = f"https://credentials.example.org/{name}"
        lesson = {"document": document, "rule": 0, "algorithm": "sha256"}
        assert school.take(json.dumps({"lessons": [lesson]}).encode()) is False
    assert Shapes.canonical(school, document, rule=RULES[0]) is None


def test_a_lesson_that_takes_too_long_ends_the_school_alone(nursery: Nursery, monkeypatch: pytest.MonkeyPatch) -> None:
    before = nursery.hatch()
    assert nursery.teach(_notes("ana")[0]) is False
    from_school = nursery.hatch()
    assert from_school.maker is not before.maker
    school = nursery._school
    assert school is not None
    monkeypatch.setattr(school, "learn", lambda notes: (_ for _ in ()).throw(nursery_module.Closed))
    with pytest.raises(NoWorker):
        nursery.teach(_notes("bo")[0])
    after = nursery.hatch()
    assert after.maker is before.maker
    for one in (before, from_school, after):
        nursery.drop(one)
    assert nursery.teach(_notes("bo")[0]) is False, "a new one, which knows nothing yet"


def test_the_school_works_within_a_limit(monkeypatch: pytest.MonkeyPatch) -> None:
    timers: list[float] = []
    monkeypatch.setattr(signal, "setitimer", lambda which, seconds: timers.append(seconds))
    assert worker._learnt(Lessons(), b"{}") is False
    assert timers == [worker.WORK, 0]


def test_a_worker_that_is_to_be_dropped_while_the_school_learns_is_dropped_later(nursery: Nursery) -> None:
    nursery.teach(_notes("ana")[0])
    one, other = nursery.hatch(), nursery.hatch()
    with one.maker.lock:  # as during a lesson
        nursery.drop(one)
        third = nursery.hatch()
        assert third.maker is not one.maker
    assert one.maker._left == [one.number]
    nursery.drop(other)
    nursery.drop(third)
    assert one.maker._left == []


def test_no_more_is_believed_than_numbers() -> None:
    assert Tally(-5, 10**9, 3, 0).believed() == Tally(0, MOST, 3, 0)


def test_strangers_cannot_order_many_lessons(nursery: Nursery, monkeypatch: pytest.MonkeyPatch) -> None:
    given: list[bytes] = []
    begun, go_on = threading.Event(), threading.Event()

    def teach(notes: bytes) -> bool:
        given.append(notes)
        begun.set()
        go_on.wait(60)
        raise NoWorker

    monkeypatch.setattr(nursery, "teach", teach)
    watch = Counting()
    lessons = Teaching(nursery, watch)
    lessons.offer(b"first")
    assert begun.wait(60)
    for turn in range(100):
        lessons.offer(b"%d" % turn)
    go_on.set()
    assert watch.taught_one.acquire(timeout=60)
    assert not watch.taught_one.acquire(timeout=0.2), "none for a while"
    assert given == [b"first"]
    assert lessons._lessons.qsize() == teaching.WAITING
    lessons.close()
