"""Where the private key lives: who may read it, what happens when it cannot be used, and that it never shows."""

import os
import pickle
import stat
from dataclasses import replace
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ec import SECP521R1, generate_private_key
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import BestAvailableEncryption, Encoding, PrivateFormat

from issuer import signers
from issuer.config import Config, Key, make
from issuer.errors import ConfigInvalid, KeyRefused
from issuer.signers import SIGNERS, file
from vc.keys import KeyKind

PASSPHRASE = {"TESTAMUR_KEY_PASSPHRASE": "correct horse"}


def mode(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


def test_every_file_of_the_folder_is_in_the_table() -> None:
    folder = Path(signers.__file__).parent
    assert {path.stem for path in folder.glob("*.py")} - {"__init__"} == set(SIGNERS)


def test_the_key_is_made_for_nobody_else_to_read(tmp_path: Path) -> None:
    before = os.umask(0)
    try:
        signer = file.create(tmp_path, "key-1", {})
    finally:
        os.umask(before)
    assert (mode(tmp_path / "keys"), mode(tmp_path / "keys/key-1.pem")) == (0o700, 0o600)
    assert mode(tmp_path / "keys/key.pass") == 0o600
    assert (tmp_path / "keys/key-1.pem").read_bytes().startswith(b"-----BEGIN ENCRYPTED PRIVATE KEY-----")
    signer.public_key.verify(signer.sign(b"message"), b"message")


def test_it_is_opened_again_as_the_same_key(tmp_path: Path) -> None:
    made = file.create(tmp_path, "key-1", {})
    assert file.load(tmp_path, "key-1", {}).public_key == made.public_key
    assert file.create(tmp_path, "key-1", {}).public_key == made.public_key  # a first run that was cut off
    assert not list((tmp_path / "keys").glob(".*"))


def test_a_passphrase_from_the_environment_leaves_no_file(tmp_path: Path) -> None:
    made = file.create(tmp_path, "key-1", PASSPHRASE)
    assert not (tmp_path / "keys/key.pass").exists()
    assert file.load(tmp_path, "key-1", PASSPHRASE).public_key == made.public_key
    with pytest.raises(KeyRefused, match="neither TESTAMUR_KEY_PASSPHRASE is set nor is there"):
        file.load(tmp_path, "key-1", {})


@pytest.mark.parametrize("environ", [{"TESTAMUR_KEY_PASSPHRASE": "wrong"}, {}])
def test_a_wrong_passphrase_is_said(tmp_path: Path, environ: dict[str, str]) -> None:
    file.create(tmp_path, "key-1", PASSPHRASE)
    (tmp_path / "keys/key.pass").write_text("wrong too")
    (tmp_path / "keys/key.pass").chmod(0o600)
    with pytest.raises(KeyRefused, match="wrong passphrase, or the file is damaged"):
        file.load(tmp_path, "key-1", environ)


@pytest.mark.parametrize(
    ("name", "loose", "cure"),
    [
        ("keys", 0o750, "chmod 700"),
        ("keys/key-1.pem", 0o640, "chmod 600"),
        ("keys/key-1.pem", 0o604, "chmod 600"),
        ("keys/key.pass", 0o660, "chmod 600"),
    ],
)
def test_what_others_may_read_is_refused_with_the_cure(tmp_path: Path, name: str, loose: int, cure: str) -> None:
    file.create(tmp_path, "key-1", {})
    (tmp_path / name).chmod(loose)
    with pytest.raises(KeyRefused) as refused:
        file.load(tmp_path, "key-1", {})
    assert f"{cure} '{tmp_path / name}'" in str(refused.value)
    assert f"{loose:04o}" in str(refused.value)


def test_an_open_folder_gets_no_key(tmp_path: Path) -> None:
    (tmp_path / "keys").mkdir()
    (tmp_path / "keys").chmod(0o755)
    with pytest.raises(KeyRefused, match="chmod 700"):
        file.create(tmp_path, "key-1", {})


@pytest.mark.parametrize("content", [b"", b"no key", b"-----BEGIN ENCRYPTED PRIVATE KEY-----\nAAAA\n"])
def test_a_damaged_file_is_said(tmp_path: Path, content: bytes) -> None:
    file.create(tmp_path, "key-1", {})
    (tmp_path / "keys/key-1.pem").write_bytes(content)
    with pytest.raises(KeyRefused, match="damaged"):
        file.load(tmp_path, "key-1", {})


def test_a_key_that_is_not_encrypted_is_refused(tmp_path: Path) -> None:
    from cryptography.hazmat.primitives.serialization import NoEncryption

    file.create(tmp_path, "key-1", {})
    bare = Ed25519PrivateKey.generate().private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    (tmp_path / "keys/key-1.pem").write_bytes(bare)
    with pytest.raises(KeyRefused):
        file.load(tmp_path, "key-1", {})


def test_a_key_of_another_kind_is_refused(tmp_path: Path) -> None:
    file.create(tmp_path, "key-1", PASSPHRASE)
    pem = generate_private_key(SECP521R1()).private_bytes(
        Encoding.PEM, PrivateFormat.PKCS8, BestAvailableEncryption(b"correct horse")
    )
    (tmp_path / "keys/key-1.pem").write_bytes(pem)
    with pytest.raises(KeyRefused, match="not an Ed25519, P-256 or P-384 key"):
        file.load(tmp_path, "key-1", PASSPHRASE)


@pytest.mark.parametrize(("kind", "length"), [("Ed25519", 64), ("P-256", 64), ("P-384", 96)])
def test_each_kind_of_key_signs_and_is_opened_again(tmp_path: Path, kind: KeyKind, length: int) -> None:
    made = file.create(tmp_path, "key-1", PASSPHRASE, kind)
    again = file.load(tmp_path, "key-1", PASSPHRASE)
    assert (again.public_key.kind, again.public_key) == (kind, made.public_key)
    signature = again.sign(b"message")
    assert len(signature) == length
    made.public_key.verify(signature, b"message")


def test_a_missing_key_is_said(tmp_path: Path) -> None:
    with pytest.raises(KeyRefused, match="no key file"):
        file.load(tmp_path, "key-1", {})


def test_an_empty_passphrase_file_is_said(tmp_path: Path) -> None:
    file.create(tmp_path, "key-1", {})
    (tmp_path / "keys/key.pass").write_text("\n")
    with pytest.raises(KeyRefused, match="is empty"):
        file.load(tmp_path, "key-1", {})


def test_the_key_does_not_show(tmp_path: Path) -> None:
    signer = file.create(tmp_path, "key-1", {})
    assert repr(signer) == f"FileSigner({signer.public_key.multibase})"
    assert not hasattr(signer, "__dict__")
    with pytest.raises(TypeError, match="not pickled"):
        pickle.dumps(signer)


def config(tmp_path: Path, public: str, signer: str = "file") -> Config:
    made = make(tmp_path, organization="School", url="http://localhost:8000", verifier_url="http://localhost:8001")
    return replace(made, keys=(Key("key-1", public, "2026-01-01T00:00:00Z"),), signer=signer)


def test_a_key_that_the_world_does_not_know_is_refused(tmp_path: Path) -> None:
    mine = file.create(tmp_path, "key-1", {})
    assert signers.load(config(tmp_path, mine.public_key.multibase), {}).public_key == mine.public_key
    other = file.create(tmp_path / "other", "key-1", {})
    with pytest.raises(KeyRefused, match="is not the one"):
        signers.load(config(tmp_path, other.public_key.multibase), {})


def test_an_unknown_kind_of_signer_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ConfigInvalid, match="there is: file"):
        signers.load(config(tmp_path, "z6Mk", signer="cloud"), {})


def test_a_key_for_one_proof_is_a_new_one_each_time() -> None:
    one, other = file.for_one_proof(), file.for_one_proof()
    assert one.public_key != other.public_key
    assert one.public_key.kind == "P-256"
    one.public_key.verify(one.sign(b"a statement"), b"a statement")
