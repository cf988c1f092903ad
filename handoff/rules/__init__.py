"""The rule language: a definition's conditions, what they mean, and one statement that judges.

Knows no model. A definition is read by `parse`, compiled by `compile_definition` to one SQL
statement over a relation of facts and one of touches, and asked about given rows by `judge`.
"""

from .compile import EXPLAINED, VERDICT, Compiled, compile_definition
from .conditions import Condition, When
from .definition import CLOCKS, HANDED_OVER, STATUSES, Definition
from .explain import ExplainedCondition, ExplainedRow, explained
from .facts import Unreadable
from .faults import Fault
from .judge import Decision, judge, judge_by_each, judge_each, shown
from .parsing import Parsed, parse, parse_step, step_definition
from .sentences import said, sentence
from .sql_text import Folding, folding_of

__all__ = (
    "CLOCKS",
    "EXPLAINED",
    "HANDED_OVER",
    "STATUSES",
    "VERDICT",
    "Compiled",
    "Condition",
    "Decision",
    "Definition",
    "ExplainedCondition",
    "ExplainedRow",
    "Fault",
    "Folding",
    "Parsed",
    "Unreadable",
    "When",
    "compile_definition",
    "explained",
    "folding_of",
    "judge",
    "judge_by_each",
    "judge_each",
    "parse",
    "parse_step",
    "said",
    "sentence",
    "shown",
    "step_definition",
)
