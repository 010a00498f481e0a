"""An independent calculator of bills: exact fractions, naive, row by row.

It shares no code with ``lmprice.billing``; it is written from the rule of a bill alone, so that
where both give the same cents, the rule was understood twice in the same way.
"""
