"""The agreement as one YAML file: read, loaded into the tables, and written again."""

from .loading import Faulty, LoadReport, known, load
from .reading import Known, PlaybookFile, read, read_text
from .writing import NoSuchVersion, as_document, export
from .yaml12 import Unreadable, as_text, from_text

__all__ = [
    "Faulty",
    "Known",
    "LoadReport",
    "NoSuchVersion",
    "PlaybookFile",
    "Unreadable",
    "as_document",
    "as_text",
    "export",
    "from_text",
    "known",
    "load",
    "read",
    "read_text",
]
