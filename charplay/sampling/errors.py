"""What can go wrong when a model is loaded and played. Each message is one sentence for a person."""

from charplay.errors import CharplayError


class ModelError(CharplayError):
    """Weights that do not make the model their recipe describes."""


class SettingError(CharplayError, ValueError):
    """A sampling setting outside its bounds."""


class TranscriptError(CharplayError):
    """A position on the transcript that cannot be returned to."""
