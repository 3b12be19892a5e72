"""Runs programs that a model wrote against unit tests, each program in a process of its own, with limits.

What a program is held to: processor time for each test and for all of it, wall time, memory, no files written, no further
processes (unless you are root), nothing to import but Python's standard library, no environment variables, and no network where
this machine lets a user switch it off (Linux with unprivileged user namespaces; `Grader.network` says whether it was).

What this does NOT protect from: it is no sandbox. A program can read every file that you can read. It runs beside its tests, so it
can look at what they expect, or write its own result. A hole in Python or in the kernel is a hole here. Where that matters, run
the whole training in a container or a virtual machine without anything worth reading. Windows has none of these limits: there
it refuses to run.
"""

import ast
import contextlib
import json
import os
import queue
import select
import signal
import subprocess
import sys
import tempfile
import time
from concurrent.futures import ThreadPoolExecutor

TEST_SECONDS = 1.0  # of processor time, for each test and for the program itself
PROGRAM_SECONDS = 3  # of processor time, for all of it
WALL_SECONDS = 10.0  # a program that sleeps, or waits
AFTER_TIMEOUT = 0.25  # of TEST_SECONDS, once a test has timed out: what hangs once mostly hangs again
MEMORY_BYTES = 256 * 2**20
SHOWN = 300  # characters of a value that are kept
READY = "ready"  # what the process of a program says before it begins with it


class Grader:
    """Workers that grade programs, one for each core; each forks a process for every program."""

    def __init__(self, workers: int | None = None):
        if not hasattr(os, "fork"):
            raise SystemExit("Grading needs Linux or macOS: this system cannot limit what a program may do.")
        count = workers or os.cpu_count() or 1
        self._idle: queue.Queue[_Worker] = queue.Queue()
        for _ in range(count):
            self._idle.put(_Worker())
        self._threads = ThreadPoolExecutor(count)

    @property
    def network(self) -> bool:
        """Whether programs could reach the network."""
        return any(worker.network for worker in list(self._idle.queue))

    def grade(self, requests: list[dict]) -> list[list[dict]]:
        """One program after the other, in the order given: an outcome for each of its tests.

        A request has `code`, `setup` (Python that is trusted like the tests) and `tests` (assert statements). An outcome has
        `status` (pass, fail, error, timeout, or infra: it could not be judged, through no fault of the program), and what a reader
        wants to know: `expression`, `expected`, `got`, `exception`.
        """
        return list(self._threads.map(self._grade, requests))

    def _grade(self, request: dict) -> list[dict]:
        worker = self._idle.get()
        try:
            for _ in range(2):  # a worker may be lost once through no fault of the program; the same program twice did it
                try:
                    return worker.grade(request)
                except (OSError, ValueError):
                    worker.close()
                    worker = _Worker()
            return [outcome("error", test, exception="it ended its worker") for test in request["tests"]]
        except OSError as fault:  # there can be no new worker now; the next program tries again
            return _not_judged(request["tests"], fault)
        finally:
            self._idle.put(worker)

    def close(self) -> None:
        self._threads.shutdown()
        while not self._idle.empty():
            self._idle.get().close()


def outcome(status: str, expression: str, expected: str = "", got: str = "", exception: str = "") -> dict:
    return dict(status=status, expression=expression, expected=expected[:SHOWN], got=got[:SHOWN], exception=exception)


def _not_judged(tests: list[str], fault: Exception) -> list[dict]:
    """Outcomes of a program that could not be run, because of this machine or of this file."""
    return [outcome("infra", test, exception=f"{type(fault).__name__}: {fault}") for test in tests]


class _Worker:
    """This file as a process, with an empty environment and without site-packages."""

    def __init__(self):
        command = [sys.executable, "-s", "-S", os.path.abspath(__file__)]
        pipe = subprocess.PIPE
        environment = {"PYTHONHASHSEED": "0"}  # a program gives the same each time, whatever it does with sets
        self._process = subprocess.Popen(command, stdin=pipe, stdout=pipe, env=environment, text=True)
        self.network: bool = json.loads(self._process.stdout.readline())["network"]

    def grade(self, request: dict) -> list[dict]:
        self._process.stdin.write(json.dumps(request) + "\n")
        self._process.stdin.flush()
        return json.loads(self._process.stdout.readline())

    def close(self) -> None:
        self._process.kill()
        self._process.wait()
        for stream in (self._process.stdin, self._process.stdout):
            with contextlib.suppress(OSError):
                stream.close()


# ---- In a worker -----------------------------------------------------------------------------------------------------------------


def work() -> None:
    sys.path.pop(0)  # a program is not to import the files beside this one
    print(json.dumps({"network": not _leave_network()}), flush=True)
    for line in sys.stdin:
        request = json.loads(line)
        try:
            outcomes = _outcomes(request)
        except OSError as fault:  # no process, pipe or folder to be had: nothing that the program did
            outcomes = _not_judged(request["tests"], fault)
        print(json.dumps(outcomes), flush=True)


def _leave_network() -> bool:
    """Goes where there is no network; whether that worked."""
    try:
        import ctypes

        new_user, new_network = 0x10000000, 0x40000000
        libc = ctypes.CDLL(None, use_errno=True)
        return libc.unshare(new_network) == 0 or libc.unshare(new_user | new_network) == 0
    except (AttributeError, ImportError, OSError):
        return False


def _outcomes(request: dict) -> list[dict]:
    """Forks a process for the program and reads what it says of each test, until it ends or has had its time."""
    tests = request["tests"]
    reading, writing = os.pipe()
    with tempfile.TemporaryDirectory() as folder:
        child = os.fork()
        if child == 0:
            os.close(reading)
            _be_program(request, folder, writing)
        os.close(writing)
        said, in_time = _read(reading, time.monotonic() + WALL_SECONDS)
        os.close(reading)
        with contextlib.suppress(ProcessLookupError):
            os.killpg(child, signal.SIGKILL)
        _, status = os.waitpid(child, 0)
    lines = said.splitlines()
    if lines[:1] != [READY]:
        return _not_judged(tests, OSError("a process for it could not be made ready"))
    found: dict[int, dict] = {}
    for line in lines[1:]:
        with contextlib.suppress(ValueError):  # cut off in the middle
            index, what = json.loads(line)
            found.setdefault(index, what)
    out_of_time = not in_time or (os.WIFSIGNALED(status) and os.WTERMSIG(status) in (signal.SIGXCPU, signal.SIGKILL))
    rest = "timeout" if out_of_time else "error"
    return [found.get(index) or outcome(rest, test) for index, test in enumerate(tests)]


def _read(pipe: int, deadline: float) -> tuple[str, bool]:
    """All that comes through a pipe until it is closed; and whether it was before the deadline."""
    parts: list[bytes] = []
    while (left := deadline - time.monotonic()) > 0:
        if not select.select([pipe], [], [], left)[0]:
            break
        part = os.read(pipe, 65536)
        if not part:
            return b"".join(parts).decode(errors="replace"), True
        parts.append(part)
    return b"".join(parts).decode(errors="replace"), False


# ---- In the process of a program -------------------------------------------------------------------------------------------------


class TimeUp(BaseException):
    """Not an Exception, so that `except Exception` does not catch it."""


def _be_program(request: dict, folder: str, pipe: int) -> None:
    """Runs a program and its tests, says an outcome a line, and ends this process."""
    try:
        os.setsid()
        os.chdir(folder)
        nothing = os.open(os.devnull, os.O_RDWR)
        for stream in (0, 1, 2):
            os.dup2(nothing, stream)
        _limit()
        signal.signal(signal.SIGPROF, _time_up)
        os.write(pipe, f"{READY}\n".encode())
        for index, found in enumerate(_judge_all(request)):
            os.write(pipe, (json.dumps([index, found]) + "\n").encode())
    finally:
        os._exit(0)


def _limit() -> None:
    import resource

    def at_most(what: int, soft: int, hard: int) -> None:
        with contextlib.suppress(ValueError, OSError):  # this system knows no such limit, or has a smaller one
            resource.setrlimit(what, (soft, hard))

    at_most(resource.RLIMIT_CPU, PROGRAM_SECONDS, PROGRAM_SECONDS + 1)
    at_most(resource.RLIMIT_AS, MEMORY_BYTES, MEMORY_BYTES)
    at_most(resource.RLIMIT_FSIZE, 0, 0)
    at_most(resource.RLIMIT_CORE, 0, 0)
    at_most(resource.RLIMIT_NPROC, 0, 0)


def _time_up(*_) -> None:
    raise TimeUp


@contextlib.contextmanager
def _within(seconds: float):
    signal.setitimer(signal.ITIMER_PROF, seconds)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_PROF, 0)


def _judge_all(request: dict):
    """The outcome of each test, as soon as it is known."""
    namespace: dict = {"__name__": "__main__"}
    tests = [_Test(text) for text in request["tests"]]
    fault = _run(request["setup"], namespace)
    if fault is not None:  # the program did not do it
        yield from (test.outcome("infra", exception=type(fault).__name__) for test in tests)
        return
    fault = _run(request["code"], namespace)
    if fault is not None:
        status = "timeout" if isinstance(fault, TimeUp) else "error"
        yield from (test.outcome(status, exception=_name(fault)) for test in tests)
        return
    seconds = TEST_SECONDS
    for test in tests:
        found = test.judge(namespace, seconds)
        if found["status"] == "timeout":
            seconds = TEST_SECONDS * AFTER_TIMEOUT
        yield found


def _run(code: str, namespace: dict) -> BaseException | None:
    """Runs it; what it raised, if it did: SystemExit and KeyboardInterrupt too."""
    try:
        with _within(TEST_SECONDS):
            exec(compile(code, "<program>", "exec"), namespace)
    except BaseException as fault:  # noqa: BLE001
        return fault
    return None


class _Test:
    """A unit test; of `assert left == right`, with both sides, so that one can tell what was given and what was expected."""

    def __init__(self, text: str):
        self.expression, self.expected = text, ""
        self.code = self.sides = None
        self.fault = ""
        try:
            tree = ast.parse(text)
            self.code = compile(tree, "<test>", "exec")
        except (SyntaxError, ValueError, MemoryError, RecursionError) as fault:  # of the test: it can judge nothing
            self.fault = type(fault).__name__
            return
        match tree.body:
            case [ast.Assert(test=ast.Compare(left=left, ops=[ast.Eq()], comparators=[right]))]:
                self.sides = [compile(ast.Expression(side), "<test>", "eval") for side in (left, right)]
                self.expression = ast.get_source_segment(text, left)
                with contextlib.suppress(ValueError):  # no plain value
                    self.expected = repr(ast.literal_eval(right))

    def outcome(self, status: str, got: str = "", exception: str = "") -> dict:
        return outcome(status, self.expression, self.expected, got, exception)

    def judge(self, namespace: dict, seconds: float) -> dict:
        if self.code is None:
            return self.outcome("infra", exception=self.fault)
        got = ""
        try:
            with _within(seconds):
                if self.sides is None:
                    exec(self.code, namespace)
                    return self.outcome("pass")
                given, wanted = (eval(side, namespace) for side in self.sides)
                self.expected, got = repr(wanted), repr(given)
                return self.outcome("pass" if given == wanted else "fail", got)
        except AssertionError:
            return self.outcome("fail", got)
        except BaseException as fault:  # noqa: BLE001
            return self.outcome("timeout" if isinstance(fault, TimeUp) else "error", got, _name(fault))


def _name(fault: BaseException) -> str:
    return "" if isinstance(fault, TimeUp) else type(fault).__name__


if __name__ == "__main__":
    work()
