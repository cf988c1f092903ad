"""How Django writes dates in the admin; the pages write theirs by handoff/words.py."""

DATE_FORMAT = "j M Y"
TIME_FORMAT = "H:i"
DATETIME_FORMAT = "j M Y H:i"
