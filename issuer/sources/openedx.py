"""Open edX's course-certificate events, `org.openedx.learning.certificate.{created,changed,revoked}.v1`.

The members are those of `CertificateData`, `UserData` and `CourseData` (openedx/openedx-events,
`openedx_events/learning/data.py`; the Avro schemas in `event_bus/avro/tests/schemas`). They arrive in two envelopes:

* CloudEvents 1.0 in JSON, as the event bus has them: `type`, `id`, `source`, `time`, and under `data` (or beside them)
  `certificate`;
* what webhook plugins post (aulasneo/openedx-webhooks, `receivers.py`): the name of the data class as a member,
  `openedx_events.learning.data.CertificateData`, and `event_metadata` with `event_type` and `time`.

| here | there |
|---|---|
| learner | `user.pii.username`, or `user.id` or `user.pii.email` if the mapping's `learner` says so |
| name | `name`, the one for the certificate, else the profile's, `user.pii.name` |
| e-mail | `user.pii.email` |
| course, session, language | `course.course_key`, by the mapping |
| identity, fee | `mode`: `MODES`, or the mapping |
| grade | `grade`, a part of 1 there, of 100 here |
| as of | `time`: when the event was sent, in UTC |
| completed on | the day of `time`, unless the mapping's course names one: the event has no other |

The outcome follows from `current_status` (edx-platform, `lms/djangoapps/certificates/data.py`). Open edX sends
`created` and `changed` at each saving of one certificate, so of those two the type adds nothing. `revoked` with
`notpassing` is `failed`; with any other status what was said is `withdrawn` (the identity lapsed, staff invalidated
it): a new event comes when it is given again. As every event says since when it is true, order and repetition change
nothing.
"""

import re
from collections.abc import Mapping
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

from issuer.catalogue import Catalogue
from issuer.exports import Export, Line, member, records, text
from issuer.imports import ImportReport, Row, without_contradictions
from issuer.mappings import NOTHING, Mapped, Mode
from templates.messages import Message

_PART = re.compile(r"[01](\.[0-9]{1,6})?", re.ASCII)
_PREFIX = "org.openedx.learning.certificate."
TYPES = (f"{_PREFIX}created.v1", f"{_PREFIX}changed.v1", f"{_PREFIX}revoked.v1")
_DATA_CLASS = "openedx_events.learning.data.CertificateData"

_PAID_AND_VERIFIED = Mode(identity_verified=True, fee_paid=True)
_NEITHER = Mode(identity_verified=False, fee_paid=False)
# edx-platform, common/djangoapps/course_modes/models.py; others are said by the mapping.
MODES: Mapping[str, Mode] = {
    **dict.fromkeys(("verified", "professional", "credit", "masters", "executive-education"), _PAID_AND_VERIFIED),
    "no-id-professional": Mode(identity_verified=False, fee_paid=True),
    **dict.fromkeys(("honor", "audit"), _NEITHER),
}

_OUTCOMES: Mapping[str, str] = {
    **dict.fromkeys(("downloadable", "generating", "honor_passing", "audit_passing"), "passed"),
    **dict.fromkeys(("notpassing", "audit_notpassing"), "failed"),
    **dict.fromkeys(("unavailable", "invalidated", "deleted", "deleting", "restricted", "unverified"), "withdrawn"),
}

_LEARNERS: Mapping[str, tuple[str, ...]] = {
    "username": ("user", "pii", "username"),
    "id": ("user", "id"),
    "email": ("user", "pii", "email"),
}


def read(
    data: bytes,
    *,
    catalogue: Catalogue,
    source: str,
    recorded_at: datetime,
    organization: str | None = None,
    mapping: Mapped = NOTHING,
) -> ImportReport:
    """One event, or a list of them. Never raises for what is in `data`."""
    found = records(data, source)
    if isinstance(found, ImportReport):
        return found
    export = Export(
        catalogue=catalogue, source=source, recorded_at=recorded_at, organization=organization, mapping=mapping
    )
    rows = [_row(export.line(number), event, mapping) for number, event in enumerate(found, start=1)]
    return ImportReport(without_contradictions(rows, source))


def _row(line: Line, event: Any, mapping: Mapped) -> Row:
    # (1) the envelope
    kind = text(event, "type") or text(event, "event_metadata", "event_type")
    certificate = member(event, "data", "certificate") or member(event, "certificate") or member(event, _DATA_CLASS)
    if kind not in TYPES or not isinstance(certificate, dict):
        what = Message("This is no event about a course certificate: “{kind}”", kind=kind[:100])
        line.note("type", what, Message("Send events of these types only: {types}", types=TYPES))
        return line.row()
    sent = _time(line, text(event, "time") or text(event, "event_metadata", "time"))

    # (2) who, and what
    wanted = mapping.learner or "username"
    if wanted not in _LEARNERS:
        line.needs("learner", 'learner = "username", "id" or "email"')
    line.learner(text(certificate, *_LEARNERS.get(wanted, ())))
    line.say(
        name=text(certificate, "name") or text(certificate, "user", "pii", "name"),
        email=text(certificate, "user", "pii", "email"),
    )
    run = line.course(text(certificate, "course", "course_key"))
    _mode(line, text(certificate, "mode"), mapping)
    _grade(line, text(certificate, "grade"))

    # (3) how it ended
    outcome = _outcome(line, kind, text(certificate, "current_status"))
    if sent is not None:
        line.say(as_of=sent.isoformat())
        if outcome != "withdrawn":
            day = sent.date() if run is None or run.completed_on is None else run.completed_on
            line.say(completed_on=day.isoformat())
    return line.row()


def _time(line: Line, written: str) -> datetime | None:
    """CloudEvents write RFC 3339; older plugins Python's `str` without a zone: `EventsMetadata` is in UTC."""
    try:
        moment = datetime.fromisoformat(written)
        return moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC)
    except (ValueError, OverflowError):
        what = Message("The event does not say when it was sent")
        line.note("time", what, Message("Write a time like 2026-04-03T14:30:00Z"))
        return None


def _mode(line: Line, mode: str, mapping: Mapped) -> None:
    said = mapping.modes.get(mode) or MODES.get(mode)
    if said is None:
        what = Message("The mode of enrolment “{mode}” is not known", mode=mode[:80])
        key = f"[modes.{mode[:80]}] identity_verified, fee_paid"
        line.note("mode", what, Message("Add to the mapping: {key}", key=key))
        return
    line.say(
        identity_verified="yes" if said.identity_verified else "no",
        fee_paid="yes" if said.fee_paid else "no",
    )


def _grade(line: Line, written: str) -> None:
    """The platform keeps a text such as 0.93, and an empty one where there is none."""
    if not written:
        return
    if not _PART.fullmatch(written) or Decimal(written) > 1:
        line.note("grade", Message("“{text}” cannot be grade", text=written[:60]), Message("Write a part of 1"))
        return
    line.say(grade=f"{Decimal(written) * 100:f}")


def _outcome(line: Line, kind: str, status: str) -> str | None:
    outcome = _OUTCOMES.get(status)
    if kind.endswith("revoked.v1") and outcome != "failed":
        outcome = "withdrawn"
    if outcome is None:
        what = Message("The status of the certificate “{status}” says nothing about the course", status=status[:80])
        line.note("current_status", what, Message("Known are: {known}", known=", ".join(_OUTCOMES)))
        return None
    line.say(outcome=outcome)
    return outcome
