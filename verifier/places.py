"""Who may be worked for: a few at once, a few more waiting, everybody else is told so at once.

Work is short or long. What is known to be long begins in one of the long places; everything else in one of the quick
ones, and what is not done there after a moment goes on in a long place and leaves its own to the next. Files that
were made to cost much, and links to servers that never answer, so meet each other in the long places, and the others
pass by.

    places = Places(quick=2, long=4, waiting=8)
    with places.taken() as place:        # raises Busy
        ...
        place.lengthen()                 # raises Busy when all long places are taken

Who came first is served first. When more than a third of those who may wait do, more come than can be served: then who
came last is served, and above three quarters who came first is sent away, so that whoever is served at all is served
soon. A place in the line can be put back (`yields`), for work of which one request brings much; it is kept in a crowd,
too.
"""

import itertools
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager

RETRY_AFTER = 2  # seconds after which it is worth asking again: all that waits is done by then
PATIENCE = 1.0  # seconds for which anybody waits; who waits longer is better told so
LONG_PATIENCE = 4.0  # seconds, for long work: the same in proportion
YIELDING_PATIENCE = 30.0  # seconds, for who lets others pass


class Busy(Exception):
    """All places are taken, and so are those to wait in."""


class _Waiting:
    """Somebody who waits, with the number as which they `came` and that of their `turn`. Only who is next is woken: a
    crowd that wakes to lie down again keeps a server busy."""

    def __init__(self, came: int, yields: int) -> None:
        self.came = came
        self.turn = came + yields
        self.yields = yields > 0
        self.served = False
        self.called = threading.Event()


class _Lane:
    """Places of one kind: how many are `free`, and the `line` of those who wait."""

    def __init__(self, free: int, waiting: int, patience: float) -> None:
        self.free = free
        self.line: list[_Waiting] = []
        self._waiting = waiting
        self.patience = patience

    @property
    def full(self) -> bool:
        """Who yields does not count: nobody is sent away for them."""
        return self.free <= 0 and len(self._pressing()) >= self._waiting

    def leave(self) -> None:
        """A place becomes free, or is the next one's at once."""
        pressing = self._pressing()
        if 3 * len(pressing) > self._waiting:  # more come than can be served: better some at once than all late
            newest = max(pressing, key=_turn)
            due = (one for one in self.line if one.yields and one.turn < newest.turn)
            self._call(min(due, key=_turn, default=newest))
            if 4 * len(pressing) > 3 * self._waiting:  # and whoever came first will not be reached any more
                self._call(min(pressing, key=_turn), served=False)
        elif self.line:
            self._call(min(self.line, key=_turn))
        else:
            self.free += 1

    def _call(self, one: _Waiting, *, served: bool = True) -> None:
        if one in self.line:  # else it is first and last
            self.line.remove(one)
            one.served = served
            one.called.set()

    def _pressing(self) -> list[_Waiting]:
        return [one for one in self.line if not one.yields]


def _turn(one: _Waiting) -> tuple[int, bool]:
    return one.turn, one.yields


class Place:
    """`long`: in which kind of place the work goes on."""

    def __init__(self, places: "Places", long: bool) -> None:
        self._places = places
        self.long = long

    def lengthen(self) -> None:
        """From a quick place to a long one. Raises `Busy`."""
        if not self.long:
            self._places._lengthen()
            self.long = True


class Places:
    """How many `quick` and `long` ones there are, and how many may be `waiting` for each. Safe between threads."""

    def __init__(self, *, quick: int, long: int, waiting: int) -> None:
        self._lock = threading.Lock()
        self._quick = _Lane(quick, waiting, PATIENCE)
        self._long = _Lane(long, waiting, LONG_PATIENCE)
        self._came = itertools.count()

    def full(self, *, long: bool = False) -> bool:
        """Whether whoever came now would be sent away."""
        with self._lock:
            return (self._long if long else self._quick).full

    def counted(self) -> Mapping[str, tuple[int, int]]:
        """Of each kind, how many places are free, and how many wait for one."""
        with self._lock:
            return {name: (lane.free, len(lane.line)) for name, lane in (("quick", self._quick), ("long", self._long))}

    @contextmanager
    def taken(self, *, long: bool = False, yields: int = 0) -> Iterator[Place]:
        """A place for as long as the work takes. `yields`: how many who come later are served first; who yields may
        also wait when the line is full. Raises `Busy`."""
        self._enter(self._long if long else self._quick, yields)
        place = Place(self, long)
        try:
            yield place
        finally:
            self._leave(self._long if place.long else self._quick)

    def _enter(self, lane: _Lane, yields: int) -> None:
        with self._lock:
            if lane.free > 0:
                lane.free -= 1
                return
            if not yields and lane.full:
                raise Busy
            one = _Waiting(next(self._came), yields)
            lane.line.append(one)
        one.called.wait(YIELDING_PATIENCE if yields else lane.patience)
        with self._lock:
            if one in lane.line:
                lane.line.remove(one)
            if not one.served:
                raise Busy

    def _lengthen(self) -> None:
        with self._lock:
            if self._long.free <= 0:
                raise Busy
            self._long.free -= 1
            self._quick.leave()

    def _leave(self, lane: _Lane) -> None:
        with self._lock:
            lane.leave()
