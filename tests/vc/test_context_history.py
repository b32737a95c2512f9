"""What was signed under an earlier content of a context still verifies; contents that cannot matter are not tried."""

from typing import Any

import contexts
from tests.vc.samples import NOW, SoftSigner, course, dereference
from vc import formats
from vc.context_history import contents_of
from vc.context_rules import CREDENTIAL, OB_303, VC2
from vc.cryptosuites import eddsa_rdfc_2022
from vc.dids import key
from vc.jsonld import Contents
from vc.multibase import multibase_encode
from vc.securing import Expected, Secured
from vc.status.bitstring import Bitstring, list_credential

SIGNER = SoftSigner()
BEFORE = Contents({VC2: contexts.history(VC2)[1]})


def old_list() -> dict[str, Any]:
    """Signed in 2024: then `statusSize` was a word of the list."""
    unsecured = list_credential(
        id="https://a.example/status/1",
        issuer=key.did_of(SIGNER.public_key),
        purpose="revocation",
        bits=Bitstring(),
        valid_from=NOW,
        valid_until=NOW.replace(year=2027),
    )
    unsecured["credentialSubject"]["statusSize"] = 1
    options = {
        "type": "DataIntegrityProof",
        "cryptosuite": "eddsa-rdfc-2022",
        "created": "2026-03-01T00:00:00Z",
        "verificationMethod": key.method_of(SIGNER.public_key),
        "proofPurpose": "assertionMethod",
    }
    data = eddsa_rdfc_2022.SUITE.hash_data(unsecured, options, kind="Ed25519", rule=CREDENTIAL, contents=BEFORE)
    return {**unsecured, "proof": [{**options, "proofValue": multibase_encode(SIGNER.sign(data), "z")}]}


def test_a_list_that_verifies_only_under_the_content_of_2024() -> None:
    secured = Secured("data_integrity", old_list())
    verified = formats.verify(secured, dereference=dereference, expected=Expected(now=NOW, rule=CREDENTIAL))
    assert verified.contents == BEFORE


def test_the_current_contents_come_first() -> None:
    assert next(contents_of(old_list())) == Contents()
    assert list(contents_of(old_list())) == [Contents(), BEFORE]


def test_contents_that_differ_in_other_words_are_not_tried() -> None:
    document = course(SIGNER)
    tried = {tuple(contents.chosen.items()) for contents in contents_of(document)}
    # statusReference has moved in credentials/v2; awardedDate and inLanguage came into Open Badges later
    assert tried == {
        (),
        ((VC2, contexts.history(VC2)[1]),),
        ((OB_303, contexts.history(OB_303)[2]),),
        ((VC2, contexts.history(VC2)[1]), (OB_303, contexts.history(OB_303)[2])),
    }
    del document["awardedDate"], document["credentialSubject"]["achievement"]["inLanguage"]
    del document["credentialStatus"]["statusReference"]
    document["credentialSubject"]["achievement"].pop("related", None)
    assert list(contents_of(document)) == [Contents()]


def test_contexts_of_embedded_credentials_count() -> None:
    outer = {"@context": [VC2], "endorsement": [{"@context": [VC2, OB_303], "jti": "x"}]}
    assert len(list(contents_of(outer))) == len(contexts.history(OB_303))
