"""`issuer store move`: from the SQLite file, with which one starts, to PostgreSQL. Nothing is lost, and links stay.

    (1) lock    no process writes to the file any more; readers go on
    (2) copy    every row, compared afterwards, in one transaction of the new store: it is there whole or not at all
    (3) mark    the file says where it went, and whoever still has it open refuses from now on
    (4) switch  `config.json` names the new store

The move may be cut off after any step, and is then done again. Before (3) the file is what holds, and a copy that
arrived is made anew; after it the copy is what holds, and only the rest is done. Keys stay where they are.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime

from issuer import config, store_address
from issuer.config import Config
from issuer.errors import Conflict
from issuer.store import audit, moved, transfer
from issuer.store.database import Database, Transaction, open_database
from issuer.store.description import counts
from issuer.store.dialects import sqlite
from issuer.store.transfer import Advance


@dataclass(frozen=True)
class Move:
    """`rows`: how many, of each table; `again`: an earlier move was finished, which had copied them."""

    destination: str
    rows: Mapping[str, int]
    again: bool


def move(
    present: Config,
    to: str,
    *,
    actor: str,
    now: datetime,
    advance: Advance = lambda done, total: None,
    reached: Callable[[str], None] = lambda step: None,
) -> Move:
    """`present`: as `config.json` says it, without the environment; `to`: the address of an empty database. Raises
    `Conflict` when it is not empty, or the records are elsewhere; `StoreUnavailable`, `CopyDiffers`, `InputRefused`."""
    address = store_address.checked(to, source="--to", password_allowed=True)
    shown = store_address.shown(address)
    went = sqlite.destination_of(present.database_file)
    if present.database_url is not None and not (present.database_url == shown == went):
        raise Conflict("The records are in {place} already.", place=present.database_shown)
    if went not in (None, shown):
        raise Conflict(
            "The records were being moved to {place}: finish that first.",
            hint="Run the same command with that address.",
            place=went,
        )
    again = went is not None
    target = open_database(address, present.limits)
    try:
        if not again:
            _copy(present, target, shown, actor=actor, now=now, advance=advance, reached=reached)
        with target.read() as tx:
            rows = counts(tx)
        # (4) switch
        config.save(replace(present, database_url=shown))
        reached("switched")
        with target.write() as tx:
            moved.forget_arrival(tx)
        reached("done")
    finally:
        target.close()
    return Move(shown, rows, again)


def _copy(
    present: Config,
    target: Database,
    shown: str,
    *,
    actor: str,
    now: datetime,
    advance: Advance,
    reached: Callable[[str], None],
) -> None:
    source = open_database(present.database_file, present.limits)
    try:
        # (1) lock
        with source.write() as here:
            if found := transfer.strangers(here):
                raise Conflict("The file holds tables that are not the store's: {names}.", names=tuple(sorted(found)))
            reached("locked")
            # (2) copy
            with target.write() as there:
                _require_empty(there)
                transfer.copy_all(here, there, advance=advance)
                audit.append(there, None, at=now, actor=actor, action="store.move", subject=shown, **counts(here))
                moved.note_arrival(there, counts(there))
                reached("written")
            reached("copied")
            # (3) mark
            moved.mark(here, shown)
            reached("marking")
        reached("marked")
    finally:
        source.close()


def _require_empty(there: Transaction) -> None:
    """A copy of ours that was cut off, and that nobody has worked with since, is taken away."""
    found = counts(there)
    if not any(found.values()):
        return
    if moved.arrival(there) != found:
        raise Conflict(
            "The database holds records already; those of another store are never put among them.",
            hint="Give an empty database: CREATE DATABASE testamur ENCODING 'UTF8'",
        )
    transfer.empty(there)
