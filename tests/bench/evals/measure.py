"""Evaluations beside promptfoo on the same cases, and by themselves on the built-in answerer. See `run`."""

import asyncio
import json
import os
import re
import statistics
import subprocess
import sys
import tempfile
import threading
import time

CASES = 127
AT_ONCE = 16
ROUNDS = 3
WORDS = ["quick brown fox", "lazy dog", "jumps over", "keeps going"]
SAID = "The quick brown fox jumps over the lazy dog and keeps going."
PAGE = os.sysconf("SC_PAGE_SIZE")
TICKS = os.sysconf("SC_CLK_TCK")


def answer(body):
    usage = {"prompt_tokens": 20, "completion_tokens": 15, "total_tokens": 35}
    base = {"id": "c", "created": 1, "model": "mock"}
    if not body.get("stream"):
        message = {"role": "assistant", "content": SAID}
        choice = {"index": 0, "message": message, "finish_reason": "stop"}
        return "application/json", json.dumps({**base, "object": "chat.completion", "choices": [choice], "usage": usage})
    base["object"] = "chat.completion.chunk"
    chunks = [
        {**base, "choices": [{"index": 0, "delta": {"role": "assistant", "content": SAID}, "finish_reason": None}]},
        {**base, "choices": [{"index": 0, "delta": {}, "finish_reason": "stop"}]},
        {**base, "choices": [], "usage": usage},
    ]
    return "text/event-stream", "".join(f"data: {json.dumps(chunk)}\n\n" for chunk in chunks) + "data: [DONE]\n\n"


def upstream(wait):
    """A provider that answers after so many seconds, on a free port."""
    loop, ready, found = asyncio.new_event_loop(), threading.Event(), []

    async def serve(reader, writer):
        try:
            while True:
                head = (await reader.readuntil(b"\r\n\r\n")).decode().lower()
                length = int(re.search(r"content-length: (\d+)", head)[1])
                kind, text = answer(json.loads(await reader.readexactly(length)))
                await asyncio.sleep(wait)
                writer.write(f"HTTP/1.1 200 OK\r\ncontent-type: {kind}\r\ncontent-length: {len(text)}\r\n\r\n{text}".encode())
                await writer.drain()
        except (asyncio.IncompleteReadError, ConnectionError):
            writer.close()

    async def begin():
        server = await asyncio.start_server(serve, "127.0.0.1", 0)
        found.append(server.sockets[0].getsockname()[1])
        ready.set()

    threading.Thread(target=lambda: (loop.create_task(begin()), loop.run_forever()), daemon=True).start()
    ready.wait()
    return f"http://127.0.0.1:{found[0]}/v1"


def question(n):
    return f"Question number {n}: what is there to say of subject {n * 7 % 31}?"


def promptfoo_config(url):
    def asserts(n):
        word = WORDS[n % 4]
        return [
            {"type": "contains", "value": word},
            {"type": "icontains", "value": word.upper()},
            {"type": "not-contains", "value": f"forbidden-{n}"},
            {"type": "regex", "value": r"The quick \w+ fox"},
            {"type": "contains-any", "value": [word, f"other-{n}"]},
            {"type": "starts-with", "value": "The quick"},
            {"type": "contains-all", "value": ["fox", "dog", word]},
        ]

    provider = {"id": "openai:chat:mock", "config": {"apiBaseUrl": url, "apiKey": "sk-bench", "temperature": 0}}
    tests = [{"vars": {"q": question(n)}, "assert": asserts(n)} for n in range(CASES)]
    return {"prompts": ["You are careful. Answer: {{q}}"], "providers": [provider], "tests": tests}


def suite():
    def case(n):
        word = WORDS[n % 4]
        facts = [
            {"contains": word}, word.upper(), {"regex": r"The quick \w+ fox"}, [word, f"other-{n}"],
            {"regex": "^The quick"}, {"contains": "fox"}, {"contains": "dog"},
        ]
        return {"id": f"case-{n}", "input": question(n), "expect": {"facts": facts, "never": [f"forbidden-{n}"]}}

    spec = {"cases": [case(n) for n in range(CASES)]}
    return {"apiVersion": "katonic/v1", "kind": "EvalSuite", "metadata": {"id": "bench"}, "spec": spec}


AGENT = """apiVersion: katonic/v1
kind: Agent
metadata: {id: bench-agent, owner: a@example.org}
spec:
  model: local/mock
  instructions: You are careful.
"""


class Home:
    """A sandbox with a provider."""

    def __init__(self, binary, folder, url):
        self.binary, self.folder = os.path.abspath(binary), folder
        self.environment = {**os.environ, "KATONIC_HOME": folder, "KATONIC_LOG": "error"}
        self("sandbox", "up", "--port", "0")
        self("sandbox", "down")
        with open(f"{folder}/katonic.toml", "a") as file:
            file.write(f'\n[providers.local]\nbase_url = "{url}"\n')
        self("sandbox", "up", "--port", "0")
        for name, text in (("suite.yml", json.dumps(suite())), ("agent.yml", AGENT)):
            with open(f"{folder}/{name}", "w") as file:
                file.write(text)
        self("agents", "apply", f"{folder}/suite.yml")
        self("agents", "apply", f"{folder}/agent.yml")
        pids = [int(pid) for pid in os.listdir("/proc") if pid.isdigit()]
        self.daemon = next(pid for pid in pids if self.is_daemon(pid))

    def is_daemon(self, pid):
        try:
            with open(f"/proc/{pid}/environ") as file:
                return f"KATONIC_HOME={self.folder}\0" in file.read() and pid != os.getpid()
        except OSError:
            return False

    def command(self, *arguments):
        return [self.binary, *arguments]

    def __call__(self, *arguments):
        done = subprocess.run(self.command(*arguments), env=self.environment, capture_output=True, text=True)
        if done.returncode != 0:
            sys.exit(f"{arguments}: {done.stderr}")
        return done.stdout


def processor_seconds(pid):
    with open(f"/proc/{pid}/stat") as file:
        fields = file.read().rsplit(")", 1)[1].split()
    return (int(fields[11]) + int(fields[12])) / TICKS


def resident(pid):
    try:
        with open(f"/proc/{pid}/statm") as file:
            return int(file.read().split()[1]) * PAGE / 1e6
    except (OSError, IndexError):
        return 0


def tree(pid):
    children = {}
    for other in filter(str.isdigit, os.listdir("/proc")):
        try:
            with open(f"/proc/{other}/stat") as file:
                children.setdefault(int(file.read().rsplit(")", 1)[1].split()[1]), []).append(int(other))
        except OSError:
            continue
    found, todo = [], [pid]
    while todo:
        found.append(todo.pop())
        todo += children.get(found[-1], [])
    return found


def measured(command, environment, daemon=None):
    """Seconds, seconds of processors and the peak of memory in MB: of a command with all that it starts, and a daemon."""
    before = processor_seconds(daemon) if daemon else 0
    began, usage = time.perf_counter(), os.times()
    process = subprocess.Popen(command, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)
    peak, done = [0.0], threading.Event()

    def watch():
        while not done.is_set():
            pids = tree(process.pid) + ([daemon] if daemon else [])
            peak[0] = max(peak[0], sum(map(resident, pids)))
            done.wait(0.02)

    watcher = threading.Thread(target=watch)
    watcher.start()
    said = process.stderr.read()
    code = process.wait()
    wall, after = time.perf_counter() - began, os.times()
    done.set()
    watcher.join()
    if code != 0:
        sys.exit(f"{command}: {said.decode()}")
    spent = after.children_user + after.children_system - usage.children_user - usage.children_system
    return wall, spent + (processor_seconds(daemon) - before if daemon else 0), peak[0]


def side_by_side(binary, promptfoo, wait):
    url = upstream(wait)
    quiet = {
        **os.environ, "PROMPTFOO_DISABLE_TELEMETRY": "1", "PROMPTFOO_DISABLE_UPDATE": "1", "PROMPTFOO_CACHE_ENABLED": "false",
        "PROMPTFOO_DISABLE_REMOTE_GENERATION": "1", "PROMPTFOO_DISABLE_SHARING": "1", "PROMPTFOO_SELF_HOSTED": "1", "NO_COLOR": "1",
    }
    with tempfile.TemporaryDirectory() as folder, tempfile.TemporaryDirectory() as other:
        home = Home(binary, folder, url)
        with open(f"{other}/config.json", "w") as file:
            json.dump(promptfoo_config(url), file)
        ours = home.command("eval", "run", "--agent", "bench-agent", "--suite", "bench", "--fresh", "--wait",
                            "--concurrency", str(AT_ONCE), "--json")
        theirs = [promptfoo, "eval", "-c", f"{other}/config.json", "-j", str(AT_ONCE), "--no-cache", "--no-write",
                  "--no-table", "--no-progress-bar", "--no-share", "-o", f"{other}/out.json"]
        quiet["PROMPTFOO_CONFIG_DIR"] = f"{other}/state"
        found = {"katonic": [], "promptfoo": []}
        for _ in range(ROUNDS):
            found["katonic"].append(measured(ours, home.environment, home.daemon))
            if os.path.exists(promptfoo):
                found["promptfoo"].append(measured(theirs, quiet))
        if found["promptfoo"]:
            with open(f"{other}/out.json") as file:
                stats = json.load(file)["results"]["stats"]
            assert stats["successes"] == CASES, stats
        last = json.loads(home("eval", "list", "--limit", "1", "--json"))["data"][0]
        assert last["passed"] == CASES and last["cached"] == 0, last
        home("sandbox", "down")
    medians = {name: [statistics.median(column) for column in zip(*rows)] for name, rows in found.items() if rows}
    for name, (wall, spent, peak) in medians.items():
        print(f"| {wait * 1000:.0f} ms | {name} | {wall:.2f} | {spent:.2f} | {peak:.0f} |")
    if "promptfoo" in medians:
        ratios = [theirs / ours for ours, theirs in zip(medians["katonic"], medians["promptfoo"])]
        print(f"| {wait * 1000:.0f} ms | promptfoo's over ours | " + " | ".join(f"{ratio:.1f}×" for ratio in ratios) + " |")


def by_itself(binary):
    """The HR suite on the built-in answerer, the same sixteen times over, and a comparison of it."""
    with tempfile.TemporaryDirectory() as folder:
        home = Home(binary, folder, "http://127.0.0.1:9/v1")
        run = home.command("eval", "run", "--agent", "hr-assistant", "--suite", "hr-eval-v3", "--fresh", "--wait", "--json")
        rows = [measured(run, home.environment, home.daemon) for _ in range(ROUNDS)]
        print(f"| 127 cases × 7, built-in answerer | {statistics.median(row[0] for row in rows):.2f} s "
              f"| {max(row[2] for row in rows):.0f} MB |")
        many = many_cases(home)
        with open(f"{folder}/many.json", "w") as file:
            json.dump(many, file)
        home("agents", "apply", f"{folder}/many.json")
        run[run.index("hr-eval-v3")] = "many"
        rows = [measured(run, home.environment, home.daemon) for _ in range(ROUNDS)]
        print(f"| {len(many['spec']['cases'])} cases × 7 | {statistics.median(row[0] for row in rows):.2f} s "
              f"| {max(row[2] for row in rows):.0f} MB |")
        again = [part for part in run if part != "--fresh"]
        row = measured(again, home.environment, home.daemon)
        print(f"| the same, answers of an earlier run | {row[0]:.2f} s | {row[2]:.0f} MB |")
        runs = json.loads(home("eval", "list", "--limit", "2", "--json"))["data"]
        compare = home.command("eval", "compare", runs[0]["run_id"], "--baseline", runs[1]["run_id"], "--json")
        row = statistics.median(measured(compare, home.environment, home.daemon)[0] for _ in range(ROUNDS))
        print(f"| a comparison of {len(many['spec']['cases'])} cases, 8 bootstraps of 10,000 | {row * 1000:.0f} ms | |")
        home("sandbox", "down")


def many_cases(home):
    stored = home("eval", "list", "--limit", "1", "--json")
    run = json.loads(home("eval", "show", json.loads(stored)["data"][0]["run_id"], "--json"))
    cases = [
        {"id": f"{case['case_id']}-{copy}", "input": f"What do the policies say of {case['case_id'].replace('-', ' ')}?",
         "as_user": "sarah@example.org", "expect": {"never": ["salary review"]}}
        for copy in range(16) for case in run["data"]
    ][:2000]
    spec = {"cases": cases}
    return {"apiVersion": "katonic/v1", "kind": "EvalSuite", "metadata": {"id": "many"}, "spec": spec}


def main():
    binary, promptfoo = sys.argv[1], sys.argv[2] if len(sys.argv) > 2 else ""
    print(f"{CASES} cases, seven assertions each, {AT_ONCE} at once; medians of {ROUNDS} rounds\n")
    print("| upstream | | wall, s | CPU, s | peak, MB |\n|---|---|---|---|---|")
    for wait in (0.0, 0.05):
        side_by_side(binary, promptfoo, wait)
    print("\n| | time | peak |\n|---|---|---|")
    by_itself(binary)


main()
