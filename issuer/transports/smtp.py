"""A mail server, by SMTP (RFC 5321) submission: STARTTLS or TLS (RFC 8314), its certificate checked, a login.

What the server says about the message or its recipient with a code of 5xx is final; what it says about the connection,
the login or the sender is not the message's fault, and neither is a server that is not there.
"""

import smtplib
import ssl
from collections.abc import Mapping
from contextlib import suppress
from email.message import EmailMessage

from issuer.api_errors import MailRefused, MailUndelivered
from issuer.config import Config
from issuer.errors import ConfigInvalid
from issuer.mail_settings import PASSWORD_VARIABLE, MailSettings


def of(config: Config, environ: Mapping[str, str]) -> "Smtp":
    """Raises `ConfigInvalid` when there is a user without a password."""
    password = environ.get(PASSWORD_VARIABLE, "")
    if config.mail.user and not password:
        raise ConfigInvalid(
            "The mail server wants a password for {user}.",
            hint=f"Put it into the environment variable {PASSWORD_VARIABLE}.",
            user=config.mail.user,
        )
    return Smtp(config.mail, password, timeout=config.limits.mail_timeout.value, tls=ssl.create_default_context())


class Smtp:
    """`tls`: the trust that the server's certificate must meet; `timeout`: seconds, of each answer."""

    def __init__(self, settings: MailSettings, password: str, *, timeout: float, tls: ssl.SSLContext) -> None:
        self._settings = settings
        self._password = password
        self._timeout = timeout
        self._tls = tls

    def deliver(self, message: EmailMessage) -> None:
        server = self._connected()
        try:
            server.send_message(message)
        except smtplib.SMTPRecipientsRefused as error:
            raise _judged(*next(iter(error.recipients.values()))) from error
        except smtplib.SMTPDataError as error:
            raise _judged(error.smtp_code, error.smtp_error) from error
        except smtplib.SMTPNotSupportedError as error:  # SMTPUTF8, for an address that is not ASCII
            raise MailRefused("The mail server takes no addresses beyond ASCII.") from error
        except (smtplib.SMTPException, OSError) as error:
            raise MailUndelivered("The mail server: {why}.", why=_said(error)) from error
        finally:
            # It has the message by now or it has not: how it takes leave changes nothing.
            with suppress(smtplib.SMTPException, OSError):
                server.quit()
            server.close()

    def _connected(self) -> smtplib.SMTP:
        settings = self._settings
        where = (settings.host, settings.port)
        server: smtplib.SMTP | None = None
        try:
            if settings.security == "tls":
                server = smtplib.SMTP_SSL(*where, timeout=self._timeout, context=self._tls)
            else:
                server = smtplib.SMTP(*where, timeout=self._timeout)
            if settings.security == "starttls":
                server.starttls(context=self._tls)
            if settings.user:
                server.login(settings.user, self._password)
        except (smtplib.SMTPException, OSError) as error:
            if server is not None:
                server.close()
            raise MailUndelivered(
                "The mail server {host}, port {port}: {why}.",
                hint="See `mail` in config.json.",
                host=settings.host,
                port=str(settings.port),
                why=_said(error),
            ) from error
        return server


def _judged(code: int, text: bytes | str) -> MailRefused | MailUndelivered:
    """RFC 5321 section 4.2.1: 5xx is permanent, 4xx is not."""
    kind = MailRefused if code >= 500 else MailUndelivered
    return kind("The mail server: {why}.", why=f"{code} {_text(text)}")


def _said(error: Exception) -> str:
    if isinstance(error, smtplib.SMTPResponseException):
        return f"{error.smtp_code} {_text(error.smtp_error)}"
    return str(error) or type(error).__name__


def _text(text: bytes | str) -> str:
    return text.decode("utf-8", "replace") if isinstance(text, bytes) else text
