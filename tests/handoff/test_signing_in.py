"""The door: by email, with an account somebody made, and not by trying for ever."""

import pytest
from django.conf import LazySettings
from django.core.mail import EmailMessage
from django.test import Client

from handoff.models import User
from handoff.signing_in import tried_as

pytestmark = pytest.mark.django_db
PASSWORD = "a long enough one"


@pytest.fixture
def sam() -> User:
    user = User(email="sam@example.com", name="Sam")
    user.set_password(PASSWORD)
    user.save()
    return user


def sign_in(client: Client, email: str, password: str, to: str = "") -> int:
    form = {"login": email, "password": password, "next": to}
    return client.post("/accounts/login/", form).status_code


def test_the_email_s_case_does_not_matter(client: Client, sam: User) -> None:
    assert sign_in(client, "Sam@Example.com", PASSWORD) == 302
    assert client.session["_auth_user_id"] == str(sam.pk)


def test_a_wrong_password_says_so(client: Client, sam: User) -> None:
    assert sign_in(client, sam.email, "wrong") == 200
    assert "_auth_user_id" not in client.session


def test_nobody_signs_up(client: Client) -> None:
    form = {"email": "otto@example.com", "password1": PASSWORD, "password2": PASSWORD}
    client.post("/accounts/signup/", form)
    assert not User.objects.filter(email="otto@example.com").exists()


def test_after_too_many_tries_even_the_right_password_waits(
    client: Client, sam: User, settings: LazySettings
) -> None:
    settings.ACCOUNT_RATE_LIMITS = False
    tries = [sign_in(client, sam.email, "wrong") for _ in range(settings.AXES_FAILURE_LIMIT)]
    assert tries[-1] == 429
    assert sign_in(client, sam.email, PASSWORD) == 429


def test_no_way_out_to_another_site(client: Client, sam: User) -> None:
    form = {"login": sam.email, "password": PASSWORD, "next": "https://evil.example/"}
    assert "evil" not in client.post("/accounts/login/", form).headers["Location"]


def test_the_session_changes_its_key(client: Client, sam: User) -> None:
    client.get("/accounts/login/")
    before = client.session.session_key
    sign_in(client, sam.email, PASSWORD)
    assert client.session.session_key != before


def test_attempts_are_counted_under_what_was_tried() -> None:
    assert tried_as(None, {"email": " Sam@Example.com "}) == "sam@example.com"
    assert tried_as(None, {"username": "Sam"}) == "sam"
    assert tried_as(None) == ""


def test_a_lost_password_is_set_anew_by_a_letter(
    client: Client, sam: User, mailoutbox: list[EmailMessage]
) -> None:
    client.post("/accounts/password/reset/", {"email": sam.email})
    (letter,) = mailoutbox
    assert letter.subject == "Set a new password for Handoff" and letter.to == [sam.email]
    link = next(line for line in str(letter.body).splitlines() if "/reset/key/" in line)
    form = client.get(link.removeprefix("http://testserver"), follow=True)
    chosen = {"password1": "quite another one", "password2": "quite another one"}
    client.post(form.redirect_chain[-1][0], chosen)
    assert sign_in(client, sam.email, "quite another one") == 302


def test_an_unknown_address_gets_no_letter(client: Client, mailoutbox: list[EmailMessage]) -> None:
    known = client.post("/accounts/password/reset/", {"email": "nobody@example.com"})
    assert known["Location"] == "/accounts/password/reset/done/" and not mailoutbox


def test_a_form_of_before_signing_in_again_says_so(sam: User) -> None:
    strict = Client(enforce_csrf_checks=True)
    strict.force_login(sam)
    answer = strict.post("/queue/next/")
    assert answer.status_code == 403
    assert "This page is out of date" in answer.content.decode()
