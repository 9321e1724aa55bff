"""What the validator of SARIF files says: FILE is its own log, and either `sound` or `broken` is expected."""
import json
import sys

run = json.load(open(sys.argv[1]))["runs"][0]
notes = [note for call in run.get("invocations", []) for note in call.get("toolExecutionNotifications", [])]
errors = [result for result in run.get("results", []) if result.get("level", "warning") == "error"]
errors += [note for note in notes if note.get("level") == "error"]
for error in errors[:5]:
    print(json.dumps(error)[:600])
sys.exit((sys.argv[2] == "sound") != (not errors))
