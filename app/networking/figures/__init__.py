"""Figures on a profile: counted each night, and shown by whoever likes, from a threshold on. No sum, and no rank."""
