"""Examples of a draft: seen, written, run before they are kept, moved and taken out."""

import re
from html import unescape

import pytest
from django.urls import reverse

from handoff import drafting, publishing
from handoff.models import DefinitionVersion
from tests import factories as make
from tests.factories import MONDAY

pytestmark = pytest.mark.django_db

HIDDEN = re.compile(r'<input type="hidden" name="(\w+)" value="([^"]*)"')
DEMO = {
    "kind": "example",
    "name": "Demo request from a fintech",
    "why": "Fits and asked",
    "expect": {"status": "sales_ready", "team": "sdr-na"},
    "lead": {"industry": "fintech", "employees": 400, "country": "US"},
    "touchpoints": [{"signal": "demo_request", "days_ago": 0.25}],
}
STUDENT = {
    "kind": "counterexample",
    "name": "Student at a webinar",
    "expect": {"status": "disqualified"},
    "lead": {"role": "PhD student"},
}
TYPED = {
    "kind": "example",
    "name": "A demo from Canada",
    "why": "Fits",
    "f": ["0", "1", "2"],
    "f0-name": "industry",
    "f0-value": "Fintech",
    "f1-name": "employees",
    "f1-value": "1,200",
    "f2-name": "country",
    "f2-value": "Canada",
    "t": ["0"],
    "t0-signal": "demo_request",
    "t0-when": "3",
    "t0-unit": "hours",
    "x-status": "sales_ready",
    "x-track": "~none",
}


@pytest.fixture
def mara(client):
    person = make.mara()
    client.force_login(person)
    return person


@pytest.fixture
def draft(mara):
    """A draft with one example that comes out right, and one counterexample."""
    draft = publishing.clone(make.agreement_in_force(), actor=mara, at=MONDAY)
    for row in (DEMO, STUDENT):
        draft = put(draft, "examples", row)
    return draft


def put(draft, section, row, place=None):
    return drafting.put(
        draft,
        section,
        row,
        place=place,
        revision=draft.revision,
        actor=make.mara(),
        at=MONDAY,
    )


def fresh(draft):
    return DefinitionVersion.objects.with_rows().get(pk=draft.pk)


def rows(draft):
    return [example.as_row() for example in fresh(draft).examples.all()]


def names(draft):
    return [row["name"] for row in rows(draft)]


def address(name, draft, *more):
    return reverse(name, args=[draft.number, *more])


def send(client, page, draft, *more, **values):
    return client.post(address(page, draft, *more), {"revision": draft.revision, **values})


def test_the_list_says_which_come_out_right_and_which_differ(client, draft):
    row = {"key": "size", "points": 5, "when": [{"field": "employees", "at_least": 100}]}
    put(draft, "fit", row, 1)
    html = client.get(address("examples", draft)).content.decode()
    assert "1 of 2 come out right" in html
    assert "Differs" in html and "Counterexample" in html
    assert "Expected <b>Sales ready</b>, comes out <b>Needs qualification</b>" in html
    assert "fit 35" in html


def test_the_aside_tells_the_same_beside_the_rules(client, draft):
    html = client.get(address("examples-aside", draft)).content.decode()
    assert "2 of 2 come out right" in html and "<html" not in html
    assert "Sales ready, SDR North America" in html


def test_with_faults_elsewhere_no_example_is_run_and_the_page_says_why(client, draft):
    draft.route.last().delete()
    html = client.get(address("examples", draft)).content.decode()
    assert "not run" in html and "the last row must have no conditions" in html


def test_an_example_that_names_what_is_gone_is_told_and_the_others_are_run(client, draft):
    draft.examples.filter(name=STUDENT["name"]).update(expect={"rule": "gone"})
    html = client.get(address("examples", draft)).content.decode()
    assert "Cannot be read" in html and "there is no rule" in html
    assert "1 of 2 come out right" in html


def test_an_empty_list_says_what_would_fill_it(client, mara):
    draft = publishing.clone(make.agreement_in_force(), actor=mara, at=MONDAY)
    html = client.get(address("examples", draft)).content.decode()
    assert "No example yet" in html and "Write the first one" in html


def test_the_list_costs_the_same_with_more_examples(client, draft, django_assert_max_num_queries):
    for number in range(20):
        draft = put(draft, "examples", {**DEMO, "name": f"Demo {number}"})
    client.get(address("examples", draft))
    with django_assert_max_num_queries(28):
        client.get(address("examples", draft))


def test_an_example_is_written_by_picking(client, draft):
    answer = send(client, "example-new", draft, **TYPED)
    assert answer.status_code == 302
    assert rows(draft)[-1] == {
        "kind": "example",
        "name": "A demo from Canada",
        "why": "Fits",
        "expect": {"status": "sales_ready", "track": None},
        "lead": {"industry": "Fintech", "employees": 1200, "country": "Canada"},
        "touchpoints": [{"signal": "demo_request", "days_ago": 0.125}],
    }


def test_what_is_wrong_is_told_at_its_place_and_nothing_is_lost(client, draft):
    wrong = TYPED | {
        "name": "",
        "f1-value": "many",
        "t0-when": "soon",
        "x-status": "",
        "x-track": "",
    }
    answer = send(client, "example-new", draft, **wrong)
    html = answer.content.decode()
    assert answer.status_code == 422 and len(rows(draft)) == 2
    for said in ("“many” is no number", "“soon” is no number", "Give it a name", "Say what is"):
        assert said in html, said
    assert 'value="many"' in html and 'value="Canada"' in html


def test_what_the_draft_does_not_know_is_told_at_its_place(client, draft):
    wrong = TYPED | {"x-rule": "gone"}
    answer = send(client, "example-new", draft, **wrong)
    html = answer.content.decode()
    assert answer.status_code == 422 and "There is no rule “gone”" in html
    assert "not there any more" in html


def test_a_field_more_and_one_less_without_a_script(client, draft):
    more = send(client, "example-new", draft, **TYPED, more="f").content.decode()
    assert 'name="f3-value"' in more and 'value="Canada"' in more
    less = send(client, "example-new", draft, **TYPED, less="f1").content.decode()
    assert 'name="f1-value"' not in less and 'value="Canada"' in less
    touch = send(client, "example-new", draft, **TYPED, more="t").content.decode()
    assert 'name="t1-signal"' in touch
    assert len(rows(draft)) == 2


def test_it_is_run_before_it_is_kept(client, draft):
    before = fresh(draft).revision
    html = send(client, "example-run", draft, **TYPED).content.decode()
    assert "As expected" in html and "Asked for a demo and fits" in html
    html = send(client, "example-run", draft, **TYPED | {"x-status": "nurture"}).content.decode()
    assert "Differs" in html and "expected <b>Nurture</b>, comes out <b>Sales ready</b>" in html
    assert fresh(draft).revision == before and len(rows(draft)) == 2


def test_running_half_an_example_says_what_is_missing(client, draft):
    html = send(client, "example-run", draft, kind="example").content.decode()
    assert "Say something about the lead" in html
    html = send(client, "example-run", draft, **TYPED | {"f1-value": "x"}).content.decode()
    assert "“x” is no number" in html


def test_what_comes_out_can_be_what_is_expected(client, draft):
    html = send(client, "example-new", draft, **TYPED | {"x-status": ""}, take="1").content.decode()
    assert '<option value="hand_raiser" selected>' in html
    assert '<option value="urgent" selected>' in html
    assert len(rows(draft)) == 2


def test_an_example_is_changed_in_its_place(client, draft):
    page = client.get(address("example", draft, 0))
    form = page.context["form"]["typed"]
    sent = {name: form.getlist(name) for name in form} | {"name": ["A better name"]}
    answer = client.post(
        address("example", draft, 0), {"revision": draft.revision, "was": DEMO["name"], **sent}
    )
    assert answer.status_code == 302
    assert rows(draft) == [{**DEMO, "name": "A better name"}, STUDENT]


def test_what_the_form_does_not_show_is_kept(client, draft):
    odd = {
        **DEMO,
        "lead": {**DEMO["lead"], "employees": "1 200", "answers": {"erp": "SAP"}},
        "touchpoints": [{"signal": "demo_request", "days_ago": 0.0137, "url": "/demo"}],
    }
    draft = put(draft, "examples", odd, 0)
    form = client.get(address("example", draft, 0)).context["form"]["typed"]
    sent = {name: form.getlist(name) for name in form} | {"why": ["Because"]}
    client.post(address("example", draft, 0), {"revision": draft.revision, **sent})
    assert rows(draft)[0] == {**odd, "why": "Because"}


def test_two_people_at_once_neither_is_overwritten(client, draft):
    put(draft, "examples", {**STUDENT, "why": "No buyer"}, 1)
    answer = send(client, "example", draft, 0, **TYPED, was=DEMO["name"])
    html = answer.content.decode()
    assert answer.status_code == 409 and "Mara Lindqvist changed" in html
    assert 'value="A demo from Canada"' in html
    assert names(draft) == [DEMO["name"], STUDENT["name"]]
    again = client.post(
        address("example", draft, 0),
        {**TYPED, "revision": fresh(draft).revision, "was": DEMO["name"]},
    )
    assert again.status_code == 302
    assert names(draft) == ["A demo from Canada", STUDENT["name"]]


def test_an_example_is_moved_and_keeps_its_place_at_the_ends(client, draft):
    send(client, "example-move", draft, 0, to="down")
    assert names(draft) == [STUDENT["name"], DEMO["name"]]
    send(client, "example-move", fresh(draft), 1, to="down")
    assert names(draft) == [STUDENT["name"], DEMO["name"]]


def test_an_example_is_taken_out_and_put_back_where_it_was(client, draft):
    answer = send(client, "example-remove", draft, 0)
    assert names(draft) == [STUDENT["name"]]
    page = client.get(answer["Location"]).content.decode()
    assert "Put it back" in page
    assert "Put it back" not in client.get(answer["Location"]).content.decode()
    back = {name: unescape(value) for name, value in HIDDEN.findall(page)}
    client.post(address("example-undo", draft), back)
    assert rows(draft) == [DEMO, STUDENT]
    assert (
        "nothing to put back"
        in client.post(
            address("example-undo", draft), {"revision": fresh(draft).revision}, follow=True
        ).content.decode()
    )
    broken = send(client, "example-undo", fresh(draft), place=0, row='{"kind": "example"}')
    assert broken.status_code == 302 and rows(draft) == [DEMO, STUDENT]


def test_what_was_taken_out_meanwhile_is_told(client, draft):
    answer = client.post(
        address("example-remove", draft, 7), {"revision": draft.revision}, follow=True
    )
    assert "not there any more" in answer.content.decode()
    old = draft.revision
    send(client, "example-move", draft, 0, to="down")
    answer = client.post(address("example-remove", draft, 0), {"revision": old}, follow=True)
    assert f"changed {draft} meanwhile" in answer.content.decode()
    assert len(rows(draft)) == 2
    assert client.get(address("example", draft, 9)).status_code == 404


def test_a_published_version_is_read_and_not_changed(client, draft):
    publishing.publish(draft, actor=make.mara(), at=MONDAY)
    html = client.get(address("examples", draft)).content.decode()
    assert DEMO["name"] in html and "Take out" not in html
    answer = client.post(address("example-new", draft), TYPED, follow=True)
    assert "clone it to change its examples" in answer.content.decode()
    answer = send(client, "example-remove", draft, 0)
    assert len(rows(draft)) == 2


@pytest.mark.parametrize(
    ("who", "reads", "writes"),
    [("sam", 404, 404), ("otto", 404, 404), ("lena", 200, 403), ("ada", 200, 302)],
)
def test_who_may_read_and_who_may_change(client, draft, who, reads, writes):
    client.force_login(getattr(make, who)())
    for name in ("examples", "examples-aside"):
        assert client.get(address(name, draft)).status_code == reads
    assert send(client, "example-new", draft, **TYPED).status_code == writes
    draft = fresh(draft)
    assert send(client, "example-move", draft, 0, to="down").status_code == writes
    assert send(client, "example-remove", fresh(draft), 0).status_code == writes
    assert send(client, "example-undo", fresh(draft)).status_code == writes


@pytest.mark.parametrize("name", ["example-remove", "example-move"])
def test_changes_are_posts_only(client, draft, name):
    assert client.get(address(name, draft, 0)).status_code == 405
    assert client.get(address("example-run", draft)).status_code == 405


def test_a_differing_example_names_the_change_behind_it(client, draft):
    weaker = {"key": "size", "points": 10, "when": [{"field": "employees", "at_least": 100}]}
    stronger = {"key": "pricing_page", "points": 16, "half_life_days": 7, "cap": 3}
    put(put(draft, "fit", weaker, 1), "signals", stronger, 1)
    said = f"It comes out right in {draft.cloned_from}. What turns it: Fit, Size: points 50 → 10."
    for name in ("examples", "examples-aside"):
        page = client.get(reverse(name, args=[draft.number])).content.decode()
        assert page.count(said) == 1
    assert said in client.get(reverse("example", args=[draft.number, 0])).content.decode()
