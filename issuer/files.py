"""Writing files so that a power cut leaves the old one or the new one, never half of one."""

import errno
import os
import secrets
import stat
from collections.abc import Iterable
from contextlib import suppress
from pathlib import Path

from issuer.errors import KeyRefused

PRIVATE_FILE = 0o600
PRIVATE_FOLDER = 0o700

_OTHERS = stat.S_IRWXG | stat.S_IRWXO


def write_atomically(path: Path, data: bytes, *, mode: int = PRIVATE_FILE) -> None:
    """Replaces `path` by `data`. Raises `OSError`."""
    write_parts_atomically(path, (data,), mode=mode)


def write_parts_atomically(path: Path, parts: Iterable[bytes], *, mode: int = PRIVATE_FILE) -> None:
    """Replaces `path` by all the parts, one after the other. Raises `OSError`, and what making the parts raises."""
    temporary = _written_beside(path, parts, mode)
    os.replace(temporary, path)
    sync(path.parent)


def create_atomically(path: Path, data: bytes, *, mode: int = PRIVATE_FILE) -> None:
    """Creates `path` with `data`. Raises `FileExistsError` when it is there: of two at once, one wins."""
    temporary = _written_beside(path, (data,), mode)
    try:
        os.link(temporary, path)  # fails when the name is taken, unlike a rename
    finally:
        os.unlink(temporary)
    sync(path.parent)


def make_private_folder(path: Path) -> None:
    """Creates the folder and what leads to it, closed to others. An existing folder is left as it is."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.mkdir(mode=PRIVATE_FOLDER, exist_ok=True)


def make_private_file(path: Path) -> None:
    """Creates the file, empty and closed to others. Raises `OSError`.

    One that is there is not even opened, for it may be a SQLite database: to close it would give back the locks of all
    connections that this process has to it (SQLite, "How To Corrupt An SQLite Database File", section 2.2). Another
    process would then take itself for the last one and delete the log, and what is written here later would be lost."""
    with suppress(FileExistsError):
        os.close(os.open(path, os.O_CREAT | os.O_EXCL | os.O_RDWR, PRIVATE_FILE))
    if not os.access(path, os.R_OK | os.W_OK):
        raise PermissionError(errno.EACCES, os.strerror(errno.EACCES))


def refuse_open_to_others(path: Path) -> None:
    """Raises `KeyRefused`, with the command that mends it, as ssh does."""
    mode = stat.S_IMODE(os.stat(path).st_mode)
    if mode & _OTHERS:
        raise KeyRefused(
            "{path} is open to others (mode {mode}). Run: chmod {wanted} '{path}'",
            path=str(path),
            mode=f"{mode:04o}",
            wanted="700" if path.is_dir() else "600",
        )


def _written_beside(path: Path, parts: Iterable[bytes], mode: int) -> Path:
    temporary = path.with_name(f".{path.name}.{secrets.token_hex(6)}")
    descriptor = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_EXCL, mode)
    try:
        with os.fdopen(descriptor, "wb") as file:
            file.writelines(parts)
            file.flush()
            os.fsync(file.fileno())
    except BaseException:
        os.unlink(temporary)
        raise
    return temporary


def sync_tree(folder: Path) -> None:
    """All that is in the folder outlives a power cut. Raises `OSError`."""
    for path in (*folder.rglob("*"), folder):
        sync(path)


def sync(path: Path) -> None:
    """The file, or of a folder which names are in it. Raises `OSError`."""
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
