"""The measures as pages and files: every figure with its n, its formula and the leads behind it."""

import re

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from reviews.measures.catalogue import MEASURES, RATES
from reviews.measures.dimensions import DIMENSIONS
from tests import factories as make
from tests.factories import MONDAY
from tests.reviews.counting import NOW, a_floor, first_ones, shares_by_hand

pytestmark = pytest.mark.django_db

DAYS = {"since": "2026-10-01", "until": "2026-10-19"}


@pytest.fixture
def today(time_machine):
    time_machine.move_to(NOW, tick=False)


@pytest.fixture
def mara(client, today):
    make.agreement_in_force()
    client.force_login(make.mara())
    return client


def words_of(answer):
    return " ".join(re.sub(r"<[^>]+>", " ", answer.content.decode()).split())


def get(client, name, *args, **query):
    return client.get(reverse(f"reviews:{name}", args=args), {**DAYS, **query})


def accepted_in(count, **facts):
    for _ in range(count):
        judgement = make.JudgementFactory(**facts)
        make.HandoffFactory(judgement=judgement, lead=judgement.lead, accepted=True)


def test_every_figure_stands_with_its_formula_and_opens_its_leads(mara):
    a_floor(25, seed=2)
    text = get(mara, "measures", by="source").content.decode()
    by_hand = shares_by_hand([one for one in first_ones() if not one.historical])
    for measure in MEASURES:
        assert measure.title in text
        assert reverse("reviews:measure-leads", args=[measure.key]) in text
    for measure in RATES:
        count, n = by_hand.get(measure.key, (0, 0))
        listed = words_of(get(mara, "measure-leads", measure.key))
        whole = words_of(get(mara, "measure-leads", measure.key, of="all"))
        assert f": {count} lead" in listed, measure.key
        assert f": {n} lead" in whole, measure.key


@pytest.mark.parametrize("measure", MEASURES, ids=lambda one: one.key)
def test_one_figure_tells_its_trend_and_what_it_is_by_anything(mara, measure):
    accepted_in(21, source="webinar")
    text = words_of(get(mara, "measure", measure.key, by="source", compare="1"))
    assert measure.formula.split(".")[0] in text
    assert "Webinar" in text and "Week by week" in text


@pytest.mark.parametrize("by", DIMENSIONS)
def test_a_name_in_a_table_narrows_the_page_to_it(mara, by):
    accepted_in(1, campaign="100% _safe_", employees=400.0, motion="enterprise", trigger="demo")
    page = get(mara, "measure", "acceptance_rate", by=by).content.decode()
    hrefs = re.findall(r'<th scope="row"><a href="\?([^"]+)&amp;by=', page)
    narrowed = mara.get(reverse("reviews:measures") + "?" + hrefs[0].replace("&amp;", "&"))
    assert "1 hand-over." in words_of(narrowed)


def test_a_share_of_few_says_so_and_a_difference_whether_it_exceeds_chance(mara):
    accepted_in(3)
    assert "Not enough data" in words_of(get(mara, "measures"))
    accepted_in(30)
    text = words_of(get(mara, "measures", compare="1"))
    assert "100%" in text and "90 to 100%, n 33" in text
    assert "not enough data to compare" in text


def test_sources_and_campaigns_stand_side_by_side(mara):
    accepted_in(2, source="webinar", campaign="Close faster")
    make.SubmissionFactory(source="webinar", campaign="Close faster")
    make.SubmissionFactory(source="organic", delivery=make.DeliveryFactory(historical=True))
    text = words_of(get(mara, "sources"))
    assert "Webinar Close faster 1 2 2 of 2, too few 0 of 2, too few" in text
    assert "Organic" not in text
    assert "Organic" in words_of(get(mara, "sources", past="1"))
    assert "Enquiries Handed over" not in words_of(get(mara, "sources", team="sdr-na"))


def test_the_mix_of_reasons_counts_and_opens_what_was_rejected(mara):
    reason = make.ReasonFactory()
    for _ in range(3):
        make.HandoffFactory(rejected=True, reason=reason)
    text = words_of(get(mara, "reasons", compare="1"))
    assert "Why sales rejected 3 leads" in text and reason.label in text
    opened = words_of(get(mara, "reasons-leads", reason=reason.key))
    assert f"Rejected: {reason.label}: 3 leads" in opened
    assert get(mara, "reasons-leads", reason="nonsense").status_code == 404


@pytest.mark.parametrize(
    ("name", "args", "head"),
    [
        ("measures-csv", (), "by,key,name,handed_over,acceptance_rate_count"),
        ("measure-csv", ("win_rate",), "by,key,name,handed_over,win_rate_count"),
        ("sources-csv", (), "source,campaign,enquiries,handed_over"),
        ("reasons-csv", (), "reason,label,rejected,before"),
    ],
)
def test_each_page_is_a_file_too(mara, name, args, head):
    a_floor(6, seed=4)
    answer = get(mara, name, *args, by="source")
    assert answer.headers["Content-Type"].startswith("text/csv")
    assert answer.content.decode().startswith(head)
    assert len(answer.content.decode().splitlines()) > 1


def test_the_leads_of_a_figure_are_a_file_too(mara):
    accepted_in(3)
    answer = get(mara, "measure-leads", "acceptance_rate", format="csv")
    assert len(b"".join(answer.streaming_content).decode().splitlines()) == 4


@pytest.mark.parametrize("name", ["measures", "sources", "reasons"])
def test_without_hand_overs_a_page_says_what_would_fill_it(mara, name):
    assert "Choose a longer period" in words_of(get(mara, name))


def test_what_there_is_not_is_not_there(mara):
    assert get(mara, "measure", "nonsense").status_code == 404
    assert get(mara, "measure-leads", "nonsense").status_code == 404
    assert get(mara, "measures", by="nonsense").status_code == 404
    assert mara.post(reverse("reviews:measures")).status_code == 405


def test_a_question_that_cannot_be_read_is_the_usual_one_and_says_so(mara):
    answer = mara.get(reverse("reviews:measures"), {"since": "2026-10-01"})
    assert "Give both days, or none." in words_of(answer)
    said = "From: Enter a valid date. The usual days are shown instead, with no filter."
    for name, also in (
        *(("measures", {}), ("seams", {}), ("funnel", {}), ("response", {}), ("sla", {})),
        *(("winloss", {}), ("own", {}), ("causes", {}), ("step-answers", {}), ("sla-late", {})),
        *(("seams-leads", {"seam": "open"}), ("funnel-leads", {})),
    ):
        answer = mara.get(reverse(f"reviews:{name}"), {"since": "rubbish", **also})
        assert (answer.status_code, said in words_of(answer)) == (200, True), name


@pytest.mark.parametrize(
    ("name", "args"),
    [
        *(("measures-csv", ()), ("measure-csv", ("win_rate",)), ("sources-csv", ())),
        *(("reasons-csv", ()), ("funnel-csv", ()), ("response-csv", ()), ("seams-csv", ())),
        *(("sla-csv", ()), ("winloss-csv", ()), ("measure-leads", ("win_rate",))),
    ],
)
def test_no_file_is_made_of_a_question_that_cannot_be_read(mara, name, args):
    asked = {"since": "rubbish", "until": "2026-10-19", "format": "csv"}
    answer = mara.get(reverse(f"reviews:{name}", args=args), asked)
    assert (answer.status_code, answer["Content-Type"]) == (422, "text/plain; charset=utf-8")
    assert "From: Enter a valid date." in answer.content.decode()


def test_an_outsider_counts_nothing(client, today):
    accepted_in(2)
    client.force_login(make.otto())
    assert "0 hand-overs" in words_of(get(client, "measures"))
    assert "0 leads" in words_of(get(client, "measure-leads", "acceptance_rate"))


def test_all_time_reaches_back_to_the_beginning(mara):
    judgement = make.JudgementFactory()
    long_ago = MONDAY.replace(year=2001)
    make.HandoffFactory(judgement=judgement, lead=judgement.lead, triggered_at=long_ago)
    answer = mara.get(reverse("reviews:measures"), {"period": "all"})
    assert "1 hand-over. Everything handed over until" in words_of(answer)


@pytest.mark.parametrize("name", ["measures", "sources", "reasons"])
def test_a_page_costs_the_same_few_statements_for_many(mara, name):
    a_floor(2, seed=1)
    few = _statements(mara, name)
    a_floor(12, seed=2)
    assert _statements(mara, name) == few <= 20


def _statements(client, name):
    get(client, name, by="campaign")
    with CaptureQueriesContext(connection) as captured:
        get(client, name, by="campaign")
    return len(captured)
