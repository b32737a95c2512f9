"""How an issuer sends e-mail: the member `mail` of `config.json`. Without it, messages become files of a folder.

    {"mail": {"transport": "smtp", "host": "mail.example.org", "port": 587, "security": "starttls",
              "user": "awards", "from": "awards@example.org", "learners": true}}

The password is no part of it: it comes from the environment (`PASSWORD_VARIABLE`). `learners` says whether learners are
written to. It is on for the folder, where nothing leaves the machine, and off for a mail server until somebody says so:
who connects one should not find that a thousand people had mail from it.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal, get_args

Security = Literal["starttls", "tls", "none"]
SECURITIES: tuple[Security, ...] = get_args(Security)

PASSWORD_VARIABLE = "TESTAMUR_SMTP_PASSWORD"  # noqa: S105 - the name of a variable

# Each kind of connection with the port that is usual for it (RFC 6409, RFC 8314, RFC 5321).
_PORTS: Mapping[Security, int] = {"starttls": 587, "tls": 465, "none": 25}
_LOOPBACK = frozenset({"localhost", "127.0.0.1", "::1"})
# Good enough to be written to: what an address may be beyond this, mail servers disagree about.
_ADDRESS = re.compile(r"[^\s@<>()\[\]\\,;:\"]{1,64}@[^\s@<>()\[\]\\,;:\"]{1,255}")


@dataclass(frozen=True)
class MailSettings:
    """`sender`: the address that messages come from, "" for one made of the issuer's host name. `user` "" logs nobody
    in. `security` "none" is for a mail server on this very machine."""

    transport: str = "folder"
    sender: str = ""
    learners: bool = True
    host: str = ""
    port: int = _PORTS["starttls"]
    security: Security = "starttls"
    user: str = ""

    def to_json(self) -> dict[str, Any]:
        data: dict[str, Any] = {"transport": self.transport, "from": self.sender, "learners": self.learners}
        if self.host:
            data |= {"host": self.host, "port": self.port, "security": self.security, "user": self.user}
        return data


def from_json(data: Mapping[str, Any]) -> MailSettings:
    """Raises `ValueError` that says what is wrong; `transport` is looked up when it is opened."""
    transport = str(data.get("transport", "folder"))
    security = data.get("security", "starttls")
    host, sender = str(data.get("host", "")), str(data.get("from", ""))
    if unknown := sorted(set(data) - {"transport", "from", "learners", "host", "port", "security", "user"}):
        raise ValueError(f"mail: {unknown[0]} is unknown")
    if security not in SECURITIES:
        raise ValueError(f"mail: security is one of {', '.join(SECURITIES)}")
    if security == "none" and host not in _LOOPBACK:
        raise ValueError("mail: without TLS only a mail server on this machine is spoken to")
    if sender and not is_address(sender):
        raise ValueError("mail: from is not an e-mail address")
    port = data.get("port", _PORTS[security])
    learners = data.get("learners", transport == "folder")
    if not isinstance(port, int) or isinstance(port, bool) or not 0 < port < 65_536:
        raise ValueError("mail: port is a number from 1 to 65535")
    if not isinstance(learners, bool):
        raise ValueError("mail: learners is true or false")
    if transport == "smtp" and not (host and sender):
        raise ValueError("mail: smtp needs host and from")
    return MailSettings(transport, sender, learners, host, port, security, str(data.get("user", "")))


def is_address(text: str) -> bool:
    """
    >>> is_address("zoe@example.org"), is_address("zoe@example.org\\nBcc: all@example.org"), is_address("")
    (True, False, False)
    """
    return _ADDRESS.fullmatch(text) is not None and text.isprintable()
