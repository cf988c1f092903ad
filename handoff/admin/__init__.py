"""The room in which marketing operations and administrators change the agreement."""

from . import agreement, definition, people

__all__ = ["agreement", "definition", "people"]
