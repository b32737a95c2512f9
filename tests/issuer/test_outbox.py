"""The outbox: claimed once, handed over, tried again with growing waits, given up and tried again by hand."""

import stat
import threading
import time
from dataclasses import replace
from datetime import timedelta
from email import message_from_bytes, policy
from email.header import decode_header, make_header
from email.message import EmailMessage
from email.utils import getaddresses
from itertools import pairwise

import pytest

from issuer import outbox
from issuer.api_errors import MailRefused, MailUndelivered, UnknownMail
from issuer.config import load, save
from issuer.errors import ConfigInvalid
from issuer.limits import Limits
from issuer.mail_settings import MailSettings, from_json, is_address
from issuer.outbox import Sent, compose, send_due
from issuer.store import audit, mail
from issuer.store.mail import Mail
from issuer.transports import Transport
from issuer.transports import load as load_transport
from tests.issuer.installation import NOW, Installation

BIDI = "زوي مثال"


class Recorder:
    """A transport that keeps what it is given, and raises what it is told to."""

    def __init__(self, *problems: Exception | None) -> None:
        self.problems = list(problems)
        self.messages: list[EmailMessage] = []

    def deliver(self, message: EmailMessage) -> None:
        problem = self.problems.pop(0) if self.problems else None
        if problem is not None:
            raise problem
        self.messages.append(message)


def write(school: Installation, *numbers: int, **changes: str) -> None:
    values = {
        "organization": "school",
        "learner": "zoe",
        "kind": "issued",
        "address": "zoe@example.org",
        "subject": "Your certificate: Mini",
        "text": "Good day\n",
    }
    with school.database.write() as tx:
        for number in numbers or (1,):
            mail.add(tx, **(values | {"once": f"occasion-{number}"} | changes), at=school.now)


def listed(school: Installation) -> tuple[Mail, ...]:
    with school.database.read() as tx:
        return mail.listed(tx)


def send(school: Installation, transport: Transport, limit: int | None = None) -> Sent:
    return send_due(school.config, school.database, transport, now=lambda: school.now, limit=limit)


def later(**changes: str) -> MailUndelivered:
    return MailUndelivered("The mail server: {why}.", why=changes.get("why", "451 later"))


def test_what_is_due_is_sent_once_and_the_oldest_first(school: Installation) -> None:
    write(school, 1, 2, 3)
    transport = Recorder()
    assert send(school, transport, limit=2) == Sent(sent=2)
    assert send(school, transport) == Sent(sent=1)
    assert send(school, transport) == Sent()
    identifiers = [message["Message-ID"] for message in transport.messages]
    assert len(set(identifiers)) == 3
    assert all(one.sent_at == NOW for one in listed(school))


def test_the_same_occasion_is_told_once(school: Installation) -> None:
    write(school, 1)
    write(school, 1)
    assert len(listed(school)) == 1


def test_a_failure_is_tried_again_after_waits_that_grow_and_then_given_up(school: Installation) -> None:
    write(school)
    limits = school.config.limits
    waits: list[timedelta] = []
    for attempt in range(1, limits.mail_attempts.value):
        assert send(school, Recorder(later())) == Sent(failed=1)
        (one,) = listed(school)
        assert (one.attempts, one.problem) == (attempt, "The mail server: 451 later.")
        waits.append(one.next_attempt_at - school.now)
        assert send(school, Recorder()) == Sent(), "too early"
        school.now = one.next_attempt_at
    assert waits[0] == timedelta(minutes=1)
    assert all(first <= second for first, second in pairwise(waits))
    assert waits[-1] == timedelta(hours=12)
    assert timedelta(days=3) < sum(waits, timedelta()) < timedelta(days=4)
    # the last attempt
    assert send(school, Recorder(later())) == Sent(given_up=1)
    school.later(days=30)
    assert send(school, Recorder()) == Sent()


def test_a_refusal_is_final_and_names_no_address(school: Installation) -> None:
    write(school)
    refused = MailRefused("The mail server: {why}.", why="550 5.1.1 <zoe@example.org>: no such user")
    assert send(school, Recorder(refused)) == Sent(given_up=1)
    (one,) = listed(school)
    assert one.problem == "The mail server: 550 5.1.1 (the address): no such user."
    school.later(days=30)
    assert send(school, Recorder()) == Sent()


def test_what_was_given_up_can_be_tried_again_by_hand(school: Installation) -> None:
    write(school)
    send(school, Recorder(MailRefused("no")))
    again = outbox.try_again(school.database, 1, organization="school", actor="Vera", now=school.now)
    assert (again.attempts, again.given_up_at) == (0, None)
    assert send(school, Recorder()) == Sent(sent=1)
    with school.database.read() as tx:
        (entry,) = [one for one in audit.read(tx, "school") if one.action == "mail.retry"]
    assert (entry.actor, entry.subject, dict(entry.detail)) == ("Vera", "1", {})


def test_another_organizations_message_is_not_there(school: Installation) -> None:
    write(school)
    with pytest.raises(UnknownMail):
        outbox.try_again(school.database, 1, organization="other", actor="Vera", now=school.now)


def test_two_senders_share_the_work_and_send_nothing_twice(school: Installation) -> None:
    write(school, *range(1, 61))
    transport = Recorder()
    started = threading.Barrier(3)

    def run() -> None:
        started.wait()
        send(school, transport)

    threads = [threading.Thread(target=run) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    identifiers = [message["Message-ID"] for message in transport.messages]
    assert (len(identifiers), len(set(identifiers))) == (60, 60)


def test_what_a_dead_sender_held_is_sent_when_its_lease_ends_as_the_same_message(school: Installation) -> None:
    write(school)

    class Died(BaseException):
        pass

    class Dying(Recorder):
        def deliver(self, message: EmailMessage) -> None:
            super().deliver(message)
            raise Died

    first, second = Dying(), Recorder()
    with pytest.raises(Died):
        send(school, first)
    assert send(school, second) == Sent(), "it is still held"
    school.later(seconds=Limits().mail_lease.value)
    assert send(school, second) == Sent(sent=1)
    assert first.messages[0]["Message-ID"] == second.messages[0]["Message-ID"]


# --- the message ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize("length", [40, 70, 80, 200])
@pytest.mark.parametrize("special", [", ", "; ", " <a@example.org> ", '"', "\\"])
def test_a_long_name_of_an_organization_is_one_sender(school: Installation, length: int, special: str) -> None:
    """What a name has of commas and brackets stays in it, however the header is folded."""
    write(school)
    name = f"School of Arts{special}Crafts and Words ".ljust(length, "x")
    message = compose(school.config, listed(school)[0], sender_name=name)
    # the older parser, which reads no blanks into adjacent encoded words
    read = message_from_bytes(message.as_bytes(), policy=policy.compat32)
    ((shown, address),) = getaddresses([read["From"]])
    assert (str(make_header(decode_header(shown))), address) == (" ".join(name.split()), "no-reply@localhost")


def composed(school: Installation, **changes: str) -> EmailMessage:
    write(school)
    return compose(school.config, replace(listed(school)[-1], **changes), sender_name="Example School")  # type: ignore[arg-type] # texts


def test_a_message_says_who_and_when_and_that_a_program_wrote_it(school: Installation) -> None:
    message = composed(school)
    assert message["From"] == "Example School <no-reply@localhost>"
    assert message["To"] == "zoe@example.org"
    assert message["Auto-Submitted"] == "auto-generated"
    assert message["Message-ID"].endswith("@localhost>")
    assert message["Date"].datetime == NOW


@pytest.mark.parametrize("title", ["Mini\r\nBcc: all@example.org", "Mini\nX: y", "Mini\u2028Bcc: z", "Mini\x00\x0bX"])
def test_no_text_becomes_a_header(school: Installation, title: str) -> None:
    message = composed(school, subject=f"Your certificate: {title}")
    read = message_from_bytes(message.as_bytes(), policy=policy.SMTP)
    assert set(read.keys()) == set(message.keys())
    assert "Bcc" not in read
    assert "\n" not in read["Subject"]


@pytest.mark.parametrize(
    "address", ["zoe@example.org\nBcc: all@example.org", "zoe@example.org, all@example.org", "", "zoe", "<a>@b@c"]
)
def test_an_address_that_is_none_is_given_up(school: Installation, address: str) -> None:
    write(school, address=address)
    assert send(school, Recorder()) == Sent(given_up=1)
    assert listed(school)[0].problem == "The message has no address that can be written to."


@pytest.mark.parametrize("address", ["\u202ezoe@example.org", "zoe\x00@example.org", "zoe@exam\u200bple.org"])
def test_an_address_with_unseen_characters_is_none(address: str) -> None:
    assert not is_address(address)


@pytest.mark.parametrize(
    "title", ["Zoë Ünlü-Beispiel", BIDI, "数据分析", "🎓 Mini", "é" * 300, "é é" * 100, "بيانات وتحليل " * 12]
)
def test_any_script_arrives_as_it_was(school: Installation, title: str) -> None:
    title = title.strip()
    write(school, subject=title, text=f"{title}\n")
    message = compose(school.config, listed(school)[-1], sender_name=title[:60])
    read = message_from_bytes(message.as_bytes(), policy=policy.SMTP)
    assert isinstance(read, EmailMessage)
    assert read["Subject"] == title
    # the newer parser of addresses reads blanks into adjacent encoded words; the older one follows RFC 2047
    sender = message_from_bytes(message.as_bytes(), policy=policy.compat32)["From"]
    assert str(make_header(decode_header(sender))) == f"{title[:60]} <no-reply@localhost>"
    assert read.get_content() == f"{title}\r\n"
    assert max(len(line) for line in message.as_bytes().split(b"\r\n")) <= 78


# --- the folder ----------------------------------------------------------------------------------------------


def test_by_default_messages_become_files_that_nobody_else_reads(school: Installation) -> None:
    write(school, 1, 2)
    assert send(school, school.services.transport()) == Sent(sent=2)
    files = sorted((school.home / "outbox").iterdir())
    assert [path.suffix for path in files] == [".eml", ".eml"]
    assert {stat.S_IMODE(path.stat().st_mode) for path in files} == {0o600}
    assert stat.S_IMODE((school.home / "outbox").stat().st_mode) == 0o700
    read = message_from_bytes(files[0].read_bytes(), policy=policy.SMTP)
    assert read["To"] == "zoe@example.org"


def test_a_file_is_never_written_over(school: Installation) -> None:
    write(school)
    transport = school.services.transport()
    message = compose(school.config, listed(school)[0], sender_name="Example School")
    transport.deliver(message)
    (path,) = (school.home / "outbox").iterdir()
    path.write_text("read and marked")
    transport.deliver(message)
    assert path.read_text() == "read and marked"


def test_a_folder_that_cannot_be_written_is_tried_again(school: Installation) -> None:
    (school.home / "outbox").write_text("in the way")
    write(school)
    assert send(school, school.services.transport()) == Sent(failed=1)


# --- the settings --------------------------------------------------------------------------------------------


def test_settings_are_kept(school: Installation) -> None:
    wanted = MailSettings("smtp", "awards@example.org", True, "mail.example.org", 465, "tls", "awards")
    save(replace(school.config, mail=wanted))
    assert load(school.home).mail == wanted


def test_learners_are_written_to_by_the_folder_and_not_by_a_mail_server_unless_it_is_said() -> None:
    assert from_json({}).learners
    smtp = {"transport": "smtp", "host": "mail.example.org", "from": "awards@example.org"}
    assert not from_json(smtp).learners
    assert from_json(smtp | {"learners": True}).learners


@pytest.mark.parametrize(
    "wrong",
    [
        {"security": "none", "host": "mail.example.org"},
        {"security": "ssl3"},
        {"from": "x\ny@example.org"},
        {"port": 0},
        {"port": True},
        {"learners": "yes"},
        {"transport": "smtp"},
        {"password": "secret"},
    ],
)
def test_settings_that_cannot_be_are_refused(wrong: dict[str, object]) -> None:
    with pytest.raises(ValueError, match="mail: "):
        from_json(wrong)


def test_an_unknown_transport_and_a_missing_password_are_said(school: Installation) -> None:
    pigeon = replace(school.config, mail=MailSettings("pigeon"))
    with pytest.raises(ConfigInvalid, match="there is no transport pigeon; there is: folder and smtp"):
        load_transport(pigeon, environ={})
    smtp = MailSettings("smtp", "a@example.org", True, "mail.example.org", 587, "starttls", "awards")
    with pytest.raises(ConfigInvalid, match="TESTAMUR_SMTP_PASSWORD"):
        load_transport(replace(school.config, mail=smtp), environ={})


# --- in the background ---------------------------------------------------------------------------------------


def test_the_server_sends_in_the_background_and_stops_with_its_block(school: Installation) -> None:
    write(school, 1, 2)
    transport = Recorder()
    with outbox.sending(school.config, school.database, lambda: transport, now=lambda: school.now):
        deadline = time.monotonic() + 10
        while len(transport.messages) < 2 and time.monotonic() < deadline:
            time.sleep(0.01)
    assert len(transport.messages) == 2
    assert not [thread for thread in threading.enumerate() if thread.name == "outbox"]


def test_a_sender_outlives_whatever_goes_wrong(school: Installation, caplog: pytest.LogCaptureFixture) -> None:
    config = replace(school.config, limits=replace(school.config.limits, mail_pace=Limits().next_sessions))
    config = replace(config, limits=replace(config.limits, mail_pace=replace(config.limits.mail_pace, value=0)))
    write(school)
    transport = Recorder()
    troubles = [RuntimeError("zoe@example.org"), ConfigInvalid("wrong")]

    def opened() -> Transport:
        if troubles:
            raise troubles.pop()
        return transport

    with outbox.sending(config, school.database, opened, now=lambda: school.now):
        deadline = time.monotonic() + 10
        while not transport.messages and time.monotonic() < deadline:
            time.sleep(0.01)
    assert len(transport.messages) == 1
    assert "nothing was sent: CONFIG_INVALID" in caplog.text


def test_no_log_names_an_address(school: Installation, caplog: pytest.LogCaptureFixture) -> None:
    write(school, 1, 2)
    caplog.set_level("DEBUG")
    send(school, Recorder(later(why="451 zoe@example.org is asleep"), MailRefused("zoe@example.org is gone")))
    assert "attempt 1 failed" in caplog.text
    assert "zoe@" not in caplog.text
