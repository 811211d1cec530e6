"""Whether a mail domain says where somebody works. A list, not a lookup: no address is asked about anywhere."""

from __future__ import annotations

_ANYBODYS = """aol.com att.net bluewin.ch bol.com.br btinternet.com comcast.net duck.com email.cz fastmail.com free.fr
freenet.de gmail.com gmx.at gmx.ch gmx.com gmx.de gmx.net googlemail.com hey.com hotmail.co.uk hotmail.com hotmail.de
hotmail.fr hotmail.it icloud.com inbox.lv interia.pl laposte.net libero.it live.com live.de live.nl mac.com mail.com
mail.ru mailbox.org me.com msn.com naver.com o2.pl orange.fr outlook.com outlook.de outlook.fr pm.me posteo.de proton.me
protonmail.com qq.com rediffmail.com riseup.net rocketmail.com seznam.cz sfr.fr t-online.de tuta.com tutanota.com
tutanota.de uol.com.br verizon.net virgilio.it wanadoo.fr web.de wp.pl yahoo.co.in yahoo.co.jp yahoo.co.uk yahoo.com
yahoo.de yahoo.es yahoo.fr yahoo.it yandex.com yandex.ru ymail.com zoho.com 126.com 163.com"""
ANYBODYS = frozenset(_ANYBODYS.split())
"""Providers that give an address to anybody."""
NOBODYS = ("example", "test", "invalid", "localhost")
"""Reserved names (RFC 2606)."""


def employers_domain(address: str) -> str | None:
    """The domain of an address in small letters, where it says where somebody works."""
    domain = address.rpartition("@")[2].casefold().rstrip(".")
    parts = domain.split(".")
    if not domain or domain in ANYBODYS or parts[-1] in NOBODYS or "example" in parts[-2:]:
        return None
    return domain
