"""Sets Typst sources of this folder with data, in our own fonts; nothing is looked up elsewhere.

Data reaches a source as JSON in `sys.inputs.data` and never as source text, so nothing in a name can be markup.
Fonts are those of `templates/fonts` (FONTS.md) and, only when a Chinese, Japanese or Korean character is there, the
system's Noto Serif CJK. Typst leaves out silently what no font can show, therefore every character is looked up in
the fonts' tables first and `MissingGlyphs` is raised.

    >>> typesetter().families("Nadia Öztürk")[:2]
    ('EB Garamond 12', 'Source Sans 3')
"""

import json
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from pathlib import Path
from threading import Lock
from typing import Any, Literal

import typst
from fontTools import unicodedata as scripts
from fontTools.ttLib import TTCollection, TTFont

HERE = Path(__file__).parent

# Family and file, in the order in which a character is looked for. A script more is one line and two files more.
FACES: Mapping[str, str] = {
    "EB Garamond 12": "EBGaramond12-Regular.otf",
    "Source Sans 3": "SourceSans3-Regular.otf",
    "Noto Naskh Arabic": "NotoNaskhArabic-Regular.ttf",
    "Noto Serif Hebrew": "NotoSerifHebrew-Regular.ttf",
    "Noto Serif Devanagari": "NotoSerifDevanagari-Regular.ttf",
    "Noto Serif Bengali": "NotoSerifBengali-Regular.ttf",
    "Noto Serif Gujarati": "NotoSerifGujarati-Regular.ttf",
    "Noto Serif Gurmukhi": "NotoSerifGurmukhi-Regular.ttf",
    "Noto Serif Kannada": "NotoSerifKannada-Regular.ttf",
    "Noto Serif Malayalam": "NotoSerifMalayalam-Regular.ttf",
    "Noto Serif Tamil": "NotoSerifTamil-Regular.ttf",
    "Noto Serif Telugu": "NotoSerifTelugu-Regular.ttf",
    "Noto Serif Thai": "NotoSerifThai-Regular.ttf",
    "Noto Serif Ethiopic": "NotoSerifEthiopic-Regular.ttf",
    "Noto Serif Armenian": "NotoSerifArmenian-Regular.ttf",
    "Noto Serif Georgian": "NotoSerifGeorgian-Regular.ttf",
    "Noto Serif": "NotoSerif-Regular.ttf",
}

# Where systems keep Noto Serif CJK: Debian and Ubuntu, Fedora, Arch, Alpine.
CJK_FILE = "NotoSerifCJK-Regular.ttc"
CJK_FOLDERS = (
    Path("/usr/share/fonts/opentype/noto"),
    Path("/usr/share/fonts/google-noto-serif-cjk-fonts"),
    Path("/usr/share/fonts/noto-cjk"),
    Path("/usr/share/fonts/noto"),
)
_CJK_SCRIPTS = frozenset({"Hani", "Hira", "Kana", "Hang", "Bopo"})

# Invisible on purpose, so no glyph is needed: joiners, variation selectors, and the bidi controls that the sources
# show as labels.
_NEEDS_NO_GLYPH = frozenset({"Cc", "Cf", "Zl", "Zp", "Zs"})


class MissingGlyphs(Exception):
    """Some characters have no font here. `scripts` names them ("Han", "Tamil", …), `characters` lists them.

    The text says what to install; the message is in English, for an operator.
    """

    def __init__(self, characters: Sequence[str]) -> None:
        self.characters = tuple(dict.fromkeys(characters))
        codes = dict.fromkeys(scripts.script(character) for character in self.characters)
        self.scripts = tuple(scripts.script_name(code) for code in codes)
        shown = ", ".join(f"U+{ord(character):04X}" for character in self.characters[:8])
        cure = (
            "Install Noto Serif CJK (Debian and Ubuntu: fonts-noto-cjk) on the machine that makes the certificate."
            if _CJK_SCRIPTS.intersection(codes)
            else "Add a font for it to templates/fonts and to templates/typesetting.py (see FONTS.md)."
        )
        super().__init__(f"No font here can show {' and '.join(self.scripts)} characters ({shown}). {cure}")


@dataclass(frozen=True)
class Attachment:
    """A file to be attached to the PDF as an associated file. `data` is UTF-8 text, kept byte for byte."""

    name: str
    data: bytes
    mime_type: str
    description: str


class Typesetter:
    """Holds fonts and compilers, which are dear to set up and quick to use again. Safe for several threads."""

    def __init__(self, cjk_folders: Iterable[Path] = CJK_FOLDERS) -> None:
        self._cjk = next((folder for folder in cjk_folders if (folder / CJK_FILE).is_file()), None)
        self._compilers: dict[tuple[str, bool], typst.Compiler] = {}
        self._lock = Lock()

    def pdf(
        self,
        source: str,
        data: Mapping[str, Any],
        *,
        created: datetime,
        language: str = "en",
        attachment: Attachment | None = None,
    ) -> bytes:
        """The document as PDF/A-3a and PDF/UA-1, dated `created`, the same bytes for the same values.

        Raises `MissingGlyphs`."""
        attached = None if attachment is None else _attached(attachment)
        return self._compile(
            source,
            {**data, "attachment": attached},
            language,
            format="pdf",
            pdf_standards=["a-3a", "ua-1"],
            timestamp=created,
        )

    def picture(
        self,
        source: str,
        data: Mapping[str, Any],
        kind: Literal["png", "svg"],
        *,
        language: str = "en",
        pixels_per_inch: float = 72,
    ) -> bytes:
        """The document's only page as a picture. Raises `MissingGlyphs`."""
        return self._compile(source, data, language, format=kind, ppi=pixels_per_inch)

    def families(self, text: str, language: str = "en") -> tuple[str, ...]:
        """The font families for a text, in order of preference. Raises `MissingGlyphs`."""
        foreign = [character for character in text if not _shipped(character)]
        system = _characters(self._cjk / CJK_FILE) if foreign and self._cjk else frozenset()
        missing = [character for character in foreign if ord(character) not in system]
        if missing:
            raise MissingGlyphs(missing)
        return (*FACES, _cjk_family(text, language)) if foreign else tuple(FACES)

    def _compile(self, source: str, data: Mapping[str, Any], language: str, **options: Any) -> bytes:
        families = self.families("".join(_strings(data)), language)
        serif = [family for family in families if family != "Source Sans 3"]
        sans = ["Source Sans 3", *serif]
        inputs = {"data": json.dumps({**data, "serif": serif, "sans": sans}, ensure_ascii=False)}
        with self._lock:
            compiler = self._compiler(source, with_cjk=len(families) > len(FACES))
            made = compiler.compile(sys_inputs=inputs, **options)
        if not isinstance(made, bytes):  # Typst answers with a list when there is more than one page
            raise TypeError(f"{source} does not fit on one page")
        return made

    def _compiler(self, source: str, *, with_cjk: bool) -> typst.Compiler:
        if (source, with_cjk) not in self._compilers:
            folders = [HERE / "fonts", *([self._cjk] if with_cjk and self._cjk else [])]
            fonts = typst.Fonts(
                include_system_fonts=False,
                include_embedded_fonts=False,
                font_paths=[str(folder) for folder in folders],
            )
            self._compilers[source, with_cjk] = typst.Compiler(
                input=HERE / source, root=HERE, font_paths=fonts, ignore_system_fonts=True
            )
        return self._compilers[source, with_cjk]


@cache
def typesetter() -> Typesetter:
    """The one for this process, made when first asked for."""
    return Typesetter()


@cache
def _characters(path: Path) -> frozenset[int]:
    if path.suffix == ".ttc":
        with TTCollection(path, lazy=True) as collection:
            return frozenset(collection.fonts[0].getBestCmap())
    with TTFont(path, lazy=True) as font:
        return frozenset(font.getBestCmap())


def _shipped(character: str) -> bool:
    code = ord(character)
    if unicodedata.category(character) in _NEEDS_NO_GLYPH or 0xFE00 <= code <= 0xFE0F:
        return True
    return code in _shipped_characters()


@cache
def _shipped_characters() -> frozenset[int]:
    return frozenset().union(*(_characters(HERE / "fonts" / file) for file in FACES.values()))


def _cjk_family(text: str, language: str) -> str:
    """Han characters are drawn differently from place to place: the text's own letters tell, else the language."""
    found = {scripts.script(character) for character in text}
    primary, _, rest = language.lower().partition("-")
    if found & {"Hira", "Kana"} or primary == "ja":
        return "Noto Serif CJK JP"
    if "Hang" in found or primary == "ko":
        return "Noto Serif CJK KR"
    if "Bopo" in found or (primary == "zh" and {"hant", "tw", "hk", "mo"} & set(rest.split("-"))):
        return "Noto Serif CJK TC"
    return "Noto Serif CJK SC"


def _attached(attachment: Attachment) -> dict[str, str]:
    return {
        "name": attachment.name,
        "data": attachment.data.decode("utf-8"),
        "mime": attachment.mime_type,
        "description": attachment.description,
    }


def _strings(value: Any, name: str = "") -> Iterable[str]:
    """All texts that will be set. Drawings (`…_svg`) and the attachment are not text to be set."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, Mapping):
        for key, item in value.items():
            if key != "attachment" and not key.endswith("_svg"):
                yield from _strings(item, key)
    elif isinstance(value, list | tuple):
        for item in value:
            yield from _strings(item, name)
