"""Introductions: who meets whom, when and where; asks both, takes their answers, knows whether they met. Listens to
conferences, people, attendees and follow-up's word on "met"; publishes introduction events."""
