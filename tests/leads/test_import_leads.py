"""A file goes through the journey: counted, resumed, repeated without effect, failures to mend."""

import csv
import io
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command

from handoff import playbook
from leads.journey import importing, story
from leads.models import (
    Delivery,
    Handoff,
    ImportBatch,
    Judgement,
    Lead,
    Message,
    Submission,
    Touchpoint,
)
from tests.factories import MONDAY, agreement_in_force

pytestmark = pytest.mark.django_db

MAPPING = """
system: fair
columns: {email: email, name: first_name, country: country, id: external_id}
"""
FILE = """email,name,country,id
ana@novapay.com,Ana,US,1
bea@novapay.com,Bea,US,2
ana@novapay.com,Ana Maria,US,1
nobody,Cat,US,3
bea@novapay.com,Bea,US,2
ragged
"""


def batch_of(content: str | bytes = FILE, mapping: str = MAPPING) -> ImportBatch:
    data = content.encode() if isinstance(content, str) else content
    batch = importing.open_batch(io.BytesIO(data), "leads.csv")
    importing.start(batch, importing.read_mapping(mapping))
    return batch


def counts(batch: ImportBatch) -> tuple[int, int, int, int]:
    batch.refresh_from_db()
    return batch.created, batch.updated, batch.repeated, batch.quarantined


def imported(content: str | bytes = FILE, mapping: str = MAPPING) -> ImportBatch:
    batch = batch_of(content, mapping)
    assert importing.run(batch.pk, at=MONDAY)
    batch.refresh_from_db()
    return batch


def test_every_row_is_counted() -> None:
    agreement_in_force()

    batch = imported()

    assert counts(batch) == (2, 1, 1, 2)
    assert (batch.state, batch.rows) == ("done", 6)
    assert Lead.objects.get(email="ana@novapay.com").first_name == "Ana Maria"
    assert Submission.objects.count() == 3


def test_a_second_time_changes_nothing_and_says_so() -> None:
    agreement_in_force()
    good = "\n".join(line for line in FILE.splitlines() if "@" in line or "id" in line)
    imported(good)
    before = (Judgement.objects.count(), Submission.objects.count(), Delivery.objects.count())

    assert counts(imported(good)) == (0, 0, 4, 0)
    assert before == (
        Judgement.objects.count(),
        Submission.objects.count(),
        Delivery.objects.count(),
    )


def test_a_changed_row_is_taken_in() -> None:
    agreement_in_force()
    imported("email,name,country,id\nana@novapay.com,Ana,US,1\n")

    assert counts(imported("email,name,country,id\nana@novapay.com,Ana,CA,1\n")) == (0, 1, 0, 0)
    assert Lead.objects.get().country == "CA"


def test_failures_can_be_downloaded_mended_and_imported() -> None:
    agreement_in_force()
    batch = imported()

    text = "".join(importing.failures(batch))

    lines = list(csv.reader(io.StringIO(text)))
    assert lines[0] == ["line", "error", "email", "name", "country", "id"]
    assert [line[0] for line in lines[1:]] == ["5", "7"]
    assert "nobody" in lines[1][1]
    mended = text.replace("nobody", "cat@novapay.com").replace("'=", "=")
    mended = mended.replace("ragged", "dan@novapay.com,Dan,US,4")
    assert counts(imported(mended)) == (2, 0, 0, 0)


def test_a_quarantined_row_is_tried_again_with_its_file() -> None:
    agreement_in_force()
    imported()

    assert counts(imported()) == (0, 0, 4, 2)
    assert Delivery.objects.quarantined().count() == 2


class Killed(BaseException):
    """The process is gone."""


@pytest.mark.parametrize("step", range(1, 9))
def test_killed_anywhere_it_carries_on_to_the_same_counts(
    step: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    agreement_in_force()
    monkeypatch.setattr(importing, "STAGED", 2)
    monkeypatch.setattr(importing, "TAKEN", 2)
    batch, left = batch_of(), [step]

    def dying(act: Callable[..., Any]) -> Callable[..., Any]:
        def acted(*args: Any, **kwargs: Any) -> Any:
            left[0] -= 1
            if left[0] == 0:
                raise Killed
            return act(*args, **kwargs)

        return acted

    with monkeypatch.context() as patched:
        patched.setattr(importing, "store", dying(importing.store))
        patched.setattr(importing, "take_in", dying(importing.take_in))
        patched.setattr(importing, "_count", dying(importing._count))
        try:
            importing.run(batch.pk, at=MONDAY)
        except Killed:
            assert counts(batch) != (2, 1, 1, 2) or batch.state != "done"
    assert importing.run(batch.pk, at=MONDAY)

    assert counts(batch) == (2, 1, 1, 2)
    assert batch.state == "done" and Submission.objects.count() == 3


def test_a_fault_in_one_row_stops_no_other(monkeypatch: pytest.MonkeyPatch) -> None:
    agreement_in_force()
    judge = story.judge_by_side

    def faulty(asks: Any, evidence: Any, **how: Any) -> Any:
        if Lead.objects.filter(pk__in=[ask.lead_id for ask in asks], first_name="Bea").exists():
            raise ValueError("a fault")
        return judge(asks, evidence, **how)

    with monkeypatch.context() as patched:
        patched.setattr(story, "judge_by_side", faulty)
        batch = imported()
    assert batch.state == "running" and batch.created == 1

    importing.run(batch.pk, at=batch.created_at)

    assert counts(batch) == (2, 1, 1, 2) and batch.state == "done"


def test_a_file_without_a_mapped_column_does_not_begin() -> None:
    with pytest.raises(importing.MappingFaults, match="no column “country”"):
        batch_of("email,name,id\na@b.co,A,1\n")


def test_a_preview_shows_what_each_row_would_become() -> None:
    shown = importing.preview(
        io.BytesIO(FILE.encode()), importing.read_mapping(MAPPING), at=MONDAY, rows=4
    )
    guessed = importing.preview(io.BytesIO(FILE.encode()), None, at=MONDAY)

    assert shown.headers == ("email", "name", "country", "id")
    assert shown.rows[0].payload["first_name"] == "Ana"
    assert [bool(row.error) for row in shown.rows] == [False, False, False, True]
    assert len(guessed.rows) == 6 and guessed.missing == ()
    assert not Delivery.objects.exists()


OLIST = """mql_id,first_contact_date,landing_page_id,origin
aaa0,2018-02-01,page1,social
aaa1,2017-10-20,page2,paid search
aaa2,2018-03-22,page1,organic search
aaa3,2018-05-09,,
"""


def test_an_imported_past_is_judged_and_handed_over_at_its_own_dates() -> None:
    file = playbook.read("docs/examples/olist.playbook.yaml")
    playbook.load(file, publish=True, actor=None, at=MONDAY)
    mapping = Path("docs/examples/olist.mapping.yaml").read_text()

    assert counts(imported(OLIST, mapping)) == (4, 0, 0, 0)
    assert counts(imported(OLIST, mapping)) == (0, 0, 4, 0)
    lead = Lead.objects.get(external_ids__external_id="aaa2")
    handoff = Handoff.objects.get(lead=lead)
    assert lead.email is None and lead.source == "organic_search"
    assert lead.first_seen_at.isoformat() == "2018-03-22T03:00:00+00:00"
    assert handoff.historical and handoff.made_at == lead.first_seen_at
    assert (handoff.status, handoff.team.key) == ("sales_ready", "sdr-marketplace")
    assert handoff.clocks.get(kind="accept").due_at.isoformat() == "2018-03-22T14:00:00+00:00"
    assert Lead.objects.get(external_ids__external_id="aaa3").source == "unknown"
    assert Touchpoint.objects.count() == 4 and not Message.objects.exists()


@pytest.fixture
def files(tmp_path: Path) -> Callable[[str, str], tuple[str, str]]:
    def write(content: str, mapping: str) -> tuple[str, str]:
        (tmp_path / "leads.csv").write_text(content)
        (tmp_path / "mapping.yaml").write_text(mapping)
        return str(tmp_path / "leads.csv"), str(tmp_path / "mapping.yaml")

    return write


def test_the_command_ends_with_its_counts(files: Any, capsys: pytest.CaptureFixture[str]) -> None:
    agreement_in_force()
    file, mapping = files("email,name,country,id\nana@novapay.com,Ana,US,1\n", MAPPING)

    call_command("import_leads", file, mapping=mapping)

    last = capsys.readouterr().out.strip().splitlines()[-1]
    assert last == "created 1, updated 0, repeated 0, quarantined 0"


def test_the_command_carries_on_with_an_import_that_was_killed(
    files: Any, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    agreement_in_force()
    file, mapping = files("email,name,country,id\nana@novapay.com,Ana,US,1\n", MAPPING)
    with monkeypatch.context() as patched:
        patched.setattr(importing, "take_in", lambda *_, **__: (_ for _ in ()).throw(Killed()))
        with pytest.raises(Killed):
            call_command("import_leads", file, mapping=mapping)

    call_command("import_leads", file, mapping=mapping)

    last = capsys.readouterr().out.strip().splitlines()[-1]
    assert last == "created 1, updated 0, repeated 0, quarantined 0"
    assert ImportBatch.objects.count() == 1


def test_the_command_fails_where_a_row_did(files: Any, capsys: pytest.CaptureFixture[str]) -> None:
    agreement_in_force()
    file, mapping = files(FILE, MAPPING)

    with pytest.raises(SystemExit) as ended:
        call_command("import_leads", file, mapping=mapping)

    assert ended.value.code == 1
    told = capsys.readouterr()
    assert told.out.strip().splitlines()[-1] == "created 2, updated 1, repeated 1, quarantined 2"
    assert "line 5: " in told.err and "line 7: " in told.err


@pytest.mark.parametrize(
    ("content", "mapping", "told"),
    [
        ("a,a\n1,2\n", MAPPING, "columns named"),
        (FILE, "system: x", "columns"),
        (FILE, "system: x\ncolumns: {mail: email}", "no column “mail”"),
    ],
)
def test_the_command_says_what_is_wrong_with_file_or_mapping(
    files: Any, content: str, mapping: str, told: str
) -> None:
    agreement_in_force()
    file, mapping_file = files(content, mapping)

    with pytest.raises(CommandError, match=told):
        call_command("import_leads", file, mapping=mapping_file)


def test_the_command_needs_a_definition(files: Any) -> None:
    file, mapping = files(FILE, MAPPING)

    with pytest.raises(CommandError, match="No definition is live"):
        call_command("import_leads", file, mapping=mapping)
