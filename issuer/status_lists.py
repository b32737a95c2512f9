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
from issuer.watch import Watch
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

    def __init__(
        self,
        config: Config,
        database: Database,
        keyring: Keyring,
        *,
        now: Callable[[], datetime],
        watch: Watch | None = None,
    ) -> None:
        self._watch = watch or Watch()
        self._config = config
        self._database = database
        self._keyring = keyring
        self._now = now
        self._signed: dict[int, SignedList] = {}
        self._signing = threading.Lock()

    def current(self, number: int) -> SignedList:
        """Raises `UnknownPage` when there is no such list."""
        now = self._now().replace(microsecond=0)
        try:
            with self._database.read() as tx:
                version, organization = status.version(tx, number), status.organization(tx, number)
        except LookupError as error:
            raise UnknownPage("There is no status list {number}.", number=number) from error
        method = self._keyring.identity(organization).method
        with self._signing:  # of many who ask at once, one signs
            known = self._signed.get(number)
            old = known is None or known.version < version or known.method != method
            if known is None or old or not self._fresh(known, now):
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
        # (3) signed by the same organization's key as they, and read back
        sealed = Signing(self._config, self._keyring).sign(unsecured, rule=CREDENTIAL, at=now)
        self._watch.list_signed()
        etag = f"{number}-{stored.version}-{int(now.timestamp())}"
        return SignedList(sealed.data, etag, stored.version, now, valid_until, sealed.method)
