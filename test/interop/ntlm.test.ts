/** impacket at either end of NTLM: its client with our acceptor, its server's judgement of our initiator. */
import { execFileSync } from 'node:child_process';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import * as acceptor from '../../protocols/ntlm/acceptor.ts';
import * as initiator from '../../protocols/ntlm/initiator.ts';
import { ntHash, provedKey } from '../../protocols/ntlm/response.ts';
import { unwrap, wrap } from '../../protocols/ntlm/session-security.ts';
import { fromHex, fromUtf8, toHex } from '../../src/bytes/bytes.ts';
import { seededRandom } from '../../src/crypto/random.ts';
import { peer, peerTest } from '../peers.ts';
import { root } from '../root.ts';

const s = suite('ntlm with impacket');

const env = { now: Date.parse('2026-03-02T08:00:00Z'), random: seededRandom(1, 'ntlm') };
const target: acceptor.Target = {
  netbiosComputerName: 'FILES',
  netbiosDomainName: 'CORP',
  dnsComputerName: 'files.corp.example',
  dnsDomainName: 'corp.example',
};

function impacket(what: 'client' | 'server', ...octets: readonly Uint8Array[]): Uint8Array[] {
  const script = root('test', 'interop', 'ntlm.py');
  const args = [script, what, ...octets.map(toHex)];
  const said = execFileSync(peer('impacket') as string, args, { encoding: 'utf8' });
  return said.trim().split(' ').map(fromHex);
}

function sent(effects: readonly (acceptor.Effect | initiator.Effect)[]): Uint8Array {
  const [first] = effects;
  assert.ok(first?.kind === 'send');
  return first.token;
}

peerTest(s, "impacket's client at our server", ['impacket'], () => {
  const [negotiate] = impacket('client') as [Uint8Array];
  const begun = acceptor.step<string>(
    target,
    { name: 'expectNegotiate' },
    { kind: 'received', token: negotiate },
    env,
  );
  const [authenticate, key, sealed] = impacket('client', sent(begun.effects)) as [
    Uint8Array,
    Uint8Array,
    Uint8Array,
  ];
  const shown = acceptor.step(target, begun.state, { kind: 'received', token: authenticate }, env);
  const [judge] = shown.effects;
  assert.ok(judge?.kind === 'judge');
  const sessionBaseKey = provedKey(ntHash('Passw0rd!'), judge.logon);
  assert.ok(sessionBaseKey !== undefined);
  const verdict = { kind: 'granted', sessionBaseKey, identity: 'CORP\\alice' } as const;
  const { state } = acceptor.step(target, shown.state, { kind: 'judged', verdict }, env);
  assert.ok(state.name === 'established');
  assert.is(key.length, 16);
  const opened = unwrap(state.established.layer, sealed);
  assert.ok(opened.ok, opened.ok ? '' : opened.reason);
  assert.is(fromUtf8(opened.message), 'from impacket');
});

peerTest(s, "our client as impacket's server judges it", ['impacket'], () => {
  const credentials = {
    userName: 'alice',
    domainName: 'CORP',
    ntHash: ntHash('Passw0rd!'),
    workstation: 'LAPTOP',
    targetName: 'cifs/10.0.0.7',
  };
  const begun = initiator.step({ name: 'idle' }, { kind: 'begun', credentials }, env);
  const negotiate = sent(begun.effects);
  const server = acceptor.step<string>(
    target,
    { name: 'expectNegotiate' },
    { kind: 'received', token: negotiate },
    env,
  );
  const challenge = sent(server.effects);
  const done = initiator.step(begun.state, { kind: 'received', token: challenge }, env);
  const authenticate = sent(done.effects);
  const [status, , mic, sealed] = impacket('server', negotiate, challenge, authenticate);
  assert.is(toHex(status as Uint8Array), '00000000');
  assert.is(toHex(authenticate.subarray(72, 88)), toHex(mic as Uint8Array));
  assert.ok(done.state.name === 'established');
  const opened = unwrap(done.state.layer, sealed as Uint8Array);
  assert.ok(opened.ok, opened.ok ? '' : opened.reason);
  assert.is(fromUtf8(opened.message), 'from impacket');
  // The same layer goes the other way as well, with a stream of its own.
  assert.is(wrap(opened.layer, new Uint8Array(3)).token.length, 19);
});

s.run();
