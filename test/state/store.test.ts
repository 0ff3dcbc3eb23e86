/** An LMDB store whose process is killed while it writes: whole batches, and all that were acknowledged. */
import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { fromUtf8, view } from '../../src/bytes/bytes.ts';
import { seededRandom } from '../../src/crypto/random.ts';
import { lmdbStore } from '../../src/store/lmdb.ts';
import { built } from '../root.ts';
import { RECORDS } from './writing-child.ts';

const s = suite('LMDB store under SIGKILL');

const ROUNDS = 40;

/** The last batch that was acknowledged before the process was killed. */
function killedAfter(folder: string, ms: number): Promise<number> {
  const program = built('test/state/writing-child.js');
  const child = spawn(process.execPath, [program, 'write', folder], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  let said = '';
  return new Promise((resolve) => {
    child.stdout.on('data', (chunk: Buffer) => {
      if (said === '') setTimeout(() => child.kill('SIGKILL'), ms);
      said += chunk.toString();
    });
    child.once('close', () => {
      // What follows the last line end was cut off.
      resolve(Number(said.split('\n').at(-2) ?? 0));
    });
  });
}

s(`${ROUNDS} rounds leave whole batches, and each that was acknowledged`, async () => {
  const folder = mkdtempSync(join(tmpdir(), 'kerblab-crash-'));
  const octets = seededRandom(1, 'crash');
  let last = 0;
  try {
    for (let round = 0; round < ROUNDS; round++) {
      const acknowledged = await killedAfter(folder, (view(octets(2)).getUint16(0) % 300) / 10);
      const store = await lmdbStore(folder);
      const n = store.counter('n');
      assert.ok(n === acknowledged || n === acknowledged + 1, `${n} after ${acknowledged}`);
      assert.ok(n > last);
      assert.is(store.size, RECORDS);
      assert.is(store.keys, 2 * RECORDS);
      assert.is(store.find('batch', String(n)).length, RECORDS);
      for (let id = 1; id <= RECORDS; id++) {
        assert.is(fromUtf8(store.read(id) as Uint8Array), `${n} ${'x'.repeat(n % 700)}`);
        assert.equal(store.find('of', `${id - 1} ${n}`), [id]);
      }
      last = n;
      await store.close();
    }
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
});

s.run();
