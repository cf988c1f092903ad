"""Reading a playbook file: YAML 1.2, and every fault at once with its place."""

from pathlib import Path

import pytest
from django.conf import settings
from hypothesis import given
from hypothesis import strategies as st

from handoff import playbook
from handoff.playbook.yaml12 import inline

DEFAULT = Path(settings.BASE_DIR) / "docs/examples/default.playbook.yaml"

CALENDARS = """
calendars:
  - {key: us-east, timezone: America/New_York, hours: {mon-fri: ["09:00-17:30"]}}
"""
TEAMS = """
teams:
  - key: sdr
    name: SDR
    kind: sdr
    calendar: us-east
    responsible: lena@example.com
    members: [{email: Sam@Example.com, name: Sam Ortiz}]
"""
DEFINITION = """
definition:
  decide: [{key: rest, status: nurture}]
  route: [{key: all, to: {team: sdr}}]
"""

TEXTS = st.text(st.characters(exclude_categories=["Cs"]), max_size=30)
VALUES = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats(allow_nan=False, allow_infinity=False)
    | TEXTS,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(TEXTS, inner, max_size=4),
    max_leaves=12,
)


def faults(text: str, **options: object) -> list[str]:
    file = playbook.read_text(text, **options)
    return [f"{fault.place}: {fault.message}" for fault in file.faults]


class TestYaml:
    def test_words_that_look_like_something_are_text(self) -> None:
        read = playbook.from_text("[NO, on, yes, off, 2026-12-24, 1:30, 0b1, 1_000, 0o8, <<, =]")
        assert read == [
            "NO",
            "on",
            "yes",
            "off",
            "2026-12-24",
            "1:30",
            "0b1",
            "1_000",
            "0o8",
            "<<",
            "=",
        ]

    def test_core_values(self) -> None:
        read = playbook.from_text(
            "[null, ~, Null, true, False, 12, -7, 012, 0o17, 0xF, 1.5, 1e3, .5]"
        )
        assert read[:3] == [None, None, None]
        assert read[-10:] == [True, False, 12, -7, 12, 15, 15, 1.5, 1000.0, 0.5]
        assert playbook.from_text("[.inf, -.INF]") == [float("inf"), float("-inf")]
        assert str(playbook.from_text(".nan")) == "nan"
        assert playbook.from_text('["12", \'true\', !!str 12, !!int "3", !!null ""]') == [
            "12", "true", "12", 3, None,
        ]  # fmt: skip

    def test_keys_are_text_as_written(self) -> None:
        assert playbook.from_text("{NO: 1, 09:00: 2, 7: 3, true: 4}") == {
            "NO": 1, "09:00": 2, "7": 3, "true": 4,
        }  # fmt: skip

    def test_duplicate_keys_are_told_together_with_their_lines(self) -> None:
        with pytest.raises(playbook.Unreadable) as caught:
            playbook.from_text("a: 1\nb: {c: 1, c: 2}\na: 2\n")
        assert "Line 2: “c” stands twice; first on line 2." in str(caught.value)
        assert "Line 3: “a” stands twice; first on line 1." in str(caught.value)

    def test_anchors_are_read(self) -> None:
        assert playbook.from_text("a: &x [1]\nb: *x") == {"a": [1], "b": [1]}

    @pytest.mark.parametrize(
        "text",
        [
            "a: [1",
            "a: 1\n---\nb: 2",
            "a: *unknown",
            "&a [*a]",
            "a: !!python/object:os.system x",
            "a: !thing {b: 1}",
            "a: !!int x",
            "? [a]\n: 1",
            "a\x00b",
            "[" * 100 + "]" * 100,
            "1" * 5000,
            "\t- a",
            b"\xff\xfe\x00",
            b"\x80abc",
            "- &a [x,x,x,x,x,x,x,x,x]\n"
            + "".join(
                f"- &{chr(98 + i)} [{', '.join(['*' + chr(97 + i)] * 9)}]\n" for i in range(8)
            ),
        ],
    )
    def test_what_cannot_be_read_says_so(self, text: str | bytes) -> None:
        with pytest.raises(playbook.Unreadable):
            playbook.from_text(text)

    def test_bytes_with_a_mark_of_their_encoding(self) -> None:
        assert playbook.from_text("a: é".encode("utf-8-sig")) == {"a": "é"}
        assert playbook.from_text("a: é".encode("utf-16")) == {"a": "é"}

    def test_nothing_is_nothing(self) -> None:
        assert playbook.from_text("") is None
        assert playbook.from_text("# only a remark") is None

    @given(VALUES)
    def test_what_is_written_is_read_back(self, value: object) -> None:
        assert playbook.from_text(inline(value)) == value
        assert playbook.from_text(playbook.as_text(value)) in (value, None)

    def test_mappings_and_lists_stand_on_lines_of_their_own(self) -> None:
        rows = [{"signal": "demo", "days_ago": 0}, {"signal": "a, b", "days_ago": 1.5}]
        assert playbook.as_text(rows) == (
            '- {signal: demo, days_ago: 0}\n- {signal: "a, b", days_ago: 1.5}'
        )
        assert playbook.as_text({"country": "NO", "known": True, "size": "12"}) == (
            'country: "NO"\nknown: true\nsize: "12"'
        )
        assert playbook.as_text({}) == playbook.as_text(None) == playbook.as_text([]) == ""


class TestSections:
    def test_a_whole_file(self) -> None:
        file = playbook.read_text(CALENDARS + TEAMS + DEFINITION)
        assert file.faults == file.warnings == ()
        assert file.calendars["us-east"].zone.key == "America/New_York"
        (team,) = file.teams
        assert (team.pick, team.responsible) == ("round_robin", "lena@example.com")
        (sam,) = team.members
        assert (sam.email, sam.name, sam.weight) == ("sam@example.com", "Sam Ortiz", 1)
        assert sam.max_open is sam.max_per_day is sam.calendar is None
        assert file.definition is not None
        assert file.definition.definition is not None

    def test_the_default_playbook_has_no_fault_and_no_warning(self) -> None:
        file = playbook.read(DEFAULT, needs=playbook.reading.SECTIONS)
        assert [file.told(one) for one in (*file.faults, *file.warnings)] == []

    def test_what_cannot_be_opened_or_is_no_playbook(self, tmp_path: Path) -> None:
        missing = playbook.read(tmp_path / "none.yaml")
        assert "cannot be opened" in missing.told(missing.faults[0])
        (tmp_path / "large.yaml").write_text("#" * 5_000_001)
        assert "larger than" in playbook.read(tmp_path / "large.yaml").faults[0].message
        assert "mapping of sections, not a list" in faults("[1]")[0]
        assert "not nothing" in faults("")[0]
        assert "expected" in faults("a: [")[0]

    def test_needed_sections(self) -> None:
        found = faults(CALENDARS, needs=("calendars", "teams", "definition"))
        assert found == [
            ": the section “teams” is missing",
            ": the section “definition” is missing",
        ]

    def test_every_fault_of_every_section_at_once(self) -> None:
        text = """
colour: red
calendars: [{key: us-east, timezone: Mars, hours: {}}, {hours: {mon: ["9"]}, timezone: UTC}, 3]
teams:
  - {key: a b, kind: x, calendar: none, responsible: nobody, pick: lots, boss: y, members: {}}
  - key: t
    kind: sdr
    calendar: us-east
    responsible: a@b.co
    members:
      - {email: a@b.co, weight: -1, max_open: 0}
      - {email: A@b.co, max_per_day: 1.5, calendar: c}
      - {name: 5, languages: 5, territories: ["", 5, DE], products: {a: b}}
  - {key: t, name: [], members: [{}]}
reasons: [{key: r, for: [reject, never], goes_to: mars, needs_note: maybe}, {key: r, for: 3}]
tracks: [{label: 1, owner: x}]
stages: 4
owners: [{area: definition, cadence: daily}]
checklists: [{key: c, items: [{key: i, required: 1}, {key: i}]}]
steps: [{key: ae, from: bdr, checklist: none, route: [{key: d, to: {team: zz}}]}]
definition: {decide: [], rout: 1}
"""
        found = faults(text)
        places = {one.split(": ", 1)[0] for one in found}
        assert places >= {
            "colour",
            "calendars[0].timezone",
            "calendars[0].hours",
            "calendars[1]",
            "calendars[1].hours.mon[0]",
            "calendars[2]",
            "teams[0].key",
            "teams[0].kind",
            "teams[0].calendar",
            "teams[0].responsible",
            "teams[0].pick",
            "teams[0].boss",
            "teams[0].members",
            "teams[1].members[0].weight",
            "teams[1].members[0].max_open",
            "teams[1].members[1].max_per_day",
            "teams[1].members[1].calendar",
            "teams[1].members[1].email",
            "teams[1].members[2]",
            "teams[1].members[2].name",
            "teams[1].members[2].languages",
            "teams[1].members[2].territories[0]",
            "teams[1].members[2].territories[1]",
            "teams[1].members[2].products",
            "teams[2]",
            "teams[2].name",
            "teams[2].members[0]",
            "teams[2].key",
            "reasons[0].for[1]",
            "reasons[0].goes_to",
            "reasons[0].needs_note",
            "reasons[1].for",
            "reasons[1].key",
            "tracks[0]",
            "tracks[0].label",
            "tracks[0].owner",
            "stages",
            "owners[0]",
            "owners[0].cadence",
            "checklists[0].items[0].required",
            "checklists[0].items[1].key",
            "steps[0].from",
            "steps[0].checklist",
            "steps[0].route[0].to.team",
            "definition.decide",
            "definition.rout",
        }

    def test_a_fault_names_its_line(self) -> None:
        file = playbook.read_text(CALENDARS + TEAMS.replace("kind: sdr", "kind: sales"))
        (fault,) = file.faults
        assert file.told(fault).startswith("line 8, teams[0].kind: unknown kind “sales”")

    def test_references_between_sections(self) -> None:
        assert faults(CALENDARS + TEAMS.replace("us-east", "mars")) == [
            "teams[0].calendar: there is no calendar “mars”; there is us-east"
        ]
        broken = CALENDARS + TEAMS + DEFINITION.replace("team: sdr", "team: ae")
        assert "definition.route[0].to.team" in faults(broken)[0]
        known = playbook.Known(teams=frozenset({"ae"}))
        assert faults(broken, known=known) == []
        assert faults("teams: [{key: t, kind: sdr, calendar: c, responsible: a@b.co}]") == []

    def test_a_section_that_is_not_there_is_not_checked_against_unless_all_is_known(self) -> None:
        alone = DEFINITION.replace("status: nurture", "status: nurture, reason: r, track: t")
        assert faults(alone) == []
        assert len(faults(alone, known=playbook.Known())) == 3

    def test_an_empty_team_is_a_warning(self) -> None:
        text = CALENDARS + TEAMS.replace("[{email: Sam@Example.com, name: Sam Ortiz}]", "[]")
        file = playbook.read_text(text)
        assert file.faults == ()
        assert [file.told(one) for one in file.warnings] == [
            "line 6, teams[0]: nobody is in this team"
        ]

    def test_weights_of_zero_are_allowed(self) -> None:
        text = CALENDARS + TEAMS.replace("name: Sam Ortiz", "weight: 0")
        assert playbook.read_text(text).teams[0].members[0].weight == 0

    @pytest.mark.parametrize(
        "text",
        [
            'reasons: [{key: r, label: "a\\0b"}]',
            'reasons: [{key: r, label: "\\ud800"}]',
            f"reasons: [{{key: r, label: {'x' * 201}}}]",
        ],
    )
    def test_text_that_no_table_holds(self, text: str) -> None:
        assert faults(text) == [
            "reasons[0].label: must be at most 200 characters, without control characters"
        ]

    def test_too_many_rows(self) -> None:
        rows = ", ".join(f"{{key: r{n}}}" for n in range(1001))
        assert "at most 1000" in faults(f"reasons: [{rows}]")[0]


@pytest.mark.parametrize("word", ["NO", "no", "on", "Yes", "y", "off"])
def test_what_older_readers_take_for_true_or_false_is_written_in_quotes(word: str) -> None:
    assert inline({"is": word}) == f'{{is: "{word}"}}'
    assert playbook.from_text(inline({"is": word})) == {"is": word}
