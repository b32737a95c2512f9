"""Frames between processes: whole or not at all, within a time and a length."""

import os
import threading
from collections.abc import Iterator
from time import monotonic

import pytest

from verifier import channel
from verifier.channel import Channel, Closed

made: list[Channel] = []


@pytest.fixture(autouse=True)
def _closed() -> Iterator[None]:
    yield
    while made:
        made.pop().close()


def pair() -> tuple[Channel, Channel]:
    ends = channel.pair()
    made.extend(ends)
    return ends


def test_frames_come_as_they_were_sent() -> None:
    one, other = pair()
    one.send(b"a", b"", b"bc")
    assert [other.receive(limit=2) for _ in range(3)] == [b"a", b"", b"bc"]
    long = os.urandom(3_000_000)
    sender = threading.Thread(target=one.send, args=(long,))
    sender.start()
    assert other.receive(limit=len(long), seconds=20) == long
    sender.join()


def test_a_frame_longer_than_allowed_is_refused_before_it_is_read() -> None:
    one, other = pair()
    one.send(b"abc")
    with pytest.raises(Closed):
        other.receive(limit=2)


def test_time_passes_and_a_later_call_goes_on() -> None:
    one, other = pair()
    started = monotonic()
    assert other.receive(limit=9, seconds=0.05) is None
    assert monotonic() - started < 5
    os.write(one.fileno(), b"\0\0\0\0\0\0\0\3a")
    assert other.receive(limit=9, seconds=0.05) is None
    os.write(one.fileno(), b"bc")
    assert other.receive(limit=9, seconds=5) == b"abc"


def test_who_sends_a_byte_at_a_time_gets_no_more_time() -> None:
    one, other = pair()
    stop = threading.Event()

    def drip() -> None:
        os.write(one.fileno(), b"\0\0\0\0\0\0\1\0")
        while not stop.wait(0.02):
            os.write(one.fileno(), b"a")

    dripping = threading.Thread(target=drip)
    dripping.start()
    started = monotonic()
    assert other.receive(limit=256, seconds=0.3) is None
    stop.set()
    dripping.join()
    assert monotonic() - started < 5


def test_the_other_side_is_gone() -> None:
    one, other = pair()
    other.close()
    with pytest.raises(Closed):
        one.receive(limit=1)
    with pytest.raises(Closed):
        one.send(b"a" * 1_000_000)


def test_the_other_side_does_not_read() -> None:
    one, _other = pair()
    with pytest.raises(Closed):
        one.send(b"a" * 10_000_000, seconds=0.1)


def test_quiet() -> None:
    one, other = pair()
    assert other.quiet
    os.write(one.fileno(), b"\0")
    assert not other.quiet
    assert not other.quiet, "what came stays"
    three, four = pair()
    four.close()
    assert not three.quiet


def test_an_end_is_handed_over() -> None:
    one, other = pair()
    ours, theirs = pair()
    one.give(theirs)
    theirs.close()
    taken = other.take()
    made.append(taken)
    taken.send(b"here")
    assert ours.receive(limit=10, seconds=5) == b"here"
    os.write(one.fileno(), b"+")
    with pytest.raises(Closed):
        other.take()
    assert isinstance(taken, Channel)
