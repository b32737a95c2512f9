"""What the issuer refuses or cannot do, said once: the command line prints it, the web edge makes a problem of it.

Each error carries its sentence as a `Message`, so that a page can say it in the reader's language, and a `hint`: what
to do about it. `code` is stable and for machines. Nothing here knows of HTTP (`issuer.problem_details` does) or of
exit codes (`issuer.cli` does).

    >>> error = UnknownCredential("No certificate has the id {id}.", id="3mJr")
    >>> error.code, str(error)
    ('UNKNOWN_CREDENTIAL', 'No certificate has the id 3mJr.')
"""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from issuer.problems import Problem
from templates.messages import Message


class IssuerError(Exception):
    """The root. `message` is an English template with its values in `params`, `hint` a template without any."""

    code = "ERROR"
    problem: str | None = None
    """The problem type's URL, where a specification names it; else it follows from `code`."""

    def __init__(self, message: str, /, hint: str | Message | None = None, **params: Any) -> None:
        super().__init__(message, params)
        self.message = Message(message, **params)
        self.hint = Message(hint) if isinstance(hint, str) else hint

    def __str__(self) -> str:
        return f"{self.message} {self.hint}" if self.hint else str(self.message)


# --- the installation ----------------------------------------------------------------------------------------


class NotInitialized(IssuerError):
    """There is no issuer in this folder yet."""

    code = "NOT_INITIALIZED"


class ConfigInvalid(IssuerError):
    """`config.json` or an argument of `init` cannot be what it is."""

    code = "CONFIG_INVALID"


class KeyRefused(IssuerError):
    """The private key cannot be used: others may read it, the passphrase is wrong, or it is another key."""

    code = "KEY_REFUSED"


# --- the store -----------------------------------------------------------------------------------------------


class StoreUnavailable(IssuerError):
    """The database cannot be read or written now. Nothing was half done: the transaction is undone."""

    code = "STORE_UNAVAILABLE"


class StoreBusy(StoreUnavailable):
    """Another process held the database longer than we wait."""

    code = "STORE_BUSY"


class StoreFull(StoreUnavailable):
    """The disk, or the quota, is full."""

    code = "STORE_FULL"


class TooBusy(IssuerError):
    """More is asked for at once than there is room for. Nothing was begun."""

    code = "TOO_BUSY"


class StoreMoved(StoreUnavailable):
    """The records are elsewhere by now: this file is only what they were."""

    code = "STORE_MOVED"


class CopyDiffers(IssuerError):
    """What was read again is not what was written."""

    code = "COPY_DIFFERS"


class StoreOutdated(StoreUnavailable):
    """The database was put back from a copy, and nobody said so: what was given out since would be given out again."""

    code = "STORE_OUTDATED"


class BackupRefused(IssuerError):
    """A backup cannot be made there, or in this way."""

    code = "BACKUP_REFUSED"


# --- what was asked for --------------------------------------------------------------------------------------


class Conflict(IssuerError):
    """What was given contradicts what is recorded, and history is never rewritten."""

    code = "CONFLICT"


class CatalogueChanged(Conflict):
    """The catalogue is another one than at the beginning of what was going on. What was done stands; the rest waits."""

    code = "CATALOGUE_CHANGED"


class AlreadyIssued(Conflict):
    """The learner has a certificate for this already: there is at most one."""

    code = "ALREADY_ISSUED"


class UnknownCredential(IssuerError):
    """No certificate has that id: it was never issued here."""

    code = "UNKNOWN_CREDENTIAL"


class NotReleased(IssuerError):
    """The certificate is recorded and not yet signed and released."""

    code = "NOT_RELEASED"


class UnknownProgram(IssuerError):
    """No program has that code."""

    code = "UNKNOWN_PROGRAM"


class UnknownCourse(IssuerError):
    """No course has that code."""

    code = "UNKNOWN_COURSE"


class UnknownDecision(IssuerError):
    """No stored decision has that number, or it is another organization's."""

    code = "UNKNOWN_DECISION"


class UnknownLearner(IssuerError):
    """No fact names that learner."""

    code = "UNKNOWN_LEARNER"


class UnknownPage(IssuerError):
    """There is nothing at this address: no such list, organization or achievement."""

    code = "UNKNOWN_PAGE"


class FormNotIssued(IssuerError):
    """The certificate exists, but not in the form that was asked for (a JWT, say)."""

    code = "FORM_NOT_ISSUED"


class NotRenderable(IssuerError):
    """The certificate stands, but this machine cannot draw it: a font is missing."""

    code = "NOT_RENDERABLE"


class NotAcceptable(IssuerError):
    """RFC 9110 section 15.5.7: none of the forms that the `Accept` header names is to be had."""

    code = "NOT_ACCEPTABLE"


class TransitionRefused(IssuerError):
    """A status cannot follow on the present one, or the reason is missing."""

    code = "TRANSITION_REFUSED"


class NotNow(IssuerError):
    """This certificate cannot be issued as things are; the message says what would have to change."""

    code = "NOT_NOW"


class ReadBackFailed(IssuerError):
    """What was just signed does not verify with our public key: it is not released."""

    code = "READ_BACK_FAILED"


class InputRefused(IssuerError):
    """A file that was to be imported is too large, unreadable, or wrong; `lines` says what is wrong, line by line."""

    code = "INPUT_REFUSED"

    def __init__(
        self, message: str, /, hint: str | Message | None = None, lines: tuple[str, ...] = (), **params: Any
    ) -> None:
        super().__init__(message, hint, **params)
        self.lines = lines


class UnknownCohort(IssuerError):
    """No cohort has that number, or it is another organization's."""

    code = "UNKNOWN_COHORT"


class CohortState(Conflict):
    """What was asked for does not follow on what happened to the cohort so far."""

    code = "COHORT_STATE"


class CohortNotApproved(CohortState):
    """Nobody has approved the cohort yet."""

    code = "COHORT_NOT_APPROVED"


class SameApprover(IssuerError):
    """Four eyes: who prepared or approved it already cannot be the one who approves."""

    code = "SAME_APPROVER"


class LimitReached(IssuerError):
    """As many program certificates as the organization may award in an hour were awarded. `again_at`: when the next
    one may be."""

    code = "LIMIT_REACHED"

    def __init__(
        self, message: str, /, hint: str | Message | None = None, *, again_at: datetime, **params: Any
    ) -> None:
        super().__init__(message, hint, **params)
        self.again_at = again_at


class UnknownBulkRun(IssuerError):
    """There is no such bulk run, or it is another organization's."""

    code = "UNKNOWN_BULK_RUN"


class BulkRunState(IssuerError):
    """A bulk run cannot do that in the state that it is in, or another one is at the same."""

    code = "BULK_RUN_STATE"


class WorkerRefused(IssuerError):
    """A worker of this name is at work already, or was declared dead while it was."""

    code = "WORKER_REFUSED"


class CatalogueRefused(InputRefused):
    """A catalogue was not taken, and nothing of it. `problems`: each thing that is wrong with it, and where."""

    code = "CATALOGUE_REFUSED"

    def __init__(
        self, problems: Iterable[Problem], message: str = "The catalogue was not imported; what is wrong with it:"
    ) -> None:
        self.problems = tuple(problems)
        super().__init__(message, lines=tuple(str(problem) for problem in self.problems))


# --- the demonstration ---------------------------------------------------------------------------------------


class DemonstrationRefused(IssuerError):
    """`make run` cannot start: a port is taken, a folder cannot be written, a tool is missing."""

    code = "DEMONSTRATION_REFUSED"
