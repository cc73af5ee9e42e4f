"""Text in JUnit XML."""

from __future__ import annotations

import re

# Characters that XML 1.0 has no way to say (section 2.2).
_UNSAYABLE = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def sayable(text: str) -> str:
    """The text without what XML cannot say."""
    return _UNSAYABLE.sub("\N{REPLACEMENT CHARACTER}", text)
