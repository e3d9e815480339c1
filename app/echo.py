"""What answers repeat of a request: only the fields that it had."""

from typing import Annotated, TypeVar

from pydantic import BaseModel, PlainSerializer

Asked = TypeVar("Asked", bound=BaseModel)

AsAsked = Annotated[
    Asked,
    PlainSerializer(
        # A lambda, since an annotated return type would take the place of the model's schema.
        lambda asked: asked.model_dump(mode="json", exclude_unset=True, exclude_none=True),
        when_used="json",
    ),
]
"""A request in an answer. In JSON it has no field that was left out of it."""
