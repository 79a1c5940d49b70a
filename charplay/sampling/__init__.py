"""The network writes: stepping a model on numpy, drawing characters, the transcript of what was written, scoring."""
