"""Loading and exporting the agreement: replaced by key, told in sentences, the same both ways."""

import io
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.core.management import CommandError, call_command

from handoff import playbook, publishing
from handoff.models import (
    AreaOwner,
    Calendar,
    Checklist,
    DefinitionVersion,
    Membership,
    Reason,
    Stage,
    Step,
    Team,
    Track,
    User,
)
from tests.factories import MONDAY

pytestmark = pytest.mark.django_db

DEFAULT = Path(settings.BASE_DIR) / "docs/examples/default.playbook.yaml"
State = DefinitionVersion.State

FILE = """
calendars:
  - {key: us-east, timezone: America/New_York, hours: {mon-fri: ["09:00-17:30"]}, holidays: US}
teams:
  - key: sdr
    name: SDR
    kind: sdr
    calendar: us-east
    responsible: lena@example.com
    members:
      - {email: Sam@Example.com, name: Sam Ortiz, weight: 2, max_open: 40}
      - {email: ines@example.com, name: Ines Ferro}
reasons:
  - {key: timing, label: Wrong timing, for: [reject], goes_to: nurture, needs_date: true}
definition:
  summary: Whoever fits
  fit:
    - {key: size, label: Size, points: 50, when: [{field: employees, at_least: 200}]}
  decide:
    - {key: fits, status: sales_ready, when: [{field: fit, at_least: 50}]}
    - {key: rest, status: nurture}
  route:
    - {key: all, to: {team: sdr}}
  examples:
    - {name: A large one, expect: {status: sales_ready, team: sdr}, lead: {employees: 300}}
"""


def load(text: str = FILE, *, publish: bool = False) -> playbook.LoadReport:
    file = playbook.read_text(text, known=playbook.known())
    return playbook.load(file, actor=None, at=MONDAY, publish=publish)


def counts() -> dict[str, int]:
    models = (Calendar, Team, Membership, Reason, Track, User, DefinitionVersion)
    return {model.__name__: model.objects.count() for model in models}


def test_a_team_of_the_tables_that_nobody_stands_behind_is_told() -> None:
    load()
    Membership.objects.update(active=False)
    Calendar.objects.update(hours={})
    report = load("definition:" + FILE.partition("definition:")[2].replace("50,", "60,"))
    assert [one.partition(": ")[2] for one in report.warnings[-2:]] == [
        "nobody is in SDR, so its leads wait for the responsible person",
        "the calendar of SDR, us-east, has no hours, so no deadline can run",
    ]


def test_the_default_playbook_loads_publishes_and_comes_back_the_same() -> None:
    file = playbook.read(DEFAULT, known=playbook.known())
    report = playbook.load(file, actor=None, at=MONDAY, publish=True)
    assert report.version is not None
    assert report.version.state == State.LIVE
    assert report.warnings == ()
    assert publishing.check(report.version, at=MONDAY).passed == 16
    before = counts()
    exported = playbook.export()
    again = load(exported, publish=True)
    assert again.sentences == ("Nothing changed.",)
    assert again.version is None
    assert counts() == before
    assert playbook.export() == exported
    assert playbook.export(report.version.number) == exported
    told = playbook.read_text(exported)
    assert told.document == file.document | {"teams": told.document["teams"]}
    assert (Stage.objects.count(), AreaOwner.objects.count()) == (11, 6)
    assert (Checklist.objects.count(), Step.objects.count()) == (3, 2)


def test_the_first_load_makes_everything_and_says_so() -> None:
    report = load()
    assert "Sam Ortiz is new, without a password yet." in report.sentences
    assert "Calendar us-east is new." in report.sentences
    assert "Team sdr is new." in report.sentences
    assert "Sam Ortiz joins SDR." in report.sentences
    assert "Reason timing is new." in report.sentences
    assert "Definition v1 is a draft, the first." in report.sentences
    sam = User.objects.get(email="sam@example.com")
    assert not sam.has_usable_password()
    assert {group.name for group in sam.groups.all()} == {"rep"}
    lena = User.objects.get(email="lena@example.com")
    assert {group.name for group in lena.groups.all()} == {"sales_manager"}
    assert not lena.is_staff
    membership = Membership.objects.get(user=sam)
    assert (membership.weight, membership.max_open, membership.max_per_day) == (2, 40, None)


def test_without_publish_the_definition_is_a_draft_and_nothing_is_live() -> None:
    report = load()
    assert report.version is not None
    assert report.version.state == State.DRAFT
    assert not DefinitionVersion.objects.live().exists()


def test_the_same_again_changes_nothing() -> None:
    load(publish=True)
    before = counts()
    assert load().sentences == ("Nothing changed.",)
    assert load(publish=True).sentences == ("Nothing changed.",)
    assert counts() == before


def test_the_same_draft_is_not_made_twice_but_can_be_published() -> None:
    draft = load().version
    assert load().sentences == ("Nothing changed.",)
    published = load(publish=True).version
    assert published == draft
    assert published is not None
    assert published.state == State.LIVE
    assert published.reason == "Whoever fits"


def test_a_change_becomes_the_next_version_told_in_words() -> None:
    first = load(publish=True).version
    assert first is not None
    report = load(FILE.replace("at_least: 200", "at_least: 100"), publish=True)
    assert report.sentences == (
        "Definition v2 is a draft, against v1.",
        "  Fit, Size: employees at least 200 → at least 100.",
        "Definition v2 is live. v1 is retired.",
    )
    assert report.version is not None
    assert report.version.cloned_from == first
    first.refresh_from_db()
    assert first.state == State.RETIRED


def test_a_key_named_becomes_what_the_file_says_and_others_stay() -> None:
    load(publish=True)
    report = load("""
calendars:
  - {key: berlin, timezone: Europe/Berlin, hours: {mon-fri: ["10:00-16:00"]}}
teams:
  - key: sdr
    name: SDR worldwide
    kind: sdr
    calendar: berlin
    responsible: lena@example.com
    pick: least_loaded
    members: [{email: ines@example.com, name: Ines F., weight: 3, calendar: us-east}]
reasons:
  - {key: timing, label: Later, for: [reject, dispose]}
""")
    assert set(report.sentences) == {
        "Calendar berlin is new.",
        "Ines Ferro is called Ines F. now.",
        "Team sdr: name SDR → SDR worldwide.",
        "Team sdr: calendar us-east → berlin.",
        "Team sdr: pick round_robin → least_loaded.",
        "Ines F. in SDR worldwide: weight 1 → 3.",
        "Ines F. in SDR worldwide: calendar none → us-east.",
        "Sam Ortiz leaves SDR worldwide.",
        "Reason timing: label Wrong timing → Later.",
        "Reason timing: given when a lead is reject → reject, dispose.",
        "Reason timing: goes to nurture → none.",
        "Reason timing: needs a date yes → no.",
    }
    assert report.version is None
    assert Calendar.objects.filter(key="us-east").exists()
    assert DefinitionVersion.objects.count() == 1
    gone = Membership.objects.get(user__email="sam@example.com")
    assert not gone.active


def test_who_left_comes_back_with_their_history() -> None:
    load()
    without = FILE.replace("      - {email: ines@example.com, name: Ines Ferro}\n", "")
    load(without)
    before = Membership.objects.get(user__email="ines@example.com")
    assert not before.active
    assert load().sentences == ("Ines Ferro is back in SDR.",)
    after = Membership.objects.get(user__email="ines@example.com")
    assert (after.pk, after.active) == (before.pk, True)
    assert load(without).sentences == ("Ines Ferro leaves SDR.",)
    assert load(without).sentences == ("Nothing changed.",)


def test_a_name_that_the_file_leaves_out_stays() -> None:
    load()
    load(FILE.replace(", name: Sam Ortiz", ""))
    assert User.objects.get(email="sam@example.com").name == "Sam Ortiz"


def test_a_fault_changes_nothing() -> None:
    before = counts()
    with pytest.raises(playbook.Faulty, match=r"line 23, definition.route\[0\].to.team"):
        load(FILE.replace("team: sdr}}", "team: ae}}"))
    assert counts() == before


def test_an_example_that_differs_refuses_the_whole_load() -> None:
    before = counts()
    wrong = FILE.replace("employees: 300", "employees: 30")
    with pytest.raises(publishing.Refused, match="A large one: expected status sales ready, comes"):
        load(wrong, publish=True)
    assert counts() == before
    report = load(wrong)
    assert report.version is not None
    assert report.version.state == State.DRAFT


def test_what_the_tables_have_no_room_for_is_a_fault() -> None:
    long = FILE.replace("A large one", "A" * 201)
    with pytest.raises(
        playbook.Faulty, match=r"definition.examples\[0\].name: must be at most 200"
    ):
        load(long)


def test_keys_that_the_tables_hold_may_be_named() -> None:
    load()
    load("""
tracks: [{key: news, label: News, owner: mara@example.com}]
checklists: [{key: first, label: First, items: [{key: need, label: Need}]}]
steps: [{key: ae, from: sdr, checklist: first, route: [{key: all, to: {team: sdr}}]}]
""")
    report = load("steps: [{key: ae, from: sdr, route: [{key: all, to: {queue: sdr}}]}]")
    assert report.sentences == (
        "Step ae: route key all; to team sdr → key all; to queue sdr.",
        "Step ae: checklist First → none.",
    )
    assert "owner: mara@example.com" in playbook.export()


def test_marketing_members_may_use_the_admin() -> None:
    load(FILE.replace("kind: sdr", "kind: marketing").split("definition:")[0])
    sam = User.objects.get(email="sam@example.com")
    assert sam.is_staff
    assert {group.name for group in sam.groups.all()} == {"marketing_ops"}


class TestExport:
    def test_rows_stand_on_one_line_in_the_order_of_the_file(self) -> None:
        load(publish=True)
        lines = playbook.export().splitlines()
        assert lines[0] == "calendars:"
        assert "  - key: sdr" in lines or "  - {key: sdr, name: SDR" in playbook.export()
        assert (
            "    - {key: size, label: Size, points: 50, when: [{field: employees, at_least: 200}]}"
        ) in lines
        assert [line for line in lines if not line.startswith(" ")] == [
            "calendars:",
            "teams:",
            "reasons:",
            "definition:",
        ]

    def test_whom_a_member_serves_is_kept_told_and_exported(self) -> None:
        serving = FILE.replace(
            "name: Ines Ferro}",
            'name: Ines Ferro, languages: [en, NO, "12"], territories: DE, products: [Audit],'
            " motions: [enterprise]}",
        )
        report = load(serving)
        assert "no motion “enterprise”" in report.warnings[-1]
        ines = Membership.objects.get(user__email="ines@example.com")
        assert (ines.languages, ines.territories) == (["en", "NO", "12"], ["DE"])
        exported = playbook.export()
        assert (
            'languages: [en, "NO", "12"], territories: [DE], products: [Audit],'
            " motions: [enterprise]}"
        ) in exported
        assert load(exported).sentences == ("Nothing changed.",)
        assert "Ines Ferro in SDR: languages served en, NO, 12 → none." in load().sentences
        ines.refresh_from_db()
        assert ines.languages == ines.territories == ines.products == ines.motions == []

    def test_who_left_is_responsible_for_nothing(self) -> None:
        load()
        User.objects.filter(email="lena@example.com").update(is_active=False)
        with pytest.raises(playbook.Faulty, match=r"line 9, teams\[0\].responsible: lena@"):
            load(FILE.replace("lena@example.com", "Lena@example.com"))

    def test_an_empty_agreement_is_an_empty_file(self) -> None:
        assert playbook.export() == ""

    def test_a_draft_where_nothing_is_live(self) -> None:
        load()
        assert "summary: Whoever fits" in playbook.export()

    def test_an_inactive_reason_and_an_old_version(self) -> None:
        load(publish=True)
        load(FILE.replace("Whoever fits", "Nobody"), publish=True)
        Reason.objects.update(active=False)
        assert "active: false" in playbook.export()
        assert "summary: Nobody" in playbook.export()
        assert "summary: Whoever fits" in playbook.export(1)
        with pytest.raises(playbook.NoSuchVersion, match="no definition v9"):
            playbook.export(9)


class TestCommand:
    def run(self, *words: Any) -> tuple[str, str]:
        out, err = io.StringIO(), io.StringIO()
        call_command("playbook", *map(str, words), stdout=out, stderr=err)
        return out.getvalue(), err.getvalue()

    def test_load_publish_export(self, tmp_path: Path) -> None:
        path = tmp_path / "p.yaml"
        path.write_text(FILE.replace("members:\n", "members: []\n#").replace("      - {", "#"))
        out, err = self.run("load", path, "--publish")
        assert "Definition v1 is live." in out
        assert "Warning: line 5, teams[0]: nobody is in this team" in err
        out, _ = self.run("load", path)
        assert out == "Nothing changed.\n"
        exported, _ = self.run("export")
        again, _ = self.run("export", "--version", "1")
        assert exported == again == playbook.export()

    def test_errors_say_what_and_where(self, tmp_path: Path) -> None:
        path = tmp_path / "p.yaml"
        with pytest.raises(CommandError, match="cannot be opened"):
            self.run("load", path)
        path.write_text("colour: red\nteams: 5")
        with pytest.raises(CommandError) as caught:
            self.run("load", path)
        assert "line 1, colour: unknown section" in str(caught.value)
        assert "line 2, teams: must be a list" in str(caught.value)
        path.write_text(FILE.replace("employees: 300", "employees: 3"))
        with pytest.raises(CommandError, match="A large one: expected"):
            self.run("load", path, "--publish")
        with pytest.raises(CommandError, match="There is no definition v7"):
            self.run("export", "--version", 7)
