"""A planted optimum among 2,856 prompts, and how often, and in how many calls, each algorithm finds it. See `run`."""

import asyncio
import hashlib
import json
import os
import re
import statistics
import subprocess
import sys
import tempfile
import threading

CASES = 120
SEEDS = range(1, int(os.environ.get("SEEDS", "20")) + 1)
SEARCHES = [("random", 600), ("mipro", 600), ("gepa", 600), ("random", 1200), ("mipro", 1200), ("gepa", 1200), ("random", 2400)]
TOPICS = ["amber", "basalt", "cedar", "dune", "ember"]
TIP = "Say step by step how to get from a question to an answer."
WRITER = "You improve the instructions"


def fold(text):
    return int.from_bytes(hashlib.sha256(str(text).encode()).digest()[:4], "big")


def style(tip):
    return f"style {fold(tip) % 1000}."


def quality(instructions, examples, passages, model):
    """The share of the cases that a prompt gets right: a fifth, and more for each part that is as planted."""
    shown = " ".join(examples)
    parts = [
        (style(TIP) in instructions, 0.2),
        ("about amber" in shown, 0.1),
        ("about basalt" in shown, 0.1),
        (passages == 4, 0.2),
        (model == "powerful", 0.2),
    ]
    return 0.2 + sum(worth for holds, worth in parts if holds)


def written(text):
    """The tip that a writer follows: the one that it was given; who reads what went wrong hits on the right one in three."""
    tip = text.splitlines()[-1]
    if not tip.startswith("Mend"):
        return tip
    return TIP if fold(text) % 3 == 0 else str(fold(text))


def say(body):
    *before, last = body["messages"]
    system = before[0]["content"] if before and before[0]["role"] == "system" else ""
    if WRITER in system:
        return f"```\nAnswer in {style(written(last['content']))}\n```"
    asked = re.search(r"say of (\d+)\?", last["content"])
    if not asked:
        return "The answer is not known here."
    examples = [message["content"] for message in before if message["role"] == "user"]
    reached = quality(system, examples, system.count("entrymark"), body["model"])
    is_right = fold(asked[1]) % 100 / 100 < reached
    return f"The answer is yes-{asked[1]}." if is_right else "The answer is not known here."


async def serve(reader, writer):
    """Chat completions as a stream, a connection for many."""
    try:
        while True:
            head = (await reader.readuntil(b"\r\n\r\n")).decode().lower()
            length = int(re.search(r"content-length: (\d+)", head)[1])
            text = say(json.loads(await reader.readexactly(length)))
            base = {"id": "c", "object": "chat.completion.chunk", "created": 1, "model": "planted"}
            chunks = [
                {**base, "choices": [{"index": 0, "delta": {"role": "assistant", "content": text}, "finish_reason": None}]},
                {**base, "choices": [{"index": 0, "delta": {}, "finish_reason": "stop"}]},
                {**base, "choices": [], "usage": {"prompt_tokens": 100, "completion_tokens": 10, "total_tokens": 110}},
            ]
            events = "".join(f"data: {json.dumps(chunk)}\n\n" for chunk in chunks) + "data: [DONE]\n\n"
            answer = f"HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\ncontent-length: {len(events)}\r\n\r\n{events}"
            writer.write(answer.encode())
            await writer.drain()
    except (asyncio.IncompleteReadError, ConnectionError):
        writer.close()


def model():
    """The model's server on a free port."""
    loop, ready = asyncio.new_event_loop(), threading.Event()
    found = []

    async def begin():
        server = await asyncio.start_server(serve, "127.0.0.1", 0)
        found.append(server.sockets[0].getsockname()[1])
        ready.set()

    def run():
        loop.create_task(begin())
        loop.run_forever()

    threading.Thread(target=run, daemon=True).start()
    ready.wait()
    return found[0]


AGENT = """apiVersion: katonic/v1
kind: Agent
metadata: {id: planted-agent, owner: a@example.org}
spec:
  model: balanced
  instructions: Answer.
  knowledge:
    collections: [entries]
    top_k: 6
"""


def suite():
    cases = [
        {
            "id": f"case-{n}",
            "input": f"What does the entry about {TOPICS[n % 5]} say of {n}?",
            "expect": {"facts": [f"yes-{n}"], "answer": f"The answer is yes-{n}."},
        }
        for n in range(CASES)
    ]
    spec = {"defaults": {"pass": {"correctness": 1.0}}, "cases": cases}
    return {"apiVersion": "katonic/v1", "kind": "EvalSuite", "metadata": {"id": "planted"}, "spec": spec}


class Home:
    """A sandbox whose tiers are the planted model's."""

    def __init__(self, binary, folder):
        self.binary, self.folder = os.path.abspath(binary), folder
        self.environment = {**os.environ, "KATONIC_HOME": folder, "KATONIC_LOG": "error"}
        self("sandbox", "up", "--port", "0")
        self("sandbox", "down")
        tiers = "".join(f'{tier} = "planted/{tier}"\n' for tier in ("fast", "balanced", "powerful"))
        with open(f"{folder}/katonic.toml", "a") as file:
            file.write(f'\n[tiers]\n{tiers}[providers.planted]\nbase_url = "http://127.0.0.1:{model()}/v1"\n')
        self("sandbox", "up", "--port", "0")
        self.write("agent.yml", AGENT)
        self.write("suite.yml", json.dumps(suite()))
        rows = [{"doc_id": f"e-{n}", "title": f"Entry {n}", "text": f"An entry that says entrymark {n}."} for n in range(20)]
        self.write("entries.jsonl", "\n".join(map(json.dumps, rows)))
        self("documents", "add", "--jsonl", f"{folder}/entries.jsonl", "--collection", "entries", "--public")
        self("agents", "apply", f"{folder}/suite.yml")
        # Each search begins here, also after what another one found was applied.
        self.version = self.json("agents", "apply", f"{folder}/agent.yml")["version"]

    def write(self, name, text):
        with open(f"{self.folder}/{name}", "w") as file:
            file.write(text)

    def __call__(self, *arguments):
        done = subprocess.run([self.binary, *arguments], env=self.environment, capture_output=True, text=True)
        if done.returncode != 0:
            sys.exit(f"{arguments}: {done.stderr}")
        return done.stdout

    def json(self, *arguments):
        return json.loads(self(*arguments, "--json"))


def search(home, algorithm, calls, seed):
    """The quality of the best candidate, the calls used, and the verdict."""
    found = home.json(
        "prompts", "optimise", "planted-agent", "--suite", "planted", "--budget", f"{calls}calls",
        "--algorithm", algorithm, "--seed", str(seed), "--version", home.version,
    )
    assert found["status"] == "finished" and found["spent"]["calls"] <= calls, found
    applied = home.json("prompts", "apply", found["optimisation_id"], "--candidate", found["best"])
    spec = applied["definition"]["spec"]
    reached = quality(
        spec["instructions"], [shot["user"] for shot in spec.get("examples", [])],
        spec["knowledge"]["top_k"], spec["model"],
    )
    verdict = found["holdout"]["verdict"] if found["holdout"] else "none"
    return reached, found["spent"]["calls"], verdict


def main():
    with tempfile.TemporaryDirectory() as folder:
        home = Home(sys.argv[1], folder)
        try:
            print(f"{len(SEEDS)} seeds; the agent as it was gets 0.20 of the cases right, the planted optimum 1.00\n")
            print("| algorithm | budget, calls | used, median | true quality: mean | worst | optimum | said to be improved |")
            print("|---|---|---|---|---|---|---|")
            for algorithm, calls in SEARCHES:
                found = [search(home, algorithm, calls, seed) for seed in SEEDS]
                reached = [quality for quality, _, _ in found]
                used = statistics.median(calls for _, calls, _ in found)
                best = sum(quality > 0.999 for quality in reached)
                improved = sum(verdict == "improved" for _, _, verdict in found)
                print(
                    f"| {algorithm} | {calls} | {used:.0f} | {statistics.mean(reached):.3f} | {min(reached):.2f} "
                    f"| {best} of {len(found)} | {improved} of {len(found)} |",
                    flush=True,
                )
        finally:
            home("sandbox", "down")


if __name__ == "__main__":
    main()
