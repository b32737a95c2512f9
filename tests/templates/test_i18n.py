"""Words in the reader's language, and catalogues that lack none of them."""

from datetime import UTC, date, datetime, timedelta, timezone
from decimal import Decimal
from pathlib import Path

import pytest
from babel.messages.catalog import Catalog
from babel.messages.pofile import read_po

from templates.i18n import CATALOGUES, LANGUAGES, negotiate, say, translator
from templates.languages import closest, day, direction, enumeration, language_name, moment
from templates.locale.collect import collect, main, updated
from templates.messages import Message


def catalogue(language: str) -> Catalog:
    with (CATALOGUES / language / "LC_MESSAGES" / "testamur.po").open("rb") as source:
        return read_po(source, locale=language)


def test_message_is_english() -> None:
    message = Message("Revoked on {date}: {reason}", date=date(2026, 3, 2), reason="grade {corrected}")
    assert str(message) == "Revoked on 2 March 2026: grade {corrected}"
    assert say(message, "en") == str(message)


def test_values_are_written_as_the_language_does() -> None:
    values = {"date": date(2026, 3, 2)}
    assert say(Message("Revoked on {date}", **values), "es") == "Revocado el 2 de marzo de 2026"
    assert say(Message("with {partners}", partners=("A", "B", "C")), "es") == "con A, B y C"
    assert str(Message("{a}", a=("A", "B", "C"))) == "A, B and C"
    assert str(Message("{a}", a=Decimal("1234.50"))) == "1,234.50"
    assert str(Message("{a}", a=datetime(2026, 3, 2, 23, 30, tzinfo=timezone(timedelta(hours=-5))))) == "3 March 2026"


def test_messages_inside_messages_are_said_too() -> None:
    message = Message("{status}: {reason}", status=Message("Revoked on {date}", date=date(2026, 3, 2)), reason="x")
    assert say(message, "es") == "Revocado el 2 de marzo de 2026: x"


def test_an_untranslated_text_is_english_with_its_dates() -> None:
    assert say(Message("Nobody ever said {date}.", date=date(2026, 3, 2)), "es") == "Nobody ever said 2 March 2026."


def test_a_text_without_words_is_in_every_language() -> None:
    assert say(Message("{title}: {parts}.", title="R", parts=("a", "b")), "es") == "R: a y b."


def test_a_translation_that_asks_for_too_much_is_passed_over() -> None:
    assert Message("{a}", a=1).said("es", lambda text: "{b}") == "1"
    with pytest.raises(KeyError):
        str(Message("{b}", a=1))


def test_empty_text_is_not_the_catalogues_header() -> None:
    assert say("", "es") == ""
    assert say(Message(""), "es") == ""


def test_unknown_language_is_english() -> None:
    assert say(Message("Revoked"), "xx-YY") == "Revoked"
    assert say("Revoked", "es-419") == "Revocado"
    assert translator("xx").ngettext("one", "many", 2) == "many"


@pytest.mark.parametrize(
    ("header", "language"),
    [
        ("fr-CA, es;q=0.8, en;q=0.2", "es"),
        ("es;q=0.2, en;q=0.8", "en"),
        ("es-MX", "es"),
        ("AR", "ar"),
        ("es;q=0", "en"),
        ("es;q=zzz", "en"),
        ("*", "en"),
        ("xx", "en"),
        ("", "en"),
        (None, "en"),
        ("x" * 100_000 + ",es", "en"),
    ],
)
def test_negotiate(header: str | None, language: str) -> None:
    assert negotiate(header) == language


def test_directions() -> None:
    assert {tag: direction(tag) for tag in ("ar", "he", "fa-IR", "ur", "pa-Arab")} == dict.fromkeys(
        ("ar", "he", "fa-IR", "ur", "pa-Arab"), "rtl"
    )
    assert {direction(tag) for tag in ("en", "es", "zh", "pa", "xx", "", "../..")} == {"ltr"}


def test_dates_cannot_be_misread() -> None:
    assert day(date(2026, 3, 2), "en") == day(date(2026, 3, 2), "en-US") == "2 March 2026"
    assert day(date(2026, 3, 2), "es") == "2 de marzo de 2026"
    assert moment(datetime(2026, 3, 2, 14, 5, tzinfo=UTC), "en") == "2 March 2026, 14:05 UTC"


def test_names_of_languages() -> None:
    assert language_name("zh", "en") == "Chinese"
    assert language_name("pt-BR", "es") == "portugués (Brasil)"
    assert language_name("mul", "en") == "multiple languages"
    assert language_name("no such tag", "en") == "no such tag"
    assert closest("es-MX") == "es"
    assert enumeration([], "en") == ""


def test_english_catalogue_has_every_text() -> None:
    english, wanted = catalogue("en"), collect()
    assert {message.id for message in wanted} == {message.id for message in english}
    assert "certifies that" in wanted
    assert "Genuine" in wanted


@pytest.mark.parametrize("language", ["es", "ar"])
def test_pages_are_translated(language: str) -> None:
    """Everything that `templates` itself says; what the services say may still be English."""
    translated = catalogue(language)
    missing = [m.id for m in collect(only=["templates"]) if m.id and not translated[m.id].string]
    assert missing == []


@pytest.mark.parametrize("language", sorted(LANGUAGES))
def test_translations_use_the_same_values(language: str) -> None:
    for message in catalogue(language):
        assert not [str(error) for error in message.check()]


@pytest.mark.parametrize("language", sorted(LANGUAGES))
def test_catalogues_are_up_to_date(language: str) -> None:
    path = CATALOGUES / language / "LC_MESSAGES" / "testamur.po"
    assert updated(language, collect()) == path.read_text("utf-8"), "run: python -m templates.locale.collect"


def test_an_update_keeps_translations_and_drops_texts_that_are_gone() -> None:
    texts = Catalog()
    texts.add("Revoked")
    texts.add("Something new")
    written = updated("es", texts)
    assert 'msgid "Revoked"\nmsgstr "Revocado"' in written
    assert 'msgid "Something new"\nmsgstr ""' in written
    assert "Suspend" not in written


def test_collecting_sees_messages_errors_hints_and_pages(tmp_path: Path) -> None:
    (tmp_path / "vc").mkdir()
    (tmp_path / "vc" / "a.py").write_text(
        'raise ProofInvalid("one {a}", a=1)\nraise IssuerError("two", hint="three")\n'
        'Message("four" if a else "five")\nother("six")\nMessage(seven)\n'
    )
    assert {m.id for m in collect(tmp_path)} == {"", "one {a}", "two", "three", "four", "five"}


def test_checking_says_what_is_stale(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--check"]) == 0
    assert capsys.readouterr().out == ""
