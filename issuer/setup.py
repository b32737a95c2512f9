"""`issuer init`: a key, a did:web identity, a store. Run again, it says what is there and changes nothing."""

import os
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path

from issuer import config, signers, store_address
from issuer.config import Config, Key
from issuer.errors import ConfigInvalid, Conflict, NotInitialized
from issuer.files import make_private_folder
from issuer.store.database import open_database
from vc.dates import timestamp

FIRST_KEY = "key-1"


@dataclass(frozen=True)
class Setup:
    """`created`: this call made it."""

    config: Config
    created: bool


def initialize(
    home: Path,
    *,
    organization: str | None,
    url: str | None,
    verifier_url: str | None,
    cryptosuite: str | None = None,
    key_kind: str | None = None,
    database_url: str | None = None,
    environ: Mapping[str, str],
    now: datetime,
) -> Setup:
    """Raises `Conflict` when an issuer is there that was set up otherwise, `ConfigInvalid` for what cannot be one.

    `config.json` is written last: whatever is cut off before, the next call goes on with what it finds."""
    try:
        present = config.load(home, environ)
    except NotInitialized:
        present = None
    if present is not None:
        _refuse_other(present, organization, url, verifier_url, cryptosuite, database_url)
        return Setup(present, created=False)
    if organization is None or url is None or verifier_url is None:
        raise ConfigInvalid(
            "A new issuer in {home} needs its name and addresses.",
            hint="Run: issuer init --organization NAME --url URL --verifier-url URL",
            home=str(home),
        )
    given = config.given_database(environ)
    made = config.make(
        home,
        organization=organization,
        url=url,
        verifier_url=verifier_url,
        cryptosuite=cryptosuite or config.DEFAULT_SUITE,
        key_kind=key_kind,
        database_url=database_url or (given and store_address.shown(given)),
    )
    made = replace(made, database_given=given)
    require_writable(home)
    signer = signers.create(made, FIRST_KEY, environ)
    made = replace(made, keys=(Key(FIRST_KEY, signer.public_key.multibase, timestamp(now)),))
    open_database(made.database, made.limits).close()
    config.save(made)
    return Setup(made, created=True)


def require_writable(home: Path) -> None:
    """Creates the folder, closed to others. Raises `ConfigInvalid` when it cannot be used."""
    try:
        make_private_folder(home)
    except OSError as error:
        raise ConfigInvalid("The folder {home} cannot be made: {why}.", home=str(home), why=error.strerror) from error
    if not os.access(home, os.W_OK | os.X_OK):
        raise ConfigInvalid("The folder {home} cannot be written.", home=str(home))


def _refuse_other(
    present: Config,
    organization: str | None,
    url: str | None,
    verifier_url: str | None,
    cryptosuite: str | None,
    database_url: str | None,
) -> None:
    wanted = {
        "organization": (organization and organization.strip(), present.organization),
        "url": (url and config.origin(url, option="--url"), present.url),
        "verifier-url": (verifier_url and config.origin(verifier_url, option="--verifier-url"), present.verifier_url),
        "cryptosuite": (cryptosuite, present.cryptosuite),
    }
    for option, (given, known) in wanted.items():
        if given is not None and given != known:
            raise Conflict(
                "The issuer in {home} was set up with --{option} “{known}”; certificates carry it, so it stays.",
                hint="For another issuer, give another folder with --home.",
                home=str(present.home),
                option=option,
                known=known,
            )
    if (
        database_url is not None
        and store_address.checked(database_url, source="--database-url") != present.database_url
    ):
        raise Conflict(
            "The issuer in {home} keeps its records in {known}, and they stay there.",
            hint="To take them along to another database: issuer store move --to URL",
            home=str(present.home),
            known=present.database_shown,
        )
