"""A mail server on loopback that speaks as much SMTP as a submission needs, and fails where it is told to.

with MailServer(replies={"RCPT": "550 5.1.1 no such user"}) as server: …
server.received      # (sender, recipients, bytes) of each message that it took
"""

import socketserver
import ssl
import threading
from contextlib import suppress
from types import TracebackType
from typing import cast

DROP = "DROP"  # instead of a reply: the connection ends


class MailServer:
    """`replies`: for a command, what is said instead of the usual; for "." after the message itself. `tls` "starttls"
    or "tls", with `context`. `login`: (user, password) that is wanted, as AUTH PLAIN says them."""

    def __init__(
        self, *, replies: dict[str, str] | None = None, tls: str = "none", context: ssl.SSLContext | None = None
    ) -> None:
        self.replies = replies or {}
        self.tls = tls
        self.context = context
        self.received: list[tuple[str, list[str], bytes]] = []
        self.commands: list[str] = []
        self._server = _Server(("127.0.0.1", 0), _Session)
        self._server.owner = self
        self.port = int(self._server.server_address[1])
        self._thread = threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.02})

    def __enter__(self) -> "MailServer":
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()


class _Server(socketserver.ThreadingTCPServer):
    daemon_threads = True
    allow_reuse_address = True
    owner: MailServer


class _Session(socketserver.StreamRequestHandler):
    timeout = 10

    def setup(self) -> None:
        self.owner = cast(_Server, self.server).owner
        if self.owner.tls == "tls" and self.owner.context is not None:
            self.request = self.owner.context.wrap_socket(self.request, server_side=True)
        super().setup()

    def finish(self) -> None:
        with suppress(OSError):
            super().finish()
        self.request.close()  # under TLS it is another one than the server's

    def handle(self) -> None:
        try:
            self._talk()
        except (OSError, ssl.SSLError):
            return

    def _talk(self) -> None:
        sender, recipients = "", []
        if not self._say("CONNECT", "220 ready"):
            return
        while line := self.rfile.readline().decode("utf-8", "replace").strip():
            self.owner.commands.append(line)
            word = line.split()[0].upper()
            match word:
                case "EHLO":
                    features = ["mail.test", "AUTH PLAIN LOGIN"] + (
                        ["STARTTLS"] if self.owner.tls == "starttls" else []
                    )
                    usual = "\r\n".join(f"250-{one}" for one in features) + "\r\n250 8BITMIME"
                case "AUTH":
                    usual = "235 2.7.0 in"
                case "STARTTLS":
                    usual = "220 go on"
                case "MAIL":
                    sender, recipients, usual = line.partition("<")[2].partition(">")[0], [], "250 yes"
                case "RCPT":
                    recipients.append(line.partition("<")[2].partition(">")[0])
                    usual = "250 yes"
                case "DATA":
                    usual = "354 say it"
                case "QUIT":
                    usual = "221 bye"
                case _:
                    usual = "250 yes"
            if not self._say(word, usual) or word == "QUIT":
                return
            if word == "STARTTLS" and self.owner.context is not None and self.owner.tls == "starttls":
                self.request = self.owner.context.wrap_socket(self.request, server_side=True)
                self.rfile, self.wfile = self.request.makefile("rb"), self.request.makefile("wb", 0)
            if word == "DATA" and "DATA" not in self.owner.replies:
                data = bytearray()
                while (piece := self.rfile.readline()) not in (b".\r\n", b""):
                    data += piece[1:] if piece.startswith(b"..") else piece
                if "." not in self.owner.replies:
                    self.owner.received.append((sender, recipients, bytes(data)))
                if not self._say(".", "250 taken"):
                    return

    def _say(self, word: str, usual: str) -> bool:
        reply = self.owner.replies.get(word, usual)
        if reply == DROP:
            return False
        self.wfile.write(reply.encode() + b"\r\n")
        return True
