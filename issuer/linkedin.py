"""The "Add to profile" link of LinkedIn, in the form that LinkedIn documents for its certification section.

Every value is percent-encoded. The organization is the one that awarded, not the software that did the work.
"""

from datetime import date
from urllib.parse import quote

_FORM = "https://www.linkedin.com/profile/add"


def add_to_profile(*, name: str, organization: str, issued: date, url: str, certificate_id: str) -> str:
    values = {
        "startTask": "CERTIFICATION_NAME",
        "name": name,
        "organizationName": organization,
        "issueYear": str(issued.year),
        "issueMonth": str(issued.month),
        "certUrl": url,
        "certId": certificate_id,
    }
    return _FORM + "?" + "&".join(f"{key}={quote(value, safe='')}" for key, value in values.items())
