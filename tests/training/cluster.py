"""Workers on loopback, as processes of `sketchkit train`."""

import json
import os
import socket
import subprocess
import sys
import threading
import time


def addresses(count):
    """Return addresses of this machine that are free at the moment."""
    held = [socket.create_server(("127.0.0.1", 0)) for _ in range(count)]
    names = [f"127.0.0.1:{server.getsockname()[1]}" for server in held]
    for server in held:
        server.close()
    return names


class Cluster:
    """As many processes as there are lists of arguments."""

    def __init__(self, *arguments):
        names = addresses(len(arguments))
        self.said = [[] for _ in arguments]
        self.processes, self.readers = [], []
        for index, words in enumerate(arguments):
            task = {"cluster": {"worker": names}, "task": {"type": "worker", "index": index}}
            process = subprocess.Popen(
                [sys.executable, "-m", "sketchkit", "train", *map(str, words), "--strategy", "multiworker"],
                env={**os.environ, "TF_CONFIG": json.dumps(task)}, text=True,
                stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
            )  # fmt: skip
            self.processes.append(process)
            reader = threading.Thread(target=self._read, args=(index,))
            reader.start()
            self.readers.append(reader)

    def _read(self, index):
        for line in self.processes[index].stdout:
            self.said[index].append(line.rstrip())
        self.processes[index].stdout.close()

    def until(self, index, word, seconds=240):
        """Wait until a worker says something."""
        deadline = time.monotonic() + seconds
        while not any(word in line for line in self.said[index]):
            assert time.monotonic() < deadline, self.said
            assert self.processes[index].poll() is None, self.said
            threading.Event().wait(0.02)

    def codes(self, seconds=240):
        """Wait for all and return their exit codes."""
        try:
            return [process.wait(seconds) for process in self.processes]
        finally:
            for process in self.processes:
                process.kill()
            for reader in self.readers:
                reader.join()

    def last(self, index):
        """Return what a worker said of itself at the end; TensorFlow's own log lines begin with a letter and a date."""
        return next((line for line in reversed(self.said[index]) if line.startswith("sketchkit: ")), self.said[index])
