"""ecdsa-sd-2023: P-256, and a holder who shows some statements of a credential and keeps others (vc-di-ecdsa 1.0
section 3.6).

The issuer signs each statement that may be left out with a key made for this one proof, and with the real key that
key, the proof's options, and the hash of all statements that must be shown. That is the *base proof*, for the holder
alone. The holder *derives* proofs from it; only those are verified.

What must be shown is the issuer's choice, but not quite: `ALWAYS_SHOWN` says what a base proof is not made without,
since a holder who could leave out the status would have a credential that cannot be revoked.

    base = SUITE.create_base_proof(document, options, signer=…, ephemeral=…, hmac_key=…, mandatory_pointers=…, rule=…)
    revealed, derived = SUITE.derive(document, base, selective_pointers=["/credentialSubject/achievement"], rule=…)
    SUITE.verify_proof(revealed, derived, key=…, rule=…)

Who issues derives and verifies once with the pointer "", which shows everything: that reads back the whole base proof.
"""

import hashlib
from collections.abc import Iterable
from typing import Any

from vc.compiled import Shapes
from vc.context_rules import ContextRule
from vc.errors import InvalidKey, MalformedValue, NotSupported, ProofInvalid, ShapeError, TooLarge
from vc.hashed_proof import check_options
from vc.jsonld import CURRENT, Contents, canonical_form
from vc.keys import KINDS, KeyKind, PublicKey, Signer
from vc.selective.pointers import select
from vc.selective.proof_value import HMAC_BYTES, MAX_SIGNATURES, Base, Derived
from vc.selective.statements import Statements, lines_of

# Without these a reader is misled about who says it, until when, and whether it still holds (VCDM 2.0 sections 4.7 to
# 4.10 and 5.5; the old names are those of VCDM 1.1).
ALWAYS_SHOWN = (
    *("issuer", "validFrom", "validUntil", "credentialStatus", "termsOfUse"),
    *("issuanceDate", "expirationDate"),
)

_P256 = KINDS["P-256"].MULTICODEC or b""


class EcdsaSd2023:
    """Section 3.6. P-256 only: every length in it is that of P-256 and SHA-256."""

    name = "ecdsa-sd-2023"
    key_kinds: frozenset[KeyKind] = frozenset({"P-256"})

    def create_proof(
        self,
        document: dict[str, Any],
        options: dict[str, Any],
        *,
        signer: Signer,
        rule: ContextRule,
        shapes: Shapes | None = None,
    ) -> dict[str, Any]:
        raise NotSupported("A proof of the kind {name} is made in two steps: base proof, then derived.", name=self.name)

    def create_base_proof(
        self,
        document: dict[str, Any],
        options: dict[str, Any],
        *,
        signer: Signer,
        ephemeral: Signer,
        hmac_key: bytes,
        mandatory_pointers: Iterable[str],
        rule: ContextRule,
        always_shown: Iterable[str] = ALWAYS_SHOWN,
    ) -> dict[str, Any]:
        """Sections 3.6.1 to 3.6.5. Raises what canonicalization refuses, `MalformedValue` for a pointer that leads
        nowhere, `ShapeError` when a member of `always_shown` is there and not mandatory."""
        for one in (signer, ephemeral):
            if one.public_key.kind not in self.key_kinds:
                raise InvalidKey(
                    "A key of the kind {kind} cannot sign with {suite}.", kind=one.public_key.kind, suite=self.name
                )
        if len(hmac_key) != HMAC_BYTES:
            raise MalformedValue("The key for the names has {count} bytes.", count=HMAC_BYTES)
        # (1) transformation: the statements, and which of them are mandatory
        pointers = tuple(mandatory_pointers)
        whole = Statements.of_base(document, hmac_key=hmac_key, rule=rule)
        mandatory = whole.part(pointers).lines
        for name in always_shown:
            if name in document and not whole.part([f"/{name}"]).lines <= mandatory:
                raise ShapeError(
                    "{name} must always be shown: add the pointer /{name} to the mandatory ones.", name=name
                )
        rest = [line for line in whole.lines if line not in mandatory]
        if len(rest) > MAX_SIGNATURES:
            raise TooLarge(
                "The proof has {count} signatures; at most {limit} are checked.", count=len(rest), limit=MAX_SIGNATURES
            )
        # (2) hashing and (3) serialization
        public = _P256 + ephemeral.public_key.raw
        to_sign = self._proof_hash(document, options, rule, CURRENT) + public + _hash(whole.lines, mandatory)
        base = Base(
            base_signature=signer.sign(to_sign),
            public_key=public,
            hmac_key=hmac_key,
            signatures=tuple(ephemeral.sign(line.encode("utf-8")) for line in rest),
            mandatory_pointers=pointers,
        )
        return {**options, "proofValue": base.text}

    def derive(
        self,
        document: dict[str, Any],
        proof: dict[str, Any],
        *,
        selective_pointers: Iterable[str],
        rule: ContextRule,
        contents: Contents = CURRENT,
    ) -> tuple[dict[str, Any], dict[str, Any]]:
        """Section 3.6.6, with 3.5.4, "createDisclosureData". Checks no signature: that is the verifier's part."""
        base = Base.read(proof.get("proofValue"))
        whole = Statements.of_base(document, hmac_key=base.hmac_key, rule=rule, contents=contents)
        selective = tuple(selective_pointers)
        pointers = (*base.mandatory_pointers, *selective)
        revealed = select(document, pointers)
        if revealed is None:
            raise MalformedValue("Nothing is chosen to be shown.")
        mandatory = whole.part(base.mandatory_pointers).lines
        shown = whole.part(pointers)
        rest = [line for line in whole.lines if line not in mandatory]
        if len(rest) != len(base.signatures):
            raise ProofInvalid("The base proof is not of this credential: it has signatures for another one.")
        lines = [line for line in whole.lines if line in shown.lines]
        derived = Derived(
            base_signature=base.base_signature,
            public_key=base.public_key,
            signatures=tuple(
                signature for line, signature in zip(rest, base.signatures, strict=True) if line in shown.lines
            ),
            labels=dict(sorted(shown.labels.items())),
            mandatory=tuple(index for index, line in enumerate(lines) if line in mandatory),
        )
        return revealed, {**proof, "proofValue": derived.text}

    def verify_proof(
        self,
        document: dict[str, Any],
        proof: dict[str, Any],
        *,
        key: PublicKey,
        rule: ContextRule,
        contents: Contents = CURRENT,
        shapes: Shapes | None = None,
    ) -> bytes:
        """Section 3.6.7, with 3.5.9, "createVerifyData". The hash of the canonical form of what is shown."""
        options = {name: value for name, value in proof.items() if name != "proofValue"}
        derived = Derived.read(proof.get("proofValue"))
        # (1) the statements, under the names that were signed
        proof_hash = self._proof_hash(document, options, rule, contents)
        lines, digest = lines_of(document, derived.labels, rule=rule, contents=contents)
        # (2) which are mandatory, and one signature for each of the others
        if derived.mandatory and derived.mandatory[-1] >= len(lines):
            raise ProofInvalid("The proof counts more statements than the credential has.")
        mandatory = {lines[index] for index in derived.mandatory}
        rest = [line for line in lines if line not in mandatory]
        if len(rest) != len(derived.signatures):
            raise ProofInvalid(
                "The credential has {count} statements to be proved one by one, the proof has {signatures} signatures.",
                count=len(rest),
                signatures=len(derived.signatures),
            )
        # (3) the issuer's signature over the options, the proof's own key and the mandatory statements
        public = _proof_key(derived.public_key)
        key.verify(derived.base_signature, proof_hash + derived.public_key + _hash(lines, mandatory))
        # (4) that key's signature over each of the others
        for line, signature in zip(rest, derived.signatures, strict=True):
            public.verify(signature, line.encode("utf-8"))
        return digest

    def _proof_hash(
        self, document: dict[str, Any], options: dict[str, Any], rule: ContextRule, contents: Contents
    ) -> bytes:
        """Section 3.6.4, "Base Proof Configuration"."""
        check_options(options, document, type="DataIntegrityProof", name=self.name)
        options = {**options, "@context": document.get("@context")}
        text = canonical_form(options, rule=rule, contents=contents).text
        return hashlib.sha256(text.encode("utf-8")).digest()


def _hash(lines: list[str], mandatory: Iterable[str]) -> bytes:
    """Section 3.4.17, "hashMandatoryNQuads"."""
    chosen = set(mandatory)
    return hashlib.sha256("".join(line for line in lines if line in chosen).encode("utf-8")).digest()


def _proof_key(multikey: bytes) -> PublicKey:
    if not multikey.startswith(_P256):
        raise ProofInvalid("The proof's own key is no P-256 key.")
    try:
        return PublicKey("P-256", multikey[len(_P256) :])
    except InvalidKey as error:
        raise ProofInvalid("The proof's own key cannot be read: {reason}", reason=str(error)) from error


SUITE = EcdsaSd2023()
