"""How the pieces of a catalogue must fit: every code leads somewhere, and every program can be earned and awarded.

Each check is one function from what was found to what is wrong with it; `check` runs them all.
"""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import date
from typing import Generic, TypeVar

from issuer.catalogue import Catalogue, Course, Organization, Program
from issuer.problems import Problem, did_you_mean
from issuer.program_tree import CircularProgram, ProgramNode, TooLarge, languages_of, programs_of, unfolded
from issuer.rules import (
    MOST_DEPTH,
    MOST_LEAVES,
    AllOf,
    CapstoneRule,
    FeePaid,
    IdentityVerified,
    NOf,
    ProgramFeePaid,
    ProgramRule,
    Rule,
    SingleLanguage,
    leaves,
)
from templates.messages import Message

_T = TypeVar("_T")
_RECORDED = "(recorded)"  # no file is called so: what stands there was judged when it came


@dataclass(frozen=True)
class Found(Generic[_T]):
    """`it` as read, and the place in a file where it stands."""

    file: str
    where: str
    it: _T

    def problem(self, key: str, message: Message, hint: Message) -> Problem:
        return Problem(self.file, Message("{path}", path=f"{self.where}.{key}"), message, hint)


@dataclass(frozen=True)
class Findings:
    """What was read: of it a catalogue is made when there is no problem with it."""

    organizations: tuple[Found[Organization], ...] = ()
    courses: tuple[Found[Course], ...] = ()
    programs: tuple[Found[Program], ...] = ()

    @property
    def catalogue(self) -> Catalogue:
        return Catalogue(
            {one.it.code: one.it for one in self.organizations},
            {one.it.code: one.it for one in self.courses},
            {(one.it.code, one.it.version): one.it for one in self.programs},
        )

    @classmethod
    def of(cls, catalogue: Catalogue, file: str = "") -> "Findings":
        """Of what stands in no file."""
        return cls(
            tuple(Found(file, f"organizations.{code}", one) for code, one in catalogue.organizations.items()),
            tuple(Found(file, f"courses.{code}", one) for code, one in catalogue.courses.items()),
            tuple(Found(file, f"programs.{code}", one) for (code, _), one in catalogue.programs.items()),
        )


def check_beside(found: Findings, recorded: Catalogue) -> list[Problem]:
    """As `check`, of what comes to stand beside what is recorded, and may refer to it. Of that, and of program versions
    that come again as they are, nothing is judged: it was when it came first, and courses move on."""
    coming = found.catalogue
    beside = Findings.of(
        Catalogue(
            {code: one for code, one in recorded.organizations.items() if code not in coming.organizations},
            {code: one for code, one in recorded.courses.items() if code not in coming.courses},
            {key: one for key, one in recorded.programs.items() if key not in coming.programs},
        ),
        _RECORDED,
    )
    programs = (
        replace(one, file=_RECORDED) if recorded.programs.get((one.it.code, one.it.version)) == one.it else one
        for one in found.programs
    )
    problems = check(
        (*found.organizations, *beside.organizations), (*found.courses, *beside.courses), (*programs, *beside.programs)
    )
    return [problem for problem in problems if problem.file != _RECORDED]


def check(
    organizations: Iterable[Found[Organization]], courses: Iterable[Found[Course]], programs: Iterable[Found[Program]]
) -> list[Problem]:
    """Every problem, in the order of the files."""
    organizations, courses, programs = tuple(organizations), tuple(courses), tuple(programs)
    by_code = {found.it.code: found.it for found in courses}
    names = {found.it.code for found in organizations}
    catalogue = Catalogue(courses=by_code, programs={(one.it.code, one.it.version): one.it for one in programs})
    problems = [
        *_twice(organizations, lambda one: one.code),
        *_twice(courses, lambda one: one.code),
        *_twice(programs, lambda one: (one.code, one.version)),
    ]
    for organization in organizations:
        problems += [
            *_demonstration(organization),
            *_known(organization, "shares_with", organization.it.shares_with, names),
        ]
    for course in courses:
        problems += [*_known(course, "organization", [course.it.organization], names), *_sessions(course)]
    for program in programs:
        one = program.it
        problems += [
            *_known(program, "organization", [one.organization], names),
            *_known(program, "partners", one.partners, names),
            *_rule(program, catalogue),
            *_period(program),
            *_constraints(program),
        ]
        try:
            tree = unfolded(one, catalogue)
        except KeyError:
            continue  # the rest asks about courses that are not known, as was said above
        except CircularProgram:
            text = Message("{code} version {version} is nested in itself", code=one.code, version=one.version)
            problems.append(program.problem("rule", text, Message("Remove it from the program that stands in it")))
        except TooLarge:
            text = Message(
                "With its nested programs it has more than {leaves} courses or {depth} levels",
                leaves=MOST_LEAVES,
                depth=MOST_DEPTH,
            )
            problems.append(program.problem("rule", text, Message("Make it smaller: nobody can follow it")))
        else:
            problems += [*_languages(program, tree), *_counted_twice(program, tree), *_shape(program)]
    return problems


def _twice(found: Iterable[Found[_T]], key: Callable[[_T], object]) -> Iterator[Problem]:
    seen: dict[object, Found[_T]] = {}
    for one in found:
        first = seen.setdefault(key(one.it), one)
        if first is not one:
            text = "The same code (and version) stands in {file}, {path} too"
            hint = Message("Remove one of the two, or give it another code")
            yield one.problem("code", Message(text, file=first.file, path=first.where), hint)


def _known(found: Found[_T], key: str, codes: Iterable[str], known: Iterable[str]) -> Iterator[Problem]:
    known = set(known)
    for code in codes:
        if code not in known:
            text = Message("No organization has the code “{code}”", code=code)
            yield found.problem(key, text, did_you_mean(code, known))


def _demonstration(found: Found[Organization]) -> Iterator[Problem]:
    if found.it.demonstration and "(demonstration)" not in found.it.name:
        text = Message("The name of an organization that is only demonstrated has to say so")
        yield found.problem("name", text, Message("Add “(demonstration)” to it"))


def _sessions(found: Found[Course]) -> Iterator[Problem]:
    codes: set[str] = set()
    for session in found.it.sessions:
        if session.language not in found.it.titles:
            text = Message("A session is in “{language}”, and the course has no title in it", language=session.language)
            yield found.problem("sessions", text, Message("Add the title, or correct the session’s language"))
        if session.code in codes:
            text = Message("Two sessions have the code {code}", code=session.code)
            yield found.problem("sessions", text, Message("Give each session of a course its own code"))
        codes.add(session.code)


def _rule(found: Found[Program], catalogue: Catalogue) -> Iterator[Problem]:
    """What stands in the program's own rule; nested programs are told where they stand themselves."""
    courses = catalogue.courses
    for leaf in leaves(found.it.rule):
        if isinstance(leaf, ProgramRule):
            yield from _nested(found, leaf, catalogue)
        elif leaf.code not in courses:
            text = Message("No course has the code “{code}”", code=leaf.code)
            yield found.problem("rule", text, did_you_mean(leaf.code, courses))
        elif isinstance(leaf, CapstoneRule) != (courses[leaf.code].kind == "capstone"):
            text = Message("{code} is a {kind}", code=leaf.code, kind=courses[leaf.code].kind)
            yield found.problem("rule", text, Message("Ask for courses with “course”, for capstones with “capstone”"))


def _nested(found: Found[Program], rule: ProgramRule, catalogue: Catalogue) -> Iterator[Problem]:
    versions = sorted(version for code, version in catalogue.programs if code == rule.code)
    if not versions:
        text = Message("No program has the code “{code}”", code=rule.code)
        yield found.problem("rule", text, did_you_mean(rule.code, {code for code, _ in catalogue.programs}))
    elif rule.version not in versions:
        text = Message("{code} has no version {version}", code=rule.code, version=rule.version)
        known = ", ".join(map(str, versions))
        yield found.problem("rule", text, Message("Known are: {known}", known=known))


def _period(found: Found[Program]) -> Iterator[Problem]:
    if (found.it.active_until or date.max) < (found.it.active_from or date.min):
        text = Message("The program ends before it begins")
        yield found.problem("active_until", text, Message("Exchange the two dates"))


def _constraints(found: Found[Program]) -> Iterator[Problem]:
    """What its kind promises: Specializations F7 to F10, XSeries F11."""
    one = found.it
    for constraint, key in ((IdentityVerified(), "identity_verified"), (FeePaid(), "fee_paid")):
        if constraint not in one.constraints:
            text = Message("Certificates need a verified identity and a paid fee")
            yield found.problem(key, text, Message("Write {key} = true", key=key))
    if one.kind == "specialization" and not any(isinstance(c, SingleLanguage) for c in one.constraints):
        text = Message("A Specialization is completed in one language")
        yield found.problem("single_language", text, Message("Write {key} = true", key="single_language"))
    if (one.fee > 0) != (ProgramFeePaid() in one.constraints):
        text = Message("A program fee and program_fee_paid go together")
        yield found.problem("fee", text, Message("Set both, or neither"))


def _shape(found: Found[Program]) -> Iterator[Problem]:
    """F1: 3 to 9 courses and one capstone. F11: an XSeries is a sequence of courses."""
    if found.it.kind == "program":
        return
    parts = leaves(found.it.rule)
    if _has_choice(found.it.rule) or any(isinstance(leaf, ProgramRule) for leaf in parts):
        text = Message("A Specialization or XSeries asks for each of its courses: it has no choices, no programs in it")
        yield found.problem("rule", text, Message("Write kind = “program”"))
        return
    capstones = sum(isinstance(leaf, CapstoneRule) for leaf in parts)
    courses = len(parts) - capstones
    if found.it.kind == "specialization" and not (3 <= courses <= 9 and capstones == 1):
        text = Message(
            "A Specialization has 3 to 9 courses and one capstone; this has {courses} and {capstones}",
            courses=courses,
            capstones=capstones,
        )
        yield found.problem("rule", text, Message("Correct the rule, or the program’s kind"))
    if found.it.kind == "xseries" and (courses < 2 or capstones):
        text = Message("An XSeries is a sequence of courses without a capstone")
        yield found.problem("rule", text, Message("Correct the rule, or the program’s kind"))


def _has_choice(rule: Rule) -> bool:
    return isinstance(rule, NOf) or (isinstance(rule, AllOf) and any(map(_has_choice, rule.children)))


def _languages(found: Found[Program], tree: ProgramNode) -> Iterator[Problem]:
    """Under the one-language rule (F8) there has to be a language in which it can be completed. The same goes for a
    program that is nested under another one's rule."""
    if tree.single is None:
        for node in programs_of(tree.rule):
            if node.single is not None and not node.languages:
                yield from _no_language(found)
        return
    offered = languages_of(tree.rule)
    if not offered:
        yield from _no_language(found)
    for language in tree.single.languages:
        if language not in offered:
            text = Message("Not all its courses are offered in “{language}”", language=language)
            yield found.problem(
                "single_language", text, Message("Remove the language, or add the courses’ titles in it")
            )
    for language in sorted(tree.languages - set(found.it.titles)):
        text = Message("It can be completed in “{language}” and has no title in it", language=language)
        yield found.problem("titles", text, Message("Add the title in that language"))


def _no_language(found: Found[Program]) -> Iterator[Problem]:
    text = Message("No language is offered by all its courses, so nobody can complete it in one")
    yield found.problem("rule", text, Message("Offer every course in one common language"))


def _counted_twice(found: Found[Program], tree: ProgramNode) -> Iterator[Problem]:
    """One certificate must not count for two requirements of one program, nested ones included."""
    codes = [leaf.code for leaf in tree.leaves]
    for code in sorted({code for code in codes if codes.count(code) > 1}):
        text = Message("{code} is asked for twice", code=code)
        yield found.problem("rule", text, Message("Name each course once"))
    claimed: dict[str, str] = {}
    for leaf in tree.leaves:
        for code in sorted(leaf.counting):
            if claimed.setdefault(code, leaf.code) != leaf.code:
                text = Message(
                    "A certificate for {code} would count for {one} and for {other}",
                    code=code,
                    one=claimed[code],
                    other=leaf.code,
                )
                yield found.problem("rule", text, Message("Correct “replaces” of one of the two courses"))
