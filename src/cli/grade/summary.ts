/** What `npm run grade` says of a file: remarks on its records before, and the summary after. */
import type { GradeLine } from '../../sandbox/report.ts';
import type { LineProblem } from '../../tasks/readers/index.ts';

const verdicts = ['pass', 'fail', 'error', 'timeout', 'infra'] as const;
/** Records named in the summary; all are in the lines. */
const mostShown = 20;

/**
 * The summary: counts per verdict, speed, the weaker tier, and the records that did not pass.
 * @param seconds wall time of the grading, without the start of Python.
 * @param unread how many of the lines could not be read, and so were not graded.
 */
export function summary(lines: readonly GradeLine[], seconds: number, unread: number): string {
  const counts = verdicts
    .map((verdict) => ({ verdict, n: lines.filter((line) => line.verdict === verdict).length }))
    .filter(({ n }) => n > 0)
    .map(({ verdict, n }) => `${n} ${verdict}`);
  const graded = lines.length - unread;
  const text = [
    `${lines.length} records: ${counts.join(', ')}`,
    `${graded} programs in ${seconds.toFixed(1)} s: ${(graded / seconds).toFixed(1)} programs/s`,
  ];
  if (unread > 0) text.push(`lines without a usable record: ${unread}`);
  const weaker = lines.filter((line) => line.inside !== undefined);
  if (weaker.length > 0) {
    const tests = weaker.reduce((sum, line) => sum + (line.inside ?? 0), 0);
    text.push(
      `tests in the weaker tier, whose result a program could forge: ${tests}, in ${weaker.length} record${weaker.length === 1 ? '' : 's'}`,
    );
  }
  const bad = lines.filter((line) => line.verdict !== 'pass');
  for (const { name, verdict, passed, total, reason } of bad.slice(0, mostShown))
    text.push(`  ${name}: ${verdict} (${passed}/${total}) ${reason}`);
  if (bad.length > mostShown) text.push(`  … and ${bad.length - mostShown} more that did not pass`);
  return text.join('\n') + '\n';
}

/** Records named in a remark that several share. */
const mostNamed = 5;

/** The remarks on records that were kept; records of which the same is to be said, numbers aside, share a line. */
export function grouped(notices: readonly LineProblem[]): string {
  const kind = ({ message }: LineProblem): string => message.replace(/\d+/g, '0');
  return [...new Set(notices.map(kind))]
    .map((wanted) => {
      const same = notices.filter((notice) => kind(notice) === wanted);
      const shown = same
        .slice(0, mostNamed)
        .map(({ line, name }) => (name === `line ${line}` ? name : `line ${line}, record ${name}`));
      const more = same.length > mostNamed ? ` … and ${same.length - mostNamed} more` : '';
      const { message } = same[0]!;
      const varied = same.some((notice) => notice.message !== message)
        ? ' (the numbers are those of the first)'
        : '';
      return `${shown.join('; ')}${more}: ${message}${varied}\n`;
    })
    .join('');
}
