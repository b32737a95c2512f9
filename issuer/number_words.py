"""Numbers and periods as a sentence says them: "two of three", "18 months".

>>> str(number_word(9)), str(number_word(12))
('nine', '12')
>>> from issuer.periods import parsed
>>> str(period_in_words(parsed("P1Y6M")))
'one year and six months'
"""

from typing import Final

from issuer.periods import Period
from templates.messages import Message

# Up to ten a number is a word; longer ones are easier to read in digits.
_WORDS: Final = (
    Message("one"),
    Message("two"),
    Message("three"),
    Message("four"),
    Message("five"),
    Message("six"),
    Message("seven"),
    Message("eight"),
    Message("nine"),
    Message("ten"),
)


def number_word(number: int) -> Message | str:
    """A whole number from 1: the word up to ten, then digits."""
    return _WORDS[number - 1] if 1 <= number <= len(_WORDS) else str(number)


def period_in_words(period: Period) -> Message:
    """Each unit that it has. A text per form and unit, as languages have up to four forms: one, two, up to ten (where
    `number` is a word), more (where `count` is digits)."""
    said = [_counted(period.years, _YEARS), _counted(period.months, _MONTHS)]
    said += [_counted(period.weeks, _WEEKS), _counted(period.days, _DAYS)]
    found = tuple(one for one in said if one is not None)
    return found[0] if len(found) == 1 else Message("{periods}", periods=found)


_Forms = tuple[Message, Message, Message, Message]

# The last two have their value put in when it is known.
_YEARS: _Forms = (Message("one year"), Message("two years"), Message("{number} years"), Message("{count} years"))
_MONTHS: _Forms = (Message("one month"), Message("two months"), Message("{number} months"), Message("{count} months"))
_WEEKS: _Forms = (Message("one week"), Message("two weeks"), Message("{number} weeks"), Message("{count} weeks"))
_DAYS: _Forms = (Message("one day"), Message("two days"), Message("{number} days"), Message("{count} days"))


def _counted(number: int, forms: _Forms) -> Message | None:
    one, two, few, many = forms
    if number <= 2:
        return (None, one, two)[number]
    if number <= len(_WORDS):
        return Message(few.text, number=number_word(number))
    return Message(many.text, count=str(number))
