"""Which conductor issues in earnest."""

from issuer.bulk.conducting import Conductor
from issuer.bulk.together import Together
from issuer.services import Services


def conductor(services: Services) -> Conductor:
    return Together(services)
