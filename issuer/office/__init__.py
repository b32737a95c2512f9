"""The registrar's office over HTTP: one file is one subject is one router, and one line here.

Every address begins with `/organizations/{organization}/`, so that whose things are meant stands in it; who asks shows
a key (`issuer.api_keys`), and its role says what he may do (`issuer.access`). Every request that changes something
takes an `Idempotency-Key` (`issuer.idempotency`).
"""

from collections.abc import Mapping
from types import MappingProxyType

from fastapi import APIRouter

from issuer.office import certificates, decisions, organization, queue

ROUTERS: Mapping[str, APIRouter] = MappingProxyType(
    {
        "decisions": decisions.router,
        "organization": organization.router,
        "certificates": certificates.router,
        "queue": queue.router,
    }
)
