"""What a course or a program is, as an achievement of Open Badges 3.0, in one of its languages: pure.

    achievement = course_achievement(config, course, "es")

The same stands on the achievement's page and inside every certificate. `issuer.workshop` makes each once.
"""

from collections.abc import Iterable, Iterator

from issuer.catalogue import Catalogue, Course, Program
from issuer.config import Config
from issuer.rule_wording import Line, outline
from templates.i18n import say
from templates.messages import Message
from vc.openbadges import Achievement

# BCP 47 (RFC 5646 section 2.2.1; ISO 639-2): a program whose courses were completed in several languages.
MULTIPLE_LANGUAGES = "mul"


def course_achievement(config: Config, course: Course, language: str) -> Achievement:
    """What a course is, in one of its languages: the same on the achievement's page and inside every certificate."""
    id_ = config.achievement_url("courses", course.code, language, course.version)
    others = tuple(other for other in course.languages if other != language)
    title = course.title(language)
    demand = (
        Message("Complete the capstone project {title} with a verified identity.", title=title)
        if course.kind == "capstone"
        else Message("Pass the course {title} with a verified identity.", title=title)
    )
    lines = [demand] if course.hours is None else [demand, Message("About {hours} hours of work.", hours=course.hours)]
    return Achievement(
        id=id_,
        code=course.code,
        title=course.title(language),
        description=course.description(language),
        criteria_id=f"{id_}/criteria",
        narrative=" ".join(say(line, language) for line in lines),
        language=language,
        version=str(course.version),
        tags=course.skills,
        hours=course.hours,
        other_languages=tuple(
            (other, config.achievement_url("courses", course.code, other, course.version)) for other in others
        ),
    )


def program_achievement(config: Config, catalogue: Catalogue, program: Program, language: str) -> Achievement:
    """What a program is, in one language; the criteria say its rule in words."""
    id_ = config.achievement_url("programs", program.code, language, program.version)
    one = None if language == MULTIPLE_LANGUAGES else language
    demand, *parts = outline(program, catalogue, one)
    who = [catalogue.organizations[code].name for code in (program.organization, *program.partners)]
    offered = Message("Offered by {organizations}.", organizations=tuple(who))
    lines = [
        say(offered, language),
        "",
        demand.said(language),
        "",
        *_numbered(parts, language),
    ]
    return Achievement(
        id=id_,
        code=program.code,
        title=program.title(language),
        description=program.description(language),
        criteria_id=f"{id_}/criteria",
        narrative="\n".join(lines),
        language=language,
        version=str(program.version),
        tags=tuple(
            sorted({skill for leaf in catalogue.parts(program) for skill in catalogue.courses[leaf.code].skills})
        ),
        other_languages=tuple(
            (other, config.achievement_url("programs", program.code, other, program.version))
            for other in sorted(program.titles)
            if other != language
        ),
    )


def _numbered(lines: Iterable[Line], language: str) -> Iterator[str]:
    """A list as CommonMark writes it: the parts are numbered, what stands below one is indented."""
    number = 0
    for line in lines:
        number += line.level == 1
        lead = f"{number}. " if line.level == 1 else "   " * (line.level - 1) + "- "
        yield lead + line.said(language)
