"""What all certificates of one catalogue share, made once: its achievements in each language, its engines.

    workshop = workshops.of(tx)                    # one `Workshops` for each process
    workshop.course_achievement(course, "es")      # the same object every time

A version of a course or program does not change, and what may (a title that another version brought, an organization's
name) changes with a revision of the catalogue only. So a workshop is good for its revision, and no longer. Thread-safe:
what two threads make at once is equal, and either is kept.
"""

from issuer import achievements
from issuer.catalogue import Catalogue, Course, Program
from issuer.concerned import Version, version_of
from issuer.config import Config
from issuer.store import catalogues
from issuer.store.database import Transaction
from issuer.watch import Watch
from vc.compiled import Shapes
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


class Workshops:
    """The workshop of the catalogue that there is now, and `shapes`: the canonical forms of what is made in it; `watch`
    is told what is issued."""

    def __init__(self, config: Config, watch: Watch | None = None, *, shapes: Shapes | None = None) -> None:
        self.shapes = Shapes() if shapes is None else shapes
        self.watch = watch or Watch()
        self._config = config
        self._newest: Workshop | None = None

    def of(self, tx: Transaction) -> Workshop:
        """The catalogue is read anew when it has changed; without its sessions, for no certificate speaks of those to
        come."""
        revision = catalogues.revision(tx)
        workshop = self._newest
        if workshop is None or workshop.revision != revision:
            workshop = self._newest = Workshop(self._config, catalogues.load(tx, with_sessions=False), revision)
        return workshop
