"""Credentials that an authenticated caller, such as an LMS, wants signed: each id once, in the conductor's order.

    (1) known      the same id with the same content again: the same answer; with other content, it is refused
    (2) complete   issuer and validFrom, where they were left out; nobody speaks for another organization
    (3) lint       refuses what would be dropped, merged or malformed, before anything is signed
    (4) record     one transaction looks once more and keeps what we mean to sign, for whom: the intent, and the log
    (5) sign       (`issuer.signing`)
    (6) check      read back what was signed
    (7) release    one transaction keeps the signed bytes; only now does the caller get them

A power cut leaves an intent. The caller's retry finds it at (1) and goes on at (5), or `finish` does so at the next
start. Nothing here touches certificates, awards or their status lists: those come from decisions (`issuer.issuance`).
"""

import hashlib
import threading
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from issuer import signable
from issuer.api_errors import CredentialRefused, IdempotencyKeyReused, RequestRefused
from issuer.api_keys import holder_of
from issuer.config import Config
from issuer.encoding import to_bytes
from issuer.errors import Conflict, IssuerError, ReadBackFailed
from issuer.keyring import Keyring
from issuer.revocation import find
from issuer.signing import Signing
from issuer.store import audit, catalogues, signed
from issuer.store.api_keys import ApiKey
from issuer.store.database import Database, Transaction
from issuer.store.signed import Signed
from issuer.watch import Watch
from templates.messages import Message
from vc import jcs, strict_json
from vc.errors import VcError
from vc.securing import issuer_of


@dataclass(frozen=True)
class FinishedRequests:
    """`failed`: intents that could not be finished, with why; they stay and are tried again."""

    released: tuple[Signed, ...] = ()
    failed: tuple[tuple[Signed, Message], ...] = ()


class SigningRequests:
    """Thread-safe; one per process. `reached` is told each step that is done; tests pull the plug there."""

    def __init__(
        self,
        config: Config,
        database: Database,
        keyring: Keyring,
        *,
        now: Callable[[], datetime],
        reached: Callable[[str], None] = lambda step: None,
        watch: Watch | None = None,
    ) -> None:
        self._watch = watch or Watch()
        self._config = config
        self._database = database
        self._keyring = keyring
        self._now = now
        self._reached = reached
        self._signing = threading.Lock()

    def sign(self, credential: dict[str, Any], *, api_key: ApiKey, idempotency_key: str | None = None) -> bytes:
        """The secured credential, as it is kept, in the name of whom `api_key` may speak for. Raises
        `CredentialRefused`, `RequestRefused`, `Conflict`, `IdempotencyKeyReused`, `KeyRefused`, `ReadBackFailed`."""
        limit = self._config.limits.idempotency_key_length.value
        if idempotency_key is not None and not 0 < len(idempotency_key) <= limit:
            raise RequestRefused("The Idempotency-Key has 1 to {limit} characters.", limit=limit)
        asked = _Asked(credential, _digest(credential), api_key, idempotency_key)
        # (1) known
        with self._database.read() as tx:
            intent = asked.known(tx, self._config)
        # (2) to (4)
        if intent is None:
            intent = self._record(asked)
        # (5) to (7)
        return self._finish(intent).secured or b""

    def finish(self) -> FinishedRequests:
        """Completes what a power cut left. To be called at every start."""
        with self._database.read() as tx:
            intents = signed.intents(tx)
        released: list[Signed] = []
        failed: list[tuple[Signed, Message]] = []
        for intent in intents:
            try:
                released.append(self._finish(intent))
            except IssuerError as error:
                failed.append((intent, error.message))
        return FinishedRequests(tuple(released), tuple(failed))

    # --- the cycle -----------------------------------------------------------------------------------------

    def _record(self, asked: "_Asked") -> Signed:
        at = self._now().replace(microsecond=0)
        # (2) complete
        with self._database.read() as tx:
            profiles = signable.issuers(self._config, catalogues.organizations(tx), asked.api_key.organization)
            unsecured = signable.completed(asked.credential, profiles, at=at)
            _check_status(tx, unsecured)
        # (3) lint
        signable.check(unsecured, self._config)
        self._reached("linted")
        identity = self._keyring.identity_of(issuer_of(unsecured))
        self._keyring.signer(identity)
        # (4) record
        with self._database.write() as tx:
            intent = asked.known(tx, self._config)
            if intent is None:
                intent = signed.record_intent(
                    tx,
                    unsecured["id"],
                    request_digest=asked.digest,
                    idempotency_key=asked.idempotency_key,
                    unsecured=to_bytes(unsecured),
                    api_key=asked.api_key.id,
                    at=at,
                )
                chain = identity.organization if identity.did != self._config.did else None
                audit.append(
                    tx,
                    chain,
                    actor=holder_of(asked.api_key).name,
                    action="credential.sign",
                    subject=intent.id,
                    at=at,
                    issuer=identity.did,
                )
        self._reached("recorded")
        return intent

    def _finish(self, intent: Signed) -> Signed:
        with self._signing:  # of several who ask for the same, one signs and the others get that
            with self._database.read() as tx:
                known = signed.get(tx, intent.number)
            if known.secured is not None:
                return known
            # (5) and (6)
            unsecured = strict_json.parse_object(intent.unsecured)
            signing = Signing(self._config, self._keyring, reached=self._reached)
            try:
                at = self._now().replace(microsecond=0)
                sealed = signing.sign(unsecured, rule=signable.rule_of(unsecured), at=at)
            except VcError as error:
                raise ReadBackFailed("What passed the lint cannot be signed: {why}", why=str(error)) from error
            # (7) release
            with self._database.write() as tx:
                kept = signed.release(tx, intent.number, secured=sealed.data, digest=sealed.digest, at=self._now())
            self._watch.issued({"request": 1})
            self._reached("released")
            return kept


@dataclass(frozen=True)
class _Asked:
    """A request. `digest`: of the credential as it was asked for, whatever its white space and order."""

    credential: dict[str, Any]
    digest: bytes
    api_key: ApiKey
    idempotency_key: str | None

    def known(self, tx: Transaction, config: Config) -> Signed | None:
        """What was recorded for this very request. Raises `Conflict` or `IdempotencyKeyReused` for another one."""
        if self.idempotency_key is not None:
            earlier = signed.by_idempotency_key(tx, self.api_key.id, self.idempotency_key)
            if earlier is not None and earlier.request_digest != self.digest:
                raise IdempotencyKeyReused("It came before, with another credential: {id}.", id=earlier.id)
        id = self.credential.get("id")
        same = signed.by_id(tx, id) if isinstance(id, str) else None
        if same is not None and same.request_digest != self.digest:
            raise Conflict("A credential with the id {id} was signed with other content.", id=same.id)
        if same is not None and self.api_key.organization is not None:
            # Where the issuer is left out, the same request of two organizations means two things.
            meant = issuer_of(strict_json.parse_object(same.unsecured))
            if meant != config.did_of(self.api_key.organization):
                raise Conflict("A credential with the id {id} was signed with other content.", id=same.id)
        return same


def _digest(credential: dict[str, Any]) -> bytes:
    try:
        return hashlib.sha256(jcs.canonical(credential)).digest()
    except VcError as error:
        raise CredentialRefused(error.message, problem=error.problem, **error.params) from error


def _check_status(tx: Transaction, unsecured: dict[str, Any]) -> None:
    """No status is kept for what is signed here; it may share that of a certificate of the same issuer.

    A free entry of our lists is not for callers: it will be some learner's, and then one revocation would be two."""
    if "credentialStatus" not in unsecured:
        return
    entry = unsecured["credentialStatus"]
    reference = entry.get("statusReference") if isinstance(entry, dict) else None
    try:
        certificate = strict_json.parse_object(find(tx, str(reference).removesuffix("/status")).unsecured)
        same = entry == certificate["credentialStatus"] and issuer_of(unsecured) == issuer_of(certificate)
    except IssuerError:
        same = False
    if not same:
        raise CredentialRefused(
            "credentialStatus must be that of a certificate of the same issuer, as it stands there, or be left out: no "
            "status is kept yet for what is signed on request."
        )
