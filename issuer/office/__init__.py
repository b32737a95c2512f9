"""The registrar's office over HTTP: one file is one subject is one router, and one line here.

Every address begins with `/organizations/{organization}/`, so that whose things are meant stands in it; who asks shows
a key (`issuer.api_keys`), and its role says what he may do (`issuer.access`). Every request that changes something
takes an `Idempotency-Key` (`issuer.idempotency`).
"""

from collections.abc import Mapping
from types import MappingProxyType

from fastapi import APIRouter

from issuer.office import (
    api_keys,
    audit,
    bulk,
    catalogue,
    certificates,
    cohorts,
    decisions,
    facts,
    learners,
    organization,
    outbox,
    queue,
    webhooks,
)

ROUTERS: Mapping[str, APIRouter] = MappingProxyType(
    {
        "api_keys": api_keys.router,
        "audit": audit.router,
        "bulk": bulk.router,
        "catalogue": catalogue.router,
        "certificates": certificates.router,
        "cohorts": cohorts.router,
        "decisions": decisions.router,
        "facts": facts.router,
        "learners": learners.router,
        "organization": organization.router,
        "outbox": outbox.router,
        "queue": queue.router,
        "webhooks": webhooks.router,
    }
)
