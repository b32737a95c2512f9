"""Whether a port can be listened on: asked before any work, so that the answer is one clear line."""

import socket

from issuer.errors import ConfigInvalid


def require_free(host: str, port: int, *, option: str = "--port") -> None:
    """Raises `ConfigInvalid` when nobody could listen there now."""
    try:
        family, kind, _, _, address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
        with socket.socket(family, kind) as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)  # as the server does
            probe.bind(address)
    except OSError as error:
        raise ConfigInvalid(
            "Port {port} on {host} cannot be used: {why}.",
            hint=f"Stop what listens there, or give another with {option}.",
            port=str(port),
            host=host,
            why=error.strerror or str(error),
        ) from error
