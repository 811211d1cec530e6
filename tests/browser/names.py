"""Invented people and topics for the served installation."""

from __future__ import annotations

FIRST = (
    "Ana", "Ben", "Chloé", "Dmitri", "Esi", "Farid", "Grace", "Hana", "Iris", "Jonas", "Kofi", "Leïla", "Mateo", "Nadia",
    "Olek", "Priya", "Quentin", "Rosa", "Samir", "Tilda", "Uma", "Viktor", "Wanjiru", "Ximena", "Yusuf", "Zoë", "Arjun",
    "Bianca", "Carlos", "Dana", "Emre",
)  # fmt: skip
LAST = (
    "Adeyemi", "Brandt", "Castellano", "Dvořák", "Evans", "Farouk", "Grünwald", "Hoffmann", "Ivanova", "Jensen", "Kimura",
    "Lindqvist", "Moreau", "Nakamura", "Okafor", "Petrov", "Quiroga", "Rossi", "Schneider", "Tanaka", "Ueda", "Varga",
    "Weber", "Xu", "Yilmaz", "Zieliński", "Almeida", "Bakker", "Chandra", "Duarte", "Eriksen",
)  # fmt: skip
TOPICS = ("Grant writing", "Leading a small team", "Testing legacy code", "First conference talk", "Moving to industry")
