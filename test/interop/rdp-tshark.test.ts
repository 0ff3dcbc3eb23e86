/**
 * Wireshark reads the capture of a remote desktop: in clear without being told anything, and as TLS with the
 * secrets that stand in the capture.
 */
import { execFileSync, spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { dissector } from '../../protocols/dissect/dissector.ts';
import { FRAMINGS } from '../../protocols/roles.ts';
import { fromUtf8 } from '../../src/bytes/bytes.ts';
import { type CaptureSource, captureOf } from '../../src/trace/capture.ts';
import { hintsOf, keyringOf, messageOf } from '../../src/trace/hints.ts';
import { pcapng as writePcapng } from '../../src/trace/pcapng.ts';
import type { TraceRecord } from '../../src/trace/record.ts';
import { linksOf } from '../../src/trace/wire.ts';
import { peerTest } from '../peers.ts';
import { built } from '../root.ts';
import { execute, serve } from './served.ts';

const s = suite('tshark reads remote desktops');

const STORY = `
scenario: 1
title: Alice signs in to a remote desktop
about: Network Level Authentication with a password, as Wireshark sees it.
start: 2026-03-02T08:00:00Z
seed: 1
actors:
  dc1: { role: domain-controller, realm: CORP.EXAMPLE, netbios: CORP }
  rd1: { role: rdp-host, realm: CORP.EXAMPLE, remoteDesktopUsers: [Remote Staff] }
  alice: { role: user, realm: CORP.EXAMPLE, password: Passw0rd!, groups: [Remote Staff] }
  laptop: { role: device, realm: CORP.EXAMPLE }
script:
  - { at: 1m, do: { actor: alice, enters: password, value: Passw0rd!, on: laptop } }
  - { at: 2m, do: { actor: alice, connects: rd1.corp.example, on: laptop } }
  - { at: 130s, do: { actor: alice, enters: password, value: Passw0rd!, on: laptop } }
expect:
  within: 5m
  trace:
    - { actor: rd1, received: TSRequest, with: { authInfo.credentials.userName: alice } }
    - { actor: rd1, received: MCS Connect Initial, with: { CS_NET.channelDefArray.name: rdpdr } }
    - { actor: laptop, received: Save Session Info PDU, with: { UserName: alice } }
`;

const folder = mkdtempSync(join(tmpdir(), 'kerblab-rdp-tshark-'));
s.after(() => rmSync(folder, { recursive: true }));
/** A file of this test. */
const file = (name: string): string => join(folder, name);

function kerblab(...args: readonly string[]): void {
  const options = { encoding: 'utf8', stdio: 'pipe' } as const;
  const { status, stderr, stdout } = spawnSync(
    process.execPath,
    [built('src/cli/main.js'), ...args],
    options,
  );
  assert.is(status, 0, `${stdout}${stderr}`);
}

interface Capture {
  readonly pcapng: string;
  /** How tshark is to be called for it. */
  readonly options: readonly string[];
}

let exported: { readonly clear: Capture; readonly tls: Capture } | undefined;

function captures(): { readonly clear: Capture; readonly tls: Capture } {
  if (exported !== undefined) return exported;
  writeFileSync(file('rdp.yaml'), STORY);
  kerblab('run', file('rdp.yaml'), '--out', folder);
  const latest = ['export', 'latest', '--runs', folder];
  kerblab(...latest, '--pcapng', file('clear.pcapng'), '--keytab', file('all.keytab'));
  kerblab(...latest, '--pcapng', file('tls.pcapng'), '--keylog', file('tls.keys'));
  const asTls = ['-d', 'tcp.port==3389,tls'];
  exported = {
    clear: { pcapng: file('clear.pcapng'), options: [] },
    tls: { pcapng: file('tls.pcapng'), options: asTls },
  };
  return exported;
}

function tshark({ pcapng, options }: Capture, ...args: readonly string[]): string {
  const decrypting = ['-o', 'kerberos.decrypt:TRUE', '-o', `kerberos.file:${file('all.keytab')}`];
  return execFileSync('tshark', ['-r', pcapng, ...options, ...decrypting, ...args], {
    encoding: 'utf8',
    stdio: 'pipe',
    maxBuffer: 64 << 20,
  });
}

/** How many packets a filter lets through. */
function count(capture: Capture, filter: string): number {
  const frames = tshark(capture, '-Y', filter, '-T', 'fields', '-e', 'frame.number');
  return frames.split('\n').filter((line) => line !== '').length;
}

/** What both captures show, by filter. */
const INSIDE: Readonly<Record<string, number>> = {
  '_ws.malformed': 0,
  credssp: 7,
  'credssp && spnego && kerberos.msg_type == 14': 1,
  'credssp && spnego && kerberos.msg_type == 15': 1,
  'credssp.pubKeyAuth': 2,
  'credssp.authInfo': 1,
  t124: 2,
  'rdp.client.coreData': 1,
  'rdp.clientInfoPDU': 1,
  'rdp.numberCapabilities': 2,
};

peerTest(s, 'in clear, without options', ['tshark'], () => {
  const { clear } = captures();
  assert.is(count(clear, 'rdp.negReq.requestedProtocols.hybrid'), 1);
  assert.is(count(clear, 'rdp.negReq.selectedProtocol == 8'), 1);
  for (const [filter, packets] of Object.entries(INSIDE)) {
    assert.is(count(clear, filter), packets, filter);
  }
  assert.is(count(clear, '_ws.expert.severity > 6291456'), 0);
  assert.is(count(clear, 'tls'), 0);
});

peerTest(s, 'as TLS, opened with what stands in the capture', ['tshark'], () => {
  const { tls } = captures();
  const handshake = ['-Y', 'tls.handshake', '-T', 'fields', '-e', 'tls.handshake.type'];
  assert.is(tshark(tls, ...handshake), '1\n2,11,14\n16,20\n20\n');
  for (const [filter, packets] of Object.entries(INSIDE)) {
    assert.is(count(tls, filter), packets, filter);
  }
  assert.is(count(tls, 'x509sat.uTF8String == "rd1.corp.example"'), 1);
  assert.match(
    readFileSync(file('tls.keys'), 'utf8'),
    /^CLIENT_RANDOM [0-9a-f]{64} [0-9a-f]{96}\n$/,
  );
});

peerTest(s, 'the tickets in it open with the keys of the realm', ['tshark'], () => {
  for (const capture of Object.values(captures())) {
    const fields = ['-T', 'fields', '-e', 'kerberos.CNameString'];
    const names = tshark(capture, '-Y', 'credssp && kerberos.CNameString', ...fields);
    assert.match(names, 'alice');
    assert.match(names, 'RD1$');
  }
});

/** What `serve` has recorded of a connection of FreeRDP, whose TLS was real. */
async function servedRecords(): Promise<CaptureSource> {
  const options = ['--kdc', '0', '--rdp', '0', '--trace', '0'];
  const served = await serve('test/interop/remote-desktop.yaml', options);
  try {
    const { rdp, trace } = served.ready;
    const who = ['/u:CORP\\alice', '/p:Correct horse 7', '/sec:nla', '/cert:ignore'];
    const command = ['-a', 'xfreerdp', `/v:${rdp}`, ...who, '+auth-only'];
    const { code, stdout } = await execute('xvfb-run', command, {});
    assert.is(code, 0, stdout);
    const { origin, searchParams } = new URL(trace as string);
    const get = async (path: string): Promise<Uint8Array> => {
      const answer = await fetch(`${origin}${path}?token=${searchParams.get('token')}`);
      return new Uint8Array(await answer.arrayBuffer());
    };
    const lines = fromUtf8(await get('/trace'))
      .trim()
      .split('\n');
    const records = lines.map((line) => JSON.parse(line) as TraceRecord);
    const octets = new Map<string, Uint8Array>();
    for (const link of records.flatMap(linksOf)) octets.set(link, await get(`/bytes/${link}`));
    return {
      records,
      octets: (link) => octets.get(link),
      start: 0,
      tls: { seed: 1 },
      framings: new Map(FRAMINGS.map((framing) => [framing.name, framing])),
    };
  } finally {
    await served.stop();
  }
}

const PEERS = ['tshark', 'xfreerdp', 'xvfb-run', 'xauth'] as const;

peerTest(s, 'what serve has recorded of FreeRDP goes the same way', PEERS, async () => {
  const source = await servedRecords();
  const { records, octets } = source;
  const keys = keyringOf(records, octets, dissector);
  const credentials: unknown[] = [];
  for (const { actor, event, effects } of records) {
    for (const wire of actor === 'rd1' ? [event, ...effects] : []) {
      const bytes = messageOf(wire, octets);
      if (bytes === undefined || !['received', 'send'].includes(wire.kind)) continue;
      assert.type(wire.message, 'string', `${bytes.length} octets without a name`);
      const rows = dissector.fields(bytes, hintsOf(wire), keys);
      assert.is(
        rows.find(({ type }) => type === 'error'),
        undefined,
        wire.message,
      );
      const value = dissector.value(bytes, hintsOf(wire), keys) as Readonly<
        Record<string, unknown>
      >;
      if (value.authInfo !== undefined) credentials.push(value.authInfo);
    }
  }
  assert.equal(credentials, [
    {
      openedBy: 'NTLM session key of CORP\\alice',
      credType: 1,
      credentials: { domainName: 'CORP', userName: 'alice', password: 'Correct horse 7' },
    },
  ]);
  const pcapng = file('served.pcapng');
  writeFileSync(pcapng, writePcapng({ title: 't', application: 'a', ...captureOf(source) }));
  const served = { pcapng, options: ['-d', 'tcp.port==3389,tls'] };
  assert.is(count(served, 'tls.handshake.type == 1'), 1);
  assert.is(count(served, 'credssp'), 5);
  assert.is(count(served, 'ntlmssp.auth.username == "alice"'), 1);
  assert.is(count(served, 'rdp.numberCapabilities'), 2);
});

s.run();
