"""ecdsa-sd-2023: the published vectors step by step, then what a holder or a stranger might try."""

import copy
import json
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from tests.optional import compare_with
from tests.vc.published_proofs import PUBLISHED, RULE, VECTORS, read
from tests.vc.samples import NOW, SoftSigner, course, dereference, specialization
from vc import formats
from vc.context_rules import OPEN_BADGES
from vc.cryptosuites import CRYPTOSUITES, SELECTIVE
from vc.cryptosuites.ecdsa_sd_2023 import ALWAYS_SHOWN, SUITE, _hash
from vc.dids import key
from vc.errors import (
    Invalid,
    InvalidKey,
    MalformedValue,
    NotSupported,
    ProofInvalid,
    ShapeError,
    TooLarge,
    UnknownContext,
    UnknownCryptosuite,
    UnsignedData,
)
from vc.formats import data_integrity
from vc.jsonld import canonical_form
from vc.keys import PublicKey
from vc.multibase import multibase_decode, multibase_encode
from vc.securing import Expected, Secured
from vc.selective import statements
from vc.selective.proof_value import Base, Derived
from vc.selective.statements import Statements

# --- the vectors ---------------------------------------------------------------------------------------------

VECTOR = read(VECTORS / "vc-di-ecdsa" / "ecdsa-sd-2023.json")
HMAC_KEY = bytes.fromhex(VECTOR["keyMaterial"]["hmacKeyString"])
BASE_KEY = PublicKey.from_multibase(VECTOR["keyMaterial"]["baseKeyPair"]["publicKeyMultibase"])


def apart(signed: dict[str, Any]) -> tuple[dict[str, Any], dict[str, Any]]:
    return {name: value for name, value in signed.items() if name != "proof"}, signed["proof"]


def vector_signer(name: str) -> SoftSigner:
    return SoftSigner.of_multibase(VECTOR["keyMaterial"][name]["secretKeyMultibase"])


def test_base_transformation() -> None:
    whole = Statements.of_base(VECTOR["unsigned"], hmac_key=HMAC_KEY, rule=RULE)
    assert whole.lines == VECTOR["hmacCanon"]
    groups = {
        "mandatory": whole.part(VECTOR["mandatoryPointers"]).lines,
        "selective": whole.part(VECTOR["selectivePointers"]).lines,
        "combined": whole.part(VECTOR["mandatoryPointers"] + VECTOR["selectivePointers"]).lines,
    }
    groups["nonMandatory"] = frozenset(whole.lines) - groups["mandatory"]
    for name, lines in groups.items():
        assert [index for index, line in enumerate(whole.lines) if line in lines] == VECTOR["groups"][f"{name}Indexes"]


def test_base_hashing() -> None:
    document, proof = apart(VECTOR["signedBase"])
    options = {name: value for name, value in proof.items() if name != "proofValue"}
    assert {**options, "@context": document["@context"]} == VECTOR["proofConfig"]
    proof_hash = SUITE._proof_hash(document, options, RULE, data_integrity.CURRENT)
    whole = Statements.of_base(document, hmac_key=HMAC_KEY, rule=RULE)
    mandatory = _hash(whole.lines, whole.part(VECTOR["mandatoryPointers"]).lines)
    assert {"proofHash": proof_hash.hex(), "mandatoryHash": mandatory.hex()} == VECTOR["hashes"]


def test_base_serialization() -> None:
    """ECDSA signs anew each time, so theirs is read and its parts are checked."""
    _, proof = apart(VECTOR["signedBase"])
    base = Base.read(proof["proofValue"])
    assert base.text == proof["proofValue"]
    assert base.hmac_key == HMAC_KEY
    assert base.mandatory_pointers == tuple(VECTOR["mandatoryPointers"])
    own = PublicKey.from_multibase(multibase_encode(base.public_key, "z"))
    assert own == vector_signer("proofKeyPair").public_key
    data = bytes.fromhex(VECTOR["hashes"]["proofHash"]) + base.public_key
    BASE_KEY.verify(base.base_signature, data + bytes.fromhex(VECTOR["hashes"]["mandatoryHash"]))
    rest = [VECTOR["hmacCanon"][index] for index in VECTOR["groups"]["nonMandatoryIndexes"]]
    for line, signature in zip(rest, base.signatures, strict=True):
        own.verify(signature, line.encode())


def test_what_we_derive_from_their_base_proof_is_what_they_derived() -> None:
    document, proof = apart(VECTOR["signedBase"])
    revealed, derived = SUITE.derive(document, proof, selective_pointers=VECTOR["selectivePointers"], rule=RULE)
    assert revealed | {"proof": derived} == VECTOR["derived"]
    assert list(Derived.read(derived["proofValue"]).mandatory) == VECTOR["mandatoryIndexes"]


def test_their_derived_proof_verifies() -> None:
    document, proof = apart(VECTOR["derived"])
    digest = SUITE.verify_proof(document, proof, key=BASE_KEY, rule=RULE)
    assert len(digest) == 32


def test_ours_from_their_keys() -> None:
    document, proof = apart(VECTOR["signedBase"])
    base = SUITE.create_base_proof(
        document,
        {name: value for name, value in proof.items() if name != "proofValue"},
        signer=vector_signer("baseKeyPair"),
        ephemeral=vector_signer("proofKeyPair"),
        hmac_key=HMAC_KEY,
        mandatory_pointers=VECTOR["mandatoryPointers"],
        rule=RULE,
        always_shown=(),
    )
    revealed, derived = SUITE.derive(document, base, selective_pointers=VECTOR["selectivePointers"], rule=RULE)
    assert revealed == apart(VECTOR["derived"])[0]
    SUITE.verify_proof(revealed, derived, key=BASE_KEY, rule=RULE)


@pytest.mark.parametrize(
    ("folder", "names"),
    {
        "employ": ("employmentAuth", "employMandatory", "employSelective"),
        "prc": ("prCredUnsigned", "prCredMandatory", "prCredSelective"),
    }.items(),
)
def test_the_specifications_own_files(folder: str, names: tuple[str, ...]) -> None:
    compare_with(PUBLISHED.is_dir(), str(PUBLISHED))
    place = PUBLISHED / "vc-di-ecdsa"
    unsigned, mandatory, selective = (read(place / f"{name}.json") for name in names)
    step = {path.stem: path for path in (place / "ecdsa-sd-2023" / folder).iterdir()}
    document, proof = apart(read(step["addSignedSDBase"]))
    if folder == "prc":  # their file of the unsigned credential has another description than all others
        assert unsigned.pop("description") != document["description"]
        unsigned["description"] = document["description"]
    assert document == unsigned
    lines = Statements.of_base(document, hmac_key=HMAC_KEY, rule=RULE).lines
    assert lines == read(step["addBaseDocHMACCanon"])
    config = canonical_form(read(step["addProofConfig"]), rule=RULE).text
    assert config == step["addProofConfigCanon"].read_text(encoding="utf-8")
    assert list(Base.read(proof["proofValue"]).mandatory_pointers) == mandatory
    revealed, derived = SUITE.derive(document, proof, selective_pointers=selective, rule=RULE)
    assert revealed == read(step["derivedUnsignedReveal"])
    assert revealed | {"proof": derived} == read(step["derivedRevealDocument"])
    SUITE.verify_proof(revealed, derived, key=BASE_KEY, rule=RULE)
    if folder == "employ":
        assert read(step["derivedRevealDocument"]) == VECTOR["derived"]


# --- a badge of ours -----------------------------------------------------------------------------------------

SIGNER = SoftSigner("an issuer", "P-256")
MANDATORY = [f"/{name}" for name in ALWAYS_SHOWN]
ACHIEVEMENT = "/credentialSubject/achievement/name"


def base_of(credential: dict[str, Any], **changes: Any) -> dict[str, Any]:
    values: dict[str, Any] = {
        "signer": SIGNER,
        "ephemeral": SoftSigner("for one proof", "P-256"),
        "hmac_key": bytes(range(32)),
        "mandatory_pointers": [pointer for pointer in MANDATORY if pointer[1:] in credential],
        "verification_method": key.method_of(SIGNER.public_key),
        "created": NOW,
        "rule": OPEN_BADGES,
    }
    return data_integrity.secure_base(credential, **(values | changes))


def derived_of(base: dict[str, Any], *pointers: str) -> dict[str, Any]:
    return data_integrity.derive(base, selective_pointers=pointers, rule=OPEN_BADGES)


def verify(document: dict[str, Any]) -> data_integrity.Verified:
    return formats.verify(
        Secured("data_integrity", document), dereference=dereference, expected=Expected(now=NOW, rule=OPEN_BADGES)
    )


BASE = base_of(course(SIGNER))
DERIVED = derived_of(BASE, ACHIEVEMENT, "/credentialSubject/result")


def forged(document: dict[str, Any] = DERIVED, **changes: Any) -> dict[str, Any]:
    """A derived credential whose proof says something else."""
    derived = replace(Derived.read(document["proof"]["proofValue"]), **changes)
    return {**document, "proof": {**document["proof"], "proofValue": derived.text}}


def parts(document: dict[str, Any] = DERIVED) -> Derived:
    return Derived.read(document["proof"]["proofValue"])


def test_what_is_shown_is_what_is_proved_and_no_more() -> None:
    verified = verify(DERIVED)
    assert verified.document == apart(DERIVED)[0]
    assert verified.mechanism == "ecdsa-sd-2023"
    assert verified.methods == (key.method_of(SIGNER.public_key),)
    subject = verified.document["credentialSubject"]
    assert subject["achievement"] == {
        "id": subject["achievement"]["id"],
        "type": ["Achievement"],
        "name": "The Toolbox",
    }
    assert {"issuer", "validFrom", "credentialStatus"} <= verified.document.keys()
    assert "Zoë" not in json.dumps(DERIVED, ensure_ascii=False)


def test_everything_can_be_shown_which_reads_a_base_proof_back() -> None:
    for credential in (course(SIGNER), specialization(SIGNER, 6)):
        whole = derived_of(base_of(credential), "")
        assert verify(whole).document == credential


def test_the_mandatory_part_can_be_shown_by_itself() -> None:
    shown = verify(derived_of(BASE)).document
    assert shown.keys() == {"@context", "id", "type", "issuer", "validFrom", "credentialStatus"}
    assert shown["issuer"] == BASE["issuer"]


@pytest.mark.parametrize("name", ["issuer", "validFrom", "credentialStatus"])
def test_what_must_be_seen_is_mandatory(name: str) -> None:
    pointers = [pointer for pointer in MANDATORY if pointer[1:] in course(SIGNER)]
    assert f"/{name}" in pointers
    with pytest.raises(ShapeError, match=f"add the pointer /{name} to the mandatory ones"):
        base_of(course(SIGNER), mandatory_pointers=[pointer for pointer in pointers if pointer != f"/{name}"])


def test_a_part_of_what_must_be_seen_is_not_enough() -> None:
    pointers = ["/issuer/id", "/validFrom", "/credentialStatus"]
    with pytest.raises(ShapeError, match="issuer must always be shown"):
        base_of(course(SIGNER), mandatory_pointers=pointers)


def test_a_holder_cannot_leave_out_the_status() -> None:
    revealed = copy.deepcopy(DERIVED)
    del revealed["credentialStatus"]
    with pytest.raises(ProofInvalid):
        verify(revealed)


# --- what must fail ------------------------------------------------------------------------------------------


def changed(change: Callable[[dict[str, Any]], Any]) -> dict[str, Any]:
    document = copy.deepcopy(DERIVED)
    change(document)
    return document


def achievement(document: dict[str, Any]) -> dict[str, Any]:
    found: dict[str, Any] = document["credentialSubject"]["achievement"]
    return found


@pytest.mark.parametrize(
    "change",
    [
        lambda d: d.pop("validFrom"),  # a mandatory statement dropped
        lambda d: d["issuer"].pop("name"),
        lambda d: achievement(d).pop("name"),  # a selective one, whose signature is left
        lambda d: d["credentialSubject"].pop("result"),
        lambda d: d.update(description="added"),  # one added
        lambda d: achievement(d).update(description="added"),
        lambda d: achievement(d)["type"].append("Profile"),
        lambda d: achievement(d).update(name="The Toolbox, advanced"),  # one changed
        lambda d: achievement(d).update(id="https://credentials.example.org/other"),
        lambda d: d.update(validFrom="2026-03-02T12:00:01Z"),
        lambda d: d.update(id="urn:uuid:0"),
        lambda d: d["credentialSubject"].update(id="did:example:me"),  # a node given a name
        lambda d: d["proof"].update(created="2026-03-02T11:59:59Z"),
        lambda d: d["proof"].update(id="urn:uuid:0"),
    ],
)
def test_statements_dropped_added_and_changed(change: Callable[[dict[str, Any]], Any]) -> None:
    with pytest.raises(ProofInvalid):
        verify(changed(change))


def test_a_member_that_no_context_defines() -> None:
    with pytest.raises(UnsignedData, match="The member honours"):
        verify(changed(lambda d: d.update(honours="summa cum laude")))


def test_an_added_statement_with_somebodys_signature() -> None:
    """A signature by the attacker, or one that belongs to another statement."""
    document = changed(lambda d: achievement(d).update(description="added"))
    for extra in (SoftSigner("a stranger", "P-256").sign(b"x"), parts().signatures[0]):
        for place in range(len(parts().signatures) + 1):
            signatures = (*parts().signatures[:place], extra, *parts().signatures[place:])
            with pytest.raises(ProofInvalid, match="does not match"):
                verify(forged(document, signatures=signatures))


def test_an_added_statement_declared_mandatory() -> None:
    document = changed(lambda d: achievement(d).update(description="added"))
    for index in range(0, len(parts().mandatory) + len(parts().signatures) + 1, 3):
        mandatory = tuple(sorted({*parts().mandatory, index}))
        with pytest.raises(ProofInvalid):
            verify(forged(document, mandatory=mandatory))


def test_a_dropped_mandatory_statement_with_its_index() -> None:
    document = changed(lambda d: d.pop("validFrom"))
    for gone in parts().mandatory:
        shifted = tuple(index - (index > gone) for index in parts().mandatory if index != gone)
        with pytest.raises(ProofInvalid):
            verify(forged(document, mandatory=shifted))


def test_mandatory_ones_passed_off_as_selective_and_the_reverse() -> None:
    for mandatory in ((), parts().mandatory[1:], parts().mandatory[:-1]):
        with pytest.raises(ProofInvalid):
            verify(forged(mandatory=mandatory))
    everything = tuple(range(len(parts().mandatory) + len(parts().signatures)))
    with pytest.raises(ProofInvalid, match="does not match"):
        verify(forged(mandatory=everything, signatures=()))
    with pytest.raises(ProofInvalid, match="more statements than"):
        verify(forged(mandatory=(*parts().mandatory, 10_000)))


def test_signatures_reordered_dropped_doubled_and_too_many() -> None:
    first, second, *rest = parts().signatures
    with pytest.raises(ProofInvalid, match="does not match"):
        verify(forged(signatures=(second, first, *rest)))
    for signatures in ((second, *rest), (first, first, second, *rest), (), (first,) * 2_000):
        with pytest.raises(ProofInvalid, match=r"the proof has \d+ signatures"):
            verify(forged(signatures=signatures))


def test_the_names_of_two_nodes_swapped() -> None:
    labels = dict(parts().labels)
    assert len(labels) >= 2
    labels[0], labels[1] = labels[1], labels[0]
    with pytest.raises(ProofInvalid, match="does not match"):
        verify(forged(labels=labels))


@pytest.mark.parametrize(
    "change",
    [
        lambda labels: labels | {1: labels[0]},  # two nodes under one name
        lambda labels: labels | {99: bytes(32)},
        lambda labels: {number: name for number, name in labels.items() if number},
        lambda labels: {},
        lambda labels: {number + 1: name for number, name in labels.items()},
    ],
)
def test_names_doubled_missing_and_too_many(change: Callable[[dict[int, bytes]], dict[int, bytes]]) -> None:
    with pytest.raises(ProofInvalid, match="one name of its own"):
        verify(forged(labels=change(dict(parts().labels))))


def test_one_node_cannot_be_shown_as_two_of_the_same_name() -> None:
    """Two results, each with half of the statements of one: every line is signed, but not that they are two."""
    shown = derived_of(BASE, "/credentialSubject/result")
    (result,) = shown["credentialSubject"]["result"]
    members = [name for name in result if name != "type"]
    halves = [{"type": result["type"]} | {name: result[name] for name in some} for some in (members[:1], members[1:])]
    document = copy.deepcopy(shown)
    document["credentialSubject"]["result"] = halves
    names = set(parts(shown).labels.values())
    found = canonical_form(apart(document)[0], rule=OPEN_BADGES).labels
    assert len(found) == len(names) + 1
    for doubled in names:
        for place in range(len(found)):
            rest = sorted(names)
            rest.insert(place, doubled)
            with pytest.raises(ProofInvalid, match="one name of its own"):
                verify(forged(document, labels=dict(enumerate(rest))))


def test_statements_of_two_derived_credentials_do_not_mix() -> None:
    """The same issuer, the same real key; another proof's own key signed them."""
    other = base_of(course(SIGNER, "other", "Another Course"), ephemeral=SoftSigner("another", "P-256"))
    another = parts(derived_of(other, ACHIEVEMENT, "/credentialSubject/result"))
    for change in (
        {"signatures": another.signatures},
        {"base_signature": another.base_signature},
        {"public_key": another.public_key},
        {"public_key": another.public_key, "signatures": another.signatures},
        {"public_key": another.public_key, "base_signature": another.base_signature},
    ):
        with pytest.raises(ProofInvalid):
            verify(forged(**change))


def test_the_proofs_own_key_must_be_one() -> None:
    for public in (b"\xed\x01\x02" + bytes(32), b"\x80\x24\x04" + bytes(32), b"\x80\x24\x02" + b"\xff" * 32):
        with pytest.raises(ProofInvalid, match="The proof's own key"):
            verify(forged(public_key=public))


def test_a_base_proof_presented_as_it_is() -> None:
    with pytest.raises(ProofInvalid, match="which its holder must not give away"):
        verify(BASE)


def test_a_proof_cut_off_anywhere() -> None:
    data = multibase_decode(DERIVED["proof"]["proofValue"])
    for length in range(0, len(data), 7):
        value = multibase_encode(data[:length], "u")
        with pytest.raises(ProofInvalid):
            verify({**DERIVED, "proof": {**DERIVED["proof"], "proofValue": value}})


def test_as_another_suite() -> None:
    for suite, error in {
        "ecdsa-rdfc-2019": ProofInvalid,
        "bbs-2023": NotSupported,
        "ecdsa-sd": UnknownCryptosuite,
    }.items():
        with pytest.raises(error):
            verify(changed(lambda d, suite=suite: d["proof"].update(cryptosuite=suite)))


def test_under_other_contexts() -> None:
    with pytest.raises((ProofInvalid, UnknownContext)):
        verify(changed(lambda d: d["@context"].append("https://purl.imsglobal.org/spec/ob/v3p0/extensions.json")))
    with pytest.raises(ProofInvalid, match="another @context"):
        verify(changed(lambda d: d["proof"].update({"@context": d["@context"][:1]})))


def test_a_base_proof_beside_a_good_one_spoils_it() -> None:
    with pytest.raises(ProofInvalid, match="must not give away"):
        verify({**DERIVED, "proof": [DERIVED["proof"], BASE["proof"]]})


# --- making and deriving -------------------------------------------------------------------------------------


def test_what_cannot_be_made() -> None:
    with pytest.raises(NotSupported, match="in two steps"):
        CRYPTOSUITES["ecdsa-sd-2023"].create_proof({}, {}, signer=SIGNER, rule=OPEN_BADGES)
    with pytest.raises(InvalidKey, match="kind Ed25519 cannot"):
        base_of(course(SIGNER), signer=SoftSigner())
    with pytest.raises(InvalidKey, match="kind P-384 cannot"):
        base_of(course(SIGNER), ephemeral=SoftSigner("x", "P-384"))
    with pytest.raises(MalformedValue, match="32 bytes"):
        base_of(course(SIGNER), hmac_key=b"short")
    with pytest.raises(MalformedValue, match="leads nowhere"):
        base_of(course(SIGNER), mandatory_pointers=["/nothing"])
    with pytest.raises(UnsignedData):
        base_of(course(SIGNER) | {"grade": "A"})
    with pytest.raises(NotSupported, match="has a proof already"):
        base_of(BASE)
    with pytest.raises(NotSupported, match="a part cannot be shown"):
        base_of(course(SIGNER), suite="ecdsa-rdfc-2019")


def test_more_statements_than_are_checked(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("vc.cryptosuites.ecdsa_sd_2023.MAX_SIGNATURES", 10)
    with pytest.raises(TooLarge, match="at most 10"):
        base_of(course(SIGNER))


def test_what_has_no_parts_of_its_own_is_not_split() -> None:
    """A list whose order counts makes nodes that nothing names; a signed endorsement makes a graph."""
    ordered = course(SIGNER)
    ordered["credentialSubject"]["achievement"]["resultDescription"] = [
        {
            "id": "urn:uuid:1",
            "type": ["ResultDescription"],
            "name": "Level",
            "resultType": "Status",
            "allowedValue": ["low", "high"],
        }
    ]
    with pytest.raises(NotSupported, match="list whose order counts"):
        base_of(ordered)


def test_a_split_that_changes_what_is_said_is_noticed(monkeypatch: pytest.MonkeyPatch) -> None:
    """No context of today has such members (texts by language, say); one of tomorrow may."""
    other = course(SIGNER) | {"name": "Another"}
    monkeypatch.setattr("vc.selective.statements._skolemized", lambda _, split=statements._skolemized: split(other))
    with pytest.raises(NotSupported, match="no part can be shown by itself"):
        base_of(course(SIGNER))


def test_a_document_cannot_use_the_names_that_we_give() -> None:
    document = course(SIGNER) | {"id": "urn:testamur:blank-node:0"}
    with pytest.raises(UnsignedData, match="reserved here"):
        base_of(document)


def test_deriving_from_what_does_not_belong_together() -> None:
    other = base_of(specialization(SIGNER))
    with pytest.raises(ProofInvalid, match="not of this credential"):
        derived_of({**other, "proof": BASE["proof"]}, ACHIEVEMENT)
    with pytest.raises(MalformedValue, match="leads nowhere"):
        derived_of(BASE, "/credentialSubject/nothing")
    with pytest.raises(ProofInvalid, match="is not what ecdsa-sd-2023 writes"):
        derived_of(DERIVED, ACHIEVEMENT)
    with pytest.raises(NotSupported, match="one proof only"):
        derived_of({**BASE, "proof": [BASE["proof"]] * 2}, ACHIEVEMENT)
    with pytest.raises(Invalid):
        derived_of({**BASE, "proof": {**BASE["proof"], "cryptosuite": 7}}, ACHIEVEMENT)


def test_nothing_chosen_is_nothing_shown() -> None:
    document = apart(BASE)[0]
    base = SUITE.create_base_proof(
        document,
        {name: value for name, value in BASE["proof"].items() if name != "proofValue"},
        signer=SIGNER,
        ephemeral=SoftSigner("for one proof", "P-256"),
        hmac_key=bytes(32),
        mandatory_pointers=[],
        rule=OPEN_BADGES,
        always_shown=(),
    )
    with pytest.raises(MalformedValue, match="Nothing is chosen"):
        SUITE.derive(document, base, selective_pointers=[], rule=OPEN_BADGES)
    revealed, derived = SUITE.derive(document, base, selective_pointers=["/issuer"], rule=OPEN_BADGES)
    assert SUITE.verify_proof(revealed, derived, key=SIGNER.public_key, rule=OPEN_BADGES)


def test_the_names_depend_on_the_key_of_each_proof() -> None:
    """Two derived proofs of one person are told apart only by what they show."""
    other = parts(derived_of(base_of(course(SIGNER), hmac_key=bytes(32)), ACHIEVEMENT, "/credentialSubject/result"))
    assert not set(other.labels.values()) & set(parts().labels.values())


def test_the_tables_agree() -> None:
    assert all(CRYPTOSUITES[name] is suite for name, suite in SELECTIVE.items())
