"""What the issuer does, told to whoever counts it (`issuer.measured`). By default nobody is told.

    class Counting(Watch):
        def issued(self, kinds): …

Nobody is told for whom: no learner, no id, no address goes through here.
"""

from collections.abc import Callable, Mapping
from typing import Literal

from vc.keys import PublicKey, Signer

Kind = Literal["course", "program", "request"]  # of a certificate; `request`: signed for a caller of the API


class Watch:
    def issued(self, kinds: Mapping[Kind, int]) -> None:
        """So many certificates were released."""

    def signed(self, seconds: float) -> None:
        """A private key was used for so long."""

    def list_signed(self) -> None:
        """A status list was made and signed anew."""

    def store_failed(self, code: str) -> None:
        """A request could not be answered because the records could not be reached. `code`: of the error's class."""

    def turned_away(self, why: Literal["drawing", "pages"]) -> None:
        """Too much of it was asked for at once."""


class Timed:
    """A signer that tells how long each signature takes: of a key in a device of its own that is what matters."""

    def __init__(self, signer: Signer, watch: Watch, clock: Callable[[], float]) -> None:
        self._signer = signer
        self._watch = watch
        self._clock = clock

    @property
    def public_key(self) -> PublicKey:
        return self._signer.public_key

    def sign(self, message: bytes) -> bytes:
        began = self._clock()
        signature = self._signer.sign(message)
        self._watch.signed(self._clock() - began)
        return signature
