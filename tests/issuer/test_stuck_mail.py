"""Mail that was given up stands in the queue, and trying again makes it due."""

from issuer.api_errors import MailRefused
from issuer.outbox import send_due
from issuer.queue import queue, retry
from issuer.store import mail
from tests.issuer.installation import Installation
from tests.issuer.test_outbox import Recorder, write
from tests.issuer.test_queue import desk


def test_what_was_given_up_stands_in_the_queue_until_it_is_tried_again(school: Installation) -> None:
    write(school, 1)
    write(school, 2, organization="other")
    refused = [MailRefused("The mail server: 550 no such user") for _ in range(2)]
    send_due(school.config, school.database, Recorder(*refused), now=lambda: school.now)
    (item,) = queue(desk(school, "school"))
    assert (item.kind, item.learner, item.since) == ("unsent", "zoe", school.now)
    assert str(item.why) == "The message about “issued” was not sent: The mail server: 550 no such user"
    assert len(tuple(queue(desk(school)))) == 2
    assert [(one.done, str(one.why)) for one in retry(desk(school, "school"))] == [(True, "It is due again")]
    assert tuple(queue(desk(school, "school"))) == ()
    with school.database.read() as tx:
        assert mail.find(tx, 1).given_up_at is None
        assert mail.find(tx, 2).given_up_at is not None
