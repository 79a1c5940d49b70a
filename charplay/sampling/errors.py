"""What can go wrong when a model is loaded and played. Each message is one sentence for a person."""


class ModelError(Exception):
    """Weights that do not make the model their recipe describes."""


class SettingError(ValueError):
    """A sampling setting outside its bounds."""


class TranscriptError(Exception):
    """A position on the transcript that cannot be returned to."""
