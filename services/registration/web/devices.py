"""Pages of devices at the door: a lead adds one and sees them all, a device is paired, locks itself, opens by its PIN.

PINs are hashed and compared here, outside any transaction: it takes its time by design.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any

from flask import Blueprint, g, request
from marshmallow import EXCLUDE
from werkzeug.datastructures import MultiDict
from werkzeug.security import check_password_hash, generate_password_hash

from services.registration import store
from services.registration.domain.device import Device, DeviceOver, ends
from services.registration.forms import DeviceForm
from services.registration.handlers import devices
from shared import conferences
from shared.access import Actor, is_revoked
from shared.errors import Conflict, Forbidden
from shared.qr import qr_svg
from shared.web import current_runtime, reading, render, see_other, sessions, unit_of_work
from shared.web.input import form_data
from shared.web.rates import limit, network
from shared.web.who import actor, from_this_site, log_in_device, may

pages = Blueprint("registration_devices", "services.registration", template_folder="templates")
Errors = Mapping[str, Sequence[str]]


class NotFromADevice(Forbidden):
    """A device adds no devices: please log in with your own address."""

    code = "not-from-a-device"


class OnlyADemo(Forbidden):
    """Devices are paired at a conference of your own, not in the demo."""

    code = "only-a-demo"


@pages.get("/desk/<slug>/devices")
@may("owner", "desk")
def listed(slug: str) -> Any:
    """All devices; the code of one that may still be paired."""
    return _listed(slug, {}, MultiDict({"role": "kiosk"}))


@pages.post("/desk/<slug>/devices")
@may("owner", "desk")
def change(slug: str) -> Any:
    """Add a device, or end one."""
    who = _a_person()
    if request.form.get("end"):
        with unit_of_work() as work:
            found = conferences.by_slug(work.connection, who.scope, slug)
            devices.end(request.form["end"], who, work, found)
        return see_other(f"/desk/{slug}/devices")
    said, errors, typed = form_data(DeviceForm(unknown=EXCLUDE))
    if said is None:
        return _listed(slug, errors, typed, 422)
    if who.kind == "demo":
        raise OnlyADemo  # nobody's word stands behind it
    pin = generate_password_hash(said["pin"], method="scrypt")
    try:
        with unit_of_work() as work:
            found = conferences.by_slug(work.connection, who.scope, slug)
            made = devices.add(said["label"], said["role"], pin, found, who, work)
    except Conflict as refused:
        return _listed(slug, {"label": [refused.sentence()]}, typed, refused.status)
    return see_other(f"/desk/{slug}/devices?code={made.id}")


def _a_person() -> Actor:
    if actor().kind == "device":
        raise NotFromADevice
    return actor()


def _listed(slug: str, errors: Errors, typed: MultiDict[str, str], status: int = 200) -> Any:
    who, runtime = _a_person(), current_runtime()
    with reading() as connection:
        found = conferences.by_slug(connection, who.scope, slug)
        rows = [(one, _standing(one, connection)) for one in store.devices_of(connection, found)]
    wanted = request.args.get("code", "")
    waiting = next((one for one, standing in rows if standing == "waiting" and one.id == wanted), None)
    link = "" if waiting is None else _pairing_link(waiting)
    return render(
        "registration/devices.html",
        status,
        conference=found,
        rows=rows,
        waiting=waiting,
        link=link,
        qr=qr_svg(link) if link else "",
        minutes=devices.PAIRING_MINUTES,
        over=runtime.now() >= ends(found),
        errors=errors,
        typed=typed,
    )


def _standing(device: Device, connection: Any) -> str:
    """waiting (to be paired), paired, expired or ended."""
    if device.ended_at is not None or (device.access is not None and is_revoked(connection, device.access)):
        return "ended"
    if device.access is not None:
        return "paired"
    return "waiting" if device.is_waiting(current_runtime().now()) else "expired"


def _pairing_link(device: Device) -> str:
    """Known by its hash since the device was added; made again whenever the page is looked at."""
    runtime = current_runtime()
    return f"{runtime.settings.base_url}/pair/{runtime.links.token(devices.PURPOSE, device.id, device.id, 1)}"


@pages.get("/pair/<token>")
@may("link")
def look(token: str) -> Any:
    """Whose pairing this is; it takes a tap."""
    with reading() as connection:
        _link, device, lead, conference = devices.whose(token, connection, current_runtime().now())
    return render("registration/pair.html", device=device, lead=lead, conference=conference, token=token)


@pages.post("/pair/<token>")
@may("link")
def pair(token: str) -> Any:
    """What somebody holds is a device from now on, locked. Not by a form on somebody else's page."""
    from_this_site()
    limit("30/minute", "pair", network())
    with unit_of_work() as work:
        device, until = devices.pair(token, work)
    log_in_device(device, until)
    return see_other(f"/desk/{min(device.conferences or ())}/unlock")


@pages.get("/desk/<slug>/unlock")
@may("anyone")
def ask_for_pin(slug: str) -> Any:
    """Where the PIN is typed."""
    device = sessions.locked_device()
    if device is None or not device.may_see(slug):
        return see_other(f"/desk/{slug}")
    return _pin_page(slug, device, request.args.get("next", ""))


@pages.post("/desk/<slug>/unlock")
@may("anyone")
def unlock(slug: str) -> Any:
    """The right PIN opens; the fifth wrong one ends the device."""
    from_this_site()
    device, to = sessions.locked_device(), request.form.get("next", "")
    if device is None or not device.may_see(slug):
        return see_other(f"/desk/{slug}")
    limit("30/minute", "pin", device.access)
    with reading() as connection:
        known = store.pin_of(connection, device.id)
    is_right = check_password_hash(known, request.form.get("pin", "")[:20])
    try:
        with unit_of_work() as work:
            left = devices.try_pin(device, is_right, work)
    except DeviceOver:
        left = 0
    if left == 0:
        return render("registration/device_over.html", 403)
    if not is_right:
        return _pin_page(slug, device, to, left=left, status=422)
    sessions.unlock()
    g.actor = device
    kept = _kept()
    if kept and _inside(request.form.get("to", ""), slug):
        return render("registration/unlocked.html", to=request.form["to"], kept=kept)
    return see_other(to if _inside(to, slug) else f"/desk/{slug}")


def _pin_page(slug: str, device: Actor, to: str, *, left: int | None = None, status: int = 200) -> Any:
    return render(
        "registration/unlock.html",
        status,
        slug=slug,
        device=device,
        next=to,
        left=left,
        to=request.form.get("to", ""),
        kept=_kept(),
        errors={"pin": [""]} if left is not None else {},
    )


def _kept() -> list[tuple[str, str]]:
    """What a form had sent when the device was found locked."""
    sent = request.form.items(multi=True)
    return [(name.removeprefix("kept-"), value) for name, value in sent if name.startswith("kept-")]


def _inside(path: str, slug: str) -> bool:
    """Whether an address is one of this desk's, or of a code at it, and nothing else."""
    path = path.removeprefix(current_runtime().settings.root)
    own = re.fullmatch(
        rf"/(desk|plan|print|outcomes|organize)/{re.escape(slug)}([/?].*)?|/organize|/q/\w+", path, re.ASCII
    )
    return own is not None and path.isprintable() and ".." not in path and "\\" not in path and len(path) < 300
