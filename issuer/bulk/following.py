"""What is said of a run while it goes: how far, how quick, how long still.

>>> span(4000)
'1:06:40'
"""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from issuer.bulk.standing import BulkStanding


def note(found: "BulkStanding") -> str:
    """`12,345 of 100,000, 3 failed, 1,210/s, 1:12 left`."""
    if found.stage == "planning":
        return f"planning: {found.total:,} so far"
    parts = [f"{found.issued + found.already + found.failed:,} of {found.total:,}"]
    if found.failed:
        parts.append(f"{found.failed:,} failed")
    if found.run.state != "running":
        parts.append(found.run.state)
    elif found.rate:
        parts.append(f"{found.rate:,.0f}/s" if found.rate >= 10 else f"{found.rate:.1f}/s")
        parts.append(f"{span(found.remaining or 0)} left")
    return ", ".join(parts)


def span(seconds: float) -> str:
    """Hours, minutes and seconds."""
    whole = round(seconds)
    hours, minutes = whole // 3600, whole // 60 % 60
    return f"{hours}:{minutes:02}:{whole % 60:02}" if hours else f"{minutes}:{whole % 60:02}"
