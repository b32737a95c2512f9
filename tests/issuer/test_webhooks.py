"""Signed webhooks: what is let in, what is a replay, and what waits in the queue."""

import base64
import json
import shutil
import threading
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest
from fastapi.testclient import TestClient
from sqlalchemy import update

from issuer import deliveries, webhooks
from issuer.access import operator
from issuer.api_errors import NothingWaits
from issuer.facts import Completion, current
from issuer.store import audit, facts, refused
from issuer.store import webhooks as store
from issuer.store.office_tables import refused as refused_table
from tests.issuer import test_openedx as openedx
from tests.issuer.exports import COURSE
from tests.issuer.installation import Installation
from tests.issuer.test_rest import COMPLETION
from tests.issuer.webhook_sender import Sender, hmac_by_openssl, signature
from tests.optional import need

CALLER = operator("Kim Probe")
SENT = {"completions": [COMPLETION]}


@pytest.fixture
def client(school: Installation) -> Iterator[TestClient]:
    with school.client() as client:
        yield client


def hook(school: Installation, client: TestClient, source: str = "rest", **mapping: Any) -> Sender:
    made, secret = webhooks.create(
        school.database,
        school.services.webhook_secrets,
        name="LMS",
        source=source,
        organization="school",
        caller=CALLER,
        now=school.now,
        mapping=mapping,
    )
    return Sender(client, made.id, secret, int(school.now.timestamp()))


@pytest.fixture
def sender(school: Installation, client: TestClient) -> Sender:
    return hook(school, client)


def recorded(school: Installation) -> list[Completion]:
    with school.database.read() as tx:
        return [one for one in facts.read(tx) if isinstance(one, Completion)]


def queue(school: Installation) -> tuple[refused.Refused, ...]:
    with school.database.read() as tx:
        return refused.waiting(tx, "school")


# --- signed ----------------------------------------------------------------------------------------------------------


def test_a_signed_message_is_taken(sender: Sender, school: Installation) -> None:
    answer = sender.post(SENT)
    assert (answer.status_code, answer.json()["new"], answer.json()["queued"]) == (200, 1, None)
    (fact,) = recorded(school)
    assert (fact.learner, fact.source) == ("l-1", "rest webhook “LMS”")
    with school.database.read() as tx:
        entry = audit.read(tx, "school")[-1]
    assert (entry.actor, entry.action, entry.detail["new"]) == (f"webhook {sender.webhook}", "facts.record", 1)


def test_the_specifications_example_has_the_form_that_we_make() -> None:
    """The sender's own HMAC against RFC 4231, test cases 1 and 6."""
    from tests.issuer.webhook_sender import hmac_sha256

    assert hmac_sha256(b"\x0b" * 20, b"Hi There").hex().startswith("b0344c61d8db38535ca8afceaf0bf12b")
    long = hmac_sha256(b"\xaa" * 131, b"Test Using Larger Than Block-Size Key - Hash Key First")
    assert long.hex().startswith("60e431591ee0b67f0d8a26aacbf5b77f")


def test_openssl_signs_the_same(sender: Sender, school: Installation) -> None:
    need(shutil.which("openssl") is not None, "openssl")
    body, at = json.dumps(SENT).encode(), str(sender.now)
    by_openssl = signature(sender.secret, "msg_1", at, body, mac=hmac_by_openssl)
    assert by_openssl == signature(sender.secret, "msg_1", at, body)
    assert sender.post(body, webhook_signature=by_openssl).status_code == 200


def test_the_secret_has_the_specifications_form(sender: Sender) -> None:
    assert sender.secret.startswith("whsec_")
    assert len(base64.b64decode(sender.secret.removeprefix("whsec_"), validate=True)) == 32


def test_one_of_several_signatures_is_enough(sender: Sender) -> None:
    body = json.dumps(SENT).encode()
    good = sender.headers(body, "msg_1")["webhook-signature"]
    older = signature("whsec_" + base64.b64encode(b"x" * 32).decode(), "msg_1", str(sender.now), body)
    assert sender.post(body, webhook_signature=f"v1a,AAAA {older} {good}").status_code == 200
    many = " ".join([older] * 10 + [sender.headers(body, "msg_2")["webhook-signature"]])
    assert sender.post(body, "msg_2", webhook_signature=many).status_code == 401, "not a list without end"


@pytest.mark.parametrize(
    "changes",
    [
        {"webhook_id": "msg_2"},
        {"webhook_id": ""},
        {"webhook_timestamp": "1780315201"},
        {"webhook_timestamp": ""},
        {"webhook_timestamp": "now"},
        {"webhook_signature": ""},
        {"webhook_signature": "v1,"},
        {"webhook_signature": "v1,é"},
        {"webhook_signature": "v1a,K5oZfzN95Z9UVu1EsfQmfVNQhnkZ2pj9o9NDN/H/pI4="},
    ],
)
def test_whatever_is_changed_of_what_was_signed_is_refused(
    sender: Sender, school: Installation, changes: dict[str, str]
) -> None:
    answer = sender.client.post(
        f"/webhooks/{sender.webhook}",
        content=b"{}",
        headers={
            name: value.encode()
            for name, value in (
                sender.headers(b"{}", "msg_1") | {name.replace("_", "-"): one for name, one in changes.items()}
            ).items()
        },
    )
    assert answer.status_code == 401
    assert answer.json()["type"].endswith("#signature-refused")
    assert "Webhook-Signature" in answer.headers["www-authenticate"]
    assert recorded(school) == []


def test_a_changed_body_is_refused_before_it_is_read(sender: Sender, school: Installation) -> None:
    shown = sender.headers(b"{}", "msg_1")
    for body in (json.dumps(SENT).encode(), b"not even JSON"):
        answer = sender.client.post(f"/webhooks/{sender.webhook}", content=body, headers=shown)
        assert answer.status_code == 401
    assert queue(school) == ()


def test_a_full_stop_in_the_id_would_move_what_is_signed(sender: Sender) -> None:
    """`a.1.2.{}` could be the message `a` of the time 1, or `a.1` of the time 2."""
    shown = sender.headers(b"{}", "msg.1")
    assert sender.client.post(f"/webhooks/{sender.webhook}", content=b"{}", headers=shown).status_code == 401


def test_unknown_and_revoked_webhooks_answer_as_a_wrong_signature_does(
    sender: Sender, school: Installation, client: TestClient
) -> None:
    wrong = sender.post(SENT, webhook_signature="v1,AAAA")
    elsewhere = Sender(client, "wh_" + "0" * 32, sender.secret, sender.now).post(SENT)
    webhooks.revoke(school.database, sender.webhook, caller=CALLER, organization="school", now=school.now)
    revoked = sender.post(SENT)
    said = [one.json() | {"requestId": ""} for one in (wrong, elsewhere, revoked)]
    assert said == [said[0]] * 3
    assert {one.status_code for one in (wrong, elsewhere, revoked)} == {401}
    assert recorded(school) == []


def test_for_an_unknown_webhook_the_same_is_computed(
    sender: Sender, school: Installation, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Even one who holds the derived secret of an id that is no webhook's is not let in; the work is the same."""
    steps: list[str] = []
    secrets = school.services.webhook_secrets
    of, among, holding = type(secrets).of, deliveries._is_among, deliveries._holding
    monkeypatch.setattr(type(secrets), "of", lambda *a: (steps.append("derive"), of(*a))[1])
    monkeypatch.setattr(deliveries, "_is_among", lambda *a: (steps.append("compare"), among(*a))[1])
    monkeypatch.setattr(deliveries, "_holding", lambda *a: (steps.append("look up"), holding(*a))[1])
    for webhook in (sender.webhook, "wh_" + "0" * 32):
        steps.clear()
        other = Sender(sender.client, webhook, secrets.shown(webhook), sender.now)
        assert other.post(b"{}", webhook_signature="v1,AAAA").status_code == 401
        assert steps == ["derive", "compare", "look up"] or steps == ["derive", "derive", "compare", "look up"]
    assert other.post(b"{}").status_code == 401


@pytest.mark.parametrize(("seconds", "status"), [(-301, 401), (-300, 200), (300, 200), (301, 401), (-(10**9), 401)])
def test_a_message_is_of_now(sender: Sender, school: Installation, seconds: int, status: int) -> None:
    answer = sender.post(SENT, at=sender.now + seconds)
    assert answer.status_code == status
    if status == 401:
        assert answer.json()["type"].endswith("#message-stale")
        assert recorded(school) == []


def test_a_message_has_an_end(sender: Sender, school: Installation) -> None:
    limit = school.config.limits.request_size.value
    assert sender.post(b" " * (limit + 1)).status_code == 413
    assert sender.post(b" " * limit).status_code == 202


def test_a_message_is_json_or_csv(sender: Sender) -> None:
    assert sender.post(SENT, content_type="text/plain").status_code == 415
    assert sender.post(SENT, content_type="text/csv; charset=utf-8").status_code == 200


# --- again -----------------------------------------------------------------------------------------------------------


def test_the_very_same_request_again_is_a_replay(sender: Sender, school: Installation) -> None:
    sender.post(SENT)
    again = sender.post(SENT)
    assert (again.status_code, again.json()["type"].rpartition("#")[2]) == (409, "message-replayed")
    dressed = sender.headers(json.dumps(SENT).encode(), "msg_1")["webhook-signature"] + " v1,AAAA"
    assert sender.post(SENT, webhook_signature=dressed).status_code == 409, "whatever stands beside the signature"


def test_another_attempt_is_answered_as_the_first_and_its_replay_is_refused_too(
    sender: Sender, school: Installation
) -> None:
    first = sender.post({"completions": [COMPLETION, 7]})
    assert (first.status_code, len(queue(school))) == (202, 1)
    second = sender.post({"completions": [COMPLETION, 7]}, at=sender.now + 5)
    assert (second.status_code, second.content) == (202, first.content)
    assert len(queue(school)) == len(recorded(school)) == 1
    assert sender.post({"completions": [COMPLETION, 7]}, at=sender.now + 5).status_code == 409


def test_the_same_id_for_another_message_is_refused(sender: Sender, school: Installation) -> None:
    sender.post(SENT)
    answer = sender.post({"completions": [COMPLETION | {"grade": 10}]}, at=sender.now + 1)
    assert (answer.status_code, answer.json()["type"].rpartition("#")[2]) == (422, "message-id-reused")
    assert [one.grade for one in recorded(school)] == [87.5]
    assert sender.post(SENT, "msg_2").json()["known"] == 1, "another message may say the same"


def test_another_webhook_has_ids_of_its_own(sender: Sender, school: Installation, client: TestClient) -> None:
    sender.post(SENT)
    other = hook(school, client)
    assert other.post(SENT).status_code == 200
    stolen = other.headers(json.dumps(SENT).encode(), "msg_9")
    assert sender.post(SENT, "msg_9", webhook_signature=stolen["webhook-signature"]).status_code == 401


def test_of_two_same_requests_at_once_one_is_taken(sender: Sender, school: Installation) -> None:
    answers: list[int] = []
    start = threading.Barrier(6)

    def deliver(at: int) -> None:
        start.wait()
        answers.append(sender.post({"completions": [COMPLETION, 7]}, at=at).status_code)

    threads = [threading.Thread(target=deliver, args=(sender.now + number // 3,)) for number in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(answers) == [202, 202, 409, 409, 409, 409], "two attempts, each once"
    assert len(recorded(school)) == len(queue(school)) == 1


def test_deliveries_are_never_changed_or_forgotten(sender: Sender, school: Installation) -> None:
    sender.post(SENT)
    for statement in ("UPDATE delivery SET status = 500", "DELETE FROM delivery"):
        with pytest.raises(Exception, match="a message was received"), school.database.write() as tx:
            tx.exec_driver_sql(statement)


# --- what waits ------------------------------------------------------------------------------------------------------


def test_what_cannot_be_taken_waits_with_what_was_sent(sender: Sender, school: Installation) -> None:
    sent = {"completions": [COMPLETION, COMPLETION | {"course": "tolbox"}]}
    answer = sender.post(sent)
    assert (answer.status_code, answer.json()["new"], answer.json()["refused_rows"]) == (202, 1, 1)
    (waiting,) = queue(school)
    assert waiting.number == answer.json()["queued"]
    assert json.loads(waiting.payload) == sent
    assert waiting.problems == (
        "rest webhook “LMS”, row 2, column course: There is no course or program “tolbox”. Did you mean toolbox?",
    )
    assert (waiting.source, waiting.webhook, waiting.received_at) == ("rest", sender.webhook, school.now)


def test_what_is_no_message_at_all_waits_too(sender: Sender, school: Installation) -> None:
    assert sender.post(b"\xff\xfe{").status_code == 202
    assert len(queue(school)) == 1


def test_it_is_taken_once_the_mapping_knows_the_course(school: Installation, client: TestClient) -> None:
    lms = hook(school, client, "openedx")
    assert lms.post(openedx.EVENT).status_code == 202
    (waiting,) = queue(school)
    told: dict[str, Any] = {"organization": "school", "caller": CALLER, "now": school.now}
    still = deliveries.retry(school.database, waiting.number, **told)
    assert (len(still.report.refused), len(queue(school))) == (1, 1)
    webhooks.remap(school.database, lms.webhook, {"courses": {openedx.COURSE_KEY: COURSE}}, **told)
    taken = deliveries.retry(school.database, waiting.number, **told)
    assert (len(taken.appended.new), queue(school)) == (1, ())
    with school.database.read() as tx:
        settled = refused.get(tx, waiting.number)
        actions = [(one.actor, one.action) for one in audit.read(tx, "school")]
    assert (settled.settled_as, settled.settled_at) == ("taken", school.now)
    assert actions[-3:] == [("Kim Probe", f"{verb}") for verb in ("refused.retry", "webhook.remap", "refused.retry")]
    with pytest.raises(NothingWaits, match=f"Nothing waits under the number {waiting.number}"):
        deliveries.retry(school.database, waiting.number, **told)


def test_what_waited_takes_no_place_of_what_came_in_the_meantime(sender: Sender, school: Installation) -> None:
    sender.post({"completions": [COMPLETION | {"learner": "l-2"}, COMPLETION | {"session": ""}]})
    (waiting,) = queue(school)
    # what was refused is sound today, because the payload was mended by a new catalogue
    with school.database.write() as tx:
        mended = json.dumps({"completions": [COMPLETION | {"learner": "l-2"}, COMPLETION | {"grade": 10}]}).encode()
        tx.execute(update(refused_table).values(payload=mended))
    school.later(days=1)
    school.record(replace(recorded(school)[0], learner="l-1", grade=None, recorded_at=school.now))
    school.later(days=1)
    told: dict[str, Any] = {"organization": "school", "caller": CALLER, "now": school.now}
    done = deliveries.retry(school.database, waiting.number, **told)
    assert (len(done.appended.new), len(done.appended.known)) == (1, 1), "what was taken at once is known"
    (late,) = done.appended.new
    assert late.as_of == waiting.received_at
    (holding,) = current(one for one in recorded(school) if one.learner == "l-1")
    assert isinstance(holding, Completion)
    assert holding.grade is None


def test_it_can_be_laid_aside(sender: Sender, school: Installation) -> None:
    sender.post({"completions": [7]})
    (waiting,) = queue(school)
    told: dict[str, Any] = {"caller": CALLER, "reason": "a test of theirs", "now": school.now}
    with pytest.raises(NothingWaits):
        deliveries.lay_aside(school.database, waiting.number, organization="other", **told)
    laid = deliveries.lay_aside(school.database, waiting.number, organization="school", **told)
    assert (laid.settled_as, queue(school)) == ("laid aside", ())
    with school.database.write() as tx:
        assert not refused.settle(tx, waiting.number, as_="taken", at=school.now), "settled is settled"
        assert (refused.count(tx), refused.count(tx, "school")) == (0, 0)
    with pytest.raises(NothingWaits):
        deliveries.retry(school.database, 99, organization=None, caller=CALLER, now=school.now)


def test_another_organizations_courses_are_not_there_for_a_webhook(school: Installation, client: TestClient) -> None:
    made, secret = webhooks.create(
        school.database,
        school.services.webhook_secrets,
        name="LMS",
        source="rest",
        organization="other",
        caller=CALLER,
        now=school.now,
    )
    lms = Sender(client, made.id, secret, int(school.now.timestamp()))
    assert lms.post(SENT).json()["refused"][0]["problem"] == "There is no course or program “toolbox”"
    with school.database.read() as tx:
        assert store.listed(tx, "school") == ()
        assert (refused.waiting(tx, "school"), refused.count(tx, "other")) == ((), 1)
