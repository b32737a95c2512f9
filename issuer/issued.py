"""What a run of issuing did, in numbers of certificates: nothing is left out silently, and nothing of it is kept."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field

from issuer import selection
from issuer.chunks import Item, Result, said
from issuer.errors import AlreadyIssued, KeyRefused, LimitReached, ReadBackFailed
from issuer.selection import Held, Plan
from issuer.store.credentials import StoredCredential


@dataclass(frozen=True)
class Issued:
    """`held`: what could not be issued, each with its reason. `limited`: the organizations that reached the limit of an
    hour, each with how many of its certificates wait. `present`: how many were there before, where that was asked."""

    courses: int = 0
    programs: int = 0
    held: tuple[Held, ...] = ()
    limited: tuple[tuple[LimitReached, int], ...] = ()
    present: int = 0


@dataclass
class Tally:
    """`released` is told of each certificate."""

    released: Callable[[StoredCredential], None]
    courses: int = 0
    programs: int = 0
    held: list[Held] = field(default_factory=list)
    limited: dict[str, tuple[LimitReached, int]] = field(default_factory=dict)
    no_key: KeyRefused | None = None

    def add(self, plan: Plan, item: Item, result: Result) -> None:
        """Raises `ReadBackFailed`: the key is not what the world is told it is, and no more is signed by it."""
        match result:
            case StoredCredential():
                self.courses += result.kind == "course"
                self.programs += result.kind == "program"
                self.released(result)
            case AlreadyIssued():
                pass
            case LimitReached():  # said once; the others are counted
                organization = selection.organization_of(plan, item)
                first, count = self.limited.get(organization, (result, 0))
                self.limited[organization] = (first, count + 1)
            case ReadBackFailed():
                raise result
            case _:
                self.no_key = result if isinstance(result, KeyRefused) else self.no_key
                self.held.append(selection.held(item, said(result)))

    def done(self, held: Iterable[Held]) -> Issued:
        """`held`: what was not even tried. Raises `KeyRefused` when for want of a key nothing was issued at all."""
        if self.no_key is not None and not self.courses + self.programs:
            raise self.no_key
        return Issued(self.courses, self.programs, (*held, *self.held), tuple(self.limited.values()))
