"""Latency, ingest rate and memory over many passages, of which a user may read all, a few, or next to none."""

import concurrent.futures
import itertools
import json
import random
import statistics
import tempfile
import time

# Shares of the passages that the three people may read.
SHARES = {"all@example.org": 1.0, "some@example.org": 0.01, "few@example.org": 0.0001}
WORDS_OF_A_QUESTION = 6
QUESTIONS = 200
# Questions before, that fill the caches.
WARM = 10
WORKERS = 8


class Language:
    """Words as seldom as those of a real language: by Zipf's law, with Mandelbrot's shift."""

    def __init__(self, seed, vocabulary=300_000):
        self.chance = random.Random(seed)
        syllables = [c + v for c in "bcdfghklmnprstvw" for v in "aeiou"]
        shapes = itertools.chain.from_iterable(itertools.product(syllables, repeat=n) for n in range(2, 5))
        self.words = ["".join(parts) for parts in itertools.islice(shapes, vocabulary)]
        random.Random(0).shuffle(self.words)
        self.cumulated = list(itertools.accumulate(1 / (rank + 2.7) for rank in range(vocabulary)))

    def text(self):
        words = self.chance.choices(self.words, cum_weights=self.cumulated, k=self.chance.randrange(60, 170))
        return " ".join(words)

    def question(self):
        """Words as they come in texts, but for the most frequent: those that a question has beside them say nothing."""
        words = self.chance.choices(self.words, cum_weights=self.cumulated, k=400)
        telling = [word for word in dict.fromkeys(words) if word not in self.silent]
        return " ".join(telling[:WORDS_OF_A_QUESTION])

    @property
    def silent(self):
        return self.words[:150]


def measure(start, sizes):
    for size in sizes:
        with start() as daemon:
            people(daemon)
            language = Language(size)
            began, used = time.perf_counter(), daemon.seconds()
            fill(daemon, language, size)
            seconds, used = time.perf_counter() - began, daemon.seconds() - used
            print(f"\n{size} passages: {size / seconds:.0f} added a second by {WORKERS} clients, {used * 1000 / size:.2f} ms "
                  f"of CPU each; the store holds {daemon.size():.0f} MB, memory {daemon.memory()[0]:.0f} MB, "
                  f"{daemon.memory()[1]:.0f} MB at its peak")
            secret = daemon.key("reader", "--scopes", "search,knowledge/read", "--act-as", "*@example.org")
            if daemon.settings:
                everybody = daemon.client(secret, next(iter(SHARES)))
                daemon.wait_for_vectors((f"d-{number}" for number in range(size)), everybody)
                print(f"  all embedded after {time.perf_counter() - began:.0f} s; the store holds {daemon.size():.0f} MB")
            for user, share in SHARES.items():
                used = daemon.seconds()
                times, found = ask(daemon.client(secret, user), Language(size + 1))
                used = (daemon.seconds() - used) / (QUESTIONS + WARM)
                cuts = statistics.quantiles(times, n=20)
                print(f"  {share:>7.2%} readable  p50 {cuts[9]:>6.1f} ms   p95 {cuts[18]:>6.1f} ms   "
                      f"max {max(times):>6.1f} ms   CPU {used * 1000:>5.1f} ms   {found:.1f} passages found")
            print(f"  memory {daemon.memory()[0]:.0f} MB, {daemon.memory()[1]:.0f} MB at its peak")


def people(daemon):
    users = [{"email": user, "groups": [group(user)]} for user in SHARES]
    with tempfile.NamedTemporaryFile("w", suffix=".yml") as file:
        json.dump({"users": users}, file)
        file.flush()
        daemon.run("users", "import", file.name)


def group(user):
    return user.split("@")[0]


def fill(daemon, language, size):
    def groups(number):
        return [group(user) for user, share in SHARES.items() if number % round(1 / share) == 0]

    def work(calls):
        call = daemon.client()
        for number, text in calls:
            body = {"doc_id": f"d-{number}", "collection": "speed", "text": text, "groups": groups(number)}
            call("/knowledge/documents", body)

    batch = WORKERS * 500
    with concurrent.futures.ThreadPoolExecutor(WORKERS) as pool:
        for first in range(0, size, batch):
            calls = [(number, language.text()) for number in range(first, min(first + batch, size))]
            list(pool.map(work, [calls[n::WORKERS] for n in range(WORKERS)]))


def ask(call, language):
    times, found = [], []
    for number in range(QUESTIONS + WARM):
        body = {"query": language.question(), "collections": ["speed"], "top_k": 10}
        began = time.perf_counter()
        answer = call("/search", body)
        if number >= WARM:
            times.append((time.perf_counter() - began) * 1000)
            found.append(len(answer["data"]))
    return times, statistics.mean(found)
