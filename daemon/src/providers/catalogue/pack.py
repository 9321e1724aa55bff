#!/usr/bin/env python3
"""Packs the provider catalogue: pack.py PROVIDERS.json MODELS.json[.gz], into this folder.

providers.jsonl has a line a provider, to be read and edited by hand; models.gz has a line a provider too: its id, a tab,
and the JSON list of its models.
"""

import collections
import gzip
import json
import pathlib
import re
import sys

HERE = pathlib.Path(__file__).parent
KEY = re.compile(r"(KEY|TOKEN|_PAT|BEARER_TOKEN_BEDROCK)$")
NOT_KEYS = {"AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"}
# Flavours that the catalogue names otherwise, or that a provider speaks natively beside OpenAI's.
NATIVE = {
    "ollama": {"api": "ollama", "base_url": "http://localhost:11434"},
    "google": {"auth": "header", "auth_header": "x-goog-api-key: {key}"},
}
MODEL_FIELDS = [
    "id", "kind", "input_usd_per_mtok", "output_usd_per_mtok", "cached_input_usd_per_mtok",
    "cache_write_usd_per_mtok", "context_tokens", "max_output_tokens", "tools", "vision", "json_schema",
    "reasoning", "released", "deprecated", "dims", "api", "endpoint",
]


def params(provider):
    """Which variable fills each placeholder of the base URL."""
    found = {}
    for name in re.findall(r"{(\w+)}", provider["base_url"] or ""):
        ends = (f"_{name.upper()}", f"_{name.upper()}_NAME", f"_{name.upper()}_ID")
        variables = [v for v in provider["env"] if v.endswith(ends) or v == name.upper()]
        if variables:
            found[name] = variables[0]
    return found


def provider_line(source):
    entry = {**source, **NATIVE.get(source["id"], {})}
    line = {"id": entry["id"], "name": entry["name"], "api": entry["api"], "base_url": entry["base_url"]}
    line["auth"] = entry["auth"]
    if entry["auth"] == "other" and "{key}" in entry.get("auth_header", ""):
        line["auth"] = "header"
    if line["auth"] == "header":
        line["auth_header"] = entry["auth_header"]
    keys = [v for v in entry["env"] if KEY.search(v) and v not in NOT_KEYS]
    filled = params(entry)
    host = [v for v in entry["env"] if re.search(r"(BASE_URL|API_BASE|_HOST|_ENDPOINT|_URL)$", v)]
    optional = {
        "key_env": keys,
        "params": filled,
        "base_url_env": host[:1],
        "endpoint": entry.get("endpoint"),
        "aliases": entry.get("aliases"),
        "variant_of": entry.get("variant_of"),
        "local": entry.get("local"),
        "doc": entry["doc"],
    }
    line.update({name: value for name, value in optional.items() if value})
    return line


def main(providers, models):
    read = gzip.open if models.endswith(".gz") else open
    with open(providers, encoding="utf-8") as file:
        entries = sorted(json.load(file), key=lambda entry: entry["id"])
    with read(models, "rt", encoding="utf-8") as file:
        by_provider = collections.defaultdict(list)
        for model in json.load(file):
            fields = {name: model[name] for name in MODEL_FIELDS if name in model}
            if fields["kind"] == "chat":
                del fields["kind"]
            by_provider[model["provider"]].append(fields)
    compact = {"ensure_ascii": False, "separators": (",", ":")}
    lines = [json.dumps(provider_line(entry), **compact) for entry in entries]
    (HERE / "providers.jsonl").write_text("\n".join(lines) + "\n", encoding="utf-8")
    rows = [f"{id}\t{json.dumps(list_, **compact)}\n" for id, list_ in sorted(by_provider.items())]
    packed = gzip.compress("".join(rows).encode(), compresslevel=9, mtime=0)
    (HERE / "models.gz").write_bytes(packed)


if __name__ == "__main__":
    main(*sys.argv[1:])
