"""Pages for machines, the same in every service: health, readiness, metrics, status for peers, documents, static files."""

from __future__ import annotations

import hmac
from pathlib import Path
from typing import Any

from flask import Blueprint, Flask, Response, g, jsonify, request, send_from_directory
from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, generate_latest
from prometheus_client.exposition import CONTENT_TYPE_LATEST

from shared.errors import NotFound
from shared.peers import password
from shared.web import current_runtime
from shared.web.who import may

SHARED = Path(__file__).parent.parent


def set_up(app: Flask) -> None:
    """Register the pages and count requests."""
    registry = CollectorRegistry()
    service = app.extensions["rapport"].service.name
    names = ["service", "method", "route", "status"]
    requests = Counter("rapport_requests", "Requests answered.", names, registry=registry)
    seconds = Histogram("rapport_request_seconds", "Time to answer.", ["service", "route"], registry=registry)
    waiting = Gauge("rapport_pending", "What waits, by part.", ["part"], registry=registry)
    dead = Gauge("rapport_dead_letters", "Events that could not be handled.", ["service"], registry=registry)
    pages = Blueprint("operations", __name__)

    def count(response: Response) -> Response:
        route = request.url_rule.rule if request.url_rule else "none"
        requests.labels(service, request.method, route, response.status_code).inc()
        return response

    def metrics() -> Response:
        runtime = current_runtime()
        for part, number in runtime.pending().items():
            if part != "newest":
                waiting.labels(part).set(number)
        dead.labels(service).set(runtime.dead_letters())
        return Response(generate_latest(registry), content_type=CONTENT_TYPE_LATEST)

    pages.add_url_rule("/metrics", view_func=may("anyone")(metrics))
    pages.add_url_rule("/healthz", view_func=healthz)
    pages.add_url_rule("/readyz", view_func=readyz)
    pages.add_url_rule("/internal/status", view_func=internal_status)
    pages.add_url_rule("/openapi.json", view_func=openapi, endpoint="openapi")
    pages.add_url_rule("/asyncapi.json", view_func=asyncapi, endpoint="asyncapi")
    pages.add_url_rule("/static/<path:name>", view_func=static, endpoint="static")
    app.after_request(count)
    app.extensions["rapport_seconds"] = seconds
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
def internal_status() -> Response:
    """What waits here, for the other services of the installation only."""
    runtime = current_runtime()
    shown = request.headers.get("Authorization", "").removeprefix("Bearer ")
    if not hmac.compare_digest(shown.encode("utf-8", "replace"), password(runtime.settings).encode()):
        raise NotFound
    return jsonify(runtime.pending())


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
    g.actor = None
    return send_from_directory(SHARED / "static", name, max_age=3600)
