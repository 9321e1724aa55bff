"""Events of `POST /public/v1/chat`, beside a client that openapi-python-client generated.

    for name, data in chat_stream(client, {"agent_id": "hr-assistant", "messages": [...]}, user="sarah@example.org"):
        if name == "completion.delta":
            print(data["text"], end="")
"""

import json
from collections.abc import Iterator
from typing import Any

from katonic_client import AuthenticatedClient


def chat_stream(client: AuthenticatedClient, body: dict[str, Any], user: str) -> Iterator[tuple[str, dict[str, Any]]]:
    """Yields each event's name and data, up to `agent.complete`. A failure raises; leaving the loop cancels the call."""
    headers = {"X-User-Email": user, "Accept": "text/event-stream"}
    body = {**body, "stream": True}
    with client.get_httpx_client().stream("POST", "/public/v1/chat", json=body, headers=headers) as answer:
        if answer.status_code != 200:
            raise RuntimeError(json.loads(answer.read())["error"]["message"])
        name, data = "message", ""
        for line in answer.iter_lines():
            field, _, value = line.partition(":")
            value = value.removeprefix(" ")
            if field == "event":
                name = value
            elif field == "data":
                data += value
            elif line == "" and data:
                event = json.loads(data)
                if name == "error":
                    raise RuntimeError(event["error"]["message"])
                yield name, event
                if name == "agent.complete":
                    return
                name, data = "message", ""
    raise RuntimeError("the stream ended before its answer did")
