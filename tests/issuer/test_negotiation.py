"""`Accept` headers as browsers, wallets and programs send them."""

import pytest

from issuer.negotiation import preferred
from issuer.pages import REPRESENTATIONS

CHROMIUM = (
    "text/html,application/xhtml+xml,application/xml;q=0.9,image/avif,image/webp,image/apng,*/*;q=0.8,"
    "application/signed-exchange;v=b3;q=0.7"
)


@pytest.mark.parametrize(
    ("accept", "chosen"),
    [
        (None, "text/html"),
        ("", "text/html"),
        ("*/*", "text/html"),
        (CHROMIUM, "text/html"),
        ("application/vc", "application/vc"),
        ("APPLICATION/VC", "application/vc"),
        ("application/ld+json", "application/ld+json"),
        ('application/ld+json; profile="https://www.w3.org/ns/did"', "application/ld+json"),
        ("application/json, text/plain, */*", "application/json"),  # axios
        ("application/json;q=0.5, application/vc;q=0.9", "application/vc"),
        ("text/html;q=0.1, application/vc;q=0.2", "application/vc"),
        ("application/*", "application/vc"),
        ("text/*, application/*;q=0.1", "text/html"),
        ("text/html;q=0, */*", "application/vc"),
        ("image/png", None),
        ("text/html;q=0", None),
        ("*/*;q=0", None),
        ("application/json;q=x", None),
        ("application/json;q=nan", None),
        ("application/json;q=-1", None),
        (",;,,;q=1", None),
        ("image/png," * 1_000_000, None),
    ],
)
def test_the_best_liked_of_ours_is_chosen(accept: str | None, chosen: str | None) -> None:
    assert preferred(accept, REPRESENTATIONS) == chosen
