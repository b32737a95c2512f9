"""Files that are kept between runs: each is there as a whole or not at all, whoever writes at the same time.

    write(folder, "3f2a….json", {"at": 1, "body": "…"})       # raises OSError, when the disk is full, say

What a process was writing when it was ended (`*.tmp`) is cleared away by a later one.
"""

import json
import os
import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

WRITING = 600  # seconds after which nobody writes a file any more


def write(folder: Path, name: str, entry: Mapping[str, Any]) -> None:
    """`entry` as JSON in the file `name`; the folder is for us alone. Raises `OSError`."""
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    handle, temporary = tempfile.mkstemp(dir=folder, suffix=".tmp")
    try:
        with os.fdopen(handle, "w", encoding="ascii") as file:
            json.dump(entry, file)
        os.replace(temporary, folder / name)
    except OSError:
        os.unlink(temporary)
        raise
    _sweep(folder, (folder / name).stat().st_mtime)


def _sweep(folder: Path, now: float) -> None:
    for path in folder.glob("*.tmp"):
        if path.stat().st_mtime < now - WRITING:
            path.unlink(missing_ok=True)
