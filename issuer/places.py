"""Where a new certificate's status stands: an index of its organization's open list, given out once and for good.

    places = Places(config, database)
    for list_number, list_name, list_index in places.reserve("school", 500):
        …

A store that was put back from a copy, without a word, would give out again what was given out since the copy was made.
So each process notes beside the configuration how far it came with each list, after the commit that says so: in
`HOME/given-out/LIST`. A note is therefore never ahead of the store that it was made for. Where one is, the store is an
older one, and nothing is given out until the operator says that he restored it (`issuer restored`), which closes the
lists (docs/adr/0043). A copy of all of `HOME` takes its notes along, and is not noticed; that is what the command is
for.
"""

import os
from collections import Counter
from contextlib import suppress
from pathlib import Path

from issuer.config import Config
from issuer.errors import StoreOutdated
from issuer.files import PRIVATE_FILE, make_private_folder
from issuer.store import status_indices
from issuer.store.database import Database
from issuer.store.status_indices import StatusIndex

FOLDER = "given-out"
_DIGITS = 12  # a note is always as long, so that it is written over in place


class Places:
    """Thread-safe; as many processes as there are may give out at once."""

    def __init__(self, config: Config, database: Database) -> None:
        self._limits = config.limits
        self._database = database
        self._folder = config.home / FOLDER

    def reserve(self, organization: str, count: int) -> tuple[StatusIndex, ...]:
        """`count` random indices that nothing has or had; they are taken also if no certificate follows. Raises
        `StoreOutdated`."""
        length, filled = self._limits.status_list_length.value, self._limits.status_list_filled.value
        with self._database.write() as tx:
            before = status_indices.standing(tx, organization)
            for name, given in before.items():
                if _read(self._folder / name) > given:
                    raise _outdated(name)
            places = status_indices.reserve(tx, organization, count, length=length, filled=filled)
        # A disk that takes no note is no reason to stop: it only makes it harder to notice.
        with suppress(OSError):
            make_private_folder(self._folder)
            for name, more in Counter(place.list_name for place in places).items():
                _write(self._folder / name, before.get(name, 0) + more)
        return places


def _outdated(name: str) -> StoreOutdated:
    return StoreOutdated(
        "The records are older than what was given out by them: more indices of the status list {name} were in use.",
        hint="If they were restored from a copy, run: issuer restored",
        name=name,
    )


def _read(path: Path) -> int:
    """0 where there is no note, or none that can be read: only what is known for sure stops anything."""
    try:
        return int(path.read_bytes())
    except (OSError, ValueError):
        return 0


def _write(path: Path, given: int) -> None:
    """Not flushed to the disk: a note that a power cut takes away is behind, and harms nothing."""
    if _read(path) >= given:
        return  # another process came further
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT, PRIVATE_FILE)
    try:
        os.pwrite(descriptor, f"{given:0{_DIGITS}}\n".encode(), 0)
    finally:
        os.close(descriptor)
