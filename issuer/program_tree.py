"""A program's rule with everything in place that judging it needs: nested programs unfolded, constraints handed down to
the courses, equivalents looked up, and each `n_of` with a name. It depends on no learner, so it is made once.

A nested program is judged in place: what the outer constraints ask of a completion is asked beside its own; its own
language rule and its own program fee hold for its part of the tree.

    >>> tree = unfolded(program, catalogue)
    >>> [leaf.code for leaf in tree.leaves]
    ['think-again', 'reasoning-capstone']
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from decimal import Decimal
from functools import reduce
from typing import Literal

from issuer.attempts import Demands
from issuer.catalogue import Catalogue, Course, Program
from issuer.decisions import Choice
from issuer.rules import (
    MOST_DEPTH,
    MOST_LEAVES,
    AllOf,
    CapstoneRule,
    CourseRule,
    NOf,
    ProgramFeePaid,
    ProgramRule,
    Rule,
    SingleLanguage,
)


class CircularProgram(ValueError):
    """A program is nested in itself. `issuer.catalogue_checks` lets no such catalogue in."""


class TooLarge(ValueError):
    """The tree has more leaves, or more levels, than is allowed; it was not unfolded any further."""


@dataclass(frozen=True, eq=False)
class LeafNode:
    """A course or capstone. `number`: its place among the leaves of the whole tree; `counting`: the codes whose
    certificates count for it; `choice`: the innermost `n_of` that it stands under."""

    number: int
    code: str
    kind: Literal["course", "capstone"]
    course: Course
    counting: frozenset[str]
    demands: Demands
    choice: Choice | None


@dataclass(frozen=True, eq=False)
class FeeNode:
    """A program's own fee. `nested`: it is not the fee of the program that is decided, but of one inside."""

    code: str
    title: str
    fee: Decimal
    nested: bool
    choice: Choice | None


@dataclass(frozen=True, eq=False)
class AllNode:
    children: tuple["Node", ...]


@dataclass(frozen=True, eq=False)
class SomeNode:
    needed: int
    children: tuple["Node", ...]


@dataclass(frozen=True, eq=False)
class ProgramNode:
    """The program itself, and each one nested in it. `languages`: those in which all of it is offered, and allowed;
    None when its constraints do not ask for one language."""

    program: Program
    rule: "Node"
    fee: FeeNode | None
    single: SingleLanguage | None
    languages: frozenset[str]
    leaves: tuple[LeafNode, ...]

    def allows(self, language: str) -> bool:
        return self.single is None or not self.single.languages or language in self.single.languages


Node = LeafNode | FeeNode | AllNode | SomeNode | ProgramNode


def unfolded(program: Program, catalogue: Catalogue) -> ProgramNode:
    """Raises `KeyError` for a course or nested program that the catalogue does not have, `CircularProgram` for a
    program that is nested in itself, `TooLarge` beyond `MOST_LEAVES` and `MOST_DEPTH` (which also bound the work: a
    program nested twice in one that is nested twice, and so on, would double with each)."""
    return _Unfolding(catalogue).program(program, Demands(), None, "1", ())


def programs_of(node: Node) -> Iterator[ProgramNode]:
    """The program, and all that are nested in it, from the outside in."""
    match node:
        case AllNode(children) | SomeNode(_, children):
            for child in children:
                yield from programs_of(child)
        case ProgramNode():
            yield node
            yield from programs_of(node.rule)


@dataclass
class _Unfolding:
    """One walk through the tree. `count`: how many leaves it has met."""

    catalogue: Catalogue
    count: int = 0

    def program(
        self, program: Program, demands: Demands, choice: Choice | None, place: str, outer: tuple[tuple[str, int], ...]
    ) -> ProgramNode:
        key = (program.code, program.version)
        if key in outer:
            raise CircularProgram(f"{program.code} version {program.version} is nested in itself")
        single = next((one for one in program.constraints if isinstance(one, SingleLanguage)), None)
        rule = self.node(program.rule, demands.also(program.constraints), choice, place, (*outer, key))
        fee = FeeNode(program.code, program.title(), program.fee, bool(outer), choice)
        offered = languages_of(rule)
        return ProgramNode(
            program=program,
            rule=rule,
            fee=fee if ProgramFeePaid() in program.constraints else None,
            single=single,
            languages=offered & set(single.languages) if single is not None and single.languages else offered,
            leaves=tuple(_leaves(rule)),
        )

    def node(
        self, rule: Rule, demands: Demands, choice: Choice | None, place: str, outer: tuple[tuple[str, int], ...]
    ) -> Node:
        if place.count(".") >= MOST_DEPTH:
            raise TooLarge(f"more than {MOST_DEPTH} levels")
        match rule:
            case AllOf(children):
                return AllNode(
                    tuple(
                        self.node(child, demands, choice, f"{place}.{number}", outer)
                        for number, child in enumerate(children, 1)
                    )
                )
            case NOf(needed, children):
                return SomeNode(
                    needed,
                    tuple(
                        self.node(
                            child,
                            demands,
                            Choice(place, needed, len(children), number),
                            f"{place}.{number}",
                            outer,
                        )
                        for number, child in enumerate(children, 1)
                    ),
                )
            case ProgramRule(code, version):
                nested = self.catalogue.programs[code, version]
                return self.program(nested, demands, choice, f"{place}.1", outer)
            case CourseRule(code) | CapstoneRule(code):
                self.count += 1
                if self.count > MOST_LEAVES:
                    raise TooLarge(f"more than {MOST_LEAVES} courses")
                return LeafNode(
                    number=self.count - 1,
                    code=code,
                    kind="capstone" if isinstance(rule, CapstoneRule) else "course",
                    course=self.catalogue.courses[code],
                    counting=self.catalogue.counting_as(code),
                    demands=demands,
                    choice=choice,
                )


def languages_of(node: Node) -> frozenset[str]:
    """The languages in which it can be completed by what is offered."""
    match node:
        case LeafNode():
            return frozenset(node.course.languages)
        case AllNode(children):
            return _in_all(map(languages_of, children))
        case SomeNode(needed, children):
            offered = [languages_of(child) for child in children]
            every = frozenset().union(*offered)
            return frozenset(tag for tag in every if sum(tag in one for one in offered) >= needed)
        case ProgramNode():
            return node.languages
        case FeeNode():
            return frozenset()


def _in_all(several: Iterable[frozenset[str]]) -> frozenset[str]:
    found = tuple(several)
    return reduce(frozenset.intersection, found) if found else frozenset()


def _leaves(node: Node) -> Iterator[LeafNode]:
    match node:
        case LeafNode():
            yield node
        case AllNode(children) | SomeNode(_, children):
            for child in children:
                yield from _leaves(child)
        case ProgramNode():
            yield from node.leaves
