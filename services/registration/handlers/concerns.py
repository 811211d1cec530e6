"""Commands about concerns: somebody reports one, whoever takes it says how far it is and what follows. The other person hears
of nothing, and no mail and no log line says a word of what was written."""

from __future__ import annotations

import logging
from collections.abc import Mapping
from typing import Any

from services.registration import store
from services.registration.domain import concern
from services.registration.domain.concern import Meeting, NobodyNamed
from services.registration.handlers import attending
from services.registration.handlers.conferences import record
from shared import conferences
from shared.access import Actor
from shared.contracts import ConferencePublished
from shared.errors import Invalid, NotFound
from shared.i18n import gettext as _
from shared.i18n import noted as N_
from shared.links import LinkOver
from shared.service import Room
from shared.work import Work

logger = logging.getLogger(__name__)
STEPS = {
    "new": N_("concern opened again"),
    "handling": N_("concern taken"),
    "closed": N_("concern closed"),
    "serious": N_("concern closed as serious"),
}


def report(said: Mapping[str, Any], person: str, work: Work) -> None:
    """Somebody reports a concern, whatever else of hers has ended. Raises Invalid, LinkOver."""
    mine = store.attendances(work.connection, person)
    open_ones = still_open(mine, work)
    if not open_ones:
        raise LinkOver
    meeting = _meeting(said, mine, work)
    where = _conference(said, open_ones, meeting, work)
    attendee = meeting.mine if meeting else max(one for one, at in mine.items() if at == where.conference)
    marks = store.marks_of([meeting.other], work) if meeting else {}
    made = store.add_concern(
        {
            "account": where.account,
            "conference": where.conference,
            "person": person,
            "attendee": attendee,
            "introduction": meeting.introduction if meeting else None,
            "about": meeting.other if meeting else None,
            "about_mark": marks.get(meeting.other) if meeting else None,
            "text": said.get("text") or "",
            "reach": said.get("reach") or "",
            "apart": bool(said.get("apart")),
            "ends_at": concern.ends_at(where),
        },
        work,
    )
    if made is None:
        return
    if meeting and said.get("apart"):
        never_introduce(meeting.mine, meeting.other, work)
    _tell(made, where, work)
    logger.info("a concern was reported", extra={"conference": where.conference, "concern": made})


def still_open(mine: Mapping[str, str], work: Work) -> dict[str, ConferencePublished]:
    """The conferences about which somebody can still report something, by id."""
    found = (conferences.by_id(work.connection, one) for one in dict.fromkeys(mine.values()))
    return {item.conference: item for item in found if item is not None and work.now < concern.ends_at(item)}


def _meeting(said: Mapping[str, Any], mine: Mapping[str, str], work: Work) -> Meeting | None:
    """Which of her meetings she means. Raises Invalid with everything that is missing."""
    known = {item.introduction: item for item in store.meetings(work.connection, mine)}
    chosen = known.get(said.get("about") or "")
    wrong = {}
    if said.get("about") and chosen is None:
        wrong["about"] = [_("Please choose one of these meetings, or none.")]
    elif said.get("apart") and chosen is None:
        wrong["about"] = [_("Please choose the meeting with the person whom you do not want to meet again.")]
    if not said.get("text") and not (said.get("apart") and chosen):
        wrong["text"] = [_("Please write what happened, or what worries you. One sentence is enough.")]
    if wrong:
        raise Invalid(wrong)
    return chosen


def _conference(
    said: Mapping[str, Any], open_ones: Mapping[str, ConferencePublished], meeting: Meeting | None, work: Work
) -> ConferencePublished:
    wanted = meeting.conference if meeting else said.get("conference") or ""
    if meeting and wanted not in open_ones:
        raise Invalid({"about": [_("Please choose one of these meetings, or none.")]})
    return open_ones.get(wanted) or concern.nearest(open_ones.values(), work.now)


def _tell(made: str, where: ConferencePublished, work: Work) -> None:
    """A mail to the owner whose address stands with who takes concerns. Where it is nobody's who may read it, it goes there,
    and to every owner, too: no concern waits for somebody who cannot read it."""
    address, owners = concern.address_in(where.policy.concern_contact), store.owners(work.connection, where.account)
    named = [row.id for row in owners if row.email == address]
    everybody = [row.id for row in owners] + ([where.conference] if address else [])
    for reader in named or everybody:
        # Of no conference, so that it leaves although mails about the conference are stopped.
        work.mail("concern", reader, f"{made}-{reader}", at=where.conference, concern=made)


def never_introduce(one: str, other: str, work: Work) -> None:
    """These two never again, at no conference of the account. What they had agreed on is off, and why is said to nobody."""
    marks = store.marks_of([one, other], work)
    if len(marks) == 2:
        store.keep_apart([(marks[one], marks[other])], work)
    for name in (one, other):
        attendee = store.attendee_by_id(work.connection, name)
        current = store.attendee_of_person(work.connection, attendee.conference, attendee.person)
        if current is not None:
            now, event = current.change(work.now, **store.named(current, work))
            store.save(current, now, work)
            work.publish(event)
            return


def step(concern_id: str, state: str, conference: ConferencePublished, actor: Actor, work: Work) -> None:
    """Another state. What was closed of somebody who is erased keeps no words. Raises NotFound."""
    row = store.concern(work.connection, conference, concern_id)
    if state not in concern.STATES:
        raise NotFound
    if state == row.state:
        return
    add = concern.counts_for(row.state, state)
    if add and row.about_mark:
        store.count_reported(row.about_mark, add, work)
    gone = state in concern.OVER and store.is_forgotten(work.connection, row.person)
    store.change_concern(row.id, work, state=state, **(store.EMPTY if gone else {}))
    record(STEPS[state], actor, conference, row.id, work)


def note(concern_id: str, text: str, conference: ConferencePublished, actor: Actor, work: Work) -> None:
    """What those who take concerns should know. Raises NotFound."""
    row = store.concern(work.connection, conference, concern_id)
    store.change_concern(row.id, work, note=text)
    record(N_("note about a concern written"), actor, conference, row.id, work)


def empty(concern_id: str, conference: ConferencePublished, actor: Actor, work: Work) -> None:
    """Nothing is left that anybody wrote; that there was a concern is. Raises NotFound."""
    row = store.concern(work.connection, conference, concern_id)
    store.change_concern(row.id, work, **store.EMPTY)
    record(N_("words of a concern deleted"), actor, conference, row.id, work)


def keep_apart(concern_id: str, conference: ConferencePublished, actor: Actor, work: Work) -> None:
    """The two of this concern are never introduced again. Raises NotFound, NobodyNamed."""
    row = store.concern(work.connection, conference, concern_id)
    if row.about is None:
        raise NobodyNamed
    never_introduce(row.attendee, row.about, work)
    store.change_concern(row.id, work, apart=True)
    record(N_("two of a concern kept apart"), actor, conference, row.id, work)


def take_out(concern_id: str, conference: ConferencePublished, actor: Actor, work: Work) -> None:
    """Whom the concern is about takes part no longer. Raises NotFound, NobodyNamed."""
    row = store.concern(work.connection, conference, concern_id)
    if row.about is None:
        raise NobodyNamed
    named = store.attendee_by_id(work.connection, row.about)
    current = store.attendee_of_person(work.connection, named.conference, named.person)
    if current is not None:
        attending.withdraw(current, conference, work, actor=actor)
    record(N_("person of a concern taken out"), actor, conference, row.id, work)


def forget_old(room: Room) -> int:
    """Forget what is old; how much that was."""
    with room.work() as work:
        return store.forget_old_concerns(work)
