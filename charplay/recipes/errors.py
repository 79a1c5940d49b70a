"""What is wrong with a recipe."""

from charplay.errors import CharplayError


class RecipeError(CharplayError):
    """A recipe that cannot be used. `faults` holds one plain sentence for each thing that is wrong with it."""

    def __init__(self, *faults: str) -> None:
        super().__init__("\n".join(faults))
        self.faults = faults


class UnresolvedError(TypeError):
    """A recipe that is not resolved yet was asked for a size; `field` is still `auto`, or does not apply."""

    def __init__(self, field: str, value: object) -> None:
        super().__init__(f"{field} is {value}: the recipe is not resolved")
        self.field = field
