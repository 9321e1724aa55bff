"""The official client against the daemon, over HTTP and through `katonic mcp`. Usage: check.py KATONIC HOME"""

import asyncio
import json
import os
import sys

import httpx2
from mcp import Client, StdioServerParameters
from mcp.client.streamable_http import streamable_http_client

KATONIC, HOME = sys.argv[1:3]
HEADERS = {"Authorization": f"Bearer {os.environ['KATONIC_API_KEY']}", "X-User-Email": "sarah@example.org"}
SERVERS = {"everything", "files", "crm"}


async def called(client, name, arguments=None):
    """Whether a call went well, and its text."""
    result = await client.call_tool(name, arguments or {})
    return not result.is_error, "".join(part.text for part in result.content)


async def names(client):
    return {tool.name for tool in (await client.list_tools()).tools}


async def connected(client):
    """The tools, once every server's are among them."""
    while True:
        tools = await names(client)
        if SERVERS <= {name.split("__")[0] for name in tools}:
            return tools
        await asyncio.sleep(0.1)


async def check(client):
    tools = await connected(client)
    assert {"ask-hr-assistant", "calculator", "everything__echo", "files__read_text_file"} <= tools, tools
    assert "files__write_file" not in tools, "a tool that no pattern names is not taken"
    assert "files__read_media_file" not in tools, "a critical tool is not offered"
    ok, answer = await called(client, "ask-hr-assistant", {"question": "What's the remote work policy?"})
    assert ok and "three days a week" in answer, answer
    assert await called(client, "everything__echo", {"message": "hello"}) == (True, "Echo: hello")
    ok, environment = await called(client, "everything__get-env")
    assert set(json.loads(environment)) <= {"PATH", "HOME", "CRM_TOKEN"}, environment
    ok, text = await called(client, "files__read_text_file", {"path": f"{HOME}/files/policy.txt"})
    assert ok and "Three days a week." in text, text
    ok, why = await called(client, "files__read_text_file", {"path": "/etc/passwd"})
    assert not ok and "Access denied" in why, why
    ok, customer = await called(client, "crm__customer", {"number": 7})
    assert ok and json.loads(customer) == {"name": "Customer 7", "mail": "[EMAIL_1]"}, customer
    statuses = [json.loads((await called(client, f"{who}__knock"))[1])["status"] for who in ("known", "unknown")]
    assert statuses[0] != 401 and statuses[1] == 401, f"a call over HTTP shows its token: {statuses}"
    ok, why = await called(client, "crm__fails")
    assert not ok and "Error executing tool" in why, why
    # Longer than a call may take in silence: progress is told, so it goes on.
    ok, done = await called(client, "everything__trigger-long-running-operation", {"duration": 4, "steps": 8})
    assert ok and "completed" in done, done
    ok, why = await called(client, "rm_rf")
    assert not ok and "no tool" in why, why


async def main():
    async with httpx2.AsyncClient(headers=HEADERS, timeout=60) as http:
        transport = streamable_http_client(f"{os.environ['KATONIC_URL']}/mcp", http_client=http)
        async with Client(transport) as client:
            await check(client)
            print("over HTTP: passed")
        narrowed = streamable_http_client(f"{os.environ['KATONIC_URL']}/mcp?agents=none", http_client=http)
        async with Client(narrowed) as client:
            ok, why = await called(client, "ask-hr-assistant", {"question": "Hello?"})
            assert not ok and "not offered" in why, why
    environment = {name: os.environ[name] for name in ("KATONIC_HOME", "KATONIC_URL", "KATONIC_API_KEY", "PATH")}
    stdio = StdioServerParameters(
        command=KATONIC, args=["mcp", "--as", "sarah@example.org"], env=environment
    )
    async with Client(stdio) as client:
        await check(client)
        print("katonic mcp: passed")


asyncio.run(main())
