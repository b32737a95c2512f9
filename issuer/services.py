"""What the handlers and commands work with: the parts of one issuer, put together by `issuer.app.wire`."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from issuer.config import Config
from issuer.downloads import Downloads
from issuer.issuance import Issuance
from issuer.keyring import Keyring
from issuer.signing_requests import SigningRequests
from issuer.status_lists import StatusLists
from issuer.store.database import Database
from issuer.transports import Transport
from issuer.watch import Watch
from issuer.webhook_secrets import WebhookSecrets

if TYPE_CHECKING:
    from fastapi import Request


@dataclass(frozen=True)
class Services:
    """Private keys are opened when something is signed (`issuer.keyring`), and `transport()` reads the settings of the
    mail server: most commands and pages never do."""

    config: Config
    database: Database
    keyring: Keyring
    status_lists: StatusLists
    downloads: Downloads
    issuance: Callable[[], Issuance]
    signing_requests: SigningRequests
    transport: Callable[[], Transport]
    webhook_secrets: WebhookSecrets
    watch: Watch
    now: Callable[[], datetime]


def services_of(request: "Request") -> Services:
    services: Services = request.app.state.services
    return services
