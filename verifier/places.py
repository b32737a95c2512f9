"""Who may be worked for: a few at once, a few more waiting, everybody else is told so at once.

Work is either short or long, and nobody knows before. So everybody begins in one of the quick places; what is not
done after a moment goes on in one of the long places and leaves its quick place to the next. Files that were made to
cost much, and links to servers that never answer, so meet each other in the long places, and the others pass by.

    places = Places(quick=2, long=4, waiting=8)
    with places.taken() as place:        # raises Busy
        ...
        place.lengthen()                 # raises Busy when all long places are taken

Who came first is served first, but a place in the line can be put back (`yields`), for work of which one request
brings much.
"""

import itertools
import threading
from collections.abc import Iterator
from contextlib import contextmanager

RETRY_AFTER = 2  # seconds after which it is worth asking again: all that waits is done by then
PATIENCE = 1.0  # seconds for which anybody waits; who waits longer is better told so
YIELDING_PATIENCE = 30.0  # seconds for who lets others pass


class Busy(Exception):
    """All places are taken, and so are those to wait in."""


class Place:
    """`long`: in which kind of place the work goes on."""

    def __init__(self, places: "Places") -> None:
        self._places = places
        self.long = False

    def lengthen(self) -> None:
        """From a quick place to a long one. Raises `Busy`."""
        if not self.long:
            self._places._lengthen()
            self.long = True


class Places:
    """How many `quick` and `long` ones there are, and how many may be `waiting`. Safe between threads."""

    def __init__(self, *, quick: int, long: int, waiting: int) -> None:
        self._quick, self._long, self._waiting = quick, long, waiting
        self._changed = threading.Condition()
        self._line: list[tuple[int, int, int]] = []  # of all that wait: turn, yields, who came as which
        self._turns = itertools.count()

    @property
    def full(self) -> bool:
        """Whether whoever came now would be sent away."""
        with self._changed:
            return self._is_full()

    @contextmanager
    def taken(self, *, yields: int = 0) -> Iterator[Place]:
        """A place for as long as the work takes. `yields`: how many who come later are served first; who yields may
        also wait when the line is full. Raises `Busy`."""
        self._enter(yields)
        place = Place(self)
        try:
            yield place
        finally:
            self._leave(place.long)

    def _enter(self, yields: int) -> None:
        with self._changed:
            if not yields and self._is_full():
                raise Busy
            came = next(self._turns)
            turn = (came + yields, yields, came)
            self._line.append(turn)
            mine = self._changed.wait_for(
                lambda: self._quick > 0 and min(self._line) == turn, YIELDING_PATIENCE if yields else PATIENCE
            )
            self._line.remove(turn)
            if mine:
                self._quick -= 1
            self._changed.notify_all()
            if not mine:
                raise Busy

    def _is_full(self) -> bool:
        return self._quick <= 0 and sum(not yields for _, yields, _ in self._line) >= self._waiting

    def _lengthen(self) -> None:
        with self._changed:
            if self._long <= 0:
                raise Busy
            self._long -= 1
            self._quick += 1
            self._changed.notify_all()

    def _leave(self, long: bool) -> None:
        with self._changed:
            if long:
                self._long += 1
            else:
                self._quick += 1
            self._changed.notify_all()
