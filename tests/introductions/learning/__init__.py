"""Learning on simulated truth."""
