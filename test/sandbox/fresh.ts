/** What a program can see of the file system and the process, printed by a program: the same for every one in a session. */
import type { GradeRequest } from '../../src/sandbox/types.ts';

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
export const probe = (name: string): GradeRequest => ({
  code: `# ${name}${PROBE}`,
  setup: '',
  tests: ['assert True'],
});
