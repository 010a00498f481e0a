"""The colours of workbooks and charts, as hexadecimal RGB."""

INK = "1F2A37"
MUTED = "5B6673"
ACCENT = "1F4E79"
WARNING = "C55A11"
LINE = "C5CED8"
GRID = "D9D9D9"

# One for each line of a chart, all of them dark enough for words; dashes tell them apart, too.
SERIES = (ACCENT, WARNING, "548235", "7F6000")

# Pale enough for numbers on them.
LEVEL_FILL = "9DC3E6"
TAKEN_OFF_FILL = "F4B183"
