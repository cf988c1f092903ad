"""The room in which marketing operations and administrators change the agreement."""

try:  # until the rules have landed
    from . import agreement, definition, people

    __all__ = ["agreement", "definition", "people"]
except ImportError:
    pass
