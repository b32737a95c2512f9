"""Lists of known issuers: where they come from, and what makes us believe them.

    IssuerLists((source("partners.json", Path.read_bytes), source("https://list.example/list#key=z6Mk…")))

A file is believed because whoever runs the verifier put it there. What comes by the network is believed only when it is
pinned: by the SHA-256 of its very bytes (`#sha256=…`), or by the key that signs it (`#key=…`, several times while keys
are rolled over). Signed is either a compact JWS (RFC 7515) around the list, its `typ` issuer-list+jws, or a list of an
OpenID Federation, whose statements are signed one by one; the JWS is the form that federations and the trusted lists of
ETSI TS 119 602 use. A trust anchor on the web, named by the address of its entity configuration, is asked issuer by
issuer.
"""

import hashlib
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path, PurePath
from typing import Any

from templates.messages import Message
from vc import dids, jose
from vc.errors import Invalid, Unavailable, VcError
from vc.keys import PublicKey
from verifier import federation, registries
from verifier.fetch import Fetch
from verifier.good_copies import GoodCopies
from verifier.known_issuers import IssuerList, KnownIssuer, ListRefused
from verifier.lookalikes import Flag, Lookalikes
from verifier.refusal import message_of
from verifier.registries.openid_federation import TYP as STATEMENT
from verifier.registries.openid_federation import entry, signed_by

TYP = "issuer-list+jws"
_OWN = Message("known issuers")
_KEPT_HERE = Message("The list {list} is kept by whoever runs this verifier.", list=_OWN)

MAX_LISTS = 8  # each costs a verification one request when its copy is old

_URL = re.compile(r"https?://", re.IGNORECASE)
_PINS = re.compile(r"(sha256|key)=[^&]+(&(sha256|key)=[^&]+)*\Z")
_SHA256 = re.compile(r"[0-9a-f]{64}\Z")
_COMPACT = re.compile(rb"\s*[\w-]+\.[\w-]+\.[\w-]+\s*\Z", re.ASCII)


@dataclass(frozen=True)
class Source:
    """`place`: a URL, or what a file is called; `sha256`: of the exact content, in hex; `keys`: any of which signs it;
    `content`: of a file. Raises `ListRefused` for a URL without a pin."""

    place: str
    sha256: str | None = None
    keys: tuple[PublicKey, ...] = ()
    content: bytes | None = None

    def __post_init__(self) -> None:
        if self.sha256 is not None and not _SHA256.match(self.sha256):
            raise ListRefused("A SHA-256 is written as 64 hexadecimal digits; {text} is not.", text=self.sha256[:80])
        if self.content is None and self.sha256 is None and not self.keys:
            raise ListRefused(
                "The list {url} is neither pinned nor signed, so anybody between could change it. Add "
                "#sha256=… (the hash of its content) or #key=… (whose key signs it).",
                url=self.place[:200],
            )

    @property
    def is_anchor(self) -> bool:
        return self.content is None and federation.is_anchor(self.place)

    @property
    def name(self) -> str:
        return self.place if self.content is None else PurePath(self.place).name

    @property
    def authority(self) -> Message:
        """Why it is believed."""
        name = self.name
        if self.keys:
            return Message("The list {list} is signed by the key {key}.", list=name, key=_named(self.keys[0]))
        if self.sha256 is not None:
            return Message(
                "The list {list} is pinned to one content (SHA-256 {hash}…).", list=name, hash=self.sha256[:12]
            )
        return Message("The list {list} is kept by whoever runs this verifier.", list=name)


def source(text: str, read: Callable[[str], bytes]) -> Source:
    """FILE or URL, with its pins behind a `#`. `read` gives a file's content. Raises `Invalid`."""
    place, _, fragment = text.partition("#")
    is_url = _URL.match(text) is not None
    if fragment and not _PINS.match(fragment):
        if is_url:
            raise ListRefused("Behind the # of {url} stands neither sha256=… nor key=….", url=text[:200])
        place, fragment = text, ""  # a file may be called so
    pins = [pin.partition("=")[::2] for pin in fragment.split("&") if pin]
    hashes = [value.lower() for name, value in pins if name == "sha256"]
    if len(hashes) > 1:
        raise ListRefused("The list {url} is pinned to several contents; it can have one.", url=place[:200])
    keys = tuple(_key(value) for name, value in pins if name == "key")
    return Source(place, hashes[0] if hashes else None, keys, None if is_url else read(place))


@dataclass(frozen=True)
class Standing:
    """An issuer stands in a list. `authority`: why that is believed, and of when it is."""

    issuer: KnownIssuer
    list: str
    authority: Message


@dataclass(frozen=True)
class Heard:
    """What the lists say of one issuer. `asked`: which lists answered; `unheard`: why one could not be asked;
    `flags`: whom among those that they name it can be taken for, strong likenesses first."""

    standings: tuple[Standing, ...]
    asked: tuple[str, ...]
    unheard: tuple[Message, ...]
    flags: tuple[Flag, ...]


class IssuerLists:
    """`folder`: where good copies outlive a restart, or None. May be pickled; what it holds in memory stays behind."""

    def __init__(self, sources: tuple[Source, ...], folder: Path | None = None) -> None:
        if len(sources) > MAX_LISTS:
            raise ListRefused("At most {limit} lists of known issuers can be used.", limit=MAX_LISTS)
        self.sources = sources
        self.folder = folder
        self._copies = GoodCopies(folder)
        self._files: dict[Source, IssuerList] = {}
        self._compared: tuple[tuple[IssuerList, ...], Lookalikes] = ((), Lookalikes(()))

    def __reduce__(self) -> tuple[Any, ...]:
        return IssuerLists, (self.sources, self.folder)

    def ask(
        self, issuer: str, name: str, *, own: Mapping[str, str] | None = None, fetch: Fetch, now: datetime
    ) -> Heard:
        """What they, and the list `own`, say of an issuer who calls itself `name`. Never raises: what cannot be had
        is `unheard`."""
        standings: list[Standing] = []
        lists: list[IssuerList] = []
        asked: list[str] = []
        unheard: list[Message] = []
        for one in self.sources:
            try:
                if one.is_anchor:
                    standings.extend(self._at_anchor(one, issuer, fetch, now))
                else:
                    listed, authority = self._load(one, fetch, now)
                    lists.append(listed)
                    standings.extend(_standings(listed, listed.name or one.name, authority, issuer, now))
            except VcError as error:
                unheard.append(_unheard(one, error))
            else:
                asked.append(one.name)
        if own:
            listed = IssuerList(tuple(KnownIssuer(known, name) for known, name in own.items()))
            lists.append(listed)
            asked.append(str(_OWN))
            standings.extend(_standings(listed, str(_OWN), _KEPT_HERE, issuer, now))
        known = tuple(standing.issuer for standing in standings)
        flags = self._lookalikes(tuple(lists)).flags(issuer, name, known)
        return Heard(tuple(standings), tuple(asked), tuple(unheard), flags)

    def _load(self, one: Source, fetch: Fetch, now: datetime) -> tuple[IssuerList, Message]:
        if one.content is not None:
            if one not in self._files:
                self._files[one] = opened(one, one.content, now)
            listed = _valid(self._files[one], now)
            return listed, _dated(one, listed.issued, None)
        copy = self._copies.have(
            one.place,
            prove=lambda body: opened(one, body, now),
            fetch=fetch,
            now=now,
            like=f"{one.sha256} {' '.join(map(_named, one.keys))}",
            pinned=one.sha256 is not None,
        )
        return _valid(copy.value, now), _dated(one, copy.value.issued or copy.at, copy.trouble)

    def _at_anchor(self, one: Source, issuer: str, fetch: Fetch, now: datetime) -> tuple[Standing, ...]:
        """An anchor does not say whom else it knows, so nothing is compared with its subordinates."""
        anchor = federation.configuration(one.place, keys=one.keys, copies=self._copies, fetch=fetch, now=now)
        found = federation.lookup(issuer, anchor.value, keys=one.keys, copies=self._copies, fetch=fetch, now=now)
        if found is None:
            return ()
        name = anchor.value.entity.get("organization_name")
        authority = _dated(one, found.value.issued, found.trouble or anchor.trouble)
        return (Standing(entry(found.value), name if isinstance(name, str) else one.name, authority),)

    def _lookalikes(self, lists: tuple[IssuerList, ...]) -> Lookalikes:
        """Made anew only when a list is another one: that takes longer than a verification."""
        before, lookalikes = self._compared
        if len(before) != len(lists) or any(a is not b and a != b for a, b in zip(before, lists, strict=True)):
            lookalikes = Lookalikes(known for listed in lists for known in listed.issuers)
            self._compared = (lists, lookalikes)
        return lookalikes


def _standings(listed: IssuerList, name: str, authority: Message, issuer: str, now: datetime) -> tuple[Standing, ...]:
    found = listed.find(issuer)
    return tuple(Standing(known, name, authority) for known in found if known.vouched_at(now))


def opened(one: Source, data: bytes, now: datetime) -> IssuerList:
    """The list in these bytes, when they are what the source was pinned to. Raises `Invalid`."""
    if one.sha256 is not None and hashlib.sha256(data).hexdigest() != one.sha256:
        raise ListRefused("Its content is another than the one that was pinned by its SHA-256.")
    compact = _COMPACT.match(data) is not None
    if compact and (jws := jose.parse(data.strip())).header.get("typ") != STATEMENT:
        if not one.keys:
            raise ListRefused("It is signed; say by whose key, with #key=… behind its name.")
        signed_by(jws, one.keys)
        if jws.header.get("typ") != TYP:
            raise ListRefused("What is signed is no list of known issuers: its typ is not {typ}.", typ=TYP)
        data = jws.payload
    elif one.keys and not registries.format_of(data).SIGNED:
        raise ListRefused("It is not signed, although a key was named for it.")
    listed = registries.read(data, keys=one.keys, now=now)
    return _valid(listed, now)


def _valid(listed: IssuerList, now: datetime) -> IssuerList:
    if listed.expires is not None and listed.expires <= now:
        raise ListRefused("It was valid until {date}.", date=listed.expires)
    return listed


def _unheard(one: Source, error: VcError) -> Message:
    reason = message_of(error)
    if isinstance(error, Invalid):
        return Message("The list {list} is refused: {reason}", list=one.place, reason=reason)
    return Message("The list {list} cannot be had now: {reason}", list=one.place, reason=reason)


def _dated(one: Source, at: datetime | None, trouble: VcError | None) -> Message:
    if trouble is not None:
        return Message(
            "{authority} This is a copy of {date}. {reason}",
            authority=one.authority,
            date=at,
            reason=_unheard(one, trouble),
        )
    if at is None:
        return one.authority
    return Message("{authority} It is of {date}.", authority=one.authority, date=at)


def _key(text: str) -> PublicKey:
    """A Multikey, a did:key or a did:jwk. Raises `Invalid`."""
    if text.startswith("did:"):
        document = dids.resolve(text, get=_nowhere)
        text = document["assertionMethod"][0]
        return dids.dereference(text, "assertionMethod", resolve=lambda _: document).key
    return PublicKey.from_multibase(text)


def _nowhere(url: str) -> bytes:
    raise ListRefused(
        "The key that signs a list is written out, as did:key or did:jwk, and not fetched from {url}.", url=url
    )


def _named(key: PublicKey) -> str:
    """For people: the Multikey, or for a key that has none, the start of its hash."""
    try:
        return key.multibase
    except Unavailable:
        return f"{key.kind} {hashlib.sha256(key.raw).hexdigest()[:16]}"
