"""Adds each format's folder from the command line, and watches what the daemon and its readers take."""

import json
import subprocess
import sys
import threading
import time
from pathlib import Path

binary, folder, daemon = sys.argv[1], Path(sys.argv[2]), sys.argv[3]


def memory(pid, name="VmRSS"):
    try:
        lines = Path(f"/proc/{pid}/status").read_text().splitlines()
    except OSError:
        return 0
    return next((int(line.split()[1]) / 1024 for line in lines if line.startswith(name)), 0)


class Watch(threading.Thread):
    """The most memory that the daemon had together with its readers, and what a reader had."""

    together, reader, over = 0, 0, False

    def run(self):
        children = Path(f"/proc/{daemon}/task/{daemon}/children").parent.parent
        while not self.over:
            pids = [pid for task in children.glob("*/children") for pid in task.read_text().split()]
            readers = [memory(pid) for pid in pids]
            self.reader = max([self.reader, *readers])
            self.together = max(self.together, memory(daemon) + sum(readers))
            time.sleep(0.002)


print(f"{'format':<8}{'files':>6}{'files/s':>9}{'MB/s':>7}{'passages/s':>12}{'reader MB':>11}{'together MB':>13}")
for files in sorted(folder.iterdir()):
    watch = Watch()
    watch.start()
    began = time.monotonic()
    command = [binary, "documents", "add", str(files), "--collection", f"bench-{files.name}", "--public", "--json"]
    said = subprocess.run(command, capture_output=True, text=True)
    seconds = time.monotonic() - began
    watch.over = True
    watch.join()
    answer = json.loads(said.stdout)
    size = sum(file.stat().st_size for file in files.iterdir()) / 1e6
    passages = sum(one.get("passages") or 0 for one in answer["data"])
    print(
        f"{files.name:<8}{answer['added']:>6}{answer['added'] / seconds:>9.1f}{size / seconds:>7.2f}"
        f"{passages / seconds:>12.0f}{watch.reader:>11.0f}{watch.together:>13.0f}"
        + (f"  {answer['refused']} refused" if answer["refused"] else "")
    )
print(f"the daemon's most: {memory(daemon, 'VmHWM'):.0f} MB")
