/** Wireshark reads our captures: synthetic ones here, those of every scenario in tshark-scenarios.test.ts. */
import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { utf8 } from '../../src/bytes/bytes.ts';
import { captureOf } from '../../src/trace/capture.ts';
import { pcapng } from '../../src/trace/pcapng.ts';
import type { TraceRecord, Wire } from '../../src/trace/record.ts';
import { linkOf } from '../../src/trace/wire.ts';
import { peerTest } from '../peers.ts';

/** PI_WARN in Wireshark's epan/proto.h. */
const EXPERT_WARNING = 0x600000;

const s = suite('tshark reads captures');

const folder = mkdtempSync(join(tmpdir(), 'kerblab-tshark-'));
s.after(() => rmSync(folder, { recursive: true }));

const octets = new Map<string, Uint8Array>();

function kept(bytes: Uint8Array): string {
  octets.set(linkOf(bytes), bytes);
  return linkOf(bytes);
}

function step(
  seq: number,
  actor: string,
  event: Wire,
  effects: readonly Wire[],
  cause?: number,
): TraceRecord {
  const base = {
    v: 1,
    seq,
    at: seq * 1.5,
    actor,
    machine: 'm',
    from: 's',
    event,
    to: 's',
    effects,
  } as const;
  return cause === undefined ? base : { ...base, cause };
}

/** A connection over which 5000 octets go to and fro, and a datagram, between these addresses. */
function conversation(ann: string, bob: string): Uint8Array {
  const bytes = kept(new Uint8Array(5000).fill(0x41));
  const say = (connection: string): Wire => ({ kind: 'send', transport: 'tcp', connection, bytes });
  const heard = (connection: string): Wire => ({
    kind: 'received',
    transport: 'tcp',
    connection,
    bytes,
  });
  const datagram = {
    kind: 'send',
    transport: 'udp',
    to: 'bob',
    toPort: 9999,
    port: 50000,
    bytes: kept(utf8('odd')),
  };
  const records = [
    step(0, 'bob', { kind: 'started' }, [{ kind: 'listen', transport: 'tcp', port: 9999 }]),
    step(1, 'ann', { kind: 'started' }, [
      datagram,
      { kind: 'connect', connection: 'c', to: 'bob', port: 9999 },
    ]),
    step(
      2,
      'bob',
      { kind: 'accepted', connection: 's', from: 'ann', fromPort: 50001, port: 9999 },
      [],
      1,
    ),
    step(3, 'ann', { kind: 'connected', connection: 'c' }, [say('c')]),
    step(4, 'bob', heard('s'), [say('s')]),
    step(5, 'ann', heard('c'), [say('c'), { kind: 'close', connection: 'c' }]),
    step(6, 'bob', heard('s'), []),
    step(7, 'bob', { kind: 'closed', connection: 's', reason: 'closed' }, []),
  ];
  const source = {
    records,
    octets: (link: string) => octets.get(link),
    start: Date.UTC(2026, 2, 2, 8),
    addresses: { ann, bob },
    framings: new Map(),
  };
  return pcapng({ title: 'A conversation', application: 'kerblab 0.0.0', ...captureOf(source) });
}

function tshark(file: string, ...args: readonly string[]): string {
  const checks = [
    '-o',
    'ip.check_checksum:TRUE',
    '-o',
    'tcp.check_checksum:TRUE',
    '-o',
    'udp.check_checksum:TRUE',
  ];
  const env = { ...process.env, TZ: 'UTC' };
  const all = ['-r', file, ...checks, ...args];
  return execFileSync('tshark', all, { encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'], env });
}

for (const [name, ann, bob] of [
  ['IPv4', '10.88.0.1', '10.88.0.2'],
  ['IPv6', 'fd00::1', 'fd00::2'],
] as const) {
  peerTest(
    s,
    `${name}: right checksums, whole connections, names, times and comments`,
    ['tshark'],
    () => {
      const file = join(folder, `${name}.pcapng`);
      writeFileSync(file, conversation(ann, bob));
      const fields = ['frame.time_epoch', 'tcp.len', 'tcp.flags.str', 'frame.comment'];
      const rows = tshark(file, '-T', 'fields', ...fields.flatMap((f) => ['-e', f]))
        .trim()
        .split('\n');
      assert.is(rows.length, 19, rows.join('\n'));
      assert.match(rows[0] ?? '', /^1772438400\.001500+\t.*record 1: ann → bob: octets$/);
      const bad = ['ip', 'tcp', 'udp'].map((layer) => `${layer}.checksum.status == 0`);
      bad.push('tcp.analysis.flags', `_ws.expert.severity >= ${EXPERT_WARNING}`);
      assert.is(tshark(file, '-Y', bad.join(' || ')), '');
      const checked = tshark(file, '-Y', 'tcp.checksum.status == 1 || udp.checksum.status == 1');
      assert.is(checked.trim().split('\n').length, 19);
      assert.match(tshark(file, '-N', 'n'), /ann → bob/);
      const stream = tshark(file, '-q', '-z', 'follow,tcp,raw,0');
      assert.is(stream.match(/41/g)?.length, 15_000);
      const completeness = tshark(file, '-Y', 'tcp', '-T', 'fields', '-e', 'tcp.completeness');
      assert.match(completeness, /^31$/m);
    },
  );
}

s.run();
