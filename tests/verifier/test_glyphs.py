"""The data of UTS #39 as they come with a package: are they those that matter, and in the right direction?"""

import pytest

from verifier.glyphs import invisible, mixed_scripts, skeleton, skeleton_as_written, with_digits_as_letters

# Letter -> what is taken for it: Cyrillic, Greek, Armenian, Latin beyond ASCII, mathematical, full width.
TAKEN_FOR = {
    "a": "\u0430\u03b1\u0251\u1d00\uff41\U0001d41a",
    "c": "\u0441\u03f2\u217d\uff43\u1d04",
    "d": "\u0501\u217e\U0001d41d",
    "e": "\u0435\u212f\uff45",
    "g": "\u0261\u0581",
    "h": "\u04bb\u0570\u210e",
    "i": "\u0456\u03b9\u2170\u0131",
    "j": "\u0458\u03f3",
    "k": "\u043a\u03ba\u1d0b\U0001d424",
    "l": "\u217c\uff4c\u04c0\u0399I1|",
    "m": "\u217f\uff4d\u043c",
    "n": "\u0578\uff4e",
    "o": "\u043e\u03bf\u0585\u1d0f\u06f50",
    "p": "\u0440\u03c1\uff50",
    "q": "\u051b",
    "r": "\u0433\uff52",
    "s": "\u0455\uff53",
    "t": "\u0442\u03c4\uff54",
    "u": "\u03c5\u057d\uff55",
    "v": "\u03bd\u2174\u0475\uff56",
    "w": "\u051d\u0461\uff57",
    "x": "\u0445\u2179\uff58",
    "y": "\u0443\u03b3\uff59",
}


@pytest.mark.parametrize("letter", TAKEN_FOR)
def test_letters_that_are_taken_for_latin_ones(letter: str) -> None:
    for other in TAKEN_FOR[letter]:
        as_read = {with_digits_as_letters(skeleton(other)), with_digits_as_letters(skeleton_as_written(other))}
        assert with_digits_as_letters(skeleton(letter)) in as_read, f"U+{ord(other):04X} for {letter}"


def test_latin_letters_are_not_taken_for_one_another() -> None:
    letters = "abcdefghijklmnopqrstuvwxyz"
    assert len({skeleton(letter) for letter in letters}) == len(letters)


def test_two_letters_for_one() -> None:
    assert skeleton("rnit") == skeleton("mit")
    assert skeleton("vvaseda") == skeleton("waseda")
    assert skeleton("carnbriclge") == skeleton("cambridge")


def test_capitals_are_taken_for_what_they_look_like() -> None:
    assert skeleton_as_written("lnternational") == skeleton_as_written("International")
    assert skeleton("lnternational") != skeleton("International")


def test_accents_case_and_what_cannot_be_seen_do_not_count() -> None:
    assert skeleton("H\u00c1R\u200bv\u0430rd") == skeleton("harvard")


def test_invisible_and_mixed() -> None:
    assert invisible("\ufeffa\u00adb\x00") == ("U+FEFF", "U+00AD", "U+0000")
    assert invisible("Zo\u00eb \u00dcnl\u00fc-Beispiel") == ()
    assert mixed_scripts("H\u0430rvard") == ("H\u0430rvard", ("Latin", "Cyrillic"))
    assert mixed_scripts("\u041f\u0440\u0438\u0432\u0435\u0442 world") is None
