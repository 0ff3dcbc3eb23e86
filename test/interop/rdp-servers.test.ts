/**
 * Our remote desktop client at other people's servers: FreeRDP 2.11's shadow with NTLM, 3.10's with Kerberos
 * from our KDC, xrdp with TLS and what it refuses.
 */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { ntHash } from '../../protocols/ntlm/response.ts';
import { Protocol } from '../../protocols/rdp/constants.ts';
import { toHex } from '../../src/bytes/bytes.ts';
import { peerTest } from '../peers.ts';
import { DISPLAY, type Display, startDisplay } from './display.ts';
import { dnsSan, eku, OpensslAuthority, SERVER_EKU } from './openssl-pki.ts';
import { type Nla, OurRdpClient } from './our-rdp-client.ts';
import { type Account, byKerberos, byNtlm, rdpConfig } from './our-rdp-logon.ts';
import { type RdpServer, startServer } from './rdp-servers.ts';
import { type Served, serve } from './served.ts';

const s = suite('other remote desktop servers');

const ALICE: Account = { domain: 'CORP', userName: 'alice', password: 'Correct horse 7' };
const { PROTOCOL_SSL, PROTOCOL_HYBRID } = Protocol;
const folder = mkdtempSync(join(tmpdir(), 'kerblab-rdp-'));
s.after(() => rmSync(folder, { recursive: true, force: true }));

/** Comes to a session, or throws with the reason that it does not. */
async function connected({ address }: RdpServer, protocols: number, nla?: Nla): Promise<void> {
  const client = new OurRdpClient({
    address,
    rdp: rdpConfig(ALICE, protocols),
    ...(nla === undefined ? {} : { nla }),
  });
  try {
    await client.active();
  } finally {
    client.close();
  }
}

async function refused(
  server: RdpServer,
  protocols: number,
  why: string | RegExp,
  nla?: Nla,
): Promise<void> {
  let reason = 'a session';
  await connected(server, protocols, nla).catch((error: Error) => {
    reason = error.message;
  });
  assert.match(reason, why, server.log());
}

/** Runs with a shadow server on a display of its own. */
async function withShadow(
  command: string,
  args: readonly string[],
  env: Readonly<Record<string, string>>,
  body: (server: RdpServer) => Promise<void>,
): Promise<void> {
  const display: Display = await startDisplay(800, 600);
  try {
    const server = await startServer(
      command,
      (port) => [`/port:${port}`, '/bind-address:127.0.0.1', '/sec:nla', ...args],
      { DISPLAY: display.name, HOME: folder, ...env },
    );
    try {
      await body(server);
    } finally {
      await server.stop();
    }
  } finally {
    await display.stop();
  }
}

const SHADOW2 = ['freerdp-shadow-cli', ...DISPLAY];

peerTest(s, 'FreeRDP 2’s shadow: NTLM, and nothing else', SHADOW2, async () => {
  const sam = join(folder, 'sam');
  writeFileSync(sam, `alice:CORP::${toHex(ntHash(ALICE.password))}:::\n`);
  await withShadow('freerdp-shadow-cli', [`/sam-file:${sam}`], {}, async (server) => {
    await connected(server, PROTOCOL_HYBRID, byNtlm(ALICE, 'none'));
    await connected(server, PROTOCOL_SSL | PROTOCOL_HYBRID, byNtlm(ALICE, 'none'));
    await refused(server, PROTOCOL_SSL, 'RDP_NEG_FAILURE: HYBRID_REQUIRED_BY_SERVER');
    const wrong = { ...ALICE, password: 'wrong' };
    await refused(server, PROTOCOL_HYBRID, /closed the connection|refuses/, byNtlm(wrong, 'none'));
  });
});

const SHADOW3 = ['freerdp-shadow-cli3', ...DISPLAY];
const PIN = {
  kind: 'smartCard',
  pin: '135790',
  cspData: { keySpec: 1, readerName: 'Windows Hello for Business 1', containerName: 'hello' },
  userHint: 'alice@corp.example',
} as const;

peerTest(s, 'FreeRDP 3’s shadow: Kerberos with its own ticket', SHADOW3, async () => {
  const kdc: Served = await serve('test/interop/rdp-servers.yaml', ['--kdc', '0']);
  const kdcPort = Number((kdc.ready.kdc as string).split(':')[1]);
  const realm = { realm: 'CORP.EXAMPLE', host: 'shadow.corp.example', kdcPort };
  const keytab = `/keytab:${join(kdc.folder, 'services.keytab')}`;
  const sam = join(folder, 'empty');
  writeFileSync(sam, '');
  const env = { KRB5_CONFIG: join(kdc.folder, 'krb5.conf') };
  try {
    const args = [keytab, `/sam-file:${sam}`];
    await withShadow('freerdp-shadow-cli3', args, env, async (server) => {
      await connected(server, PROTOCOL_HYBRID, await byKerberos(ALICE, realm));
      // What it gets in the end may be a PIN as well.
      await connected(server, PROTOCOL_HYBRID, await byKerberos(ALICE, realm, PIN));
      await refused(server, PROTOCOL_SSL, 'RDP_NEG_FAILURE: HYBRID_REQUIRED_BY_SERVER');
      const elsewhere = { ...realm, host: 'nobody.corp.example' };
      const nla = await byKerberos(ALICE, elsewhere);
      await refused(server, PROTOCOL_HYBRID, /./, nla);
    });
  } finally {
    await kdc.stop();
  }
});

async function xrdp(security: string, more: readonly string[] = []): Promise<RdpServer> {
  const authority = new OpensslAuthority(folder, `ca-${security}`);
  const extensions = [...eku(SERVER_EKU), ...dnsSan('xrdp.corp.example')];
  const { key, certificate } = authority.issue({ name: `xrdp-${security}`, extensions });
  const file = join(folder, `xrdp-${security}.ini`);
  return startServer(
    'xrdp',
    (port) => {
      const lines = [
        '[Globals]',
        'ini_version=1',
        'fork=false',
        `port=tcp://127.0.0.1:${port}`,
        `security_layer=${security}`,
        `certificate=${certificate}`,
        `key_file=${key}`,
        'ssl_protocols=TLSv1.2, TLSv1.3',
        'allow_channels=true',
        'use_fastpath=both',
        'max_bpp=32',
        ...more,
        '[Logging]',
        `LogFile=${join(folder, 'xrdp.log')}`,
        'LogLevel=INFO',
        'EnableSyslog=false',
        'EnableConsole=true',
        'ConsoleLevel=INFO',
        '[Xorg]',
        'name=Xorg',
        'lib=libxup.so',
        'username=ask',
        'password=ask',
        'port=-1',
        'code=20',
      ];
      writeFileSync(file, `${lines.join('\n')}\n`);
      return ['--nodaemon', '--config', file];
    },
    {},
  );
}

peerTest(s, 'xrdp: TLS, with a request for a licence on the way', ['xrdp', 'openssl'], async () => {
  const server = await xrdp('tls');
  try {
    await connected(server, PROTOCOL_SSL);
    await connected(server, PROTOCOL_SSL | PROTOCOL_HYBRID, byNtlm(ALICE, 'none'));
    const why = 'RDP_NEG_FAILURE: SSL_REQUIRED_BY_SERVER';
    await refused(server, PROTOCOL_HYBRID, why, byNtlm(ALICE, 'none'));
  } finally {
    await server.stop();
  }
});

peerTest(s, 'xrdp without TLS is not spoken to', ['xrdp', 'openssl'], async () => {
  const server = await xrdp('rdp');
  try {
    await refused(server, PROTOCOL_SSL, 'the server selected 0, which was not offered');
  } finally {
    await server.stop();
  }
});

s.run();
