"""YAML 1.2, core schema: `NO`, `on`, `yes` and `2026-12-24` are text, and a key stands once.

The scanner is PyYAML's; what a plain word means is decided here, since PyYAML follows YAML 1.1.
Keys are always text, as they are written. Anchors and aliases are read; tags beyond the core ones
are refused.
"""

import re
from typing import Any

import yaml
from yaml.composer import Composer
from yaml.nodes import MappingNode, Node, ScalarNode, SequenceNode
from yaml.parser import Parser
from yaml.reader import Reader
from yaml.scanner import Scanner

MOST_NODES = 200_000
"""More values than this, aliases counted each time they stand, are refused."""
MOST_DEPTH = 50

TAG = "tag:yaml.org,2002:"
NULL = re.compile(r"^(?:~|null|Null|NULL|)\Z")
TRUE = re.compile(r"^(?:true|True|TRUE)\Z")
FALSE = re.compile(r"^(?:false|False|FALSE)\Z")
INTEGER = re.compile(r"^(?:[-+]?[0-9]+|0o[0-7]+|0x[0-9a-fA-F]+)\Z")
FLOAT = re.compile(r"^[-+]?(?:\.[0-9]+|[0-9]+(?:\.[0-9]*)?)(?:[eE][-+]?[0-9]+)?\Z")
INFINITE = re.compile(r"^[-+]?\.(?:inf|Inf|INF)\Z")
NOT_A_NUMBER = re.compile(r"^\.(?:nan|NaN|NAN)\Z")

PLAIN = re.compile(r"^[\w./+(“](?:[\w ./+@()%*&!;='’“”–—·€$-]*[\w./+@)%*!;'’“”€$])?\Z")

YES_OR_NO_ONCE = re.compile(r"^(?:y|n|yes|no|on|off)\Z", re.IGNORECASE)
"""Words that YAML 1.1 took for true and false; in quotes every reader takes them for text."""


class Unreadable(ValueError):
    """Text that is not YAML, or not the YAML that is read here; says the line."""


class Core(Reader, Scanner, Parser, Composer):
    """PyYAML's nodes, with every untagged plain word left to `_scalar`."""

    def __init__(self, text: str | bytes) -> None:
        Reader.__init__(self, text)
        Scanner.__init__(self)
        Parser.__init__(self)
        Composer.__init__(self)

    def resolve(self, kind: type[Node], value: str, implicit: Any) -> str:
        """Called for nodes without a tag; `implicit` begins with whether a scalar is plain."""
        if kind is ScalarNode:
            return "plain" if implicit[0] else f"{TAG}str"
        return f"{TAG}seq" if kind is SequenceNode else f"{TAG}map"

    def descend_resolver(self, parent: Any, index: Any) -> None:
        """Nothing depends on where a node stands."""

    def ascend_resolver(self) -> None:
        """Nothing depends on where a node stands."""


class Builder:
    """Turns nodes into values, and remembers on which line each place stands."""

    def __init__(self) -> None:
        self.lines: dict[str, int] = {}
        self.wrong: list[str] = []
        self.nodes = 0

    def build(self, node: Node, place: str = "", depth: int = 0) -> Any:
        self.nodes += 1
        line = node.start_mark.line + 1
        if self.nodes > MOST_NODES or depth > MOST_DEPTH:
            raise Unreadable(f"Line {line}: too many values within each other.")
        self.lines.setdefault(place, line)
        if isinstance(node, SequenceNode) and node.tag == f"{TAG}seq":
            return [
                self.build(one, f"{place}[{index}]", depth + 1)
                for index, one in enumerate(node.value)
            ]
        if isinstance(node, MappingNode) and node.tag == f"{TAG}map":
            return self._mapping(node, place, depth)
        if isinstance(node, ScalarNode):
            try:
                return _scalar(node.tag, node.value)
            except ValueError as error:
                self.wrong.append(f"Line {line}: {error}")
                return None
        self.wrong.append(f"Line {line}: the tag “{node.tag}” means nothing here.")
        return None

    def _mapping(self, node: MappingNode, place: str, depth: int) -> dict[str, Any]:
        read: dict[str, Any] = {}
        for key_node, value_node in node.value:
            line = key_node.start_mark.line + 1
            if not isinstance(key_node, ScalarNode):
                self.wrong.append(f"Line {line}: a key must be a word, not a list or mapping.")
                continue
            key = key_node.value
            inner = f"{place}.{key}" if place else key
            if key in read:
                first = self.lines[inner]
                self.wrong.append(f"Line {line}: “{key}” stands twice; first on line {first}.")
                continue
            self.lines[inner] = line
            read[key] = self.build(value_node, inner, depth + 1)
        return read


def _scalar(tag: str, text: str) -> Any:
    if tag == f"{TAG}str":
        return text
    if NULL.match(text) and tag in ("plain", f"{TAG}null"):
        return None
    if TRUE.match(text) and tag in ("plain", f"{TAG}bool"):
        return True
    if FALSE.match(text) and tag in ("plain", f"{TAG}bool"):
        return False
    if INTEGER.match(text) and tag in ("plain", f"{TAG}int"):
        if len(text) > 400:
            raise ValueError("that number is too long.")
        return int(text, 0) if text.startswith(("0o", "0x")) else int(text, 10)
    if tag in ("plain", f"{TAG}float"):
        if FLOAT.match(text):
            return float(text)
        if INFINITE.match(text):
            return float(text.replace(".", ""))
        if NOT_A_NUMBER.match(text):
            return float("nan")
    if tag == "plain":
        return text
    raise ValueError(f"“{text}” cannot be read as “{tag.removeprefix(TAG)}”.")


def read_with_lines(text: str | bytes) -> tuple[Any, dict[str, int]]:
    """The value of a document, and the line of every place (`a.b[0].c`) in it.

    Raises Unreadable with every duplicate key and unreadable value at once, or with the first
    point at which the text is no YAML.
    """
    builder = Builder()
    try:
        node = Core(text).get_single_node()
        value = builder.build(node) if node is not None else None
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        where = f"Line {mark.line + 1}" if mark else "The text"
        what = ", ".join(part for part in (error.context, error.problem) if part)
        raise Unreadable(f"{where}: {what}.") from None
    except yaml.YAMLError as error:
        raise Unreadable(f"The text is no YAML: {' '.join(str(error).split())}.") from None
    except (UnicodeError, RecursionError, ValueError, OverflowError) as error:
        if isinstance(error, Unreadable):
            raise
        raise Unreadable(f"The text cannot be read: {error}.") from None
    if builder.wrong:
        raise Unreadable(" ".join(builder.wrong))
    return value, builder.lines


def from_text(text: str | bytes) -> Any:
    """The value of a YAML 1.2 document. Raises ValueError with the line."""
    return read_with_lines(text)[0]


def as_text(value: Any) -> str:
    """A value as lines that `from_text` reads back: one line for each entry, rows in braces."""
    if isinstance(value, dict) and value:
        return "\n".join(f"{inline(str(key))}: {inline(item)}" for key, item in value.items())
    if isinstance(value, list) and value:
        return "\n".join(f"- {inline(item)}" for item in value)
    return "" if value in (None, {}, []) else inline(value)


def inline(value: Any) -> str:
    """A value on one line, in flow style."""
    if value is None:
        return "null"
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float) and value.is_integer() and abs(value) < 2**53:
        return str(int(value))
    if isinstance(value, int | float):
        return repr(value)
    if isinstance(value, dict):
        return "{" + ", ".join(f"{inline(str(k))}: {inline(v)}" for k, v in value.items()) + "}"
    if isinstance(value, list | tuple):
        return "[" + ", ".join(inline(one) for one in value) + "]"
    text = str(value)
    plain = PLAIN.match(text) and isinstance(_scalar("plain", text), str)
    plain = plain and " #" not in text and not YES_OR_NO_ONCE.match(text)
    return text if plain else f'"{"".join(map(_escaped, text))}"'


def _escaped(letter: str) -> str:
    if letter in '"\\':
        return f"\\{letter}"
    return letter if letter.isprintable() else f"\\U{ord(letter):08X}"
