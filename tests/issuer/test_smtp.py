"""Submission to a real mail server on loopback: what it takes, what it refuses, and what it does in between."""

import ssl
import threading
from email.message import EmailMessage
from pathlib import Path

import pytest

from issuer.api_errors import MailRefused, MailUndelivered
from issuer.mail_headers import POLICY
from issuer.mail_settings import MailSettings, Security
from issuer.transports.smtp import Smtp
from tests.conformance import certificate
from tests.issuer.mail_server import DROP, MailServer


def message(to: str = "zoe@example.org") -> EmailMessage:
    made = EmailMessage(policy=POLICY)
    made["Subject"], made["From"], made["To"] = "Ünlü", "Example School <awards@example.org>", to
    made.set_content(".\nGood day, Zoë\n")
    return made


def transport(
    server: MailServer, *, security: Security = "none", user: str = "", tls: ssl.SSLContext | None = None
) -> Smtp:
    settings = MailSettings("smtp", "awards@example.org", True, "127.0.0.1", server.port, security, user)
    return Smtp(settings, "secret", timeout=5, tls=tls or ssl.create_default_context())


@pytest.fixture(scope="module")
def tls(tmp_path_factory: pytest.TempPathFactory) -> tuple[ssl.SSLContext, ssl.SSLContext]:
    """A server's side, and a client's that trusts it."""
    paths = certificate.write(Path(tmp_path_factory.mktemp("tls")))
    server = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    server.load_cert_chain(*paths)
    return server, ssl.create_default_context(cafile=str(paths[0]))


def test_a_message_is_taken_as_it_was_written() -> None:
    with MailServer() as server:
        transport(server).deliver(message())
    ((sender, recipients, data),) = server.received
    assert (sender, recipients) == ("awards@example.org", ["zoe@example.org"])
    assert b"To: zoe@example.org\r\n" in data
    assert "Zoë".encode() in data or b"Zo=C3=AB" in data


@pytest.mark.parametrize("security", ["starttls", "tls"])
def test_it_goes_over_tls_and_logs_in(security: Security, tls: tuple[ssl.SSLContext, ssl.SSLContext]) -> None:
    with MailServer(tls=security, context=tls[0]) as server:
        transport(server, security=security, user="awards", tls=tls[1]).deliver(message())
    assert len(server.received) == 1
    words = [line.split()[0] for line in server.commands]
    assert "AUTH" in words
    assert security == "tls" or words.index("STARTTLS") < words.index("AUTH")


@pytest.mark.parametrize("security", ["starttls", "tls"])
def test_a_certificate_that_is_not_trusted_ends_it(
    security: Security, tls: tuple[ssl.SSLContext, ssl.SSLContext]
) -> None:
    with MailServer(tls=security, context=tls[0]) as server, pytest.raises(MailUndelivered, match="certificate"):
        transport(server, security=security, user="awards").deliver(message())
    assert not server.received
    assert "AUTH" not in " ".join(server.commands)


def test_a_server_without_starttls_gets_neither_password_nor_message() -> None:
    with MailServer() as server, pytest.raises(MailUndelivered, match="STARTTLS"):
        transport(server, security="starttls", user="awards").deliver(message())
    assert not server.received
    assert "AUTH" not in " ".join(server.commands)


@pytest.mark.parametrize("command", ["RCPT", "DATA", "."])
def test_a_permanent_refusal_is_final(command: str) -> None:
    replies = {command: "550 5.1.1 no such user"}
    with MailServer(replies=replies) as server, pytest.raises(MailRefused, match=r"550 5\.1\.1 no such user"):
        transport(server).deliver(message())


@pytest.mark.parametrize("command", ["CONNECT", "MAIL", "RCPT", "DATA", "."])
def test_a_temporary_one_is_not(command: str) -> None:
    with MailServer(replies={command: "451 4.7.1 greylisted"}) as server, pytest.raises(MailUndelivered, match="451"):
        transport(server).deliver(message())


@pytest.mark.parametrize("command", ["CONNECT", "EHLO", "MAIL", "RCPT", "DATA", "."])
def test_a_connection_that_drops_is_tried_again(command: str) -> None:
    with MailServer(replies={command: DROP, "HELO": DROP}) as server, pytest.raises(MailUndelivered):
        transport(server).deliver(message())


@pytest.mark.parametrize("reply", ["421 4.4.2 idle", DROP, "nonsense"])
def test_how_the_server_takes_leave_changes_nothing(reply: str) -> None:
    with MailServer(replies={"QUIT": reply}) as server:
        transport(server).deliver(message())
    assert len(server.received) == 1


@pytest.mark.parametrize(("command", "reply"), [("AUTH", "535 5.7.8 wrong"), ("MAIL", "550 sender unknown")])
def test_a_login_or_sender_that_is_refused_is_not_the_messages_fault(command: str, reply: str) -> None:
    with MailServer(replies={command: reply}) as server, pytest.raises(MailUndelivered, match=reply[:3]):
        transport(server, user="awards").deliver(message())


def test_no_server_is_tried_again_and_says_where() -> None:
    with MailServer() as server:
        gone = transport(server)
    with pytest.raises(MailUndelivered, match=r"127\.0\.0\.1, port \d+"):
        gone.deliver(message())


def test_an_address_beyond_ascii_needs_a_server_that_takes_it() -> None:
    with MailServer() as server, pytest.raises(MailRefused, match="ASCII"):
        transport(server).deliver(message("zoë@example.org"))


def test_a_silent_server_is_not_waited_for_for_ever() -> None:
    with MailServer() as server:
        slow = Smtp(
            MailSettings("smtp", "awards@example.org", True, "127.0.0.1", server.port, "tls"),
            "",
            timeout=0.2,
            tls=ssl.create_default_context(),
        )
        done: list[BaseException] = []

        def run() -> None:
            try:
                slow.deliver(message())
            except MailUndelivered as error:
                done.append(error)

        thread = threading.Thread(target=run, daemon=True)
        thread.start()
        thread.join(timeout=10)
        assert len(done) == 1


def test_the_password_stands_in_no_error() -> None:
    with MailServer(replies={"AUTH": "535 no"}) as server, pytest.raises(MailUndelivered) as raised:
        transport(server, user="awards").deliver(message())
    assert "secret" not in str(raised.value)
    assert "secret" not in repr(raised.value.params if hasattr(raised.value, "params") else raised.value.args)
