"""What an attack is: hostile bytes, the sentence that says why they are hostile, and the guard that stops them.

    @attack("json/duplicate-member", "Two readers see two learners.", "structure PARSING_ERROR", DUPLICATES)
    def _(stage: Stage) -> bytes: ...

A guard is named by the smallest change of the source that takes it out (`Edit`). Where several guards stand behind one
another (the JSON-LD ones do), all of them have to be taken out together before the attack succeeds.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from tests.attacks.stage import Stage


@dataclass(frozen=True)
class Edit:
    """In the file at `path` the text `old`, which stands there once, becomes `new`."""

    path: str
    old: str
    new: str


@dataclass(frozen=True)
class Guard:
    """`name`: short and unique. `edits`: together they take it out."""

    name: str
    edits: tuple[Edit, ...]

    def __or__(self, other: "Guard") -> "Guard":
        """Both taken out; an edit that both name is made once."""
        return Guard(f"{self.name}, {other.name}", tuple(dict.fromkeys((*self.edits, *other.edits))))


def guard(name: str, *edits: tuple[str, str, str]) -> Guard:
    return Guard(name, tuple(Edit(*edit) for edit in edits))


def caught(name: str, path: str, errors: str) -> Guard:
    """A guard that is an `except` clause: without it, the error leaves."""
    return guard(name, (path, f"except {errors}", "except ZeroDivisionError"))


@dataclass(frozen=True)
class Attack:
    """`name`: `family/what-it-does`. `check`, `problem`: which check stops it and with which problem type's last word.
    `verdict`: rejected or undetermined. `build`: the bytes, given a stage on which it may put hostile pages."""

    name: str
    threat: str
    check: str
    problem: str
    guard: Guard
    build: Callable[[Stage], bytes]
    verdict: str = "rejected"
    settings: Mapping[str, Any] = field(default_factory=dict)


ATTACKS: dict[str, Attack] = {}


def add(one: Attack) -> None:
    if one.name in ATTACKS:
        raise ValueError(f"two attacks are called {one.name}")
    ATTACKS[one.name] = one


def attack(
    name: str, threat: str, stopped: str, by: Guard, *, verdict: str = "rejected", **settings: Any
) -> Callable[[Callable[[Stage], bytes]], Callable[[Stage], bytes]]:
    """`stopped`: check and problem, "proof UNSIGNED_DATA". `settings`: see `Stage`."""
    check, problem = stopped.split()

    def register(build: Callable[[Stage], bytes]) -> Callable[[Stage], bytes]:
        add(Attack(name, threat, check, problem, by, build, verdict, settings))
        return build

    return register


Change = Callable[[dict[str, Any]], Any]


def altered(
    name: str, threat: str, change: Change, stopped: str, by: Guard, *, verdict: str = "rejected", program: bool = False
) -> None:
    """An attack on a certificate that the issuer signed, by somebody who changes it afterwards."""

    def build(stage: Stage) -> bytes:
        secured = stage.secure(stage.program() if program else stage.course())
        change(secured)
        return stage.text(secured)

    attack(name, threat, stopped, by, verdict=verdict)(build)


def issued(
    name: str,
    threat: str,
    change: Change,
    stopped: str,
    by: Guard,
    *,
    verdict: str = "rejected",
    program: bool = False,
    **options: Any,
) -> None:
    """An attack by the issuer, or by who has its key: signed as it stands, however unsound it is. `options`: of the
    proof."""

    def build(stage: Stage) -> bytes:
        credential = stage.program() if program else stage.course()
        change(credential)
        return stage.text(stage.secure_as_is(credential, **options))

    attack(name, threat, stopped, by, verdict=verdict)(build)
