"""Homes of issuers that are made once in a process and copied from then on: 3 ms instead of 100 for an empty one.

    homes.copied("awarded", make, to=folder / "home")     # `make(folder)` makes the first, and is not called again

What is copied are files that nobody has open. So the keys and the certificates of two copies are the same, and what is
done to one is not seen by the other.
"""

import shutil
import tempfile
from collections.abc import Callable, Hashable
from pathlib import Path

_folder: list["tempfile.TemporaryDirectory[str]"] = []
_made: dict[Hashable, Path] = {}


def copied(name: Hashable, make: Callable[[Path], None], *, to: Path) -> None:
    """`make` leaves the home closed."""
    if name not in _made:
        if not _folder:
            _folder.append(tempfile.TemporaryDirectory(prefix="testamur-homes-", ignore_cleanup_errors=True))
        home = Path(tempfile.mkdtemp(dir=_folder[0].name)) / "home"
        make(home)
        _made[name] = home
    shutil.copytree(_made[name], to)


def forget() -> None:
    """At the end of a run: nothing is left behind."""
    _made.clear()
    while _folder:
        _folder.pop().cleanup()
