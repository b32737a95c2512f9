"""What can be said of the stylesheet, the scripts and the fonts without looking."""

import re
from hashlib import sha256
from pathlib import Path

import pytest

import templates

ROOT = Path(templates.__file__).parent
STATIC = templates.static_files()
CSS = (STATIC / "style.css").read_text("utf-8")

LIGHT = re.search(r":root \{(.*?)\n\}", CSS, re.DOTALL)
DARK = re.search(r"prefers-color-scheme: dark\) \{\s*:root \{(.*?)\}", CSS, re.DOTALL)


def colours(block: re.Match[str] | None) -> dict[str, str]:
    assert block is not None
    return dict(re.findall(r"--([\w-]+): (#[0-9a-f]{6});", block[1]))


def contrast(one: str, other: str) -> float:
    """WCAG 2.2 contrast ratio."""

    def luminance(colour: str) -> float:
        parts = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
        linear = [part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts]
        return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]

    high, low = sorted((luminance(one), luminance(other)), reverse=True)
    return (high + 0.05) / (low + 0.05)


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize(
    ("text", "ground"),
    [
        *((text, ground) for text in ("ink", "soft", "engraved") for ground in ("paper", "sheet")),
        *(("ink", f"{tone}-ground") for tone in ("genuine", "wrong", "unknown", "plain")),
        *((tone, f"{tone}-ground") for tone in ("genuine", "wrong", "unknown")),
        *((tone, ground) for tone in ("wrong", "unknown") for ground in ("paper", "sheet")),
        *(("engraved", f"{tone}-ground") for tone in ("wrong", "unknown")),
        ("on-engraved", "engraved"),
    ],
)
def test_text_stands_out_at_aaa(theme: str, text: str, ground: str) -> None:
    palette = colours(LIGHT if theme == "light" else DARK)
    assert contrast(palette[text], palette[ground]) >= 7


def test_fields_have_visible_edges() -> None:
    for palette in (colours(LIGHT), colours(DARK)):
        assert contrast(palette["edge"], palette["sheet"]) >= 3
        assert contrast(palette["edge"], palette["paper"]) >= 3


def test_margins_and_sides_are_logical() -> None:
    """A page in Arabic is the mirror image without a rule of its own."""
    physical = re.findall(
        r"[\s;{](?:(?:margin|padding|border)-(?:left|right)|left|right|float|text-align: (?:left|right))\s*:", CSS
    )
    assert physical == []
    assert not re.search(r"text-align: (left|right)", CSS)


def test_the_reader_decides() -> None:
    for feature in ("prefers-color-scheme", "prefers-contrast", "prefers-reduced-motion", "forced-colors", "print"):
        assert feature in CSS
    assert ":focus-visible" in CSS
    assert not re.search(r"outline: *(none|0)", CSS)


def test_nothing_comes_from_elsewhere() -> None:
    for path in [*STATIC.glob("*.css"), *STATIC.glob("*.js"), *(ROOT / "html").glob("*.html")]:
        source = path.read_text("utf-8")
        for address in re.findall(r"(?:url\(|import |src=|from )[\"']?([^\"')\s]+)", source):
            assert "//" not in address, (path, address)
        assert "data:" not in source


@pytest.mark.parametrize("name", re.findall(r'url\("([^"]+)"\)', CSS))
def test_every_font_of_the_stylesheet_is_there(name: str) -> None:
    assert (STATIC / name).is_file()


def test_scripts_neither_evaluate_nor_write_markup() -> None:
    for path in STATIC.glob("*.js"):
        source = path.read_text("utf-8")
        assert not re.search(
            r"\beval\b|innerHTML|outerHTML|document\.write|insertAdjacentHTML|\.style\b|new Function", source
        )


def test_the_camera_has_an_end() -> None:
    source = (STATIC / "scan.js").read_text("utf-8")
    assert "LIMIT" in source
    assert "Date.now() > until" in source
    assert "track.stop()" in source


def test_fonts_are_those_that_fonts_md_names() -> None:
    table = (ROOT / "fonts" / "FONTS.md").read_text("utf-8")
    said = dict(re.findall(r"^\| `([^`]+)` \| [\d,]+ \| `([0-9a-f]{64})` \|$", table, re.MULTILINE))
    found = [*(ROOT / "fonts").glob("*.?tf"), *(STATIC / "fonts").glob("*.woff2")]
    assert said == {str(path.relative_to(ROOT)): sha256(path.read_bytes()).hexdigest() for path in found}
    assert sum(path.stat().st_size for path in found) < 4_000_000


@pytest.mark.parametrize("family", ["EBGaramond.txt", "Noto.txt", "SourceSans3.md"])
def test_licences_stand_beside_the_fonts(family: str) -> None:
    assert "SIL OPEN FONT LICENSE" in (ROOT / "fonts" / f"OFL-{family}").read_text("utf-8")
