"""Where private keys live: the only folder of the whole project that ever holds one.

A kind of signer is one file here with two functions, and one line in `SIGNERS`; what is not in the table does not
exist. `config.json` names the kind. A signer gives `public_key` and `sign` (`vc.keys.Signer`), and nothing else.

A key belongs to an organization, or to the installation (`organization` None); two that are called the same are two.
Whose key signs what is for `issuer.keyring` to say.
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

    def create(
        self,
        home: Path,
        key_id: str,
        environ: Mapping[str, str],
        kind: KeyKind,
        *,
        organization: str | None = None,
    ) -> Signer:
        """Makes the key `key_id`, or opens it when it is there already (a start that was cut off)."""

    def load(self, home: Path, key_id: str, environ: Mapping[str, str], *, organization: str | None = None) -> Signer:
        """Opens the key `key_id`. Raises `KeyRefused`."""


SIGNERS: Mapping[str, Kind] = MappingProxyType({"file": cast(Kind, file)})


def create(config: Config, key_id: str, environ: Mapping[str, str], *, organization: str | None = None) -> Signer:
    """A new key for the configured cryptosuite, in the configured place."""
    return _kind(config).create(config.home, key_id, environ, config.key_kind, organization=organization)


def load(config: Config, environ: Mapping[str, str]) -> Signer:
    """The installation's key that signs now. Raises `KeyRefused`."""
    return open_key(config, environ, config.key.id, public=config.key.public)


def open_key(
    config: Config, environ: Mapping[str, str], key_id: str, *, public: str, organization: str | None = None
) -> Signer:
    """`public`: the Multikey that the world was told of. Raises `KeyRefused` when the key cannot be had or is another
    one: a signature by it would verify nowhere."""
    signer = _kind(config).load(config.home, key_id, environ, organization=organization)
    if signer.public_key.multibase != public:
        if organization is None:
            raise KeyRefused(
                "The private key {id} is not the one whose public half config.json gives.",
                hint="Put the right key file back; it belongs together with config.json.",
                id=key_id,
            )
        raise KeyRefused(
            "The private key {id} of {organization} is not the one whose public half is published.",
            hint="Put the right key file back; it belongs together with the database.",
            id=key_id,
            organization=organization,
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
