"""Readers of strangers' texts, fed with anything: what they give back keeps their promises."""
