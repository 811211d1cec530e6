"""What may not happen to an introduction, each with the sentence that people see. It decides nothing."""

from __future__ import annotations

from shared.errors import Conflict


class TooLate(Conflict):
    """This can no longer be answered. Here is how the meeting stands now."""

    code = "too-late"


class ChangedSince(Conflict):
    """This meeting has changed since you opened this page. Here is how it stands now."""

    code = "changed-since"


class NotFree(Conflict):
    """That time is not free for both any more. Here is how the meeting stands now."""

    code = "not-free"


class NothingToCancel(Conflict):
    """This meeting has begun or won't take place anyway: there is nothing to cancel."""

    code = "nothing-to-cancel"


class NotYetAccepted(Conflict):
    """Whether they met can be said once both said yes."""

    code = "not-yet-accepted"


class SomebodyIsThere(Conflict):
    """The other is at the table already: please say yes or no to this time."""

    code = "somebody-is-there"


class NotYetTogether(Conflict):
    """What you want to do next can be agreed on once the meeting has begun."""

    code = "not-yet-together"


class NobodyWaits(Conflict):
    """Nobody waits alone at this table any more, or too little of the time is left for somebody else to come."""

    code = "nobody-waits"
