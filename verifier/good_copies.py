"""What was fetched and proved, kept so that its source may be down for a while.

Unlike `verifier.cache`, which keeps what a server said, this keeps only what was proved: an answer with a wrong
signature never takes the place of a good one. What lies on disk is proved again when it is read, so nothing is trusted
for lying there; and an answer that is older than the copy is refused, so that nobody can bring back an issuer that was
struck off (The Update Framework calls that a rollback).
"""

import base64
import contextlib
import hashlib
import json
import threading
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, Generic, Protocol, TypeVar

from vc.dates import parse_datetime, timestamp
from vc.errors import Unavailable, VcError
from verifier import kept_files
from verifier.fetch import Fetch
from verifier.known_issuers import ListRefused

FRESH = timedelta(hours=1)  # for which a source is not asked again; who is known changes by the week
MAX_AGE = timedelta(days=7)  # for which a copy serves while its source is down or sends what cannot be proved
RETRY = timedelta(minutes=5)  # for which a source that failed is let alone: each try may take ten seconds
MAX_FAILED = 1_000  # failures that are remembered; strangers choose which issuer a trust anchor is asked for


class Dated(Protocol):
    @property
    def issued(self) -> datetime | None:
        """When its maker made it, if he says so."""

    @property
    def expires(self) -> datetime | None:
        """After which it must not be used, if its maker says so."""


T = TypeVar("T", bound=Dated)


class Gone(Unavailable):
    """The source answers that it has no such thing."""


@dataclass(frozen=True)
class Copy(Generic[T]):
    """`value`: what was proved; `at`: when it was fetched; `trouble`: why it is not a current one, or None."""

    value: T
    at: datetime
    trouble: VcError | None = None


class GoodCopies:
    """`folder`: where they outlive a restart, or None for memory only. Safe between threads, and may be pickled."""

    def __init__(self, folder: Path | None = None) -> None:
        self._folder = folder
        self._kept: dict[str, Copy[Any]] = {}
        self._failed: dict[str, tuple[datetime, VcError]] = {}
        self._lock = threading.Lock()

    def __reduce__(self) -> tuple[Any, ...]:
        return GoodCopies, (self._folder,)

    def have(
        self,
        url: str,
        *,
        prove: Callable[[bytes], T],
        fetch: Fetch,
        now: datetime,
        like: str = "",
        pinned: bool = False,
        gone: bool = False,
    ) -> Copy[T]:
        """What `prove` makes of the answer, or of the last good one. `prove` raises `Invalid` for what is not good.

        `like`: what a copy depends on beside the URL, such as the key. `pinned`: there is only one good answer, so a
        copy never grows old. `gone`: that there is no such thing is an answer too, raised as `Gone`, and the copy is
        let go. Raises `Invalid` or `Unavailable` when there is no copy.
        """
        name = hashlib.sha256(f"{url}\n{like}".encode("utf-8", "surrogatepass")).hexdigest()
        kept: Copy[T] | None = self._find(name, prove)
        if kept is not None and _may_serve(kept, now, FRESH, pinned):
            return kept
        try:
            self._let_alone(name, now)
            body, at = _fetched(url, fetch, now)
            value = prove(body)
            if kept is not None and value.issued and kept.value.issued and value.issued < kept.value.issued:
                raise ListRefused("{url} sends an older list than it did before.", url=url[:200])
        except VcError as error:
            if gone and isinstance(error, Gone):
                self._forget(name)
                raise
            self._failed.setdefault(name, (now, error))
            while len(self._failed) > MAX_FAILED:
                self._failed.pop(next(iter(self._failed)), None)
            if kept is None or not _may_serve(kept, now, MAX_AGE):
                raise
            return Copy(kept.value, kept.at, error)
        copy = Copy(value, at)
        self._keep(name, copy, body)
        return copy

    def _let_alone(self, name: str, now: datetime) -> None:
        """Raises what was raised, when that is not long ago."""
        failed = self._failed.get(name)
        if failed is None:
            return
        at, error = failed
        if timedelta(0) <= now - at < RETRY:
            raise error.with_traceback(None)  # else it grows with each time
        self._failed.pop(name, None)

    def _find(self, name: str, prove: Callable[[bytes], T]) -> Copy[T] | None:
        with self._lock:
            kept = self._kept.get(name)
        if kept is not None or self._folder is None:
            return kept
        try:
            entry = json.loads((self._folder / f"{name}.json").read_bytes())
            body, at = base64.b64decode(entry["body"], validate=True), parse_datetime(entry["at"])
            copy = Copy(prove(body), at)
        except (OSError, ValueError, KeyError, TypeError, VcError):
            return None  # never kept, damaged, or good no more
        with self._lock:
            self._kept[name] = copy
        return copy

    def _forget(self, name: str) -> None:
        with self._lock:
            self._kept.pop(name, None)
        if self._folder is not None:
            with contextlib.suppress(OSError):
                (self._folder / f"{name}.json").unlink(missing_ok=True)

    def _keep(self, name: str, copy: Copy[Any], body: bytes) -> None:
        """A disk that cannot be written is no reason to stop; the next one asks again."""
        with self._lock:
            self._kept[name] = copy
        if self._folder is None:
            return
        entry = {"at": timestamp(copy.at), "body": base64.b64encode(body).decode("ascii")}
        with contextlib.suppress(OSError):
            kept_files.write(self._folder, f"{name}.json", entry)


def _may_serve(kept: Copy[Any], now: datetime, age: timedelta, pinned: bool = False) -> bool:
    """A copy from the future says that a clock went back, so nothing is known about its age."""
    expires = kept.value.expires
    return (pinned or timedelta(0) <= now - kept.at < age) and (expires is None or now < expires)


def _fetched(url: str, fetch: Fetch, now: datetime) -> tuple[bytes, datetime]:
    answer = fetch.get(url)
    if answer.status in (404, 410):
        raise Gone("There is nothing at {url}.", url=url[:200])
    if answer.status != 200:
        raise Unavailable("{url} answered with status {status}.", url=url[:200], status=answer.status)
    return answer.body, now - timedelta(seconds=answer.age)
