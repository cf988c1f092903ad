"""Marketing describes campaigns, offers, personas, briefs and texts; everybody reads them."""

import datetime as dt
import re

import pytest
from django.urls import reverse
from django.utils import timezone

from handoff import history
from leads import noticed
from leads.demo import campaigns
from leads.journey import filling
from leads.models import Brief, Campaign, Offer, Persona, TextTemplate
from leads.views.campaigns.kinds import KINDS
from tests import factories as make

pytestmark = pytest.mark.django_db

XSS = "<script>alert(1)</script>"


@pytest.fixture
def mara(client):
    make.agreement_in_force()
    client.force_login(make.mara())
    return client


def made():
    """One of each kind, by its key."""
    campaign, persona = make.CampaignFactory(), make.PersonaFactory()
    return {
        "campaigns": campaign,
        "personas": persona,
        "offers": make.OfferFactory(),
        "briefs": make.BriefFactory(campaign=campaign, persona=persona),
        "texts": make.TextTemplateFactory(),
        "pages": make.PageNameFactory(),
    }


def rows(**given):
    """The empty rows of a brief as a form sends them, and those given as NAME={place: row}."""
    sent = {}
    for name in ("questions", "objections", "readings"):
        listed = given.get(name, [])
        sent |= {f"{name}-TOTAL_FORMS": str(len(listed) + 2), f"{name}-INITIAL_FORMS": "0"}
        for number, row in enumerate(listed):
            sent |= {f"{name}-{number}-{key}": value for key, value in row.items()}
    return sent


GIVEN = {
    "campaigns": {"name": "Audit ready", "keys": "*_audit_*\naudit", "theme": "Trails"},
    "offers": {"name": "Trial", "keys": "Trial, 14 days", "promise": "All", "countries": "Germany"},
    "personas": {"name": "Controller", "role_words": "controller, closing", "position": "5"},
    "briefs": {"goal": "A call", **rows(questions=[{"ask": "Why now?", "fills": "timing"}])},
    "texts": {"name": "Note", "kind": "hand_over", "body": "For {{ company }}"},
    "pages": {"name": "Close guide", "paths": "/guides/close"},
}  # fmt: skip


def add(client, kind, /, **more):
    return client.post(reverse(f"leads:{kind}-add"), {**GIVEN[kind], **more})


@pytest.mark.parametrize("kind", KINDS)
def test_each_kind_is_added_changed_and_its_changes_told(mara, kind):
    assert mara.get(reverse(f"leads:{kind}-add")).status_code == 200
    assert add(mara, kind).status_code == 302
    thing = KINDS[kind].model.objects.get()
    page = reverse(f"leads:{KINDS[kind].one}", args=[thing.pk])
    name = "goal" if kind == "briefs" else "name"
    edit = reverse(f"leads:{KINDS[kind].one}-edit", args=[thing.pk])
    assert getattr(thing, name) in mara.get(edit).content.decode()
    answer = mara.post(edit, {**GIVEN[kind], name: "Another"}, follow=True)
    assert "Another" in answer.content.decode() and answer.redirect_chain[-1][0] == page
    changes = history.changes_of(KINDS[kind].model.objects.get())
    assert [one.did for one in changes] == ["changed", "added"]
    assert "Another" in mara.get(reverse(f"leads:{kind}")).content.decode()


def test_what_was_typed_is_kept_as_leads_have_it(mara):
    for kind in KINDS:
        add(mara, kind)
    assert Campaign.objects.get().keys == ["*_audit_*", "audit"]
    offer = Offer.objects.get()
    assert (offer.keys, offer.countries) == (["Trial, 14 days"], ["DE"])
    assert Persona.objects.get().role_words == ["controller", "closing"]
    assert Brief.objects.get().questions == [{"ask": "Why now?", "why": "", "fills": "timing"}]


@pytest.mark.parametrize(
    ("kind", "wrong", "said"),
    [
        ("campaigns", {"name": ""}, "required"),
        ("campaigns", {"keys": " \n "}, "Say at least one name"),
        ("campaigns", {"keys": "* *"}, "fits every name"),
        ("campaigns", {"keys": "x" * 201}, "too long"),
        ("campaigns", {"keys": "\n".join(map(str, range(51)))}, "At most 50 names"),
        ("campaigns", {"starts_on": "2026-10-02", "ends_on": "2026-10-01"}, "before it begins"),
        ("campaigns", {"starts_on": "soon"}, "valid date"),
        ("offers", {"employees_from": "10", "employees_to": "9"}, "less than the least"),
        ("offers", {"employees_from": "0"}, "greater than or equal to 1"),
        ("offers", {"motions": ["unheard"]}, "Select a valid choice"),
        ("personas", {"role_words": ""}, "Say by what they are known"),
        ("personas", {"functions": ["magic"]}, "Select a valid choice"),
        ("briefs", {"goal": ""}, "required"),
        ("briefs", rows(questions=[{"ask": "", "why": "Need"}]), "This is missing."),
        ("briefs", rows(questions=[{"ask": "x", "fills": "shoe_size"}]), "Select a valid choice"),
        ("briefs", {"questions-TOTAL_FORMS": "x"}, "ManagementForm data is missing"),
        ("texts", {"body": "Hi {{ fist_name }}"}, "Did you mean first_name?"),
        ("texts", {"subject": "{{ company"}, "Line 1, character 1"),
        ("texts", {"kind": "first_touch", "subject": ""}, "A mail needs a subject."),
        ("texts", {"body": "x" * 5001}, "at most 5000 characters"),
        ("texts", {"body": "nul \x00"}, "Null characters"),
    ],
)
def test_what_cannot_be_is_said_and_what_was_typed_kept(mara, kind, wrong, said):
    answer = add(mara, kind, **wrong)
    html = answer.content.decode()
    assert answer.status_code == 422 and said in html
    assert not KINDS[kind].model.objects.exists()
    kept = "A call" if kind == "briefs" else GIVEN[kind]["name"]
    assert kept in html or "name" in wrong or "goal" in wrong


def test_a_name_is_given_once(mara):
    add(mara, "campaigns")
    assert "already exists" in add(mara, "campaigns").content.decode()
    add(mara, "briefs")
    assert "There is a brief for that already" in add(mara, "briefs").content.decode()
    assert (Campaign.objects.count(), Brief.objects.count()) == (1, 1)


def test_rows_come_in_the_order_that_is_typed_and_empty_ones_go(mara):
    asked = [
        {"ask": "third", "ORDER": ""},
        {"ask": "second", "ORDER": "2"},
        {"ask": "", "ORDER": "0"},
        {"ask": "first", "ORDER": "1"},
    ]
    add(mara, "briefs", **rows(questions=asked))
    brief = Brief.objects.get()
    assert [row["ask"] for row in brief.questions] == ["first", "second", "third"]
    html = mara.get(reverse("leads:brief-edit", args=[brief.pk])).content.decode()
    assert html.index("first") < html.index("second") < html.index("third")


def test_more_rows_are_there_without_a_script_and_save_nothing(mara):
    html = add(mara, "briefs", do="more-objections").content.decode()
    assert 'name="objections-4-said"' in html and "Why now?" in html
    assert not Brief.objects.exists()
    many = rows(objections=[{"said": str(n), "answer": ""} for n in range(22)])
    assert add(mara, "briefs", **many).status_code == 422


def test_a_preview_shows_it_on_a_lead_and_saves_nothing(mara):
    ana = make.LeadFactory(first_name="Ana", last_name="Ribeiro", campaign="2026_close-faster_x")
    make.LeadFactory(first_name="Newer", last_seen_at=make.MONDAY + dt.timedelta(days=1))
    campaign = make.CampaignFactory()
    html = add(mara, "briefs", do="preview", campaign=campaign.pk).content.decode()
    assert "Ana Ribeiro" in html and "Fills the unknown: timing" in html
    assert "Did the brief help?" not in html and not Brief.objects.exists()
    persona = make.PersonaFactory(functions=["legal"])
    html = add(mara, "briefs", do="preview", persona=persona.pk).content.decode()
    assert "Newer" in html
    html = add(mara, "texts", do="preview", lead=str(ana.pk)).content.decode()
    assert f"For {ana.company}" in html and not TextTemplate.objects.exists()
    html = add(mara, "texts", do="preview", lead="nobody at all").content.decode()
    assert "No such lead that you may see." in html


def test_another_one_begins_as_one_stands(mara):
    for kind, thing in made().items():
        html = mara.get(reverse(f"leads:{kind}-add"), {"like": thing.pk}).content.decode()
        assert "(copy)" in html or "What does the close run on today?" in html
        assert mara.get(reverse(f"leads:{kind}-add"), {"like": "999999"}).status_code == 404


@pytest.mark.parametrize("kind", KINDS)
def test_put_away_and_back(mara, kind):
    thing = made()[kind]
    address = reverse(f"leads:{KINDS[kind].one}-away", args=[thing.pk])
    assert mara.get(address).status_code == 405
    assert "put away" in mara.post(address, {"away": "1"}, follow=True).content.decode()
    table = reverse(f"leads:{kind}")
    assert str(thing) not in mara.get(table).content.decode().split("<main")[1]
    assert str(thing) in mara.get(table, {"away": "1"}).content.decode()
    assert "in use again" in mara.post(address, {"away": "0"}, follow=True).content.decode()


def test_back_only_while_its_place_is_free(mara):
    old = make.BriefFactory(archived=True)
    make.BriefFactory()
    address = reverse("leads:brief-away", args=[old.pk])
    assert "took its place" in mara.post(address, {"away": "0"}, follow=True).content.decode()
    old.refresh_from_db()
    assert old.archived


@pytest.mark.parametrize("who", ["sam", "otto", "lena"])
def test_everybody_reads_and_only_marketing_writes(client, who):
    make.agreement_in_force()
    things = made()
    client.force_login(getattr(make, who)())
    for kind, thing in things.items():
        one = KINDS[kind].one
        for name, args in ((kind, []), (one, [thing.pk])):
            html = client.get(reverse(f"leads:{name}", args=args)).content.decode()
            assert str(thing) in html and "Edit</a>" not in html and "What changed" not in html
        for name, args in ((f"{kind}-add", []), (f"{one}-edit", [thing.pk])):
            assert client.get(reverse(f"leads:{name}", args=args)).status_code == 404
            assert client.post(reverse(f"leads:{name}", args=args), GIVEN[kind]).status_code == 404
        away = reverse(f"leads:{one}-away", args=[thing.pk])
        assert client.post(away, {"away": "1"}).status_code == 404
        assert KINDS[kind].model.objects.filter(archived=False).count() == 1


def test_lists_of_leads_are_for_those_who_may_see_them_all(client):
    make.agreement_in_force()
    for who, status in (("sam", 404), ("otto", 404), ("lena", 200), ("mara", 200)):
        client.force_login(getattr(make, who)())
        for name in ("undescribed", "misfits"):
            assert client.get(reverse(f"leads:{name}")).status_code == status


def test_names_that_nobody_has_described_are_counted(mara):
    for name, count in (("new_one", 3), ("", 2), ("  ", 1), ("2026_close-faster_x", 2), (XSS, 1)):
        make.LeadFactory.create_batch(count, campaign=name, offer=name[:7])
    make.CampaignFactory(archived=True)
    found = noticed.undescribed("campaign")
    assert [(one.name, one.leads, one.is_more) for one in found] == [
        ("new_one", 3, False), (XSS, 1, False),
    ]  # fmt: skip
    html = mara.get(reverse("leads:undescribed")).content.decode()
    assert "3 leads" in html and XSS not in html
    form = mara.get(reverse("leads:campaigns-add"), {"name": "new_one"}).content.decode()
    assert form.count("new_one") >= 2


def test_a_name_longer_than_an_index_holds_is_no_trouble(mara):
    make.LeadFactory(campaign="é" * 9000, offer="x" * 9000)
    assert [len(one.name) for one in noticed.names("campaign")] == [200]
    assert mara.get(reverse("leads:undescribed")).status_code == 200


def test_more_leads_than_are_counted_are_said_to_be_more(monkeypatch):
    monkeypatch.setattr(noticed, "MOST_LEADS", 2)
    make.LeadFactory.create_batch(3, offer="Many")
    (one,) = noticed.names("offer")
    assert (one.leads, one.is_more) == (2, True)


def test_offers_that_do_not_fit_are_listed_with_why(mara):
    past = timezone.localdate() - dt.timedelta(days=2)  # past in every zone, so also in hers
    make.OfferFactory(name="Gone", ends_on=past)
    make.OfferFactory()
    make.LeadFactory(first_name="Late", offer="gone")
    make.LeadFactory(first_name="Fine", offer="Guided demo")
    make.LeadFactory(first_name="Other", offer="Nobody described it")
    html = mara.get(reverse("leads:misfits")).content.decode()
    assert "Late" in html and "It ended on" in html
    assert "Fine" not in html and "Other" not in html


def test_nothing_that_is_typed_becomes_markup(mara):
    row = {"ask": XSS, "why": XSS, "said": XSS, "answer": XSS, "topic": XSS, "means": XSS}
    for kind, given in {
        "campaigns": {"name": XSS, "keys": XSS, "theme": XSS, "landing_page": XSS},
        "offers": {"name": XSS, "keys": XSS, "promise": XSS, "industries": XSS, "topic": XSS},
        "personas": {"name": XSS, "role_words": XSS},
        "briefs": {"goal": XSS, "pain": XSS, "talk_track": XSS, "proof": XSS}
        | rows(questions=[row], objections=[row], readings=[row]),
        "texts": {"name": XSS, "subject": XSS, "body": XSS, "language": "<b>"},
    }.items():
        assert add(mara, kind, **given).status_code == 302
        one = KINDS[kind].model.objects.get()
        lead = make.LeadFactory(first_name=XSS, campaign=XSS, offer=XSS)
        for address in (
            reverse(f"leads:{kind}"),
            reverse(f"leads:{KINDS[kind].one}", args=[one.pk]),
            reverse(f"leads:{KINDS[kind].one}-edit", args=[one.pk]),
            reverse("leads:lead", args=[lead.pk]),
            reverse("leads:lead-texts", args=[lead.pk]),
            reverse("leads:misfits"),
        ):
            assert XSS not in mara.get(address).content.decode(), address
    brief = mara.get(reverse("leads:campaigns-in-short"), headers={"HX-Request": "true"})
    assert XSS not in brief.content.decode()


def test_the_playbook_leads_there(client):
    make.agreement_in_force()
    things = made()
    make.BriefFactory()
    client.force_login(make.sam())
    assert reverse("leads:campaigns") in client.get(reverse("playbook")).content.decode()
    part = client.get(reverse("leads:campaigns-in-short"), headers={"HX-Request": "true"})
    assert reverse("leads:brief", args=[things["briefs"].pk]) in part.content.decode()
    assert "Every campaign" in part.content.decode() and b"<html" not in part.content
    assert "<html" in client.get(reverse("leads:campaigns-in-short")).content.decode()


def test_a_list_costs_the_same_however_long_it_is(mara, django_assert_max_num_queries):
    made()
    for number in range(20):
        campaign = make.CampaignFactory(name=f"Campaign {number}", owner=make.mara())
        make.BriefFactory(campaign=campaign, persona=make.PersonaFactory(name=f"P {number}"))
    for kind in KINDS:
        with django_assert_max_num_queries(8):
            html = mara.get(reverse(f"leads:{kind}"), {"sort": "-name"}).content.decode()
        assert re.search("1 to", html)


def test_who_edits_what_came_with_the_demo_makes_it_theirs(mara):
    campaign = make.CampaignFactory(is_demo=True)
    address = reverse("leads:campaign-edit", args=[campaign.pk])
    mara.post(address, GIVEN["campaigns"])
    assert not Campaign.objects.get().is_demo


def test_the_demo_describes_once_and_takes_its_own_away_again():
    campaigns.describe(at=make.MONDAY)
    campaigns.describe(at=make.MONDAY)
    counts = [kind.model.objects.count() for kind in KINDS.values()]
    assert counts == [3, 4, 5, 2, 4, 1]
    assert not [text for text in TextTemplate.objects.all() if filling.misplaced(text.body)]
    theirs = Campaign.objects.get(name="Close faster")
    make.BriefFactory(campaign=theirs, persona=make.PersonaFactory(name="Controller"))
    Offer.objects.filter(name="Guided demo").update(is_demo=False)
    campaigns.remove()
    assert [kind.model.objects.count() for kind in KINDS.values()] == [1, 1, 1, 1, 0, 0]
    theirs.refresh_from_db()
    assert not theirs.is_demo
