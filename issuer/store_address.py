"""The address of a PostgreSQL database, as a person gives it: checked, and shown without its password.

    postgresql://USER@HOST:PORT/DATABASE        and after "?" what libpq knows beside: sslmode, service, host, …

It is read from `config.json`, where a password has no place, or from the environment variable `VARIABLE`, where it may
have one. What is not in the address libpq finds by itself: in PGPASSFILE, a service file, or its other variables.

    >>> shown("postgresql://testamur:secret@db.example.org/testamur?sslmode=verify-full")
    'postgresql://testamur@db.example.org/testamur?sslmode=verify-full'
"""

from urllib.parse import SplitResult, parse_qsl, urlencode, urlsplit

from issuer.errors import ConfigInvalid

VARIABLE = "TESTAMUR_DATABASE_URL"
SCHEMES = ("postgresql", "postgres")

_EXAMPLE = "Give one like postgresql://testamur@db.example.org/testamur"


def checked(text: str, *, source: str, password_allowed: bool = False) -> str:
    """The address, of the scheme "postgresql". `source`: where it was read, for the message. Raises `ConfigInvalid`;
    the message never holds the address, which may hold a password."""
    try:
        parts = urlsplit(text.strip())
        _ = parts.port
    except ValueError as error:
        raise ConfigInvalid("{source}: this is not an address.", hint=_EXAMPLE, source=source) from error
    if parts.scheme not in SCHEMES:
        raise ConfigInvalid("{source}: this is not the address of a database.", hint=_EXAMPLE, source=source)
    if parts.path in ("", "/") and "service" not in dict(parse_qsl(parts.query)):
        raise ConfigInvalid("{source}: the address names no database.", hint=_EXAMPLE, source=source)
    if not password_allowed and shown(text) != _joined(parts):
        raise ConfigInvalid(
            "{source}: a password would be kept in a file, or seen by others, here.",
            hint="Leave it out; put it into PGPASSFILE, or give the whole address in TESTAMUR_DATABASE_URL.",
            source=source,
        )
    return _unsplit(parts)


def shown(address: str) -> str:
    """Without its password: for `config.json`, for messages and logs."""
    parts = urlsplit(address.strip())
    user, at, host = parts.netloc.rpartition("@")
    options = [(name, value) for name, value in parse_qsl(parts.query) if name != "password"]
    return _joined(parts._replace(netloc=user.partition(":")[0] + at + host, query=urlencode(options, safe="/")))


def _joined(parts: SplitResult) -> str:
    """With one way to write the options, so that two of them can be compared."""
    return _unsplit(parts._replace(query=urlencode(parse_qsl(parts.query), safe="/")))


def _unsplit(parts: SplitResult) -> str:
    """The library's own leaves "//" out where no host follows: with a socket, or a service."""
    return f"{SCHEMES[0]}://{parts.netloc}{parts.path}" + (f"?{parts.query}" if parts.query else "")
