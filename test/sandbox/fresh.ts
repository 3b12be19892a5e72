/** What a program can see of the file system and the process, printed by a program: the same for every one in a session. */
import { expect } from 'vitest';
import type { GradeRequest, Verdict } from '../../src/sandbox/types.ts';

const PROBE = `
import hashlib, os, time
def tree(path):
    yield path, tuple(os.lstat(path)), os.access(path, 7)
    if os.path.isdir(path) and not os.path.islink(path) and path != '/proc':
        for name in sorted(os.listdir(path)):
            yield from tree(path.rstrip('/') + '/' + name)
facts = [
    sorted(map(int, os.listdir('/proc/self/fd'))),
    [os.isatty(fd) for fd in range(3)],
    [(fd, os.fstat(fd).st_ino) for fd in range(3)],
    os.open('/lib/python314.zip', os.O_RDONLY), os.read(3, 4), os.lseek(3, 0, 1),
    os.getcwd(), os.umask(0o22), os.getpid(), time.time(), os.urandom(4), dict(os.environ),
]
print(facts[0], facts[6], hashlib.sha256(repr((facts, list(tree('/')))).encode()).hexdigest())
`;

/** The program, with a name that makes it another one for the cache: what it sees is its output. */
const probe = (name: string): GradeRequest => ({
  code: `# ${name}${PROBE}`,
  setup: '',
  tests: ['assert True'],
});

/**
 * Grades programs in their order, and after each one looks what the next one finds: fails when that is not always the same,
 * or when most programs did not run because the sandbox remembers their verdicts.
 */
export async function gradeAndProbe(
  grade: (programs: GradeRequest[]) => Promise<Verdict[]>,
  name: string,
  programs: readonly GradeRequest[],
): Promise<Verdict[]> {
  const verdicts = await grade(programs.flatMap((program, i) => [program, probe(`${name} ${i}`)]));
  expect(verdicts.filter(({ cached }) => cached).length).toBeLessThan(programs.length / 2);
  // A look that a busy machine was too slow for, where time is short, says nothing.
  const seen = verdicts
    .filter(({ status }, i) => i % 2 === 1 && status !== 'timeout')
    .map((verdict) => verdict.stdout);
  expect(seen[0]).toMatch(/^\[0, 1, 2, 3\] \/home\/pyodide \w{64}\n$/);
  expect(new Set(seen).size).toBe(1);
  return verdicts.filter((_, i) => i % 2 === 0);
}
