"""The lmprice functions in Excel, loaded by xlwings."""
