"""The rules of what may be fetched: URLs as strangers write them, and addresses as names resolve to them."""

import pytest

from vc.errors import Unavailable
from verifier.addresses import ForbiddenAddress, is_loopback, is_public, target


@pytest.mark.parametrize(
    ("url", "host", "port", "path"),
    [
        ("https://issuer.example", "issuer.example", 443, "/"),
        ("https://issuer.example:8443/a?b=c#d", "issuer.example", 8443, "/a?b=c"),
        ("https://Issuer.Example/a//b/../c", "issuer.example", 443, "/a//b/../c"),
        ("https://bücher.example/证书?q=ä", "xn--bcher-kva.example", 443, "/%E8%AF%81%E4%B9%A6?q=%C3%A4"),
        ("https://issuer.example/%41?url=https://a.example/b", "issuer.example", 443, "/%41?url=https://a.example/b"),
        ("https://[2606:4700::1]/", "2606:4700::1", 443, "/"),
    ],
)
def test_what_may_be_fetched(url: str, host: str, port: int, path: str) -> None:
    found = target(url)
    assert (found.host, found.port, found.path, found.loopback) == (host, port, path, False)


@pytest.mark.parametrize(
    ("url", "message"),
    [
        ("http://issuer.example/", "http://issuer.example/ is not fetched: only https addresses are."),
        ("ftp://issuer.example/", "ftp://issuer.example/ is not fetched: only https addresses are."),
        ("file:///etc/passwd", "file:///etc/passwd names no server, or a user."),
        ("https://", "https:// names no server, or a user."),
        ("https://user@issuer.example/", "https://user@issuer.example/ names no server, or a user."),
        ("https://:@issuer.example/", "https://:@issuer.example/ names no server, or a user."),
        ("https://issuer.example:22/", "https://issuer.example:22/ is not fetched: port 22 is not allowed."),
        ("https://issuer.example:0/", "https://issuer.example:0/ is not fetched: port 0 is not allowed."),
        ("https://issuer.example:99999/", "'https://issuer.example:99999/' is no address."),
        ("https://[::1/", "'https://[::1/' is no address."),
        ("https://a..b/", "'https://a..b/' is no address."),
        ("https://issuer.example/\r\nHost: b", "'https://issuer.example/\\r\\nHost: b' is no address."),
        ("https://issuer.example/a b", "'https://issuer.example/a b' is no address."),
        ("https://issuer.example\\@evil.example/", "'https://issuer.example\\\\@evil.example/' is no address."),
        ("https://issuer.example/\x7f", "'https://issuer.example/\\x7f' is no address."),
        ("https://issuer.example/\ud800", "'https://issuer.example/\\ud800' is no address."),
        ("http://localhost:8000/", "http://localhost:8000/ is not fetched: only https addresses are."),
    ],
)
def test_what_may_not(url: str, message: str) -> None:
    with pytest.raises(ForbiddenAddress) as caught:
        target(url)
    assert str(caught.value) == message
    assert isinstance(caught.value, Unavailable)  # which never says that a credential is wrong


def test_a_url_that_is_too_long() -> None:
    assert target("https://issuer.example/".ljust(2_000, "a"))
    with pytest.raises(ForbiddenAddress, match=r"is no address\.$"):
        target("https://issuer.example/".ljust(2_001, "a"))


@pytest.mark.parametrize("host", ["localhost:8000", "127.0.0.1:9", "[::1]:80", "localhost"])
def test_this_machine_for_development(host: str) -> None:
    found = target(f"http://{host}/", allow_loopback=True)
    assert found.loopback
    assert found.authority == host.removesuffix(":80")
    assert target(f"https://{host}/", allow_loopback=True).loopback


@pytest.mark.parametrize(
    "host", ["issuer.example", "localhost.example", "127.0.0.2", "127.1", "localhost.", "[::ffff:127.0.0.1]"]
)
def test_only_plain_words_mean_this_machine(host: str) -> None:
    with pytest.raises(ForbiddenAddress, match="only https"):
        target(f"http://{host}/", allow_loopback=True)
    assert not target(f"https://{host}/", allow_loopback=True).loopback


@pytest.mark.parametrize(
    ("url", "authority"),
    [
        ("https://issuer.example/", "issuer.example"),
        ("https://issuer.example:443/", "issuer.example"),
        ("https://issuer.example:8443/", "issuer.example:8443"),
        ("https://[2606:4700::1]:8443/", "[2606:4700::1]:8443"),
    ],
)
def test_the_host_header(url: str, authority: str) -> None:
    assert target(url).authority == authority


@pytest.mark.parametrize(
    "address", ["8.8.8.8", "2606:4700::1111", "::ffff:8.8.8.8", "2002:808:808::1", "64:ff9b::808:808"]
)
def test_public_addresses(address: str) -> None:
    assert is_public(address)


PRIVATE = {
    "private": ("10.0.0.1", "172.16.0.1", "192.168.1.1", "fc00::1", "fd12:3456::1"),
    "loopback": ("127.0.0.1", "127.8.8.8", "::1"),
    "link-local": ("169.254.1.1", "fe80::1", "fe80::1%eth0"),
    "metadata": ("169.254.169.254", "100.100.100.200", "192.0.0.192", "168.63.129.16", "fd00:ec2::254"),
    "unspecified": ("0.0.0.0", "::"),
    "shared": ("100.64.0.1",),
    "benchmarking, documentation": ("198.18.0.1", "192.0.2.1", "203.0.113.1", "2001:db8::1"),
    "multicast": ("224.0.0.1", "239.1.1.1", "ff02::1"),
    "reserved": ("240.0.0.1", "255.255.255.255", "192.88.99.1", "4000::1", "5f00::1"),
    "site-local": ("fec0::1",),
    "IPv4-mapped": ("::ffff:127.0.0.1", "::ffff:10.0.0.1", "::ffff:a9fe:a9fe"),
    "IPv4-compatible": ("::127.0.0.1", "::10.0.0.1", "::8.8.8.8"),
    "6to4": ("2002:7f00:1::1", "2002:a00:1::1"),
    "NAT64": ("64:ff9b::7f00:1", "64:ff9b::a9fe:a9fe", "64:ff9b:1::7f00:1", "64:ff9b:1::808:808"),
    "Teredo": ("2001:0:4136:e378:8000:63bf:3fff:fdd2",),
}


@pytest.mark.parametrize("address", [address for addresses in PRIVATE.values() for address in addresses])
def test_addresses_that_are_not(address: str) -> None:
    assert not is_public(address)


def test_loopback_addresses() -> None:
    assert all(map(is_loopback, ("127.0.0.1", "127.8.8.8", "::1")))
    assert not any(map(is_loopback, ("10.0.0.1", "8.8.8.8", "fe80::1%lo")))
