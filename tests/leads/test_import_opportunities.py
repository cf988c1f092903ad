"""Files of opportunities: read, previewed, settled row by row, also those of the past."""

import io
import re
from pathlib import Path
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.management import CommandError, call_command
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from handoff import playbook
from handoff.models import Membership, User
from leads.journey import dealing, importing, replaying, settling
from leads.journey.guessing import guess_mapping
from leads.journey.mapping import MappingFaults, read_mapping
from leads.models import Delivery, Handoff, ImportBatch, Lead, Message, Opportunity
from tests import factories as make
from tests.factories import MONDAY

pytestmark = pytest.mark.django_db

MAPPING = """
of: opportunities
system: crm
columns: {id: ref, email: lead, stage: stage, value: amount, closed: closed_at, why: objections}
"""
FILE = """id,email,stage,value,closed,why
D-1,ana@novapay.com,Closed Won,1200,2026-10-01,Price; Timing
D-2,nobody@x.example,open,,,
D-3,ana@novapay.com,almost,,,
D-4,,lost,much,,
,,open,,,
"""


def imported(text: str, mapping: str) -> ImportBatch:
    file = io.BytesIO(text.encode())
    batch = importing.open_batch(file, "deals.csv", of=ImportBatch.Of.OPPORTUNITIES)
    importing.start(batch, read_mapping(mapping))
    assert importing.run(batch.pk, at=MONDAY)
    batch.refresh_from_db()
    return batch


def counts(batch: ImportBatch) -> tuple[int, int, int, int]:
    return batch.created, batch.updated, batch.repeated, batch.quarantined


@pytest.fixture
def ana() -> Lead:
    make.agreement_in_force()
    return make.LeadFactory(email="ana@novapay.com")


def test_each_row_becomes_a_deal_or_says_what_is_wrong(ana: Lead) -> None:
    batch = imported(FILE, MAPPING)
    assert counts(batch) == (1, 0, 0, 4)
    deal = Opportunity.objects.get()
    assert (deal.ref, deal.lead, deal.stage, deal.amount) == ("D-1", ana, "won", 1200)
    assert deal.objections == ["Price", "Timing"]
    wrong = dict(Delivery.objects.quarantined().values_list("row", "error"))
    assert "There is no lead" in wrong[3] and "open, won or lost" in wrong[4]
    assert "no amount of money" in wrong[5] and "needs a ref" in wrong[6]
    assert "D-2" in "".join(importing.failures(batch))


def test_a_second_run_changes_nothing_and_a_new_value_updates(ana: Lead) -> None:
    rows = "id,email,stage,value,closed,why\nD-1,ana@novapay.com,open,100,,\n"
    assert counts(imported(rows, MAPPING)) == (1, 0, 0, 0)
    assert counts(imported(rows, MAPPING)) == (0, 0, 1, 0)
    assert counts(imported(rows.replace("open", "lost"), MAPPING)) == (0, 1, 0, 0)
    assert Opportunity.objects.get().stage == "lost"


def test_one_that_was_killed_carries_on(ana: Lead, monkeypatch: pytest.MonkeyPatch) -> None:
    def killed(*_: Any, **__: Any) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patched:
        patched.setattr(settling, "_settle", killed)
        with pytest.raises(KeyboardInterrupt):
            imported(FILE, MAPPING)
    batch = ImportBatch.objects.get()
    importing.run(batch.pk, at=MONDAY)
    batch.refresh_from_db()
    assert (batch.state, counts(batch)) == ("done", (1, 0, 0, 4))


def test_a_fault_is_tried_again(ana: Lead, monkeypatch: pytest.MonkeyPatch) -> None:
    def faulty(*_: Any, **__: Any) -> None:
        raise ValueError("broken")

    rows = "id,email,stage,value,closed,why\nD-1,ana@novapay.com,open,100,,\n"
    with monkeypatch.context() as patched:
        patched.setattr(settling, "_settle", faulty)
        batch = imported(rows, MAPPING)
    assert batch.state == "running"
    assert Delivery.objects.get().error == "ValueError: broken"
    assert settling.take_in([0], at=MONDAY) == []


def test_a_mended_row_is_replayed(ana: Lead) -> None:
    imported(FILE, MAPPING)
    wrong = Delivery.objects.get(row=4)
    mended = {"ref": "D-3", "lead": "ana@novapay.com", "stage": "lost"}
    outcome = replaying.replay(wrong.pk, mended, actor=make.mara(), at=MONDAY)
    assert outcome is not None and outcome.outcome == "created"
    assert Opportunity.objects.get(ref="D-3").stage == "lost"
    outcome = replaying.replay(
        Delivery.objects.get(row=3).pk, ["no object"], actor=make.mara(), at=MONDAY
    )
    assert outcome is not None and outcome.state == "quarantined"


def test_the_preview_says_what_would_go_wrong_and_writes_nothing(ana: Lead) -> None:
    seen = importing.preview(io.BytesIO(FILE.encode()), read_mapping(MAPPING), at=MONDAY)
    assert [bool(row.error) for row in seen.rows] == [False, True, True, True, True]
    assert not Opportunity.objects.exists()


WRITES = re.compile(r"^(INSERT|UPDATE|DELETE)|FOR (NO KEY )?UPDATE|pg_advisory|^SAVEPOINT")


@pytest.mark.parametrize("history", ["", "history: true"])
def test_looking_at_a_file_writes_and_locks_nothing(ana: Lead, history: str) -> None:
    make.HandoffFactory(lead=ana, of_the_past=True, unowned=True)
    told = FILE.replace("id,", "owner,id,").replace("\nD-", "\nnew@crm.example,D-")
    mapping = f"{MAPPING.replace('{id', '{owner: first_owner, id')}{history}"
    with CaptureQueriesContext(connection) as asked:
        seen = importing.preview(io.BytesIO(told.encode()), read_mapping(mapping), at=MONDAY)
    assert len(seen.rows) == 5 and not seen.rows[0].error
    said = [one["sql"] for one in asked.captured_queries]
    assert said and not list(filter(WRITES.search, said))


def test_a_fault_of_a_row_is_its_sentence(
    ana: Lead, client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    def faulty(*_: Any, **__: Any) -> None:
        raise OverflowError("broken")

    client.force_login(make.mara())
    file = SimpleUploadedFile("deals.csv", FILE.encode())
    said = {"file": file, "of": "opportunities"}
    where = client.post(reverse("leads:imports"), said)["Location"]
    with monkeypatch.context() as patched:
        patched.setattr(dealing, "lead_of", faulty)
        answer = client.get(where)
    assert answer.status_code == 200
    assert "A cell of this row cannot be read." in answer.content.decode()


def test_a_number_is_a_word_too(ana: Lead) -> None:
    settling.check({"ref": "D-1", "objections": 5}, system="crm", historical=False)


@pytest.mark.parametrize(
    ("mapping", "fault"),
    [
        ("of: moons\nsystem: x\ncolumns: {id: email}", "of: one of leads, opportunities"),
        ("of: opportunities\nsystem: x\ncolumns: {id: email}", "“email” is no field"),
        ("of: opportunities\nsystem: x\ncolumns: {id: lead}", "one of them is the ref"),
        ("of: opportunities\nsystem: x\ncolumns: {id: answers.x}", "“answers.x” is no field"),
        ("of: opportunities\nsystem: x\npeople: '@'\ncolumns: {id: ref}", "people: a domain"),
        (
            "of: opportunities\nsystem: x\ncolumns: {id: ref}\ntouchpoints: [{signal: x}]",
            "opportunities has none",
        ),
    ],
)
def test_a_mapping_that_cannot_be(mapping: str, fault: str) -> None:
    with pytest.raises(MappingFaults, match=fault):
        read_mapping(mapping)


def test_columns_are_guessed() -> None:
    guessed = guess_mapping(
        ("Deal ID", "Contact email", "Stage", "Value", "Odd"), of="opportunities"
    )
    assert [guessed.columns[name].target for name in guessed.columns] == [
        "ref", "lead", "stage", "amount", "",
    ]  # fmt: skip
    assert read_mapping(MAPPING).document()["of"] == "opportunities"


def test_an_administrator_imports_a_past_in_the_browser(ana: Lead, client: Client) -> None:
    client.force_login(make.ada())
    file = SimpleUploadedFile("deals.csv", FILE.encode())
    where = client.post(reverse("leads:imports"), {"file": file, "of": "opportunities"})["Location"]
    columns = {"column-0": "ref", "column-1": "lead", "column-2": "stage"}
    told = {**columns, "system": "crm", "history": "on"}
    assert client.post(where, told).status_code == 302
    assert ImportBatch.objects.get().historical


def test_in_the_browser(ana: Lead, client: Client, django_capture_on_commit_callbacks: Any) -> None:
    client.force_login(make.mara())
    file = SimpleUploadedFile("deals.csv", FILE.encode())
    said = {"file": file, "of": "opportunities"}
    where = client.post(reverse("leads:imports"), said)["Location"]
    page = client.get(where).content.decode()
    assert "Domain of people" in page and "would go to quarantine" in page
    columns = {"column-0": "ref", "column-1": "lead", "column-2": "stage", "column-3": "amount"}
    wrong = client.post(where, {**columns, "column-0": "", "system": "crm"})
    assert wrong.status_code == 422 and "must be the ref" in wrong.content.decode()
    past = client.post(where, {**columns, "system": "crm", "history": "on"})
    assert past.status_code == 422 and "Ask an administrator" in past.content.decode()
    assert client.post(where, {**columns, "system": "crm"}).status_code == 302
    importing.run(ImportBatch.objects.get().pk, at=MONDAY)
    assert "new opportunities" in client.get(where).content.decode()
    assert "deals.csv</a>, opportunities" in client.get(reverse("leads:imports")).content.decode()


def test_each_command_takes_its_own_files(tmp_path: Path, ana: Lead) -> None:
    (tmp_path / "deals.csv").write_text(FILE)
    (tmp_path / "mapping.yaml").write_text(MAPPING)
    with pytest.raises(CommandError, match="import_opportunities"):
        call_command("import_leads", tmp_path / "deals.csv", mapping=tmp_path / "mapping.yaml")
    with pytest.raises(SystemExit):
        call_command(
            "import_opportunities", tmp_path / "deals.csv", mapping=tmp_path / "mapping.yaml"
        )
    assert Opportunity.objects.count() == 1


LEADS = """mql_id,first_contact_date,landing_page_id,origin
m1,2018-02-01,page1,social
m2,2017-10-20,page2,paid search
m3,2018-03-22,page1,organic search
m4,2018-05-09,,
"""
DEALS = """mql_id,seller_id,sdr_id,sr_id,won_date,business_segment
m1,s1,aaa,bbb,2018-02-26 19:58:54,pet
m2,s2,aaa,aaa,2017-12-05 02:00:00,toys
m3,s3,ccc,bbb,2018-03-21 10:00:00,toys
"""


@pytest.fixture
def funnel(tmp_path: Path) -> tuple[Path, Path]:
    """A small extract of the public Olist funnel, imported as docs/importing.md says."""
    file = playbook.read("docs/examples/olist.playbook.yaml")
    playbook.load(file, publish=True, actor=None, at=MONDAY)
    leads, deals = tmp_path / "leads.csv", tmp_path / "deals.csv"
    leads.write_text(LEADS)
    deals.write_text(DEALS)
    call_command("import_leads", leads, mapping="docs/examples/olist.mapping.yaml")
    call_command("import_opportunities", deals, mapping="docs/examples/olist.deals.mapping.yaml")
    return leads, deals


def test_a_past_is_worked_through_both_hand_overs(funnel: tuple[Path, Path]) -> None:
    lead = Lead.objects.get(external_ids__external_id="m1")
    sdr, ae = Handoff.objects.filter(lead=lead).order_by("pk")
    assert (sdr.step, sdr.state, sdr.owner.email, sdr.outcome) == (
        "sdr", "advanced", "aaa@olist.example", "won",
    )  # fmt: skip
    assert (ae.step, ae.state, ae.disposition, ae.owner.email, ae.outcome) == (
        "ae", "closed", "converted", "bbb@olist.example", "won",
    )  # fmt: skip
    assert sdr.historical and ae.historical
    assert ae.accepted_at.isoformat() == "2018-02-26T22:58:54+00:00" == ae.outcome_at.isoformat()
    assert ae.team.key == "representatives"
    assert not Message.objects.exists() and not sdr.turns.exists()
    assert not User.objects.get(email="aaa@olist.example").has_usable_password()


def test_one_person_may_have_had_both(funnel: tuple[Path, Path]) -> None:
    lead = Lead.objects.get(external_ids__external_id="m2")
    assert {h.owner.email for h in Handoff.objects.filter(lead=lead)} == {"aaa@olist.example"}


def test_won_before_it_asked_it_is_told_when_it_was_handed_over(funnel: tuple[Path, Path]) -> None:
    lead = Lead.objects.get(external_ids__external_id="m3")
    first = Handoff.objects.filter(lead=lead).order_by("pk")[0]
    assert first.accepted_at == first.made_at
    assert Opportunity.objects.get(lead=lead).closed_at < first.made_at


def test_the_figures_here_are_those_of_the_files(
    funnel: tuple[Path, Path], capsys: pytest.CaptureFixture[str]
) -> None:
    capsys.readouterr()
    call_command("olist_figures", *funnel)
    lines = capsys.readouterr().out.splitlines()
    assert [line.split() for line in lines[1:3]] == [["leads", "4", "4"], ["won", "3", "3"]]
    assert not [line for line in lines if "differs" in line]


def test_where_they_differ_it_says_so(
    funnel: tuple[Path, Path], capsys: pytest.CaptureFixture[str]
) -> None:
    Opportunity.objects.filter(ref="s1").update(stage="lost")
    with pytest.raises(SystemExit):
        call_command("olist_figures", *funnel)
    assert "differs" in capsys.readouterr().out


def test_told_again_the_past_stays_as_it_was(funnel: tuple[Path, Path]) -> None:
    call_command(
        "import_opportunities", funnel[1], mapping="docs/examples/olist.deals.mapping.yaml"
    )
    assert Handoff.objects.count() == 4 + 3
    assert Opportunity.objects.count() == 3


def past(**said: Any) -> ImportBatch:
    row = {"ref": "P-1", "lead": "", "first_owner": "", "owner": "", "closed_at": "", **said}
    text = ",".join(row) + "\n" + ",".join(row.values()) + "\n"
    columns = ", ".join(f"{name}: {name}" for name in row)
    return imported(
        text, f"{{of: opportunities, system: crm, history: true, columns: {{{columns}}}}}"
    )


class TestPast:
    def test_of_an_owned_hand_over_it_says_who_had_it_in_the_end(self, ana: Lead) -> None:
        make.ReasonFactory(moved=True)
        handoff = make.HandoffFactory(lead=ana, of_the_past=True)
        batch = past(lead=ana.email, first_owner=make.ines().email, closed_at="2026-11-01")
        assert counts(batch) == (1, 0, 0, 0)
        handoff.refresh_from_db()
        assert (handoff.owner, handoff.disposition) == (make.ines(), "converted")

    def test_what_is_worked_today_is_left_alone(self, ana: Lead) -> None:
        handoff = make.HandoffFactory(lead=ana)
        assert counts(past(lead=ana.email, first_owner=make.ines().email)) == (1, 0, 0, 0)
        handoff.refresh_from_db()
        assert (handoff.state, handoff.outcome) == ("waiting", "open")

    def test_a_deal_without_a_lead_is_a_deal(self) -> None:
        assert counts(past(owner="new@crm.example")) == (1, 0, 0, 0)
        assert Opportunity.objects.get().owner == User.objects.get(email="new@crm.example")

    def test_who_is_no_address_is_an_error(self) -> None:
        assert counts(past(owner="Bob")) == (0, 0, 0, 1)
        assert "no email address" in Delivery.objects.get().error

    def test_a_lead_that_no_team_had_is_an_error(self, ana: Lead) -> None:
        make.HandoffFactory(lead=ana, of_the_past=True, team=None, owner=None)
        assert counts(past(lead=ana.email, first_owner="a@crm.example")) == (0, 0, 0, 1)

    def test_without_a_reason_nobody_changes_hands(self, ana: Lead) -> None:
        make.HandoffFactory(lead=ana, of_the_past=True)
        make.ReasonFactory._meta.model.objects.update(active=False)
        assert counts(past(lead=ana.email, first_owner="a@crm.example")) == (0, 0, 0, 1)

    def test_whom_nothing_lets_answer_is_told_before(self, ana: Lead) -> None:
        make.HandoffFactory(lead=ana, of_the_past=True, unowned=True)
        left = make.UserFactory(email="left@crm.example")
        Membership.objects.create(team=make.sdr_na(), user=left, active=False)
        columns = "{id: ref, email: lead, first: first_owner}"
        mapping = f"{{of: opportunities, system: crm, history: true, columns: {columns}}}"
        file = io.BytesIO(f"id,email,first\nP-1,{ana.email},{left.email}\n".encode())
        (row,) = importing.preview(file, read_mapping(mapping), at=MONDAY).rows
        assert row.error == "This lead belongs to another team."
