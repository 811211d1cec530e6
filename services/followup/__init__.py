"""Follow-up: what became of an introduction. Asks both in the evening and after a week, a month and a quarter, exchanges
contacts on two yeses, and alone computes the outcomes. Publishes relationship and follow-up events."""
