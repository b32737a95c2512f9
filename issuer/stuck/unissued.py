"""What is earned and not issued: Course Certificates, awards of who is eligible, and why it did not come to them.

Trying again issues Course Certificates, which follow from the record alone. An award waits for a cohort that somebody
approves, or for `issuer issue`.
"""

from collections.abc import Iterable

from issuer import selection
from issuer.errors import NotNow
from issuer.queue_items import Desk, Item, Tried
from issuer.selection import Plan
from issuer.store import credentials
from issuer.work import program_work
from templates.messages import Message


class Unissued:
    def items(self, desk: Desk) -> Iterable[Item]:
        plan = self._plan(desk)
        for held in plan.held:
            yield Item(
                "unissued",
                f"unissued/{held.learner}/{held.subject}",
                held.learner,
                held.subject,
                None,
                held.why,
                Message("Correct what is said there; then try again"),
            )
        for fact in plan.courses:
            yield Item(
                "unissued",
                f"unissued/{fact.learner}/{credentials.course_key(fact.course, fact.session)}",
                fact.learner,
                fact.course,
                fact.recorded_at,
                Message("The Course Certificate is earned, and not issued"),
                Message("Try again, or run: issuer issue"),
            )
        for stored in plan.programs:
            made = stored.decision
            why = Message("Eligible since {date}, and not awarded", date=stored.decided_at.date())
            try:
                with desk.database.read() as tx:
                    program_work(tx, desk.config, plan.catalogue, stored, now=desk.now())
            except NotNow as error:
                why = error.message
            yield Item(
                "unissued",
                f"unissued/{made.learner}/{credentials.program_key(made.program, made.version)}",
                made.learner,
                made.program,
                stored.decided_at,
                why,
                Message("Prepare and approve a cohort, or run: issuer decide, then issuer issue"),
            )

    def retry(self, desk: Desk) -> Iterable[Tried]:
        plan = self._plan(desk)
        # one by one, so that each answer belongs to its certificate
        issuance = desk.issuance().by(desk.actor)
        for fact in plan.courses:
            id_ = f"unissued/{fact.learner}/{credentials.course_key(fact.course, fact.session)}"
            done = issuance.issue(Plan(plan.catalogue, (fact,), (), (), 0))
            why = done.held[0].why if done.held else Message("Issued")
            yield Tried("unissued", id_, not done.held, why)

    def _plan(self, desk: Desk) -> Plan:
        with desk.database.read() as tx:
            return selection.plan(tx, now=desk.now(), program=None, organization=desk.organization)
