"""The rosette: a guilloche drawn from a credential's digest, as an engraver's lathe would draw it.

The same digest gives the same figure on the page, in the PDF, on the badge and on the verdict page, so two papers
with the same rosette are the same credential. It is an aid for the eye and proves nothing: the signature does that.
Pure geometry: no fonts, no gradients, hairlines of one colour.

    >>> rosette(bytes(32)) == rosette(bytes(32)), rosette(bytes(32)) == rosette(bytes(31) + b"a")
    (True, False)

How it is built. Every band is one closed line that goes round several times, swinging between an inner and an outer
contour; both contours are waved in the rosette's order of symmetry. The pen also runs ahead and falls behind a
little (`lead`), which turns waves into cusps and cusps into loops. Four bands: lace, ribbon, disc, eye.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from hashlib import sha256
from math import cos, gcd, pi, sin
from typing import TypeVar

Point = tuple[float, float]
_T = TypeVar("_T")

SIDE = 1000  # the drawing's own units: a square of this side, its middle the origin
_RADIUS = 484.0  # what the outermost line may reach; the rest is for its width
_STROKE = 2.8  # 0.12 mm when the rosette is 42 mm wide: an engraver's hairline
_PER_SWING = 10  # curve pieces to a swing; with exact tangents the error stays below a tenth of a unit


@dataclass(frozen=True)
class Band:
    """One closed line: `swings` between two contours in `turns` turns (coprime, else it closes early).

    `inner` and `outer` are the contours' radii; `inner_wave` and `outer_wave` how far they are waved, `waves` times
    in a turn. `lead` says how far the pen runs ahead of a plain wave: 0 wave, 1 cusp, above 1 loop.
    """

    inner: float
    outer: float
    inner_wave: float
    outer_wave: float
    waves: int
    swings: int
    turns: int
    lead: float

    def point(self, turn: float) -> Point:
        """The pen's place at the angle `turn` (radians, 0 to 2π · turns)."""
        phase = turn * self.swings / self.turns
        wave = cos(self.waves * turn)
        inner = self.inner + self.inner_wave * wave
        outer = self.outer + self.outer_wave * wave
        radius = (inner + outer) / 2 + (outer - inner) / 2 * cos(phase)
        angle = turn + self.lead * self.turns / self.swings * sin(phase) - pi / 2
        return radius * cos(angle), radius * sin(angle)

    def polyline(self, per_swing: int) -> list[Point]:
        """The closed line as points, the last one to be joined with the first."""
        count = self.swings * per_swing
        return [self.point(2 * pi * self.turns * i / count) for i in range(count)]

    def path(self) -> str:
        """The closed line as SVG path data: smooth cubic pieces, whole tenths of a unit, relative."""
        count = self.swings * _PER_SWING
        step = 2 * pi * self.turns / count
        x, y = (round(value * 10) for value in self.point(0.0))
        pieces = [f"M{x} {y}"]
        for i in range(1, count + 1):
            end_x, end_y = self.point(i * step)
            slope_x, slope_y = self._slope(i * step)
            back_x, back_y = end_x - slope_x * step / 3, end_y - slope_y * step / 3
            moved = [round(back_x * 10) - x, round(back_y * 10) - y, round(end_x * 10) - x, round(end_y * 10) - y]
            pieces.append(("s" if i > 1 else self._first(step, x, y)) + _joined(moved))
            x, y = round(end_x * 10), round(end_y * 10)
        return "".join(pieces) + "z"

    def _first(self, step: float, x: int, y: int) -> str:
        """A path may not begin with `s`, which mirrors the piece before it: the first handle is written out."""
        start_x, start_y = self.point(0.0)
        slope_x, slope_y = self._slope(0.0)
        handle = [round((start_x + slope_x * step / 3) * 10) - x, round((start_y + slope_y * step / 3) * 10) - y]
        return "c" + _joined(handle) + " "

    def _slope(self, turn: float) -> Point:
        before, after = self.point(turn - 1e-4), self.point(turn + 1e-4)
        return (after[0] - before[0]) / 2e-4, (after[1] - before[1]) / 2e-4


def rosette(digest: bytes, size: str | None = None, ink: str = "currentColor") -> str:
    """The figure for a digest, as a complete SVG document that may also stand inside a page.

    `size` is a CSS length for width and height (without it the surroundings decide), `ink` a colour. Presentation
    is in attributes only, so a strict Content-Security-Policy leaves it alone. It is marked as decoration for
    screen readers: whoever places it says in words what it is.
    """
    box = f"{-SIDE * 5} {-SIDE * 5} {SIDE * 10} {SIDE * 10}"
    measures = f' width="{size}" height="{size}"' if size else ""
    lines = "".join(f'<path d="{data}"/>' for data in _paths(digest))
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" class="rosette" viewBox="{box}"{measures} aria-hidden="true" '
        f'focusable="false"><g fill="none" stroke="{ink}" stroke-width="{_STROKE * 10:g}" '
        f'stroke-linejoin="round">{lines}</g></svg>'
    )


def bands(digest: bytes) -> tuple[Band, ...]:
    """The lace, the ribbon, the disc and the eye, every number of theirs drawn from the digest."""
    lot = _Lot(digest)
    order = lot.one_of(5, 6, 7, 8, 9, 10, 11, 12, 14)
    lobes = order * lot.one_of(1, 2) if order < 8 else order
    return tuple(_drawn(lot, order, lobes))


def _drawn(lot: "_Lot", order: int, lobes: int) -> Iterator[Band]:
    # Lace: the scalloped rim. Its inner contour follows the rim, mirrors it, or stays round.
    depth = _RADIUS * lot.between(0.035, 0.075) * (0.7 if lobes > 10 else 1.0)
    inner_wave = lot.one_of(0.6, 0.0, -0.35) * depth
    lace = _RADIUS * lot.between(0.65, 0.74)
    turns = lot.turns(order, 9, 11, 13)
    swings = _swings(order, turns, lot.between(5.5, 8.0))
    lead = lot.one_of(0.0, 0.5, 1.0, 1.3)
    yield Band(lace + abs(inner_wave) / 2, _RADIUS - depth, inner_wave, depth, lobes, swings, turns, lead)

    # Ribbon: kept clear of the lace by a ring of paper.
    gap = _RADIUS * lot.between(0.035, 0.055)
    disc = _RADIUS * lot.between(0.40, 0.49)
    sway = _RADIUS * lot.between(0.01, 0.025) * lot.one_of(-1.0, 1.0)
    rim_wave = 0.8 * inner_wave if lobes == order else 0.0
    turns = lot.turns(order, 7, 9, 11)
    swings = _swings(order, turns, lot.between(3.8, 6.0))
    top = lace - gap - abs(inner_wave) / 2 - abs(rim_wave) / 2
    lead = lot.one_of(0.0, 0.5, 1.0)
    yield Band(disc + gap * 0.6 + abs(sway), top, sway, rim_wave, order, swings, turns, lead)

    # Disc and eye: what is left, petals from few to many.
    eye = _RADIUS * lot.between(0.11, 0.23)
    turns = lot.turns(order, 9, 11, 13, 17)
    swings = _swings(order, turns, lot.between(1.4, 3.4))
    yield Band(eye, disc, 0.0, 0.0, order, swings, turns, lot.one_of(0.0, 0.4, 0.8))
    turns = lot.turns(order, 3, 5, 7)
    swings = _swings(order, turns, lot.between(1.6, 3.0))
    yield Band(eye * lot.between(0.15, 0.45), eye * 0.86, 0.0, 0.0, order, swings, turns, 0.0)


class _Lot:
    """The digest, spread out: independent numbers in a fixed order, the same on every machine."""

    def __init__(self, digest: bytes) -> None:
        seed = b"testamur rosette 1" + digest
        self._bytes = iter(b"".join(sha256(bytes([block]) + seed).digest() for block in range(2)))

    def between(self, low: float, high: float) -> float:
        share = (next(self._bytes) * 256 + next(self._bytes)) / 65536
        return low + (high - low) * share

    def one_of(self, *choices: _T) -> _T:
        return choices[int(self.between(0, len(choices)))]

    def turns(self, order: int, *choices: int) -> int:
        """A number of turns that shares no divisor with the order, so that the line closes only at the end."""
        return self.one_of(*(turns for turns in choices if gcd(turns, order) == 1))


def _swings(order: int, turns: int, per_turn: float) -> int:
    """The multiple of `order` (for the symmetry), coprime to `turns`, that is nearest to `per_turn` a turn."""
    wanted = max(1, round(per_turn * turns / order))
    nearest = sorted(range(1, wanted + turns), key=lambda times: (abs(times - wanted), times))
    return next(order * times for times in nearest if gcd(order * times, turns) == 1)


@lru_cache(maxsize=64)
def _paths(digest: bytes) -> tuple[str, ...]:
    return tuple(band.path() for band in bands(digest))


def _joined(numbers: list[int]) -> str:
    """Numbers as path data: a minus sign already separates."""
    text = " ".join(map(str, numbers))
    return text.replace(" -", "-")
