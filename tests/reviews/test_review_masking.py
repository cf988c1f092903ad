"""What would tell who somebody is, taken out of what the room reads."""

import pytest

from reviews.voting.masking import Mask, Person

ANA = Person(
    names=("Ana-Maria Sand Pérez",),
    companies=("Novapay Systems GmbH", "Novapay"),
    emails=("asp88@novapay.example",),
    domains=("novapay.example", "novapay-group.example"),
    phones=("+49 30 1234567",),
)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("I am Ana, head of finance", "I am [name], head of finance"),
        ("ANA MARIA SAND-PEREZ here", "[name] here"),
        ("Ask Ms. Pérez’s office", "Ask Ms. [name]’s office"),
        ("Nova-Pay pays late; NOVAPAY too", "[company] pays late; [company] too"),
        ("Wir bei Novapayteam", "Wir bei [company]"),
        ("N o v a p a y", "[company]"),
        ("Nova\u200bpay is growing", "[company] is growing"),
        ("no\u0301vapay".replace("\u0301", ""), "[company]"),
        ("Write to ana.sand@gmail.com or a colleague@novapay.example!",
         "Write to [e-mail] or a [e-mail]"),
        ("ana (at) novapay (dot) example", "[name] (at) [company] (dot) example"),
        ("See https://www.novapay.example/about?x=1 now", "See [web address] now"),
        ("novapay.example and www.other.example", "[web address] and [web address]"),
        ("Call +49 (0)30 123-4567 or 030/1234567", "Call [phone] or [phone]"),
        ("Ring 49301234567", "Ring [phone]"),
        ("asp88 on the forum, @anasand too", "[name] on the forum, @[name] too"),
    ],
)  # fmt: skip
def test_whatever_names_them_is_taken_out_however_it_is_written(text, said):
    assert Mask.of(ANA).hide(text) == said


@pytest.mark.parametrize(
    "text",
    [
        "Invoices are late, 12,000 a month since 2026-11-02",
        "Our systems cannot talk to each other",
        "We have 400 people and 3 plants; budget 1 250 000",
        "",
    ],
)
def test_what_names_nobody_stays(text):
    assert Mask.of(ANA).hide(text) == text


def test_a_name_that_is_an_everyday_word_goes_where_it_has_a_capital():
    mask = Mask.of(Person(names=("An Li",), companies=("HP Inc", "United Data Works Ltd")))
    assert mask.hide("An asked for an offer; Li too") == "[name] asked for an offer; [name] too"
    assert mask.hide("HP prints, hp too? UDW") == "[company] prints, hp too? [company]"
    assert mask.hide("united data works, with data") == "[company], with data"


def test_scripts_without_spaces_are_read_too():
    mask = Mask.of(Person(names=("王伟",), companies=("株式会社ノバペイ",)))
    assert mask.hide("我是王伟，你好") == "我是[name]，你好"
    assert "ノバペイ" not in mask.hide("株式会社ノバペイの王伟です")


def test_an_address_of_many_names_nobody():
    mask = Mask.of(Person(emails=("info@gmail.com",), domains=("gmail.com",)))
    assert mask.hide("more info about gmail") == "more info about gmail"


def test_of_nobody_nothing_is_taken_out():
    assert Mask.of(Person()).hide("Ana of Novapay") == "Ana of Novapay"
