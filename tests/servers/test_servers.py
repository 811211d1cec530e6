"""Every server that the tests promise is really there, so that a run without one cannot pass for a whole one."""

from __future__ import annotations

import smtplib

import psycopg
import redis

from tests.servers.browser import Chromium
from tests.servers.kafka_server import KafkaServer, usable
from tests.servers.postgres import PostgresServer
from tests.servers.smtp_sink import SmtpSink
from tests.servers.valkey import ValkeyServer


def test_postgresql_answers(postgres: PostgresServer) -> None:
    url = postgres.create_database("probe")
    with psycopg.connect(url) as connection:
        assert connection.execute("SELECT 6 * 7").fetchone() == (42,)
    postgres.drop_database(url)


def test_valkey_answers(valkey: ValkeyServer) -> None:
    with redis.Redis.from_url(valkey.url, decode_responses=True) as client:
        client.set("probe", "42")
        assert client.get("probe") == "42"


def test_apache_kafka_answers(kafka: KafkaServer) -> None:
    assert usable(kafka.bootstrap)
    assert kafka.version.split(".")[0] == "4"


def test_the_mail_sink_keeps_what_it_is_sent(smtp: SmtpSink) -> None:
    with smtplib.SMTP("127.0.0.1", smtp.port) as client:
        client.sendmail("a@example.org", ["b@example.org"], b"Message-ID: <1@example.org>\r\n\r\nhello\r\n")
    assert [(mail.recipients, mail.message_id) for mail in smtp.received] == [(("b@example.org",), "<1@example.org>")]


def test_chromium_shows_a_page(chromium: Chromium) -> None:
    page = chromium.browser.new_page()
    page.set_content("<title>there</title>")
    assert page.title() == "there"
    page.close()
