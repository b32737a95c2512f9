"""What was fetched and proved is kept, and nothing else is."""

import json
import pickle
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from tests.vc.samples import NOW
from vc.dates import parse_datetime
from vc.errors import ParsingError, Unavailable
from verifier.fetch import Fetched
from verifier.good_copies import FRESH, MAX_AGE, MAX_FAILED, RETRY, Copy, Gone, GoodCopies
from verifier.known_issuers import ListRefused

URL = "https://lists.example/list"


@dataclass(frozen=True)
class Word:
    text: str
    issued: datetime | None = None
    expires: datetime | None = None


def prove(body: bytes) -> Word:
    """Good is what begins with "good"; behind it stand, when there are any, the dates."""
    text, _, dates = body.decode().partition("|")
    if not text.startswith("good"):
        raise ParsingError("This is not good.")
    issued, _, expires = dates.partition("|")
    return Word(text, parse_datetime(issued) if issued else None, parse_datetime(expires) if expires else None)


class Server:
    def __init__(self, body: bytes = b"good") -> None:
        self.body = body
        self.status = 200
        self.age = 0
        self.asked = 0

    def get(self, url: str, accept: str | None = None) -> Fetched:
        self.asked += 1
        if self.status == 0:
            raise Unavailable("{url} cannot be reached.", url=url)
        return Fetched(self.status, {}, url, self.body, self.age)


def have(
    copies: GoodCopies, server: Server, now: datetime = NOW, *, pinned: bool = False, gone: bool = False
) -> Copy[Word]:
    return copies.have(URL, prove=prove, fetch=server, now=now, pinned=pinned, gone=gone)


def test_a_source_is_asked_once_an_hour() -> None:
    copies, server = GoodCopies(), Server()
    for minutes in (0, 30, 59):
        assert have(copies, server, NOW + timedelta(minutes=minutes)).value.text == "good"
    assert server.asked == 1
    server.body = b"good again"
    assert have(copies, server, NOW + FRESH).value.text == "good again"


@pytest.mark.parametrize("status", [0, 404, 500])
def test_a_source_that_is_down_for_a_while(status: int) -> None:
    copies, server = GoodCopies(), Server()
    have(copies, server)
    server.status = status
    found = have(copies, server, NOW + MAX_AGE - timedelta(seconds=1))
    assert (found.value.text, found.at) == ("good", NOW)
    assert isinstance(found.trouble, Unavailable)
    with pytest.raises(Unavailable):
        have(copies, server, NOW + MAX_AGE)


def test_a_source_that_was_never_reached() -> None:
    server = Server()
    server.status = 0
    with pytest.raises(Unavailable):
        have(GoodCopies(), server)


def test_a_bad_answer_never_takes_the_place_of_a_good_one(tmp_path: Path) -> None:
    copies, server = GoodCopies(tmp_path), Server()
    have(copies, server)
    server.body = b"bad"
    found = have(copies, server, NOW + FRESH)
    assert (found.value.text, type(found.trouble)) == ("good", ParsingError)
    assert have(GoodCopies(tmp_path), server, NOW + FRESH).value.text == "good"
    with pytest.raises(ParsingError):
        have(GoodCopies(), server)


def test_an_older_answer_is_refused() -> None:
    copies, server = GoodCopies(), Server(b"good|2026-02-02T00:00:00Z")
    have(copies, server)
    server.body = b"good old|2026-02-01T00:00:00Z"
    found = have(copies, server, NOW + FRESH)
    assert (found.value.text, type(found.trouble)) == ("good", ListRefused)
    server.body = b"good and as old|2026-02-02T00:00:00Z"
    assert have(copies, server, NOW + FRESH + RETRY).trouble is None


def test_what_expired_serves_no_more_and_still_keeps_older_ones_out() -> None:
    copies, server = GoodCopies(), Server(b"good|2026-02-02T00:00:00Z|2026-03-02T12:10:00Z")
    have(copies, server)
    server.status = 0
    with pytest.raises(Unavailable):
        have(copies, server, NOW + timedelta(minutes=11))
    server.status, server.body = 200, b"good old|2026-02-01T00:00:00Z"
    with pytest.raises(ListRefused):
        have(copies, server, NOW + timedelta(minutes=17))


def test_a_source_that_failed_is_let_alone_for_a_while() -> None:
    copies, server = GoodCopies(), Server()
    server.status = 0
    for minutes in (0, 2, 4):
        with pytest.raises(Unavailable):
            have(copies, server, NOW + timedelta(minutes=minutes))
    assert server.asked == 1
    server.status = 200
    assert have(copies, server, NOW + RETRY).trouble is None
    server.body = b"bad"
    for minutes in (70, 72):
        assert have(copies, server, NOW + timedelta(minutes=minutes)).trouble is not None
    assert server.asked == 3
    server.body = b"good again"
    assert have(copies, server, NOW + timedelta(minutes=75)).value.text == "good again"


def test_failures_do_not_fill_the_memory() -> None:
    copies, server = GoodCopies(), Server()
    server.status = 0
    for number in range(MAX_FAILED + 5):
        with pytest.raises(Unavailable):
            copies.have(f"{URL}?sub={number}", prove=prove, fetch=server, now=NOW)
    assert len(copies._failed) == MAX_FAILED


def test_what_is_pinned_is_asked_for_once(tmp_path: Path) -> None:
    server = Server()
    have(GoodCopies(tmp_path), server, pinned=True)
    have(GoodCopies(tmp_path), server, NOW + timedelta(days=900), pinned=True)
    assert server.asked == 1


def test_it_outlives_a_restart_and_is_proved_again(tmp_path: Path) -> None:
    server = Server()
    have(GoodCopies(tmp_path), server)
    (file,) = tmp_path.iterdir()
    assert have(GoodCopies(tmp_path), server).value.text == "good"
    assert server.asked == 1
    entry = json.loads(file.read_bytes())
    for damaged in (
        b"",
        b"{",
        b"[]",
        b"{}",
        json.dumps(entry | {"body": "YmFk"}).encode(),
        json.dumps(entry | {"at": 1}).encode(),
    ):
        file.write_bytes(damaged)
        server.asked = 0
        assert have(GoodCopies(tmp_path), server).value.text == "good"
        assert server.asked == 1


def test_a_folder_that_cannot_be_written_is_no_reason_to_stop(tmp_path: Path) -> None:
    blocked = tmp_path / "file"
    blocked.write_text("")
    assert have(GoodCopies(blocked), Server()).value.text == "good"


def test_gone_is_an_answer_where_it_is_asked_for(tmp_path: Path) -> None:
    copies, server = GoodCopies(tmp_path), Server()
    have(copies, server)
    server.status = 404
    with pytest.raises(Gone):
        have(copies, server, NOW + FRESH, gone=True)
    server.status = 0
    for again in (copies, GoodCopies(tmp_path)):
        with pytest.raises(Unavailable):
            have(again, server, NOW + FRESH, gone=True)


def test_an_answer_out_of_a_cache_is_as_old_as_it_is() -> None:
    copies, server = GoodCopies(), Server()
    server.age = 7_200
    assert have(copies, server).at == NOW - timedelta(hours=2)
    have(copies, server)
    assert server.asked == 2


def test_a_clock_that_went_back() -> None:
    copies, server = GoodCopies(), Server()
    have(copies, server)
    server.status = 0
    with pytest.raises(Unavailable):
        have(copies, server, NOW - timedelta(hours=1))


def test_what_one_key_proved_is_not_what_another_proves() -> None:
    copies, server = GoodCopies(), Server()
    for like in ("one key", "another"):
        copies.have(URL, prove=prove, fetch=server, now=NOW, like=like)
    assert server.asked == 2


def test_it_goes_to_another_process(tmp_path: Path) -> None:
    server = Server()
    copies = GoodCopies(tmp_path)
    have(copies, server)
    assert have(pickle.loads(pickle.dumps(copies)), server).value.text == "good"
    assert server.asked == 1
