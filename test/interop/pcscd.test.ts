/** The one place that pcscd has on a machine: who has it, and what is left of who had it. */
import { existsSync } from 'node:fs';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { peerTest } from '../peers.ts';
import { until } from './our-rdp-client.ts';
import { claimSocket, PCSC, runningPcscd, SOCKET, startPcscd } from './pcscd.ts';

const s = suite('pcscd');

peerTest(s, 'a pcscd that runs is named; what a killed one left is taken away', PCSC, async () => {
  const first = await startPcscd();
  const pid = runningPcscd() as number;
  try {
    assert.throws(claimSocket, new RegExp(`another pcscd \\(process ${pid}\\) has`));
    process.kill(pid, 'SIGKILL');
    await until(() => !existsSync(`/proc/${pid}`));
    assert.ok(existsSync(SOCKET), 'nobody tidied up behind it');
    claimSocket();
    assert.not(existsSync(SOCKET));
  } finally {
    await first.stop();
  }
  const second = await startPcscd();
  await second.card(false);
  await second.stop();
});

s.run();
