"""How one issuer is set up: one frozen object, read once from `HOME/config.json` and handed around.

`HOME` is `--home`, or `TESTAMUR_HOME`, or `./testamur-home`. It holds `config.json` (this module), `keys/`
(`issuer.signers`) and `testamur.db` (`issuer.store`), unless the store is a PostgreSQL database. Nothing in
`config.json` is secret.

    >>> config = make(Path("/srv/t"), organization="Example Academy", url="https://awards.example.org/",
    ...               verifier_url="https://check.example.org")
    >>> config.slug, config.did, config.credential_url("3mJr")
    ('example-academy', 'did:web:awards.example.org', 'https://awards.example.org/credentials/3mJr')
"""

import ipaddress
import json
import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass, field, fields, replace
from pathlib import Path
from types import MappingProxyType
from typing import Any, Literal
from urllib.parse import quote, urlsplit

from issuer import mail_settings, store_address
from issuer.errors import ConfigInvalid, NotInitialized
from issuer.files import write_atomically
from issuer.limits import Limits
from issuer.mail_settings import MailSettings
from vc.dids import web
from vc.keys import KeyKind

CONFIG_FILE = "config.json"
DEFAULT_HOME = "testamur-home"
DEFAULT_SUITE = "eddsa-rdfc-2022"

# What an issuer may sign with, and the kinds of key that each takes, the usual one first. Of the cryptosuites that are
# read, those that cover a whole badge and that validators of Open Badges know.
SUITES: Mapping[str, tuple[KeyKind, ...]] = {
    "eddsa-rdfc-2022": ("Ed25519",),
    "eddsa-jcs-2022": ("Ed25519",),
    "ecdsa-rdfc-2019": ("P-256", "P-384"),
    "ecdsa-jcs-2019": ("P-256", "P-384"),
}

_LOOPBACK_NAMES = frozenset({"localhost"})


@dataclass(frozen=True)
class Key:
    """A key that this issuer signs or signed with. `id` is the fragment of its verification method, `public` its
    Multikey, `created` an RFC 3339 time. Retired keys stay listed: what they signed goes on verifying."""

    id: str
    public: str
    created: str


@dataclass(frozen=True)
class Config:
    """`url` and `verifier_url` are origins without a slash at the end; `did` is the installation's own DID.
    The last of `keys` is the one that signs, through the entry `signer` of the table in `issuer.signers`, by
    `cryptosuite`, for which it is of `key_kind`. `database_url`: of the PostgreSQL database that is the store, without
    a password; None: the store is a file in `home`. `database_given`: the address from the environment."""

    home: Path
    organization: str
    slug: str
    url: str
    verifier_url: str
    did: str
    keys: tuple[Key, ...] = ()
    signer: str = "file"
    cryptosuite: str = DEFAULT_SUITE
    key_kind: KeyKind = "Ed25519"
    limits: Limits = field(default_factory=Limits)
    mail: MailSettings = field(default_factory=MailSettings)
    database_url: str | None = None
    database_given: str | None = field(default=None, repr=False, compare=False)

    @property
    def key(self) -> Key:
        if not self.keys:
            raise ConfigInvalid("{file} lists no key.", hint="Run `issuer init` again.", file=CONFIG_FILE)
        return self.keys[-1]

    @property
    def database_file(self) -> Path:
        return self.home / "testamur.db"

    @property
    def database(self) -> Path | str:
        """Where the store is, for `open_database`: never show it, `database_shown` is for that."""
        return self.database_given or self.database_url or self.database_file

    @property
    def database_shown(self) -> str:
        place = self.database
        return str(place) if isinstance(place, Path) else store_address.shown(place)

    @property
    def log(self) -> Path:
        return self.home / "issuer.log"

    def credential_url(self, share_id: str) -> str:
        return f"{self.url}/credentials/{share_id}"

    def verify_url(self, share_id: str) -> str:
        """Where the QR code leads. A query may hold ":" and "/" as they are (RFC 3986 section 3.4), which keeps
        the code small."""
        return f"{self.verifier_url}/verify?url={self.credential_url(share_id)}"

    def short_url(self, share_id: str) -> str:
        """The same for a person to type: it leads on to `verify_url`."""
        return f"{self.url}/v/{share_id}"

    def learner_url(self, token: str) -> str:
        """Where a learner sees how things stand: who has the link may."""
        return f"{self.url}/learners/{token}"

    def status_list_url(self, name: str) -> str:
        return f"{self.url}/status/{name}"

    def achievement_url(self, kind: Literal["courses", "programs"], code: str, language: str, version: int) -> str:
        """The id of a course or program as an achievement: one for each language and version."""
        return f"{self.url}/achievements/{kind}/{quote(code, safe='')}/{quote(language, safe='')}/v{version}"

    def did_of(self, organization: str) -> str:
        """The DID that awards in the name of the catalogue's organization `organization`: the installation's own
        for its own slug, else one with a path (did:web, "Optional Path Considerations")."""
        return self.did if organization == self.slug else web.did_of(f"{self.url}/organizations/{organization}")


def find_home(option: Path | None, environ: Mapping[str, str]) -> Path:
    """`--home`, then `TESTAMUR_HOME`, then the default beside where one stands. Absolute."""
    return Path(option or environ.get("TESTAMUR_HOME") or DEFAULT_HOME).absolute()


def make(
    home: Path,
    *,
    organization: str,
    url: str,
    verifier_url: str,
    cryptosuite: str = DEFAULT_SUITE,
    key_kind: str | None = None,
    database_url: str | None = None,
) -> Config:
    """A configuration with everything that follows from the arguments of `issuer init`; no keys yet."""
    if cryptosuite not in SUITES:
        raise ConfigInvalid(
            "--cryptosuite: “{name}” is none that badges are signed with here; there is: {known}.",
            name=cryptosuite,
            known=", ".join(SUITES),
        )
    kind = next((one for one in SUITES[cryptosuite] if key_kind in (None, one)), None)
    if kind is None:
        raise ConfigInvalid(
            "--key: {suite} takes a key of the kind {known}, not “{name}”.",
            suite=cryptosuite,
            known=" or ".join(SUITES[cryptosuite]),
            name=key_kind,
        )
    if not organization.strip():
        raise ConfigInvalid("The organization needs a name.", hint="Give it with --organization.")
    issuer_url = origin(url, option="--url")
    return Config(
        home=home,
        organization=organization.strip(),
        slug=slug(organization),
        url=issuer_url,
        verifier_url=origin(verifier_url, option="--verifier-url"),
        did=web.did_of(issuer_url),
        cryptosuite=cryptosuite,
        key_kind=kind,
        database_url=None if database_url is None else store_address.checked(database_url, source="--database-url"),
    )


def load(home: Path, environ: Mapping[str, str] = MappingProxyType({})) -> Config:
    """Raises `NotInitialized` when there is no issuer in `home`, `ConfigInvalid` when its file cannot be read."""
    path = home / CONFIG_FILE
    try:
        data = json.loads(path.read_bytes())
        return replace(_from_json(home, data), database_given=given_database(environ))
    except FileNotFoundError as error:
        raise NotInitialized(
            "There is no issuer in {home} yet.",
            hint="Run: issuer init --organization NAME --url URL --verifier-url URL",
            home=str(home),
        ) from error
    except OSError as error:
        raise ConfigInvalid("{path} cannot be read: {why}.", path=str(path), why=error.strerror) from error
    except (ValueError, TypeError, KeyError, AttributeError) as error:
        raise ConfigInvalid(
            "{path} is not a configuration of an issuer ({why}).",
            hint="Restore it from a backup; `issuer init` writes it once.",
            path=str(path),
            why=f"{type(error).__name__}: {error}",
        ) from error


def given_database(environ: Mapping[str, str]) -> str | None:
    """The address of the store in the environment, with its password if it has one. Raises `ConfigInvalid`."""
    name = store_address.VARIABLE
    return store_address.checked(environ[name], source=name, password_allowed=True) if environ.get(name) else None


def save(config: Config) -> None:
    """Writes `config.json` whole or not at all."""
    write_atomically(config.home / CONFIG_FILE, json.dumps(_to_json(config), indent=2, ensure_ascii=False).encode())


def origin(text: str, *, option: str) -> str:
    """`scheme://host[:port]`. https, or http for localhost. No path: a did:web document lives at a known place.

    Raises `ConfigInvalid`. did:web knows host names only, so an IP address is refused here and not at the first
    signature."""
    try:
        parts = urlsplit(text.strip())
        host, port = parts.hostname or "", parts.port
    except ValueError as error:
        raise ConfigInvalid("{option}: “{text}” is not an address.", option=option, text=text) from error
    if parts.scheme not in ("http", "https") or not host or parts.username is not None:
        raise ConfigInvalid(
            "{option}: “{text}” is not a web address.",
            hint="Give one like https://awards.example.org",
            option=option,
            text=text,
        )
    if parts.path not in ("", "/") or parts.query or parts.fragment:
        raise ConfigInvalid("{option}: “{text}” must end after the host or port.", option=option, text=text)
    if _is_address(host):
        raise ConfigInvalid(
            "{option}: “{text}” needs a host name, not an IP address (did:web).",
            hint="For a trial on this machine, use http://localhost:8000",
            option=option,
            text=text,
        )
    if parts.scheme == "http" and host not in _LOOPBACK_NAMES:
        raise ConfigInvalid("{option}: http is for localhost only; use https://{host}", option=option, host=host)
    if not re.fullmatch(r"[a-z0-9]([a-z0-9.-]*[a-z0-9])?", host):
        raise ConfigInvalid(
            "{option}: “{host}” is not a host name in ASCII.",
            hint="Write an international name in its xn-- form.",
            option=option,
            host=host,
        )
    return f"{parts.scheme}://{host}" + (f":{port}" if port is not None else "")


def slug(name: str) -> str:
    """The organization's name for an address: ASCII letters, digits, single hyphens; `organization` if none is left."""
    plain = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode().lower()
    return re.sub(r"[^a-z0-9]+", "-", plain).strip("-")[:60] or "organization"


def _is_address(host: str) -> bool:
    try:
        ipaddress.ip_address(host)
    except ValueError:
        return False
    return True


def _to_json(config: Config) -> dict[str, Any]:
    limits = {one.name: getattr(config.limits, one.name).value for one in fields(Limits)}
    defaults = {one.name: getattr(Limits(), one.name).value for one in fields(Limits)}
    return {
        "organization": config.organization,
        "slug": config.slug,
        "url": config.url,
        "verifier_url": config.verifier_url,
        "did": config.did,
        "signer": config.signer,
        "cryptosuite": config.cryptosuite,
        "key_kind": config.key_kind,
        "keys": [{"id": key.id, "public": key.public, "created": key.created} for key in config.keys],
        "limits": {name: value for name, value in limits.items() if value != defaults[name]},
    } | (
        ({} if config.mail == MailSettings() else {"mail": config.mail.to_json()})
        | ({} if config.database_url is None else {"database": config.database_url})
    )


def _from_json(home: Path, data: Mapping[str, Any]) -> Config:
    limits = Limits()
    for name, value in data.get("limits", {}).items():
        limits = replace(limits, **{name: replace(getattr(limits, name), value=int(value))})
    return Config(
        home=home,
        organization=str(data["organization"]),
        slug=str(data["slug"]),
        url=origin(data["url"], option="url"),
        verifier_url=origin(data["verifier_url"], option="verifier_url"),
        did=str(data["did"]),
        keys=tuple(Key(str(key["id"]), str(key["public"]), str(key["created"])) for key in data["keys"]),
        signer=str(data.get("signer", "file")),
        cryptosuite=str(data.get("cryptosuite", DEFAULT_SUITE)),
        key_kind=data.get("key_kind", "Ed25519"),
        limits=limits,
        mail=mail_settings.from_json(data.get("mail", {})),
        database_url=store_address.checked(data["database"], source="database") if data.get("database") else None,
    )
