import { spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import WebSocket from 'ws';
import { built, root } from '../../root.ts';
import { inFolder } from './called.ts';

const watch = suite('watch');

/** The first `http://` that a stream prints. */
function addressIn(stream: NodeJS.ReadableStream): Promise<URL> {
  return new Promise((resolve) => {
    let text = '';
    stream.on('data', (chunk: Buffer) => {
      text += chunk.toString();
      const found = /http:\/\/\S+/.exec(text)?.[0];
      if (found !== undefined) resolve(new URL(found));
    });
  });
}

watch('run --trace waits for a viewer, streams every record, and ends by itself', () =>
  inFolder(async (folder) => {
    const scenario = root('scenarios', 'password-sign-in.yaml');
    const args = [built('src/cli/main.js'), 'run', scenario, '--trace', '0'];
    const child = spawn(process.execPath, args, {
      cwd: folder,
      stdio: ['ignore', 'ignore', 'pipe'],
    });
    const ended = new Promise<number | null>((resolve) => child.on('close', resolve));
    const url = await addressIn(child.stderr);
    const token = url.searchParams.get('token') ?? '';
    const refused = await fetch(new URL('/trace', url));
    assert.is(refused.status, 401);
    const lines: string[] = [];
    const client = new WebSocket(`ws://${url.host}/live?from=0&token=${token}`);
    client.on('message', (data) => lines.push(String(data)));
    await new Promise((resolve) => client.on('close', resolve));
    assert.is(await ended, 0);
    const trace = readFileSync(join(folder, 'runs', 'latest', 'trace.jsonl'), 'utf8');
    assert.is(lines.map((line) => `${line}\n`).join(''), trace);
  }),
);

watch.run();
