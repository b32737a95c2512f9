"""JSON-LD contexts, pinned by hash: what the words of a credential mean, for ever, and without a network.
Beside them our own JSON Schemas of the data models: what a credential must look like.

What stands behind a context's URL has changed in place more than once (Open Badges 3.0.3 at least five
times), and whoever serves a context decides what a signature covers. So every content is a file here, named
in `CONTEXTS`; its SHA-256 is checked when it is first read, and every URL outside the table is refused. Older
contents are kept, so that what was signed under them can still be verified.

The caller decides which contexts a document may name, and in which order.

    >>> list(load("https://www.w3.org/ns/credentials/undefined-terms/v2"))
    ['@context']
    >>> load("https://www.w3.org/ns/credentials/v3")
    Traceback (most recent call last):
    contexts.UnknownContext: https://www.w3.org/ns/credentials/v3
"""

import hashlib
import json
from functools import cache
from pathlib import Path
from typing import Any

from contexts.table import CONTEXTS, Pinned

__all__ = [
    "CONTEXTS",
    "SCHEMAS",
    "AlteredContext",
    "Pinned",
    "UnknownContext",
    "UnknownSchema",
    "current",
    "history",
    "load",
    "schema",
]

_FILES = Path(__file__).parent / "files"
_SCHEMAS = Path(__file__).parent / "schemas"

# Written here from the data models of Open Badges 3.0 (appendix B), CLR 2.0 and VCDM; so no hash says what they are.
SCHEMAS = (
    "achievement",
    "achievement-credential",
    "clr-credential",
    "credential",
    "endorsement-credential",
    "profile",
    "types",
)


class UnknownContext(LookupError):
    """No pinned content has this URL (or, where a hash was asked for, this URL and hash)."""


class UnknownSchema(LookupError):
    """There is no JSON Schema of this name here."""


class AlteredContext(RuntimeError):
    """A file of this installation is not what the table says. Nothing may be signed or verified with it."""


def load(url: str, sha256: str | None = None) -> dict[str, Any]:
    """The current content of a context URL, or the one with the given hash (64 lower-case hex digits).

    Every call gives a fresh object, which the caller may change.
    Raises `UnknownContext`; `AlteredContext` when the file was changed after installation.
    """
    for pinned in CONTEXTS.get(url, ()):
        if sha256 is None or pinned.sha256 == sha256:
            document: dict[str, Any] = json.loads(_checked(pinned))
            return document
    raise UnknownContext(url if sha256 is None else f"{url} with SHA-256 {sha256}")


def history(url: str) -> tuple[str, ...]:
    """The SHA-256 of every pinned content of a URL, the current one first. Raises `UnknownContext`."""
    if url not in CONTEXTS:
        raise UnknownContext(url)
    return tuple(pinned.sha256 for pinned in CONTEXTS[url])


def current(url: str) -> str:
    """The SHA-256 of the content that a URL stands for at present. Raises `UnknownContext`."""
    if url not in CONTEXTS:
        raise UnknownContext(url)
    return CONTEXTS[url][0].sha256


def schema(name: str) -> dict[str, Any]:
    """One of our JSON Schemas (2020-12) by its name in `SCHEMAS`; a fresh object each time. Raises `UnknownSchema`."""
    if name not in SCHEMAS:
        raise UnknownSchema(name)
    document: dict[str, Any] = json.loads((_SCHEMAS / f"{name}.json").read_bytes())
    return document


@cache
def _checked(pinned: Pinned) -> bytes:
    content = (_FILES / pinned.file).read_bytes()
    found = hashlib.sha256(content).hexdigest()
    if found != pinned.sha256:
        raise AlteredContext(f"{pinned.file} has the SHA-256 {found}; {pinned.sha256} is pinned for {pinned.url}.")
    return content
