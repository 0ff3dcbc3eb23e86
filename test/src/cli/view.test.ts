import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { built } from '../../root.ts';
import { finishedRun, kerblab } from './finished-run.ts';

const s = suite('kerblab view');
const run = finishedRun();
s.after(run.remove);

s('serves the run until it is told to stop', async () => {
  const args = [built('src/cli/main.js'), 'view', 'latest', '--runs', run.runs];
  const child = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'ignore'] });
  const [line] = (await once(child.stdout, 'data')) as [Buffer];
  const url = new URL(String(line).trim());
  const asked = (path: string): Promise<Response> =>
    fetch(`${url.origin}${path}`, {
      headers: { authorization: `Bearer ${url.searchParams.get('token')}` },
    });
  assert.is((await fetch(url.origin)).status, 401);
  assert.is((await fetch(url)).status, 200);
  const trace = readFileSync(join(run.folder, 'trace.jsonl'), 'utf8');
  assert.is(await (await asked('/trace')).text(), trace);
  const about = (await (await asked('/run')).json()) as Record<string, unknown>;
  assert.is(about.live, false);
  assert.is(about.seed, 1);
  const link = /"message":"AS-REP","bytes":"([0-9a-f]{16})"/.exec(trace)?.[1];
  const tree = await (await asked(`/tree/${link}`)).text();
  assert.match(tree, 'EncTicketPart');
  assert.is((await asked('/clock')).status, 405);
  child.kill('SIGTERM');
  const [code] = await once(child, 'exit');
  assert.is(code, 0);
});

s('what is no run folder, and a port that is none', () => {
  const nowhere = kerblab('view', join(run.runs, 'nothing'));
  assert.is(nowhere.status, 2);
  assert.match(nowhere.stderr, 'is not a run folder');
  assert.is(kerblab('view', 'latest', '--port', '70000').status, 2);
});

s.run();
