"""Headers as every mail program reads them: subject and sender in encoded words (RFC 2047), no blank lost.

The folding of the standard library's `EmailPolicy` loses or doubles blanks between encoded words, and the quotation
marks around a long name, whose commas then separate senders; its older `Header` does not. So these two headers are
folded by that, and everything else as usual.
"""

from email.header import Header
from email.headerregistry import AddressHeader
from email.policy import EmailPolicy
from typing import Any


class MailPolicy(EmailPolicy):
    def fold(self, name: str, value: Any) -> str:
        return self._ours(name, value) or super().fold(name, value)

    def fold_binary(self, name: str, value: Any) -> bytes:
        ours = self._ours(name, value)
        return ours.encode("ascii") if ours is not None else super().fold_binary(name, value)

    def _ours(self, name: str, value: Any) -> str | None:
        """None for a header that the usual way folds well."""
        fits = name.lower() != "from" or len(f"{name}: {value}") <= (self.max_line_length or 0)
        if str(value).isascii() and fits:
            return None
        if name.lower() == "subject":
            return f"{name}: {self._words(str(value), name)}{self.linesep}"
        if name.lower() == "from" and isinstance(value, AddressHeader):
            (sender,) = value.addresses
            return f"{name}: {self._words(sender.display_name, name)}{self.linesep} <{sender.addr_spec}>{self.linesep}"
        return None

    def _words(self, text: str, name: str) -> str:
        return Header(text, "utf-8", header_name=name).encode(linesep=self.linesep)


POLICY = MailPolicy(linesep="\r\n")
