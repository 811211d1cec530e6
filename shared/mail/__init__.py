"""Mails as values, their queue in the database, and the ways to hand them over. Never decides who gets which mail."""

from shared.mail.people import person_or_wait

__all__ = ["person_or_wait"]
