"""Pages for machines, the same in every service: health, readiness, metrics, status for peers, documents, static files.

Figures are counted by route and status only: nothing in them is about a person.
"""

from __future__ import annotations

import hmac
import logging
import time
from pathlib import Path
from typing import Any

from flask import Blueprint, Flask, Response, current_app, g, jsonify, request, send_from_directory
from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, generate_latest
from prometheus_client.exposition import CONTENT_TYPE_LATEST
from sqlalchemy.exc import SQLAlchemyError

from shared.errors import NotFound, Retryable
from shared.peers import password
from shared.web import current_runtime
from shared.web.who import may

logger = logging.getLogger(__name__)
SHARED = Path(__file__).parent.parent
FRACTIONS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0)


class Figures:
    """The figures of one app, in a registry of its own: several apps live in one process."""

    def __init__(self, service: str) -> None:
        self.service = service
        self.registry = CollectorRegistry()
        labels = ["service", "method", "route", "status"]
        self.requests = Counter("rapport_requests", "Requests answered.", labels, registry=self.registry)
        self.seconds = Histogram(
            "rapport_request_seconds", "Time to answer.", ["service"], registry=self.registry, buckets=FRACTIONS
        )
        self.waiting = Gauge("rapport_pending", "What waits, by part.", ["service", "part"], registry=self.registry)
        self.dead = Gauge("rapport_dead_letters", "Events not handled.", ["service"], registry=self.registry)

    def begin(self) -> None:
        """A request came."""
        g.began = time.perf_counter()

    def end(self, response: Response) -> Response:
        """It was answered."""
        route = request.url_rule.rule if request.url_rule else "none"
        method = request.method if request.method in ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE") else "other"
        self.count(method, route, response.status_code, g.get("began", time.perf_counter()))
        return response

    def count(self, method: str, route: str, status: int, began: float) -> None:
        """One answer, also of whoever gave it without Flask; `began` by the performance counter."""
        self.requests.labels(self.service, method, route, status).inc()
        took = time.perf_counter() - began
        self.seconds.labels(self.service).observe(took)
        logger.debug("answered", extra={"route": route, "status": status, "ms": round(took * 1000)})

    def text(self) -> bytes:
        """All of them in Prometheus' form; what waits is left out while nobody knows."""
        runtime = current_runtime()
        try:
            for part, number in runtime.pending().items():
                if part != "newest":
                    self.waiting.labels(self.service, part).set(number)
            self.dead.labels(self.service).set(runtime.dead_letters())
        except (SQLAlchemyError, Retryable):
            self.waiting.clear()
        return generate_latest(self.registry)


def set_up(app: Flask) -> None:
    """Register the pages and count requests."""
    figures = app.extensions["rapport_figures"] = Figures(app.extensions["rapport"].service.name)
    app.before_request_funcs.setdefault(None, []).insert(0, figures.begin)
    app.after_request(figures.end)
    pages = Blueprint("operations", __name__)
    for path, view in (
        ("/healthz", healthz),
        ("/readyz", readyz),
        ("/metrics", metrics),
        ("/internal/status", internal_status),
        ("/openapi.json", openapi),
        ("/asyncapi.json", asyncapi),
        ("/static/<path:name>", static),
    ):
        pages.add_url_rule(path, view_func=view)
    app.register_blueprint(pages)


@may("anyone")
def healthz() -> Response:
    """The process answers."""
    return jsonify({"status": "ok"})


@may("anyone")
def readyz() -> Any:
    """The database answers, so a registration can be taken; the broker may be away."""
    if current_runtime().ready():
        return jsonify({"status": "ready"})
    return jsonify({"status": "not ready"}), 503


@may("anyone")
def metrics() -> Response:
    """Figures for Prometheus."""
    figures: Figures = current_app.extensions["rapport_figures"]
    return Response(figures.text(), content_type=CONTENT_TYPE_LATEST)


@may("anyone")
def internal_status() -> Response:
    """What waits here, for the other services of the installation only; of a `conference`, its mails."""
    runtime = current_runtime()
    shown = request.headers.get("Authorization", "").removeprefix("Bearer ")
    if not hmac.compare_digest(shown.encode("utf-8", "replace"), password(runtime.settings).encode()):
        raise NotFound
    conference = request.args.get("conference")
    return jsonify(runtime.pending() if conference is None else {"mail": runtime.own_waiting_mails(conference)})


@may("anyone")
def openapi() -> Response:
    """The OpenAPI document of all services."""
    return send_from_directory(SHARED / "documents", "openapi.json", mimetype="application/json")


@may("anyone")
def asyncapi() -> Response:
    """The AsyncAPI document of all events."""
    return send_from_directory(SHARED / "documents", "asyncapi.json", mimetype="application/json")


@may("anyone")
def static(name: str) -> Response:
    """Style, script, pictures."""
    return send_from_directory(SHARED / "static", name, max_age=3600)
