"""Bitstring Status List 1.0, section 2.2: the signed list of an organization's certificates, made when asked for.

    signed = status_lists.current("3mJr7AoUXx2Wqd5N")
    signed.body, signed.etag

A list is signed again when a bit has changed, which the database's version number tells, when half of its validity is
over, whoever asks then, and when the organization signs by another key than before. So a revocation stands at the
origin at once, whichever process made it, and a verifier that has a list can rely on it for half a day at least while
the issuer is down.

Two processes, or two machines, that sign the same version make the same bytes and the same ETag, so that a cache in
front of them never fetches a list twice: nothing in it is of the moment at which it was signed. Its dates are those of
the half day that it is signed in, which begins for every list at another time of day; Ed25519 signatures are
deterministic (RFC 8032, section 5.1.6). By ECDSA they are not: there the ETags differ, and all else holds.
"""

import hashlib
import threading
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

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

RENEWED_AFTER = 2  # a list is signed again after this part of its validity: the rest is for whoever fetched it last
CLOCKS_DIFFER = 60  # seconds by which a reader's clock may be behind: no list says that it begins in his future

_AT_ONCE = 16  # lists that are signed side by side; of each only one thread makes it


@dataclass(frozen=True)
class SignedList:
    """`body`: the secured credential; `etag`: of these bytes, without quotes; `version`: of the bits in it; `method`:
    of the key that signed it."""

    body: bytes = field(repr=False)
    etag: str
    version: int
    valid_from: datetime
    valid_until: datetime
    method: str


class StatusLists:
    """Thread-safe. Keeps as many signed lists as the limits allow, those that were asked for last."""

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
        self._signed: OrderedDict[str, SignedList] = OrderedDict()
        self._keeping = threading.Lock()
        self._signing = tuple(threading.Lock() for _ in range(_AT_ONCE))

    def current(self, name: str) -> SignedList:
        """Of the list whose address ends with `name`. Raises `UnknownPage` when there is no such list."""
        try:
            with self._database.read() as tx:
                version, organization = status.version(tx, name)
        except LookupError as error:
            raise UnknownPage("There is no status list {name}.", name=name) from error
        method = self._keyring.identity(organization).method
        begins = self._begins(name)
        if (known := self._kept(name, version, method, begins)) is not None:
            return known
        with self._signing[hash(name) % _AT_ONCE]:  # of many who ask at once, one signs
            if (known := self._kept(name, version, method, begins)) is not None:
                return known
            return self._keep(name, self._sign(name, begins))

    def _begins(self, name: str) -> datetime:
        """When the part of the day began in which the list has the dates that it has now: the same in all processes,
        and another for each list, so that they are not all signed at once."""
        lasts = self._config.limits.status_list_validity.value // RENEWED_AFTER
        begins_at = int.from_bytes(hashlib.sha256(name.encode()).digest()[:4]) % lasts
        since = (int(self._now().timestamp()) - CLOCKS_DIFFER - begins_at) // lasts * lasts + begins_at
        return datetime.fromtimestamp(since, UTC)

    def _kept(self, name: str, version: int, method: str, begins: datetime) -> SignedList | None:
        """The one that is kept, if it will do. It may be newer than the version that was asked for."""
        with self._keeping:
            known = self._signed.get(name)
            if known is None or known.version < version or (known.method, known.valid_from) != (method, begins):
                return None
            self._signed.move_to_end(name)
            return known

    def _keep(self, name: str, signed: SignedList) -> SignedList:
        with self._keeping:
            self._signed[name] = signed
            self._signed.move_to_end(name)
            while len(self._signed) > self._config.limits.status_lists_kept.value:
                self._signed.popitem(last=False)
        return signed

    def _sign(self, name: str, begins: datetime) -> SignedList:
        # (1) the bits and their version, of one moment
        with self._database.read() as tx:
            stored = status.read_list(tx, name)
        bits = Bitstring.marked(stored.set_indices, length=stored.length)
        # (2) the credential about them, in the name of those whose certificates they are
        valid_until = begins + timedelta(seconds=self._config.limits.status_list_validity.value)
        unsecured = list_credential(
            id=self._config.status_list_url(name),
            issuer=self._config.did_of(stored.organization),
            purpose=PURPOSE,
            bits=bits,
            valid_from=begins,
            valid_until=valid_until,
        )
        # (3) signed by the same organization's key as they, and read back
        sealed = Signing(self._config, self._keyring).sign(unsecured, rule=CREDENTIAL, at=begins)
        self._watch.list_signed()
        etag = hashlib.sha256(sealed.data).hexdigest()[:32]
        return SignedList(sealed.data, etag, stored.version, begins, valid_until, sealed.method)
