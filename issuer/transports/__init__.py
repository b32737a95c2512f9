"""How a message leaves: a transport takes one and hands it over, or says why it could not.

A new way is a file here and a line in `TRANSPORTS`. `MailRefused` means never (this message, or this address), and
`MailUndelivered` means not now; the outbox acts on which it is.

    transport = load(config, environ=os.environ)
    transport.deliver(message)
"""

from collections.abc import Callable, Mapping
from email.message import EmailMessage
from types import MappingProxyType
from typing import Protocol

from issuer.config import Config
from issuer.errors import ConfigInvalid
from issuer.transports import folder, smtp


class Transport(Protocol):
    def deliver(self, message: EmailMessage) -> None:
        """Hands over a message with one recipient. A message that was handed over before, and is again because the
        sender died in between, has the same Message-ID. Raises `MailRefused`, `MailUndelivered`."""


TRANSPORTS: Mapping[str, Callable[[Config, Mapping[str, str]], Transport]] = MappingProxyType(
    {
        "folder": folder.of,
        "smtp": smtp.of,
    }
)


def load(config: Config, *, environ: Mapping[str, str]) -> Transport:
    """Raises `ConfigInvalid`."""
    name = config.mail.transport
    if name not in TRANSPORTS:
        raise ConfigInvalid(
            "config.json: mail: there is no transport {name}; there is: {known}.", name=name, known=tuple(TRANSPORTS)
        )
    return TRANSPORTS[name](config, environ)
