"""A list of readers as a file."""

import pytest

from digest.actions.readers.list_file import columns_of, lines_of, opened
from digest.errors import UsageError


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "cp1252"])
def test_a_list_is_read_in_the_encoding_that_it_is_in(tmp_path, encoding):
    path = tmp_path / "readers.csv"
    path.write_text("E-Mail;name\nada@reader.example;Zoë\n", encoding=encoding)

    with opened(path) as file:
        columns = columns_of(path, file, {"Name": "name"})
        assert columns.names == ("email", "name")
        assert list(lines_of(file)) == ["ada@reader.example;Zoë\n"]


def test_a_header_that_is_none_is_named_with_its_file(tmp_path):
    path = tmp_path / "readers.csv"
    path.write_text("who,where\n")
    with opened(path) as file, pytest.raises(UsageError, match=r"readers\.csv:1: the first line"):
        columns_of(path, file, {})


def test_a_column_that_is_mapped_must_be_there(tmp_path):
    path = tmp_path / "readers.csv"
    path.write_text("email,who\n")
    with opened(path) as file, pytest.raises(UsageError, match='no column "Namen"; there are: '):
        columns_of(path, file, {"Namen": "name"})
