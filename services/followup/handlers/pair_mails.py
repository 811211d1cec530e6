"""The mails that one of a pair causes to the other, looked up when they are sent: not to whoever stopped such mails or took
back her consent, and not about what was taken back or deleted meanwhile."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from services.followup import agreements, emails, store
from services.followup.domain import Relationship
from services.followup.emails import Envelope
from services.followup.handlers import agreeing, yearly
from services.followup.handlers.asking import agrees
from services.followup.handlers.mailing import envelope
from shared import address_book, conferences
from shared.i18n import speaking
from shared.mail import person_or_wait
from shared.mail.message import Mail, MailJob
from shared.work import Work


@dataclass(frozen=True, kw_only=True)
class About:
    """Who gets a mail, about which pair, from whom."""

    pair: Relationship
    to: Envelope
    locale: str
    partner: address_book.Person
    pair_url: str


def feedback(job: MailJob, work: Work) -> Mail | None:
    """The other one wrote two sentences."""
    about = _about(job, work)
    if about is None or about.pair.partner(job.args["attendee"]) not in agreements.feedback_of(
        work.connection, about.pair.id
    ):
        return None
    with speaking(about.locale):
        return emails.feedback(about.to, partner=about.partner, pair_url=about.pair_url + "#feedback")


def thanks(job: MailJob, work: Work) -> Mail | None:
    """The mentee's note of thanks."""
    about = _about(job, work)
    note = None if about is None else agreements.note_of_thanks(work.connection, about.pair.id)
    if about is None or note is None:
        return None
    with speaking(about.locale):
        return emails.thanks(about.to, partner=about.partner, note=note.text, pair_url=about.pair_url)


def came_of(job: MailJob, work: Work) -> Mail | None:
    """A year later: one mail for all her pairs that were in touch."""
    own = store.who(work.connection, (job.args["attendee"],)).get(job.args["attendee"])
    conference = conferences.by_id(work.connection, job.conference or "")
    late = work.now > datetime.fromisoformat(job.args["until"])
    if own is None or conference is None or late or not agrees(own, work):
        return None
    person = person_or_wait(work.connection, job.person)
    with speaking(person.locale):
        partners = [asked.partner for asked in yearly.of_attendee(work.connection, own)]
        if not partners:
            return None
        url = f"{work.base_url}/r/year/{work.link(yearly.PAGE, own.attendee, person.person)}"
        return emails.came_of(envelope(person, own, conference, None, work), partners=partners, url=url)


def _about(job: MailJob, work: Work) -> About | None:
    pair = store.pair(work.connection, job.args["relationship"])
    conference = conferences.by_id(work.connection, job.conference or "")
    known = {} if pair is None else store.who(work.connection, pair.people)
    if pair is None or conference is None or len(known) < 2 or any(who.withdrawn for who in known.values()):
        return None
    own = known[job.args["attendee"]]
    partner = address_book.person(work.connection, known[pair.partner(own.attendee)].person)
    if partner is None or not agrees(own, work):
        return None
    person = person_or_wait(work.connection, job.person)
    with speaking(person.locale):
        to = envelope(person, own, conference, None, work)
    url = work.base_url + agreeing.link_of(pair, person.person, conference, work)
    return About(pair=pair, to=to, locale=person.locale, partner=partner, pair_url=url)
