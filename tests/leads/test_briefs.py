"""Which brief a lead gets, and what it says beside that lead."""

import pytest
from django.db import IntegrityError, transaction
from django.db.models import Value
from django.urls import reverse

from leads.models import Brief, BriefVote, Campaign, Finding, Offer
from leads.views.campaigns.filled import brief_of
from tests import factories as make

pytestmark = pytest.mark.django_db

CLOSE = "2026q4_email_close-faster_texas"


@pytest.fixture
def mara():
    return make.mara()


def title(lead, reader):
    found = brief_of(lead, reader, [])
    return found and found.title


def lead(**known):
    given = {"campaign": CLOSE, "function": "finance", "seniority": "head", **known}
    return make.LeadFactory(**given)


def test_the_most_specific_brief_wins(mara):
    ana = lead()
    assert title(ana, mara) is None
    campaign, persona = make.CampaignFactory(), make.PersonaFactory()
    make.BriefFactory()
    assert title(ana, mara) == "Every campaign, everybody"
    make.BriefFactory(persona=persona)
    assert title(ana, mara) == "Every campaign, Finance lead"
    make.BriefFactory(campaign=campaign)
    assert title(ana, mara) == "Close faster, everybody"
    make.BriefFactory(campaign=campaign, persona=persona)
    assert title(ana, mara) == "Close faster, Finance lead"
    assert title(lead(function="sales"), mara) == "Close faster, everybody"
    assert title(lead(campaign="another"), mara) == "Every campaign, Finance lead"
    assert title(lead(campaign="", function=""), mara) == "Every campaign, everybody"


@pytest.mark.parametrize(
    ("known_by", "fits"),
    [
        ({"functions": ["finance"]}, True),
        ({"functions": ["sales", "finance"], "seniorities": ["head"]}, True),
        ({"functions": ["finance"], "seniorities": ["vp"]}, False),
        ({"functions": [], "role_words": ["CLOSE", "treasury"]}, True),
        ({"functions": ["finance"], "role_words": ["treasury"]}, False),
        ({"functions": [], "seniorities": ["head"], "role_words": ["100%_"]}, False),
    ],
)
def test_all_that_a_persona_is_known_by_must_hold(mara, known_by, fits):
    make.BriefFactory(persona=make.PersonaFactory(**known_by))
    found = title(lead(role="Head of Close Operations"), mara)
    assert (found == "Every campaign, Finance lead") is fits


def test_where_several_personas_fit_the_lowest_place_speaks(mara):
    for name, place in (("Second", 20), ("First", 10), ("Third", 30)):
        make.BriefFactory(persona=make.PersonaFactory(name=name, position=place))
    assert title(lead(), mara) == "Every campaign, First"


@pytest.mark.parametrize(
    ("key", "carried", "fits"),
    [
        (CLOSE, CLOSE, True),
        (CLOSE.upper(), f"  {CLOSE} ", True),
        ("*_close-faster_*", CLOSE, True),
        ("2026q4*", CLOSE, True),
        ("*close", CLOSE, False),
        ("2026q4_%", CLOSE, False),
        ("2026q4?email*", CLOSE, False),
        ("a_b", "axb", False),
        ("100%", "100%", True),
        ("a\\b", "a\\b", True),
        ("ÉCOLE*", "école d’été", True),
        ("*", "", True),
    ],
)
def test_what_a_lead_carries_is_meant_by_a_name(key, carried, fits):
    make.CampaignFactory(keys=["never", key])
    assert Campaign.objects.called(Value(carried)).exists() is fits


def test_an_exact_name_goes_before_a_longer_one_before_a_shorter():
    for name, key in (("Short", "2026*"), ("Exact", CLOSE), ("Long", "2026q4_email_*")):
        make.CampaignFactory(name=name, keys=[key])
    names = [one.name for one in Campaign.objects.called(Value(CLOSE))]
    assert names == ["Exact", "Long", "Short"]


def test_what_was_put_away_is_shown_no_more(mara):
    campaign, persona = make.CampaignFactory(), make.PersonaFactory()
    brief = make.BriefFactory(campaign=campaign, persona=persona)
    ana = lead()
    for one in (brief, campaign, persona):
        type(one).objects.filter(pk=one.pk).update(archived=True)
        assert title(ana, mara) is None
        type(one).objects.filter(pk=one.pk).update(archived=False)
    assert title(ana, mara) == "Close faster, Finance lead"


def test_the_database_keeps_one_brief_in_use_for_each():
    make.BriefFactory(archived=True)
    make.BriefFactory()
    with pytest.raises(IntegrityError), transaction.atomic():
        make.BriefFactory()
    with pytest.raises(IntegrityError), transaction.atomic():
        make.PersonaFactory(name="Anybody", functions=[])
    with pytest.raises(IntegrityError), transaction.atomic():
        make.CampaignFactory(name="Nameless", keys=[])
    assert Brief.objects.current().count() == 1


def asked(mara, **known):
    rows = [
        {"ask": "Who signs?", "why": "Authority.", "fills": "item:authority"},
        {"ask": "Which tools?", "why": "", "fills": ""},
        {"ask": "By when?", "why": "Timing", "fills": "timing"},
        {"ask": "How large?", "why": "", "fills": "employees"},
    ]
    make.BriefFactory(questions=rows)
    return brief_of(lead(**known), mara, []).questions


def test_what_fills_a_gap_is_asked_first(mara):
    found = asked(mara, timing="", employees=None, answers={"authority": "the CFO"})
    assert [one.ask for one in found] == ["By when?", "How large?", "Who signs?", "Which tools?"]
    assert [one.note for one in found] == [
        "Timing. Fills the unknown: timing",
        "Fills the unknown: employees",
        "Authority",
        "",
    ]


def test_what_is_known_keeps_its_place(mara):
    found = asked(mara, timing="this month", answers={})
    assert [one.is_open for one in found] == [True, False, False, False]
    assert found[0].note == "Authority. Fills the unknown: authority"


def test_what_somebody_found_out_is_known(client, ana):
    row = {"ask": "Who signs?", "why": "", "fills": "item:authority"}
    Brief.objects.update(questions=[row])
    assert "Fills the unknown: authority" in page(client, ana).content.decode()
    given = {"lead": ana, "handoff": ana.handoffs.get(), "item": "authority", "at": make.MONDAY}
    Finding.objects.create(**given, value="The CFO", actor=make.sam())
    assert "Fills the unknown" not in page(client, ana).content.decode()
    assert not brief_of(ana, make.sam(), []).questions[0].is_open
    Finding.objects.create(**given, value="", actor=make.sam())
    assert brief_of(ana, make.sam(), []).questions[0].is_open


def test_what_the_judgement_saw_is_known(mara):
    make.agreement_in_force()
    make.BriefFactory(questions=[{"ask": "How large?", "why": "", "fills": "employees"}])
    ana = lead(employees=None)
    ana.judgement = make.JudgementFactory(lead=ana, employees=900.0)
    assert not brief_of(ana, mara, []).questions[0].is_open


def test_content_they_looked_at_is_read_for_them(mara):
    rows = [
        {"topic": "Close faster", "means": "They plan", "ask": "When?"},
        {"topic": "SOC 2", "means": "Security is asked", "ask": ""},
    ]
    make.BriefFactory(readings=rows)
    ana = lead()
    touch = make.TouchpointFactory(lead=ana, signal="webinar_attended", detail="CLOSE FASTER, live")
    found = brief_of(ana, mara, [touch])
    assert [one.topic for one in found.content] == ["Close faster"]
    assert [one.topic for one in found.other_content] == ["SOC 2"]


@pytest.fixture
def ana(client):
    """Ana’s lead with Sam, who is signed in; her campaign has a brief."""
    make.agreement_in_force()
    client.force_login(make.sam())
    make.BriefFactory(campaign=make.CampaignFactory())
    return make.HandoffFactory(lead=lead(offer="Guided demo")).lead


def page(client, ana):
    return client.get(reverse("leads:lead", args=[ana.pk]))


def test_the_leads_page_shows_it_at_no_further_statement(
    client, ana, django_assert_max_num_queries
):
    page(client, ana)
    with django_assert_max_num_queries(10):
        html = page(client, ana).content.decode()
    for said in ("What to ask next", "Close faster, everybody", "A call with whoever owns",
                 "What does the close run on today?", "we build it ourselves"):  # fmt: skip
        assert said in html


def test_what_was_promised_is_said_and_what_does_not_fit_is_flagged(client, ana):
    offer = make.OfferFactory()
    assert "Promised with “Guided demo”:" in page(client, ana).content.decode()
    Offer.objects.filter(pk=offer.pk).update(countries=["DE"], motions=["enterprise"])
    html = page(client, ana).content.decode()
    assert "It is for DE; this lead is in US." in html and "Do not promise it." in html
    assert "It is sold by Enterprise; this lead has no motion." in html
    assert "Promised with" not in html


def vote(client, ana, **given):
    brief = Brief.objects.get()
    given = {"lead": ana.pk, "helped": "1", **given}
    return client.post(reverse("leads:brief-vote", args=[brief.pk]), given)


def test_a_rep_says_whether_it_helped_and_may_say_otherwise(client, ana):
    assert vote(client, ana).status_code == 302
    assert "You said: it worked" in page(client, ana).content.decode()
    vote(client, ana, helped="0", line="They have no close at all")
    said = BriefVote.objects.get()
    assert (said.helped, said.line, said.author) == (False, "They have no close at all", make.sam())
    assert "it did not help, “They have no close at all”" in page(client, ana).content.decode()
    client.force_login(make.ines())
    assert "Did the brief help?" in page(client, ana).content.decode()


def test_a_vote_answers_in_place_where_a_script_asks(client, ana):
    brief = Brief.objects.get()
    answer = client.post(
        reverse("leads:brief-vote", args=[brief.pk]),
        {"lead": ana.pk, "helped": "1"},
        headers={"HX-Request": "true"},
    )
    assert "You said: it worked" in answer.content.decode() and b"<html" not in answer.content


@pytest.mark.parametrize(
    ("given", "status"),
    [
        ({"helped": ""}, 422),
        ({"helped": "perhaps"}, 422),
        ({"lead": "x"}, 404),
        ({"lead": ""}, 404),
        ({"lead": "999999999"}, 404),
    ],
)
def test_a_vote_that_says_nothing_is_none(client, ana, given, status):
    assert vote(client, ana, **given).status_code == status
    assert not BriefVote.objects.exists()


def test_a_vote_is_a_post_and_of_those_who_may_see_the_lead(client, ana):
    brief = Brief.objects.get()
    assert client.get(reverse("leads:brief-vote", args=[brief.pk])).status_code == 405
    client.force_login(make.otto())
    assert vote(client, ana).status_code == 404
    assert not BriefVote.objects.exists()


def test_marketing_reads_what_reps_said_with_how_many(client, ana):
    vote(client, ana, line="She signed")
    vote_of_ines = {"lead": ana.pk, "helped": "0", "line": "<script>alert(1)</script>"}
    client.force_login(make.ines())
    client.post(reverse("leads:brief-vote", args=[Brief.objects.get().pk]), vote_of_ines)
    address = reverse("leads:brief", args=[Brief.objects.get().pk])
    assert "She signed" not in client.get(address).content.decode()
    client.force_login(make.mara())
    html = client.get(address).content.decode()
    assert "Worked with 1 lead, did not help with 1" in html and "She signed" in html
    assert "<script>alert(1)" not in html


@pytest.mark.parametrize(("who", "told"), [("mara", True), ("sam", False), ("lena", False)])
def test_where_no_brief_fits_marketing_reads_what_is_missing(client, who, told):
    make.agreement_in_force()
    lead = make.HandoffFactory(lead__campaign="spring").lead
    client.force_login(getattr(make, who)())
    text = client.get(reverse("leads:lead", args=[lead.pk])).content.decode()
    said = "none that fits for “spring”"
    assert (said in text) is told and (reverse("leads:briefs-add") in text) is told
    make.BriefFactory(campaign=None, persona=None)
    assert said not in client.get(reverse("leads:lead", args=[lead.pk])).content.decode()
