"""Laws are about results: a slow moment of a shared machine breaks none."""

from hypothesis import settings

settings.register_profile("unhurried", deadline=None)
settings.load_profile("unhurried")
