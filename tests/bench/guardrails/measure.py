"""Puts labelled texts before `katonic guardrails check --jsonl`, and counts what its rails find. See `run`."""

import collections
import glob
import gzip
import json
import os
import subprocess
import sys

# The part that the rails may be worked out on; the rest is looked at to see how good they are.
TRAIN = set("0123456789ab")
# Ordinary texts of our own, split in the same way.
OWN = os.path.join(os.path.dirname(os.path.abspath(__file__)), "data", "benign.jsonl")
# Types that no model is needed for, and those of them that checksums decide.
BY_CHECKSUM = {"CREDIT_CARD", "IBAN_CODE"}
BY_FORM = BY_CHECKSUM | {"EMAIL_ADDRESS", "IP_ADDRESS", "PHONE_NUMBER", "US_SSN", "US_DRIVER_LICENSE"}
# What others say of themselves, on these sets or like ones: other conditions, so for orientation.
PEERS = {
    "injection": "Prompt Guard 2 86M: recall .975 at 1 % false alarms; Llama Guard 4 .69 at 11 %; NotInject: near .60",
    "secrets": "gitleaks on CredData: P .53 R .24; CredSweeper P .92 R .81",
    "pii": "Presidio's notebook, all types: P .68 R .60",
    "toxicity": "gpt-4.1-mini on Surge: AUC .918",
    "grounding": "any unsupported token on HaluEval: R .78 at 0 % false alarms",
}


def main():
    data, binary = sys.argv[1:3]
    part = "train" if "--train" in sys.argv else "test"
    for file in sorted(glob.glob(os.path.join(data, "*.jsonl.gz"))):
        rows = [json.loads(line) for line in gzip.open(file, "rt")]
        if rows[0]["rail"] == "injection":
            rows += own()
        rows = [row for row in rows if (row["id"][0] in TRAIN) == (part == "train")]
        if not rows:
            continue
        rail = rows[0]["rail"]
        verdicts = checked(binary, rail, rows)
        print(f"\n{rail}, {part} part ({PEERS.get(rail, 'no figures of others')})")
        by_set(rows, verdicts)
        if rail == "pii":
            typed = {row["set"] for row in rows if any(len(span) > 2 for span in row.get("spans") or [])}
            by_type([pair for pair in zip(rows, verdicts) if pair[0]["set"] in typed])
    if "--ordinary" in sys.argv:
        ordinary(sys.argv[sys.argv.index("--ordinary") + 1], binary, [row for row in own() if row["id"][0] not in TRAIN])


def own():
    return [json.loads(line) for line in open(OWN)]


def ordinary(folder, binary, own_rows):
    """How many texts that nobody should stop the two rails with a classifier would act on."""
    sets = {}
    for path in sorted(glob.glob(os.path.join(folder, "*", ""))):
        name = os.path.basename(path.rstrip("/"))
        questions = [json.loads(line)["text"] for line in open(path + "queries.jsonl")]
        documents = [json.loads(line)["text"] for line in gzip.open(path + "corpus.jsonl.gz", "rt")]
        sets |= {(name, "input"): questions, (name, "passage"): documents, (name, "output"): documents}
    sets["our own, test part", "output"] = [row["text"] for row in own_rows]
    print("\nordinary texts that a rail would act on")
    for (name, phase), texts in sets.items():
        lines = "".join(json.dumps({"text": text, "phase": phase}) + "\n" for text in texts)
        found = collections.Counter(rail["name"] for verdict in verdicts_of(binary, lines) for rail in verdict["rails"]
                                    if rail["result"] != "pass")
        print(f"  {name:<20}{phase:<9}{len(texts):>6}   injection {found['injection']:>3}   toxicity {found['toxicity']:>3}")


def checked(binary, rail, rows):
    """What the rail of that name says of each row."""
    lines = "".join(json.dumps(asked(row)) + "\n" for row in rows)
    return [next(one for one in verdict["rails"] if one["name"] == rail) for verdict in verdicts_of(binary, lines)]


def verdicts_of(binary, lines):
    answer = subprocess.run([binary, "guardrails", "check", "--jsonl"], input=lines, capture_output=True, text=True,
                            check=True)
    return [json.loads(line) for line in answer.stdout.split("\n") if line]


def asked(row):
    line = {"id": row["id"], "text": row["text"], "phase": row.get("where", "input")}
    if row["rail"] == "grounding":
        line |= {"phase": "output", "passages": [row["passage"]], "question": row["question"]}
    return line


def by_set(rows, verdicts):
    sets = collections.defaultdict(list)
    for row, verdict in zip(rows, verdicts):
        sets[row["set"]].append((row["label"], verdict["result"] != "pass", verdict["score"]))
    sets["all"] = [one for each in list(sets.values()) for one in each]
    print(f"  {'set':<16}{'texts':>6}{'found':>12}{'false alarms':>14}{'P':>7}{'R':>7}{'F1':>7}{'AUC':>7}")
    for name, found in sets.items():
        if name == "all" and len(sets) == 2:
            continue
        bad = [one for one in found if one[0] == 1]
        good = [one for one in found if one[0] == 0]
        hits, alarms = sum(one[1] for one in bad), sum(one[1] for one in good)
        area = auc([one[2] for one in bad], [one[2] for one in good])
        print(f"  {name:<16}{len(found):>6}{share(hits, len(bad)):>12}{share(alarms, len(good)):>14}"
              f"{figures(hits, alarms, len(bad) - hits)}{area}")


def by_type(pairs):
    """Spans of each type: found if a finding overlaps; a finding that overlaps none is a false one."""
    found, missed, false = collections.Counter(), collections.Counter(), collections.Counter()
    for row, verdict in pairs:
        wanted = [span for span in row.get("spans") or [] if len(span) > 2]
        for start, end, kind in wanted:
            hit = any(a < end and start < b for a, b, _ in verdict["spans"])
            (found if hit else missed)[kind] += 1
        for a, b, label in merged(verdict["spans"]):
            if not any(a < span[1] and span[0] < b for span in row.get("spans") or []):
                false[label] += 1
    kinds = sorted(set(found) | set(missed), key=lambda kind: -found[kind] - missed[kind])
    print(f"  {'type':<28}{'found':>10}")
    for kind in kinds:
        print(f"  {kind:<28}{share(found[kind], found[kind] + missed[kind]):>10}")
    for name, among in (("decided by checksums", BY_CHECKSUM), ("told by their form", BY_FORM)):
        hits, misses = (sum(count[kind] for kind in among) for count in (found, missed))
        print(f"  {name:<28}{'':>10}   P, R, F1 {figures(hits, false.total(), misses)} (every false finding counted)")
    print(f"  findings where nothing is: {dict(false)}")


def merged(spans):
    last = None
    for a, b, label in sorted(spans):
        if last and a < last[1]:
            last = (last[0], max(b, last[1]), last[2])
            continue
        if last:
            yield last
        last = (a, b, label)
    if last:
        yield last


def share(part, whole):
    return f"{part}/{whole}" if whole else "–"


def figures(hits, alarms, misses):
    """Precision, recall and F1, where there are any."""
    if hits + misses == 0:
        return f"{'–':>7}{'–':>7}{'–':>7}"
    precision = hits / (hits + alarms) if hits + alarms else 0
    recall = hits / (hits + misses)
    f1 = 2 * precision * recall / (precision + recall) if hits else 0
    return f"{precision:>7.3f}{recall:>7.3f}{f1:>7.3f}"


def auc(bad, good):
    """How often a bad text has a higher score than a good one; ties count half (Mann and Whitney, 1947)."""
    if not bad or not good:
        return f"{'–':>7}"
    wins = sum((b > g) + 0.5 * (b == g) for b in bad for g in good)
    return f"{wins / (len(bad) * len(good)):>7.3f}"


main()
