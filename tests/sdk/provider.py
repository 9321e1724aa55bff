"""A scripted provider for the SDKs' tests: what it answers is chosen by the model's name."""

import json
import sys
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

USAGE = {"prompt_tokens": 11, "completion_tokens": 7, "total_tokens": 18}
ERRORS = {
    "bad-request": (400, "invalid_value"),
    "overloaded": (429, "rate_limit_exceeded"),
    "broken": (500, "server_error"),
}


def completion(message, reason="stop"):
    choice = {"index": 0, "message": message, "logprobs": None, "finish_reason": reason}
    head = {"id": "chatcmpl-1", "object": "chat.completion", "created": 1700000000, "model": "scripted"}
    return {**head, "choices": [choice], "usage": USAGE}


def chunk(delta, reason=None):
    choice = {"index": 0, "delta": delta, "finish_reason": reason}
    head = {"id": "chatcmpl-1", "object": "chat.completion.chunk", "created": 1700000000, "model": "scripted"}
    return {**head, "choices": [choice]}


def call(index, name, arguments, with_id=True):
    entry = {"index": index, "function": {"arguments": arguments}}
    if with_id:
        entry.update({"id": f"call_{index}", "type": "function"})
        entry["function"]["name"] = name
    return {"tool_calls": [entry]}


TOOLS = [
    chunk({"role": "assistant", "content": None}),
    chunk(call(0, "weather", "")),
    chunk(call(0, "weather", '{"city":', False)),
    chunk(call(1, "weather", "")),
    chunk(call(0, "weather", ' "Rome"}', False)),
    chunk(call(1, "weather", '{"city": "Oslo"}', False)),
    chunk({}, "tool_calls"),
]
WORDS = [chunk({"role": "assistant", "content": ""})]
WORDS += [chunk({"content": word}) for word in ["Hello ", "from ", "the ", "provider."]]
WORDS += [chunk({}, "stop")]


class Provider(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def log_message(self, *_):
        pass

    def do_POST(self):
        body = json.loads(self.rfile.read(int(self.headers["content-length"])))
        model = body["model"]
        if model in ERRORS:
            status, code = ERRORS[model]
            return self.json(status, {"error": {"message": "as the test asks", "type": "x", "code": code}})
        if model == "slow":
            time.sleep(30)
        if self.path.endswith("/embeddings"):
            rows = [{"object": "embedding", "index": n, "embedding": [0.5, -1.25]} for n in range(len(body["input"]))]
            return self.json(200, {"object": "list", "data": rows, "model": model, "usage": USAGE})
        if body.get("stream"):
            chunks = TOOLS if body.get("tools") else WORDS
            if model == "breaks":
                return self.events(chunks[:2] + [chunk({"content": "One. Two. "})], done=False)
            last = {**chunk({}), "choices": [], "usage": USAGE}
            return self.events([*chunks, last])
        if "response_format" in body:
            return self.json(200, completion({"role": "assistant", "content": '{"city": "Rome", "people": 3}'}))
        if body.get("tools"):
            calls = [
                {"id": "call_0", "type": "function", "function": {"name": "weather", "arguments": '{"city": "Rome"}'}},
                {"id": "call_1", "type": "function", "function": {"name": "weather", "arguments": '{"city": "Oslo"}'}},
            ]
            return self.json(200, completion({"role": "assistant", "content": None, "tool_calls": calls}, "tool_calls"))
        return self.json(200, completion({"role": "assistant", "content": "Hello from the provider."}))

    def json(self, status, body):
        data = json.dumps(body).encode()
        self.send_response(status)
        self.send_header("content-type", "application/json")
        self.send_header("content-length", str(len(data)))
        if status == 429:
            self.send_header("retry-after", "7")
        self.end_headers()
        self.wfile.write(data)

    def events(self, chunks, done=True):
        text = "".join(f"data: {json.dumps(one)}\n\n" for one in chunks)
        data = (text + ("data: [DONE]\n\n" if done else "")).encode()
        self.send_response(200)
        self.send_header("content-type", "text/event-stream")
        self.send_header("content-length", str(len(data)))
        self.end_headers()
        self.wfile.write(data)


if __name__ == "__main__":
    server = ThreadingHTTPServer(("127.0.0.1", 0), Provider)
    print(server.server_address[1], flush=True)
    server.serve_forever()
    sys.exit(0)
