"""A sender of Standard Webhooks 1.0, written from the specification and not from the receiver: HMAC by hand (RFC 2104),
so that the two can disagree."""

import base64
import hashlib
import json
import subprocess
from typing import Any

from fastapi.testclient import TestClient

BLOCK = 64  # of SHA-256, bytes


def hmac_sha256(key: bytes, text: bytes) -> bytes:
    padded = (hashlib.sha256(key).digest() if len(key) > BLOCK else key).ljust(BLOCK, b"\0")
    inner = hashlib.sha256(bytes(byte ^ 0x36 for byte in padded) + text).digest()
    return hashlib.sha256(bytes(byte ^ 0x5C for byte in padded) + inner).digest()


def hmac_by_openssl(key: bytes, text: bytes) -> bytes:
    command = ["openssl", "dgst", "-sha256", "-mac", "HMAC", "-macopt", f"hexkey:{key.hex()}", "-binary"]
    return subprocess.run(command, input=text, capture_output=True, check=True).stdout


def signature(secret: str, message: str, timestamp: str, body: bytes, *, mac: Any = hmac_sha256) -> str:
    key = base64.b64decode(secret.removeprefix("whsec_"))
    return "v1," + base64.b64encode(mac(key, f"{message}.{timestamp}.".encode() + body)).decode()


class Sender:
    """Posts to one webhook; `now` in seconds."""

    def __init__(self, client: TestClient, webhook: str, secret: str, now: int) -> None:
        self.client = client
        self.webhook = webhook
        self.secret = secret
        self.now = now

    def headers(self, body: bytes, message: str, at: int | None = None) -> dict[str, str]:
        timestamp = str(self.now if at is None else at)
        return {
            "content-type": "application/json",
            "webhook-id": message,
            "webhook-timestamp": timestamp,
            "webhook-signature": signature(self.secret, message, timestamp, body),
        }

    def post(self, content: Any, message: str = "msg_1", *, at: int | None = None, **changes: str) -> Any:
        body = content if isinstance(content, bytes) else json.dumps(content).encode()
        shown = self.headers(body, message, at) | {name.replace("_", "-"): value for name, value in changes.items()}
        return self.client.post(f"/webhooks/{self.webhook}", content=body, headers=shown)
