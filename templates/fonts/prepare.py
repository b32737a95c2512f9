"""Takes the fonts from their packages into this folder and, as WOFF2, into `static/fonts`.

Run by hand when a font is to be renewed, with the folders into which the packages named in FONTS.md were unpacked:

    python templates/fonts/prepare.py UNPACKED_DEBS UNPACKED_SOURCE_SANS

Source Sans is copied as it is, for its licence reserves its name. Of the others hinting is dropped (neither a PDF nor
today's screens use it), and Noto Serif, which only steps in for letters that EB Garamond lacks, keeps its Latin,
Greek and Cyrillic. Layout features all stay. It ends by printing the table of FONTS.md.
"""

import hashlib
import shutil
import sys
from pathlib import Path

from fontTools import subset
from fontTools.ttLib import TTFont

HERE = Path(__file__).parent
WEB = HERE.parent / "static" / "fonts"

NOTO = (
    *("NaskhArabic", "SerifArmenian", "SerifBengali", "SerifDevanagari", "SerifEthiopic", "SerifGeorgian"),
    *("SerifGujarati", "SerifGurmukhi", "SerifHebrew", "SerifKannada", "SerifMalayalam", "SerifTamil"),
    *("SerifTelugu", "SerifThai"),
)
EUROPEAN = [*range(0x20, 0x530), *range(0x1D00, 0x2070), *range(0x20A0, 0x20C0), *range(0x2C60, 0x2C80), 0x25CC]


def main(debian: Path, source_sans: Path) -> None:
    """Writes the files and prints a table of them."""
    fonts = debian / "usr/share/fonts"
    for style in ("Regular", "Italic"):
        name = f"EBGaramond12-{style}"
        shutil.copyfile(fonts / f"opentype/ebgaramond/{name}.otf", HERE / f"{name}.otf")
        _compress(HERE / f"{name}.otf", WEB / f"{name}.woff2")
    shutil.copyfile(source_sans / "OTF/SourceSans3-Regular.otf", HERE / "SourceSans3-Regular.otf")
    for weight in ("Regular", "Semibold"):
        shutil.copyfile(source_sans / f"WOFF2/TTF/SourceSans3-{weight}.ttf.woff2", WEB / f"SourceSans3-{weight}.woff2")
    for name in (*NOTO, "Serif"):
        source = fonts / f"truetype/noto/Noto{name}-Regular.ttf"
        _lighten(source, HERE / source.name, EUROPEAN if name == "Serif" else None)
        _compress(HERE / source.name, WEB / f"{source.stem}.woff2")
    for path in sorted([*HERE.glob("*.?tf"), *WEB.glob("*.woff2")]):
        place = path.relative_to(HERE.parent)
        print(f"| `{place}` | {path.stat().st_size:,} | `{hashlib.sha256(path.read_bytes()).hexdigest()}` |")


def _lighten(source: Path, target: Path, characters: list[int] | None) -> None:
    font = TTFont(source, recalcTimestamp=False)
    options = subset.Options(layout_features=["*"], name_IDs=["*"], name_languages=["*"], hinting=False)
    options.glyph_names = False
    options.notdef_outline = True
    subsetter = subset.Subsetter(options)
    subsetter.populate(unicodes=characters or font.getBestCmap().keys())
    subsetter.subset(font)
    font.save(target)


def _compress(source: Path, target: Path) -> None:
    font = TTFont(source, recalcTimestamp=False)
    font.flavor = "woff2"
    font.save(target)


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]))
