"""What a name and a code look like. Names may be of any script, with the marks that Tibetan, Arabic, Indic and Thai words need."""

import re

MARKS = (
    "\u0300-\u036f\u064b-\u065f\u0670\u0900-\u0903\u093a-\u094f\u0e31\u0e34-\u0e3a\u0e47-\u0e4e"
    "\u0f18\u0f19\u0f35\u0f37\u0f39\u0f71-\u0f84\u0f8d-\u0fbc\u180b-\u180d"
)
NAME_PATTERN = rf"[^\W\d][\w{MARKS}]*+"
NAME_FORM = re.compile(NAME_PATTERN)
CODE_FORM = re.compile(r"[0-9]+(?:[.\-][0-9]+)*")
