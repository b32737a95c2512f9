"""Whether this installation can issue now: asked by whoever balances or watches, so it says no secret and no path.

of(services)        # {"records": True, "key": True}
"""

from collections.abc import Mapping

from issuer.errors import IssuerError
from issuer.services import Services
from issuer.store import schema


def of(services: Services) -> Mapping[str, bool]:
    """`records`: the database answers, and in the present schema; `key`: the installation's key can be opened."""
    return {"records": _records(services), "key": _key(services)}


def _records(services: Services) -> bool:
    try:
        with services.database.read() as tx:
            return schema.is_present(tx)
    except IssuerError:
        return False


def _key(services: Services) -> bool:
    try:
        services.keyring.signer(services.keyring.identity(services.config.slug))
    except IssuerError:
        return False
    return True
