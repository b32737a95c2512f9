"""The badge pictures, ready for baking."""

import io
from dataclasses import replace
from typing import Any

import pytest
from defusedxml.ElementTree import fromstring
from PIL import Image

from templates.badge import SIDE, badge_png, badge_svg
from templates.rosette import bands
from templates.typesetting import MissingGlyphs
from tests.templates import samples

VIEW = samples.specialization()
NAMESPACE = "{http://www.w3.org/2000/svg}"


def test_png_is_a_square_of_600_pixels() -> None:
    data = badge_png(VIEW)
    picture = Image.open(io.BytesIO(data))
    assert picture.size == (SIDE, SIDE)
    assert b"iTXt" not in data, "unbaked"
    assert picture.convert("RGB").getpixel((30, 30)) == (255, 255, 255)


def test_png_shows_the_rosette_of_the_digest() -> None:
    """The line's points are dark: 340 pixels wide, its middle at (300, 210)."""
    picture = Image.open(io.BytesIO(badge_png(VIEW))).convert("L")
    scale = 340 / 1000
    points = bands(VIEW.digest)[0].polyline(6)
    near = [(dx, dy) for dx in (-1, 0, 1) for dy in (-1, 0, 1)]
    inked = [
        any(_grey(picture, 300 + x * scale + dx, 210 + y * scale + dy) < 215 for dx, dy in near) for x, y in points
    ]
    assert all(inked)
    assert _grey(picture, 40, 40) == 255


def _grey(picture: Image.Image, x: float, y: float) -> int:
    value: Any = picture.getpixel((round(x), round(y)))
    return int(value)


def test_another_digest_is_another_picture() -> None:
    other = replace(VIEW, digest=bytes(32))
    assert badge_png(VIEW) != badge_png(other)
    assert badge_svg(VIEW) != badge_svg(other)
    assert badge_png(VIEW) == badge_png(VIEW)


def test_svg_is_sound_and_needs_nothing_from_elsewhere() -> None:
    root = fromstring(badge_svg(replace(VIEW, title="R & <D>")), forbid_dtd=True)
    assert root.tag == f"{NAMESPACE}svg"
    assert root.findtext(f"{NAMESPACE}title") == "R & <D> · Johns Hopkins University (demonstration)"
    assert not list(root.iter(f"{NAMESPACE}text")), "letters are outlines"
    for element in root.iter():
        assert element.tag.removeprefix(NAMESPACE) not in ("script", "style", "image", "foreignObject")
        for name, value in element.attrib.items():
            assert not name.startswith("on")
            assert name != "style"
            assert not (name.endswith("href") and not value.startswith("#"))
    assert len(root.findall(f"{NAMESPACE}svg/{NAMESPACE}g/{NAMESPACE}path")) == 4


@pytest.mark.parametrize("name", ["long", "course", "arabic", "hostile"])
def test_every_sort_of_certificate(name: str) -> None:
    view = samples.views()[name]
    assert Image.open(io.BytesIO(badge_png(view, lang="ar"))).size == (SIDE, SIDE)


def test_letters_without_font_are_refused() -> None:
    with pytest.raises(MissingGlyphs):
        badge_png(replace(VIEW, title="සිංහල"))
    with pytest.raises(MissingGlyphs):
        badge_svg(replace(VIEW, title="සිංහල"))
