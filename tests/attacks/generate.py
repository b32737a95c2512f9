"""Writes the corpus of hostile files: `python -m tests.attacks.generate`. The same bytes each time.

Keys come from words, dates are fixed, people are made up. The files are looked at by `tests/attacks/test_must_fail.py`,
and `python -m tests.attacks.mutate` shows that each of them is stopped by the guard that it names.
"""

import gzip
import importlib
import json
import pkgutil
import shutil
import sys
from collections.abc import Iterator
from typing import Any

from tests.attacks import families
from tests.attacks.attack import ATTACKS, Attack
from tests.attacks.corpus import FOLDER, MANIFEST
from tests.attacks.stage import Stage
from tests.attacks.twins import TWINS

# A hostile file larger than this is kept packed: it is mostly white space.
_PACKED = 64 * 1024

_ENDINGS = (
    (b"\x89PNG", "png"),
    (b"%PDF", "pdf"),
    (b"\xff\xd8\xff", "jpg"),
    (b"ey", "jwt"),
    (b"http", "txt"),
    (b"PK\x03\x04", "zip"),
    (b"HTTP/", "http"),
    (b"\xd2\x84", "cose"),
    (b"\xd8b\x84", "cose"),
)


def load() -> None:
    for module in pkgutil.iter_modules(families.__path__):
        importlib.import_module(f"{families.__name__}.{module.name}")


def files() -> dict[str, bytes]:
    """Name below `FOLDER` -> bytes."""
    load()
    written: dict[str, bytes] = {}
    attacks = [_entry(written, one) for _, one in sorted(ATTACKS.items())]
    twins = []
    for name, build in sorted(TWINS.items()):
        stage = Stage()
        data = build(stage)
        place = f"twins/{name}"
        around = _pages(written, place, stage) | _internet(written, place, stage)
        asked = {"asked": {"recipient": "zoe@example.org"}} if name == "recipient" else {}
        twins.append({"name": name, "file": _keep(written, place, data), **around, **asked})
    manifest = {"attacks": attacks, "twins": twins}
    written[MANIFEST.name] = (json.dumps(manifest, indent=1, ensure_ascii=False) + "\n").encode()
    return written


def _entry(written: dict[str, bytes], one: Attack) -> dict[str, Any]:
    stage = Stage()
    data = one.build(stage)
    return {
        "name": one.name,
        "file": _keep(written, one.name, data),
        "threat": one.threat,
        "verdict": one.verdict,
        "check": one.check,
        "problem": one.problem,
        "guard": one.guard.name,
        **_pages(written, one.name, stage),
        **_internet(written, one.name, stage),
        **one.settings,
    }


def _pages(written: dict[str, bytes], name: str, stage: Stage) -> dict[str, Any]:
    pages: dict[str, str | None] = dict.fromkeys(sorted(stage.missing))
    for number, (url, body) in enumerate(sorted(stage.pages.items()), start=1):
        pages[url] = _keep(written, f"{name}.page-{number}", body)
    return {"pages": pages} if pages else {}


def _internet(written: dict[str, bytes], name: str, stage: Stage) -> dict[str, Any]:
    answers = {
        url: _keep(written, f"{name}.answer-{number}", answer)
        for number, (url, answer) in enumerate(sorted(stage.answers.items()), start=1)
    }
    return ({"names": stage.names} if stage.names else {}) | ({"answers": answers} if answers else {})


def _keep(written: dict[str, bytes], name: str, data: bytes) -> str:
    file = f"{name}.{_ending(data)}"
    if len(data) > _PACKED:
        file, data = file + ".gz", gzip.compress(data, mtime=0)
    written[file] = data
    return file


def _ending(data: bytes) -> str:
    for start, ending in _ENDINGS:
        if data.startswith(start):
            return ending
    return "svg" if b"<svg" in data[:200] else "json"


def changed() -> Iterator[str]:
    """Names of files that are not on the disk as they would be written."""
    wanted = files()
    found = {str(path.relative_to(FOLDER)) for path in FOLDER.rglob("*") if path.is_file()}
    yield from sorted(found ^ wanted.keys())
    yield from sorted(name for name in found & wanted.keys() if (FOLDER / name).read_bytes() != wanted[name])


def main() -> None:
    wanted = files()
    if FOLDER.exists():
        shutil.rmtree(FOLDER)
    for name, data in wanted.items():
        path = FOLDER / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data)
    sys.stdout.write(f"{len(ATTACKS)} attacks, {len(wanted)} files, {sum(map(len, wanted.values())) // 1024} KB\n")


if __name__ == "__main__":
    main()
