"""Our own JSON Schemas as files: the table and the folder are one set, and no name leads out of it."""

from pathlib import Path

import pytest

import contexts

FOLDER = Path(contexts.__file__).parent / "schemas"


def test_the_table_and_the_folder_are_the_same_set() -> None:
    assert sorted(f"{name}.json" for name in contexts.SCHEMAS) == sorted(path.name for path in FOLDER.iterdir())


def test_every_call_gives_an_object_of_its_own() -> None:
    first = contexts.schema("types")
    first["$defs"].clear()
    assert contexts.schema("types")["$defs"]


@pytest.mark.parametrize("name", ["", "nothing", "../table", "types.json", "/etc/passwd", "../files/credentials-v2"])
def test_any_other_name_is_refused(name: str) -> None:
    with pytest.raises(contexts.UnknownSchema):
        contexts.schema(name)
