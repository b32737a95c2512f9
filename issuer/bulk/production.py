"""Which conductor issues in earnest."""

from issuer.bulk.conducting import Conductor
from issuer.bulk.row_by_row import RowByRow
from issuer.services import Services


def conductor(services: Services) -> Conductor:
    return RowByRow(services)
