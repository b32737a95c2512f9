"""Is this somebody whom we know, or somebody who wants to be taken for them?

    found = Lookalikes(issuers).flags("did:web:examp1e-academy.org", "Example Academy")
    str(found[0].said)      # The domain examp1e-academy.org looks like example-academy.org, …

A flag never says that a credential is forged: it says that a person must look. A `strong` one keeps the verdict from
being `accepted`; the others are only shown. What is not told apart: two honest institutions of the very same name, and
a domain that resembles nobody in the lists.
"""

from collections.abc import Iterable
from dataclasses import dataclass

from templates.messages import Message
from verifier import glyphs
from verifier.known_issuers import KnownIssuer, domain_of
from verifier.lookalikes import domains, names
from verifier.lookalikes.domains import Domain
from verifier.lookalikes.names import Name

MAX_FLAGS = 3  # that are shown; the first say what there is to say


@dataclass(frozen=True)
class Flag:
    """`strong`: a sign of fraud. `said`: what resembles what, and why that matters."""

    strong: bool
    said: Message


@dataclass(frozen=True)
class _Known:
    position: int
    issuer: KnownIssuer
    domains: tuple[Domain, ...]
    names: tuple[Name, ...]

    @property
    def where(self) -> str:
        return self.domains[0].host if self.domains else self.issuer.id


class Lookalikes:
    """Compares with a list of known issuers. Made once for each list: with 20,000 entries that takes seconds."""

    def __init__(self, issuers: Iterable[KnownIssuer]) -> None:
        self._known = tuple(
            _Known(
                position,
                one,
                tuple(domain for domain in map(domains.domain, one.hosts) if domain is not None),
                tuple(map(names.name, (one.name, *one.aliases))),
            )
            for position, one in enumerate(issuers)
        )
        self._index: dict[str, list[_Known]] = {}
        for one in self._known:
            for key in {
                *(key for domain in one.domains for key in domains.keys(domain)),
                *(key for known in one.names for key in names.keys(known)),
            }:
                self._index.setdefault(key, []).append(one)
        self._ids = frozenset(one.issuer.id for one in self._known)
        self._owners = frozenset(domain.owner for one in self._known for domain in one.domains)

    def flags(self, issuer: str, name: str, known: tuple[KnownIssuer, ...] = ()) -> tuple[Flag, ...]:
        """What about an issuer, who calls itself `name`, resembles a known one that it is not. Strong ones first.

        `known`: the issuer's own entries in lists, these or others; what a list calls it, it may call itself."""
        plain = names.name(name).plain
        if any(names.name(text).plain == plain for one in known for text in (one.name, *one.aliases)):
            return ()
        host = domain_of(issuer)
        own = None if host is None else domains.domain(host.partition(":")[0])
        found = (*(() if known else self._by_domain(issuer, own)), *self._by_name(issuer, name, own))
        found = tuple({str(flag.said): flag for flag in found}.values())
        return tuple(sorted(found, key=lambda flag: not flag.strong))[:MAX_FLAGS]

    def _by_domain(self, issuer: str, own: Domain | None) -> tuple[Flag, ...]:
        if own is None or issuer in self._ids or own.owner in self._owners:
            return ()
        found = []
        for one in self._found(domains.asks(own)):
            for domain in one.domains:
                likeness = domains.likeness(own, domain)
                if likeness is not None:
                    said = Message(
                        likeness.template.text, domain=domains.shown(own.host), known=domain.host, name=one.issuer.name
                    )
                    found.append(Flag(likeness.strong, said))
        return tuple(found)

    def _found(self, keys: Iterable[str]) -> tuple[_Known, ...]:
        """Each once, in the order of the list."""
        found = {id(one): one for key in keys for one in self._index.get(key, ())}
        return tuple(sorted(found.values(), key=lambda one: one.position))

    def _by_name(self, issuer: str, claimed: str, own: Domain | None) -> tuple[Flag, ...]:
        if not claimed.strip() or claimed == issuer:
            return ()
        name, found = names.name(claimed), []
        for one in self._found(names.asks(name)):
            if one.issuer.id == issuer or (own is not None and own.owner in {domain.owner for domain in one.domains}):
                if any(known.plain == name.plain for known in one.names):
                    return ()  # it is called so, by the list's own word or under its own domain
                continue
            for known in one.names:
                likeness = names.likeness(name, known)
                if likeness is not None:
                    strong = likeness.strong and not (likeness.excusable and own is not None and own.vetted)
                    said = Message(likeness.template.text, name=claimed, known=known.text, where=one.where)
                    found.append(Flag(strong, said))
        return tuple(found)


def oddities(issuer: str, name: str) -> tuple[Message, ...]:
    """What is strange in itself, whomever we know. Shown, and no reason to doubt: honest names can be strange."""
    found = []
    if hidden := glyphs.invisible(name):
        found.append(
            Message("The issuer's name holds characters that cannot be seen: {characters}.", characters=hidden)
        )
    mixed = glyphs.mixed_scripts(name)
    if mixed is not None:
        found.append(
            Message(
                "The issuer's name mixes letters of several scripts in the word {word}: {scripts}.",
                word=mixed[0],
                scripts=mixed[1],
            )
        )
    host = domain_of(issuer)
    if host is not None and "xn--" in host:
        read = domains.decoded(host)
        mixed = glyphs.mixed_scripts(read)
        if mixed is not None:
            found.append(
                Message(
                    "The domain {domain} mixes letters of several scripts in one word: {scripts}.",
                    domain=domains.shown(host),
                    scripts=mixed[1],
                )
            )
        elif glyphs.skeleton(read).isascii() and not glyphs.unaccented(read).isascii():
            found.append(
                Message(
                    "The domain {domain} is written in other letters that look like Latin ones.",
                    domain=domains.shown(host),
                )
            )
    return tuple(found)
