"""What is kept of issuers' answers: nothing about a learner, nothing for long, and never too much."""

import base64
import json
import os
from pathlib import Path

import pytest

from verifier import cache as module
from verifier import kept_files
from verifier.cache import MAX_AGE, FetchCache

URL = "https://issuer.example/status/1"
NAME = f"*/* {URL}"
LIST = b'{"type": ["VerifiableCredential", "BitstringStatusListCredential"]}'
KEYS = b'{"id": "did:web:issuer.example", "verificationMethod": []}'
OLD_LIST = b'{"type": ["VerifiableCredential", "StatusList2021Credential"]}'
CERTIFICATE = b'{"type": ["VerifiableCredential", "OpenBadgeCredential"]}'


def token(claims: bytes) -> bytes:
    return b"eyJhbGciOiJFZERTQSJ9." + base64.urlsafe_b64encode(claims).rstrip(b"=") + b".c2ln"


TOKENS = [token(LIST), token(b'{"vc": ' + OLD_LIST + b"}"), token(b'{"sub": "x", "status_list": {}}')]
CERTIFICATES = [
    token(CERTIFICATE),
    token(b'{"vc": ' + CERTIFICATE + b"}"),
    token(b'{"status": {"status_list": {}}}'),
    token(LIST).rpartition(b".")[0],
    b"..",
    b"\xff.\xff.\xff",
]


class Clock:
    now = 1_000_000.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture(params=["memory", "disk"])
def cache(request: pytest.FixtureRequest, tmp_path: Path, clock: Clock) -> FetchCache:
    return FetchCache(tmp_path / "deep" / "cache" if request.param == "disk" else None, clock=clock)


def keep(cache: FetchCache, body: bytes = LIST, url: str = URL, **headers: str) -> None:
    cache.keep(url, 200, {name.replace("_", "-"): value for name, value in headers.items()}, url, body)


@pytest.mark.parametrize("body", [LIST, KEYS, OLD_LIST, *TOKENS])
def test_keys_and_lists_are_kept(body: bytes, cache: FetchCache, clock: Clock) -> None:
    keep(cache, body, etag='"1"', set_cookie="a=b")
    clock.now += 5
    kept = cache.find(URL)
    assert kept is not None
    assert (kept.body, kept.status, kept.url, kept.age, kept.etag) == (body, 200, URL, 5, '"1"')
    assert "set-cookie" not in kept.headers


@pytest.mark.parametrize("body", [CERTIFICATE, b"", b"[]", b"not json", b"[" * 100_000, b"\xff", *CERTIFICATES])
def test_nothing_about_a_learner_is_kept(body: bytes, cache: FetchCache) -> None:
    keep(cache, body)
    assert cache.find(URL) is None


@pytest.mark.parametrize("control", ["no-store", "private", "public, No-Store", "private, max-age=60"])
def test_what_must_not_be_kept(control: str, cache: FetchCache) -> None:
    keep(cache, cache_control=control)
    assert cache.find(URL) is None


@pytest.mark.parametrize("status", [201, 301, 404, 500])
def test_only_answers_that_went_well_are_kept(status: int, cache: FetchCache) -> None:
    cache.keep(URL, status, {}, URL, LIST)
    assert cache.find(URL) is None


@pytest.mark.parametrize(
    ("control", "seconds"),
    [
        ("max-age=60", 60),
        ("public, max-age=60", 60),
        ("max-age=999999999", 3600),
        ("no-cache, max-age=60", 0),
        ("No-Cache, Max-Age=60", 0),
        ("Max-Age=60", 60),
        ("", 0),
    ],
)
def test_for_how_long_nobody_is_asked(control: str, seconds: int, cache: FetchCache, clock: Clock) -> None:
    keep(cache, cache_control=control)
    for age, fresh in ((0, seconds > 0), (seconds - 1, seconds > 0), (seconds, False)):
        clock.now = Clock.now + max(0, age)
        kept = cache.find(URL)
        assert kept is not None
        assert kept.fresh is fresh


@pytest.mark.parametrize(("age", "fresh"), [("59", True), ("60", False), ("9" * 99, False), ("-1", True), ("²", True)])
def test_the_time_in_other_caches_counts(age: str, fresh: bool, cache: FetchCache) -> None:
    keep(cache, cache_control="max-age=60", age=age)
    kept = cache.find(URL)
    assert kept is not None
    assert kept.fresh is fresh


def test_each_form_that_was_asked_for_is_kept_by_itself(cache: FetchCache) -> None:
    cache.keep(URL, 200, {}, URL, LIST, "application/vc")
    assert cache.find(URL) is None
    cache.keep(URL, 200, {}, URL, KEYS, "application/did")
    for accept, body in (("application/vc", LIST), ("application/did", KEYS)):
        kept = cache.find(URL, accept)
        assert kept is not None
        assert kept.body == body


def test_for_how_long_an_unreachable_issuers_word_counts(cache: FetchCache, clock: Clock) -> None:
    keep(cache)
    clock.now += MAX_AGE - 1
    kept = cache.find(URL)
    assert kept is not None
    assert kept.usable
    clock.now += 1
    kept = cache.find(URL)
    assert kept is not None
    assert not kept.usable


def test_a_clock_that_went_back(cache: FetchCache, clock: Clock) -> None:
    keep(cache)
    clock.now -= 1
    assert cache.find(URL) is None


# --- memory -------------------------------------------------------------------------------------------------


def test_the_oldest_make_room(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "MAX_ENTRIES", 3)
    cache = FetchCache()
    for n in range(5):
        keep(cache, url=f"{URL}{n}")
    assert [cache.find(f"{URL}{n}") is not None for n in range(5)] == [False, False, True, True, True]


def test_long_lists_do_not_fill_the_memory(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Anybody can hand in credentials that name one long list after another."""
    monkeypatch.setattr(module, "MAX_KEPT", 10_000)
    long = LIST[:-1] + b', "a": "' + b"a" * 3_000 + b'"}'
    cache = FetchCache(tmp_path)
    for n in range(10):
        keep(cache, long, url=f"{URL}{n}")
    assert 1 <= len(cache._entries) <= 2
    assert sum(path.stat().st_size for path in tmp_path.iterdir()) <= 10_000
    assert cache.find(f"{URL}9") is not None


# --- disk ---------------------------------------------------------------------------------------------------


def test_it_outlives_a_restart(tmp_path: Path, clock: Clock) -> None:
    keep(FetchCache(tmp_path, clock=clock))
    kept = FetchCache(tmp_path, clock=clock).find(URL)
    assert kept is not None
    assert kept.body == LIST


def test_the_folder_is_for_us_alone(tmp_path: Path) -> None:
    keep(FetchCache(tmp_path / "cache"))
    assert (tmp_path / "cache").stat().st_mode & 0o777 == 0o700
    assert {path.suffix for path in (tmp_path / "cache").iterdir()} == {".json"}


def test_files_are_counted(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "MAX_ENTRIES", 3)
    for n in range(5):
        keep(FetchCache(tmp_path), url=f"{URL}{n}")
        os.utime(next(iter(sorted(tmp_path.iterdir(), key=lambda path: -path.stat().st_mtime_ns))), (n, n))
    assert [FetchCache(tmp_path).find(f"{URL}{n}") is not None for n in range(5)] == [False, False, True, True, True]


@pytest.mark.parametrize(
    "damage", ["", "{", "[]", "null", json.dumps({"name": NAME}), json.dumps({"name": NAME, "at": "x", "body": ""})]
)
def test_a_damaged_file_is_as_if_it_were_not_there(damage: str, tmp_path: Path) -> None:
    keep(FetchCache(tmp_path))
    (file,) = tmp_path.iterdir()
    file.write_text(damage)
    assert FetchCache(tmp_path).find(URL) is None


def test_a_file_with_a_damaged_body(tmp_path: Path) -> None:
    keep(FetchCache(tmp_path))
    (file,) = tmp_path.iterdir()
    file.write_text(json.dumps({**json.loads(file.read_text()), "body": "!!!!"}))
    assert FetchCache(tmp_path).find(URL) is None


def test_another_urls_file_is_not_taken(tmp_path: Path) -> None:
    keep(FetchCache(tmp_path))
    (file,) = tmp_path.iterdir()
    file.write_text(json.dumps({**json.loads(file.read_text()), "name": "*/* https://evil.example/"}))
    assert FetchCache(tmp_path).find(URL) is None


def test_a_folder_that_cannot_be_made_is_no_reason_to_stop(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    cache = FetchCache(tmp_path / "file" / "cache")
    keep(cache)
    assert cache.find(URL) is not None


def test_a_full_disk_leaves_nothing_half_written(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_: object, **__: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(json, "dump", full)
    cache = FetchCache(tmp_path)
    keep(cache)
    assert list(tmp_path.iterdir()) == []
    assert cache.find(URL) is not None


def test_what_a_killed_process_was_writing_is_cleared_away(tmp_path: Path) -> None:
    cache = FetchCache(tmp_path)
    for name, age in (("old.tmp", kept_files.WRITING + 60), ("new.tmp", 0)):
        (tmp_path / name).write_bytes(b"{")
        now = (tmp_path / name).stat().st_mtime
        os.utime(tmp_path / name, (now - age, now - age))
    keep(cache)
    assert sorted(path.name for path in tmp_path.glob("*.tmp")) == ["new.tmp"]
