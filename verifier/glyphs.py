"""How a text looks, apart from what it says (Unicode Technical Standard #39).

Two texts with one skeleton (section 4) can be taken for one another. The data are those of `confusables.txt` as the
package confusable-homoglyphs carries them; it has them in both directions, so the direction is found again here: every
letter points at one prototype, and a prototype is what several point at.

    >>> skeleton("m\\u0456t") == skeleton("mit")
    True
    >>> invisible("Har\\u202evard")
    ('U+202E',)
"""

import re
import unicodedata
from functools import cache
from typing import Literal

# UTS #39 calls these different; in the lower case of a domain nobody can tell. What stands for two letters comes last.
_ALIKE = str.maketrans(
    {
        **dict(zip("ĸᴋᴛɴʀʏɪʙʜᴏᴄᴠᴢꜱᴜıłøᴀᴇɢᴊʟᴘ", "kktnryibhocvzsuiloaegjlp", strict=True)),
        **dict.fromkeys("mᴍʍ", "rn"),
        **dict.fromkeys("wᴡ", "vv"),
        **dict.fromkeys("dđᴅ", "cl"),
    }
)
_DIGITS = str.maketrans("01345789|$@", "oleastbglsa")

# Scripts whose letters are mistaken for one another. East Asian writing mixes its own, and Latin, in one word
# (UTS #39 section 5.2, "highly restrictive").
_EAST_ASIAN = frozenset({"CJK", "HIRAGANA", "KATAKANA", "HANGUL", "BOPOMOFO"})
_SCRIPTS = _EAST_ASIAN | {
    *("LATIN", "CYRILLIC", "GREEK", "ARMENIAN", "GEORGIAN", "HEBREW", "ARABIC", "COPTIC", "CHEROKEE", "LISU"),
    *("DEVANAGARI", "BENGALI", "TAMIL", "TELUGU", "KANNADA", "MALAYALAM", "GUJARATI", "THAI", "ETHIOPIC", "KHMER"),
}

# Default-ignorable or blank characters that are no format characters (category Cf).
_BLANK = frozenset("\u034f\u115f\u1160\u17b4\u17b5\u180b\u180c\u180d\u2800\u3164\uffa0") | frozenset(
    map(chr, (*range(0xFE00, 0xFE10), *range(0xE0100, 0xE01F0)))
)
_JOINERS = "\u200c\u200d"  # part of spelling in Persian and in the scripts of India (RFC 5892 appendix A.1, A.2)


def skeleton(text: str) -> str:
    """UTS #39 section 4, without regard to case, accents or invisible characters."""
    return _once(_folded(text))


def skeleton_as_written(text: str) -> str:
    """The same, with capitals taken for what they look like: a capital I for a small L."""
    return _folded(_once(_bare(seen(text))))


def with_digits_as_letters(text: str) -> str:
    """For texts that are skeletons: 0 for o, 1 for l. `i` and `l` are one, because 1 stands for both."""
    return text.translate(_DIGITS).replace("i", "l")


def unaccented(text: str) -> str:
    """Without accents, and with compatibility forms (full width, ligatures) as the letters that they stand for."""
    return text if text.isascii() else _uncombined("NFKD", text)


def invisible(text: str) -> tuple[str, ...]:
    """Characters that cannot be seen or that change the order of what can, as "U+202E", each once."""
    found = []
    for position, letter in enumerate(text):
        if unicodedata.category(letter) in ("Cf", "Cc", "Co", "Cn") or letter in _BLANK:
            if letter in _JOINERS and _joins(text, position):
                continue
            found.append(f"U+{ord(letter):04X}")
    return tuple(dict.fromkeys(found))


def mixed_scripts(text: str) -> tuple[str, tuple[str, ...]] | None:
    """The first word with letters of scripts that are not written together, and the scripts' names."""
    for word in re.findall(r"\w+", text):
        scripts = dict.fromkeys(unicodedata.name(c, "").partition(" ")[0] for c in word if c.isalpha())
        mixed = [script for script in scripts if script in _SCRIPTS]
        if len(mixed) > 1 and not set(mixed) <= _EAST_ASIAN | {"LATIN"}:
            return word, tuple(script.capitalize() for script in mixed)
    return None


def seen(text: str) -> str:
    """Without what cannot be seen."""
    if text.isascii() and text.isprintable():
        return text
    return "".join(c for c in text if unicodedata.category(c) not in ("Cf", "Cc") and c not in _BLANK)


def _folded(text: str) -> str:
    return _bare(seen(text)).casefold()


def _bare(text: str) -> str:
    """Without accents, all letters left as they look: NFKD would make a sigma of what looks like a c."""
    return text if text.isascii() else _uncombined("NFD", text)


def _uncombined(form: Literal["NFD", "NFKD"], text: str) -> str:
    return "".join(c for c in unicodedata.normalize(form, text) if not unicodedata.combining(c))


def _once(text: str) -> str:
    prototypes = _prototypes()
    mapped = "".join(prototypes.get(c, c) for c in text)
    return unaccented(mapped).casefold().translate(_ALIKE)


def _joins(text: str, position: int) -> bool:
    """Whether a joiner stands between letters of a script that knows joiners."""
    before = text[position - 1 : position]
    name = unicodedata.name(before, "")
    return bool(before) and not name.startswith(("LATIN", "CYRILLIC", "GREEK", "ARMENIAN", "DIGIT", "SPACE"))


@cache
def _prototypes() -> dict[str, str]:
    """Letter -> what it looks like. Case is gone before, so what becomes a capital is folded by the caller."""
    # here: it reads a megabyte of JSON, which only who has lists to compare with needs
    from confusable_homoglyphs.confusables import confusables_data  # type: ignore[import-untyped]  # it has no types

    found = {}
    for letter, others in confusables_data.items():
        if len(letter) != 1 or len(others) != 1:
            continue
        other = others[0]["c"].strip("\u200e")
        back = confusables_data.get(other, confusables_data.get(others[0]["c"], ()))
        pair = len(back) == 1 and len(other) == 1
        if not pair or letter > other:  # of two alone, the one that was there first is the prototype
            found[letter] = other
    return found
