"""The corpus on the disk: files that must never be accepted, and the manifest that says what stops each.

    for entry in entries(): assert run(entry).verdict != "accepted"

Everything that an entry needs stands in its files, so that another verifier can be tried with them, too.
"""

import gzip
import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any

from tests.attacks.internet import Internet
from tests.simulators import World
from tests.vc.samples import NOW
from vc.dates import parse_datetime
from vc.errors import VcError
from verifier import Policy, Report, batch, confined
from verifier.case import Asked
from verifier.fetch import Fetch
from verifier.refusal import refused
from verifier.verification import run as verify

FOLDER = Path(__file__).parents[1] / "vectors" / "must_fail"

PATIENCE = 60.0  # seconds for a PDF or picture; a machine that does other things must not change a verdict
MANIFEST = FOLDER / "manifest.json"


@dataclass(frozen=True)
class Entry:
    """One line of the manifest. `file`, `pages` (URL -> file, None where nothing is): below `FOLDER`; a name that ends
    in `.gz` is unpacked first. `trust`, `now`: the verifier's policy and clock, where they are not the usual ones;
    `asked`: what whoever asks expects; `names`, `answers` (URL -> file): of `internet.Internet`, behind the real
    fetcher."""

    name: str
    file: str
    threat: str
    verdict: str
    check: str
    problem: str
    guard: str
    pages: Mapping[str, str | None] = field(default_factory=dict)
    trust: str = "domain"
    now: str = ""
    asked: Mapping[str, str] = field(default_factory=dict)
    names: Mapping[str, Sequence[str]] = field(default_factory=dict)
    answers: Mapping[str, str] = field(default_factory=dict)

    @property
    def family(self) -> str:
        return self.name.partition("/")[0]


@dataclass(frozen=True)
class Twin:
    """A genuine file of a family, which must be accepted: else the family's refusals prove nothing."""

    name: str
    file: str
    pages: Mapping[str, str | None] = field(default_factory=dict)
    trust: str = "domain"
    now: str = ""
    asked: Mapping[str, str] = field(default_factory=dict)
    names: Mapping[str, Sequence[str]] = field(default_factory=dict)
    answers: Mapping[str, str] = field(default_factory=dict)


def manifest() -> dict[str, Any]:
    found: dict[str, Any] = json.loads(MANIFEST.read_text("utf-8"))
    return found


def entries() -> list[Entry]:
    return [Entry(**entry) for entry in manifest()["attacks"]] if MANIFEST.exists() else []


def twins() -> list[Twin]:
    return [Twin(**entry) for entry in manifest()["twins"]] if MANIFEST.exists() else []


def content(name: str) -> bytes:
    data = (FOLDER / name).read_bytes()
    return gzip.decompress(data) if name.endswith(".gz") else data


def run(one: Entry | Twin) -> Report:
    return verify_bytes(one, content(one.file))


def world_of(one: Entry | Twin) -> World:
    """The genuine world with this file's hostile pages in it."""
    world = World()
    for url, name in one.pages.items():
        if name is None:
            world.missing.add(url)
        else:
            world.pages[url] = content(name)
    return world


def verify_bytes(one: Entry | Twin, data: bytes) -> Report:
    """`data` in the place of its file."""
    world = world_of(one)
    now: datetime = parse_datetime(one.now) if one.now else NOW
    policy = Policy(trust=one.trust)  # type: ignore[arg-type]  # as written in the manifest
    kept, confined.SECONDS = confined.SECONDS, PATIENCE
    try:
        if batch.is_zip(data):
            return _worst(data, lambda item: verify(item, policy=policy, fetch=_network(one, world), now=now), now)
        return verify(data, policy=policy, fetch=_network(one, world), now=now, asked=Asked(**one.asked))
    finally:
        confined.SECONDS = kept


def _worst(data: bytes, look: Callable[[bytes], Report], now: datetime) -> Report:
    """Of an archive: why it is refused, or the first report that is not `accepted`, or the first."""
    try:
        items = batch.unpacked("archive.zip", data)
    except VcError as error:
        return refused(error, now)
    reports = [report for _, report in batch.checked(items, look, now=now)]
    return next((report for report in reports if str(report.verdict) != "accepted"), reports[0])


def _network(one: Entry | Twin, world: World) -> Fetch:
    if not one.names and not one.answers:
        return world
    return Internet(world, one.names, {url: content(name) for url, name in one.answers.items()}).fetch()
