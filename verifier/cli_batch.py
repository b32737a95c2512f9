"""`verifier batch`: folders, archives, files and links from the command line, verified side by side.

The work is done in worker processes (`verifier.workers`), one for each processor: so it is as quick as the machine
allows, and one file of a pile that was made to cost much costs the others nothing. A single `verifier verify` stays in
its own process, for starting workers would take as long as the verification.
"""

import json
import sys
from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import typer

from vc.errors import Unavailable, VcError
from verifier import batch
from verifier.batch import Item
from verifier.places import Busy
from verifier.refusal import refused
from verifier.verifying import Verify, in_this_process
from verifier.workers import QUICK, Workers

if TYPE_CHECKING:
    from verifier.config import Settings
    from verifier.report import Report

_AT_A_TIME = 32  # files that are in memory
EXIT_CODES = {"rejected": 1, "undetermined": 2}

_LINKS = ("https://", "http://")
_TRIES = 20  # for a place; each waits half a minute
_YIELDS = 1  # which is how long-suffering work says so
_SIGNS = {"accepted": "✓", "rejected": "✗", "undetermined": "?"}


def run(
    what: Sequence[str], settings: "Settings", *, as_json: bool, csv: Path | None, visible: Callable[[str], str]
) -> int:
    """The exit code: that of the worst answer. `visible` makes a text safe for a terminal."""
    if csv is not None and not csv.parent.is_dir():
        raise typer.BadParameter(f"{csv} cannot be written: there is no such folder.")
    places = [place for one in what for place in _places(one)]
    if not places:
        raise typer.BadParameter("There is nothing to check in what was named.")
    workers = None if sys.platform == "win32" else Workers(settings, quick=QUICK, long=2 * QUICK)
    verify: Verify = in_this_process(settings) if workers is None else workers.verify
    rows = []
    try:
        for name, report in _rows(places, verify, settings):
            rows.append((name, report))
            if not as_json:
                reason = f"  {report.reason}" if report.reason else ""
                print(f"{_SIGNS[report.verdict]} {visible(name)}{visible(reason)}")
    finally:
        if workers is not None:
            workers.close()
    if csv is not None:
        csv.write_bytes(batch.csv_of(rows, "en"))
    counts = batch.counted(report for _, report in rows)
    if as_json:
        items = [{"name": name, "report": report.to_json()} for name, report in rows]
        print(json.dumps({"items": items, "counts": counts}, ensure_ascii=False, indent=2))
    else:
        print(f"{len(rows)} checked: " + ", ".join(f"{count} {verdict}" for verdict, count in counts.items()))
    return next((code for verdict, code in EXIT_CODES.items() if counts[verdict]), 0)


def _rows(places: Sequence[str | Path], verify: Verify, settings: "Settings") -> Iterator[tuple[str, "Report"]]:
    """As they get ready, with a bar on a terminal: a few files are read at a time, whatever the pile."""
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

    console, started, count = Console(stderr=True), datetime.now(UTC), 0
    columns = (BarColumn(), MofNCompleteColumn(), TextColumn("{task.fields[rate]}"), TimeRemainingColumn())
    with Progress(*columns, console=console, transient=True, disable=not console.is_terminal) as progress:
        total = len(places)
        task = progress.add_task("", total=total, rate="")
        for first in range(0, len(places), _AT_A_TIME):
            some = places[first : first + _AT_A_TIME]
            items = [item for place in some for item in _items(place)]
            total += len(items) - len(some)  # an archive holds more than itself
            work = batch.checked(items, lambda data: _patient(verify, data, settings), now=started, at_once=QUICK)
            for item, report in work:
                count += 1
                passed = max((datetime.now(UTC) - started).total_seconds(), 0.001)
                progress.update(task, completed=count, total=total, rate=f"{count / passed:.0f}/s")
                yield item.name, report


def _patient(verify: Verify, data: bytes, settings: "Settings") -> "Report":
    """Nobody else is served here, so whoever finds no place waits for the next."""
    for _ in range(_TRIES):
        try:
            return verify(data, settings.trust, datetime.now(UTC), yields=_YIELDS)
        except Busy:
            continue
    return refused(Unavailable("It found no place to be checked in. Try again with fewer."), datetime.now(UTC))


def _places(one: str) -> Iterator[str | Path]:
    """A link, a file, or the files of a folder, hidden ones left out."""
    path = Path(one)
    if one.startswith(_LINKS):
        yield one
    elif path.is_dir():
        yield from (file for file in sorted(path.rglob("*")) if file.is_file() and not file.name.startswith("."))
    elif path.exists():
        yield path
    else:
        raise typer.BadParameter(f"{one} cannot be read: there is no such file.")


def _items(place: str | Path) -> list[Item]:
    """What is wrong with one file is told in its place and does not end the run."""
    if isinstance(place, str):
        return [Item(place, place.encode())]
    name = str(place)
    try:
        data = place.read_bytes()
        found = batch.unpacked(name, data)
    except OSError as error:
        return [Item(name, b"", Unavailable("It cannot be read: {reason}.", reason=str(error.strerror)))]
    except VcError as error:
        return [Item(name, b"", error)]
    if not batch.is_zip(data):
        return [Item(name, data)]
    return [Item(f"{name}/{item.name}", item.data, item.error) for item in found]
