"""What is wrong with a recipe."""


class RecipeError(Exception):
    """A recipe that cannot be used. `faults` holds one plain sentence for each thing that is wrong with it."""

    def __init__(self, *faults: str) -> None:
        super().__init__("\n".join(faults))
        self.faults = faults
