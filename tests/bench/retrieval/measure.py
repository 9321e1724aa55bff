"""Puts judged questions before the daemon's search, and counts what it finds. See `run`."""

import collections
import concurrent.futures
import glob
import gzip
import http.client
import json
import math
import os
import subprocess
import sys
import tempfile
import time
import urllib.parse

import speed

# nDCG@10 at two settings of BM25, and recall@100 at the second: bm25s, as the sets' README has them.
PUBLISHED = {
    "cisi": (0.368, 0.386, 0.440),
    "xquad-en": (0.965, 0.966, 0.997),
    "xquad-de": (0.942, 0.938, 0.995),
    "xquad-es": (0.961, 0.961, 0.998),
}


class Daemon:
    """The release binary with a home of its own, and a key that may do what is measured."""

    def __init__(self, binary, settings=""):
        self.folder = tempfile.TemporaryDirectory()
        self.environment = {**os.environ, "KATONIC_HOME": self.folder.name, "KATONIC_LOG": "error"}
        self.binary = os.path.abspath(binary)
        self.settings = settings

    def __enter__(self):
        up = json.loads(self.run("sandbox", "up", "--port", "0", "--json"))
        if self.settings:
            # Not before: the sandbox's own agent is evaluated when it is filled.
            self.run("sandbox", "down")
            with open(os.path.join(self.folder.name, "katonic.toml"), "w") as file:
                file.write(self.settings)
            up = json.loads(self.run("sandbox", "up", "--port", "0", "--json"))
        self.address = urllib.parse.urlparse(up["url"]).netloc
        self.pid = up["pid"] if "pid" in up else self.find_pid()
        self.secret = self.key("bench", "--scopes", "search,knowledge", "--role", "builder")
        return self

    def __exit__(self, *_):
        self.run("sandbox", "down")
        self.folder.cleanup()

    def run(self, *arguments):
        done = subprocess.run([self.binary, *arguments], env=self.environment, capture_output=True, text=True)
        if done.returncode != 0:
            sys.exit(f"katonic {' '.join(arguments)}: {done.stderr}")
        return done.stdout

    def find_pid(self):
        for path in glob.glob("/proc/[0-9]*/environ"):
            try:
                with open(path, "rb") as file:
                    if f"KATONIC_HOME={self.folder.name}".encode() in file.read():
                        return int(path.split("/")[2])
            except OSError:
                continue
        return None

    def key(self, name, *arguments):
        limits = [part for span in ("minute", "hour", "day") for part in (f"--per-{span}", "100000000")]
        return json.loads(self.run("keys", "create", name, *arguments, *limits, "--json"))["secret"]

    def client(self, secret=None, user=None):
        """A function that calls the daemon over a connection that stays open."""
        connection = http.client.HTTPConnection(self.address, timeout=600)
        headers = {"Authorization": f"Bearer {secret or self.secret}", "Content-Type": "application/json"}
        if user:
            headers["X-User-Email"] = user

        def call(path, body=None):
            method, body = ("GET", None) if body is None else ("POST", json.dumps(body))
            connection.request(method, f"/public/v1{path}", body, headers)
            answer = connection.getresponse()
            text = answer.read()
            if answer.status >= 300:
                sys.exit(f"{path}: {answer.status} {text.decode()}")
            return json.loads(text)

        return call

    def wait_for_vectors(self, ids, call):
        for doc_id in ids:
            while "embedded_by" not in call(f"/knowledge/documents/{doc_id}"):
                time.sleep(0.5)

    def memory(self):
        """Megabytes now, and at the peak."""
        with open(f"/proc/{self.pid}/status") as file:
            fields = dict(line.split(":", 1) for line in file)
        return tuple(int(fields[name].split()[0]) / 1024 for name in ("VmRSS", "VmHWM"))

    def seconds(self):
        """Seconds of CPU so far: what other programs do on the machine hardly changes them."""
        with open(f"/proc/{self.pid}/stat") as file:
            fields = file.read().rsplit(")", 1)[1].split()
        return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")

    def size(self):
        """Megabytes of the store."""
        files = glob.glob(os.path.join(self.folder.name, "data", "katonic.db*"))
        return sum(os.path.getsize(file) for file in files) / 1e6


def main():
    data, binary = sys.argv[1:3]
    sizes = "10000,100000"
    if "--passages" in sys.argv:
        sizes = sys.argv[sys.argv.index("--passages") + 1]
    sets = sorted(os.path.dirname(path) for path in glob.glob(os.path.join(data, "*", "qrels.tsv")))
    if "--sets" in sys.argv:
        chosen = sys.argv[sys.argv.index("--sets") + 1].split(",")
        sets = [folder for folder in sets if os.path.basename(folder) in chosen]
    if "--embed" in sys.argv:
        # Only here, so that who measures words needs no numpy.
        import embedder

        modes = ("lexical", "dense", "hybrid")
        settings = embedder.Embedder(embedder.Model()).settings() if sets else ""
        noise = embedder.Embedder(embedder.Noise()).settings()
    else:
        modes, settings, noise = ("lexical",), "", ""
    quality(sets, binary, modes, settings)
    speed.measure(lambda: Daemon(binary, noise), [int(size) for size in sizes.split(",") if int(size)])


def quality(sets, binary, modes, settings=""):
    with Daemon(binary, settings) as daemon:
        print(f"{'set':<12}{'mode':<9}{'nDCG@10':>9}{'recall@100':>12}   "
              "published BM25: k1=0.9 b=0.4, k1=1.5 b=0.75, recall@100")
        for folder in sets:
            name = os.path.basename(folder)
            ids = fill(daemon, name, rows(os.path.join(folder, "corpus.jsonl.gz")))
            if settings:
                daemon.wait_for_vectors(ids, daemon.client())
            published = ", ".join(f"{figure:.3f}" for figure in PUBLISHED.get(name, ()))
            for mode in modes:
                ndcg, recall = score(search(daemon, folder, name, ids, mode), judgements(folder))
                print(f"{name:<12}{mode:<9}{ndcg:>9.3f}{recall:>12.3f}   {published}", flush=True)


def rows(path):
    with (gzip.open if path.endswith(".gz") else open)(path, "rt") as file:
        return [json.loads(line) for line in file]


def fill(daemon, collection, documents):
    """Adds a set's documents; the sets' own ids by ours, which may hold less."""
    has_text = [document for document in documents if (document["text"] or document.get("title", "")).strip()]
    ids = {f"{collection}-{number}": document["_id"] for number, document in enumerate(has_text)}
    bodies = [
        {"doc_id": doc_id, "collection": collection, "public": True, "text": document["text"] or document["title"],
         **({"title": document["title"]} if document.get("title") else {})}
        for doc_id, document in zip(ids, has_text)
    ]
    in_parallel(daemon, "/knowledge/documents", bodies)
    return ids


def in_parallel(daemon, path, bodies, workers=8):
    """The answers, in the order of the bodies; each worker has a connection of its own."""
    def work(start):
        call = daemon.client()
        return [call(path, body) for body in bodies[start::workers]]

    with concurrent.futures.ThreadPoolExecutor(workers) as pool:
        parts = list(pool.map(work, range(workers)))
    return [parts[n % workers][n // workers] for n in range(len(bodies))]


def search(daemon, folder, collection, ids, mode):
    """The ranking of each question: a document stands where its best passage does."""
    questions = rows(os.path.join(folder, "queries.jsonl"))
    bodies = [{"query": q["text"], "collections": [collection], "top_k": 100, "mode": mode} for q in questions]
    rankings = {}
    for question, answer in zip(questions, in_parallel(daemon, "/search", bodies)):
        if answer["mode"] != mode:
            sys.exit(f"asked for {mode}, searched {answer['mode']}")
        rankings[question["_id"]] = list(dict.fromkeys(ids[passage["doc_id"]] for passage in answer["data"]))
    return rankings


def judgements(folder):
    judged = collections.defaultdict(dict)
    with open(os.path.join(folder, "qrels.tsv")) as file:
        next(file)
        for line in file:
            question, document, grade = line.split("\t")
            judged[question][document] = int(grade)
    return judged


def score(rankings, judged):
    """nDCG@10 and recall@100 as trec_eval defines them: gains are grades, questions without a hit count nothing."""
    ndcgs, recalls = [], []
    for question, grades in judged.items():
        good = {document for document, grade in grades.items() if grade > 0}
        if not good:
            continue
        ranking = rankings.get(question, [])
        ideal = discounted(sorted(grades.values(), reverse=True)[:10])
        ndcgs.append(discounted([grades.get(document, 0) for document in ranking[:10]]) / ideal)
        recalls.append(len(good.intersection(ranking[:100])) / len(good))
    return sum(ndcgs) / len(ndcgs), sum(recalls) / len(recalls)


def discounted(gains):
    return sum(max(gain, 0) / math.log2(place + 2) for place, gain in enumerate(gains))


if __name__ == "__main__":
    main()
