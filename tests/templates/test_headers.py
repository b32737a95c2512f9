"""The headers that both services send with every page."""

from templates.headers import headers


def test_nothing_inline_and_nothing_from_elsewhere() -> None:
    for camera in (True, False):
        policy = headers(camera=camera)["Content-Security-Policy"]
        assert policy.startswith("default-src 'none'; ")
        assert "unsafe" not in policy
        assert "*" not in policy
        assert "http" not in policy
        assert "frame-ancestors 'none'" in policy


def test_only_the_verifier_may_ask_for_the_camera() -> None:
    assert "camera=()" in headers()["Permissions-Policy"]
    assert "media-src" not in headers()["Content-Security-Policy"]
    assert "camera=(self)" in headers(camera=True)["Permissions-Policy"]
