"""What is left after whatever happened: counted from the tables and from the signed bytes, and from nothing else.

accounts = Accounts.of(school, learners=60)
accounts.wrong()        # {} when nothing is lost and nothing is twice
"""

from collections import Counter
from dataclasses import dataclass

from sqlalchemy import func, select

from issuer.audit_log import checked
from issuer.store.bulk_tables import metadata
from issuer.store.office_tables import audit
from issuer.store.tables import award, credential, given_out
from tests.issuer.installation import Installation
from vc.compiled import Shapes
from vc.errors import VcError
from vc.formats import data_integrity
from vc.securing import Expected
from vc.status.bitstring import Bitstring


@dataclass(frozen=True)
class Accounts:
    """Everybody's awards and certificates: `lost`, `twice`, `reused` status indices, `unfinished` intents, `unsound`
    signatures, `unmarked` indices that a later draw could give out again, `mailed_twice`."""

    certificates: int
    lost: int
    twice: int
    reused: int
    unfinished: int
    unsound: int
    unmarked: int
    mailed_twice: int
    log_broken: int

    @classmethod
    def of(cls, school: Installation, *, learners: int, each: int = 3) -> "Accounts":
        """`each`: how many certificates a learner earns."""
        shapes = Shapes()
        with school.database.read() as tx:
            rows = tx.execute(select(credential)).mappings().all()
            awards = tx.execute(select(award.c.learner, award.c.program, award.c.version)).all()
            marked = {
                number: Bitstring(bits)
                for number, bits in tx.execute(select(given_out.c.list_number, given_out.c.bits))
            }
            mails = tx.scalars(select(metadata.tables["mail"].c.once)).all()
            kinds = Counter((row["kind"], row["learner"], row["subject_key"]) for row in rows)
            places = Counter((row["list_number"], row["list_index"]) for row in rows)
            released = [row for row in rows if row["secured"] is not None]
            awarded = tx.scalar(select(func.count()).select_from(award)) or 0
        return cls(
            certificates=len(released),
            lost=max(0, learners * each - len({(row["kind"], row["learner"], row["subject_key"]) for row in released}))
            + max(0, learners - awarded),
            twice=sum(count - 1 for count in (*kinds.values(), *Counter(awards).values())),
            reused=sum(count - 1 for count in places.values()),
            unfinished=len(rows) - len(released),
            unsound=sum(not _is_sound(school, bytes(row["secured"]), shapes) for row in released),
            unmarked=sum(not marked[number].get(index) for number, index in places),
            mailed_twice=sum(count - 1 for count in Counter(mails).values()),
            log_broken=_broken_logs(school),
        )

    def wrong(self) -> dict[str, int]:
        return {name: count for name, count in vars(self).items() if count and name != "certificates"}


def _is_sound(school: Installation, secured: bytes, shapes: Shapes) -> bool:
    try:
        data_integrity.verify(
            data_integrity.read(secured),
            dereference=school.dereference,
            expected=Expected(now=school.now, shapes=shapes),
        )
    except VcError:
        return False
    return True


def _broken_logs(school: Installation) -> int:
    with school.database.read() as tx:
        return sum(
            not checked(tx, chain or None).intact for chain in tx.scalars(select(audit.c.chain).distinct()).all()
        )
