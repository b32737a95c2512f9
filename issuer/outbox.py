"""Sends what stands in the outbox: claims what is due, hands it over, writes down what became of it.

    (1) claim    in one transaction; what another sender holds is not ours (`issuer.store.mail`)
    (2) deliver  through a transport (`issuer.transports`), outside of any transaction
    (3) record   sent; or tried again after a wait that grows; or given up, with why

A message is given up when the server refused it for good or after the last attempt; then it stands in the queue until
somebody looks. A sender that dies between (2) and (3) sends the same message again, under the same Message-ID.
No log and no problem names an address.
"""

import hashlib
import logging
import re
import threading
import unicodedata
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from email.errors import MessageError
from email.headerregistry import Address
from email.message import EmailMessage
from typing import Any
from urllib.parse import urlsplit

from issuer.api_errors import MailRefused, MailUndelivered, UnknownMail
from issuer.config import Config
from issuer.errors import IssuerError
from issuer.limits import Limits
from issuer.mail_headers import POLICY
from issuer.mail_settings import is_address
from issuer.store import audit, catalogues, mail
from issuer.store.database import Database
from issuer.store.mail import Mail
from issuer.transports import Transport
from vc.dates import timestamp

log = logging.getLogger("issuer.outbox")

PROBLEM_LENGTH = 300  # characters; a mail server's refusal is a line or two
_FACTOR = 4  # each wait is so many times the one before: a minute, four, a quarter of an hour, an hour, …
_BREAKS = frozenset({"Cc", "Cs", "Zl", "Zp"})
_ADDRESS = re.compile(r"<?[^\s<>@]+@[^\s<>@]+>?")


@dataclass(frozen=True)
class Sent:
    """What a run did, in messages."""

    sent: int = 0
    failed: int = 0
    given_up: int = 0

    def __add__(self, other: "Sent") -> "Sent":
        return Sent(self.sent + other.sent, self.failed + other.failed, self.given_up + other.given_up)


def send_due(
    config: Config,
    database: Database,
    transport: Transport,
    *,
    now: Callable[[], datetime],
    limit: int | None = None,
    stopped: Callable[[], bool] = lambda: False,
) -> Sent:
    """Sends what is due, at most `limit` messages; `stopped` is asked before each."""
    done = Sent()
    left = limit
    while not stopped() and left != 0:
        batch = config.limits.mail_batch.value
        with database.write() as tx:
            at = now()
            until = at + timedelta(seconds=config.limits.mail_lease.value)
            claimed = mail.claim(tx, now=at, until=until, limit=batch if left is None else min(batch, left))
        if not claimed:
            break
        left = None if left is None else left - len(claimed)
        for one in claimed:
            if stopped():  # the rest is due again when the lease ends
                break
            done += _attempt(config, database, transport, one, now=now)
    return done


def wait(limits: Limits, attempts: int) -> timedelta:
    """How long after that many attempts the next one is made."""
    seconds = limits.mail_first_wait.value * _FACTOR ** (attempts - 1)
    return timedelta(seconds=min(seconds, limits.mail_longest_wait.value))


def compose(config: Config, one: Mail, *, sender_name: str) -> EmailMessage:
    """RFC 5322. Raises `MailRefused` when it cannot be written as a message."""
    if not is_address(one.address):
        raise MailRefused("The message has no address that can be written to.")
    host = urlsplit(config.url).hostname or "localhost"
    message = EmailMessage(policy=POLICY)
    try:
        message["Subject"] = _one_line(one.subject)
        message["From"] = Address(_one_line(sender_name), addr_spec=config.mail.sender or f"no-reply@{host}")
        message["To"] = Address(addr_spec=one.address)
        message["Date"] = one.created_at
        message["Message-ID"] = f"<{hashlib.sha256(one.once.encode()).hexdigest()[:32]}@{host}>"
        # RFC 3834: no program should answer it.
        message["Auto-Submitted"] = "auto-generated"
        message.set_content(one.text)
    except (ValueError, LookupError, AttributeError, MessageError) as error:  # what `email` raises for odd addresses
        raise MailRefused("The message cannot be addressed: {why}.", why=type(error).__name__) from error
    return message


def try_again(database: Database, number: int, *, organization: str | None, actor: str, now: datetime) -> Mail:
    """A message that was given up, or waits, is due at once. Raises `UnknownMail`, also for another organization's."""
    with database.write() as tx:
        try:
            one = mail.find(tx, number)
        except LookupError:
            one = None
        if one is None or organization not in (None, one.organization):
            raise UnknownMail("There is no message {number}.", number=number)
        mail.again(tx, number, at=now)
        audit.append(tx, one.organization, actor=actor, action="mail.retry", subject=str(number), at=now)
        return mail.find(tx, number)


def mail_to_json(one: Mail) -> dict[str, Any]:
    """For the staff: what became of a message, without its address and text."""
    state = "sent" if one.sent_at is not None else "stuck" if one.given_up_at is not None else "waiting"
    return {
        "number": one.number,
        "kind": one.kind,
        "learner": one.learner or None,
        "created": timestamp(one.created_at),
        "attempts": one.attempts,
        "state": state,
        "sent": None if one.sent_at is None else timestamp(one.sent_at),
        "nextAttempt": timestamp(one.next_attempt_at) if state == "waiting" else None,
        "problem": one.problem,
    }


@contextmanager
def sending(
    config: Config, database: Database, transport: Callable[[], Transport], *, now: Callable[[], datetime]
) -> Iterator[None]:
    """Sends in the background while the block runs. On leaving, the message that is under way is finished."""
    stop = threading.Event()
    pace = config.limits.mail_pace.value

    def run() -> None:
        while not stop.is_set():
            try:
                send_due(
                    config, database, transport(), now=now, limit=config.limits.mail_batch.value, stopped=stop.is_set
                )
            except IssuerError as error:  # the store is busy, or the settings are wrong: later it may be otherwise
                log.warning("nothing was sent: %s", error.code)
            except Exception:
                log.exception("nothing was sent")
            stop.wait(pace)

    thread = threading.Thread(target=run, name="outbox", daemon=True)
    thread.start()
    try:
        yield
    finally:
        stop.set()
        thread.join(timeout=config.limits.mail_timeout.value)


def _attempt(
    config: Config, database: Database, transport: Transport, one: Mail, *, now: Callable[[], datetime]
) -> Sent:
    if one.attempts > config.limits.mail_attempts.value:  # each ended in a way that nobody foresaw
        return _give_up(database, one, MailRefused("Every attempt ended unexpectedly; the log says how."), at=now())
    with database.read() as tx:
        organizations = catalogues.organizations(tx)
    name = organizations[one.organization].name if one.organization in organizations else config.organization
    try:
        transport.deliver(compose(config, one, sender_name=name))
    except MailRefused as error:
        return _give_up(database, one, error, at=now())
    except MailUndelivered as error:
        if one.attempts >= config.limits.mail_attempts.value:
            return _give_up(database, one, error, at=now())
        log.warning("message %d: attempt %d failed", one.number, one.attempts)
        with database.write() as tx:
            at = now() + wait(config.limits, one.attempts)
            mail.failed(tx, one.number, problem=_problem(error), next_attempt_at=at)
        return Sent(failed=1)
    with database.write() as tx:
        mail.sent(tx, one.number, at=now())
    return Sent(sent=1)


def _give_up(database: Database, one: Mail, error: IssuerError, *, at: datetime) -> Sent:
    log.warning("message %d: given up at attempt %d", one.number, one.attempts)
    with database.write() as tx:
        mail.given_up(tx, one.number, problem=_problem(error), at=at)
    return Sent(given_up=1)


def _problem(error: IssuerError) -> str:
    """Mail servers repeat the address that they refuse."""
    return _ADDRESS.sub("(the address)", " ".join(str(error).split()))[:PROBLEM_LENGTH]


def _one_line(text: str) -> str:
    """A header is one line (RFC 5322 section 2.2): whatever else would begin a new one becomes a blank."""
    return " ".join("".join(" " if unicodedata.category(c) in _BREAKS else c for c in text).split())
