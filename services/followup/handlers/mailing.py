"""What goes into each mail, looked up when it is sent: whoever withdrew or changed her mind in between is left out."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from urllib.parse import urlsplit

from services.followup import emails, policies, store
from services.followup.domain import resting
from services.followup.emails import Envelope
from services.followup.handlers import agreeing, rounds
from services.followup.handlers import resting as doings
from services.followup.handlers.asking import agrees, day_of
from services.followup.handlers.rounds import Card
from services.followup.queries import passed
from services.followup.store import Who
from services.followup.store import resting as kept
from shared import address_book, conferences
from shared.contracts import ConferencePublished
from shared.i18n import gettext as _
from shared.i18n import speaking
from shared.mail import person_or_wait
from shared.mail.message import Mail, MailJob, NotYet
from shared.work import Work


def evening(job: MailJob, work: Work) -> Mail | None:
    """Did you meet, would you like to stay in touch?"""
    return _question(job, work, emails.evening, lambda card: not card.gone)


def close(job: MailJob, work: Work) -> Mail | None:
    """The same words for a no and for a silence."""
    return _question(job, work, emails.close, lambda card: not card.continued and card.said.get("met") != "no")


def check_in(job: MailJob, work: Work) -> Mail | None:
    """Do you still talk? One mail for all her pairs of the day."""
    return _question(job, work, emails.check_in, _is_asked)


def _is_asked(card: Card) -> bool:
    return card.said.get("continue") != "no" and not card.over and not card.snoozed


def _question(job: MailJob, work: Work, compose: Callable[..., Mail], wanted: Callable[[Card], bool]) -> Mail | None:
    """A mail about the pairs of one round; None when it is too late, unwanted, or nothing is left to ask."""
    who = store.who(work.connection, (job.args["attendee"],)).get(job.args["attendee"])
    conference = conferences.by_id(work.connection, job.conference or "")
    if who is None or conference is None or not agrees(who, work) or _is_late(job, who, work):
        return None
    person = person_or_wait(work.connection, job.person)
    _not_at_night(job, who, conference, work)
    with speaking(person.locale):
        cards = [c for c in rounds.cards(work.connection, who, conference, job.args["round"], work.now) if wanted(c)]
        if not cards:
            return None
        return compose(cards, envelope(person, who, conference, job.args["round"], work))


def _is_late(job: MailJob, who: Who, work: Work) -> bool:
    """A question that comes much later is a nuisance. One of a check-in waits for the end of a pause that began after it
    was made (raises NotYet); one of an evening does not."""
    spans = kept.pauses_of(work.connection, (who.attendee,)).get(who.attendee, ())
    until, rests = datetime.fromisoformat(job.args["until"]), resting.paused_until(spans, work.now)
    if job.kind != "check_in":
        return work.now > until or (job.kind == "evening" and rests is not None)
    if rests is not None:
        raise NotYet(rests)
    rested = resting.heard_of([span for span in spans if span[0] >= job.created_at], work.now)
    return work.now > max(until, rested + policies.latest("check_in") if rested is not None else until)


def _not_at_night(job: MailJob, who: Who, conference: ConferencePublished, work: Work) -> None:
    """Raises NotYet in the quiet hours where she is; on the evening of the day itself that was the conference. That one
    leaves at the hour that organizers set, however late."""
    now, day = work.now, day_of(job.args["round"])
    zone = doings.zone(who, conference, now, work.connection)
    if job.kind == "evening":
        zone = conference.timezone
        on_its_way = now <= policies.evening_at(conference, day) + policies.ON_ITS_WAY
    else:
        on_its_way = job.kind == "close" and policies.is_on_its_way(now, policies.closes_at(conference, day), zone)
    if not on_its_way:
        _by_day(now, zone)


def _by_day(now: datetime, zone: str) -> None:
    """Raises NotYet in the quiet hours of a zone."""
    quiet = policies.quiet_until(now, zone)
    if quiet is not None:
        raise NotYet(quiet)


def goal_passed(job: MailJob, work: Work) -> Mail | None:
    """The day that the two chose has passed; nothing is asked, and the answer is theirs."""
    who = store.who(work.connection, (job.args["attendee"],)).get(job.args["attendee"])
    conference = conferences.by_id(work.connection, job.conference or "")
    late = work.now > datetime.fromisoformat(job.args["until"])
    if who is None or conference is None or late or not agrees(who, work):
        return None
    _by_day(work.now, doings.zone(who, conference, work.now, work.connection))
    person = person_or_wait(work.connection, job.person)
    found = store.pairs_by_id(work.connection, job.args["relationships"], lock=False)
    days = passed.goal_days(work.connection, job.args["relationships"])
    going_on = [
        pair for pair in found if pair.continued_at and not pair.over and not pair.contacted and pair.id in days
    ]
    names = rounds.first_names(
        work.connection, store.who(work.connection, [pair.partner(who.attendee) for pair in going_on])
    )
    with speaking(person.locale):
        cards = [
            (
                names.get(pair.partner(who.attendee), _("a participant")),
                rounds.in_words(days[pair.id]),
                work.base_url + agreeing.link_of(pair, person.person, conference, work),
            )
            for pair in going_on
        ]
        return emails.goal_passed(cards, envelope(person, who, conference, None, work)) if cards else None


def contact(job: MailJob, work: Work) -> Mail | None:
    """Both said yes: here is how to reach the other, and who writes first."""
    pair = store.pair(work.connection, job.args["relationship"])
    conference = conferences.by_id(work.connection, job.conference or "")
    if pair is None or conference is None or pair.cause == "withdrawn":
        return None
    own, other = job.args["attendee"], pair.partner(job.args["attendee"])
    known = store.who(work.connection, pair.people)
    if len(known) < 2 or any(who.withdrawn for who in known.values()):
        return None
    person = person_or_wait(work.connection, job.person)
    reached = person_or_wait(work.connection, known[other].person)
    goals = {one: address_book.texts(work.connection, one) for one in (other, own)}
    with speaking(person.locale):
        return emails.contact(
            envelope(person, known[own], conference, None, work),
            partner=reached,
            writes_first=own == pair.mentee,
            goals=tuple((one == own, texts.goal) for one, texts in goals.items() if texts and texts.goal),
            pair_url=work.base_url + agreeing.link_of(pair, person.person, conference, work),
        )


def envelope(
    person: address_book.Person, who: Who, conference: ConferencePublished, number: int | None, work: Work
) -> Envelope:
    """Who gets a mail and what stands around it in each; `number` is the round of questions whose page it leads to."""
    page = ""
    if number is not None:
        ends = rounds.link_ends(work.now)
        page = work.link("follow_up", who.attendee, person.person, version=number, expires_at=ends)
    return Envelope(
        to_name=person.name,
        to_address=person.email,
        first_name=person.first_name,
        conference=conference.name,
        zone=conference.timezone,
        concern=conference.policy.concern_contact,
        concern_url=f"{work.base_url}/concern/{work.links.concern(person.person)}",
        page_url=f"{work.base_url}/r/{page}" if page else "",
        stop_url=f"{work.base_url}/r/stop/{work.link('stop-questions', who.attendee, person.person)}",
        list_id=f"{conference.slug}.{urlsplit(work.base_url).hostname}",
        counted=who.statistics,
        next_date="" if number is None else rounds.next_date(number, conference),
    )
