"""The sentences of a certificate, the same on the page, in the PDF and on the badge.

They are plain text in the reader's language; escaping or setting them is for whoever shows them.
"""

from datetime import date

from templates.i18n import language_name, say
from templates.messages import Message
from templates.views import CertificateView, PartView, Status

_KIND = {
    "course": Message("Course Certificate"),
    "specialization": Message("Specialization Certificate"),
    "xseries": Message("XSeries Certificate"),
    "program": Message("Program Certificate"),
}

_COMPLETED = {
    "course": Message("has completed the course"),
    "specialization": Message("has completed the Specialization"),
    "xseries": Message("has completed the XSeries"),
    "program": Message("has completed the program"),
}

_STATUS = {
    "suspended": Message("Suspended"),
    "revoked": Message("Revoked"),
    "superseded": Message("Replaced by a newer certificate"),
    "expired": Message("Expired"),
}


def kind(view: CertificateView, lang: str) -> str:
    """The name of this sort of certificate."""
    return say(_KIND[view.kind], lang)


def completed(view: CertificateView, lang: str) -> str:
    """What stands between the name and the title."""
    return say(_COMPLETED[view.kind], lang)


def partners(view: CertificateView, lang: str) -> str:
    """The partners' line under the organization, "" without partners."""
    return say(Message("with {partners}", partners=view.partners), lang) if view.partners else ""


def sentence(view: CertificateView, lang: str) -> str:
    """What was completed and in which language."""
    language = language_name(view.language, lang)
    courses = sum(part.kind == "course" for part in view.parts)
    if view.kind == "course" and view.hours is not None:
        hours = view.hours
        return say(
            Message("Completed in {language}, about {hours} hours of work.", language=language, hours=hours), lang
        )
    # Of any tree of rules the parts are those that were chosen: "all" would say too much.
    if not courses or view.kind == "program":
        return say(Message("Completed in {language}.", language=language), lang)
    if any(part.kind == "capstone" for part in view.parts):
        capstone = Message(
            "All {courses} courses and the capstone were completed in {language}.",
            courses=courses,
            language=language,
        )
        return say(capstone, lang)
    return say(Message("All {courses} courses were completed in {language}.", courses=courses, language=language), lang)


def part_note(part: PartView, lang: str) -> str:
    """What is said beside a part's title: that it is the capstone, unless the title says so itself."""
    note = say("Capstone", lang) if part.kind == "capstone" else ""
    return "" if note.casefold() in part.title.casefold() else note


def status_line(view: CertificateView, lang: str) -> str:
    """ "Revoked on 2 March 2026: grade corrected", or "" for a certificate that stands."""
    if view.status == "valid":
        return ""
    said = _status(view)
    if view.status_reason:
        said = Message("{status}: {reason}", status=said, reason=view.status_reason)
    return say(said, lang)


def status_since(view: CertificateView, lang: str) -> str:
    """The same without its reason: "Revoked on 2 March 2026"."""
    return "" if view.status == "valid" else say(_status(view), lang)


def _status(view: CertificateView) -> Message:
    return _STATUS[view.status] if view.status_date is None else _since(view.status, view.status_date)


def until(view: CertificateView, lang: str) -> str:
    """Until when a suspension can be put right, and what follows; "" where nothing follows by itself."""
    if view.status_until is None:
        return ""
    return say(
        Message("It can be put right until {date}; after that day it will be revoked.", date=view.status_until), lang
    )


def _since(status: Status, when: date) -> Message:
    match status:
        case "suspended":
            return Message("Suspended since {date}", date=when)
        case "revoked":
            return Message("Revoked on {date}", date=when)
        case "superseded":
            return Message("Replaced by a newer certificate on {date}", date=when)
        case _:
            return Message("Expired on {date}", date=when)
