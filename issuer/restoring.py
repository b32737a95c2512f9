"""What follows when the records were put back from a copy: `issuer restored`.

What was recorded after the copy was made is unknown here, and was public nevertheless:

| since then | and now |
|---|---|
| status indices were given out | the lists are closed, so that none is given out again (docs/adr/0043) |
| statuses changed | the lists that were published last still tell: `take_over` sets their bits again |
| certificates were issued | they verify by their signatures; of their status, what `take_over` keeps is the last word |

    restored = settle(database, now=now, actor=caller.name)
    taken = take_over(config, database, keyring, path.read_bytes(), now=now, actor=caller.name)

A bit of a published list that is not set here is either a certificate's that is known, which is suspended until
somebody has looked, or that of one which is unknown, and stays set for good.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from issuer.api_errors import UnknownOrganization
from issuer.config import Config
from issuer.errors import InputRefused, KeyRefused
from issuer.keyring import Keyring
from issuer.store import audit, copies, status
from issuer.store.database import Database, Transaction
from vc import formats
from vc.context_rules import CREDENTIAL
from vc.dates import timestamp
from vc.dids import VerificationMethod, dereference, web
from vc.errors import VcError
from vc.securing import Expected, issuer_of
from vc.status.bitstring import KIND, Bitstring

REASON = "The records were restored from a copy, and a list that was published before says that this was not valid."


@dataclass(frozen=True)
class Restored:
    """`copied_at`: when the copy was made, `ends_at`: when the newest of its records was made; None: nobody knows, or
    there are none. `closed`: lists that were open."""

    copied_at: datetime | None
    ends_at: datetime | None
    closed: int


@dataclass(frozen=True)
class TakenOver:
    """Of one list. `suspended`: share ids of certificates; `kept`: bits of certificates that are unknown here."""

    name: str
    suspended: tuple[str, ...]
    kept: int


def settle(database: Database, *, now: datetime, actor: str) -> Restored:
    """Closes the lists and says so in the operator's log. Doing it once too often harms nothing."""
    with database.write() as tx:
        ends_at = copies.ends_at(tx)
        found, closed = copies.settle(tx, at=now)
        of = {"copied_at": None if found.at is None else timestamp(found.at), "lists_closed": closed}
        audit.append(tx, None, actor=actor, action="store.restore", subject="store", at=now, **of)
    return Restored(found.at, ends_at, closed)


def take_over(
    config: Config, database: Database, keyring: Keyring, data: bytes, *, now: datetime, actor: str
) -> TakenOver:
    """Sets again what the signed list in `data` has set. To be called after `settle`. Raises `InputRefused` for what
    is no list of ours."""
    document, bits = _read(keyring, data, now)
    name = str(document.get("id")).removeprefix(config.status_list_url(""))
    with database.write() as tx:
        try:
            here = status.read_list(tx, name)
            if issuer_of(document) != config.did_of(here.organization):
                raise LookupError(name)
        except LookupError as error:
            raise InputRefused(
                "The list {id} is unknown here: it was opened after the copy was made, and of the certificates in it "
                "nothing can be said any more.",
                id=str(document.get("id"))[:200],
            ) from error
        there = set(_set_in(bits)) - set(here.set_indices)
        suspended = _suspend(tx, name, there, now, actor)
        kept = status.keep_lost(tx, name, there)
        if suspended or kept:
            of: dict[str, Any] = {"suspended": len(suspended), "kept": kept}
            audit.append(tx, None, actor=actor, action="store.take-over", subject=name, at=now, **of)
    return TakenOver(name, suspended, kept)


def _read(keyring: Keyring, data: bytes, now: datetime) -> tuple[dict[str, Any], Bitstring]:
    """A list that one of our keys signed, however old it is."""

    def method(url: str, purpose: str) -> VerificationMethod:
        return dereference(url, purpose, resolve=lambda did: web.document(did, keyring.identity_of(did).published))

    try:
        document = formats.verify(
            formats.read(data), dereference=method, expected=Expected(now=now, rule=CREDENTIAL)
        ).document
        subject = document.get("credentialSubject")
        encoded = subject.get("encodedList") if isinstance(subject, dict) else None
        if KIND.list_type not in document.get("type", ()) or not isinstance(encoded, str):
            raise InputRefused("This is no status list: a file of what was at an address below /status/ is needed.")
        return document, Bitstring.decode(encoded)
    except (VcError, KeyRefused, UnknownOrganization) as error:
        raise InputRefused("The list cannot be believed: {why}", why=str(error)) from error


def _set_in(bits: Bitstring) -> list[int]:
    return [place * 8 + bit for place, byte in enumerate(bits.data) if byte for bit in range(8) if byte & 0x80 >> bit]


def _suspend(tx: Transaction, name: str, there: set[int], now: datetime, actor: str) -> tuple[str, ...]:
    """Those that are known; their indices are taken out of `there`."""
    suspended = []
    for stored in status.in_list(tx, name, there):
        there.discard(stored.list_index)
        status.change(tx, stored.number, "suspended", reason=REASON, at=now, actor=actor)
        whose, deed = stored.organization, {"action": "certificate.suspend", "cause": "hand"}
        audit.append(tx, whose, actor=actor, subject=stored.share_id, at=now, **deed)
        suspended.append(stored.share_id)
    return tuple(suspended)
