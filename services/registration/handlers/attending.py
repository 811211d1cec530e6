"""Commands about attendees: register, confirm, change, approve, withdraw. Presence is in `presence`."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from services.registration import policies, store
from services.registration.domain import Attendee
from services.registration.domain.attendee import NeedsConsent
from services.registration.handlers.conferences import record
from services.registration.handlers.saying import coded, in_codes, without_topics_too
from shared import answers, links
from shared.access import Actor
from shared.address_book import person as person_of
from shared.contracts import ConferencePublished, PersonDescribed
from shared.contracts.attendee import Consents
from shared.errors import Conflict, Invalid
from shared.i18n import gettext as _
from shared.i18n import noted as N_
from shared.links import CONCERN, To
from shared.work import Work

CONSENT_TEXTS = "2026-11-28.1"
"""Version of the consent texts on form and page; raise it when a text changes."""
BY_ID = ("requests", "blocks", "referrals")
BY_ADDRESS = {"meet_addresses": "requests", "never_addresses": "blocks", "referred_by": "referrals"}
WORDS = ("goal", "company", "field")


class KnownAddress(Conflict):
    """Somebody with this address is registered already."""

    code = "known-address"


def apply(said: Mapping[str, Any], conference: ConferencePublished, work: Work) -> None:
    """Somebody sent the form. Known and unknown addresses look the same from outside; only the mails differ."""
    in_codes(said, conference)
    known = store.by_address(work.connection, conference, said["email"])
    if known is None:
        known = register(said, conference, "form", work)
    elif not known.is_confirmed:
        known = change(known, said, conference, "form", work, anew=True)
    _mail_her_link(known, conference, work)


def send_link_again(address: str, conference: ConferencePublished, work: Work) -> None:
    """Somebody asks for her link once more. Of an address that nobody registered with nothing follows."""
    known = store.by_address(work.connection, conference, address)
    if known is not None and known.status != "withdrawn":
        _mail_her_link(known, conference, work)


def _mail_her_link(known: Attendee, conference: ConferencePublished, work: Work) -> None:
    """The link to her page; or, until the address is known to be hers, the one by which she confirms. Once an hour."""
    if known.is_confirmed and known.sure:
        key = f"{known.id}-again-{work.now:%Y%m%d%H}"
        work.mail("ticket", known.person, key, conference=conference.conference, attendee=known.id)
    else:
        key = f"{known.id}-{work.now:%Y%m%d%H}"
        work.mail("confirm", known.person, key, conference=conference.conference, attendee=known.id)


def register(
    said: Mapping[str, Any],
    conference: ConferencePublished,
    channel: str,
    work: Work,
    *,
    actor: Actor | None = None,
    status: str = "pending",
    topics_needed: bool = True,
) -> Attendee:
    """A new attendee, pending, invited or (when an organizer vouches) confirmed. Raises Invalid, KnownAddress."""
    said = in_codes(said, conference) if topics_needed else without_topics_too(said, conference)
    vouched = bool(said.get("confirmed"))
    person, is_known = store.person_id(said["email"], said["name"], conference.account, work)
    known = store.attendee_of_person(work.connection, conference.conference, person) if is_known else None
    if known is not None:
        raise KnownAddress(state=known.standing)
    if vouched or not is_known or not store.is_confirmed_anywhere(work.connection, person):
        locale = said.get("locale") or "en"
        store.describe(person, conference.account, said["name"], said["email"], locale, work, is_known=is_known)
    attendee = _made(said, conference, person, "pending" if vouched else status, work)
    if not set(said) & {*BY_ID, *BY_ADDRESS}:
        store.names_nobody(attendee, work)
    attendee = replace(attendee, **(_wishes(attendee, said, work) or store.named(attendee, work)))
    if vouched and not attendee.consents.introductions:
        raise NeedsConsent
    store.add_attendee(attendee, work)
    store.write_texts(attendee, {name: said[name] for name in WORDS if name in said}, work, is_known=False)
    store.record_consents(None, attendee, channel, CONSENT_TEXTS, work)
    if channel != "import":
        store.forget_departure(conference.conference, said["email"], work)
    work.issue(To("page", attendee.id, person), To(CONCERN, person, person))
    if actor is not None:
        record(N_("attendee added"), actor, conference, attendee.id, work)
    if attendee.status == "invited":
        _mail_invitation(attendee, work)
    return confirm(attendee, conference, work, actor=actor) if vouched else attendee


def invite(attendee: Attendee, work: Work) -> Attendee:
    """A list or a shop names somebody whose registration waits to be confirmed: she is asked once more, by a link that
    lives until the conference is over. What somebody typed for her stays for her to confirm, whoever vouches for her."""
    now = attendee.invite()
    if now != attendee:
        store.save(attendee, now, work)
        _mail_invitation(now, work)
    return now


def _mail_invitation(attendee: Attendee, work: Work) -> None:
    work.mail("invite", attendee.person, attendee.id, conference=attendee.conference, attendee=attendee.id)


def _made(said: Mapping[str, Any], conference: ConferencePublished, person: str, status: str, work: Work) -> Attendee:
    return Attendee(
        id=work.new_id(),
        account=conference.account,
        conference=conference.conference,
        person=person,
        version=1,
        role=said["role"],
        status=status,
        approved=policies.needs_no_approval(said["role"], conference) or bool(said.get("approved")),
        company=store.company_code(conference.conference, said.get("company"), work),
        domain=store.domain_code(conference.conference, said["email"], work),
        locale=said.get("locale") or "en",
        consents=Consents(**(said.get("consents") or {})),
        **coded(said),
    )


def _wishes(attendee: Attendee, said: Mapping[str, Any], work: Work) -> dict[str, Any]:
    """Remember whom she named; the lists of ids as they are now. Raises Invalid for an id of nobody."""
    wrong = {
        kind: [_("One of these takes no part in this conference.")]
        for kind in BY_ID
        if said.get(kind)
        and (attendee.id in said[kind] or store.unknown_ids(work.connection, attendee.conference, said[kind]))
    }
    if wrong:
        raise Invalid(wrong)
    for kind in BY_ID:
        if kind in said:
            store.wish(attendee, kind, said[kind] or [], work, by_id=True)
    for name, kind in BY_ADDRESS.items():
        if name in said:
            store.wish(attendee, kind, said[name] or [], work, by_id=False)
    return store.named(attendee, work) if set(said) & {*BY_ID, *BY_ADDRESS} else {}


def confirm(attendee: Attendee, conference: ConferencePublished, work: Work, *, actor: Actor | None = None) -> Attendee:
    """She is registered now. Raises NeedsConsent, Withdrawn, and Invalid where topics are missing."""
    if attendee.is_confirmed and not attendee.sure:
        return _show_address(attendee, conference, work)
    if not attendee.is_confirmed and attendee.status != "withdrawn":
        in_codes({name: getattr(attendee, name) for name in ("role", "offers", "wants")}, conference)
    changed, _nothing = attendee.change(work.now, **store.named(attendee, work))
    now, event = changed.confirm(work.now) if not attendee.is_confirmed else (attendee, None)
    if event is None:
        return attendee
    store.save(attendee, now, work)
    store.publish_person(now.person, work)
    work.publish(event)
    work.mail("ticket", now.person, now.id, conference=conference.conference, attendee=now.id)
    if actor is not None:
        record(N_("attendee confirmed"), actor, conference, now.id, work)
    _tell_those_who_named(now, work)
    return now


def _show_address(attendee: Attendee, conference: ConferencePublished, work: Work) -> Attendee:
    """The address is hers: from now on she gets mails, and others may read her name."""
    now = attendee.show_address()
    store.save(attendee, now, work)
    store.publish_person(now.person, work)
    work.mail("ticket", now.person, now.id, conference=conference.conference, attendee=now.id)
    _tell_those_who_named(now, work)
    return now


def join(attendee: Attendee, said: Mapping[str, Any], conference: ConferencePublished, work: Work) -> Attendee:
    """She confirms what was said for her; with consents, language, and topics where there were none, that she chose."""
    if attendee.is_confirmed:
        return confirm(attendee, conference, work)
    given = {name: said[name] for name in ("offers", "wants") if said.get(name) and not getattr(attendee, name)}
    given |= {name: said[name] for name in ("locale",) if said.get(name)}
    changed = change(attendee, {**given, "consents": said.get("consents") or {}}, conference, "page", work, anew=True)
    return confirm(changed, conference, work)


def _tell_those_who_named(attendee: Attendee, work: Work) -> None:
    """Those who named her address before she registered: their wishes can be kept from now on."""
    for other_id in store.who_named(attendee, work):
        other = store.attendee_by_id(work.connection, other_id)
        if other.is_confirmed:
            now, event = other.change(work.now, **store.named(other, work))
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
    anew: bool = False,
) -> Attendee:
    """Change what is given, leave the rest; null clears. `anew`: every consent is written down, also where others had said
    the same for her before. Raises Invalid, NeedsConsent, Withdrawn."""
    whole = {name: getattr(attendee, name) for name in ("role", "offers", "wants")}
    said = in_codes(said, conference, whole=whole)
    now, event = attendee.change(work.now, **_changes(attendee, said, conference, actor, work))
    store.save(attendee, now, work)
    work.publish(event)
    store.record_consents(None if anew else attendee.consents, now, channel, CONSENT_TEXTS, work)
    _change_words(now, said, work)
    if actor is not None:
        record(N_("attendee changed"), actor, conference, now.id, work)
    if said.get("confirmed") and actor is not None:
        now = confirm(now, conference, work, actor=actor)
    return now


def _changes(
    attendee: Attendee, said: Mapping[str, Any], conference: ConferencePublished, actor: Actor | None, work: Work
) -> dict[str, Any]:
    values = coded(said) | _wishes(attendee, said, work)
    if "role" in said:
        values["role"] = said["role"]
        values["approved"] = policies.approved_after(attendee.role, said["role"], attendee.approved, conference)
    if "company" in said:
        values["company"] = store.company_code(conference.conference, said["company"], work)
    if "locale" in said:
        values["locale"] = said["locale"] or "en"
    if "consents" in said:
        given = said["consents"] if said["consents"] is not None else vars(Consents())
        values["consents"] = Consents(**{**vars(attendee.consents), **given})
    if "approved" in said and actor is not None:
        values["approved"] = bool(said["approved"])
    return values


def _change_words(attendee: Attendee, said: Mapping[str, Any], work: Work) -> None:
    store.write_texts(attendee, {name: said[name] for name in WORDS if name in said}, work)
    described = person_of(work.connection, attendee.person)
    hers = attendee.is_confirmed or not store.is_confirmed_anywhere(work.connection, attendee.person)
    if described is not None and hers and ("name" in said or "locale" in said):
        name, locale = said.get("name") or described.name, said.get("locale") or described.locale
        store.describe(attendee.person, attendee.account, name, described.email, locale, work)
    if attendee.is_confirmed and attendee.sure and set(said) & {"name", "locale", *WORDS}:
        store.publish_person(attendee.person, work)


def approve(attendee: Attendee, conference: ConferencePublished, actor: Actor, work: Work) -> Attendee:
    """An organizer says that this mentor may be proposed."""
    now, event = attendee.change(work.now, approved=True)
    if now != attendee:
        store.save(attendee, now, work)
        work.publish(event)
        record(N_("mentor approved"), actor, conference, now.id, work)
    return now


def withdraw(
    attendee: Attendee,
    conference: ConferencePublished,
    work: Work,
    *,
    actor: Actor | None = None,
    wants_out: bool = True,
) -> Attendee:
    """She takes part no longer: links end, no mail follows, what nothing else keeps is deleted everywhere. No list brings
    back who wanted out."""
    now, event = attendee.withdraw(work.now)
    if now == attendee:
        return attendee
    store.save(attendee, now, work)
    links.revoke(work.connection, work.now, object_id=now.id)
    described = person_of(work.connection, now.person)
    if described is not None and wants_out:
        store.note_departure(conference.conference, described.email, work)
    store.forget_attendance(attendee, now, work)
    answers.forget(now.id, work)
    if event is not None:
        store.publish_person(now.person, work)
        work.publish(event)
    if actor is not None:
        record(N_("attendee withdrawn"), actor, conference, now.id, work)
    return now


def correct_older(event: PersonDescribed, work: Work) -> None:
    """A relay that was paused sent an older description after a newer one: send the newest again."""
    current = store.person_described(work.connection, event.person)
    if current is None or current.version > event.version:
        work.publish_state(PersonDescribed, event.person)
