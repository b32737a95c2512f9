"""The ways to a program's award: one per language under the one-language rule (F8), else a single one.

First it is only counted how far each way is; what is to be said about the best one is `issuer.requirements`' to say.

Of the children of an `n_of` those are needed that are met, the ones that were complete first, then in the order
written; so a later certificate takes no earlier one's place. Where too few are met, the nearest of the others are
needed too: first what can be completed in the language at all, then the fewest open requirements, then the least to
pay, then the order written.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import NamedTuple

from issuer import reasons
from issuer.attempts import Attempt, nearest
from issuer.catalogue import Catalogue
from issuer.facts import Enrolment
from issuer.program_tree import AllNode, FeeNode, LeafNode, Node, ProgramNode, SomeNode
from templates.messages import Message

_NOTHING = Decimal(0)


class Mark(NamedTuple):
    """How one leaf stands in one language. `chosen`: the attempt that counts; `near`: one that still can; `barred`: its
    program does not allow the language; `dropped`: the `n_of` that does without it, and `settled`: that it is met;
    `among`: the languages of which one is still to be chosen, where `language` is None for that reason."""

    node: LeafNode | FeeNode
    language: str | None
    chosen: Attempt | None
    near: Attempt | None
    met: bool
    barred: bool
    dropped: SomeNode | None
    settled: bool = False
    among: frozenset[str] = frozenset()

    @property
    def missing(self) -> str | Message | None:
        """Its name, when it is needed and unmet."""
        if self.met or self.dropped is not None:
            return None
        if isinstance(self.node, LeafNode):
            return self.node.course.title()
        return reasons.program_fee_of(self.node.title) if self.node.nested else reasons.program_fee()


class Judged(NamedTuple):
    """A node in one language. `open`: needed requirements that are unmet, and what they cost; `done_on`: the day on
    which the last that is met was completed; `possible`: all of it is met, or can be in this language; `unsettled`:
    programs in it whose one language is still to be chosen, of which ones."""

    open: int
    cost: Decimal
    done_on: date
    possible: bool
    marks: tuple[Mark, ...]
    unsettled: tuple[tuple[ProgramNode, frozenset[str]], ...] = ()

    @property
    def needs(self) -> tuple[bool, ...]:
        """Of each mark whether it is needed; the marks of a tree stand in the same order in every language."""
        return tuple(one.dropped is None for one in self.marks)


@dataclass(frozen=True)
class Way:
    """The whole program judged in one language. `language` None: languages may be mixed, or none is begun."""

    language: str | None
    judged: Judged

    @property
    def full(self) -> bool:
        """Every requirement is met."""
        return not self.judged.open

    @property
    def _needed(self) -> list[Mark]:
        return [one for one in self.judged.marks if one.dropped is None and isinstance(one.node, LeafNode)]

    @property
    def done(self) -> int:
        """How many courses and capstones that are needed are met."""
        return sum(mark.met for mark in self._needed)

    @property
    def award_language(self) -> str | None:
        """The language; where languages may be mixed, the one that all certificates happen to share."""
        used = {mark.chosen.language for mark in self._needed if mark.chosen is not None}
        return self.language or (used.pop() if len(used) == 1 else None)

    @property
    def order(self) -> tuple[bool, int, Decimal, date, str]:
        """The documented order of languages: the smallest is chosen (see `issuer.eligibility`)."""
        judged = self.judged
        last = judged.done_on if judged.done_on > date.min else date.max
        return (not judged.possible, judged.open, judged.cost, last, self.language or "")

    def progress(self) -> Message:
        needed = self._needed
        missing = tuple(name for mark in self.judged.marks if (name := mark.missing) is not None)
        return reasons.progress(self.language, sum(mark.met for mark in needed), missing, len(needed))


@dataclass(frozen=True)
class Judge:
    """`attempts`: those that count for each leaf, by its number, in documented order; `paid`: by program, the
    enrolments that say that its fee is paid."""

    catalogue: Catalogue
    attempts: tuple[tuple[Attempt, ...], ...]
    paid: Mapping[str, Enrolment]

    def ways(self, node: ProgramNode) -> tuple[Way, ...]:
        """At least one, the best first."""
        if node.single is None:
            return (self._way(node, None),)
        tried = {one.completion.language for leaf in node.leaves for one in self.attempts[leaf.number]}
        if not tried:
            return self._fresh_ways(node)
        found = [self._way(node, language) for language in tried if node.allows(language)]
        if not any(way.judged.possible for way in found):
            # A new language is only worth telling to a learner who cannot go on in one that is begun.
            fresh = node.languages - tried or frozenset(node.single.languages) - tried
            found += [self._way(node, language) for language in fresh]
        return tuple(sorted(found, key=_order)) or (self._way(node, None),)

    def _fresh_ways(self, node: ProgramNode) -> tuple[Way, ...]:
        """With nothing tried, nothing can be met: one answer says so for every language that it is true of."""
        allowed = node.languages or (frozenset(node.single.languages) if node.single else frozenset())
        found = sorted((self._way(node, language) for language in allowed), key=_order)
        if not found:
            return (self._way(node, None),)
        # Judged in each, as a program that is nested may allow fewer languages than its courses are offered in.
        best = found[0].judged
        alike = [way for way in found if way.judged.possible and way.judged.needs == best.needs]
        if len(alike) < 2:
            return tuple(found)
        same = frozenset(way.language for way in alike if way.language is not None)
        marks = tuple(map(_undecided, zip(*(way.judged.marks for way in alike), strict=True)))
        return (Way(None, best._replace(marks=marks, unsettled=((node, same),))),)

    def _way(self, node: ProgramNode, language: str | None) -> Way:
        return Way(language, self._whole(node, language, barred=False))

    def _whole(self, node: ProgramNode, language: str | None, *, barred: bool) -> Judged:
        """The program's rule in that language, and its fee."""
        judged = self._judged(node.rule, language, barred)
        if node.fee is None:
            return judged
        met = node.fee.code in self.paid
        return judged._replace(
            open=judged.open + (not met),
            cost=judged.cost + (_NOTHING if met else node.fee.fee),
            marks=(*judged.marks, Mark(node.fee, None, None, None, met, False, None)),
        )

    def _judged(self, node: Node, language: str | None, barred: bool) -> Judged:
        match node:
            case LeafNode():
                return self._leaf(node, language, barred)
            case AllNode():
                return _together([self._judged(child, language, barred) for child in node.children])
            case SomeNode():
                return _chosen(node, [self._judged(child, language, barred) for child in node.children])
            case ProgramNode():
                if language is None and node.single is not None and not barred:
                    return self.ways(node)[0].judged
                return self._whole(
                    node, language, barred=barred or (language is not None and not node.allows(language))
                )
        raise TypeError(node)  # a fee stands beside a rule, never in it

    def _leaf(self, leaf: LeafNode, language: str | None, barred: bool) -> Judged:
        if barred:
            return Judged(1, leaf.course.fee, date.min, False, (Mark(leaf, language, None, None, False, True, None),))
        tries = self.attempts[leaf.number]
        here = tries if language is None else [one for one in tries if one.completion.language == language]
        for one in here:
            if not one.lacks:
                return Judged(
                    0, _NOTHING, one.completed_on, True, (Mark(leaf, language, one, None, True, False, None),)
                )
        near = nearest(here) if here else None
        mark = Mark(leaf, language, None, near, False, False, None)
        if near is not None:
            return Judged(1, self.fee(near, leaf), date.min, True, (mark,))
        return Judged(1, leaf.course.fee, date.min, language is None or language in leaf.course.titles, (mark,))

    def cost(self, mark: Mark) -> Decimal:
        """What this one adds to the cost of its way: the costs of all marks are the way's."""
        if mark.met or mark.dropped is not None:
            return _NOTHING
        if isinstance(mark.node, FeeNode):
            return mark.node.fee
        return mark.node.course.fee if mark.near is None else self.fee(mark.near, mark.node)

    def fee(self, attempt: Attempt, leaf: LeafNode) -> Decimal:
        """What is still to pay for the attempt itself, at the price of the course that was taken."""
        if attempt.completion.fee_paid or not leaf.demands.fee:
            return _NOTHING
        return self.catalogue.courses.get(attempt.completion.course, leaf.course).fee


def _undecided(marks: tuple[Mark, ...]) -> Mark:
    """The same leaf in each language that may still be chosen: what can be had in none of them, as in the first."""
    first = marks[0]
    if not isinstance(first.node, LeafNode):
        return first
    had = [one.language for one in marks if not one.barred and one.language is not None]
    among = frozenset(tag for tag in had if tag in first.node.course.titles)
    return first._replace(language=None, among=among) if among else first


def _together(children: list[Judged]) -> Judged:
    if not children:
        return Judged(1, _NOTHING, date.min, False, ())  # a rule that asks for nothing is met by nobody
    return Judged(
        sum(one.open for one in children),
        sum((one.cost for one in children), _NOTHING),
        max(one.done_on for one in children),
        all(one.possible for one in children),
        tuple(mark for one in children for mark in one.marks),
        tuple(one for child in children for one in child.unsettled),
    )


def _chosen(node: SomeNode, children: list[Judged]) -> Judged:
    """The children that are needed, and the marks of all."""
    order = sorted(range(len(children)), key=lambda number: _of_choice(children[number], number))
    needed = frozenset(order[: node.needed])
    together = _together([children[number] for number in order[: node.needed]])
    return together._replace(
        open=together.open + max(0, node.needed - len(children)),
        marks=tuple(
            mark if number in needed else mark._replace(dropped=node, settled=not together.open)
            for number, child in enumerate(children)
            for mark in child.marks
        ),
    )


def _of_choice(judged: Judged, number: int) -> tuple[bool, date, bool, int, Decimal, int]:
    if not judged.open:
        return (False, judged.done_on, False, 0, _NOTHING, number)
    return (True, date.min, not judged.possible, judged.open, judged.cost, number)


def _order(way: Way) -> tuple[bool, int, Decimal, date, str]:
    return way.order
