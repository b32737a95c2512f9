"""The issuer: completions become decisions, and decisions become signed credentials.

`catalogue`, `facts`, `rules`, `decisions` and `eligibility` are pure: no clock, no network, no database.
"""
