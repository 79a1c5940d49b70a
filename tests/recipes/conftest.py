"""Laws are about results: a slow moment of a shared machine breaks none."""

from hypothesis import settings

settings.register_profile("unhurried", deadline=None, max_examples=50)
settings.load_profile("unhurried")
