"""The headers with which our pages are served: what a browser may do with them, said by those who write them.

No inline script and no inline style stands in any page, so none is allowed; nothing comes from elsewhere.

    >>> headers(camera=True)["Permissions-Policy"]
    'camera=(self), microphone=(), geolocation=()'
"""


def headers(*, camera: bool = False) -> dict[str, str]:
    """`camera`: the page may ask for it, and show what it sees (the verifier's start page)."""
    sources = {
        "default-src": "'none'",
        "style-src": "'self'",
        "script-src": "'self'",
        "img-src": "'self' data:",
        "font-src": "'self'",
        **({"media-src": "'self' blob:"} if camera else {}),
        "form-action": "'self'",
        "base-uri": "'none'",
        "frame-ancestors": "'none'",
    }
    return {
        "Content-Security-Policy": "; ".join(f"{name} {allowed}" for name, allowed in sources.items()),
        "Referrer-Policy": "no-referrer",
        "X-Content-Type-Options": "nosniff",
        "Permissions-Policy": f"camera=({'self' if camera else ''}), microphone=(), geolocation=()",
        "Cross-Origin-Opener-Policy": "same-origin",
    }
