"""Whose key signs in whose name: each organization has keys of its own, and no key signs in another's name.

    keyring = Keyring(config, database, environ=environ)
    identity = keyring.identity("duke")     # its DID, the keys that it publishes, the one that signs
    keyring.signer(identity)                # the private half, opened when it is first asked for

| organization | what signs | what is published |
|---|---|---|
| with keys of its own | the newest of them | all that ever signed for it |
| without, as those that are older than this rule | the installation's | the installation's |
| the installation itself, by its slug | the installation's | the installation's |

The records are asked every time, so that a running service notices a new organization and a new key. The keys that
were opened are kept. New keys are made in an order that a power cut does not harm: the file first, which is opened if
it is there already, then the row that tells the world.
"""

import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from types import MappingProxyType

from issuer import signers
from issuer.api_errors import UnknownOrganization
from issuer.config import Config
from issuer.errors import Conflict, KeyRefused
from issuer.store import catalogues, organization_keys
from issuer.store.database import Database, Transaction
from issuer.store.organization_keys import OrganizationKey
from vc.dates import parse_datetime
from vc.keys import PublicKey, Signer

FIRST_KEY = "key-1"


@dataclass(frozen=True)
class Identity:
    """In whose name is signed. `published`: by the fragments of their verification methods; `key_id`: of the one that
    signs; `own`: it is the organization's, and not the installation's."""

    organization: str
    did: str
    published: Mapping[str, PublicKey]
    key_id: str
    own: bool

    @property
    def method(self) -> str:
        return f"{self.did}#{self.key_id}"

    @property
    def key(self) -> PublicKey:
        return self.published[self.key_id]


class Keyring:
    """Thread-safe; one per process. `timed`: put around each key that is opened."""

    def __init__(
        self,
        config: Config,
        database: Database,
        *,
        environ: Mapping[str, str],
        timed: Callable[[Signer], Signer] = lambda signer: signer,
    ) -> None:
        self._timed = timed
        self._config = config
        self._database = database
        self._environ = environ
        self._opened: dict[tuple[str | None, str], Signer] = {}
        self._opening = threading.Lock()

    # --- who signs -----------------------------------------------------------------------------------------

    def identity(self, organization: str) -> Identity:
        """Raises `UnknownOrganization`."""
        with self._database.read() as tx:
            return self._identity(tx, organization)

    def identity_of(self, did: str) -> Identity:
        """Raises `KeyRefused` when the DID is nobody's here: nothing is signed in such a name."""
        own = did == self._config.did
        code = self._config.slug if own else did.rpartition(":")[2]
        if self._config.did_of(code) != did:
            raise KeyRefused("{did} is no identity of this installation.", did=did[:200])
        return self.identity(code)

    def signer(self, identity: Identity) -> Signer:
        """The private half of the key that signs. Raises `KeyRefused`: it cannot be had, or is not the one that is
        published: a signature by another would verify nowhere."""
        owner = identity.organization if identity.own else None
        with self._opening:  # of two threads, one opens it
            signer = self._opened.get((owner, identity.key_id))
            if signer is None:
                signer = self._timed(
                    signers.open_key(
                        self._config, self._environ, identity.key_id, public=identity.key.multibase, organization=owner
                    )
                )
                self._opened[owner, identity.key_id] = signer
        return signer

    def keys_of(self, organization: str) -> tuple[OrganizationKey, ...]:
        """What is recorded of its keys, oldest first; of the installation's those of `config.json`."""
        with self._database.read() as tx:
            return self._keys(tx, organization)

    # --- new keys ------------------------------------------------------------------------------------------

    def make(self, organization: str, key_id: str, *, at: datetime) -> OrganizationKey:
        """The key file, made or opened. Nobody knows of it until `record`."""
        signer = signers.create(self._config, key_id, self._environ, organization=organization)
        return OrganizationKey(organization, key_id, signer.public_key.multibase, at)

    def first_key(self, organization: str, *, at: datetime) -> OrganizationKey | None:
        """For an organization that is new here; None for the installation itself."""
        return None if organization == self._config.slug else self.make(organization, FIRST_KEY, at=at)

    def next_key(self, organization: str, *, at: datetime) -> OrganizationKey:
        """The one that is to follow on the present one. Raises `UnknownOrganization`, or `Conflict` for the
        installation itself."""
        if organization == self._config.slug:
            raise Conflict("{code} is this installation itself, whose key stands in config.json.", code=organization)
        with self._database.read() as tx:
            present = self._keys(tx, organization)
        return self.make(organization, f"key-{max(key.number for key in present) + 1}", at=at)

    def record(self, tx: Transaction, key: OrganizationKey) -> None:
        """From now on it signs. Raises `Conflict` when another process was first."""
        known = organization_keys.of(tx, key.organization)
        # What the installation's keys signed for it goes on verifying.
        before = known or (self._installations(key.organization) if key.id != FIRST_KEY else ())
        if any(one.number >= key.number for one in before):
            raise Conflict("{code} was given a key just now.", hint="Look: issuer keys list", code=key.organization)
        for one in (*(() if known else before), key):
            organization_keys.add(tx, one)

    # --- what holds ----------------------------------------------------------------------------------------

    def _identity(self, tx: Transaction, organization: str) -> Identity:
        keys = self._keys(tx, organization)
        own = [key for key in keys if key.own]
        return Identity(
            organization=organization,
            did=self._config.did_of(organization),
            published=MappingProxyType({key.id: PublicKey.from_multibase(key.public) for key in keys}),
            key_id=own[-1].id if own else self._config.key.id,
            own=bool(own),
        )

    def _keys(self, tx: Transaction, organization: str) -> tuple[OrganizationKey, ...]:
        if organization == self._config.slug:
            return self._installations(organization)
        if keys := organization_keys.of(tx, organization):
            return keys
        if organization not in catalogues.organizations(tx):
            raise UnknownOrganization("There is no organization {code}.", code=organization[:80])
        return self._installations(organization)

    def _installations(self, organization: str) -> tuple[OrganizationKey, ...]:
        return tuple(
            OrganizationKey(organization, key.id, key.public, parse_datetime(key.created), own=False)
            for key in self._config.keys
        )
