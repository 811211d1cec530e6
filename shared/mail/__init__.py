"""Mails as values, their queue in the database, and the ways to hand them over. Never decides who gets which mail."""
