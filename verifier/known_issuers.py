"""What a list of known issuers is once it has been read, whatever format it was published in.

>>> KnownIssuer("did:web:harvard.example", "Harvard").domain
'harvard.example'
"""

from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from typing import Any
from urllib.parse import urlsplit

from vc.dates import parse_datetime
from vc.dids import https, web
from vc.errors import Invalid, MalformedValue

MAX_ISSUERS = 20_000  # entries of one list; there are about that many universities in the world
MAX_TEXT = 500  # characters of a name or an address; the longest official names have 150


class ListRefused(Invalid):
    """A list of known issuers is not the pinned one, not signed by the key that was named, or cannot be read."""

    problem = "https://testamur.example/problems#ISSUER_LIST_REFUSED"


@dataclass(frozen=True)
class KnownIssuer:
    """`id`: the DID or URL that credentials name; `name`: under which the list knows it; `url`: its own site;
    `aliases`: other names it goes by; `since` and `until`: when the list vouches for it, always when None."""

    id: str
    name: str
    url: str | None = None
    aliases: tuple[str, ...] = ()
    since: datetime | None = None
    until: datetime | None = None

    @property
    def domain(self) -> str | None:
        return domain_of(self.id)

    @property
    def hosts(self) -> tuple[str, ...]:
        """Every host that is the issuer's own by the list's word, without ports."""
        found = (self.domain, None if self.url is None else _host(self.url))
        return tuple(dict.fromkeys(host.partition(":")[0] for host in found if host))

    def vouched_at(self, now: datetime) -> bool:
        return (self.since is None or self.since <= now) and (self.until is None or now < self.until)


@dataclass(frozen=True)
class IssuerList:
    """`name`: what the list calls itself; `issued`: when it was last changed or signed; `expires`: after which it must
    not be used."""

    issuers: tuple[KnownIssuer, ...]
    name: str | None = None
    issued: datetime | None = None
    expires: datetime | None = None

    def find(self, issuer: str) -> tuple[KnownIssuer, ...]:
        """The issuer's entries; usually one, several when it was known at several times."""
        return self._by_id.get(issuer, ())

    @cached_property
    def _by_id(self) -> dict[str, tuple[KnownIssuer, ...]]:
        found: dict[str, tuple[KnownIssuer, ...]] = {}
        for known in self.issuers:
            found[known.id] = (*found.get(known.id, ()), known)
        return found


def domain_of(issuer: str) -> str | None:
    """The domain that vouches for an issuer's key, with its port if it has one, or None when nobody does.

    A did:web and a plain https URL (Controlled Identifiers 1.0) are published by their host; a did:key and a did:jwk
    are nothing but a key."""
    try:
        if https.is_url(issuer):
            https.origin_of(issuer)
            return _host(issuer)
        return web.domain_of(issuer)
    except MalformedValue:
        return None


def known_issuer(identifier: Any, name: Any, **more: Any) -> KnownIssuer:
    """An entry of a list, its members checked. Raises `MalformedValue`."""
    if not isinstance(identifier, str) or not _is_text(name) or ":" not in identifier or len(identifier) > MAX_TEXT:
        raise MalformedValue(
            'A known issuer is written "did:web:…": "its name"; {issuer} is not.', issuer=str(identifier)[:80]
        )
    url = more.get("url")
    aliases = more.get("aliases") or []
    if (
        (url is not None and not isinstance(url, str))
        or not isinstance(aliases, list)
        or not all(map(_is_text, aliases))
    ):
        raise MalformedValue(
            "The entry of {issuer} is not understood: its url is a text, its aliases are a list of names.",
            issuer=identifier[:80],
        )
    since, until = (None if more.get(end) is None else parse_datetime(more[end]) for end in ("since", "until"))
    return KnownIssuer(identifier, name.strip(), url, tuple(aliases), since, until)


def _is_text(value: Any) -> bool:
    return isinstance(value, str) and bool(value.strip()) and len(value) <= MAX_TEXT


def _host(url: str) -> str | None:
    """The host of a URL in the form in which it is looked up, with its port; None for what is no such URL."""
    try:
        parts = urlsplit(url)
        host, port = (parts.hostname or "").encode("idna").decode("ascii"), parts.port
    except (ValueError, UnicodeError):
        return None
    if not https.is_url(url) or not host or "@" in parts.netloc:
        return None
    return host if port is None else f"{host}:{port}"
