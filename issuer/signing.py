"""Steps (6) and (7) of the conductor (`issuer.issuance`), for whatever is signed here: sign, and read back.

    sealed = Signing(config, keyring).sign(unsecured, rule=OPEN_BADGES, at=now)
    sealed.data      # the secured credential, exactly as it is to be kept

Who signs follows from the credential's issuer: the key of that organization and no other (`issuer.keyring`), and it is
read back with the keys that this organization publishes. What was recorded before, and what is released afterwards, is
the caller's.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import cache
from typing import Any

from issuer.config import Config
from issuer.encoding import linted_to_bytes
from issuer.errors import KeyRefused, ReadBackFailed
from issuer.keyring import Identity, Keyring
from vc import strict_json
from vc.compiled import Remembered, Shapes
from vc.context_rules import OPEN_BADGES, ContextRule
from vc.dids import VerificationMethod, dereference, web
from vc.errors import VcError
from vc.formats import data_integrity, vc_jwt
from vc.keys import Signer
from vc.securing import Dereference, Expected, Verified, issuer_of


@dataclass(frozen=True)
class Sealed:
    """`data`: the secured credential; `digest`: 32 bytes that stand for it; `method`: the URL of the key."""

    data: bytes = field(repr=False)
    digest: bytes
    method: str


@dataclass(frozen=True)
class _Hand:
    """Who signs, and `seen`: by which key the world sees that it was he."""

    method: str
    signer: Signer
    seen: Dereference


@dataclass(frozen=True)
class _Signed:
    hand: _Hand
    data: bytes = field(repr=False)


Unsigned = VcError | KeyRefused | ReadBackFailed


class Signing:
    """`reached` is told each step that is done; tests pull the plug there. `shapes`: of the process (`vc.compiled`)."""

    def __init__(
        self,
        config: Config,
        keyring: Keyring,
        *,
        reached: Callable[[str], None] = lambda step: None,
        shapes: Shapes | None = None,
    ) -> None:
        self._config = config
        self._keyring = keyring
        self._reached = reached
        self._shapes = shapes or Shapes()

    def ready(self, organization: str) -> None:
        """To be asked before anything is recorded. Raises `KeyRefused` when nothing can be signed in that name."""
        self._keyring.signer(self._keyring.identity(organization))

    def sign(self, unsecured: dict[str, Any], *, rule: ContextRule, at: datetime) -> Sealed:
        """By the present key of its issuer. Raises `VcError`, `KeyRefused` or `ReadBackFailed`."""
        (sealed,) = self.sign_all([unsecured], rule=rule, at=at)
        if isinstance(sealed, Sealed):
            return sealed
        raise sealed

    def sign_all(
        self,
        documents: Sequence[dict[str, Any]],
        *,
        rule: ContextRule,
        at: datetime,
        shapes: Shapes | None = None,
    ) -> list[Sealed | Unsigned]:
        """The same for many: for each what was signed, or why it was not. Each issuer's keys are looked up once.
        `shapes`: who has asked for these documents' canonical forms before gives those that he asked."""
        shapes = shapes or Remembered(self._shapes)
        hands: dict[str, _Hand] = {}
        # (6) sign
        signed = [self._signed(document, hands, rule, at, shapes) for document in documents]
        self._reached("signed")
        # (7) check
        checked = [
            one if isinstance(one, Exception) else self._checked(one, document, rule, at, shapes)
            for one, document in zip(signed, documents, strict=True)
        ]
        self._reached("checked")
        return checked

    def _signed(
        self, document: dict[str, Any], hands: dict[str, _Hand], rule: ContextRule, at: datetime, shapes: Shapes
    ) -> _Signed | Unsigned:
        try:
            did = issuer_of(document)
            hand = hands.get(did)
            if hand is None:
                identity = self._keyring.identity_of(did)
                hand = hands[did] = _Hand(identity.method, self._keyring.signer(identity), _seen_by_all(identity))
            secured = data_integrity.secure(
                document,
                signer=hand.signer,
                verification_method=hand.method,
                created=at,
                rule=rule,
                suite=self._config.cryptosuite,
                shapes=shapes,
            )
        except (VcError, KeyRefused) as error:
            return error
        return _Signed(hand, linted_to_bytes(secured))  # so is all that is signed here

    def _checked(
        self, signed: _Signed, meant: dict[str, Any], rule: ContextRule, at: datetime, shapes: Shapes
    ) -> Sealed | Unsigned:
        try:
            verified = _read_back(
                lambda: data_integrity.verify_proofs(
                    strict_json.parse_object(signed.data),
                    dereference=signed.hand.seen,
                    expected=Expected(now=at, rule=rule, shapes=shapes),
                ),
                meant,
            )
        except ReadBackFailed as error:
            return error
        return Sealed(signed.data, verified.digest, signed.hand.method)

    def as_token(self, document: dict[str, Any], *, at: datetime) -> bytes:
        """As a JSON Web Token (Open Badges 3.0 section 8.2.3). Raises `VcError`, `KeyRefused` or `ReadBackFailed`."""
        identity = self._keyring.identity_of(issuer_of(document))
        token = vc_jwt.secure(
            document, signer=self._keyring.signer(identity), verification_method=identity.method, dialect="JWT"
        )
        _read_back(
            lambda: vc_jwt.verify(
                vc_jwt.read(token), dereference=_seen_by_all(identity), expected=Expected(now=at, rule=OPEN_BADGES)
            ),
            document,
        )
        return token


def _seen_by_all(identity: Identity) -> Dereference:
    """The keys that the world sees in that organization's document, and no other document."""
    document = web.document(identity.did, identity.published)

    @cache
    def method(url: str, purpose: str) -> VerificationMethod:
        return dereference(url, purpose, resolve=lambda did: document)

    return method


def _read_back(verify: Callable[[], Verified], meant: dict[str, Any]) -> Verified:
    try:
        verified = verify()
    except VcError as error:
        raise ReadBackFailed("What was signed does not verify: {why}", why=str(error)) from error
    if verified.document != meant:
        raise ReadBackFailed("What was signed is not what was meant to be signed.")
    return verified
