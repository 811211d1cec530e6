"""Registration: people, consents, conferences, check-in, organizers and their keys. Publishes conference, person,
attendee and access events; listens to `rapport.people` only to correct what is older than what it knows."""
