"""Cryptosuites: how a document and a key become a proof. One file each, and one line in this table.

The table is the allow-list: a cryptosuite that is not in it does not exist here.
"""

from collections.abc import Iterable, Mapping
from typing import Any, Protocol

from vc.compiled import Shapes
from vc.context_rules import ContextRule
from vc.cryptosuites import (
    ecdsa_jcs_2019,
    ecdsa_rdfc_2019,
    ecdsa_sd_2023,
    ed25519_signature_2020,
    eddsa_jcs_2022,
    eddsa_rdfc_2022,
)
from vc.errors import NotSupported, UnknownCryptosuite
from vc.jsonld import Contents
from vc.keys import KeyKind, PublicKey, Signer


class Cryptosuite(Protocol):
    """Data Integrity 1.0 section 3.1. `document` is without its proof, or has only the proofs before it in a chain."""

    @property
    def name(self) -> str: ...

    @property
    def key_kinds(self) -> frozenset[KeyKind]: ...

    def create_proof(
        self,
        document: dict[str, Any],
        options: dict[str, Any],
        *,
        signer: Signer,
        rule: ContextRule,
        shapes: Shapes | None = None,
    ) -> dict[str, Any]:
        """`options` completed with `proofValue`."""

    def verify_proof(
        self,
        document: dict[str, Any],
        proof: dict[str, Any],
        *,
        key: PublicKey,
        rule: ContextRule,
        contents: Contents,
        shapes: Shapes | None = None,
    ) -> bytes:
        """A hash that stands for the document. Raises `ProofInvalid`, or what makes it unfit to be signed at all."""


class SelectiveDisclosure(Protocol):
    """What some cryptosuites can do beside: the issuer gives the holder a base proof, from which the holder derives
    proofs that show less. Only derived proofs are ever verified."""

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
    ) -> dict[str, Any]:
        """`options` completed with `proofValue`. `ephemeral` and `hmac_key` (32 random bytes) are made for this one
        proof; the private key of the former is thrown away afterwards."""

    def derive(
        self, document: dict[str, Any], proof: dict[str, Any], *, selective_pointers: Iterable[str], rule: ContextRule
    ) -> tuple[dict[str, Any], dict[str, Any]]:
        """The part of `document` that is shown, and the proof of it."""


CRYPTOSUITES: Mapping[str, Cryptosuite] = {
    "Ed25519Signature2020": ed25519_signature_2020.SUITE,
    "ecdsa-jcs-2019": ecdsa_jcs_2019.SUITE,
    "ecdsa-rdfc-2019": ecdsa_rdfc_2019.SUITE,
    "ecdsa-sd-2023": ecdsa_sd_2023.SUITE,
    "eddsa-jcs-2022": eddsa_jcs_2022.SUITE,
    "eddsa-rdfc-2022": eddsa_rdfc_2022.SUITE,
}

SELECTIVE: Mapping[str, SelectiveDisclosure] = {
    "ecdsa-sd-2023": ecdsa_sd_2023.SUITE,
}

# Registered with W3C and not read here yet: a proof by one of them may well be good.
_ELSEWHERE = frozenset({"bbs-2023"})


def cryptosuite(name: Any) -> Cryptosuite:
    """Raises `NotSupported` for a suite that exists elsewhere, `UnknownCryptosuite` for anything else."""
    suite = CRYPTOSUITES.get(name) if isinstance(name, str) else None
    if suite is None and isinstance(name, str) and name in _ELSEWHERE:
        raise NotSupported("The signature is of the kind {name}, which this verifier cannot check yet.", name=name)
    if suite is None:
        raise UnknownCryptosuite(
            "The cryptosuite {name} is not supported; supported: {known}.",
            name=repr(name)[:60],
            known=", ".join(sorted(CRYPTOSUITES)),
        )
    return suite


def selective(name: Any) -> SelectiveDisclosure:
    """The suite, when it can show a part. Raises as `cryptosuite` does, and `NotSupported`."""
    cryptosuite(name)
    if name not in SELECTIVE:
        raise NotSupported("Of a credential signed with {name}, a part cannot be shown by itself.", name=name)
    return SELECTIVE[name]
