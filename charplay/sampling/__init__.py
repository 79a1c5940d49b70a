"""The network writes: stepping a model on numpy, drawing characters, the tape of what was written, scoring."""
