"""The catalogues of texts, one folder to a language, and the command that keeps them complete."""
