/**
 * impacket asks `kerblab serve` for people's keys: with Entra's key it makes partial tickets and requests
 * of its own, so that nothing in them is ours.
 */
import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { toHex } from '../../src/bytes/bytes.ts';
import { readKeytab } from '../../src/trace/keytab.ts';
import { peer, peerTest } from '../peers.ts';
import { root } from '../root.ts';
import { type Served, serve } from './served.ts';

const NUMBER = 17_530;
const DOMAIN = 'S-1-5-21-1004336348-1177238915-682003330';
/** Of Passw0rd!, as everybody's tools have it. */
const NT_HASH = '0xfc525c9683e8fe067095ba2ddc971889';

const s = suite('key lists for impacket');
let served: Served;

s.before(async () => {
  served = await serve('test/interop/key-list.yaml', ['--kdc', '0', '--trace', '0']);
});
s.after(async () => {
  const { code } = await served.stop();
  assert.is(code, 0, `serve ended with ${code}: ${served.log()}`);
});

/** The AES key of krbtgt_AzureAD, from the export of all keys. */
function entraKey(): string {
  const entries = readKeytab(readFileSync(join(served.folder, 'all.keytab')));
  const found = entries.find(({ kvno, etype }) => kvno >>> 16 === NUMBER && etype === 18);
  if (found === undefined) throw new Error('all.keytab has no key of krbtgt_AzureAD');
  return toHex(found.key);
}

interface Ask {
  readonly user: string;
  readonly rid: number;
  readonly number?: number;
  readonly key?: string;
}

function asked({ user, rid, number = NUMBER, key = entraKey() }: Ask) {
  const { port } = new URL(`kdc://${served.ready.kdc}`);
  const script = root('test', 'interop', 'key-list.py');
  const who = [user, `${DOMAIN}-${rid}`];
  const args = [script, 'CORP.EXAMPLE', port, String(number), key, ...who];
  const { status, stdout, stderr } = spawnSync(peer('impacket') as string, args, {
    encoding: 'utf8',
  });
  return { status, said: stdout.trim(), stderr: `${stderr}${served.log()}` };
}

peerTest(s, 'the hash of whom Entra may speak for', ['impacket'], () => {
  const { status, said, stderr } = asked({ user: 'alice', rid: 1105 });
  assert.is(status, 0, stderr);
  assert.is(said, NT_HASH);
});

peerTest(s, 'none of a Domain Admin', ['impacket'], () => {
  const { status, said, stderr } = asked({ user: 'dana', rid: 1106 });
  assert.is(status, 0, stderr);
  assert.is(said, 'none');
  assert.match(stderr, /User dana is not allowed to have passwords replicated in RODCs/);
});

peerTest(s, 'none of who may not sign in', ['impacket'], () => {
  const erin = asked({ user: 'erin', rid: 1107 });
  assert.is(erin.said, 'none');
  assert.match(erin.stderr, /User erin's password has expired/);
  const fred = asked({ user: 'fred', rid: 1108 });
  assert.is(fred.said, 'none');
  // impacket says the same of every KDC_ERR_CLIENT_REVOKED.
  assert.match(fred.stderr, /User fred is not allowed/);
});

peerTest(s, 'none of whom the requestor is somebody else', ['impacket'], () => {
  const { said, stderr } = asked({ user: 'alice', rid: 1106 });
  assert.is(said, 'none');
  // KDC_ERR_TGT_REVOKED, of which impacket says only this.
  assert.match(stderr, /User alice is not allowed/);
});

peerTest(s, 'an unknown number and a wrong key', ['impacket'], () => {
  const number = asked({ user: 'alice', rid: 1105, number: 5 });
  assert.is.not(number.status, 0);
  assert.match(number.stderr, /KDC_ERR_S_PRINCIPAL_UNKNOWN: check the RODC krbtgt account number/);
  const key = asked({ user: 'alice', rid: 1105, key: '11'.repeat(32) });
  assert.is.not(key.status, 0);
  assert.match(key.stderr, /KRB_AP_ERR_BAD_INTEGRITY: check the RODC AES key/);
});

s.run();
