"""Log lines: fixed sentences with fields, as text or JSON, with the request's id; tokens and addresses are masked."""

from __future__ import annotations

import json
import logging
import re
import sys
from contextvars import ContextVar
from datetime import UTC, datetime

from shared.settings import Settings

request_id: ContextVar[str] = ContextVar("request_id", default="")

TOKEN = re.compile(r"(?P<path>/(?:a|i|d|r|q|login|confirm|stop|concern)/)[A-Za-z0-9]{8,}|rk_[\w.\-]+|\b[a-z2-7]{26}\b")
ADDRESS = re.compile(r"[^\s\"'<>@=,;:/?&]+(?:@|%40)[^\s\"'<>@,;:/?&]+")
STANDARD = frozenset(vars(logging.makeLogRecord({}))) | {"message", "asctime", "taskName"}


def masked(text: str) -> str:
    """The text without capability tokens, keys and mail addresses."""
    text = TOKEN.sub(lambda found: (found["path"] or "") + "***", text)
    return ADDRESS.sub("***", text)


class Lines(logging.Formatter):
    """One line an event of the log."""

    def __init__(self, as_json: bool) -> None:
        super().__init__()
        self._json = as_json

    def format(self, record: logging.LogRecord) -> str:
        """The line; everything in it is masked."""
        fields = {name: value for name, value in vars(record).items() if name not in STANDARD}
        if request_id.get():
            fields["request"] = request_id.get()
        if record.exc_info and record.exc_info[0] is not None:
            fields["trace"] = self._trace(record)
        at = datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
        if self._json:
            members = {
                "at": at,
                "level": record.levelname,
                "logger": record.name,
                "message": record.getMessage(),
                **fields,
            }
            return masked(json.dumps(members, default=str))
        rest = " ".join(f"{name}={value}" for name, value in fields.items())
        line = f"{at} {record.levelname:7} {record.name}: {record.getMessage()} {rest}".rstrip()
        return masked(line.replace("\r", "\\r").replace("\n", "\\n"))

    def _trace(self, record: logging.LogRecord) -> str:
        """Where it happened, without the exception's text: that may hold what people wrote."""
        assert record.exc_info is not None
        kind, _error, where = record.exc_info
        places = []
        while where is not None:
            code = where.tb_frame.f_code
            places.append(f"{code.co_filename.rsplit('/', 1)[-1]}:{where.tb_lineno} {code.co_name}")
            where = where.tb_next
        return f"{getattr(kind, '__name__', kind)} at " + " > ".join(places[-6:])


def set_up(settings: Settings) -> None:
    """Send the log to standard error."""
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(Lines(settings.log_format == "json"))
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(settings.log_level)
    for noisy in ("kafka", "werkzeug", "alembic", "urllib3"):
        logging.getLogger(noisy).setLevel(logging.WARNING)
    logging.getLogger("kafka").setLevel(logging.CRITICAL)  # a broker that is away is said by our own lines, once
