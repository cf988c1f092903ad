"""The agreement as one YAML file: read, loaded into the tables, and written again."""

from .reading import Known, PlaybookFile, read, read_text
from .yaml12 import Unreadable, as_text, from_text

__all__ = ["Known", "PlaybookFile", "Unreadable", "as_text", "from_text", "read", "read_text"]
