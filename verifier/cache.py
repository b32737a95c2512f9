"""What issuers publish for everybody, kept for a while: their keys and their status lists. Never a certificate.

A list that may be used without asking (`max-age`) is; otherwise the issuer is asked whether it changed (`ETag`), and
only when it cannot be reached the kept one serves, with its age, until it is `MAX_AGE` old. Whether an old status list
may still be believed is for its own `validUntil` to say.

What is about one learner is not kept, so nobody can read from a verifier's disk whom it was asked about.
"""

import base64
import contextlib
import hashlib
import json
import re
import threading
import time
from collections import OrderedDict
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from verifier import kept_files

MAX_AGE = 24 * 3600  # seconds for which an unreachable issuer's word is remembered
MAX_ENTRIES = 500  # a verifier meets far fewer issuers in a day
MAX_KEPT = 64 * 1024 * 1024  # bytes of all entries, in memory and again on disk; anybody can make us fetch a long list
MAX_FRESH = 3600  # seconds; whatever an issuer promises, a revocation shows within the hour

_LIST_TYPES = ("BitstringStatusListCredential", "StatusList2021Credential")


@dataclass(frozen=True)
class Kept:
    """An answer in the cache. `age`: seconds since it was current."""

    status: int
    headers: Mapping[str, str]
    url: str
    body: bytes
    age: int

    @property
    def etag(self) -> str | None:
        return self.headers.get("etag")

    @property
    def fresh(self) -> bool:
        """May be used without asking."""
        before = self.headers.get("age", "")[:9]  # seconds in other caches on the way (RFC 9111 section 5.1)
        age = self.age + (int(before) if before.isdecimal() else 0)
        return age < _max_age(self.headers.get("cache-control", "").lower())

    @property
    def usable(self) -> bool:
        """May be used when its source cannot be reached."""
        return self.age < MAX_AGE


class FetchCache:
    """`folder`: where it outlives a restart, or None for memory only. Safe between threads and processes."""

    def __init__(self, folder: Path | None = None, *, clock: Callable[[], float] = time.time) -> None:
        self._folder = folder
        self._clock = clock
        self._entries: OrderedDict[str, dict[str, Any]] = OrderedDict()
        self._lock = threading.Lock()

    def find(self, url: str, accept: str | None = None) -> Kept | None:
        """`accept`: what was asked for, because one URL may answer in several forms."""
        name = _name(url, accept)
        with self._lock:
            entry = self._entries.get(name) or self._load(name)
        if entry is None:
            return None
        try:
            age = self._clock() - entry["at"]
            body = base64.b64decode(entry["body"], validate=True)
            kept = Kept(entry["status"], dict(entry["headers"]), entry["final"], body, int(age))
        except (KeyError, TypeError, ValueError):
            return None  # another version wrote it, or the disk is damaged
        return kept if age >= 0 else None  # else the clock went back: nothing is known about its age

    def keep(
        self,
        url: str,
        status: int,
        headers: Mapping[str, str],
        final: str,
        body: bytes,
        accept: str | None = None,
    ) -> None:
        """Keeps a successful answer that is about nobody in particular; anything else is let go."""
        control = headers.get("cache-control", "").lower()
        if status != 200 or "no-store" in control or "private" in control or not _is_public_document(body):
            return
        kept = {name: headers[name] for name in ("age", "etag", "cache-control", "content-type") if name in headers}
        name = _name(url, accept)
        entry = {
            "name": name,
            "at": self._clock(),
            "status": status,
            "headers": kept,
            "final": final,
            "body": base64.b64encode(body).decode("ascii"),
        }
        with self._lock:
            self._entries[name] = entry
            self._entries.move_to_end(name)
            while len(self._entries) > MAX_ENTRIES or self._kept() > MAX_KEPT:
                self._entries.popitem(last=False)
            self._save(name, entry)

    def _kept(self) -> int:
        return sum(len(entry["body"]) for entry in self._entries.values())

    def _load(self, name: str) -> dict[str, Any] | None:
        if self._folder is None:
            return None
        try:
            entry: dict[str, Any] = json.loads((self._folder / _file(name)).read_bytes())
        except (OSError, ValueError):
            return None  # not there, or cut short: as if it had never been kept
        return entry if isinstance(entry, dict) and entry.get("name") == name else None

    def _save(self, name: str, entry: dict[str, Any]) -> None:
        """A cache that cannot be written is no reason to stop; the next verification asks again."""
        if self._folder is None:
            return
        with contextlib.suppress(OSError):
            kept_files.write(self._folder, _file(name), entry)
            _prune(self._folder)


def _name(url: str, accept: str | None) -> str:
    return f"{accept or '*/*'} {url}"


def _file(name: str) -> str:
    return f"{hashlib.sha256(name.encode('utf-8', 'surrogatepass')).hexdigest()}.json"


def _prune(folder: Path) -> None:
    """The newest stay, as many as the limits allow."""
    files = sorted(((path, path.stat()) for path in folder.glob("*.json")), key=lambda file: -file[1].st_mtime_ns)
    size = 0
    for count, (path, stat) in enumerate(files):
        size += stat.st_size
        if count >= MAX_ENTRIES or size > MAX_KEPT:
            path.unlink(missing_ok=True)


def _max_age(control: str) -> int:
    """RFC 9111 section 5.2.2, as far as a private cache that never lets anybody wait needs it."""
    if "no-cache" in control:
        return 0
    found = re.search(r"max-age=(\d{1,9})", control)
    return min(int(found[1]), MAX_FRESH) if found else 0


def _is_public_document(body: bytes) -> bool:
    """A DID document or a signed status list, and not a certificate. 1EdTech's list is not kept: it may have an
    address for each certificate, which would tell whom it was asked about."""
    try:
        document = json.loads(body if body[:1] == b"{" else _claims(body))
    except (ValueError, RecursionError):
        return False
    if not isinstance(document, dict):
        return False
    wrapped = document.get("vc")  # VCDM 1.1 in a token
    types = (wrapped if isinstance(wrapped, dict) else document).get("type")
    listed = isinstance(types, list) and any(name in types for name in _LIST_TYPES)
    return listed or "verificationMethod" in document or "status_list" in document


def _claims(token: bytes) -> bytes:
    """What a JSON Web Token claims, unproved. Raises `ValueError` for anything else."""
    parts = token.strip().split(b".")
    return base64.urlsafe_b64decode(parts[1] + b"==") if len(parts) == 3 else b""
