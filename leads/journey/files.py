"""Files of leads, read as a stream of rows: CSV in any usual dress, XLSX. Pure; knows no table."""

import codecs
import contextlib
import csv
import datetime as dt
import io
import zipfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import IO, Any

import openpyxl
from openpyxl.utils.exceptions import InvalidFileException

DELIMITERS = ",;\t|"
CHUNK = 1024 * 1024
SAMPLE = 64 * 1024
LARGEST_CELL = 128 * CHUNK
LARGEST_UNPACKED = 512 * CHUNK
LARGEST_MEMBER = 32 * CHUNK
MOST_PACKED = 100
"""A large part of an XLSX that unpacks to more than so many times its size is no table."""

ADDED = ("line", "error")
"""First columns of a file of failures; not part of what is imported again."""

FORMULA = tuple("=+-@\t\r")
NO_TABLE = (
    InvalidFileException,
    zipfile.BadZipFile,
    ArithmeticError,
    AttributeError,
    EOFError,
    LookupError,
    OSError,
    SyntaxError,
    TypeError,
    ValueError,
)
"""What reading a broken or malicious XLSX may raise; an entity bomb is a ValueError."""

csv.field_size_limit(LARGEST_CELL)


class Unreadable(ValueError):
    """The file as a whole cannot be read; the message says why."""


@dataclass(frozen=True)
class Row:
    """One row. `line` is its line in the file; `error` says why its cells cannot be told apart."""

    line: int
    cells: tuple[Any, ...]
    error: str = ""


@dataclass(frozen=True)
class Table:
    """A file's column names, and its rows, which can be read once."""

    headers: tuple[str, ...]
    rows: Iterator[Row]


def read_table(file: IO[bytes]) -> Table:
    """The table in a seekable file. Raises Unreadable; a broken row carries its error instead."""
    file.seek(0)
    is_zip = file.read(4) == b"PK\x03\x04"
    file.seek(0)
    lines = _xlsx(file) if is_zip else _csv(file)
    first = next((line for line in lines if not _is_empty(line[1])), None)
    if first is None:
        raise Unreadable("The file is empty.")
    headers = _headers(first[1])
    rows = _rows(lines, len(headers))
    if headers[: len(ADDED)] == ADDED:
        return Table(headers[len(ADDED) :], (_without_added(row) for row in rows))
    return Table(headers, rows)


def _without_added(row: Row) -> Row:
    return Row(row.line, row.cells[len(ADDED) :], row.error)


def _headers(cells: Sequence[Any]) -> tuple[str, ...]:
    names = [str(cell).strip() if cell is not None else "" for cell in cells]
    while names and not names[-1]:
        names.pop()
    wrong = [f"Column {place} has no name." for place, name in enumerate(names, 1) if not name]
    twice = sorted({name for name in names if name and names.count(name) > 1})
    wrong += [f"There are {names.count(name)} columns named “{name[:60]}”." for name in twice]
    if wrong:
        raise Unreadable(" ".join(wrong))
    return tuple(names)


def _rows(lines: Iterator[tuple[int, Sequence[Any]]], width: int) -> Iterator[Row]:
    for line, cells in lines:
        if _is_empty(cells):
            continue
        if len(cells) < width or not _is_empty(cells[width:]):
            named = f"Line {line} has {len(cells)} cells; the first line names {width} columns."
            yield Row(line, tuple(_without_guard(cell) for cell in cells), named)
            continue
        yield Row(line, tuple(_without_guard(cell) for cell in cells[:width]))


def _is_empty(cells: Sequence[Any]) -> bool:
    return all(
        cell is None or cell == "" or (cell.__class__ is str and not cell.strip()) for cell in cells
    )


def guarded(cell: str) -> str:
    """A cell that a spreadsheet does not take for a formula."""
    return f"'{cell}" if cell.startswith(FORMULA) else cell


def _without_guard(cell: Any) -> Any:
    """The cell as it was before `guarded`."""
    if isinstance(cell, str) and cell.startswith("'") and cell[1:].startswith(FORMULA):
        return cell[1:]
    return cell


def _csv(file: IO[bytes]) -> Iterator[tuple[int, Sequence[str]]]:
    encoding = _encoding(file)
    text = io.TextIOWrapper(file, encoding=encoding, newline="")
    try:
        delimiter = _delimiter(text)
        text.seek(0)
        reader = csv.reader(text, delimiter=delimiter)
        try:
            for cells in reader:
                yield reader.line_num, cells
        except (csv.Error, UnicodeError) as error:
            raise Unreadable(f"Line {reader.line_num + 1}: {error}.") from error
    finally:
        with contextlib.suppress(ValueError):
            text.detach()


def _encoding(file: IO[bytes]) -> str:
    """How the text is written: by its mark, else UTF-8 if all of it is, else Windows Latin-1."""
    start = file.read(4096)
    file.seek(0)
    if start.startswith(codecs.BOM_UTF8):
        return "utf-8-sig"
    if start.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return "utf-16"
    if len(start) > 3 and start[1::2].count(0) > len(start) // 4:
        return "utf-16-le"
    if len(start) > 3 and start[0::2].count(0) > len(start) // 4:
        return "utf-16-be"
    if b"\0" in start:
        raise Unreadable("This is no CSV or XLSX file: it holds bytes that no text has.")
    decoder = codecs.getincrementaldecoder("utf-8")()
    try:
        while chunk := file.read(CHUNK):
            decoder.decode(chunk)
        decoder.decode(b"", final=True)
    except UnicodeDecodeError:
        return _latin(file)
    finally:
        file.seek(0)
    return "utf-8"


def _latin(file: IO[bytes]) -> str:
    file.seek(0)
    undefined = bytes((0x81, 0x8D, 0x8F, 0x90, 0x9D))
    while chunk := file.read(CHUNK):
        if any(byte in chunk for byte in undefined):
            return "latin-1"
    return "cp1252"


def _delimiter(text: IO[str]) -> str:
    """The separator by which most of the first lines have as many cells as the line of names."""
    sample = text.read(SAMPLE)
    if len(sample) == SAMPLE:
        sample = sample[: sample.rfind("\n") + 1]

    def fits(mark: str) -> tuple[int, int]:
        widths = [
            len(cells) for cells in csv.reader(io.StringIO(sample, newline=""), delimiter=mark)
        ]
        named = next((width for width in widths if width), 0)
        return (widths.count(named), named) if named > 1 else (0, 0)

    return max(DELIMITERS, key=fits)


def _xlsx(file: IO[bytes]) -> Iterator[tuple[int, Sequence[Any]]]:
    try:
        _refuse_bomb(file)
        book = openpyxl.load_workbook(file, read_only=True, data_only=True, keep_links=False)
        sheet = book.worksheets[0]
        sheet.reset_dimensions()
        width = 0
        for line, cells in enumerate(sheet.iter_rows(values_only=True), 1):
            width = width or len(cells)
            yield line, [_plain(cell) for cell in cells] + [""] * (width - len(cells))
    except Unreadable:
        raise
    except NO_TABLE as error:
        raise Unreadable(
            f"This is no XLSX file that can be read ({type(error).__name__})."
        ) from error


def _refuse_bomb(file: IO[bytes]) -> None:
    with zipfile.ZipFile(file) as packed:
        members = packed.infolist()
    for member in members:
        swollen = member.file_size > MOST_PACKED * max(member.compress_size, 1)
        if member.file_size > LARGEST_MEMBER and swollen:
            raise Unreadable("A part of this XLSX unpacks to far more than a table would.")
    if sum(member.file_size for member in members) > LARGEST_UNPACKED:
        raise Unreadable(f"This XLSX unpacks to more than {LARGEST_UNPACKED // CHUNK} MiB.")
    file.seek(0)


def _plain(cell: Any) -> Any:
    """A cell as text; times stay times, so that they are read in the mapping's zone."""
    if cell is None or isinstance(cell, str | dt.datetime):
        return "" if cell is None else cell
    if isinstance(cell, dt.date):
        return dt.datetime(cell.year, cell.month, cell.day)
    if isinstance(cell, float) and cell.is_integer() and abs(cell) < 1e15:
        return str(int(cell))
    return str(cell).lower() if isinstance(cell, bool) else str(cell)
