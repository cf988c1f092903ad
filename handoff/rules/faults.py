"""What is wrong with a definition, and where, gathered so that all of it is told at once."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True)
class Fault:
    """Something wrong at a place such as `definition.decide[2].when[0].field`."""

    place: str
    message: str

    def __str__(self) -> str:
        return f"{self.place}: {self.message}"


class Faulty(ValueError):
    """Something that cannot be kept, or cannot judge; `faults` say where it is wrong, and how."""

    def __init__(self, faults: Iterable[Fault]) -> None:
        self.faults = list(faults)
        super().__init__("; ".join(str(fault) for fault in self.faults))


@dataclass
class Report:
    """Gathers faults, which refuse a definition, and warnings, which do not."""

    faults: list[Fault] = field(default_factory=list)
    warnings: list[Fault] = field(default_factory=list)

    def wrong(self, place: str, message: str) -> None:
        self.faults.append(Fault(place, message))

    def doubtful(self, place: str, message: str) -> None:
        self.warnings.append(Fault(place, message))

    def unknown_keys(self, row: Mapping[Any, Any], allowed: Iterable[str], place: str) -> None:
        """A fault for each key of a mapping that has no meaning there."""
        meant = tuple(allowed)
        for key in row:
            if key not in meant:
                self.wrong(f"{place}.{key}", f"unknown key {shown(key)}; {one_of(meant)}")


def shown(value: Any) -> str:
    """A value as a message quotes it, cut where long."""
    said = f"“{value}”" if isinstance(value, str) else repr(value)
    end = "…”" if isinstance(value, str) else "…"
    return said if len(said) <= 80 else said[:76] + end


def one_of(names: Iterable[str]) -> str:
    """“expected one of a, b, c”."""
    return "expected one of " + ", ".join(names)


def kind_of(value: Any) -> str:
    """What a YAML value is, in plain words."""
    kinds = {
        type(None): "nothing",
        bool: "true or false",
        int: "a number",
        float: "a number",
        str: "text",
        list: "a list",
        dict: "a mapping",
    }
    return kinds.get(type(value), f"a {type(value).__name__}")
