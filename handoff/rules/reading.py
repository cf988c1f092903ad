"""What every section of a definition is read with: rows, keys, texts, figures, references."""

import re
from collections.abc import Callable, Collection
from typing import Any, TypeVar

from .conditions import Scope, When, is_number, is_writable, parse_when
from .definition import STATUSES
from .faults import Report, kind_of, one_of, shown

SLUG = re.compile(r"[A-Za-z0-9_-]{1,64}")
RESERVED = "_limit"
MOST_POINTS = 1_000_000_000
MOST_MINUTES = 5_256_000
"""Ten years; a deadline beyond it is a slip of the pen."""

MOST_ROWS = 500
LONGEST_LABEL = 200

Row = TypeVar("Row")


class RowReader:
    """Reads rows and what stands in them; what is wrong goes to the report.

    `motion_keys` and `tier_keys` are what conditions and rows may name; None: not checked.
    """

    def __init__(
        self,
        report: Report,
        teams: Collection[str] | None,
        reasons: Collection[str] | None,
        tracks: Collection[str] | None,
    ) -> None:
        self.report = report
        self.teams, self.reasons, self.tracks = teams, reasons, tracks
        self.motion_keys: frozenset[str] | None = frozenset()
        self.tier_keys: frozenset[str] | None = frozenset()

    def rows(
        self, raw: Any, place: str, read: Callable[[dict[str, Any], str], Row]
    ) -> tuple[Row, ...]:
        """The rows of a section, each with a key of its own."""
        if raw is None:
            raw = []
        if not isinstance(raw, list):
            self.report.wrong(place, f"must be a list of rows, not {kind_of(raw)}")
            return ()
        if len(raw) > MOST_ROWS:
            self.report.wrong(place, f"has {len(raw)} rows; at most {MOST_ROWS} are allowed")
            return ()
        found: list[Row] = []
        seen: set[str] = set()
        for index, row in enumerate(raw):
            here = f"{place}[{index}]"
            if not isinstance(row, dict):
                self.report.wrong(here, f"must be a mapping, not {kind_of(row)}")
                continue
            key = self.key(row, here)
            if key in seen:
                self.report.wrong(f"{here}.key", f"{shown(key)} is the key of an earlier row")
            seen.add(key)
            found.append(read(row, here))
        return tuple(found)

    def key(self, row: dict[str, Any], place: str) -> str:
        key = row.get("key")
        if not isinstance(key, str) or not SLUG.fullmatch(key) or key == RESERVED:
            said = "is missing" if "key" not in row else f"cannot be {shown(key)}"
            self.report.wrong(
                f"{place}.key", f"{said}: up to 64 letters, digits, “-” and “_” make a key"
            )
            return ""
        return key

    def head(self, row: dict[str, Any], place: str) -> tuple[str, str]:
        return str(row.get("key", "")), self.text(row, "label", place, LONGEST_LABEL)

    def text(self, row: dict[str, Any], name: str, place: str, longest: int) -> str:
        raw = row.get(name)
        if raw is None:
            return ""
        if not isinstance(raw, str) or len(raw) > longest or not is_writable(raw):
            self.report.wrong(
                f"{place}.{name}", f"must be text of at most {longest} characters, not {shown(raw)}"
            )
            return ""
        return raw.strip()

    def points(self, row: dict[str, Any], place: str) -> float:
        raw = row.get("points")
        if raw is None or not is_number(raw) or abs(raw) > MOST_POINTS:
            said = "are missing" if "points" not in row else f"cannot be {shown(raw)}"
            self.report.wrong(
                f"{place}.points", f"{said}: a number up to {MOST_POINTS:,} is needed"
            )
            return 0.0
        return float(raw)

    def minutes(self, row: dict[str, Any], name: str, place: str, other: str = "") -> int | None:
        return self.whole(
            row, name, place, least=0, most=MOST_MINUTES, what=f"whole minutes{other}"
        )

    def whole(
        self,
        row: dict[str, Any],
        name: str,
        place: str,
        *,
        least: int,
        most: int,
        what: str = "a whole number",
    ) -> int | None:
        raw = row.get(name)
        if raw is None:
            return None
        if isinstance(raw, bool) or not isinstance(raw, int) or not least <= raw <= most:
            self.report.wrong(
                f"{place}.{name}", f"must be {what} from {least} to {most:,}, not {shown(raw)}"
            )
            return None
        return raw

    def known(
        self, row: dict[str, Any], name: str, place: str, keys: Collection[str] | None
    ) -> str | None:
        """The key of another row that this one names."""
        raw = row.get(name)
        if raw is None:
            return None
        if not isinstance(raw, str) or not SLUG.fullmatch(raw):
            self.report.wrong(f"{place}.{name}", f"must be the key of a {name}, not {shown(raw)}")
        elif keys is not None and raw not in keys:
            known = one_of(sorted(keys)) if keys else "there are none"
            self.report.wrong(f"{place}.{name}", f"there is no {name} {shown(raw)}; {known}")
        return str(raw)

    def when(self, row: dict[str, Any], place: str, section: str) -> When | None:
        if row.get("when") is None:
            return None
        statuses = frozenset(STATUSES)
        scope = Scope(section, self.motion_keys, statuses, self.tier_keys)
        return parse_when(row["when"], f"{place}.when", scope, self.report)
