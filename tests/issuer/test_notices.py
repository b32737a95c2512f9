"""Who is told of what: in the deed's transaction, in the certificate's language, with no more than is needed."""

from dataclasses import replace
from pathlib import Path

import pytest

from issuer import notices, revocation
from issuer.app import wire
from issuer.config import save
from issuer.mail_settings import MailSettings
from issuer.reconciliation import Reconciliation
from issuer.store import audit, catalogues, mail, status
from issuer.store.credentials import StoredCredential
from issuer.store.mail import Mail
from issuer.work import learner_name
from tests.issuer.domain import done, enrolled
from tests.issuer.installation import CATALOGUE, Installation, earned


def messages(school: Installation) -> tuple[Mail, ...]:
    with school.database.read() as tx:
        return mail.listed(tx)


def award(school: Installation) -> StoredCredential:
    return next(one for one in school.certificates() if one.kind == "program")


def change(school: Installation, action: revocation.Action, reason: str = "grade corrected") -> None:
    revocation.change(
        school.database, award(school).share_id, action, reason=reason, now=school.now, config=school.config
    )


def test_each_certificate_is_told_of_with_its_link(awarded: Installation) -> None:
    told = messages(awarded)
    assert [(one.kind, one.learner, one.address, one.organization) for one in told] == [
        ("issued", "ana", "ana@example.org", "school"),
        ("issued", "ana", "ana@example.org", "school"),
        ("awarded", "ana", "ana@example.org", "school"),
    ]
    last = told[-1]
    assert last.subject == "Your certificate: Mini"
    assert last.text == (
        "Good day, Ana Invenira,\n\n"
        "Congratulations: Example School has awarded you Mini. Your certificate is here:\n\n"
        f"{awarded.config.credential_url(award(awarded).share_id)}\n\n"
        "A program of Example School wrote this message; nobody reads answers to it.\n"
    )


def test_suspended_reinstated_and_revoked_are_told_with_reason_and_date(awarded: Installation) -> None:
    for action in ("suspend", "reinstate", "revoke"):
        awarded.later(days=1)
        change(awarded, action)  # type: ignore[arg-type]  # each is an Action
    told = messages(awarded)[3:]
    assert [one.kind for one in told] == ["suspended", "reinstated", "revoked"]
    assert "is suspended since 2 June 2026: grade corrected" in told[0].text
    assert "please ask Example School" in told[0].text
    assert "is valid again since 3 June 2026" in told[1].text
    assert "was revoked on 4 June 2026: grade corrected" in told[2].text


def test_what_reconciliation_does_is_told_with_the_last_day_of_grace(awarded: Installation) -> None:
    awarded.record(replace(earned()[1], outcome="failed", recorded_at=awarded.now))
    awarded.later(days=1)
    Reconciliation(awarded.config, awarded.database, awarded.issuance, now=lambda: awarded.now).run()
    told = messages(awarded)[3:]
    assert {one.kind for one in told} == {"suspended"}
    assert all("It can be put right until 2 July 2026" in one.text for one in told)


def test_suspended_a_second_time_is_told_a_second_time(awarded: Installation) -> None:
    for action in ("suspend", "reinstate", "suspend"):
        awarded.later(days=1)
        change(awarded, action)  # type: ignore[arg-type]  # each is an Action
    assert [one.kind for one in messages(awarded)[3:]] == ["suspended", "reinstated", "suspended"]


def test_a_correction_is_told_once_with_the_new_link_and_why(awarded: Installation) -> None:
    old = award(awarded)
    awarded.issuance.correct(old.share_id, name="Ana Invenira-Beispiel", reason="name corrected")
    (told,) = messages(awarded)[3:]
    new = award_of_edition(awarded, 2)
    assert told.kind == "superseded"
    assert "(name corrected)" in told.text
    assert awarded.config.credential_url(new.share_id) in told.text
    assert old.share_id not in told.text


def award_of_edition(school: Installation, edition: int) -> StoredCredential:
    return next(one for one in school.certificates() if (one.kind, one.edition) == ("program", edition))


def test_it_is_in_the_certificates_language(school: Installation) -> None:
    school.record(*earned(language="es", session="03-es"))
    school.decide_and_issue()
    told = messages(school)[-1]
    assert told.subject == "Su certificado: Mini"
    assert "Enhorabuena" in told.text


def test_a_language_that_we_do_not_speak_is_told_of_in_english(school: Installation) -> None:
    school.record(done("toolbox", "zh", email="ana@example.org"))
    school.decide_and_issue()
    assert messages(school)[-1].subject == "Your Course Certificate: Toolbox"


def test_in_a_text_from_right_to_left_names_are_set_apart() -> None:
    known = {"title": "Data Analysis", "organization": "Example School", "date": None}
    line = notices._line(notices._heading("awarded", known), "ar")
    assert "\u2068Data Analysis\u2069" in line


@pytest.mark.parametrize("email", ["", " ", "nobody", "a@b\nBcc: c@d"])
def test_without_an_address_nobody_is_told_and_nothing_is_wrong(school: Installation, email: str) -> None:
    school.record(*earned(email=email))
    assert len(school.decide_and_issue().programs) == 1
    assert messages(school) == ()


def test_the_newest_address_is_used_and_only_from_what_the_certificate_is_for(school: Installation) -> None:
    school.record(*earned())
    school.record(done("capstone", grade=None, email="newer@example.org", completed_on=earned()[1].completed_on))
    school.record(done("programming", email="elsewhere@example.org", fee_paid=False))
    school.decide_and_issue()
    told = {(one.kind, one.subject): one.address for one in messages(school)}
    assert told[("issued", "Your Course Certificate: Toolbox")] == "ana@example.org"
    assert told[("awarded", "Your certificate: Mini")] == "newer@example.org"


def test_an_award_is_for_whom_its_own_organization_knows_by_that_id(tmp_path: Path) -> None:
    """A partner's course counts; whom the partner calls by the same id is neither named nor written to."""
    partner = replace(CATALOGUE.organizations["school"], code="partner", name="Partner College")
    courses = {**CATALOGUE.courses, "capstone": replace(CATALOGUE.courses["capstone"], organization="partner")}
    organizations = {**CATALOGUE.organizations, "partner": partner}
    school = Installation(tmp_path, replace(CATALOGUE, organizations=organizations, courses=courses))
    school.record(done("toolbox", name="Ana Invenira", email="ana@example.org"))
    school.issue()
    school.later(days=1)
    school.record(done("capstone", name="Anton Drugi", email="anton@partner.example", recorded_at=school.now))
    school.decide_and_issue()
    assert learner_name(award(school)) == "Ana Invenira"
    last = messages(school)[-1]
    assert (last.kind, last.address, last.text[:22]) == ("awarded", "ana@example.org", "Good day, Ana Invenira")


def test_an_enrolment_in_the_program_tells_the_address_too(school: Installation) -> None:
    school.record(*earned())
    school.record(enrolled("mini", email="enrolled@example.org"))
    school.decide_and_issue()
    assert messages(school)[-1].address == "enrolled@example.org"


def test_learners_can_be_left_alone(school: Installation) -> None:
    save(replace(school.config, mail=MailSettings(learners=False)))
    school.services = wire(school.home, environ={}, now=lambda: school.now)
    school.config, school.database = school.services.config, school.services.database
    school.record(*earned())
    school.decide_and_issue()
    assert messages(school) == ()


def test_the_office_is_told_of_what_learners_come_to_ask_about(awarded: Installation) -> None:
    office = replace(CATALOGUE.organizations["school"], contact="office@school.example")
    with awarded.database.write() as tx:
        catalogues.save(tx, replace(CATALOGUE, organizations={"school": office}), at=awarded.now)
    for action in ("suspend", "reinstate", "revoke"):
        awarded.later(days=1)
        change(awarded, action)  # type: ignore[arg-type]  # each is an Action
    staff = [one for one in messages(awarded) if not one.learner]
    assert [(one.kind, one.address) for one in staff] == [
        ("staff-suspended", "office@school.example"),
        ("staff-revoked", "office@school.example"),
    ]
    assert "Ana" not in "".join(one.subject + one.text for one in staff)


def test_without_a_contact_no_office_is_told(awarded: Installation) -> None:
    change(awarded, "revoke")
    assert [one for one in messages(awarded) if not one.learner] == []


def test_what_is_undone_is_not_told(awarded: Installation) -> None:
    class Undone(Exception):
        pass

    def fail() -> None:
        with awarded.database.write() as tx:
            stored = award(awarded)
            changed = status.change(tx, stored.number, "revoked", reason="no", at=awarded.now)
            notices.about_status(tx, awarded.config, stored, changed, at=awarded.now)
            raise Undone

    with pytest.raises(Undone):
        fail()
    assert len(messages(awarded)) == 3


def test_no_address_stands_in_the_audit_log(awarded: Installation) -> None:
    change(awarded, "revoke")
    with awarded.database.read() as tx:
        said = [str(one) for chain in audit.chains(tx) for one in audit.read(tx, chain or None)]
    assert "@example.org" not in "".join(said)


def test_what_is_issued_anew_after_a_revocation_is_no_replacement(awarded: Installation) -> None:
    change(awarded, "revoke", reason="grade corrected")
    awarded.issuance.reissue(award(awarded).share_id, reason="it was a mistake")
    told = messages(awarded)[-1]
    assert (told.kind, told.subject) == ("reissued", "Issued anew: your certificate for Mini")
    assert "You have a certificate for Mini again (it was a mistake)." in told.text
    assert awarded.config.credential_url(award_of_edition(awarded, 2).share_id) in told.text
