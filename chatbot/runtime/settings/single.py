"""One setting judged alone, as it is typed: by the same rules that judge the whole configuration."""

from typing import Annotated, Any, get_args

from pydantic import BaseModel, TypeAdapter, ValidationError

from chatbot.runtime.settings import errors
from chatbot.runtime.settings.settings import Settings


def problem_of(table: str, key: str, value: Any) -> str:
    """What is wrong with this value of `projects.repository`, and how to fix it; empty where it is right. The value is not
    repeated. `table` is empty for a key at the top."""
    field = _model_of(table).model_fields[key]
    form: Any = Annotated[field.annotation, *field.metadata] if field.metadata else field.annotation
    try:
        TypeAdapter[Any](form).validate_python(value)
    except ValidationError as error:
        where = (table, key) if table else (key,)
        found_errors = [
            {**each, "loc": (*where, *each["loc"])} for each in error.errors(include_input=False, include_url=False)
        ]
        _, problem, fix = next(errors.mistakes(found_errors, Settings))
        return f"{problem}; {fix}"
    return ""


def _model_of(table: str) -> type[BaseModel]:
    annotation: Any = Settings.model_fields[table].annotation if table else Settings
    model: type[BaseModel] = get_args(annotation)[0] if get_args(annotation) else annotation
    return model
