"""Many revocations while the lists are asked for all the time: each shows at once, everywhere, and none goes back.

`python -m benchmarks.status_list` does a thousand; here it is a dozen.
"""

import json
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from itertools import pairwise

import pytest

from issuer.app import wire
from issuer.services import Services
from tests.issuer.installation import Installation, earned
from vc.status.bitstring import Bitstring

pytestmark = pytest.mark.both_databases


def set_in(services: Services, name: str) -> tuple[int, frozenset[int]]:
    """The version of the list that is served now, and what is set in it."""
    signed = services.status_lists.current(name)
    bits = Bitstring.decode(json.loads(signed.body)["credentialSubject"]["encodedList"])
    found = (place * 8 + bit for place, byte in enumerate(bits.data) if byte for bit in range(8) if byte & 0x80 >> bit)
    return signed.version, frozenset(found)


def watching(services: Services, name: str, over: threading.Event) -> Callable[[], list[frozenset[int]]]:
    """What one sees who asks again and again."""

    def watch() -> list[frozenset[int]]:
        seen = []
        while not over.wait(0.01):  # seconds
            seen.append(set_in(services, name)[1])
        return seen

    return watch


def test_each_shows_at_once_and_none_goes_back(school: Installation) -> None:
    school.record(*(fact for number in range(4) for fact in earned(f"learner-{number}")))
    school.decide_and_issue()
    certificates = school.certificates()
    name, over, revoked = school.list_of(certificates[0]), threading.Event(), set()
    other = wire(school.home, environ=school.environ, now=lambda: school.now)  # as another process is
    with ThreadPoolExecutor(2) as pool:
        watchers = [pool.submit(watching(one, name, over)) for one in (school.services, other)]
        try:
            for number, stored in enumerate(certificates, 1):
                school.change(stored, "revoke")
                revoked.add(stored.list_index)
                for services in (school.services, other):
                    assert set_in(services, name) == (number, frozenset(revoked))
        finally:
            over.set()
    for watcher in watchers:
        seen = watcher.result()
        assert seen
        assert all(before <= after for before, after in pairwise(seen))
