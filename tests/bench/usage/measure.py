"""Fills a year of usage into a home's store, and measures the daemon's answers. See `run`."""

import json
import os
import random
import sqlite3
import statistics
import subprocess
import sys
import tempfile
import time
import urllib.request
from datetime import datetime, timedelta, timezone

CALLS_A_DAY = 1_000_000
DAYS = 365
# Buckets of a sketch: latencies over three orders of magnitude.
BUCKETS = range(200, 380)
GROUPS = {"total": 1, "endpoint": 10, "model": 10, "key": 20, "agent": 10, "provider": 5, "user": 500}
# Rows of an hour, for each of the year's, are kept where a year by hour is asked for.
HOURLY = {"total"}
ROUNDS = 7


def main():
    binary = os.path.abspath(sys.argv[1])
    with tempfile.TemporaryDirectory() as home:
        environment = {**os.environ, "KATONIC_HOME": home, "KATONIC_LOG": "error"}
        with_sandbox(binary, environment, "up", "--port", "0")
        with_sandbox(binary, environment, "down")
        end = fill(os.path.join(home, "data", "katonic.db"))
        with_sandbox(binary, environment, "up", "--port", "0")
        try:
            ask(binary, environment, home, end)
        finally:
            with_sandbox(binary, environment, "down")


def with_sandbox(binary, environment, *arguments):
    subprocess.run([binary, "sandbox", *arguments], env=environment, check=True, capture_output=True)


def fill(path):
    """Rows of days, months and hours, as the roll-up writes them; when they end."""
    chance = random.Random(7)
    end = datetime.now(timezone.utc).replace(minute=0, second=0, microsecond=0)
    start = end - timedelta(days=DAYS)
    spans = {"hour": [], "day": [], "month": []}
    at = start
    while at < end:
        spans["hour"].append(at)
        for span, began in (("day", at.replace(hour=0)), ("month", at.replace(day=1, hour=0))):
            if not spans[span] or spans[span][-1] != began:
                spans[span].append(began)
        at += timedelta(hours=1)
    store = sqlite3.connect(path)
    store.execute("DELETE FROM usage_rollups")
    rows = 0
    for dimension, count in GROUPS.items():
        for span, beginnings in spans.items():
            # Only the hours at the ends of a range are read where it is longer than a day.
            kept = beginnings if span != "hour" or dimension in HOURLY else beginnings[:24] + beginnings[-24:]
            for began in kept:
                for number in range(count):
                    store.execute(INSERT, row(chance, dimension, number, span, began, CALLS_A_DAY // count))
                    rows += 1
    store.commit()
    store.close()
    print(f"{rows} rows of {DAYS} days, {len(BUCKETS)} buckets a sketch")
    return end


INSERT = (
    "INSERT INTO usage_rollups (team, dimension, name, span, began_at, calls, errors, blocked, cached, input_tokens, "
    "output_tokens, cost_nanos, latencies) VALUES ('default', ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"
)


def row(chance, dimension, number, span, began, calls):
    name = "" if dimension == "total" else f"{dimension}-{number}"
    share = max(1, calls // len(BUCKETS))
    counts = ",".join(str(share + chance.randrange(99)) for _ in BUCKETS)
    sketch = f"{BUCKETS.start}:{counts}"
    milliseconds = int(began.timestamp() * 1000)
    return dimension, name, span, milliseconds, calls, 7, 3, 5, calls * 100, calls * 200, calls * 1000, sketch


def ask(binary, environment, home, end):
    status = subprocess.run([binary, "sandbox", "status", "--json"], env=environment, capture_output=True, text=True)
    base = json.loads(status.stdout)["url"]
    token = subprocess.run(
        [binary, "keys", "create", "bench", "--scopes", "analytics", "--role", "auditor", "--json"],
        env=environment, check=True, capture_output=True, text=True,
    )
    secret = json.loads(token.stdout)["secret"]
    since = (end - timedelta(days=DAYS) + timedelta(hours=5)).strftime("%Y-%m-%dT%H:%M:%SZ")
    for question in ("", "bucket=day", "bucket=hour", "group_by=model", "group_by=user", "group_by=key&bucket=month",
                     "group_by=endpoint&bucket=day"):
        address = f"{base}/public/v1/analytics/usage?from={since}&{question}"
        times = []
        for _ in range(ROUNDS):
            request = urllib.request.Request(address, headers={"Authorization": f"Bearer {secret}"})
            began = time.perf_counter()
            body = urllib.request.urlopen(request).read()
            times.append((time.perf_counter() - began) * 1000)
        rows = len(json.loads(body)["data"])
        print(f"{question or 'the total':<30} {rows:>6} rows {statistics.median(times):>7.1f} ms")


main()
