import { mkdtempSync } from 'node:fs';
import { replay, replays } from '/work/wt/X/test/pytorch/replays.ts';
for (const i of process.argv[2].split(',').map(Number)) {
  try { const r = replay(replays[i]!, Number(process.argv[3] ?? 1), { python: '/work/venv/bin/python', folder: mkdtempSync('/work/tmp/rep-') });
  console.log(replays[i]!.name, r.told); } catch (e) { console.log('FAIL', replays[i]!.name, String(e).slice(0, 2500)); }
}
