"""Whose a catalogue's codes are: nobody brings a course under another's code, or asks for what is not shared with it.

    problems = check(found, recorded, owner="duke")

1. A code of a course or program belongs to the organization that brought it first, and so do the older codes that a
   course replaces: certificates and decisions refer to them. It never changes hands.
2. What comes in the name of one organization is its own, all of it. Its programs may ask for its courses and for those
   of organizations that share with it, or for programs over these, and name only these as partners. What it is called,
   where its address is and whether it is a demonstration, the operator alone says.
3. What the operator brings may be of several organizations, whose agreement is his to have (docs/adr/0033).
"""

from collections.abc import Iterator
from typing import Literal

from issuer.catalogue import Catalogue, Course, Organization, Program
from issuer.catalogue_checks import Findings, Found
from issuer.problems import Problem
from templates.messages import Message

Kind = Literal["course", "program"]


def own(catalogue: Catalogue, organization: str) -> Catalogue:
    """What is that organization's of it."""
    return Catalogue(
        {code: one for code, one in catalogue.organizations.items() if code == organization},
        {code: one for code, one in catalogue.courses.items() if one.organization == organization},
        {key: one for key, one in catalogue.programs.items() if one.organization == organization},
    )


def referable(catalogue: Catalogue, organization: str | None) -> Catalogue:
    """What an import in the name of that organization may refer to: every organization by its code, the courses that
    are its own or shared with it, and the programs of these organizations that ask for no others. None: the operator's
    import, whose courses stand by themselves."""
    if organization is None:
        return Catalogue(catalogue.organizations)
    near = {one for one in catalogue.organizations if one == organization or shares(catalogue, one, organization)}
    courses = {code: one for code, one in catalogue.courses.items() if one.organization in near}
    programs = {
        key: one
        for key, one in catalogue.programs.items()
        if one.organization in near and all(part.code in courses for part in catalogue.parts(one))
    }
    return Catalogue(catalogue.organizations, courses, programs)


def shares(catalogue: Catalogue, one: str, other: str) -> bool:
    """Whether `one` lets programs of `other` ask for its courses."""
    return one in catalogue.organizations and other in catalogue.organizations[one].shares_with


def check(found: Findings, recorded: Catalogue, *, owner: str | None) -> list[Problem]:
    """Every problem of `found` beside what is recorded; the whole of that, whoever's it is."""
    holders = _holders(recorded)
    names = {code: one.name for code, one in recorded.organizations.items()}
    problems: list[Problem] = []
    for course in found.courses:
        codes = (course.it.code, *(course.it.replaces if owner else ()))
        for code in codes:
            holder = holders["course"].get(code, course.it.organization)
            problems += _belongs(course, "course", code, holder, course.it.organization, names)
    for program in found.programs:
        holder = holders["program"].get(program.it.code, program.it.organization)
        problems += _belongs(program, "program", program.it.code, holder, program.it.organization, names)
    if owner is not None:
        for organization in found.organizations:
            problems += _identity(organization, recorded, owner)
        for course in found.courses:
            problems += _theirs(course, owner)
        for program in found.programs:
            problems += [*_theirs(program, owner), *_partners(program, recorded, owner)]
    return problems


def _holders(recorded: Catalogue) -> dict[Kind, dict[str, str]]:
    """Whose each code is. A code that one replaces and another has is the other's."""
    courses = {code: one.organization for code, one in recorded.courses.items()}
    for _, one in sorted(recorded.courses.items()):
        for code in one.replaces:
            courses.setdefault(code, one.organization)
    return {"course": courses, "program": {code: one.organization for (code, _), one in recorded.programs.items()}}


def _belongs(
    found: Found[Course] | Found[Program],
    kind: Kind,
    code: str,
    holder: str,
    organization: str,
    names: dict[str, str],
) -> Iterator[Problem]:
    if holder == organization:
        return
    key = "code" if code == found.it.code else "replaces"
    text = (
        "The course {code} belongs to {organization}"
        if kind == "course"
        else "The program {code} belongs to {organization}"
    )
    what = Message(text, code=code, organization=names.get(holder, holder))
    yield found.problem(key, what, Message("Give yours another code; a code does not change hands"))


def _identity(found: Found[Organization], recorded: Catalogue, owner: str) -> Iterator[Problem]:
    if found.it.code != owner:
        text = Message("This is not the organization in whose name the catalogue comes, which is {owner}", owner=owner)
        yield found.problem("code", text, Message("Leave it out: every organization is known here by its code"))
        return
    known = recorded.organizations[owner]
    for key in ("name", "url", "demonstration"):
        if getattr(found.it, key) != getattr(known, key):
            text = Message("{key} is for the operator of this installation to change", key=key)
            yield found.problem(key, text, Message("Write what is recorded, or leave the organization out"))


def _theirs(found: Found[Course] | Found[Program], owner: str) -> Iterator[Problem]:
    if found.it.organization != owner:
        text = Message(
            "It is of {organization}, and this catalogue is that of {owner}",
            organization=found.it.organization,
            owner=owner,
        )
        yield found.problem("organization", text, Message("Leave it to them, or to the operator of this installation"))


def _partners(found: Found[Program], recorded: Catalogue, owner: str) -> Iterator[Problem]:
    for code in found.it.partners:
        if code != owner and not shares(recorded, code, owner):
            text = Message("{code} does not share its courses with {owner}", code=code, owner=owner)
            yield found.problem(
                "partners", text, Message("It has to name {owner} in its shares_with first", owner=owner)
            )
