"""1EdTech Revocation List Status Method 1.0 (`1EdTechRevocationList`). For reading only.

A GET of the entry's `id` gives the issuer's list of what it revoked:

    {"id": "https://…/revocations", "issuer": "https://…", "revokedCredential": [
        {"id": "https://…/credentials/3732", "revoked": true, "revocationReason": "…"}]}

`revoked` means true when it is left out. The member is `revokedCredential` in the specification's model and in the
1EdTech validator, `revokedCredentials` in the specification's prose and in issuers who followed that: both are read.

The list is not signed. What vouches for it is the https origin that served it, so it is believed only on the origin
where the issuer also publishes its keys: the issuer's own, when it is an https URL, or the one that a did:web names.
Elsewhere it says nothing, neither that a credential was revoked nor that it was not (ADR 18).
"""

from typing import Any
from urllib.parse import urlsplit

from vc import strict_json
from vc.dids import web
from vc.errors import Invalid, StatusInvalid, StatusMalformed, StatusUnavailable
from vc.standing import Asker, Question, Standing, State, printable

ACCEPT = "application/json"

_PORTS = {"https": 443, "http": 80}


def question(entry: dict[str, Any]) -> Question:
    url = entry.get("id")
    if not isinstance(url, str) or not url:
        raise StatusMalformed("The credential's status names no list.")
    return Question(url, ACCEPT, entry)


def answer(question: Question, data: bytes, *, asker: Asker, age: int) -> Standing:
    # (1) the origin can speak for the issuer
    if _origin(question.url) is None or _origin(question.url) != _origin_of(asker.issuer):
        raise StatusUnavailable(
            "The list of revoked certificates at {url} is not signed and not on the issuer's own website, so it tells "
            "nothing.",
            url=question.url,
        )
    # (2) it is the list that was asked for, of this issuer
    try:
        document = strict_json.parse_object(data)
    except Invalid as error:
        raise StatusInvalid("The issuer's list cannot be read: {reason}", reason=str(error)) from error
    if document.get("id") != question.url:
        raise StatusInvalid(
            "The status list at {url} says it is {other!r}.", url=question.url, other=str(document.get("id"))[:120]
        )
    by = document.get("issuer")
    by = by.get("id") if isinstance(by, dict) else by
    if by != asker.issuer:
        raise StatusInvalid("The status list is that of {other!r}, not the credential's issuer's.", other=str(by)[:120])
    # (3) the credential's lines in it
    if asker.credential is None:
        raise StatusInvalid("The credential has no id, by which a list of revoked certificates could name it.")
    for line in _lines(document):
        if line.get("id") == asker.credential and line.get("revoked", True):
            return Standing(State.REVOKED, "revocation", 1, printable(line.get("revocationReason")))
    return Standing(State.HOLDS, "revocation")


def _lines(document: dict[str, Any]) -> list[dict[str, Any]]:
    """Every line of the list, a bare id as a line too. Raises `StatusMalformed`: a line that cannot be read could be
    about any credential."""
    lines = []
    for name in ("revokedCredential", "revokedCredentials"):
        listed = document.get(name, [])
        for line in listed if isinstance(listed, list) else [listed]:
            line = {"id": line} if isinstance(line, str) else line
            if not isinstance(line, dict) or not isinstance(line.get("id"), str):
                raise StatusMalformed("A line of the issuer's list names no credential.")
            if not isinstance(line.get("revoked", True), bool):
                raise StatusMalformed("A line of the issuer's list says neither that it is revoked nor that it is not.")
            lines.append(line)
    return lines


def _origin_of(issuer: str) -> tuple[str, str, int] | None:
    """Where the issuer publishes its keys; None for an issuer that has no website."""
    if issuer.startswith("did:web:"):
        return _origin(web.document_url(issuer))
    return None if issuer.startswith("did:") else _origin(issuer)


def _origin(url: str) -> tuple[str, str, int] | None:
    """RFC 6454 section 4: scheme, host, port. None for what is not protected by TLS, or hides its host behind a name;
    plain http is for development on one machine (ADR 7)."""
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError:
        return None
    if parts.scheme not in _PORTS or not parts.hostname or "@" in parts.netloc:
        return None
    if parts.scheme == "http" and parts.hostname not in web.LOOPBACK:
        return None
    return parts.scheme, parts.hostname, port or _PORTS[parts.scheme]
