"""What is wrong with a request, as the API answers it and its client reads it (RFC 9457)."""

from pydantic import BaseModel

from indexer.errors import ReelfindError
from probes.messages import first_lines


class FieldProblem(BaseModel):
    """What is wrong with one field of a request."""

    field: str
    detail: str


class FieldsError(ReelfindError):
    """Fields that are well formed, each of which makes no sense here."""

    def __init__(self, errors: list[FieldProblem]) -> None:
        super().__init__(in_a_line(errors))
        self.errors = errors


def in_a_line(errors: list[FieldProblem]) -> str:
    """Return what is wrong with the first fields, in one line."""
    return "; ".join(first_lines([f"{each.field}: {each.detail}" for each in errors]))


class Problem(BaseModel):
    """The body of every error."""

    type: str = "about:blank"
    title: str
    status: int
    detail: str
    errors: list[FieldProblem] = []
