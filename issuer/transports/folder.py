"""The folder `HOME/outbox`: each message a file `.eml` (RFC 5322), to be looked at or carried on by something else.

A file is written whole or not at all, is closed to other users, and is never written over.
"""

from collections.abc import Mapping
from contextlib import suppress
from email.message import EmailMessage
from email.utils import parsedate_to_datetime
from pathlib import Path

from issuer.api_errors import MailUndelivered
from issuer.config import Config
from issuer.files import create_atomically, make_private_folder


def of(config: Config, environ: Mapping[str, str]) -> "Folder":
    return Folder(config.home / "outbox")


class Folder:
    def __init__(self, path: Path) -> None:
        self._path = path

    def deliver(self, message: EmailMessage) -> None:
        # Its own name, so that it is the same file when the same message comes again, and no other.
        moment = parsedate_to_datetime(message["Date"]).strftime("%Y%m%dT%H%M%SZ")
        name = f"{moment}-{message['Message-ID'].strip('<>').partition('@')[0]}.eml"
        try:
            make_private_folder(self._path)
            with suppress(FileExistsError):
                create_atomically(self._path / name, message.as_bytes())
        except OSError as error:
            raise MailUndelivered(
                "The folder {path} cannot be written: {why}.", path=str(self._path), why=error.strerror
            ) from error
