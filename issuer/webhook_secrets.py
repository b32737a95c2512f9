"""The secrets of webhooks: derived from one master secret and the webhook's id, and kept nowhere else.

    secret = HMAC-SHA256(master, "testamur webhook " + id)                        # 32 bytes
    shown  = "whsec_" + base64(secret)                                            # Standard Webhooks 1.0

So a copy of the database signs no message, and for any id whatsoever there is a secret to compare with: whether a
webhook exists shows in no time. The master secret is `HOME/keys/webhooks.secret`, 32 random bytes in hexadecimal, made
on first use and of mode 0600; a file that others may read is refused. Whoever loses it makes new webhooks.
"""

import base64
import hmac
import secrets
from contextlib import suppress
from pathlib import Path

from issuer.errors import KeyRefused
from issuer.files import create_atomically, make_private_folder, refuse_open_to_others

FILE = Path("keys") / "webhooks.secret"
PREFIX = "whsec_"
SIZE = 32

_PURPOSE = b"testamur webhook "


class WebhookSecrets:
    """Of the issuer in `home`. Reads the file when it is first needed."""

    def __init__(self, home: Path) -> None:
        self._path = home / FILE
        self._master = b""

    def of(self, webhook: str) -> bytes:
        """32 bytes. Raises `KeyRefused`."""
        if not self._master:
            self._master = _master(self._path)
        return hmac.digest(self._master, _PURPOSE + webhook.encode(), "sha256")

    def shown(self, webhook: str) -> str:
        """As its sender is told it. Raises `KeyRefused`."""
        return PREFIX + base64.b64encode(self.of(webhook)).decode()

    def __repr__(self) -> str:
        return f"WebhookSecrets({self._path})"


def _master(path: Path) -> bytes:
    try:
        make_private_folder(path.parent)
        if not path.exists():
            with suppress(FileExistsError):  # another process was quicker, and its secret is the one
                create_atomically(path, secrets.token_bytes(SIZE).hex().encode() + b"\n")
        refuse_open_to_others(path.parent)
        refuse_open_to_others(path)
        master = bytes.fromhex(path.read_text().strip())
    except OSError as error:
        raise KeyRefused("{path} cannot be read: {why}.", path=str(path), why=error.strerror) from error
    except ValueError as error:
        raise KeyRefused("{path} holds no secret of webhooks.", path=str(path)) from error
    if len(master) != SIZE:
        raise KeyRefused("{path} holds no secret of webhooks.", path=str(path))
    return master
