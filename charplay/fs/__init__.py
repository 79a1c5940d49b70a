"""Files that survive whatever ends a program, and names that may hold no file at all."""
