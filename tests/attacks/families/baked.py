"""What attacks on pictures and documents share: a genuine credential, and a second one, which is somebody else's."""

from collections.abc import Callable

from tests.attacks.attack import Guard, attack
from tests.attacks.stage import Stage

STOPPED = "structure CONTAINER_ERROR"
Bake = Callable[[bytes, bytes], bytes]


def baked(name: str, threat: str, bake: Bake, by: Guard, stopped: str = STOPPED, **more: str) -> None:
    """`bake`: a genuine credential, and a second genuine one, which is somebody else's."""

    def build(stage: Stage) -> bytes:
        other = stage.course(id="https://credentials.example.org/credentials/other")
        other["credentialSubject"]["identifier"][0]["identityHash"] = "Somebody Else"
        return bake(stage.text(stage.secure(stage.course())), stage.text(stage.secure(other)))

    attack(name, threat, stopped, by, **more)(build)
