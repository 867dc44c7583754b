"""A persona as a YAML file that a person can read and change."""

from __future__ import annotations

from typing import Any

from digital_life.persona.schema import Persona

_WIDTH = 118
_FLOWING = ("personality", "voice", "topics")


def persona_yaml(persona: Persona, heading: str = "") -> str:
    """The persona as YAML text in the order of the schema; what has its default is left out, ``age`` never."""
    import yaml

    class Dumper(yaml.SafeDumper):
        def increase_indent(self, flow: bool = False, indentless: bool = False) -> None:
            super().increase_indent(flow, False)

    class Flow(dict[str, Any]):
        """A mapping on one line."""

    class FlowList(list[Any]):
        """A list on one line."""

    Dumper.add_representer(
        Flow, lambda dumper, data: dumper.represent_mapping("tag:yaml.org,2002:map", data, flow_style=True)
    )
    Dumper.add_representer(
        FlowList, lambda dumper, data: dumper.represent_sequence("tag:yaml.org,2002:seq", data, flow_style=True)
    )
    full = persona.model_dump(mode="json")
    data = persona.model_dump(mode="json", exclude_defaults=True) | {"age": persona.age}
    ordered = {field: data[field] for field in full if field in data}
    ordered["personality"] = full["personality"]
    ordered = {field: ordered[field] for field in full if field in ordered}
    for field in _FLOWING:
        value = ordered.get(field)
        if value:
            ordered[field] = Flow(value) if isinstance(value, dict) else FlowList(value)
    text = yaml.dump(ordered, Dumper=Dumper, sort_keys=False, allow_unicode=True, width=_WIDTH)
    comment = "".join(f"# {line}\n" for line in heading.splitlines())
    return comment + text
