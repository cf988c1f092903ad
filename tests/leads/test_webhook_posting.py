"""One POST: where it may go, how long it may take, what counts as taken."""

import ipaddress
import socket
import time

import pytest

from handoff import outside
from leads.sending import posting
from tests.leads.receiving import Listening, drips, hangs, hangs_up, says

HERE = (ipaddress.ip_network("127.0.0.1"),)


def post(url, *, allowed=HERE, limit=5.0):
    return posting.post(url, b'{"a": 1}', {"Content-Type": "x"}, allowed=allowed, limit=limit)


@pytest.mark.parametrize("status", [200, 201, 202, 204])
def test_a_yes_is_any_two_hundred(status):
    with Listening(says(status, b"thanks" if status != 204 else b"")) as receiver:
        answer = post(receiver.url)
    assert answer.is_taken and answer.status == status
    assert receiver.got[0].body == b'{"a": 1}'
    assert receiver.got[0].headers["host"] == receiver.url.split("/")[2]


@pytest.mark.parametrize("status", [400, 404, 410, 429, 500, 503])
def test_everything_else_is_a_failure_that_says_so(status):
    with Listening(says(status, b"no")) as receiver:
        answer = post(receiver.url)
    assert not answer.is_taken and str(status) in answer.error and answer.text == "no"
    assert answer.is_gone == (status == 410)


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
def test_a_redirect_is_a_failure_and_not_followed(status):
    with Listening() as elsewhere, Listening(says(status, Location=elsewhere.url)) as receiver:
        answer = post(receiver.url)
    assert "redirects are not followed" in answer.error
    assert elsewhere.got == []


@pytest.mark.parametrize(
    ("asked", "seconds"), [("120", 120), ("0", 0), ("soon", None), ("9" * 30, None)]
)
def test_retry_after_is_read(asked, seconds):
    with Listening(says(503, Retry_After=asked)) as receiver:
        answer = post(receiver.url)
    assert (answer.wait.total_seconds() if answer.wait is not None else None) == seconds


def test_retry_after_may_be_a_date():
    with Listening(says(429, Retry_After="Fri, 31 Dec 2100 23:59:59 GMT")) as receiver:
        assert post(receiver.url).wait.days > 365
    with Listening(says(429, Retry_After="Fri, 31 Dec 1999 23:59:59 GMT")) as receiver:
        assert post(receiver.url).wait.total_seconds() == 0


def test_only_the_beginning_of_a_long_answer_is_kept():
    with Listening(says(200, b"x" * 5_000_000)) as receiver:
        answer = post(receiver.url)
    assert answer.is_taken and answer.text == "x" * 2048


def test_what_no_text_may_hold_is_kept_as_text():
    with Listening(says(500, b"\x00\xff\xfe")) as receiver:
        assert "\0" not in post(receiver.url).text


@pytest.mark.parametrize(
    "answer",
    [
        hangs(4),
        drips(4),
        drips(4, first=b"HTTP/1.1 200 OK\r\nX-Slow: "),
        drips(4, first=b"HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 "),
    ],
    ids=["silence", "no status line", "slow headers", "slow status"],
)
def test_the_whole_of_it_takes_no_longer_than_its_limit(answer):
    with Listening(answer) as receiver:
        started = time.monotonic()
        said = post(receiver.url, limit=0.7)
        took = time.monotonic() - started
    assert said.error == "No answer within 0.7 seconds." and said.status is None
    assert took < 2.5


def test_a_body_that_drips_is_cut_off_and_the_status_stands():
    first = b"HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n"
    with Listening(drips(4, first=first)) as receiver:
        started = time.monotonic()
        assert post(receiver.url, limit=0.7).is_taken
    assert time.monotonic() - started < 2.5


def test_whoever_hangs_up_or_is_not_there_is_told_apart():
    with Listening(hangs_up) as receiver:
        assert post(receiver.url).error == "It hung up without an answer."
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        address = f"http://127.0.0.1:{taken.getsockname()[1]}/"
        assert post(address).error == "It refused the connection."
    assert post("https://no-such-name.invalid/").error == "Its name is not known."


def test_plain_http_where_tls_was_asked_for():
    with Listening() as receiver:
        said = post(receiver.url.replace("http:", "https:"))
    assert said.error.startswith(("No secure connection", "It hung up")) and receiver.got == []


INSIDE = [
    "http://127.0.0.1/",
    "http://localhost/",
    "http://0.0.0.0/",
    "http://2130706433/",
    "http://0x7f.1/",
    "http://10.1.2.3/",
    "http://172.16.0.1/",
    "http://192.168.1.1/",
    "http://100.64.0.1/",
    "http://169.254.169.254/latest/meta-data/",
    "http://224.0.0.1/",
    "http://255.255.255.255/",
    "http://198.18.0.1/",
    "http://[::1]/",
    "http://[::]/",
    "http://[::ffff:127.0.0.1]/",
    "http://[::ffff:10.0.0.1]/",
    "http://[::7f00:1]/",
    "http://[64:ff9b::7f00:1]/",
    "http://[2002:7f00:1::]/",
    "http://[fe80::1]/",
    "http://[fc00::1]/",
    "http://[fec0::1]/",
    "http://[ff02::1]/",
]


@pytest.mark.parametrize("url", INSIDE)
def test_nothing_inside_is_posted_to(url):
    with pytest.raises(outside.Refused, match="not a public address"):
        outside.locate(url, ())
    assert "WEBHOOK_ALLOW" in post(url, allowed=()).error


@pytest.mark.parametrize(
    "url",
    [
        "ftp://example.com/",
        "file:///etc/passwd",
        "gopher://example.com/",
        "//example.com/",
        "example.com",
        "https://",
        "https://user:secret@example.com/",
        "https://user@example.com/",
        "https://exa mple.com/",
        "https://example.com/\r\nX-Evil: 1",
        "https://example.com:99999/",
        "https://example.com:0/",
        "https://example.com/ü",
        "https://\u2024\u2024/",
        "",
    ],
)
def test_what_is_no_address_of_the_web_is_refused(url):
    with pytest.raises(outside.Refused):
        outside.read(url)


def test_what_is_public_may_be_posted_to():
    assert outside.locate("http://8.8.8.8:8080/x?y=1", ()).path == "/x?y=1"
    assert outside.locate("https://[2001:4860:4860::8888]/", ()).port == 443
    assert outside.read("https://bücher.example/")[0] == "xn--bcher-kva.example"


def resolving(monkeypatch, *answers):
    """Names resolve to these, one answer after the other; how often was asked."""
    asked = []

    def getaddrinfo(host, port, *_, **__):
        found = answers[min(len(asked), len(answers) - 1)]
        asked.append(host)
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (one, port)) for one in found]

    monkeypatch.setattr(socket, "getaddrinfo", getaddrinfo)
    return asked


def test_one_inner_address_among_public_ones_is_enough_to_refuse(monkeypatch):
    resolving(monkeypatch, ["8.8.8.8", "10.0.0.1"])
    with pytest.raises(outside.Refused):
        outside.locate("http://mixed.example/", ())


def test_a_name_is_resolved_once_and_the_checked_address_is_used(monkeypatch):
    """Rebinding: public when it is looked at, inside when it is connected to."""
    asked = resolving(monkeypatch, ["8.8.8.8"], ["127.0.0.1"])
    dialled = []

    def dial(address, *_, **__):
        dialled.append(address)
        raise ConnectionRefusedError

    monkeypatch.setattr(socket, "create_connection", dial)
    post("http://rebinding.example/", allowed=())
    assert asked == ["rebinding.example"]
    assert dialled == [("8.8.8.8", 80)]


def test_the_next_address_is_tried_where_the_first_does_not_answer(monkeypatch):
    with Listening() as receiver:
        port = int(receiver.url.split(":")[2].split("/")[0])
        resolving(monkeypatch, ["127.0.0.9", "127.0.0.1"])
        networks = (ipaddress.ip_network("127.0.0.0/8"),)
        assert post(f"http://two.example:{port}/hook", allowed=networks).is_taken
        assert receiver.got[0].headers["host"] == f"two.example:{port}"


@pytest.mark.parametrize("entry", ["10.0.0.1/8", "1.2.3", "ht tp", "*", "::zz", "-x"])
def test_a_setting_that_makes_no_sense_is_refused_by_name(entry):
    with pytest.raises(ValueError, match="WEBHOOK_ALLOW"):
        outside.entry(entry)


def test_the_setting_allows_networks_addresses_and_names(monkeypatch):
    resolving(monkeypatch, ["10.2.3.4"])
    for entry in ("10.0.0.0/8", "10.2.3.4", "CRM.internal"):
        assert outside.locate("http://crm.internal/", [outside.entry(entry)]).port == 80
    with pytest.raises(outside.Refused):
        outside.locate("http://crm.internal/", [outside.entry("other.internal")])
