"""eddsa-rdfc-2022: Ed25519 over the SHA-256 of canonical RDF (Data Integrity EdDSA Cryptosuites 1.0 section 3.2).

proof = SUITE.create_proof(document, options, signer=signer, rule=OPEN_BADGES)
"""

import hashlib
from typing import Any

from vc.errors import MalformedValue, ProofInvalid
from vc.jsonld import CURRENT, Contents, ContextRule, canonical_form
from vc.keys import KeyKind, PublicKey, Signer
from vc.multibase import multibase_decode, multibase_encode


class EddsaRdfc2022:
    name = "eddsa-rdfc-2022"
    key_kinds: frozenset[KeyKind] = frozenset({"Ed25519"})

    def create_proof(
        self, document: dict[str, Any], options: dict[str, Any], *, signer: Signer, rule: ContextRule
    ) -> dict[str, Any]:
        """Section 3.2.1. `options` is the proof without `proofValue`; the result has it."""
        data = self.hash_data(document, options, rule=rule)
        return {**options, "proofValue": multibase_encode(signer.sign(data), "z")}

    def verify_proof(
        self,
        document: dict[str, Any],
        proof: dict[str, Any],
        *,
        key: PublicKey,
        rule: ContextRule,
        contents: Contents = CURRENT,
    ) -> bytes:
        """Section 3.2.2."""
        options = {name: value for name, value in proof.items() if name != "proofValue"}
        try:
            signature = multibase_decode(proof.get("proofValue", ""), "z")
        except MalformedValue as error:
            raise ProofInvalid("The proof's proofValue cannot be read: {reason}", reason=str(error)) from error
        if len(signature) != 64:
            raise ProofInvalid("An Ed25519 signature has 64 bytes; this one has {length}.", length=len(signature))
        data = self.hash_data(document, options, rule=rule, contents=contents)
        key.verify(signature, data)
        return data[32:]

    def hash_data(
        self,
        document: dict[str, Any],
        options: dict[str, Any],
        *,
        rule: ContextRule,
        contents: Contents = CURRENT,
    ) -> bytes:
        """Sections 3.2.3 to 3.2.5: 64 bytes, the proof configuration's hash, then the document's."""
        if options.get("type") != "DataIntegrityProof" or options.get("cryptosuite") != self.name:
            raise ProofInvalid("The proof is not of type DataIntegrityProof with cryptosuite {name}.", name=self.name)
        # Section 3.2.5 step 2.4: the configuration is read with the document's own contexts.
        configuration = {**options, "@context": document["@context"]}
        return _hash(configuration, rule, contents) + _hash(document, rule, contents)


def _hash(document: dict[str, Any], rule: ContextRule, contents: Contents) -> bytes:
    return hashlib.sha256(canonical_form(document, rule=rule, contents=contents).text.encode("utf-8")).digest()


SUITE = EddsaRdfc2022()
