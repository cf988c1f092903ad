"""The rule language: a definition's conditions, what they mean, and one statement that judges.

Knows no model. A definition is read by `parse`, compiled by `compile_definition` to one SQL
statement over a relation of facts and one of touches, and asked about given rows by `judge`.
"""

from .conditions import Condition, When
from .definition import CLOCKS, HANDED_OVER, STATUSES, Definition
from .faults import Fault
from .parsing import Parsed, parse, parse_step, step_definition
from .sentences import said, sentence

__all__ = (
    "CLOCKS",
    "HANDED_OVER",
    "STATUSES",
    "Condition",
    "Definition",
    "Fault",
    "Parsed",
    "When",
    "parse",
    "parse_step",
    "said",
    "sentence",
    "step_definition",
)
