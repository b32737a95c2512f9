"""Formats: each read, verified, forged, and handed nonsense."""
