"""The Python API: what `import charplay` offers, for scripts and notebooks. charplay/__init__.py lists the names."""
