"""The command that makes anew what a service has counted or kept from others, from the rows or the events that it came from. It
sends no mail and publishes nothing."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import click

from rapport import SERVICES
from rapport.__main__ import read_settings
from services.followup.handlers import tallying
from services.followup.queries import tallies
from services.introductions.handlers import outcomes
from shared.bus.envelope import Undecodable, read
from shared.bus.log import Record
from shared.contracts import FollowUpAnswered
from shared.runtime import Runtime, build

TOPICS = (FollowUpAnswered.TOPIC,)
AT_ONCE = 500
WAIT_SECONDS = 1.0


@click.command("rebuild")
@click.argument("service", type=click.Choice(["followup", "introductions"]))
def rebuild_command(service: str) -> None:
    """Count everything anew, or hear again what came of pairs. (`rebuild followup`, `rebuild introductions`)"""
    runtime = build(SERVICES[service], read_settings())
    runtime.migrate()
    if service == "followup":
        for conference, pairs, people in count_anew(runtime):
            click.echo(f"{conference}: {pairs} pairs, {people} people")
        click.echo("counted")
    else:
        click.echo(f"{hear_again(runtime)} answers after a month heard again")
    runtime.close()


def count_anew(followup: Runtime) -> Iterator[tuple[str, int, int]]:
    """The totals of all dashboards; (conference, pairs, people) of each."""
    with followup.reading() as connection:
        conferences = tallies.conference_ids(connection)
    for conference in conferences:
        with followup.work() as work:
            pairs, people = tallying.rebuild(conference, work)
        yield conference, pairs, people


def hear_again(introductions: Runtime) -> int:
    """What both sides of every pair said after a month, from the first event of the log on; how many answers. It may run while
    everything else does: an answer that is known, or older than what is known, changes nothing."""
    group = f"{introductions.service.name}-rebuild-{introductions.new_id()}"  # one that has read nothing yet
    consumer = introductions.log.consumer(group, TOPICS)
    heard = 0
    while sum(introductions.log.lag(group, TOPICS).values()):
        records = consumer.poll(AT_ONCE, WAIT_SECONDS)
        if not records:
            continue
        with introductions.work() as work:
            heard += sum([outcomes.keep_what_came_of_it(event, work) for event in _answers(records)])
        consumer.commit(records)
    consumer.close()
    return heard


def _answers(records: Sequence[Record]) -> Iterator[FollowUpAnswered]:
    for record in records:
        try:
            message = read(record)
        except Undecodable:  # it lies among the dead letters since it came
            continue
        if message is not None and isinstance(message.event, FollowUpAnswered):
            yield message.event
