"""Status types: how one asks whether a credential still holds. One file each, and one line in this table."""

from collections.abc import Mapping
from types import ModuleType

from vc.status import bitstring

STATUS_TYPES: Mapping[str, ModuleType] = {
    "BitstringStatusListEntry": bitstring,
}
