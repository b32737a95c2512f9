"""Words that differ by one edit (Damerau 1964): a letter more, less, another one, or two neighbours exchanged."""


def one_edit(a: str, b: str) -> bool:
    """Whether exactly one edit makes `b` of `a`.

    >>> one_edit("stanford", "standford"), one_edit("hunan", "henan"), one_edit("yale", "dalle"), one_edit("a", "a")
    (True, True, False, False)
    """
    if a == b or abs(len(a) - len(b)) > 1:
        return False
    start = next((i for i, (x, y) in enumerate(zip(a, b, strict=False)) if x != y), min(len(a), len(b)))
    rest_a, rest_b = a[start:], b[start:]
    if len(a) == len(b):
        return rest_a[1:] == rest_b[1:] or exchanged(rest_a, rest_b)
    return rest_a[1:] == rest_b if len(a) > len(b) else rest_a == rest_b[1:]


def exchanged(a: str, b: str) -> bool:
    """Whether they differ by their first two letters, exchanged."""
    return len(a) > 1 and a[:2] == b[1::-1] and a[2:] == b[2:]


def shortened(text: str) -> frozenset[str]:
    """The text, and the text without each of its letters: two texts that one edit tells apart have one in common."""
    return frozenset(text[:i] + text[i + 1 :] for i in range(len(text))) | {text}
