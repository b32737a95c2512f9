"""Bitstring Status List 1.0, section 2.2: the signed list of an organization's certificates, made when asked for.

A list is signed again when a bit has changed, which the database's version number tells, or when half of its validity
is over. So a revocation stands at the origin at once, whichever process made it, and a verifier that has a list can
rely on it for half a day at least while the issuer is down.
"""

import threading
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from issuer.config import Config
from issuer.drafting import PURPOSE
from issuer.encoding import to_bytes
from issuer.errors import UnknownPage
from issuer.store import status
from issuer.store.database import Database
from vc.context_rules import CREDENTIAL
from vc.formats import data_integrity
from vc.keys import Signer
from vc.status.bitstring import Bitstring, list_credential


@dataclass(frozen=True)
class SignedList:
    """`body`: the secured credential; `etag` without quotes; `version`: of the bits in it."""

    body: bytes
    etag: str
    version: int
    valid_from: datetime
    valid_until: datetime


class StatusLists:
    """Thread-safe. `signer` is a function, so that a reader without a key is no problem until it signs."""

    def __init__(
        self, config: Config, database: Database, signer: Callable[[], Signer], *, now: Callable[[], datetime]
    ) -> None:
        self._config = config
        self._database = database
        self._signer = signer
        self._now = now
        self._signed: dict[int, SignedList] = {}
        self._signing = threading.Lock()

    def current(self, number: int) -> SignedList:
        """Raises `UnknownPage` when there is no such list."""
        now = self._now().replace(microsecond=0)
        try:
            with self._database.read() as tx:
                version = status.version(tx, number)
        except LookupError as error:
            raise UnknownPage("There is no status list {number}.", number=number) from error
        with self._signing:  # of many who ask at once, one signs
            known = self._signed.get(number)
            if known is None or known.version < version or not self._fresh(known, now):
                known = self._signed[number] = self._sign(number, now)
            return known

    def _fresh(self, known: SignedList, now: datetime) -> bool:
        half = (known.valid_until - known.valid_from) / 2
        return known.valid_from <= now < known.valid_from + half

    def _sign(self, number: int, now: datetime) -> SignedList:
        # (1) the bits and their version, of one moment
        with self._database.read() as tx:
            stored = status.read_list(tx, number)
        bits = Bitstring(bytes(stored.length // 8))
        for index in stored.set_indices:
            bits.set(index, True)
        # (2) the credential about them, in the name of those whose certificates they are
        did = self._config.did_of(stored.organization)
        valid_until = now + timedelta(seconds=self._config.limits.status_list_validity.value)
        unsecured = list_credential(
            id=self._config.status_list_url(number),
            issuer=did,
            purpose=PURPOSE,
            bits=bits,
            valid_from=now,
            valid_until=valid_until,
        )
        # (3) signed by the same key as they
        secured = data_integrity.secure(
            unsecured,
            signer=self._signer(),
            verification_method=f"{did}#{self._config.key.id}",
            created=now,
            rule=CREDENTIAL,
            suite=self._config.cryptosuite,
        )
        etag = f"{number}-{stored.version}-{int(now.timestamp())}"
        return SignedList(to_bytes(secured), etag, stored.version, now, valid_until)
