"""Rapport beside WordPress, each on loopback: `make interop`, not part of `make test`."""
