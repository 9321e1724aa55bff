"""Writes the examples of all rules as files: FILE is what `--explain all --json` says, FOLDER where they go."""
import json
import pathlib
import sys

rules, folder = json.load(open(sys.argv[1])), pathlib.Path(sys.argv[2])
for rule in rules:
    for example in rule["example"]:
        if example["file"].endswith(".toml"):
            continue
        path = folder / rule["rule"] / example["file"]
        path.parent.mkdir(parents=True, exist_ok=True)
        # A replacement character stands for a byte that is no text.
        path.write_bytes(example["text"].encode().replace("\ufffd".encode(), b"\xfc"))
