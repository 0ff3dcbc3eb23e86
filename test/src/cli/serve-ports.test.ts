import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { PATIENCE, realPorts } from '../../../src/cli/serve-ports.ts';

const s = suite('serve ports');

s('the first actor has the port that was asked for, the others any; other ports stay shut', () => {
  const real = realPorts({ kdc: 8800 });
  assert.is(real('dc1', 88), 8800);
  assert.is(real('dc2', 88), 0);
  assert.is(real('dc1', 88), 8800);
  assert.is(real('dc1', 445), undefined);
  assert.is(real('dc1', 389), undefined);
  assert.is(realPorts({ kdc: undefined })('dc1', 88), undefined);
  assert.is(realPorts({ ldap: 0 })('dc1', 389), 0);
});

s('network logons are judged where a remote desktop host is served', () => {
  assert.is(realPorts({ kdc: 8800 })('dc1', 49_670), undefined);
  assert.is(realPorts({ kdc: 8800, rdp: 3390 })('dc1', 49_670), 0);
});

s('the directory waits as long as the LDAP policies of Windows say, the KDC as any', () => {
  assert.equal(PATIENCE[389], { firstMessageMs: 120_000, idleMs: 900_000 });
  assert.equal(PATIENCE[88], {});
});

s.run();
