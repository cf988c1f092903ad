"""Whether what a lead carries is meant by a list of names: the few tests of which briefs and offers
are theirs, in the database, so that they join into any statement."""

from typing import Any

from django.db import models


class Said(models.Func):
    """How exactly one of some names (`*` stands for anything) says what a lead carries: 1000 for
    letter by letter, else the length of the longest that fits; null where none does. Case and
    space around do not matter."""

    template = (
        "(SELECT max(CASE WHEN strpos(one, '*') = 0 THEN 1000 ELSE length(one) END)"
        " FROM unnest(%(names)s) AS one WHERE lower(btrim(%(text)s)) LIKE replace(replace(replace("
        r"replace(lower(one), '\', '\\'), '%%%%', '\%%%%'), '_', '\_'), '*', '%%%%'))"
    )
    output_field = models.IntegerField()

    def as_sql(self, compiler: Any, connection: Any, **_: Any) -> tuple[str, list[Any]]:  # type: ignore[override]
        text, names = self.get_source_expressions()
        text_sql, text_params = compiler.compile(text)
        names_sql, names_params = compiler.compile(names)
        sql = self.template % {"text": text_sql, "names": names_sql}
        return sql, [*names_params, *text_params]


class Among(models.Func):
    """Whether a text is one of a list; an empty list asks nothing."""

    output_field = models.BooleanField()
    conditional = True

    def as_sql(self, compiler: Any, connection: Any, **_: Any) -> tuple[str, list[Any]]:  # type: ignore[override]
        text, names = (compiler.compile(one) for one in self.get_source_expressions())
        sql = f"(cardinality({names[0]}) = 0 OR {text[0]} = ANY ({names[0]}))"
        return sql, [*names[1], *text[1], *names[1]]


class Mentions(Among):
    """Whether a text contains one of some words, whatever their case; no words ask nothing."""

    def as_sql(self, compiler: Any, connection: Any, **_: Any) -> tuple[str, list[Any]]:  # type: ignore[override]
        text, words = (compiler.compile(one) for one in self.get_source_expressions())
        found = f"strpos(lower({text[0]}), lower(one)) > 0"
        sql = (
            f"(cardinality({words[0]}) = 0 OR EXISTS"
            f" (SELECT FROM unnest({words[0]}) AS one WHERE {found}))"
        )
        return sql, [*words[1], *words[1], *text[1]]
