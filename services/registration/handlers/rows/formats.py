"""Exports that are recognised by the set of their columns: each a named value in one tuple. A new one is one more. Pure."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from services.registration.handlers.rows.words import LEFT_OUT, OWN, REASON, key, meaning
from shared.i18n import gettext as _

YES = frozenset({"yes", "ja", "true"})
GRADES = {
    "AA": 1, "AO": 2, "EO": 4, "HEO": 6, "SEO": 9, "GRADE 7": 12, "GRADE 6": 15, "SCS1": 18, "SCS2": 21, "SCS3": 24, "SCS4": 27,
}  # fmt: skip
"""Grades of the British civil service, lowest first, as years of experience: an ordering, not a claim about anybody."""


def _names(text: str) -> frozenset[str]:
    return frozenset(key(name) for name in text.split(","))


def _columns(text: str) -> dict[str, str]:
    pairs = (pair.split("=") for pair in text.split(","))
    return {key(name): target.strip() for name, target in pairs}


@dataclass(frozen=True, kw_only=True)
class Format:
    """An export: by which columns one knows it, what they are, and which of its rows count."""

    name: str
    marks: tuple[frozenset[str], ...]
    """One set a language; all columns of one of them are there."""
    columns: Mapping[str, str]
    silent: frozenset[str] = frozenset()
    """Its own columns that say nothing to us; the others are questions that the organizer asked."""
    silent_starts: tuple[str, ...] = ()
    state: tuple[str, ...] = ()
    """The column that says whether a row counts."""
    counts: frozenset[str] = frozenset()
    is_exact: bool = False
    """It has no other columns than these; then a cell's commas are commas."""
    brings_topics: bool = False
    """Its topics become topics of the conference."""
    translate: Mapping[str, Callable[[str], Any]] = field(default_factory=dict)
    adds: Callable[[str], Mapping[str, Any]] = lambda role: {}
    """What every row of it says, by role."""

    def is_of(self, names: frozenset[str]) -> bool:
        """Whether a list with these columns is one."""
        fits = any(mark <= names for mark in self.marks)
        return fits and (not self.is_exact or names <= {*self.columns, REASON, ""})

    def target(self, name: str) -> str | None:
        """What a column is: a field, left out, or None where nobody knows."""
        wanted = key(name)
        if wanted in self.columns:
            return self.columns[wanted]
        if not wanted or wanted == REASON or wanted in self.silent or wanted in self.state:
            return LEFT_OUT
        if wanted.startswith(self.silent_starts):
            return LEFT_OUT
        return None if self.is_exact else meaning(name)

    def leaves_out(self, column: str, state: str) -> str:
        """Why a row with this in the column of states does not count; empty where it does."""
        if key(state) in self.counts:
            return ""
        sentence = _("“{column}” is “{state}”.").replace("{column}", column.strip()[:40])
        return sentence.replace("{state}", state.strip()[:30] or "–")


PRETIX_SILENT = _names(
    "Event slug,Event name,Order code,Position ID,Phone number,Order date,Order time,Product,Product ID,Variation,"
    "Variation ID,Price,Tax rate,Tax rule,Tax value,Address,ZIP code,City,Country,State,Voucher,Pseudonymization ID,"
    "Ticket secret,Secret,Seat ID,Seat name,Seat zone,Seat row,Seat number,Order comment,Comment,Follow-up date,"
    "Invoice address name,VAT ID,Sales channel,Order locale,E-mail address verified,Payment providers,Checked in,"
    "Checked out,Automatically checked in,Voucher code,Requires special attention,Blocked,Valid from,Valid until,Date,"
    "Start date,End date,Start time,End time,External customer ID,Internal reference,Position order link,Add-on to,"
    "Kurzname der Veranstaltung,Name der Veranstaltung,Veranstaltung,Bestellnummer,Bestellcode,Position,Positions-ID,"
    "Telefonnummer,Bestelldatum,Bestelluhrzeit,Produkt,Produkt-ID,Variante,Varianten-ID,Preis,Steuersatz,Steuerregel,"
    "Steuer,Adresse,Postleitzahl,Ort,Land,Bundesstaat,Gutschein,Gutscheincode,Pseudonyme ID,Ticket-Code,Ticket-Geheimnis,"
    "Sitzplatz-ID,Sitzbezeichnung,Sitzbereich,Sitzreihe,Sitzplatz,Bestellkommentar,Kommentar,Datum zur Wiedervorlage,"
    "Rechnungsadresse: Name,USt-ID-Nr.,Verkaufskanal,Bestellsprache,E-Mail-Adresse verifiziert,Zahlungsmethoden,"
    "Eingecheckt,Eingetreten,Ausgecheckt,Ausgetreten,Beginn,Ende,"
    "Automatisch eingecheckt,Benötigt besondere Behandlung,Termin,Geheimnis"
)
PRETIX = _columns(
    "Attendee name=name,Attendee name: Given name=given,Attendee name: Family name=family,Attendee name: Title=,"
    "Attendee email=email,Email=email_else,E-mail=email_else,Attendee company=company,Company=company,"
    "Name Teilnehmer*in=name,Name Teilnehmer*in: Vorname=given,Name Teilnehmer*in: Nachname=family,"
    "Name Teilnehmer*in: Titel=,E-Mail Teilnehmer*in=email,Firma Teilnehmer*in=company,Firma=company"
)
FORMATS: tuple[Format, ...] = (
    Format(
        name="pretix, check-in list",
        marks=(
            _names("Order code,Attendee name,Product,Checked in,Automatically checked in"),
            _names("Bestellnummer,Produkt,Automatisch eingecheckt"),
        ),
        columns=PRETIX | _columns("Email=email,E-mail=email,E-Mail=email"),
        silent=PRETIX_SILENT,
        state=("paid", "bezahlt"),
        counts=YES,
    ),
    Format(
        name="pretix, order positions",
        marks=(
            _names("Order code,Position ID,Status,Product,Attendee name"),
            _names("Bestellnummer,Position,Status,Produkt,Name Teilnehmer*in"),
            _names("Bestellnummer,Status,Produkt,Pseudonyme ID"),
        ),
        columns=PRETIX,
        silent=PRETIX_SILENT,
        state=("status",),
        counts=frozenset({"paid", "p", "bezahlt"}),
    ),
    Format(
        name="Eventbrite",
        marks=(_names("Order #,Email,Ticket Type,Attendee Status"), _names("Order #,Email,Attendee #,Attendee Status")),
        columns=_columns("First Name=given,Last Name=family,Surname=family,Email=email,Company=company"),
        silent=_names(
            "Order #,Order Date,Quantity,Price Tier,Ticket Type,Attendee #,Group,Order Type,Currency,Total Paid,Fees Paid,"
            "Eventbrite Fees,Eventbrite Payment Processing,Attendee Status,Job Title,Prefix,Suffix,Cell Phone,Home Phone,"
            "Work Phone,Barcode #,Gender,Age,Birth Date,Website,Blog,Notes,Buyer Email,Buyer First Name,Buyer Last Name,"
            "Buyer Surname,Event Name,Event ID,Date Attending,Device Name,Check-In Date,Discount,Payment Type,Tax Paid"
        ),
        silent_starts=("home ", "work ", "billing ", "shipping ", "eventbrite "),
        state=("attendee status",),
        counts=frozenset({"attending", "checked in"}),
    ),
    Format(
        name="Luma",
        marks=(_names("api_id,name,email,approval_status"), _names("guest_id,name,email,approval_status")),
        columns=_columns("name=name,first_name=given,last_name=family,email=email"),
        silent=_names(
            "api_id,guest_id,phone_number,created_at,checked_in_at,custom_source,qr_code_url,amount,amount_tax,"
            "amount_discount,currency,coupon_code,eth_address,solana_address,survey_response_rating,"
            "survey_response_feedback,ticket_type_id,ticket_name,utm_source"
        ),
        state=("approval_status",),
        counts=frozenset({"approved"}),
    ),
    Format(
        name="hi.events",
        marks=(_names("First Name,Last Name,Email,Status,Is Checked In,Public ID"),),
        columns=_columns("First Name=given,Last Name=family,Email=email"),
        silent=_names(
            "ID,Is Checked In,Checked In At,Ticket ID,Ticket Name,Product ID,Product Name,Event ID,Public ID,Short ID,"
            "Created Date,Last Updated Date,Notes,Locale,Order ID"
        ),
        state=("status",),
        counts=frozenset({"active"}),
    ),
    Format(
        name="alf.io",
        marks=(_names("Category,Event,Status,ReservationID,E-Mail"),),
        columns=_columns("Full Name=name,First Name=given,Last Name=family,E-Mail=email"),
        silent=_names(
            "ID,Creation,Category,Event,OriginalPrice,PaidPrice,Discount,VAT,ReservationID,Locked,Language,Confirmation,"
            "Billing Address,Country Code,Promo Code,Payment ID,Payment Method,Ticket Id"
        ),
        state=("status",),
        counts=frozenset({"acquired", "checked_in", "to_be_paid"}),
    ),
    Format(
        name="Indico",
        marks=(_names("ID,Name,Registration date,Registration state"),),
        columns=_columns("Name=name,First Name=given,Last Name=family,Email Address=email,Affiliation=company"),
        silent=_names(
            "ID,Registration date,Modification date,Created by,Price,Checked in,Check-in date,Payment date,Tags,Title,"
            "Position,Phone Number,Address,Country"
        ),
        state=("registration state",),
        counts=frozenset({"completed"}),
    ),
    Format(
        name="civil service mentoring",
        marks=(_names("first name,last name,email address,grade,organisation,profession"),),
        columns=_columns(
            "first name=given,last name=family,email address=email,grade=years,organisation=company,profession=topics"
        ),
        # Columns about identity, and biographies, are dropped unread; so is whatever else stands there.
        silent_starts=("",),
        brings_topics=True,
        translate={"years": lambda text: GRADES.get(text.upper()), "topics": lambda text: [text] if text else []},
        adds=lambda role: {"languages": ["en"], "introductions" if role == "mentee" else "capacity": 3},
    ),
    Format(name="Rapport", marks=(_names("name,email"),), columns={name: name for name in OWN}, is_exact=True),
)
"""In this order: the first one that knows its columns reads the list."""
ANY = Format(name="", marks=(), columns={})
"""A list that none of them knows."""


def format_of(header: Sequence[str]) -> Format:
    """The export with these columns; ANY where it is none that we know."""
    names = frozenset(key(name) for name in header)
    return next((known for known in FORMATS if known.is_of(names)), ANY)
