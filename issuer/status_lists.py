"""Bitstring Status List 1.0, section 2.2: the signed list of an organization's certificates, made when asked for.

A list is signed again when a bit has changed, which the database's version number tells, or when half of its validity
is over, or when the organization signs by another key than then. So a revocation stands at the origin at once,
whichever process made it, and a verifier that has a list can rely on it for half a day at least while the issuer is
down.
"""

import threading
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from issuer.config import Config
from issuer.drafting import PURPOSE
from issuer.errors import UnknownPage
from issuer.keyring import Keyring
from issuer.signing import Signing
from issuer.store import status
from issuer.store.database import Database
from vc.context_rules import CREDENTIAL
from vc.status.bitstring import Bitstring, list_credential


@dataclass(frozen=True)
class SignedList:
    """`body`: the secured credential; `etag` without quotes; `version`: of the bits in it; `method`: of the key that
    signed it."""

    body: bytes
    etag: str
    version: int
    valid_from: datetime
    valid_until: datetime
    method: str


class StatusLists:
    """Thread-safe."""

    def __init__(self, config: Config, database: Database, keyring: Keyring, *, now: Callable[[], datetime]) -> None:
        self._config = config
        self._database = database
        self._keyring = keyring
        self._now = now
        self._signed: dict[str, SignedList] = {}
        self._signing = threading.Lock()

    def current(self, name: str) -> SignedList:
        """Of the list whose address ends with `name`. Raises `UnknownPage` when there is no such list."""
        now = self._now().replace(microsecond=0)
        try:
            with self._database.read() as tx:
                head = status.head(tx, name)
        except LookupError as error:
            raise UnknownPage("There is no status list {name}.", name=name) from error
        method = self._keyring.identity(head.organization).method
        with self._signing:  # of many who ask at once, one signs
            known = self._signed.get(name)
            old = known is None or known.version < head.version or known.method != method
            if known is None or old or not self._fresh(known, now):
                known = self._signed[name] = self._sign(name, now)
            return known

    def _fresh(self, known: SignedList, now: datetime) -> bool:
        half = (known.valid_until - known.valid_from) / 2
        return known.valid_from <= now < known.valid_from + half

    def _sign(self, name: str, now: datetime) -> SignedList:
        # (1) the bits and their version, of one moment
        with self._database.read() as tx:
            stored = status.head(tx, name)
            indices = status.set_indices(tx, stored.number)
        bits = Bitstring(bytes(stored.length // 8))
        for index in indices:
            bits.set(index, True)
        # (2) the credential about them, in the name of those whose certificates they are
        did = self._config.did_of(stored.organization)
        valid_until = now + timedelta(seconds=self._config.limits.status_list_validity.value)
        unsecured = list_credential(
            id=self._config.status_list_url(name),
            issuer=did,
            purpose=PURPOSE,
            bits=bits,
            valid_from=now,
            valid_until=valid_until,
        )
        # (3) signed by the same organization's key as they, and read back
        sealed = Signing(self._config, self._keyring).sign(unsecured, rule=CREDENTIAL, at=now)
        etag = f"{name}-{stored.version}-{int(now.timestamp())}"
        return SignedList(sealed.data, etag, stored.version, now, valid_until, sealed.method)
