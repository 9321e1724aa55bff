"""An MCP server of the official Python package, over HTTP, behind a bearer token. Says its port."""

import asyncio
import os
import socket

import uvicorn
from mcp.server import MCPServer

crm = MCPServer("crm")


@crm.tool()
def customer(number: int) -> dict[str, str]:
    """Looks a customer up."""
    return {"name": f"Customer {number}", "mail": "ann@example.org"}


@crm.tool()
def fails() -> str:
    """Fails."""
    raise ValueError("the customer's file is gone")


class Guarded:
    """Lets in who shows the token."""

    def __init__(self, app):
        self.app = app

    async def __call__(self, scope, receive, send):
        headers = dict(scope.get("headers", []))
        wanted = f"Bearer {os.environ['CRM_TOKEN']}".encode()
        if scope["type"] == "http" and headers.get(b"authorization") != wanted:
            await send({"type": "http.response.start", "status": 401, "headers": []})
            await send({"type": "http.response.body", "body": b""})
            return
        await self.app(scope, receive, send)


async def main():
    listener = socket.socket()
    listener.bind(("127.0.0.1", 0))
    print(listener.getsockname()[1], flush=True)
    config = uvicorn.Config(Guarded(crm.streamable_http_app()), log_level="error")
    await uvicorn.Server(config).serve(sockets=[listener])


asyncio.run(main())
