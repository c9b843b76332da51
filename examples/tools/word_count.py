"""Counts the words of a text: needs nothing but the text."""

import re
from collections import Counter


async def main(text: str, top: int = 5):
    words = re.findall(r"\w+", text.lower())
    return {"words": len(words), "most": [{"word": word, "times": times} for word, times in Counter(words).most_common(top)]}
