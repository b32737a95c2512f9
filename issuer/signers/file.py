"""An Ed25519, P-256 or P-384 key in an encrypted PKCS#8 PEM file (RFC 5958): `HOME/keys/KEY.pem`, mode 0600, folder
0700; that of an organization in `HOME/keys/ORGANIZATION/KEY.pem`.

The passphrase of all is `TESTAMUR_KEY_PASSPHRASE`, or stands in `HOME/keys/key.pass` (mode 0600), which is made on the
first run when the variable is not set. Keep that file and the keys on different disks or backups: together they are the
keys.
A file that others may read is refused, as ssh does, with the command that mends it.

The key is never printed, logged, pickled or handed out: what leaves this module can sign, and no more.
"""

import re
import secrets
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path
from typing import NoReturn, cast

from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature
from cryptography.hazmat.primitives.hashes import SHA256, SHA384
from cryptography.hazmat.primitives.serialization import (
    BestAvailableEncryption,
    Encoding,
    PrivateFormat,
    PublicFormat,
    load_pem_private_key,
)

from issuer.errors import KeyRefused
from issuer.files import create_atomically, make_private_folder, refuse_open_to_others
from vc.keys import KeyKind, PublicKey

FOLDER = "keys"
PASSPHRASE_FILE = "key.pass"  # noqa: S105 (a name, no secret)
PASSPHRASE_VARIABLE = "TESTAMUR_KEY_PASSPHRASE"  # noqa: S105 (a name, no secret)

_ONE_FOLDER = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*", re.ASCII)  # what a code is; "..", say, leads elsewhere


class FileSigner:
    """A `vc.keys.Signer` over a key that was read from a file. Made by `create` or `load`."""

    __slots__ = ("_private", "_public")

    def __init__(self, private: "Private") -> None:
        self._private = private
        public = private.public_key()
        if isinstance(public, ec.EllipticCurvePublicKey):
            raw = public.public_bytes(Encoding.X962, PublicFormat.CompressedPoint)
        else:
            raw = public.public_bytes(Encoding.Raw, PublicFormat.Raw)
        self._public = PublicKey(_kind(private), raw)

    @property
    def public_key(self) -> PublicKey:
        return self._public

    def sign(self, message: bytes) -> bytes:
        """64 or 96 bytes, as `vc.keys.Signer` says."""
        if isinstance(self._private, Ed25519PrivateKey):
            return self._private.sign(message)
        size = self._private.key_size // 8
        signature = self._private.sign(message, ec.ECDSA(SHA256() if size == 32 else SHA384()))
        return b"".join(number.to_bytes(size) for number in decode_dss_signature(signature))

    def __repr__(self) -> str:
        return f"FileSigner({self._public.multibase})"

    def __reduce__(self) -> NoReturn:
        raise TypeError("a private key is not pickled")


Private = Ed25519PrivateKey | ec.EllipticCurvePrivateKey

_CURVES: Mapping[str, ec.EllipticCurve] = {"P-256": ec.SECP256R1(), "P-384": ec.SECP384R1()}


def _kind(private: Private) -> KeyKind:
    if isinstance(private, Ed25519PrivateKey):
        return "Ed25519"
    return "P-256" if private.curve.name == "secp256r1" else "P-384"


def for_one_proof() -> FileSigner:
    """A P-256 key that is written nowhere, for one base proof of ecdsa-sd-2023. It is gone when the signer is."""
    return FileSigner(ec.generate_private_key(ec.SECP256R1()))


def create(
    home: Path,
    key_id: str,
    environ: Mapping[str, str],
    kind: KeyKind = "Ed25519",
    *,
    organization: str | None = None,
) -> FileSigner:
    """Makes the key, or opens it when its file is there: what a cut-off first run left is used, not replaced. Of two
    processes that make it at once, one wins and both open that."""
    folder = home / FOLDER
    path = _path(home, key_id, organization)
    for one in (folder, path.parent):
        make_private_folder(one)
        refuse_open_to_others(one)
    if not path.exists():
        private: Private = Ed25519PrivateKey.generate() if kind == "Ed25519" else ec.generate_private_key(_CURVES[kind])
        passphrase = _passphrase(folder, environ, create=True)
        pem = private.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, BestAvailableEncryption(passphrase))
        with suppress(FileExistsError):
            create_atomically(path, pem)
    return load(home, key_id, environ, organization=organization)


def load(home: Path, key_id: str, environ: Mapping[str, str], *, organization: str | None = None) -> FileSigner:
    """Raises `KeyRefused`: no file, others may read it, wrong passphrase, no key that signs here."""
    path = _path(home, key_id, organization)
    if not path.exists():
        raise KeyRefused(
            "There is no key file {path}.",
            hint="Restore it from its backup: what it signed can be verified without it, but nothing new be signed.",
            path=str(path),
        )
    for one in {home / FOLDER, path.parent, path}:
        refuse_open_to_others(one)
    passphrase = _passphrase(home / FOLDER, environ, create=False)
    try:
        private = load_pem_private_key(_read(path), passphrase)
    except (ValueError, TypeError) as error:
        # The library's words may hold what it read; ours do not.
        raise KeyRefused(
            "The key file {path} cannot be opened: wrong passphrase, or the file is damaged.",
            hint=f"The passphrase is {PASSPHRASE_VARIABLE} if set, else what {FOLDER}/{PASSPHRASE_FILE} holds.",
            path=str(path),
        ) from error
    curved = isinstance(private, ec.EllipticCurvePrivateKey) and private.curve.name in ("secp256r1", "secp384r1")
    if not isinstance(private, Ed25519PrivateKey) and not curved:
        raise KeyRefused("The key in {path} is not an Ed25519, P-256 or P-384 key.", path=str(path))
    return FileSigner(cast(Private, private))


def _path(home: Path, key_id: str, organization: str | None) -> Path:
    if organization is None:
        return home / FOLDER / f"{key_id}.pem"
    if not _ONE_FOLDER.fullmatch(organization):
        raise KeyRefused("“{code}” is no code of an organization.", code=organization[:80])
    return home / FOLDER / organization / f"{key_id}.pem"


def _passphrase(folder: Path, environ: Mapping[str, str], *, create: bool) -> bytes:
    if given := environ.get(PASSPHRASE_VARIABLE):
        return given.encode()
    path = folder / PASSPHRASE_FILE
    if create and not path.exists():
        with suppress(FileExistsError):
            create_atomically(path, secrets.token_urlsafe(32).encode() + b"\n")
    if not path.exists():
        raise KeyRefused(
            "There is no passphrase for the key: neither {variable} is set nor is there {path}.",
            variable=PASSPHRASE_VARIABLE,
            path=str(path),
        )
    refuse_open_to_others(path)
    passphrase = _read(path).strip()
    if not passphrase:
        raise KeyRefused("The passphrase file {path} is empty.", path=str(path))
    return passphrase


def _read(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        raise KeyRefused("{path} cannot be read: {why}.", path=str(path), why=error.strerror) from error
