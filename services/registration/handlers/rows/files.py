"""What kind of file it is, by its first bytes; its name says nothing for sure. Pure."""

from __future__ import annotations

from services.registration.handlers.rows.csv_text import read_text
from services.registration.handlers.rows.formats import format_of
from services.registration.handlers.rows.sheet import MOST_BYTES, Sheet, Unreadable
from services.registration.handlers.rows.workbook import read_workbook
from shared.i18n import gettext as _

ZIP, OLE, PDF = b"PK\x03\x04", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", b"%PDF-"
ENCRYPTED = "EncryptedPackage".encode("utf-16-le")
PICTURES = (b"\x89PNG", b"\xff\xd8\xff", b"GIF8", b"RIFF")
PACKED = (b"\x1f\x8b", b"7z\xbc\xaf", b"Rar!", b"PK\x05\x06", b"BZh")


def read_file(content: bytes) -> Sheet:
    """The list in a file. Raises Unreadable: nothing is imported then."""
    if len(content) > MOST_BYTES:
        raise Unreadable(why=_("it is larger than 5 MB."))
    if content.startswith(ZIP):
        return read_workbook(content, lambda header: bool(format_of(header).name))
    if why := _no_list(content):
        raise Unreadable(why=why)
    return read_text(content)


def _no_list(content: bytes) -> str:
    """Why it is no list of ours; empty where it may be one."""
    start = content[:512].lstrip(b"\xef\xbb\xbf \t\r\n")
    if content.startswith(OLE) and ENCRYPTED in content:
        return _("it is protected by a password. Please save it without one.")
    if content.startswith(OLE):
        return _("it is an old Excel file (.xls). Please save it as XLSX or CSV.")
    if start.startswith(PDF):
        return _("it is a PDF, whatever its name. Please export the list as CSV or XLSX.")
    if content.startswith(PICTURES):
        return _("it is a picture or a sound, it is not UTF-8. Please export the list as CSV or XLSX.")
    if content.startswith(PACKED):
        return _("it is a packed file. Please unpack it, and send the list in it.")
    if start.lower().startswith((b"<!doctype", b"<html", b"<table", b"<?xml")):
        return _("it is a web page or XML, whatever its name. Please export the list as CSV or XLSX.")
    if start.startswith((b"{", b"[")):
        return _("it is JSON. The API takes that; here we read CSV and XLSX.")
    return ""
