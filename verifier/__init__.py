"""Bytes become a verdict. The verifier shares no state with any issuer and holds no private key.

from verifier import verify
report = verify(Path("certificate.png").read_bytes())
report.verdict        # accepted, rejected or undetermined
"""

from datetime import UTC, datetime

from verifier.fetch import Fetch, Fetched, HttpFetch
from verifier.report import Check, Outcome, Report, Verdict
from verifier.trust import Policy

__all__ = ["Check", "Fetch", "Fetched", "HttpFetch", "Outcome", "Policy", "Report", "Verdict", "verify"]


def verify(
    data: bytes,
    *,
    policy: Policy | None = None,
    fetch: Fetch | None = None,
    now: datetime | None = None,
    recipient: str | None = None,
) -> Report:
    """Verifies a credential in any form that employers meet.

    `data`: JSON, a baked PNG or SVG, a PDF with the credential attached, a picture with a QR code, or a link as text.
    `policy`: whom to believe (default: some domain must vouch for the key). `fetch`: the network (default: https
    only, public addresses only). `now`: an aware datetime. `recipient`: an e-mail address or DID that it must be
    awarded to. Never raises for what `data` holds.
    """
    from verifier.case import Asked
    from verifier.verification import run  # here: the processes that read strangers' pictures need no JSON-LD

    return run(
        data,
        policy=policy or Policy(),
        fetch=fetch or HttpFetch(),
        now=now or datetime.now(UTC),
        asked=Asked(recipient=recipient),
    )
