"""Every sentence that a decision can say, in one place. English templates; `templates.i18n` says them in others.

A reason's code is stable and for machines. What a learner can do about it stands in the sentence, or in the
reason after it (`take`, `take_again`, `no_session`, `not_offered`). Each text is a literal inside `Message(…)`: so the
message catalogues find it.
"""

from collections.abc import Mapping
from datetime import date
from decimal import Decimal

from issuer.decisions import Reason
from issuer.facts import plain
from issuer.number_words import number_word, period_in_words
from issuer.periods import Period
from templates.messages import Message

# Written out, so that each is a text that can be translated. A tag that is not here is shown as it is.
_LANGUAGES: Mapping[str, Message] = {
    "ar": Message("Arabic"),
    "bn": Message("Bengali"),
    "de": Message("German"),
    "el": Message("Greek"),
    "en": Message("English"),
    "es": Message("Spanish"),
    "fr": Message("French"),
    "he": Message("Hebrew"),
    "hi": Message("Hindi"),
    "id": Message("Indonesian"),
    "it": Message("Italian"),
    "ja": Message("Japanese"),
    "ko": Message("Korean"),
    "nl": Message("Dutch"),
    "pl": Message("Polish"),
    "pt": Message("Portuguese"),
    "ru": Message("Russian"),
    "th": Message("Thai"),
    "tr": Message("Turkish"),
    "uk": Message("Ukrainian"),
    "vi": Message("Vietnamese"),
    "zh": Message("Chinese"),
}


def language_name(tag: str) -> Message | str:
    return _LANGUAGES.get(tag, tag)


def dollars(amount: Decimal) -> str:
    """`$49`, and `$49.50` where there are cents."""
    return f"${amount:.0f}" if amount == amount.to_integral_value() else f"${amount:.2f}"


# --- a requirement that is met -----------------------------------------------------------------------------


def certified(language: str, on: date) -> Reason:
    return Reason("certified", Message("Certified in {language} on {date}", **_in(language), date=on))


def certified_by_equivalence(language: str, on: date, course: str) -> Reason:
    return Reason(
        "certified_by_equivalence",
        Message(
            "Certified in {language} on {date} by {course}, which counts for this course",
            **_in(language),
            date=on,
            course=course,
        ),
    )


def also_certified(language: str, on: date) -> Reason:
    return Reason(
        "also_certified",
        Message("Also certified in {language} on {date}; that certificate stays valid", **_in(language), date=on),
    )


def substituted(on: date) -> Reason:
    return Reason(
        "substituted", Message("The certificate of {date} is revoked; another one counts in its place", date=on)
    )


# --- why no certificate meets it ---------------------------------------------------------------------------


def not_taken() -> Reason:
    return Reason("not_taken", Message("Not taken"))


def in_progress(session: date | str) -> Reason:
    return Reason("in_progress", Message("In progress in the session of {session}", session=session))


def failed(session: date | str) -> Reason:
    return Reason("failed", Message("Failed in the session of {session}", session=session))


def fee_unpaid(on: date, fee: Decimal) -> Reason:
    return Reason(
        "fee_unpaid",
        Message("Passed on {date}, but not paid: pay {fee} for the certificate", date=on, fee=dollars(fee)),
    )


def identity_not_verified(on: date) -> Reason:
    return Reason(
        "identity_not_verified",
        Message("Passed on {date}, but the identity is not verified: verify it to get the certificate", date=on),
    )


def revoked(on: date) -> Reason:
    return Reason("revoked", Message("The certificate of {date} is revoked", date=on))


def dated_later(on: date) -> Reason:
    return Reason("dated_later", Message("Passed on {date}, which is after the day of this decision", date=on))


def below_grade(on: date, grade: Decimal | None, needed: Decimal) -> Reason:
    if grade is None:
        return Reason(
            "below_grade",
            Message("Passed on {date} without a grade; {needed} are needed", date=on, needed=plain(needed)),
        )
    return Reason(
        "below_grade",
        Message(
            "Passed on {date} with {grade}; {needed} are needed", date=on, grade=plain(grade), needed=plain(needed)
        ),
    )


def expired(on: date, period: Period) -> Reason:
    return Reason(
        "expired", Message("The certificate of {date} is older than {period}", date=on, period=period_in_words(period))
    )


def not_needed(needed: int, total: int) -> Reason:
    if needed == 1:
        return Reason("not_needed", Message("Not needed: one of {total} is enough", total=number_word(total)))
    return Reason(
        "not_needed",
        Message("Not needed: {needed} of {total} are enough", needed=number_word(needed), total=number_word(total)),
    )


def other_language(done_in: str, on: date, wanted: str) -> Reason:
    return Reason(
        "other_language",
        Message(
            "Certified in {done_in} on {date}, but not in {language}",
            done_in=language_name(done_in),
            date=on,
            **_in(wanted),
        ),
    )


def other_language_attempt(done_in: tuple[str, ...], wanted: str) -> Reason:
    names = tuple(language_name(tag) for tag in done_in)
    return Reason(
        "other_language_attempt", Message("Tried in {done_in}, but not in {language}", done_in=names, **_in(wanted))
    )


# --- what can be done --------------------------------------------------------------------------------------


def take(session: date, fee: Decimal, language: str | None, *, again: bool) -> Reason:
    """The session that can be joined next (F4, F5), and what its certificate costs."""
    values: dict[str, str | date | Message] = {"session": session, "fee": dollars(fee)}
    if language is not None:
        values["language"] = language_name(language)
    match again, language:
        case True, None:
            said = Message("May be taken again in the session of {session}; the certificate costs {fee}", **values)
        case False, None:
            said = Message("May be taken in the session of {session}; the certificate costs {fee}", **values)
        case True, str():
            said = Message(
                "May be taken again in {language} in the session of {session}; the certificate costs {fee}", **values
            )
        case _:
            said = Message(
                "May be taken in {language} in the session of {session}; the certificate costs {fee}", **values
            )
    return Reason("take_again" if again else "take", said)


def no_session(language: str | None) -> Reason:
    if language is None:
        return Reason("no_session", Message("No later session is announced yet"))
    return Reason("no_session", Message("No later session in {language} is announced yet", **_in(language)))


def not_offered(language: str) -> Reason:
    return Reason("not_offered", Message("Not offered in {language}", **_in(language)))


# --- the program as a whole --------------------------------------------------------------------------------


def program_fee_paid(enrolled_on: date) -> Reason:
    return Reason("program_fee_paid", Message("The program fee is paid; enrolled on {date}", date=enrolled_on))


def program_fee_unpaid(fee: Decimal) -> Reason:
    return Reason("program_fee_unpaid", Message("The program fee is not paid: pay {fee}", fee=dollars(fee)))


def not_active_yet(version: int, active_from: date) -> Reason:
    return Reason(
        "not_active_yet",
        Message(
            "Version {version} of the program is not active before {date}: nobody is awarded yet",
            version=version,
            date=active_from,
        ),
    )


def no_longer_active(version: int, active_until: date) -> Reason:
    return Reason(
        "no_longer_active",
        Message(
            "Version {version} of the program was active until {date}: nobody is awarded any more",
            version=version,
            date=active_until,
        ),
    )


def other_full_languages(others: tuple[str, ...], chosen: str) -> Reason:
    names = tuple(language_name(tag) for tag in others)
    return Reason(
        "other_full_languages",
        Message("Complete in {others} too; one award is made, in {language}", others=names, **_in(chosen)),
    )


def remaining_cost(amount: Decimal) -> Reason:
    return Reason("remaining_cost", Message("{amount} remains to be paid", amount=dollars(amount)))


def progress(language: str | None, done: int, missing: tuple[str | Message, ...], total: int) -> Message:
    """How far it is, and what is missing: "In Spanish 4 of 5 are done; missing: Capstone"."""
    if language is None:
        return Message("{done} of {total} are done; missing: {missing}", done=done, total=total, missing=missing)
    return Message(
        "In {language} {done} of {total} are done; missing: {missing}",
        **_in(language),
        done=done,
        total=total,
        missing=missing,
    )


def one_language(program: str, languages: tuple[str, ...]) -> Reason:
    return Reason(
        "one_language",
        Message(
            "{program} is completed in one language, of these: {languages}",
            program=program,
            languages=tuple(map(language_name, languages)),
        ),
    )


def language_progress(message: Message) -> Reason:
    return Reason("language_progress", message)


def program_fee() -> Message:
    return Message("the program fee")


def program_fee_of(program: str) -> Message:
    return Message("the program fee of {program}", program=program)


def _in(language: str) -> dict[str, Message | str]:
    return {"language": language_name(language)}
