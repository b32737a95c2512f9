"""Where private keys live: the only folder of the whole project that ever holds one.

A kind of signer is one file here with two functions, and one line in `SIGNERS`; what is not in the table does not
exist. `config.json` names the kind. A signer gives `public_key` and `sign` (`vc.keys.Signer`), and nothing else.
"""

from collections.abc import Mapping
from pathlib import Path
from types import MappingProxyType
from typing import Protocol, cast

from issuer.config import Config
from issuer.errors import ConfigInvalid, KeyRefused
from issuer.signers import file
from vc.keys import KeyKind, Signer


class Kind(Protocol):
    """What a file of this folder offers."""

    def create(self, home: Path, key_id: str, environ: Mapping[str, str], kind: KeyKind) -> Signer:
        """Makes the key `key_id`, or opens it when it is there already (a start that was cut off)."""

    def load(self, home: Path, key_id: str, environ: Mapping[str, str]) -> Signer:
        """Opens the key `key_id`. Raises `KeyRefused`."""


SIGNERS: Mapping[str, Kind] = MappingProxyType({"file": cast(Kind, file)})


def create(config: Config, key_id: str, environ: Mapping[str, str]) -> Signer:
    """A new key for the configured cryptosuite, in the configured place."""
    return _kind(config).create(config.home, key_id, environ, config.key_kind)


def load(config: Config, environ: Mapping[str, str]) -> Signer:
    """The key that signs now. Raises `KeyRefused` when it cannot be had or is not the one that `config.json` tells
    the world about: a signature by another key would verify nowhere."""
    signer = _kind(config).load(config.home, config.key.id, environ)
    if signer.public_key.multibase != config.key.public:
        raise KeyRefused(
            "The private key {id} is not the one whose public half config.json gives.",
            hint="Put the right key file back; it belongs together with config.json.",
            id=config.key.id,
        )
    return signer


def _kind(config: Config) -> Kind:
    try:
        return SIGNERS[config.signer]
    except KeyError as error:
        raise ConfigInvalid(
            "config.json names the signer “{name}”; there is: {known}.",
            name=config.signer,
            known=", ".join(sorted(SIGNERS)),
        ) from error
