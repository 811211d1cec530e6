"""Commands about conferences: create, change, add topics."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from services.registration import queries, store
from services.registration.domain import Draft, publish, topic_line, topics_of
from services.registration.domain.announcing import ChangedMeanwhile
from services.registration.domain.keeping import kept_until
from services.registration.handlers import forecasting
from shared import conferences
from shared.access import Actor
from shared.contracts import ConferencePublished
from shared.contracts.conference import Policy
from shared.errors import Conflict
from shared.i18n import noted as N_
from shared.work import Work


class SlugTaken(Conflict):
    """There is a conference with this short name already."""

    code = "slug-taken"


def create(draft: Draft, actor: Actor, work: Work) -> ConferencePublished:
    """A new conference. Raises Invalid, SlugTaken."""
    taken = queries.who_has_slug(work.connection, draft.slug)
    if taken is not None:
        mine = taken.account == actor.account
        raise SlugTaken(state={"slug": draft.slug, **({"id": taken.conference} if mine else {})})
    made, _ = publish(draft, conference=work.new_id(), account=actor.account, before=None)
    save(made, N_("conference created"), actor, work)
    return made


def change(slug: str, draft: Draft, actor: Actor, work: Work) -> tuple[ConferencePublished, bool]:
    """Change a conference; (its state, whether anything changed). Raises NotFound, Invalid."""
    before = conferences.by_slug(work.connection, actor.scope, slug, locked=True)
    made, changed = publish(
        replace(draft, slug=slug), conference=before.conference, account=before.account, before=before
    )
    if changed:
        save(made, N_("conference changed"), actor, work)
    return made, changed


def adopt_points(slug: str, seen: int, points: Mapping[str, int], actor: Actor, work: Work) -> ConferencePublished:
    """What counts for a pair from now on, by the rules' names; the conference as it then is. Sent twice it is done once.
    Raises NotFound, ChangedMeanwhile."""
    before = conferences.by_slug(work.connection, actor.scope, slug, locked=True)
    was = {name: getattr(before.policy, name) for name in points}
    changed = {name: [was[name], value] for name, value in points.items() if value != was[name]}
    if not changed:
        return before
    if before.version != seen:
        raise ChangedMeanwhile
    policy: Policy = replace(before.policy, **dict[str, Any](points))
    made = replace(before, policy=policy, version=before.version + 1)
    save(made, N_("points adopted"), actor, work, **changed)
    return made


def add_topics(conference: ConferencePublished, labels: list[str], actor: Actor, work: Work) -> ConferencePublished:
    """Topics that an imported list brings along."""
    topics = topics_of([*map(topic_line, conference.topics), *labels], conference.topics)
    made = replace(conference, topics=topics, version=conference.version + 1)
    save(made, N_("topics added"), actor, work)
    return made


def save(made: ConferencePublished, action: str, actor: Actor, work: Work, **details: Any) -> None:
    """Keep it, tell everybody, and who did it."""
    conferences.remember(made, work)
    store.end_concerns_of(made, work)
    work.publish_state(ConferencePublished, made.conference)
    forecasting.plan(made, work)
    store.look_for_overdue(made.conference, kept_until(made).without_a_word, work)
    record(action, actor, made, None, work, **details)


def record(
    action: str, actor: Actor, conference: ConferencePublished | None, object_id: str | None, work: Work, **details: Any
) -> None:
    """One audit row for an organizer's action."""
    name = conference.conference if conference else None
    work.audit(action, actor, conference=name, object_id=object_id, **details)
