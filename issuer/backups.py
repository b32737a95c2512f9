"""A copy of this issuer from which it can be put back, made while it works: `issuer backup FOLDER`.

A backup is a folder as HOME is one: with `--home FOLDER` it is an issuer, and to put it back is to put the folder in
the place of the one that was lost. It is made in this order:

1. A folder beside it, closed to others, under a name that begins with a dot.
2. The store, copied at one moment (`issuer.store.copies`).
3. In the copy: its status lists are closed, and it is marked as a copy.
4. The copy is read, all of it, and opened as a store is.
5. If they are wanted, the keys: who has such a backup can sign.
6. `config.json`, without which a folder is no issuer; then all is flushed to the disk, and the folder gets its name.

So what was cut off at any point is no folder of that name, and no issuer.
"""

import os
import secrets
import shutil
from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from issuer import files
from issuer.config import CONFIG_FILE, Config
from issuer.errors import BackupRefused
from issuer.store import copies
from issuer.store.database import open_database

KEYS = "keys"  # the folder of `issuer.signers.file` and `issuer.webhook_secrets`


@dataclass(frozen=True)
class Backup:
    """`size`: bytes of the store; `with_keys`: whoever has the folder can sign."""

    folder: Path
    at: datetime
    certificates: int
    size: int
    with_keys: bool


def make(
    config: Config,
    folder: Path,
    *,
    with_keys: bool,
    at: datetime,
    progress: Callable[[int, int], None] = lambda done, of: None,
    reached: Callable[[str], None] = lambda step: None,
) -> Backup:
    """`progress` is told how many pages of how many are copied; `reached` each step that is done. Raises
    `BackupRefused`, or `StoreUnavailable` and its kinds; then there is no folder of that name."""
    _refuse_impossible(config, folder)
    made = folder.with_name(f".{folder.name}.{secrets.token_hex(6)}")
    try:
        # (1)
        files.make_private_folder(made)
        store = made / config.database_file.name
        os.close(os.open(store, os.O_CREAT | os.O_EXCL, files.PRIVATE_FILE))
        # (2)
        copies.copy(config.database_file, store, progress=progress)
        reached("copied")
        # (3) and (4)
        certificates = _marked(config, store, at)
        reached("marked")
        copies.check(store)
        reached("checked")
        # (5)
        if with_keys and (config.home / KEYS).is_dir():
            shutil.copytree(config.home / KEYS, made / KEYS)
        reached("with keys")
        # (6)
        shutil.copyfile(config.home / CONFIG_FILE, made / CONFIG_FILE)
        os.chmod(made / CONFIG_FILE, files.PRIVATE_FILE)
        files.sync_tree(made)
        reached("described")
        os.rename(made, folder)
        files.sync(folder.parent)
    except OSError as error:
        shutil.rmtree(made, ignore_errors=True)
        raise BackupRefused("The backup {folder} cannot be written: {why}.", folder=str(folder), why=error) from error
    except Exception:
        shutil.rmtree(made, ignore_errors=True)
        raise
    return Backup(folder, at, certificates, (folder / store.name).stat().st_size, with_keys)


def _refuse_impossible(config: Config, folder: Path) -> None:
    if not isinstance(config.database, Path):
        raise BackupRefused(
            "The records are in a PostgreSQL database, which has its own ways to be copied: pg_dump, or an archive of "
            "its log. Copy {home} beside it, without which nothing can be signed.",
            hint="After such a copy was put back, run: issuer restored",
            home=str(config.home),
        )
    if folder.exists() or folder.is_symlink():
        raise BackupRefused("{folder} is there already.", hint="Name a new folder for each backup.", folder=str(folder))
    if not folder.parent.is_dir():
        raise BackupRefused("There is no folder {parent}.", parent=str(folder.parent))


def _marked(config: Config, store: Path, at: datetime) -> int:
    """How many certificates are in it."""
    with closing(open_database(store, config.limits)) as copy:
        with copy.write() as tx:
            copies.mark(tx, at=at)
        with copy.read() as tx:
            return copies.size(tx)
