"""A mapping says which column is which field; its faults are told all at once."""

import datetime as dt
from pathlib import Path

import pytest

from leads.journey.guessing import guess_mapping
from leads.journey.mapping import MappingFaults, mapping_of, read_mapping

EXAMPLE = """
system: fair
history: true
origin: enrichment
timezone: Europe/Berlin
date_format: "%d.%m.%Y"
columns:
  E-Mail: email
  Land: {field: country, values: {Norwegen: NO, "": null}}
  Tag: occurred_at
  Stand: answers.booth
  Intern: null
constants: {source: fair, trigger: booth}
touchpoints: [{signal: booth_visit, occurred_at: Tag, detail: Stand}]
"""
HEADERS = ("E-Mail", "Land", "Tag", "Stand", "Intern", "Notiz")


def test_a_row_becomes_a_lead_request() -> None:
    mapping = read_mapping(EXAMPLE)

    payload, wrong = mapping.payload(HEADERS, ("a@b.co", "Norwegen", "12.10.2026", "7", "x", "hi"))

    assert wrong == ""
    assert payload == {
        "source": "fair",
        "trigger": "booth",
        "email": "a@b.co",
        "country": "NO",
        "occurred_at": "2026-10-12T00:00:00+02:00",
        "answers": {"booth": "7", "Notiz": "hi"},
        "touchpoints": [
            {
                "signal": "booth_visit",
                "occurred_at": "2026-10-12T00:00:00+02:00",
                "detail": "7",
            }
        ],
    }


def test_blank_cells_say_nothing_and_times_of_a_sheet_are_local() -> None:
    mapping = read_mapping(EXAMPLE)
    morning = dt.datetime(2026, 1, 5, 9, 30)

    payload, _ = mapping.payload(HEADERS, ("a@b.co", "", morning, " ", "", ""))

    assert payload["occurred_at"] == "2026-01-05T09:30:00+01:00"
    assert "country" not in payload and "answers" not in payload


def test_a_date_that_does_not_fit_names_its_column() -> None:
    _, wrong = read_mapping(EXAMPLE).payload(HEADERS, ("a@b.co", "", "2026-10-12", "", "", ""))

    assert wrong.startswith("Tag: “2026-10-12” does not fit %d.%m.%Y.")


def test_a_mapping_survives_being_kept() -> None:
    mapping = read_mapping(EXAMPLE)

    assert mapping_of(mapping.document()) == mapping


def test_all_faults_are_told_at_once() -> None:
    with pytest.raises(MappingFaults) as refused:
        read_mapping(
            "history: maybe\norigin: gossip\ntimezone: Mars\ncolour: red\n"
            "columns: {A: email, B: email, C: shoe_size, D: {field: role, form: x}}\n"
            "constants: {shoe_size: 7}\ntouchpoints: [{occurred_at: A}, 7]"
        )

    told = "\n".join(refused.value.faults)
    for place in (
        "colour",
        "system",
        "history",
        "origin",
        "timezone",
        "columns.B",
        "columns.C",
        "columns.D.form",
        "constants.shoe_size",
        "touchpoints[0]",
        "touchpoints[1]",
    ):
        assert f"{place}:" in told


@pytest.mark.parametrize("text", ["", "[1]", "{", "a: 1\na: 2", b"\xff\xfe\x00"])
def test_what_is_no_mapping_is_refused(text: str | bytes) -> None:
    with pytest.raises(MappingFaults):
        read_mapping(text)


def test_columns_are_guessed_from_their_names() -> None:
    guessed = guess_mapping(
        ("E-Mail", "Job Title", "Company_Name", "utm_source", "Shoe size", "Mail")
    )

    assert {name: column.target for name, column in guessed.columns.items()} == {
        "E-Mail": "email",
        "Job Title": "role",
        "Company_Name": "company",
        "utm_source": "source",
        "Shoe size": "answers.Shoe size",
        "Mail": "answers.Mail",
    }


def test_the_example_of_the_documentation_is_a_mapping() -> None:
    mapping = read_mapping(Path("docs/examples/olist.mapping.yaml").read_text())

    assert mapping.history and mapping.system == "olist"
    assert mapping.missing(("mql_id", "first_contact_date", "landing_page_id", "origin")) == []
