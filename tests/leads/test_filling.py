"""Texts with places: what cannot be read is said with its place; filling never fails."""

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from leads.journey.filling import NAMES, fill, misplaced

PIECES = st.sampled_from(
    ["{", "}", "{{", "}}", " ", "\n", "first_name", "company", "é", "%s", "\\"]
)
TEXTS = st.one_of(st.text(), st.lists(PIECES).map("".join))
VALUES = st.dictionaries(st.sampled_from(sorted(NAMES)), TEXTS)


def test_places_are_filled_wherever_they_stand():
    filled = fill("{{first_name}} of {{  company  }}.\n{{ first_name }}!", {
        "first_name": "Ana", "company": " Nova Pay ",
    })  # fmt: skip
    assert (filled.text, filled.gaps) == ("Ana of Nova Pay.\nAna!", ())


def test_what_is_not_known_is_a_gap_that_is_seen():
    filled = fill("{{ company }}, {{ trigger_sentence }}, {{ company }}", {"company": "  "})
    assert filled.text == "[company?], [trigger sentence?], [company?]"
    assert filled.gaps == ("company", "trigger_sentence")


def test_what_is_put_in_is_no_place_itself():
    filled = fill("Hello {{ first_name }}", {"first_name": "{{ email }}", "email": "a@b.example"})
    assert "a@b.example" not in filled.text and filled.gaps == ()


@given(TEXTS, VALUES)
@example("{{{{ first_name }}}}", {"first_name": "}}{{"})
@example("{{{ first_name }}", {"first_name": "{"})
def test_filling_never_fails_and_leaves_no_braces(text, values):
    filled = fill(text, values)
    assert "{{" not in filled.text and "}}" not in filled.text
    assert set(filled.gaps).isdisjoint(name for name, value in values.items() if value.strip())


@given(TEXTS)
def test_every_fault_has_its_place(text):
    lines = text.split("\n")
    for fault in misplaced(text):
        assert 1 <= fault.line <= len(lines)
        assert 1 <= fault.column <= len(lines[fault.line - 1])


@given(st.lists(st.one_of(st.sampled_from(sorted(NAMES)), st.just("")), min_size=1))
def test_a_text_without_faults_keeps_every_known_name(names):
    text = " and ".join(f"{{{{ {name} }}}}" if name else "nothing" for name in names)
    assert misplaced(text) == []
    filled = fill(text, dict.fromkeys(NAMES, "x"))
    assert filled.gaps == () and filled.text.count("x") == sum(1 for name in names if name)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("Hi {{ fist_name }}", "Line 1, character 4: “fist_name” is no name that can be filled. "
         "Did you mean first_name?"),
        ("\n\n  {{ zzz }}", "Line 3, character 3: “zzz” is no name that can be filled."),
        ("{{ first_name }", "Line 1, character 1: “{{” belongs around a name, such as "
         "{{ first_name }}."),
        ("a }} b", "Line 1, character 3: “}}” belongs around a name, such as {{ first_name }}."),
        ("{{ lead.email }}", "Line 1, character 1: “{{” belongs around a name"),
        ("{{ first_name|safe }}", "Line 1, character 1: “{{” belongs around a name"),
    ],
)  # fmt: skip
def test_what_cannot_be_filled_is_said_with_its_place(text, said):
    assert str(misplaced(text)[0]).startswith(said)


def test_a_text_of_a_template_engine_is_only_text():
    text = "{% load x %}{{ first_name }}{# no #}"
    assert misplaced(text) == []
    assert fill(text, {"first_name": "<b>"}).text == "{% load x %}<b>{# no #}"
