"""Files: replaced atomically, opened only where they are regular; the user's paths; the package's registries."""
