"""Status types: how one asks whether a credential still holds. One file each, and one line in this table.

    for entry in entries_of(credential):
        question = entry.question()
        standing = entry.answer(question, fetch(question.url, question.accept), asker=asker, age=0)

A type's key is the `type` of an entry of `credentialStatus`; for the claim `status` of JWT and SD-JWT credentials it is
`status.` and the member's name. `vc.standing` has the seam and its words.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from vc.errors import NotSupported, StatusInvalid, StatusMalformed
from vc.standing import Asker, Question, Standing, StatusType
from vc.status import bitstring, revocation_list_1edtech, status_list_2021, token_status_list

STATUS_TYPES: Mapping[str, StatusType] = {
    "BitstringStatusListEntry": bitstring,
    "StatusList2021Entry": status_list_2021,
    "1EdTechRevocationList": revocation_list_1edtech,
    "status.status_list": token_status_list,
}

MAX_ENTRIES = 4  # statuses of one credential: revocation, suspension, a message, and one to spare


@dataclass(frozen=True)
class Entry:
    """One status of a credential, not looked at yet. `names`: the types that it gives itself."""

    names: tuple[str, ...]
    status: dict[str, Any]

    @property
    def type(self) -> StatusType:
        """Raises `NotSupported` for a type outside the table."""
        known = [name for name in self.names if name in STATUS_TYPES]
        if not known:
            raise NotSupported(
                "The status type {type} is not supported here.", type=", ".join(self.names)[:80] or "(none)"
            )
        if len(known) > 1:
            raise StatusMalformed("A status is of two types at once, {types}.", types=", ".join(known))
        return STATUS_TYPES[known[0]]

    def question(self) -> Question:
        """Raises `StatusInvalid` or `NotSupported`."""
        return self.type.question(self.status)

    def answer(self, question: Question, data: bytes, *, asker: Asker, age: int) -> Standing:
        """Raises `StatusInvalid` or `StatusUnavailable`."""
        return self.type.answer(question, data, asker=asker, age=age)


def entries_of(credential: dict[str, Any]) -> list[Entry]:
    """The statuses of a credential, in their order. `credential`: what its proof covers. Raises `StatusMalformed`."""
    listed = credential.get("credentialStatus", [])
    entries = []
    for status in listed if isinstance(listed, list) else [listed]:
        if not isinstance(status, dict):
            raise StatusMalformed("A credentialStatus is not an object.")
        types = status.get("type", [])
        names = [name for name in (types if isinstance(types, list) else [types]) if isinstance(name, str)]
        entries.append(Entry(tuple(name for name in names if not name.startswith("status.")), status))
    if "status" in credential:
        claim = credential["status"]
        if not isinstance(claim, dict) or not claim or not all(isinstance(member, dict) for member in claim.values()):
            raise StatusMalformed("The claim status is not an object that names a status list.")
        entries.extend(Entry((f"status.{name}",), member) for name, member in claim.items())
    if len(entries) > MAX_ENTRIES:
        raise StatusInvalid("The credential names {count} statuses.", count=len(entries))
    return entries
