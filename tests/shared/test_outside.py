"""The one door to servers that organizers name: nobody makes us call our own network, wait for ever, or read without end."""

from __future__ import annotations

import socket
import threading
import time
from pathlib import Path

import pytest

from shared.outside import Answer, NoAddress, Outside, Unreachable, is_public
from shared.runtime import build
from shared.settings import Settings
from tests.servers.answering import Answering, Said
from tests.system import services

LENIENT, STRICT = Outside(lenient=True), Outside(lenient=False)
PRIVATE = [
    "127.0.0.1",
    "10.0.0.1",
    "172.16.0.1",
    "192.168.1.1",
    "169.254.169.254",
    "100.64.0.1",
    "0.0.0.0",
    "224.0.0.1",
    "255.255.255.255",
    "192.0.2.1",
    "198.18.0.1",
    "::1",
    "::",
    "::ffff:10.0.0.1",
    "::8.8.8.8",
    "fe80::1",
    "fe80::1%eth0",
    "fc00::1",
    "64:ff9b::a00:1",
    "2002:a00:1::",
    "2001:0:1::",
    "2001:db8::1",
    "ff02::1",
    "nothing",
]


def call(outside: Outside, url: str, *, seconds: float = 5, most: int = 1000, body: bytes = b"") -> Answer:
    return outside.call("POST", url, headers={"X-Test": "yes"}, body=body, seconds=seconds, most=most)


@pytest.mark.parametrize("address", PRIVATE)
def test_addresses_that_are_nobodys_on_the_internet(address: str) -> None:
    assert not is_public(address)


@pytest.mark.parametrize("address", ["8.8.8.8", "2606:4700::1111", "::ffff:8.8.8.8"])
def test_addresses_of_servers_on_the_internet(address: str) -> None:
    assert is_public(address)


@pytest.mark.parametrize(
    "url",
    [
        "http://pretix.eu",
        "https://user:word@pretix.eu",
        "https://127.0.0.1/",
        "https://[::1]/",
        "https://pretix.eu/a b",
        "https://pretix.eu/#part",
        "https://pretix.eu:99999",
        "https://",
        "ftp://pretix.eu",
        "https://pretix.eu/\r\nHost: x",
        "https://prétix.eu",
        "https://pretix.eu/" + "a" * 2000,
    ],
)
def test_addresses_that_are_refused_as_they_are_written(url: str) -> None:
    with pytest.raises(NoAddress):
        STRICT.check(url)
    with pytest.raises(NoAddress):
        call(STRICT, url)


@pytest.mark.parametrize("host", ["localhost", "2130706433", "0x7f.1", "127.1"])
def test_names_that_lead_into_our_own_network_are_not_called(host: str) -> None:
    with Answering(lambda asked: Said()) as server:
        with pytest.raises(Unreachable) as error:
            call(STRICT, f"https://{host}:{server.port}/")
        assert (error.value.code, server.asked) == ("not-public", [])


@pytest.mark.parametrize(
    ("environment", "demo", "code"),
    [("development", False, "refused"), ("development", True, "not-public"), ("production", False, "not-public")],
)
def test_only_who_develops_calls_her_own_network_and_no_visitor_of_the_demo(
    tmp_path: Path, environment: str, demo: bool, code: str
) -> None:
    settings = Settings(data=tmp_path, secret_key="a key for looking", bus="memory", environment=environment, demo=demo)
    runtime = build(services()[0], settings)
    with pytest.raises(Unreachable) as error:
        call(runtime.outside, "https://localhost:9/")
    runtime.close()
    assert error.value.code == code


def test_the_answer_comes_back_and_the_call_says_what_it_must() -> None:
    with Answering(lambda asked: Said(201, b"yes")) as server:
        assert call(LENIENT, server.url + "/a?b=1", body=b"{}") == Answer(201, b"yes")
        (asked,) = server.asked
    assert (asked.method, asked.path, asked.body) == ("POST", "/a?b=1", b"{}")
    assert (asked.headers["host"], asked.headers["x-test"]) == (f"127.0.0.1:{server.port}", "yes")


def test_a_redirect_is_an_answer_and_never_followed() -> None:
    with Answering(lambda asked: Said(307, headers=(("Location", "/elsewhere"),))) as server:
        assert (call(LENIENT, server.url).status, len(server.asked)) == (307, 1)


def test_an_answer_that_is_too_large_is_none() -> None:
    with Answering(lambda asked: Said(200, b"x" * 1001)) as server, pytest.raises(Unreachable) as error:
        call(LENIENT, server.url)
    assert error.value.code == "too-large"


def test_nobody_there_no_such_name_and_no_tls_are_told_apart() -> None:
    found = []
    with Answering(lambda asked: Said()) as server:
        url = server.url
        for address in (f"https://127.0.0.1:{server.port}/", "http://nowhere.invalid/"):
            with pytest.raises(Unreachable) as error:
                call(LENIENT, address)
            found.append(error.value.code)
    with pytest.raises(Unreachable) as error:
        call(LENIENT, url)
    assert [*found, error.value.code] == ["tls", "no-host", "refused"]


def test_a_name_whose_server_never_answers_holds_nobody_up() -> None:
    ended, outside = threading.Event(), Outside(lenient=True)
    outside._look_up = lambda *_asked, **_more: ended.wait(30)
    began = time.monotonic()
    with pytest.raises(Unreachable) as error:
        call(outside, "http://slow.example.org/", seconds=0.3)
    ended.set()
    assert (error.value.code, time.monotonic() - began < 5) == ("timeout", True)


def test_a_name_that_cannot_be_one_is_no_host() -> None:
    with pytest.raises(Unreachable):
        call(LENIENT, "http://" + "a" * 70 + ".example.org/")


@pytest.mark.parametrize("drip", [b"", b"HTTP/1.1 200 OK\r\nX: ", b"garbage\r\n\r\n"])
def test_whoever_answers_drop_by_drop_or_not_at_all_holds_nobody_up(drip: bytes) -> None:
    ended = threading.Event()
    with socket.create_server(("127.0.0.1", 0)) as listening:

        def serve() -> None:
            line, _address = listening.accept()
            with line:
                line.sendall(drip)
                for _ in range(200 if drip else 0):
                    if ended.wait(0.05):
                        return
                    try:
                        line.sendall(b"a")
                    except OSError:
                        return
                ended.wait(10)

        thread = threading.Thread(target=serve, daemon=True)
        thread.start()
        began = time.monotonic()
        with pytest.raises(Unreachable) as error:
            call(LENIENT, f"http://127.0.0.1:{listening.getsockname()[1]}/", seconds=0.5)
        took = time.monotonic() - began
        ended.set()
        thread.join()
    assert (error.value.code, took < 5) == ("broken" if drip.startswith(b"g") else "timeout", True)
