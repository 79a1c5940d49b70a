"""charplay's screen in a browser: one process on a pseudo-terminal, and the pages that show it."""
