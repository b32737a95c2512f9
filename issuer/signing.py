"""Steps (6) and (7) of the conductor (`issuer.issuance`), for whatever is signed here: sign, and read back.

    sealed = Signing(config, signer).sign(unsecured, rule=OPEN_BADGES, at=now)
    sealed.data      # the secured credential, exactly as it is to be kept

What was recorded before, and what is released afterwards, is the caller's.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from issuer.config import Config
from issuer.encoding import to_bytes
from issuer.errors import ReadBackFailed
from vc import strict_json
from vc.context_rules import ContextRule
from vc.dids import VerificationMethod, dereference, web
from vc.errors import VcError
from vc.formats import data_integrity
from vc.keys import PublicKey, Signer
from vc.securing import Expected, issuer_of


@dataclass(frozen=True)
class Sealed:
    """`data`: the secured credential; `digest`: 32 bytes that stand for it."""

    data: bytes = field(repr=False)
    digest: bytes


class Signing:
    """`reached` is told each step that is done; tests pull the plug there."""

    def __init__(self, config: Config, signer: Signer, *, reached: Callable[[str], None] = lambda step: None) -> None:
        self._config = config
        self._signer = signer
        self._reached = reached

    def sign(self, unsecured: dict[str, Any], *, rule: ContextRule, at: datetime) -> Sealed:
        """By the present key, in the name of its issuer. Raises `VcError` or `ReadBackFailed`."""
        # (6) sign
        secured = data_integrity.secure(
            unsecured,
            signer=self._signer,
            verification_method=f"{issuer_of(unsecured)}#{self._config.key.id}",
            created=at,
            rule=rule,
            suite=self._config.cryptosuite,
        )
        data = to_bytes(secured)
        self._reached("signed")
        # (7) check
        digest = self._read_back(data, unsecured, rule=rule, at=at)
        self._reached("checked")
        return Sealed(data, digest)

    def _read_back(self, data: bytes, unsecured: dict[str, Any], *, rule: ContextRule, at: datetime) -> bytes:
        """The digest of what was signed. The key is the one in `config.json`, which the world sees."""
        keys = {key.id: PublicKey.from_multibase(key.public) for key in self._config.keys}

        def method(url: str, purpose: str) -> VerificationMethod:
            return dereference(url, purpose, resolve=lambda did: web.document(did, keys))

        try:
            read = strict_json.parse_object(data)
            verified = data_integrity.verify_proofs(read, dereference=method, expected=Expected(now=at, rule=rule))
        except VcError as error:
            raise ReadBackFailed("What was signed does not verify: {why}", why=str(error)) from error
        if verified.document != unsecured:
            raise ReadBackFailed("What was signed is not what was meant to be signed.")
        return verified.digest
