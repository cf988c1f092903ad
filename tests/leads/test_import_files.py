"""A file of leads in any dress is read row by row; what cannot be read says why."""

import datetime as dt
import io
import zipfile
from typing import Any

import openpyxl
import pytest

from leads.journey.files import Unreadable, guarded, read_table


def rows(content: bytes) -> list[tuple[int, tuple[Any, ...], str]]:
    return [(row.line, row.cells, row.error) for row in read_table(io.BytesIO(content)).rows]


def headers(content: bytes) -> tuple[str, ...]:
    return read_table(io.BytesIO(content)).headers


def xlsx(*lines: list[Any]) -> bytes:
    book = openpyxl.Workbook()
    for line in lines:
        book.active.append(line)
    saved = io.BytesIO()
    book.save(saved)
    return saved.getvalue()


NAMES = "email,naïve\nana@novapay.com,Zoë\n"


@pytest.mark.parametrize(
    "encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "cp1252", "latin-1"]
)
def test_every_usual_encoding_is_read(encoding: str) -> None:
    content = NAMES.encode(encoding)

    assert headers(content) == ("email", "naïve")
    assert rows(content) == [(2, ("ana@novapay.com", "Zoë"), "")]


def test_right_to_left_and_emoji_survive() -> None:
    assert rows("email,company\na@b.co,شركة 🚀\n".encode())[0][1] == ("a@b.co", "شركة 🚀")


@pytest.mark.parametrize("mark", [",", ";", "\t", "|"])
def test_the_separator_is_recognised(mark: str) -> None:
    content = mark.join(("email", "company, legal")) + "\r\n" + mark.join(("a@b.co", "x")) + "\r\n"
    if mark == ",":
        content = 'email,"company, legal"\r\na@b.co,x\r\n'

    assert headers(content.encode()) == ("email", "company, legal")
    assert rows(content.encode()) == [(2, ("a@b.co", "x"), "")]


def test_quotes_hold_separators_quotes_and_line_breaks() -> None:
    assert rows(b'a,b\n"x, ""y""\nz",1\nq,2\n') == [
        (3, ('x, "y"\nz', "1"), ""),
        (4, ("q", "2"), ""),
    ]


def test_ragged_rows_carry_their_line_and_stop_nobody() -> None:
    read = rows(b"a,b\n1\n\n1,2,3\n1,2,,\n,\n1,2\n")

    assert [(line, bool(error)) for line, _, error in read] == [
        (2, True),
        (4, True),
        (5, False),
        (7, False),
    ]
    assert read[0][2] == "Line 2 has 1 cells; the first line names 2 columns."


@pytest.mark.parametrize(
    ("content", "told"),
    [
        (b"", "empty"),
        (b"\n \n", "empty"),
        (b"a,b,a\n1,2,3\n", "2 columns named “a”"),
        (b"a,,c\n1,2,3\n", "Column 2 has no name"),
        (b"PK\x03\x04 no zip", "no XLSX"),
        (b"\x00\x01\x02PNG\x89\xff" * 50, "no CSV or XLSX"),
    ],
)
def test_a_file_that_is_no_table_says_why(content: bytes, told: str) -> None:
    with pytest.raises(Unreadable, match=told):
        read_table(io.BytesIO(content))


def test_a_cell_of_ten_megabytes_is_a_cell() -> None:
    assert len(rows(b"a,b\n1," + b"x" * 10_000_000 + b"\n")[0][1][1]) == 10_000_000


def test_a_guarded_formula_is_read_back() -> None:
    cells = ["=1+1", "+49 30", "-1", "@x", "plain"]
    content = "a,b,c,d,e\n" + ",".join(guarded(cell) for cell in cells) + "\n"

    assert "'=1+1" in content
    assert rows(content.encode())[0][1] == tuple(cells)


def test_xlsx_is_read_with_its_types() -> None:
    moment = dt.datetime(2026, 10, 12, 9, 30)
    content = xlsx(
        ["email", "employees", "created", "consent", None],
        ["a@b.co", 400, moment, True],
        [None, None],
        ["c@d.co", 1.5, None, None],
    )

    assert headers(content) == ("email", "employees", "created", "consent")
    assert rows(content) == [
        (2, ("a@b.co", "400", moment, "true"), ""),
        (4, ("c@d.co", "1.5", "", ""), ""),
    ]


def repacked(name: str, content: bytes) -> bytes:
    """A good XLSX with one part replaced."""
    packed = io.BytesIO()
    old = zipfile.ZipFile(io.BytesIO(xlsx(["a"], [1])))
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as new:
        for member in old.namelist():
            new.writestr(member, content if member == name else old.read(member))
    return packed.getvalue()


def test_a_zip_bomb_is_refused() -> None:
    with pytest.raises(Unreadable, match="unpacks to far more"):
        read_table(io.BytesIO(repacked("xl/worksheets/sheet1.xml", b" " * 64 * 1024 * 1024)))


def test_an_entity_bomb_is_refused() -> None:
    bomb = (
        b'<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;">]>'
        b'<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main">'
        b'<sheetData><row r="1"><c r="A1" t="inlineStr"><is><t>&b;</t></is></c></row></sheetData>'
        b"</worksheet>"
    )

    with pytest.raises(Unreadable, match="no XLSX file"):
        read_table(io.BytesIO(repacked("xl/worksheets/sheet1.xml", bomb)))
