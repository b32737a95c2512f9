"""A few are worked for, a few wait, the rest is told so; what takes long goes aside."""

import threading
from collections.abc import Callable
from contextlib import ExitStack, suppress
from time import sleep

import pytest

from verifier import places as module
from verifier.places import Busy, Places


def until(holds: Callable[[], bool]) -> None:
    for _ in range(500):
        if holds():
            return
        sleep(0.01)
    pytest.fail("it never came so far")


def test_places_are_counted_and_given_back() -> None:
    places = Places(quick=1, long=0, waiting=0)
    with places.taken():
        assert places._quick.full
        with pytest.raises(Busy), places.taken():
            pass
    with pytest.raises(ZeroDivisionError), places.taken():
        raise ZeroDivisionError
    assert not places._quick.full
    with places.taken():
        pass


def test_nobody_waits_longer_than_patience(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "PATIENCE", 0.05)
    places = Places(quick=1, long=0, waiting=1)
    with places.taken():
        with pytest.raises(Busy), places.taken():
            pass
        assert not places._quick.full, "who gave up waits no more"


def test_long_work_makes_room() -> None:
    places = Places(quick=1, long=1, waiting=0)
    with ExitStack() as held:
        first = held.enter_context(places.taken())
        first.lengthen()
        first.lengthen()  # it is there already
        assert not places._quick.full
        second = held.enter_context(places.taken())
        with pytest.raises(Busy):
            second.lengthen()
        assert places._quick.full
    with ExitStack() as held:
        held.enter_context(places.taken()).lengthen()
        held.enter_context(places.taken())


def _enter(places: Places, name: str, done: list[str], **how: int) -> threading.Thread:
    def work() -> None:
        with suppress(Busy), places.taken(**how):
            done.append(name)

    thread = threading.Thread(target=work)
    thread.start()
    return thread


def test_first_come_first_served_and_who_yields_lets_others_pass() -> None:
    places = Places(quick=1, long=0, waiting=20)
    done: list[str] = []
    with places.taken():
        threads = []
        for name, yields in (("many", 2), ("a", 0), ("b", 0), ("c", 0)):
            threads.append(_enter(places, name, done, yields=yields))
            until(lambda: len(places._quick.line) == len(threads))
    for thread in threads:
        thread.join()
    assert done == ["a", "b", "many", "c"]


def test_in_a_crowd_the_last_is_served_and_the_first_sent_away_and_who_yields_is_not_forgotten() -> None:
    places = Places(quick=1, long=0, waiting=4)
    done: list[str] = []
    with places.taken():
        threads = []
        for name, yields in (("a", 0), ("b", 0), ("many", 1), ("c", 0), ("d", 0)):
            threads.append(_enter(places, name, done, yields=yields))
            until(lambda: len(places._quick.line) == len(threads))
    for thread in threads:
        thread.join()
    # four wait: "many" has its turn, and "a" is sent away; then the last, until it is no crowd any more
    assert done == ["many", "d", "c", "b"]


def test_in_a_crowd_the_last_is_served() -> None:
    places = Places(quick=1, long=0, waiting=1)
    done: list[str] = []
    with places.taken():
        only = _enter(places, "only", done)
        until(lambda: places._quick.full)
    only.join()
    assert done == ["only"], "who is first and last is served"
    places = Places(quick=1, long=0, waiting=2)
    with places.taken():
        threads = [_enter(places, "first", done)]
        until(lambda: len(places._quick.line) == 1)
        threads.append(_enter(places, "last", done))
        until(lambda: places._quick.full)
    for thread in threads:
        thread.join()
    assert done == ["only", "last"]


def test_who_yields_takes_nobodys_place_in_the_line() -> None:
    places = Places(quick=1, long=0, waiting=1)
    done: list[str] = []
    with places.taken():
        threads = [_enter(places, "many", done, yields=5), _enter(places, "more", done, yields=5)]
        until(lambda: len(places._quick.line) == 2)
        assert not places._quick.full
        threads.append(_enter(places, "one", done))
        until(lambda: places._quick.full)
    for thread in threads:
        thread.join()
    assert done[0] == "one"
    assert len(done) == 3
