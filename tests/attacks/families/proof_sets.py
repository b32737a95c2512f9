"""Proof sets and chains in which one proof is bad, gone, swapped, or the first of none (Data Integrity 1.0, 4.5)."""

from typing import Any

from tests.attacks.attack import altered, attack, guard
from tests.attacks.families.proofs import INVALID, first
from tests.attacks.guards import FORM
from tests.attacks.stage import Stage
from vc.dids import key
from vc.multibase import multibase_encode

_DI = "vc/formats/data_integrity.py"

EVERY_PROOF = guard(
    "every proof of the set",
    (_DI, '*(proof for proof in proofs if "previousProof" in proof))', ")"),
    (_DI, "for proof in (*roots, ", "for proof in (*roots[:1], "),
)
CHAIN = guard("the chain's links", (_DI, '*(proof for proof in proofs if "previousProof" in proof))', ")"))
ROOT = guard("a first proof", (_DI, "if not roots:", "if False:"))
LINKS = guard("a link names one proof", (_DI, "if len(found) != 1:", "if False:"))
NO_LINK = guard("a link is not empty", (_DI, 'if not names and "previousProof" in proof:', "if False:"))
MANY = guard("bounded proofs", (_DI, "if len(proofs) > MAX_PROOFS:", "if False:"))
MISSING = guard("a proof", (_DI, "if not proofs or proofs == [None]:", "if False:"))
OBJECTS = guard("a proof is an object", (_DI, "if not all(isinstance(proof, dict) for proof in proofs):", "if False:"))

# --- sets and chains ---------------------------------------------------------------------------------------


@attack(
    "proofs/one-good-of-two",
    "A set counts only when each of its proofs holds; libraries accept it when any one does.",
    INVALID,
    EVERY_PROOF,
)
def _(stage: Stage) -> bytes:
    secured = stage.secure(stage.course())
    forged = {**first(secured), "proofValue": multibase_encode(bytes(range(64)), "z")}
    return stage.text({**secured, "proof": [first(secured), forged]})


@attack("proofs/second-by-a-stranger", "A stranger adds a proof of its own to a genuine set.", INVALID, EVERY_PROOF)
def _(stage: Stage) -> bytes:
    method = key.method_of(stage.attacker.public_key)
    return stage.text(stage.secure(stage.secure(stage.course()), signer=stage.attacker, verification_method=method))


@attack(
    "proofs/second-is-dated-ahead",
    "One sound proof does not make up for another that is not.",
    "proof RANGE_ERROR",
    EVERY_PROOF,
)
def _(stage: Stage) -> bytes:
    secured = stage.secure(stage.course())
    later = stage.secure_as_is(stage.course(), proof={"created": "2027-01-01T00:00:00Z"})
    return stage.text({**secured, "proof": [*secured["proof"], *later["proof"]]})


def _chain(stage: Stage) -> dict[str, Any]:
    first = stage.secure(stage.course(), id="urn:uuid:first")
    return stage.secure(first, id="urn:uuid:second", previousProof="urn:uuid:first")


@attack(
    "proofs/chain-whose-first-was-swapped",
    "A later proof of a chain covers the earlier one, so that none can be put in its place.",
    INVALID,
    CHAIN,
)
def _(stage: Stage) -> bytes:
    secured = _chain(stage)
    other = stage.secure(stage.course(), id="urn:uuid:first", created=stage.world.now.replace(hour=1))
    return stage.text({**secured, "proof": [other["proof"][0], secured["proof"][1]]})


@attack(
    "proofs/chain-whose-first-is-gone",
    "The proof that another continues was taken away.",
    INVALID,
    LINKS | ROOT | CHAIN,
)
def _(stage: Stage) -> bytes:
    secured = _chain(stage)
    return stage.text({**secured, "proof": [secured["proof"][1]]})


@attack(
    "proofs/chain-in-a-circle",
    "Proofs that continue each other have no first one that covers the document.",
    INVALID,
    ROOT | CHAIN,
)
def _(stage: Stage) -> bytes:
    secured = _chain(stage)
    first = {**secured["proof"][0], "previousProof": "urn:uuid:second"}
    return stage.text({**secured, "proof": [first, secured["proof"][1]]})


@attack("proofs/chain-continues-itself", "A proof that continues itself.", INVALID, ROOT | CHAIN)
def _(stage: Stage) -> bytes:
    secured = stage.secure(stage.course(), id="urn:uuid:first")
    first(secured)["previousProof"] = "urn:uuid:first"
    return stage.text(secured)


@attack("proofs/chain-with-two-firsts", "Two proofs share the id that a third one continues.", INVALID, LINKS)
def _(stage: Stage) -> bytes:
    secured = _chain(stage)
    other = stage.secure(stage.course(), id="urn:uuid:first", created=stage.world.now.replace(hour=1))
    return stage.text({**secured, "proof": [secured["proof"][0], other["proof"][0], secured["proof"][1]]})


@attack("proofs/nine-of-them", "Each proof costs a canonicalization and a fetch.", INVALID, MANY)
def _(stage: Stage) -> bytes:
    secured = stage.secure(stage.course())
    return stage.text({**secured, "proof": secured["proof"] * 9})


# --- no proof at all ---------------------------------------------------------------------------------------

_NONE = MISSING | ROOT | OBJECTS
altered(
    "proofs/empty-set",
    "Every member of an empty set verifies.",
    lambda d: d.update(proof=[]),
    "proof PROOF_MISSING",
    _NONE,
)
altered("proofs/taken-away", "No proof at all.", lambda d: d.pop("proof"), "proof PROOF_MISSING", _NONE)
altered(
    "proofs/null", "null is no proof.", lambda d: d.update(proof=None), "structure MALFORMED_VALUE_ERROR", _NONE | FORM
)
altered(
    "proofs/a-text",
    "A proof that is no object.",
    lambda d: d.update(proof="verified"),
    "structure MALFORMED_VALUE_ERROR",
    OBJECTS | FORM,
)
altered(
    "proofs/a-list-in-a-list",
    "A proof in a list in a list.",
    lambda d: d.update(proof=[d["proof"]]),
    "structure MALFORMED_VALUE_ERROR",
    OBJECTS | FORM,
)


@attack("proofs/chain-continues-nothing", "A proof of a chain that names no earlier one.", INVALID, NO_LINK)
def _(stage: Stage) -> bytes:
    secured = stage.secure(stage.course())
    second = stage.secure_as_is({**stage.course(), "proof": []}, proof={"previousProof": []}, suite="eddsa-jcs-2022")
    return stage.text({**secured, "proof": [*secured["proof"], *second["proof"]]})
