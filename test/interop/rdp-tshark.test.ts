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
import { peerTest } from '../peers.ts';
import { built } from '../root.ts';

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

s.run();
