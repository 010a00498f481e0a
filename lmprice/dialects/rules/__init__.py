"""How trees are rewritten for dialects that need it: one file a rule."""
