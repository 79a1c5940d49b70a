"""What can go wrong with a text."""


class CorpusError(Exception):
    """A text that cannot be had or used; its message is one sentence and a hint, fit to be shown as it is."""


class NotText(CorpusError):  # noqa: N818 - named for what it says about the file
    """The bytes are no text: a picture, a program, an archive."""


class ChangedText(CorpusError):  # noqa: N818 - named for what happened
    """The text is not what it was, and all of its characters are known: whoever asks for it may go on with it."""


class Cancelled(Exception):  # noqa: N818 - nobody's mistake: the watcher asked to stop
    """The caller's `watch` returned False."""
