"""What all certificates of one catalogue share, made once: its achievements in each language, its engines.

    workshop = Workshop(config, catalogue, revision)
    workshop.course_achievement(course, "es")      # the same object every time

A version of a course or program does not change, and what may (a title that another version brought, an organization's
name) changes with a revision of the catalogue only. So a workshop is good for its revision, and no longer. Thread-safe:
what two threads make at once is equal, and either is kept.
"""

from issuer import achievements
from issuer.catalogue import Catalogue, Course, Program
from issuer.concerned import Version, version_of
from issuer.config import Config
from vc.openbadges import Achievement, Issuer


class Workshop:
    """`revision`: of the catalogue; None where nobody asks for it."""

    def __init__(self, config: Config, catalogue: Catalogue, revision: int | None = None) -> None:
        self.config = config
        self.catalogue = catalogue
        self.revision = revision
        self._achievements: dict[tuple[str, str, int, str], Achievement] = {}
        self._issuers: dict[str, Issuer] = {}
        self._versions: dict[tuple[str, int], Version] = {}

    def course_achievement(self, course: Course, language: str) -> Achievement:
        key = ("course", course.code, course.version, language)
        if (made := self._achievements.get(key)) is None:
            made = self._achievements[key] = achievements.course_achievement(self.config, course, language)
        return made

    def program_achievement(self, program: Program, language: str) -> Achievement:
        key = ("program", program.code, program.version, language)
        if (made := self._achievements.get(key)) is None:
            made = achievements.program_achievement(self.config, self.catalogue, program, language)
            self._achievements[key] = made
        return made

    def issuer(self, organization: str) -> Issuer:
        if (made := self._issuers.get(organization)) is None:
            of = self.catalogue.organizations[organization]
            made = Issuer(id=self.config.did_of(organization), name=of.name, url=of.url)
            self._issuers[organization] = made
        return made

    def version(self, key: tuple[str, int]) -> Version:
        """The (program, version), ready to decide, with what facts have to be about to matter to it."""
        if (made := self._versions.get(key)) is None:
            made = self._versions[key] = version_of(self.catalogue, self.catalogue.programs[key])
        return made
