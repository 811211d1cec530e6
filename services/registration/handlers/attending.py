"""Commands about attendees: register, confirm, change, approve, check in, leave, withdraw."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from services.registration import policies, store
from services.registration.domain import Attendee
from services.registration.domain.attendee import NeedsConsent
from services.registration.handlers.conferences import record
from shared import links
from shared.access import Actor
from shared.address_book import person as person_of
from shared.contracts import ConferencePublished, PersonDescribed
from shared.contracts.attendee import Consents
from shared.errors import Conflict, Invalid
from shared.i18n import gettext as _
from shared.work import Work

CONSENT_TEXTS = "2026-11"
"""Version of the consent texts on form and page; raise it when a text changes."""
CODED = (
    "offers",
    "wants",
    "languages",
    "years",
    "capacity",
    "introductions",
    "available",
    "requests",
    "blocks",
    "referrals",
)
BY_ADDRESS = {"meet_addresses": "requests", "never_addresses": "blocks", "referred_by": "referrals"}


class KnownAddress(Conflict):
    """Somebody with this address is registered already."""

    code = "known-address"


def register(
    said: Mapping[str, Any],
    conference: ConferencePublished,
    channel: str,
    work: Work,
    *,
    actor: Actor | None = None,
    status: str = "pending",
) -> Attendee:
    """A new attendee, pending, invited or (when an organizer vouches) confirmed. Raises Invalid, KnownAddress."""
    said = in_codes(said, conference)
    _check(said, conference)
    person, _new = store.person_id(said["email"], conference.account, work)
    known = store.attendee_of_person(work.connection, conference.conference, person)
    if known is not None and known.status != "withdrawn":
        raise KnownAddress(state={"id": known.id})
    store.describe(person, conference.account, said["name"], said["email"], said.get("locale") or "en", work)
    attendee = _made(said, conference, person, known, status, work)
    if known is None:
        store.add_attendee(attendee, work)
    else:
        store.save(known, attendee, work)
    _remember_words(attendee, said, work)
    store.record_consents(None, attendee, channel, CONSENT_TEXTS, work)
    work.link("page", attendee.id, person)
    if actor is not None:
        record("attendee added", actor, conference, attendee.id, work)
    _first_mail(attendee, conference, work)
    return confirm(attendee, conference, work, actor=actor) if said.get("confirmed") else attendee


def _made(
    said: Mapping[str, Any],
    conference: ConferencePublished,
    person: str,
    known: Attendee | None,
    status: str,
    work: Work,
) -> Attendee:
    coded = {
        name: tuple(value) if isinstance(value, list) else value
        for name in CODED
        if (value := said.get(name)) is not None
    }
    approved = policies.needs_no_approval(said["role"], conference) or bool(said.get("approved"))
    return Attendee(
        id=known.id if known else work.new_id(),
        account=conference.account,
        conference=conference.conference,
        person=person,
        version=known.version + 1 if known else 1,
        role=said["role"],
        status="pending" if said.get("confirmed") else status,
        approved=approved,
        company=store.company_code(conference.conference, said.get("company"), work),
        locale=said.get("locale") or "en",
        consents=Consents(**said.get("consents", {})),
        **coded,
    )


def _remember_words(attendee: Attendee, said: Mapping[str, Any], work: Work) -> None:
    words = {name: said[name] for name in ("goal", "company", "field") if name in said}
    store.write_texts(attendee, words, work)
    for name, kind in BY_ADDRESS.items():
        if name in said:
            store.wish(attendee, kind, said[name] or [], work)


def _first_mail(attendee: Attendee, conference: ConferencePublished, work: Work) -> None:
    if attendee.status == "invited":
        work.mail("invite", attendee.person, f"{attendee.id}", conference=conference.conference, attendee=attendee.id)


def ask_to_confirm(attendee: Attendee, conference: ConferencePublished, work: Work) -> None:
    """The double opt-in: until this is answered nothing she wrote is mailed or shown to anybody."""
    key = f"{attendee.id}-{attendee.version}"
    work.mail("confirm", attendee.person, key, conference=conference.conference, attendee=attendee.id)


def somebody_knocked(attendee: Attendee, conference: ConferencePublished, work: Work) -> None:
    """The form was sent with an address that is registered: she, and only she, gets a mail; the page says the same."""
    if attendee.is_confirmed:
        key = f"{attendee.id}-again-{work.now:%Y%m%d%H}"
        work.mail("ticket", attendee.person, key, conference=conference.conference, attendee=attendee.id)
    else:
        ask_to_confirm(replace(attendee, version=int(work.now.timestamp()) // 3600), conference, work)


def confirm(attendee: Attendee, conference: ConferencePublished, work: Work, *, actor: Actor | None = None) -> Attendee:
    """She is registered now. Raises NeedsConsent, Withdrawn."""
    if not attendee.consents.introductions:
        raise NeedsConsent
    now, event = attendee.confirm(work.now)
    if event is None:
        return attendee
    now, event = _with_names(now, event, work)
    store.save(attendee, now, work)
    store.publish_person(now.person, work)
    work.publish(event)
    work.mail("ticket", now.person, now.id, conference=conference.conference, attendee=now.id)
    if actor is not None:
        record("attendee confirmed", actor, conference, now.id, work)
    _tell_those_who_named(now, work)
    return now


def _with_names(attendee: Attendee, event: Any, work: Work) -> tuple[Attendee, Any]:
    """Add whom she named by address, as far as they are registered."""
    named = store.named_by(attendee, work)
    added = {kind: tuple(dict.fromkeys((*getattr(attendee, kind), *ids))) for kind, ids in named.items()}
    return replace(attendee, **added), replace(event, **added)


def _tell_those_who_named(attendee: Attendee, work: Work) -> None:
    """Those who named her address before she registered: their wishes can be kept from now on."""
    described = person_of(work.connection, attendee.person)
    for other_id in store.who_named(attendee, described.email if described else "", work):
        other = store.attendee_by_id(work.connection, other_id)
        if other.is_confirmed:
            named = store.named_by(other, work)
            values = {kind: tuple(dict.fromkeys((*getattr(other, kind), *ids))) for kind, ids in named.items()}
            now, event = other.change(work.now, **values)
            store.save(other, now, work)
            work.publish(event)


def change(
    attendee: Attendee,
    said: Mapping[str, Any],
    conference: ConferencePublished,
    channel: str,
    work: Work,
    *,
    actor: Actor | None = None,
) -> Attendee:
    """Change what is given, leave the rest. Raises Invalid, NeedsConsent, Withdrawn."""
    said = in_codes(said, conference)
    whole = {name: getattr(attendee, name) for name in ("role", *CODED)} | said
    _check(whole, conference)
    values: dict[str, Any] = {
        name: tuple(v) if isinstance(v := said[name], list) else v for name in CODED if name in said
    }
    values = {name: () if value is None and name in store.LISTS else value for name, value in values.items()}
    if "role" in said:
        values["role"] = said["role"]
        values["approved"] = attendee.approved and (
            attendee.role != "mentee" or policies.needs_no_approval(said["role"], conference)
        )
    if "company" in said:
        values["company"] = store.company_code(conference.conference, said["company"], work)
    if "consents" in said:
        values["consents"] = Consents(**{**vars(attendee.consents), **(said["consents"] or {})})
    if "approved" in said and actor is not None:
        values["approved"] = bool(said["approved"])
    now, event = attendee.change(work.now, **values)
    store.save(attendee, now, work)
    work.publish(event)
    store.record_consents(attendee.consents, now, channel, CONSENT_TEXTS, work)
    _change_words(now, said, work)
    if actor is not None:
        record("attendee changed", actor, conference, now.id, work)
    if said.get("confirmed") and actor is not None:
        now = confirm(now, conference, work, actor=actor)
    return now


def _change_words(attendee: Attendee, said: Mapping[str, Any], work: Work) -> None:
    _remember_words(attendee, said, work)
    described = person_of(work.connection, attendee.person)
    if described is not None and ("name" in said or "locale" in said):
        name, locale = said.get("name") or described.name, said.get("locale") or described.locale
        store.describe(attendee.person, attendee.account, name, described.email, locale, work)
    if set(said) & {"name", "locale", "goal", "company", "field"}:
        store.publish_person(attendee.person, work)


def approve(attendee: Attendee, conference: ConferencePublished, actor: Actor, work: Work) -> Attendee:
    """An organizer says that this mentor may be proposed."""
    now, event = attendee.change(work.now, approved=True)
    if now != attendee:
        store.save(attendee, now, work)
        work.publish(event)
        record("mentor approved", actor, conference, now.id, work)
    return now


def check_in(
    attendee: Attendee, conference: ConferencePublished, actor: Actor | None, work: Work
) -> tuple[Attendee, bool]:
    """She is here today; (her state, whether that is new). Raises TooEarly, ConferenceOver, NotYetConfirmed, Withdrawn."""
    now, event = attendee.check_in(work.now, conference)
    if event is None:
        return attendee, False
    store.save(attendee, now, work)
    work.publish(event)
    if actor is not None:
        record("checked in", actor, conference, now.id, work)
    return now, True


def leave(
    attendee: Attendee, conference: ConferencePublished, actor: Actor | None, work: Work
) -> tuple[Attendee, bool]:
    """She left, or was checked in by mistake."""
    now, event = attendee.leave(work.now, conference)
    if event is None:
        return attendee, False
    store.save(attendee, now, work)
    work.publish(event)
    if actor is not None:
        record("left", actor, conference, now.id, work)
    return now, True


def withdraw(
    attendee: Attendee, conference: ConferencePublished, work: Work, *, actor: Actor | None = None
) -> Attendee:
    """She takes part no longer: links end, waiting mails are dropped, what nothing else keeps is deleted."""
    now, event = attendee.withdraw(work.now)
    if now == attendee:
        return attendee
    store.save(attendee, now, work)
    links.revoke(work.connection, work.now, object_id=now.id)
    work.drop_mails(person=now.person)
    store.forget_attendance(now, work)
    if event is not None:
        store.publish_person(now.person, work)
        work.publish(event)
    if actor is not None:
        record("attendee withdrawn", actor, conference, now.id, work)
    return now


def in_codes(said: Mapping[str, Any], conference: ConferencePublished) -> dict[str, Any]:
    """Topics as codes, whether they came as codes or as labels. Raises Invalid."""
    known = {topic.code: topic.code for topic in conference.topics}
    known |= {topic.label.casefold(): topic.code for topic in conference.topics}
    result, wrong = dict(said), {}
    for name in ("offers", "wants"):
        if said.get(name):
            codes = [known.get(topic, known.get(topic.casefold())) for topic in said[name]]
            if None in codes:
                wrong[name] = [_("One of these is not a topic of this conference.")]
            result[name] = list(dict.fromkeys(codes))
    if wrong:
        raise Invalid(wrong)
    return result


def _check(said: Mapping[str, Any], conference: ConferencePublished) -> None:
    wrong = policies.complaints(said, conference)
    if wrong:
        raise Invalid(wrong)


def correct_older(event: PersonDescribed, work: Work) -> None:
    """A relay that was paused sent an older description after a newer one: send the newest again."""
    current = store.person_described(work.connection, event.person)
    if current is None or current.version > event.version:
        work.publish_state(PersonDescribed, event.person)
