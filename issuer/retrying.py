"""Trying again what stands in the queue by reconciling the learners whom it concerns."""

from collections.abc import Iterable, Sequence

from issuer.queue_items import Desk, Item, Tried
from issuer.reconciliation import Reconciliation
from templates.messages import Message


def tried_again(desk: Desk, items: Sequence[Item]) -> Iterable[Tried]:
    """Of items whose ids end with a certificate's share id: what reconciling did to each."""
    if not items:
        return
    learners = sorted({one.learner for one in items})
    reconciliation = Reconciliation(desk.config, desk.database, desk.issuance(), now=desk.now, actor=desk.actor)
    done = reconciliation.run(organization=desk.organization, learners=learners)
    deeds = {one.certificate.share_id: one.why for one in done.deeds}
    left = {one.certificate.share_id: one.why for one in done.left}
    for item in items:
        share_id = item.id.rpartition("/")[2]
        why = deeds.get(share_id) or left.get(share_id) or Message("Nothing has changed for it")
        yield Tried(item.kind, item.id, share_id in deeds, why)
