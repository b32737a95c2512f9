"""An Ed25519 key in an encrypted PKCS#8 PEM file (RFC 5958, RFC 8410): `HOME/keys/KEY.pem`, mode 0600, folder 0700.

The passphrase is `TESTAMUR_KEY_PASSPHRASE`, or stands in `HOME/keys/key.pass` (mode 0600), which is made on the first
run when the variable is not set. Keep that file and `KEY.pem` on different disks or backups: together they are the key.
A file that others may read is refused, as ssh does, with the command that mends it.

The key is never printed, logged, pickled or handed out: what leaves this module can sign, and no more.
"""

import os
import secrets
import stat
from collections.abc import Mapping
from pathlib import Path
from typing import NoReturn

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import (
    BestAvailableEncryption,
    Encoding,
    PrivateFormat,
    PublicFormat,
    load_pem_private_key,
)

from issuer.errors import KeyRefused
from issuer.files import create_atomically, make_private_folder
from vc.keys import PublicKey

FOLDER = "keys"
PASSPHRASE_FILE = "key.pass"  # noqa: S105 (a name, no secret)
PASSPHRASE_VARIABLE = "TESTAMUR_KEY_PASSPHRASE"  # noqa: S105 (a name, no secret)

_OTHERS = stat.S_IRWXG | stat.S_IRWXO


class FileSigner:
    """A `vc.keys.Signer` over a key that was read from a file. Made by `create` or `load`."""

    __slots__ = ("_private", "_public")

    def __init__(self, private: Ed25519PrivateKey) -> None:
        self._private = private
        self._public = PublicKey("Ed25519", private.public_key().public_bytes(Encoding.Raw, PublicFormat.Raw))

    @property
    def public_key(self) -> PublicKey:
        return self._public

    def sign(self, message: bytes) -> bytes:
        """64 bytes, RFC 8032 section 5.1.6."""
        return self._private.sign(message)

    def __repr__(self) -> str:
        return f"FileSigner({self._public.multibase})"

    def __reduce__(self) -> NoReturn:
        raise TypeError("a private key is not pickled")


def create(home: Path, key_id: str, environ: Mapping[str, str]) -> FileSigner:
    """Makes the key, or opens it when its file is there: what a cut-off first run left is used, not replaced."""
    folder = home / FOLDER
    make_private_folder(folder)
    _refuse_readable_by_others(folder)
    path = _path(home, key_id)
    if not path.exists():
        private = Ed25519PrivateKey.generate()
        passphrase = _passphrase(folder, environ, create=True)
        pem = private.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, BestAvailableEncryption(passphrase))
        create_atomically(path, pem)
    return load(home, key_id, environ)


def load(home: Path, key_id: str, environ: Mapping[str, str]) -> FileSigner:
    """Raises `KeyRefused`: no file, others may read it, wrong passphrase, no Ed25519 key."""
    path = _path(home, key_id)
    if not path.exists():
        raise KeyRefused(
            "There is no key file {path}.",
            hint="Restore it from its backup: what it signed can be verified without it, but nothing new be signed.",
            path=str(path),
        )
    _refuse_readable_by_others(path.parent)
    _refuse_readable_by_others(path)
    passphrase = _passphrase(path.parent, environ, create=False)
    try:
        private = load_pem_private_key(_read(path), passphrase)
    except (ValueError, TypeError) as error:
        # The library's words may hold what it read; ours do not.
        raise KeyRefused(
            "The key file {path} cannot be opened: wrong passphrase, or the file is damaged.",
            hint=f"The passphrase is {PASSPHRASE_VARIABLE} if set, else what {PASSPHRASE_FILE} beside it holds.",
            path=str(path),
        ) from error
    if not isinstance(private, Ed25519PrivateKey):
        raise KeyRefused("The key in {path} is not an Ed25519 key.", path=str(path))
    return FileSigner(private)


def _path(home: Path, key_id: str) -> Path:
    return home / FOLDER / f"{key_id}.pem"


def _passphrase(folder: Path, environ: Mapping[str, str], *, create: bool) -> bytes:
    if given := environ.get(PASSPHRASE_VARIABLE):
        return given.encode()
    path = folder / PASSPHRASE_FILE
    if create and not path.exists():
        create_atomically(path, secrets.token_urlsafe(32).encode() + b"\n")
    if not path.exists():
        raise KeyRefused(
            "There is no passphrase for the key: neither {variable} is set nor is there {path}.",
            variable=PASSPHRASE_VARIABLE,
            path=str(path),
        )
    _refuse_readable_by_others(path)
    passphrase = _read(path).strip()
    if not passphrase:
        raise KeyRefused("The passphrase file {path} is empty.", path=str(path))
    return passphrase


def _read(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        raise KeyRefused("{path} cannot be read: {why}.", path=str(path), why=error.strerror) from error


def _refuse_readable_by_others(path: Path) -> None:
    mode = stat.S_IMODE(os.stat(path).st_mode)
    if mode & _OTHERS:
        raise KeyRefused(
            "{path} is open to others (mode {mode}). Run: chmod {wanted} '{path}'",
            path=str(path),
            mode=f"{mode:04o}",
            wanted="700" if path.is_dir() else "600",
        )
