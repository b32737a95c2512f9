"""What learners and the staff are told by e-mail, written into the outbox in the transaction of what it tells about.

    letters = about_releases(tx, config, [(stored, document)], at=at)      # to be written with the release
    about_status(tx, config, stored, change, at=at)     # suspended, reinstated, revoked

A message says little: the name, the title, the link. It is in the certificate's language where we speak it, else in
English. A learner without an address is not written to, and nothing is wrong with that; `config.mail.learners` says
whether learners are written to at all (`issuer.mail_settings`). The staff is told what a learner may come to ask about.
"""

from collections.abc import Sequence
from datetime import date, datetime
from functools import lru_cache
from typing import Any, Literal

from issuer.catalogue import Catalogue
from issuer.config import Config
from issuer.encoding import from_bytes
from issuer.mail_settings import is_address
from issuer.store import catalogues, credentials, facts, mail
from issuer.store.credentials import StoredCredential
from issuer.store.database import Transaction
from issuer.store.facts import Address
from issuer.store.mail import Letter
from issuer.store.moments import write
from issuer.store.status import StatusChange
from templates.i18n import closest, direction, say
from templates.messages import Message
from vc.dates import timestamp
from vc.openbadges import recipient_name

Occasion = Literal["issued", "awarded", "reissued", "superseded", "suspended", "reinstated", "revoked"]

# Unicode Bidirectional Algorithm, 3.1.1: what stands between them does not disturb the text around.
_FIRST_STRONG_ISOLATE, _POP_ISOLATE = "\u2068", "\u2069"


def about_releases(
    tx: Transaction, config: Config, released: Sequence[tuple[StoredCredential, dict[str, Any]]], *, at: datetime
) -> dict[int, Letter]:
    """For certificates that are about to be released, each with what it says: by their numbers what their learners are
    to be told. Whose address nobody knows is told nothing."""
    if not config.mail.learners:
        return {}
    addresses = addresses_of(tx, [stored for stored, _ in released])
    letters: dict[int, Letter] = {}
    for stored, document in released:
        if address := addresses[stored.number]:
            if stored.supersedes is not None:
                before = credentials.get(tx, stored.supersedes)
                occasion: Occasion = "reissued" if before.status == "revoked" else "superseded"
            else:
                occasion = "awarded" if stored.kind == "program" else "issued"
            once, reason = f"released/{stored.share_id}", stored.reason or ""
            letters[stored.number] = _letter(
                config, stored, document, address, occasion, reason=reason, at=at, once=once
            )
    return letters


def about_status(
    tx: Transaction, config: Config, stored: StoredCredential, change: StatusChange, *, at: datetime
) -> None:
    """A certificate that was replaced is told of by the release of the one that replaces it. The office is written to
    at the organization's contact, where it has one."""
    occasions: dict[str, Occasion] = {"valid": "reinstated", "suspended": "suspended", "revoked": "revoked"}
    if change.status not in occasions:
        return
    occasion = occasions[change.status]
    once = f"{occasion}/{stored.share_id}/{write(change.at)}"
    if config.mail.learners and (address := addresses_of(tx, [stored])[stored.number]):
        told = from_bytes(stored.unsecured)
        letter = _letter(
            config, stored, told, address, occasion, reason=change.reason, at=at, once=once, until=change.until
        )
        mail.add_all(tx, [letter], at=at)
    if occasion != "reinstated":
        organization = catalogues.organizations(tx).get(stored.organization)
        contact = (organization.contact if organization is not None else None) or ""
        if is_address(contact):
            _tell_staff(tx, config, stored, occasion, change, contact, at=at, once=f"{once}/staff")


def addresses_of(tx: Transaction, several: Sequence[StoredCredential]) -> dict[int, str]:
    """By the certificates' numbers the learner's, from the newest fact about the courses (and the program) that the
    certificate is for, or "".

    As the certificate's own organization knows it, and else as partners whose courses count do. Not from another fact:
    in another organization's course the same id may be somebody else's."""
    programs = [one.number for one in several if one.kind == "program"]
    bound = credentials.subjects_bound_by(tx, programs)
    catalogue = catalogues.load(tx, with_sessions=False) if programs else Catalogue()
    codes = {one: catalogue.codes_of(one) for one in {stored.organization for stored in several}}
    told: dict[str, list[Address]] = {}
    for some in facts.batched(sorted({stored.learner for stored in several})):
        told.update(facts.addresses_told(tx, some))
    found: dict[int, str] = {}
    for stored in several:
        concerned = {stored.subject, *bound.get(stored.number, ())}
        about = [one for one in told.get(stored.learner, ()) if one.subject in concerned]
        own = about
        if stored.kind == "program":
            own = [one for one in about if one.subject in codes[stored.organization]]
        newest = max(own or about, key=lambda one: one.rank, default=None)
        address = "" if newest is None else newest.email.strip()
        found[stored.number] = address if is_address(address) else ""
    return found


def _letter(
    config: Config,
    stored: StoredCredential,
    document: dict[str, Any],
    address: str,
    occasion: Occasion,
    *,
    reason: str,
    at: datetime,
    once: str,
    until: date | None = None,
) -> Letter:
    subject = document["credentialSubject"]
    lang = closest(subject["achievement"]["inLanguage"])
    heading, before, after = _wording(
        occasion, reason, document["name"], document["issuer"]["name"], at.date(), until, lang
    )
    greeting = _line(Message("Good day, {name},", name=recipient_name(subject)), lang)
    text = "\n\n".join((greeting, before, config.credential_url(stored.share_id), *after))
    return Letter(
        organization=stored.organization,
        learner=stored.learner,
        kind=occasion,
        address=address,
        subject=heading,
        text=f"{text}\n",
        once=once,
    )


@lru_cache(maxsize=256)  # of a cohort, all but the name and the link is the same
def _wording(
    occasion: Occasion, reason: str, title: str, organization: str, day: date, until: date | None, lang: str
) -> tuple[str, str, tuple[str, ...]]:
    """The heading, what stands before the link, and after it."""
    known: dict[str, Any] = {"title": title, "organization": organization, "date": day}
    after = (
        *_advice(occasion, known, until),
        Message("A program of {organization} wrote this message; nobody reads answers to it.", **known),
    )
    before = _line(_sentence(occasion, reason, known), lang)
    return say(_heading(occasion, known), lang), before, tuple(_line(one, lang) for one in after)


def _tell_staff(
    tx: Transaction,
    config: Config,
    stored: StoredCredential,
    occasion: Occasion,
    change: StatusChange,
    contact: str,
    *,
    at: datetime,
    once: str,
) -> None:
    """In English, and without the learner's name: the link leads to it."""
    word = Message("suspended") if occasion == "suspended" else Message("revoked")
    text = Message(
        "A certificate is {word} since {moment}: {reason}",
        word=word,
        moment=timestamp(change.at),
        reason=change.reason,
    )
    mail.add(
        tx,
        organization=stored.organization,
        learner="",
        kind=f"staff-{occasion}",
        address=contact,
        subject=str(Message("Certificate {word}: {id}", word=word, id=stored.share_id)),
        text=f"{text}\n\n{config.credential_url(stored.share_id)}\n",
        once=once,
        at=at,
    )


def _heading(occasion: Occasion, known: dict[str, Any]) -> Message:
    match occasion:
        case "issued":
            return Message("Your Course Certificate: {title}", **known)
        case "awarded":
            return Message("Your certificate: {title}", **known)
        case "reissued":
            return Message("Issued anew: your certificate for {title}", **known)
        case "superseded":
            return Message("Replaced: your certificate for {title}", **known)
        case "suspended":
            return Message("Suspended: your certificate for {title}", **known)
        case "reinstated":
            return Message("Valid again: your certificate for {title}", **known)
        case "revoked":
            return Message("Revoked: your certificate for {title}", **known)


def _sentence(occasion: Occasion, reason: str, known: dict[str, Any]) -> Message:
    known = known | {"reason": reason}
    match occasion:
        case "issued":
            return Message("{organization} has issued your Course Certificate for {title}. It is here:", **known)
        case "awarded":
            return Message(
                "Congratulations: {organization} has awarded you {title}. Your certificate is here:", **known
            )
        case "reissued":
            return Message("You have a certificate for {title} again ({reason}). It is here:", **known)
        case "superseded":
            return Message(
                "Your certificate for {title} was replaced by a new one ({reason}). Please use this link from now on:",
                **known,
            )
        case "suspended":
            return Message("Your certificate for {title} is suspended since {date}: {reason}", **known)
        case "reinstated":
            return Message("Your certificate for {title} is valid again since {date}: {reason}", **known)
        case "revoked":
            return Message("Your certificate for {title} was revoked on {date}: {reason}", **known)


def _advice(occasion: Occasion, known: dict[str, Any], until: date | None) -> tuple[Message, ...]:
    """What to do about it, and until when."""
    match occasion:
        case "suspended":
            grace = () if until is None else (_grace(until),)
            return (
                *grace,
                Message("While it is suspended, whoever checks it is told so."),
                Message("If you think that this is a mistake, please ask {organization}.", **known),
            )
        case "revoked":
            return (
                Message("It cannot be used any more, and whoever checks it is told so."),
                Message("If you think that this is a mistake, please ask {organization}.", **known),
            )
        case "reissued":
            return (Message("The old certificate stays revoked; its link leads to the new one."),)
        case "superseded":
            return (Message("The old link leads to the new certificate."),)
    return ()


def _grace(until: date) -> Message:
    return Message("It can be put right until {date}; after that the certificate is revoked.", date=until)


def _line(line: Message, lang: str) -> str:
    """In a text from right to left, names and titles in other scripts are set apart."""
    if direction(lang) == "rtl":
        apart = {
            name: f"{_FIRST_STRONG_ISOLATE}{one}{_POP_ISOLATE}" if isinstance(one, str) else one
            for name, one in line.params.items()
        }
        line = Message(line.text, **apart)
    return say(line, lang)
