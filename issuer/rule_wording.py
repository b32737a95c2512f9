"""A program's rule in plain words: what has to be done, as a reader says it.

    >>> sentence(program, catalogue)
    'All of these nine courses and the capstone, in one language, with a verified identity and the fee paid for each:
    The Data Scientist’s Toolbox, R Programming, … and Data Science Capstone.'

`outline` gives the same as lines, for a list. Both ask for nothing but the program and the catalogue, and are said in
the reader's language; titles stand in `language`, or as the catalogue falls back.
"""

from collections.abc import Iterator
from dataclasses import dataclass

from issuer.catalogue import Catalogue, Program
from issuer.number_words import number_word, period_in_words
from issuer.reasons import dollars, language_name
from issuer.rules import (
    AllOf,
    CapstoneRule,
    Constraint,
    CourseRule,
    EarnedWithin,
    FeePaid,
    IdentityVerified,
    MinimumGrade,
    NOf,
    ProgramFeePaid,
    ProgramRule,
    Rule,
    SingleLanguage,
)
from templates.i18n import say
from templates.messages import Message


@dataclass(frozen=True)
class Line:
    """`level` 0 is the heading, 1 what it asks for, 2 what one of these asks for, …"""

    level: int
    message: Message

    def said(self, reader: str) -> str:
        """In the reader's language, beginning with a capital where there are any."""
        return _capital(say(self.message, reader))


def sentence(program: Program, catalogue: Catalogue, language: str | None = None, *, reader: str = "en") -> str:
    """All of it as one sentence. `language`: the one that it is completed in, None when that is open."""
    wording = _Wording(catalogue, language)
    heading = wording.heading(program, ())
    said = Message("{heading}: {items}.", heading=heading, items=wording.items(program.rule, program.constraints))
    return _capital(say(said, reader))


def outline(program: Program, catalogue: Catalogue, language: str | None = None) -> tuple[Line, ...]:
    """The heading, then a line for each course, capstone, choice and nested program, in the order written."""
    wording = _Wording(catalogue, language)
    heading = Message("{heading}:", heading=wording.heading(program, ()))
    return (Line(0, heading), *wording.lines(program.rule, program.constraints, 1))


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]


@dataclass(frozen=True)
class _Wording:
    catalogue: Catalogue
    language: str | None

    def heading(self, program: Program, outer: tuple[Constraint, ...]) -> Message:
        """ "all of these nine courses and the capstone, in one language": what an outer program asks anyway is left
        out."""
        said = _what(program.rule)
        for condition in self._conditions(program, outer):
            said = Message("{one}, {other}", one=said, other=condition)
        return said

    def items(self, rule: Rule, outer: tuple[Constraint, ...]) -> tuple[Message, ...]:
        """What stands under the heading of a rule, each in one breath."""
        return tuple(self._item(child, outer) for child in _parts(rule))

    def lines(self, rule: Rule, outer: tuple[Constraint, ...], level: int) -> Iterator[Line]:
        for child in _parts(rule):
            match child:
                case CourseRule(code) | CapstoneRule(code):
                    yield Line(level, self._title(code))
                case ProgramRule():
                    nested = self._nested(child)
                    heading = Message(
                        "the program {title}: {heading}:",
                        title=nested.title(self.language),
                        heading=self.heading(nested, outer),
                    )
                    yield Line(level, heading)
                    yield from self.lines(nested.rule, (*outer, *nested.constraints), level + 1)
                case _:
                    yield Line(level, Message("{heading}:", heading=_what(child)))
                    yield from self.lines(child, outer, level + 1)

    def _item(self, rule: Rule, outer: tuple[Constraint, ...]) -> Message:
        match rule:
            case CourseRule(code) | CapstoneRule(code):
                return self._title(code)
            case ProgramRule():
                nested = self._nested(rule)
                return Message(
                    "the program {title} ({heading}: {items})",
                    title=nested.title(self.language),
                    heading=self.heading(nested, outer),
                    items=self.items(nested.rule, (*outer, *nested.constraints)),
                )
        return Message("{heading} ({items})", heading=_what(rule), items=self.items(rule, outer))

    def _title(self, code: str) -> Message:
        return Message("{title}", title=self.catalogue.courses[code].title(self.language))

    def _nested(self, rule: ProgramRule) -> Program:
        return self.catalogue.programs[rule.code, rule.version]

    def _conditions(self, program: Program, outer: tuple[Constraint, ...]) -> Iterator[Message]:
        own = [one for one in program.constraints if one not in outer or one == ProgramFeePaid()]
        for one in own:
            if isinstance(one, SingleLanguage) and (
                one.languages or not any(isinstance(other, SingleLanguage) for other in outer)
            ):
                yield self._one_language(one)
        match IdentityVerified() in own, FeePaid() in own:
            case True, True:
                yield Message("with a verified identity and the fee paid for each")
            case True, False:
                yield Message("with a verified identity for each")
            case False, True:
                yield Message("with the fee paid for each")
        for one in own:
            match one:
                case MinimumGrade(grade):
                    yield Message("each with a grade of at least {grade}", grade=grade)
                case EarnedWithin(period):
                    yield Message("no certificate older than {period}", period=period_in_words(period))
                case ProgramFeePaid():
                    yield Message("with the program fee of {fee} paid", fee=dollars(program.fee))

    def _one_language(self, single: SingleLanguage) -> Message:
        if self.language is not None:
            return Message("in {language}", language=language_name(self.language))
        if len(single.languages) == 1:
            return Message("in {language}", language=language_name(single.languages[0]))
        if single.languages:
            names = tuple(map(language_name, single.languages))
            return Message("in one language, of these: {languages}", languages=names)
        return Message("in one language")


def _parts(rule: Rule) -> tuple[Rule, ...]:
    """What a reader sees under one heading: an `all_of` inside an `all_of` is no level of its own, and a choice
    without a choice is none."""
    match rule:
        case AllOf(children):
            return tuple(part for child in children for part in (_parts(child) if _asks_for_all(child) else (child,)))
        case NOf(_, children) if _asks_for_all(rule):
            return _parts(AllOf(children))
        case NOf(_, children):
            return children
    return (rule,)


def _asks_for_all(rule: Rule) -> bool:
    return isinstance(rule, AllOf) or (isinstance(rule, NOf) and rule.needed == len(rule.children))


def _what(rule: Rule) -> Message:
    parts = _parts(rule)
    courses = sum(isinstance(part, CourseRule) for part in parts)
    capstones = sum(isinstance(part, CapstoneRule) for part in parts)
    number = number_word(len(parts))
    if isinstance(rule, NOf) and not _asks_for_all(rule):
        if rule.needed == 1:
            if courses == len(parts):
                return Message("any one of these {number} courses", number=number)
            return Message("any one of these {number} options", number=number)
        needed = number_word(rule.needed)
        if courses == len(parts):
            return Message("any {needed} of these {number} courses", needed=needed, number=number)
        return Message("any {needed} of these {number} options", needed=needed, number=number)
    if courses == len(parts):
        return Message("this course") if courses == 1 else Message("all of these {number} courses", number=number)
    if courses and capstones == 1 and courses + 1 == len(parts):
        if courses == 1:
            return Message("this course and the capstone")
        return Message("all of these {number} courses and the capstone", number=number_word(courses))
    if capstones == len(parts) == 1:
        return Message("this capstone")
    return Message("this") if len(parts) == 1 else Message("all of these {number} requirements", number=number)
