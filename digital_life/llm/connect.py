"""From the user's wish to a chat model, and one line that says which was taken and why."""

from __future__ import annotations

from typing import Literal

from digital_life.errors import DigitalLifeError
from digital_life.llm.chat import ChatModel

Mind = Literal["auto", "openai", "local", "offline"]


def connect(
    mind: Mind = "auto",
    *,
    model: str | None = None,
    base_url: str | None = None,
    seed: int = 0,
    threads: int | None = None,
) -> tuple[ChatModel, str]:
    """A ready chat model and why it is this one.

    "auto" takes the first that is there: a configured server that answers, an installed local model, else none.
    ``model`` is a name for the server, a registry name or the path of a .gguf file; a path rules the server out.
    ``threads`` is how many a local model uses; None takes one a core, at most four.

    Raises:
        InputError: an option or a setting is wrong.
        AssetError: ``mind`` is "local" and there are no weights or no runtime.
        ModelError: ``mind`` is "openai" and the server does not answer.
    """
    if mind == "openai":
        return _server(model, base_url, seed)
    if mind == "local":
        return _local(model, seed, threads)
    if mind == "offline":
        return _offline("asked for")
    return _first_there(model, base_url, seed, threads)


def _first_there(model: str | None, base_url: str | None, seed: int, threads: int | None) -> tuple[ChatModel, str]:
    """Server, local, offline, in this order; why the earlier ones fell out stands in the reason."""
    passed_over = []
    if _names_weights(model):
        passed_over.append("a local model is named")
    else:
        try:
            server, reason = _server(model, base_url, seed)
            return server, reason
        except DigitalLifeError as error:
            passed_over.append(f"no server: {error.problem}")
    try:
        local, reason = _local(model if _names_weights(model) else None, seed, threads)
        return local, f"{reason}; {passed_over[0]}"
    except DigitalLifeError as error:
        if _names_weights(model):
            raise
        passed_over.append(f"no local model: {error.problem}")
    return _offline("; ".join(passed_over))


def _names_weights(model: str | None) -> bool:
    from digital_life.llm.registry import WEIGHTS

    return model is not None and (model in WEIGHTS or model.endswith(".gguf"))


def _server(model: str | None, base_url: str | None, seed: int) -> tuple[ChatModel, str]:
    from digital_life.llm.openai_backend import OpenAIModel
    from digital_life.llm.settings import ServerSettings

    settings = ServerSettings.from_environment(model=model, base_url=base_url)
    server = OpenAIModel(settings, seed=seed)
    try:
        server.probe()
    except DigitalLifeError:
        server.close()
        raise
    return server, f"{server.profile.label} (the server at {settings.base_url} answers)"


def _local(model: str | None, seed: int, threads: int | None) -> tuple[ChatModel, str]:
    from digital_life.llm.local_backend import LocalModel
    from digital_life.llm.models import locate
    from digital_life.llm.profiles import local_profile

    path, weights = locate(model)
    local = LocalModel(path, local_profile(path, weights), seed=seed, threads=threads)
    return local, f"{local.profile.label} (in this process, {path.stat().st_size / 1e6:.0f} MB)"


def _offline(why: str) -> tuple[ChatModel, str]:
    from digital_life.llm.offline import OfflineModel

    return OfflineModel(), f"offline: no language model, answers come from the persona's own lines ({why})"
