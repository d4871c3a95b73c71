"""Many letters at once: contexts in, one file each or one print file out, with a manifest.

Flat in memory (a bounded number of letters is under way), on all cores, to be cancelled at any time and continued by
the same call: what stands whole in the folder is kept after its hash was checked, everything else is made.
"""

from __future__ import annotations

import os
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import date
from functools import partial
from itertools import islice
from pathlib import Path
from time import monotonic
from typing import TYPE_CHECKING, Any, TypeVar

from letters import batch_work as work
from letters.batch_folder import Entry, Journal, not_written
from letters.batch_values import Finished, Meter, NotKept, Progress, Refused, Report, Result, State, Stop, Wanted
from letters.manifest import write_manifest
from workstation.domain.message import Message, msg

if TYPE_CHECKING:
    from concurrent.futures import Future, ProcessPoolExecutor

    from letters.print_file import PrintFile

__all__ = ["Finished", "NotKept", "Progress", "Refused", "Report", "Result", "Stop", "Wanted", "check", "run"]

CHUNK = 16  # letters handed to a process at once
AHEAD = 3  # chunks under way for each process
ALONE = 60  # letters up to which starting other processes costs more than it gives

A = TypeVar("A")
R = TypeVar("R")
Source = Callable[[], Iterable[Wanted | Refused]]  # what could not be read comes as refused already


def check(
    source: Source,
    total: int,
    *,
    jobs: int = 0,
    progress: Report = lambda _progress: None,
    cancel: Stop = lambda: False,
) -> tuple[Refused, ...]:
    """A dry run: the letters that would be refused, in order, each with what is missing. Writes nothing.

    When cancelled, those found so far.
    """
    meter, found = Meter(total, progress), list[Refused]()
    with _pool(jobs, total) as pool:
        for answers in _each(pool, work.check, _chunks(_tasks(source, None)), cancel, jobs):
            found += [answer for answer in answers if answer is not None]
            meter.count(len(answers))
    return tuple(found)


def run(
    source: Source,
    total: int,
    folder: Path,
    identity: Mapping[str, str],
    *,
    one_file: bool = False,
    with_pdf: bool = False,
    keep_good: bool = False,
    jobs: int = 0,
    progress: Report = lambda _progress: None,
    cancel: Stop = lambda: False,
    finished: Callable[[Finished], None] = lambda _finished: None,
    say: Callable[[Message], str] = Message.plain,
) -> Result:
    """Make the letters of `source`, which can be asked for its letters more than once, into `folder`.

    `identity` says what the batch is made of (`data`: a file's hash or a batch's id; `day`: that of the letters): the
    folder takes no other batch. With a letter refused nothing is made unless `keep_good`. `finished` is told of each
    letter when it stands whole, those of earlier runs again: what is recorded there must be recorded once. `one_file`:
    one print file sorted by postcode, where `with_pdf` gives `finished` each letter's own PDF. `jobs`: processes, 0 for
    all cores. `say` words the reasons in the manifest. Raises `FolderBusy`, `OtherBatch` and `NotWritten` before
    anything is made; what goes wrong later is the result's `problem`.
    """
    began = monotonic()
    form = "one_file" if one_file else "files"
    journal = Journal(folder, {**identity, "form": form, "total": total})
    try:
        if not keep_good and not len(journal):
            refused = check(source, total, jobs=jobs, cancel=cancel)
            if refused or cancel():
                state: State = "refused" if refused else "cancelled"
                return Result(state, 0, 0, total, refused, monotonic() - began)
        steps = _Run(source, total, folder, journal, jobs, progress, cancel, finished, say, began, with_pdf)
        if one_file:
            steps.day = date.fromisoformat(identity["day"]) if "day" in identity else None
            steps.print_file = _print_file(folder, journal)
        try:
            return steps.result()
        finally:
            if steps.print_file is not None:
                steps.print_file.close()
    finally:
        journal.close()


def _print_file(folder: Path, journal: Journal) -> PrintFile:
    from letters.print_file import PrintFile

    try:
        return PrintFile(folder, journal)
    except OSError as error:
        raise not_written(folder, error) from error


@dataclass
class _Run:
    """One run of a batch over its folder."""

    source: Source
    total: int
    folder: Path
    journal: Journal
    jobs: int
    progress: Report
    cancel: Stop
    finished: Callable[[Finished], None]
    say: Callable[[Message], str]
    began: float
    with_pdf: bool
    print_file: PrintFile | None = None
    day: date | None = None
    again: int = 0
    refused: list[Refused] = field(default_factory=list)
    problem: Message | None = None

    def result(self) -> Result:
        from concurrent.futures.process import BrokenProcessPool

        manifest: Path | None = None
        print_file: Path | None = None
        try:
            self._make()
            if not self._stopped():
                if self.print_file is not None and len(self.journal):
                    print_file = self.print_file.finish(self.say, self.day)
                manifest = write_manifest(self.folder, self._entries(), self.refused, self.say)
                work.flush_disk()
        except OSError as error:
            self.problem = not_written(self.folder, error).message
        except BrokenProcessPool:
            self.problem = msg(
                "A helper process ended unexpectedly, perhaps for lack of memory. What is finished stays; run the same "
                "command again to go on."
            )
        state: State = "done" if manifest is not None else "stopped" if self.problem is not None else "cancelled"
        refused, seconds = tuple(self.refused), monotonic() - self.began
        made = len(self.journal)
        return Result(state, made, self.again, self.total, refused, seconds, manifest, print_file, self.problem)

    def _entries(self) -> Iterator[Entry]:
        """As the manifest has them: with the place in the print file."""
        if self.print_file is None:
            return self.journal.entries()
        firsts = self.print_file.first_pages()
        return (replace(entry, first_page=firsts[entry.place]) for entry in self.journal.entries())

    def _make(self) -> None:
        meter = Meter(self.total, self.progress)
        waiting: deque[Sequence[work.Task]] = deque()

        def chunks() -> Iterator[Sequence[work.Task]]:
            for chunk in _chunks(_tasks(self.source, self.journal)):
                waiting.append(chunk)
                yield chunk

        versions = dict(self.journal.versions)
        make: Callable[[Sequence[work.Task]], list[work.Outcome]]
        if self.print_file is None:
            make = partial(work.make_files, str(self.folder), versions=versions)
        else:
            make = partial(work.make_pages, versions=versions, with_pdf=self.with_pdf)
        with _pool(self.jobs, self.total) as pool:
            for outcomes in _each(pool, make, chunks(), self._stopped, self.jobs):
                for task, outcome in zip(waiting.popleft(), outcomes, strict=False):
                    self._take(task, outcome)
                meter.count(len(outcomes))

    def _take(self, task: work.Task, outcome: work.Outcome) -> None:
        if isinstance(outcome, work.Stopped):
            self.problem = outcome.problem
        elif isinstance(outcome, Refused):
            self._drop(task, None)
            self.refused.append(outcome)
        else:
            if not outcome.again and outcome.drawn is not None and self.print_file is not None:
                self.print_file.add(outcome.entry, outcome.drawn)
            elif not outcome.again:
                self.journal.add(outcome.entry)
            try:
                self.finished(Finished(outcome.entry, task.context, outcome.again, outcome.pdf))
                self.again += outcome.again
            except NotKept as error:
                self._drop(task, outcome.entry)
                self.refused.append(work.refused(task, error))

    def _drop(self, task: work.Task, entry: Entry | None) -> None:
        """The letter is not, or no longer, one of the batch."""
        self.journal.forget(task.place)
        if self.print_file is not None:
            self.print_file.forget(task.place)
        elif entry is not None:
            (self.folder / entry.file).unlink(missing_ok=True)

    def _stopped(self) -> bool:
        return self.problem is not None or self.cancel()


def _tasks(source: Source, journal: Journal | None) -> Iterator[work.Task]:
    for wanted in source():
        if isinstance(wanted, Refused):
            yield work.Task(wanted.place, {}, refused=wanted)
            continue
        known: Entry | None = journal.entry(wanted.place) if journal is not None else None
        yield work.Task(wanted.place, wanted.context, known)


def _chunks(tasks: Iterator[work.Task]) -> Iterator[Sequence[work.Task]]:
    while chunk := tuple(islice(tasks, CHUNK)):
        yield chunk


@contextmanager
def _pool(jobs: int, total: int) -> Iterator[ProcessPoolExecutor | None]:
    """Helper processes, or none where one process does."""
    jobs = jobs or os.cpu_count() or 1
    if jobs == 1 or total <= ALONE:
        yield None
        return
    import multiprocessing
    from concurrent.futures import ProcessPoolExecutor

    # Spawned, not forked: as on Windows, and safe beside the window's threads.
    context = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(jobs, mp_context=context, initializer=work.begin) as pool:
        yield pool


def _each(
    pool: ProcessPoolExecutor | None, do: Callable[[A], R], items: Iterable[A], stop: Stop, jobs: int
) -> Iterator[R]:
    """`do` of each item in their order, with a bounded number under way. After `stop` those under way still come."""
    if pool is None:
        for item in items:
            if stop():
                return
            yield do(item)
        return
    limit = (jobs or os.cpu_count() or 1) * AHEAD
    pending: deque[Future[Any]] = deque()
    for item in items:
        pending.append(pool.submit(do, item))
        if len(pending) >= limit:
            yield pending.popleft().result()
        if stop():
            break
    while pending:
        yield pending.popleft().result()
