"""The rosette: one figure to a digest, another for another, and nothing but lines."""

import re
from hashlib import sha256
from itertools import pairwise
from math import gcd, hypot

import pytest

from templates.rosette import SIDE, bands, rosette

FIGURE_OF_ZEROS = "d12c681e9ab99f78c391fd759d465d65db181ea779cb4579e8009de7b4fb38e4"
DIGESTS = [sha256(bytes([n])).digest() for n in range(40)]


def test_same_digest_same_figure() -> None:
    """Byte for byte, and the same in every version: a paper printed today is compared years later."""
    figure = rosette(bytes(32))
    assert figure == rosette(bytes(32))
    assert sha256(figure.encode()).hexdigest() == FIGURE_OF_ZEROS


def test_one_bit_makes_another_figure() -> None:
    """Different to the eye, not only in the bytes: other numbers of lobes, turns or swings, or other proportions."""

    def traits(digest: bytes) -> list[tuple[int, ...]]:
        return [
            (band.waves, band.swings, band.turns, round(band.inner / 25), round(band.outer / 25))
            for band in bands(digest)
        ]

    for bit in range(256):
        changed = bytearray(32)
        changed[bit // 8] ^= 1 << bit % 8
        different = sum(a != b for a, b in zip(traits(bytes(changed)), traits(bytes(32)), strict=True))
        assert different >= 2


def test_figures_are_distinct() -> None:
    assert len({rosette(digest) for digest in DIGESTS}) == len(DIGESTS)


@pytest.mark.parametrize("digest", DIGESTS[:12], ids=lambda digest: digest.hex()[:6])
def test_lines_are_closed_smooth_and_inside(digest: bytes) -> None:
    for band in bands(digest):
        assert gcd(band.swings, band.turns) == 1, "the line would close before its last turn"
        points = band.polyline(40)
        assert all(hypot(x, y) < SIDE / 2 for x, y in points)
        steps = [hypot(a[0] - b[0], a[1] - b[1]) for a, b in pairwise([*points, points[0]])]
        assert max(steps) < 60


def test_the_path_follows_the_line() -> None:
    """The cubic pieces end on the line, within the rounding of a tenth of a unit each."""
    band = bands(bytes(32))[0]
    path = band.path()
    assert path.endswith("z")
    start = re.match(r"M(-?\d+) (-?\d+)c", path)
    assert start is not None
    x, y = int(start[1]), int(start[2])
    ends = []
    for piece in re.findall(r"[cs]([^csz]*)", path):
        numbers = [int(number) for number in re.findall(r"-?\d+", piece)]
        x, y = x + numbers[-2], y + numbers[-1]
        ends.append((x / 10, y / 10))
    expected = band.polyline(10)
    assert len(ends) == len(expected)
    for (ex, ey), (px, py) in zip(ends, [*expected[1:], expected[0]], strict=True):
        assert hypot(ex - px, ey - py) < 0.1


def test_it_is_one_colour_without_style_or_script() -> None:
    figure = rosette(bytes(32), "46mm", "#25396b")
    assert set(re.findall(r"<(\w+)", figure)) == {"svg", "g", "path"}
    assert re.findall(r'(?:stroke|fill)="([^"]*)"', figure) == ["none", "#25396b"]
    assert "style" not in figure
    assert 'width="46mm"' in figure
    assert 'stroke="currentColor"' in rosette(bytes(32))


def test_it_is_light() -> None:
    assert max(len(rosette(digest)) for digest in DIGESTS) < 40_000
