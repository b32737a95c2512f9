"""What an endpoint is asked and what it answers, without a web server.

    answer(verify_credential, Call(b'{"verifiableCredential": …}', PROOF_ONLY, now))

Whatever is wrong with the input is 400 with `problemDetails` (VC API 1.0 section 3.9; VCDM 2.0 section 7.5 "Problem
Details").
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from tests.conformance.profiles import Profile
from vc import strict_json
from vc.errors import MalformedValue, VcError


@dataclass(frozen=True)
class Call:
    """A request. `base`: where the profile is served. `path`: the parameters of the path."""

    body: bytes
    profile: Profile
    now: datetime
    base: str = "https://127.0.0.1:8443/profile"
    path: Mapping[str, str] = field(default_factory=dict)

    def member(self, name: str) -> dict[str, Any]:
        """An object in the body. Raises `MalformedValue`."""
        value = strict_json.parse_object(self.body).get(name)
        if not isinstance(value, dict):
            raise MalformedValue("The request's {name} is missing, or no object.", name=name)
        return value

    @property
    def options(self) -> dict[str, Any]:
        value = strict_json.parse_object(self.body).get("options")
        return value if isinstance(value, dict) else {}

    def pointers(self, name: str) -> list[str]:
        """A list of JSON pointers in the options, empty where there is none. Raises `MalformedValue`."""
        pointers = self.options.get(name, [])
        if not isinstance(pointers, list) or not all(isinstance(pointer, str) for pointer in pointers):
            raise MalformedValue("options.{name} must be a list of JSON pointers.", name=name)
        return pointers


@dataclass(frozen=True)
class Answer:
    status: int
    body: dict[str, Any]


def answer(endpoint: Callable[[Call], Answer], call: Call) -> Answer:
    """What the endpoint answers, or the problem that it raises."""
    try:
        return endpoint(call)
    except VcError as error:
        detail = {"type": error.problem, "title": error.code, "detail": str(error)}
        return Answer(400, {"verified": False, "problemDetails": [detail]})
