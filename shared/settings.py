"""Every setting of the product, read once from the environment, with every default in sight. Opens nothing.

`.env.example` lists the same names; a test compares the two. `Settings.read` reports all mistakes at once.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

SERVICE_NAMES = ("registration", "introductions", "followup")


@dataclass(frozen=True)
class Settings:
    """One installation. Field `data` is read from RAPPORT_DATA and so on; `port` also from PORT."""

    data: Path = field(default=Path("var"), metadata={"why": "folder of databases, log, outbox and the secret"})
    host: str = field(default="127.0.0.1", metadata={"why": "address to listen on; 0.0.0.0 lets phones in"})
    port: int = field(default=8000, metadata={"why": "port to listen on (also read from PORT)"})
    public_url: str = field(
        default="", metadata={"why": "what links in mails start with; empty = http://localhost:PORT"}
    )
    environment: str = field(
        default="development", metadata={"why": "development or production (refuses unsafe settings)"}
    )
    secret_key: str = field(
        default="", metadata={"why": "signs sessions, keys and links; empty = made once in RAPPORT_DATA"}
    )
    database_url: str = field(default="", metadata={"why": "with {service} in it; empty = one SQLite file a service"})
    bus: str = field(default="embedded", metadata={"why": "embedded, kafka or memory (one process, tests)"})
    kafka_bootstrap: str = field(default="127.0.0.1:9092", metadata={"why": "Kafka brokers, where bus is kafka"})
    redis_url: str = field(
        default="", metadata={"why": "limits, wake-up signals, revocations at once; empty = each process by itself"}
    )
    smtp_url: str = field(default="", metadata={"why": "smtp://user:password@host:port; empty = the outbox page"})
    mail_from: str = field(default="Rapport <rapport@example.org>", metadata={"why": "sender of all mails"})
    clock: str = field(default="system", metadata={"why": "system, or shared (tests: rapport clock advance 7d)"})
    organizers: tuple[str, ...] = field(default=(), metadata={"why": "addresses that may log in as owners, by comma"})
    proxies: int = field(
        default=0, metadata={"why": "number of reverse proxies whose X-Forwarded headers are believed"}
    )
    peers: str = field(
        default="", metadata={"why": "URL with {service} where other services' web answers (full shape)"}
    )
    threads: int = field(default=16, metadata={"why": "web threads of a process"})
    api_rate: int = field(default=50, metadata={"why": "API calls a second and key"})
    log_format: str = field(default="text", metadata={"why": "text or json"})
    log_level: str = field(default="INFO", metadata={"why": "DEBUG, INFO, WARNING or ERROR"})
    durable: bool = field(default=True, metadata={"why": "false: no fsync on SQLite (the demo); never for real people"})
    # Set by the program, never read from the environment: in the demo's own world everybody is the owner.
    demo: bool = field(default=False, metadata={"why": "true inside the demo's own world", "ours": True})
    root: str = field(default="", metadata={"why": "path prefix of all pages, such as /demo", "ours": True})

    @property
    def base_url(self) -> str:
        """What links start with: scheme, host, port and prefix, without a slash at the end."""
        return (self.public_url or f"http://localhost:{self.port}").rstrip("/") + self.root

    @property
    def secure(self) -> bool:
        """Whether people reach the pages over https."""
        return self.base_url.startswith("https://")

    @property
    def may_call_itself(self) -> bool:
        """Whether servers of our own network may be called, and by plain http: where somebody develops, and never for a
        visitor of the demo, who is an owner there without being anybody."""
        return self.environment == "development" and not self.demo

    @property
    def has_outbox(self) -> bool:
        """Whether mails wait on a page of this process; in the full shape no such page is served."""
        return not self.smtp_url and self.bus != "kafka"

    def database(self, service: str) -> str:
        """The SQLAlchemy URL of a service's own database."""
        if self.database_url:
            return self.database_url.replace("{service}", service)
        return f"sqlite:///{self.data / (service + '.db')}"

    @classmethod
    def read(cls, environ: Mapping[str, str]) -> Settings:
        """Settings from RAPPORT_* variables. Raises WrongSettings with every mistake found."""
        values: dict[str, Any] = {}
        mistakes: list[str] = []
        for item in fields(cls):
            if item.metadata.get("ours"):
                continue
            name = "RAPPORT_" + item.name.upper()
            text = environ.get(name, environ.get("PORT", "") if item.name == "port" else "")
            if text == "":
                continue
            try:
                values[item.name] = _parse(item.default, text)
            except ValueError as error:
                mistakes.append(f"{name}: {error}")
        settings = cls(**values)
        mistakes += settings.mistakes()
        if mistakes:
            raise WrongSettings(mistakes)
        return settings

    def mistakes(self) -> list[str]:
        """Every sentence that `rapport doctor` has to say about these settings; empty when all is well."""
        checks = (
            (self.environment in ("development", "production"), "RAPPORT_ENVIRONMENT: development or production."),
            (self.bus in ("embedded", "kafka", "memory"), "RAPPORT_BUS: embedded, kafka or memory."),
            (self.clock in ("system", "shared"), "RAPPORT_CLOCK: system or shared."),
            (self.log_format in ("text", "json"), "RAPPORT_LOG_FORMAT: text or json."),
            (
                self.log_level in ("DEBUG", "INFO", "WARNING", "ERROR"),
                "RAPPORT_LOG_LEVEL: DEBUG, INFO, WARNING or ERROR.",
            ),
            (0 < self.port < 65536, "RAPPORT_PORT: a number from 1 to 65535."),
            (0 < self.threads <= 256, "RAPPORT_THREADS: a number from 1 to 256."),
            (self.api_rate > 0, "RAPPORT_API_RATE: a number above 0."),
            (0 <= self.proxies <= 5, "RAPPORT_PROXIES: a number from 0 to 5."),
            (
                not self.public_url or urlsplit(self.public_url).scheme in ("http", "https"),
                "RAPPORT_PUBLIC_URL: starts with http:// or https://.",
            ),
            (
                not self.database_url or "{service}" in self.database_url,
                "RAPPORT_DATABASE_URL: contains {service}, since every service has a database of its own.",
            ),
            (
                not self.smtp_url or urlsplit(self.smtp_url).scheme in ("smtp", "smtps"),
                "RAPPORT_SMTP_URL: starts with smtp:// or smtps://.",
            ),
        )
        return [sentence for ok, sentence in checks if not ok] + self._production_mistakes()

    def _production_mistakes(self) -> list[str]:
        if self.environment != "production":
            return []
        checks = (
            (self.secure, "RAPPORT_PUBLIC_URL: production needs https://."),
            (len(self.secret_key) >= 32, "RAPPORT_SECRET_KEY: production needs 32 characters or more."),
            (self.clock == "system", "RAPPORT_CLOCK: production runs on the system clock."),
            (self.durable, "RAPPORT_DURABLE: production keeps what it acknowledged."),
            (bool(self.smtp_url), "RAPPORT_SMTP_URL: production sends mails."),
        )
        return [sentence for ok, sentence in checks if not ok]


def _parse(default: Any, text: str) -> Any:
    if isinstance(default, bool):
        if text.lower() not in ("true", "false", "1", "0", "yes", "no"):
            raise ValueError("true or false.")
        return text.lower() in ("true", "1", "yes")
    if isinstance(default, int):
        try:
            return int(text)
        except ValueError:
            raise ValueError("a whole number.") from None
    if isinstance(default, Path):
        return Path(text)
    if isinstance(default, tuple):
        return tuple(part.strip() for part in text.split(",") if part.strip())
    return text


class WrongSettings(Exception):
    """Some settings cannot be used."""

    def __init__(self, mistakes: list[str]) -> None:
        super().__init__(" ".join(mistakes))
        self.mistakes = mistakes
