"""The reverse proxy's configuration, generated from the URL patterns of the services; a test compares it with
`deploy/nginx.conf.template`. The same URLs as in the embedded form."""

from __future__ import annotations

from collections.abc import Collection

from rapport.dispatch import rules
from shared.service import Service

HEAD = """# Written by `rapport documents`; do not edit by hand, a test compares.
server {
    listen 80;
    resolver 127.0.0.11 valid=5s ipv6=off;
    set $request_id_or_new $request_id;
    if ($http_x_request_id) { set $request_id_or_new $http_x_request_id; }
    server_tokens off;
    access_log off;
    client_max_body_size 6m;
    proxy_http_version 1.1;
    proxy_set_header Connection "";
    proxy_set_header Host $http_host;
    proxy_set_header X-Forwarded-For $remote_addr;
    proxy_set_header X-Forwarded-Proto $scheme;
    proxy_set_header X-Request-Id $request_id_or_new;
    proxy_connect_timeout 2s;
    proxy_read_timeout 30s;
    location ^~ /internal/ { return 404; }
    location = /metrics { return 404; }
"""


def nginx(services: Collection[Service]) -> str:
    """The configuration as text."""
    places = [f'    location ~ "{text}" {{ {_upstream(name)} }}' for text, name in rules(services)]
    rest = f"    location / {{ {_upstream('registration')} }}"
    return HEAD + "\n".join([*places, rest]) + "\n}\n"


def _upstream(name: str) -> str:
    return f"set $to {name}-web:8000; proxy_pass http://$to;"
