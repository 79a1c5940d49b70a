"""A recipe that takes over a checkpoint's weights must build a network of the same shape."""

from charplay.recipes.errors import RecipeError
from charplay.recipes.recipe import Recipe
from charplay.recipes.specs import format_value

SHAPE_FIELDS = ("cell", "input", "num_layers", "hidden_size", "embedding_size", "scalar_scale")
"""Fields that decide what a weight means, besides the text's characters."""


def inherit_shape(asked: Recipe, source: Recipe) -> Recipe:
    """`asked` with every `auto` among its shapes as it is in `source`, which is resolved.

    Raises RecipeError, one sentence naming every field, where the weights would not fit.
    """
    recipe = asked.model_copy(
        update={name: getattr(source, name) for name in SHAPE_FIELDS if getattr(asked, name) == "auto"},
    )
    differing = [
        f"{name} is {format_value(getattr(recipe, name))} here and {format_value(getattr(source, name))} there"
        for name in SHAPE_FIELDS
        if getattr(recipe, name) != getattr(source, name)
    ]
    if differing:
        raise RecipeError(f"the checkpoint's weights do not fit: {'; '.join(differing)}; set them alike")
    return recipe
