"""Marketing gives pages a name, and a lead's journey calls them so."""

import pytest
from django.urls import reverse

from leads.chronicle.pages import Names, page_of, path_of
from leads.models import PageName
from tests import factories as make

pytestmark = pytest.mark.django_db

SITE = "https://www.northwind.example"


@pytest.fixture
def mara(client):
    make.agreement_in_force()
    client.force_login(make.mara())
    return client


def add(client, **sent):
    given = {"name": "close checklist", "paths": "/guides/close-faster", **sent}
    return client.post(reverse("leads:pages-add"), given)


@pytest.mark.parametrize(
    ("url", "path"),
    [
        (f"{SITE}/de/Guides/Close-Faster/?utm=x#top", "/guides/close-faster"),
        (f"{SITE}/guides/close.html", "/guides/close"),
        (SITE, "/"),
        ("/blog/2026/10/", "/blog/2026/10"),
        ("guides", ""),
        ("javascript:alert(1)", ""),
    ],
)
def test_an_address_is_known_by_its_path(url, path):
    assert path_of(url) == path


def test_an_exact_path_goes_before_a_pattern_and_a_longer_one_before_a_shorter():
    names = Names(
        [("blog", ["/blog/*"]), ("ERP", ["/blog/erp*", "/erp"]), ("this", ["/blog/erp-1"])]
    )
    for url, name in (("/blog/x", "blog"), ("/blog/erp-2", "ERP"), ("/blog/erp-1", "this"),
                      ("/erp", "ERP"), ("/erp/x", ""), ("no page", "")):  # fmt: skip
        assert names.of(url) == name, url
    page = page_of("/blog/erp-2", names)
    assert page is not None and page.called("ERP webinar recording").name == "ERP"


def test_the_journey_the_timeline_and_the_company_call_it_so(mara, client):
    account = make.AccountFactory()
    lead = make.LeadFactory(account=account)
    make.HandoffFactory(lead=lead)
    url = f"{SITE}/guides/close-faster"
    make.TouchpointFactory(lead=lead, signal="page_view", url=url, detail="")
    pages = (
        reverse("leads:lead", args=[lead.pk]),
        reverse("leads:timeline", args=[lead.pk]),
        reverse("leads:account", args=[account.pk]),
    )
    for page in pages:
        assert "lose checklist" not in client.get(page).content.decode()
    assert add(mara).status_code == 302
    for page in pages:
        assert "lose checklist" in client.get(page).content.decode(), page
    away = reverse("leads:page-away", args=[PageName.objects.get().pk])
    mara.post(away, {"away": "1"}, follow=True)
    assert "lose checklist" not in client.get(pages[0]).content.decode()


def test_names_cost_the_page_of_a_lead_no_statement(mara, client, django_assert_num_queries):
    lead = make.HandoffFactory().lead
    page = reverse("leads:lead", args=[lead.pk])
    client.get(page)
    with django_assert_num_queries(9) as before:
        client.get(page)
    for n in range(20):
        make.PageNameFactory(name=f"Page {n}", paths=[f"/page/{n}"])
    with django_assert_num_queries(len(before)):
        client.get(page)


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"paths": ""}, "Say at least one path."),
        ({"paths": "guides/close"}, "is no path: it begins with /."),
        ({"paths": "/guides/a\nnonsense"}, "“nonsense” is no path"),
        ({"paths": "/*"}, "fits every page"),
        ({"paths": "/" + "x" * 201}, "is too long"),
        ({"paths": "\n".join(f"/x/{n}" for n in range(51))}, "At most 50 paths."),
        ({"paths": "/taken"}, "/taken is called “Taken” already."),
        ({"name": "Taken"}, "already exists"),
        ({"name": ""}, "field-error"),
    ],
)
def test_what_cannot_be_a_name_is_said_and_what_was_typed_stays(mara, wrong, said):
    make.PageNameFactory(name="Taken", paths=["/taken"])
    answer = add(mara, **{"name": "kept as typed", **wrong})
    text = answer.content.decode()
    assert answer.status_code == 422 and said in text
    assert "kept as typed" in text or "name" in wrong
    assert PageName.objects.count() == 1


def test_whole_addresses_are_kept_as_paths(mara):
    add(mara, paths=f"{SITE}/en/solutions/erp?x=1\n/solutions/erp\n/blog/close-*")
    assert PageName.objects.get().paths == ["/solutions/erp", "/blog/close-*"]


def test_an_empty_list_says_what_would_fill_it(mara):
    text = mara.get(reverse("leads:pages")).content.decode()
    assert "No page has a name yet" in text and "Add a page" in text


@pytest.mark.parametrize("who", ["sam", "lena", "otto"])
def test_others_read_them_and_change_nothing(client, who):
    page = make.PageNameFactory()
    client.force_login(getattr(make, who)())
    assert "close checklist" in client.get(reverse("leads:pages")).content.decode()
    assert client.get(reverse("leads:page", args=[page.pk])).status_code == 200
    assert add(client).status_code == 404
    for name in ("page-edit", "page-away"):
        assert client.post(reverse(f"leads:{name}", args=[page.pk])).status_code == 404
