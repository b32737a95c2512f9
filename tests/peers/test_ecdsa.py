"""Digital Bazaar's ECDSA suites and ours: each verifies what the other signs and derives from its base proofs."""

import json
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest

from tests.optional import need
from tests.peers import samples
from tests.vc.published_proofs import VECTORS, read
from tests.vc.samples import SoftSigner
from vc.context_rules import OPEN_BADGES
from vc.cryptosuites.ecdsa_sd_2023 import ALWAYS_SHOWN
from vc.dids.key import did_of, method_of
from vc.errors import Invalid
from vc.formats import data_integrity

HERE = Path(__file__).parent
SELECTIVE = ["/credentialSubject/achievement/name", "/credentialSubject/result", "/credentialSubject/achievement/tag/1"]
# Keys that stand in the open: those of the specification's vectors.
KEYS = {
    size: read(VECTORS / "vc-di-ecdsa" / f"ecdsa-rdfc-2019-p{size}.json")["keyPair"] for size in ("256", "384")
}  # fmt: skip


@pytest.fixture(autouse=True)
def _installed() -> None:
    need(shutil.which("node"), "Node.js 20 or newer")
    need((HERE / "node_modules/@digitalbazaar/ecdsa-sd-2023-cryptosuite").is_dir(), "npm ci --prefix tests/peers")


def _ask(command: str, **request: Any) -> dict[str, Any]:
    answer = subprocess.run(
        ["node", str(HERE / "ecdsa.mjs")],
        input=json.dumps({"command": command, "documents": samples.documents(), **request}).encode(),
        capture_output=True,
        check=False,
        timeout=60,
    )
    assert answer.returncode == 0, answer.stderr.decode()[-2_000:]
    return dict(json.loads(answer.stdout))


def _theirs_verify(document: dict[str, Any]) -> bool:
    return bool(_ask("verify", credential=document, now="2026-05-01T12:00:00Z")["verified"])


def _signer(size: str) -> SoftSigner:
    return SoftSigner.of_multibase(KEYS[size]["privateKeyMultibase"])


def _credential(size: str = "256") -> dict[str, Any]:
    credential = samples.program()
    credential["issuer"]["id"] = did_of(_signer(size).public_key)
    return credential


def _issued_by_them(suite: str, size: str, **more: Any) -> dict[str, Any]:
    pair = KEYS[size]
    key = {
        "publicKeyMultibase": pair["publicKeyMultibase"],
        "secretKeyMultibase": pair["privateKeyMultibase"],
    }
    answer = _ask("issue", suite=suite, credential=_credential(size), key=key, created="2026-04-01T12:00:00Z", **more)
    return dict(answer["credential"])


def _mandatory() -> list[str]:
    return [f"/{name}" for name in ALWAYS_SHOWN if name in _credential()]


def _base_of_ours() -> dict[str, Any]:
    return data_integrity.secure_base(
        _credential(),
        signer=_signer("256"),
        ephemeral=SoftSigner("for one proof", "P-256"),
        hmac_key=bytes(range(32)),
        mandatory_pointers=_mandatory(),
        verification_method=method_of(_signer("256").public_key),
        created=samples.CREATED,
        rule=OPEN_BADGES,
    )


@pytest.mark.parametrize("size", KEYS)
def test_one_signature_both_ways(size: str) -> None:
    assert samples.verify(_issued_by_them("ecdsa-rdfc-2019", size)).document == _credential(size)
    ours = data_integrity.secure(
        _credential(size),
        signer=_signer(size),
        verification_method=method_of(_signer(size).public_key),
        created=samples.CREATED,
        rule=OPEN_BADGES,
        suite="ecdsa-rdfc-2019",
    )
    assert _theirs_verify(ours)
    ours["name"] = "Another"
    assert not _theirs_verify(ours)


def test_they_verify_what_we_derive_from_our_base_proof() -> None:
    derived = data_integrity.derive(_base_of_ours(), selective_pointers=SELECTIVE, rule=OPEN_BADGES)
    assert _theirs_verify(derived)
    derived["credentialSubject"]["achievement"]["name"] = "Another"
    assert not _theirs_verify(derived)


def test_we_verify_what_they_derive_from_our_base_proof() -> None:
    base = _base_of_ours()
    theirs = _ask("derive", credential=base, selective=SELECTIVE)["credential"]
    ours = data_integrity.derive(base, selective_pointers=SELECTIVE, rule=OPEN_BADGES)
    assert theirs == ours
    assert samples.verify(theirs).document == {name: value for name, value in ours.items() if name != "proof"}


def test_we_derive_from_their_base_proof_and_both_verify() -> None:
    base = _issued_by_them("ecdsa-sd-2023", "256", mandatory=_mandatory())
    ours = data_integrity.derive(base, selective_pointers=SELECTIVE, rule=OPEN_BADGES)
    assert _ask("derive", credential=base, selective=SELECTIVE)["credential"] == ours
    samples.verify(ours)
    assert _theirs_verify(ours)
    assert (
        samples.verify(data_integrity.derive(base, selective_pointers=[""], rule=OPEN_BADGES)).document == _credential()
    )
    with pytest.raises(Invalid):
        samples.verify(base)
