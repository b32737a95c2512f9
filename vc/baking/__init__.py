"""Open Badges 3.0 section 5.3 "Baked Badge": credentials carried inside pictures and documents.

A container is one file of this folder and one line of `CONTAINERS`, which is the allow-list: what is not in it does
not exist. Containers are told by their content, never by a file name, and give back the bytes that were put in.

    >>> detect(b"%PDF-1.7\\n...")
    'pdf'
"""

from collections.abc import Mapping
from typing import Protocol

from vc.baking import pdf as pdf
from vc.baking import png as png
from vc.baking import svg as svg


class Container(Protocol):
    """What a file of this folder offers. Errors are `vc.errors.Invalid` classes only."""

    def recognizes(self, data: bytes, /) -> bool:
        """Whether `data` starts like this kind of file. Cheap; says nothing about its soundness."""

    def unbake(self, data: bytes, /) -> bytes:
        """The one credential in the file, as it was put in.

        Raises `NoCredential` when a sound file holds none, `ContainerError` when it is damaged or holds more than
        one, `TooLarge` at a limit, `ParsingError` when it is not this kind of file at all.
        """


CONTAINERS: Mapping[str, Container] = {
    "pdf": pdf,
    "png": png,
    "svg": svg,
}


def detect(data: bytes) -> str | None:
    """The name in `CONTAINERS` of the container that `data` looks like, or None."""
    return next((name for name, container in CONTAINERS.items() if container.recognizes(data)), None)
