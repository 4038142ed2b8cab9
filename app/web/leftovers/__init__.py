"""Addresses that WordPress left behind, and doors for programs."""
