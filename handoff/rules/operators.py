"""The operators of conditions, by what a field holds."""

from collections.abc import Mapping

from .fields import Kind

TEXT_OPERATORS = ("is", "is_not", "in", "not_in", "contains", "starts_with")
NUMBER_OPERATORS = ("is", "is_not", "in", "not_in", "at_least", "at_most", "between")
BOOL_OPERATORS = ("is", "is_not")
OPERATORS: Mapping[Kind, tuple[str, ...]] = {
    Kind.TEXT: (*TEXT_OPERATORS, "known"),
    Kind.NUMBER: (*NUMBER_OPERATORS, "known"),
    Kind.BOOL: (*BOOL_OPERATORS, "known"),
}
ALL_OPERATORS = (*TEXT_OPERATORS, "at_least", "at_most", "between", "known")
SIGNAL_KEYS = ("at_least", "at_most", "within_days")
LISTS = ("in", "not_in", "between")
PARTS_OF_WORDS = ("contains", "starts_with")
