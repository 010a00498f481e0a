"""``lmprice excel``: make the functions available in Excel, find out why they are not.

This package stands beside ``lmprice_excel`` and not in it, because it has to work, and say what is
missing, where xlwings is not installed and ``lmprice_excel`` cannot be imported.
"""
