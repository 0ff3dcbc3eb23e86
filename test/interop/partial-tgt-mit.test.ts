/**
 * A Hello key gets a partial ticket of Entra Kerberos from the served tenant; MIT's client library takes it to
 * the served domain controller; Wireshark opens what went over the network with the exported keys.
 */
import { execFileSync } from 'node:child_process';
import { constants, createSign, privateDecrypt } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { jsonObject, textField } from '../../protocols/oauth/json.ts';
import { readJwe } from '../../protocols/oauth/jwe.ts';
import { compactJws } from '../../protocols/oauth/jws.ts';
import { formBody } from '../../protocols/oauth/oauth.ts';
import {
  assertionInput,
  requestForm,
  tokenRequestInput,
} from '../../protocols/oauth/refresh-token-request.ts';
import { readPem } from '../../protocols/x509/pem.ts';
import { fromUtf8 } from '../../src/bytes/bytes.ts';
import { stage } from '../../src/cli/stage.ts';
import { captureOf } from '../../src/trace/capture.ts';
import { readKeytab } from '../../src/trace/keytab.ts';
import { pcapng } from '../../src/trace/pcapng.ts';
import type { TraceRecord } from '../../src/trace/record.ts';
import { linksOf } from '../../src/trace/wire.ts';
import { peer, peerTest } from '../peers.ts';
import { built } from '../root.ts';
import { execute, type Outcome, post, type Served, serve } from './served.ts';

const s = suite('partial tickets with MIT’s clients');
let served: Served;

s.before(async () => {
  const ports = ['--kdc', '0', '--entra', '0', '--trace', '0'];
  served = await serve('test/interop/entra.yaml', ports);
});
s.after(async () => {
  const { code } = await served.stop();
  assert.is(code, 0, `serve ended with ${code}: ${served.log()}`);
});

const ofLaptop = (file: string): string =>
  readFileSync(join(served.folder, 'entra', 'laptop', file), 'utf8');

function signed(input: Uint8Array, key: string): string {
  const signature = createSign('sha256').update(input).sign(ofLaptop(key));
  return compactJws(input, new Uint8Array(signature));
}

interface Token {
  readonly answer: string;
  /** Hexadecimal. */
  readonly sessionKey: string;
}

/** As CloudAP asks after a PIN: the Hello key signs an assertion, the device the request around it. */
async function token(): Promise<Token> {
  const tenant = JSON.parse(readFileSync(join(served.folder, 'entra', 'tenant.json'), 'utf8'));
  const { kid } = tenant.devices[0].hello[0];
  const path = `/${tenant.tenantId}/oauth2/token`;
  const challenge = await post(served, path, 'grant_type=srv_challenge');
  const nonce = JSON.parse(challenge.body).Nonce;
  const username = 'alice@corp.example';
  const wanted = { username, kid, audience: tenant.tenantId, nonce, now: Date.now() };
  const assertion = signed(assertionInput(wanted), 'hello-alice.key');
  const certificate = readPem(ofLaptop('device.pem'))[0]?.der as Uint8Array;
  const proof = { kind: 'assertion', username, assertion } as const;
  const request = signed(tokenRequestInput({ certificate, nonce, proof }), 'device.key');
  const { status, body } = await post(served, path, fromUtf8(formBody(requestForm(request, true))));
  assert.is(status, 200, body);
  const jwe = readJwe(textField(jsonObject(body) ?? {}, 'session_key_jwe') ?? '');
  const key = { key: ofLaptop('transport.key'), padding: constants.RSA_PKCS1_OAEP_PADDING };
  const sessionKey = privateDecrypt(key, jwe?.encryptedKey ?? new Uint8Array(0)).toString('hex');
  return { answer: body, sessionKey };
}

/** The number and version of krbtgt_AzureAD’s key, as tickets carry it. */
function azureKvno(): number {
  const entries = readKeytab(new Uint8Array(readFileSync(join(served.folder, 'all.keytab'))));
  const kvnos = entries.flatMap(({ principal, kvno }) =>
    principal.components[0] === 'krbtgt' && kvno >>> 16 !== 0 ? [kvno >>> 0] : [],
  );
  assert.ok(kvnos.length > 0, 'all.keytab has the key of krbtgt_AzureAD');
  return kvnos[0] as number;
}

/** What the listeners heard and said until now, as a capture. */
async function capture(file: string): Promise<void> {
  const trace = new URL(served.ready.trace ?? '');
  const get = async (path: string): Promise<Response> => {
    const response = await fetch(new URL(`${path}${trace.search}`, trace));
    assert.is(response.status, 200, path);
    return response;
  };
  const lines = (await (await get('/trace')).text()).trim().split('\n');
  const records = lines.map((line) => JSON.parse(line) as TraceRecord);
  const octets = new Map<string, Uint8Array>();
  for (const link of new Set(records.flatMap(linksOf))) {
    octets.set(link, new Uint8Array(await (await get(`/bytes/${link}`)).arrayBuffer()));
  }
  const { packets, names } = captureOf({
    records,
    octets: (link) => octets.get(link),
    start: Date.now(),
    framings: new Map(stage.framings.map((framing) => [framing.name, framing])),
  });
  writeFileSync(file, pcapng({ title: 'partial tickets', application: 'test', packets, names }));
}

const count = (text: string, pattern: RegExp): number => text.match(pattern)?.length ?? 0;

const PEERS = ['kvno', 'klist', 'tshark'];

peerTest(s, 'partial, full, service; Wireshark opens both PACs', PEERS, async () => {
  const at = (name: string): string => join(served.folder, name);
  const { answer, sessionKey } = await token();
  writeFileSync(at('answer.json'), answer);
  const args = ['prt', at('answer.json'), '--session-key', sessionKey];
  const opened = await execute(
    process.execPath,
    [built('src/cli/main.js'), ...args, '--ccache', at('cc')],
    {},
  );
  assert.is(opened.code, 0, opened.stderr);
  const env = { KRB5_CONFIG: at('krb5.conf'), KRB5CCNAME: `FILE:${at('cc')}` };
  const run = (name: string, ...rest: string[]): Promise<Outcome> =>
    execute(peer(name) as string, rest, env);

  const kvno = azureKvno();
  const partial = await run('kvno', 'krbtgt/CORP.EXAMPLE');
  assert.match(
    partial.stdout,
    new RegExp(`^krbtgt/CORP\\.EXAMPLE@CORP\\.EXAMPLE: kvno = ${kvno}$`, 'm'),
  );
  const before = await run('klist', '-e');
  assert.match(before.stdout, /Default principal: alice@CORP\.EXAMPLE/);
  assert.match(before.stdout, /aes256-cts-hmac-sha1-96, aes256-cts-hmac-sha1-96/);
  // The partial one is in the cache, so that another encryption type has to be asked for.
  const full = await run('kvno', '-e', 'aes128-cts-hmac-sha1-96', 'krbtgt/CORP.EXAMPLE');
  assert.match(full.stdout, /^krbtgt\/CORP\.EXAMPLE@CORP\.EXAMPLE: kvno = 2$/m, full.stderr);
  const service = await run('kvno', 'cifs/files.corp.example');
  assert.match(service.stdout, /^cifs\/files\.corp\.example@CORP\.EXAMPLE: kvno = 2$/m);

  await capture(at('served.pcapng'));
  const keys = ['-o', 'kerberos.decrypt:TRUE', '-o', `kerberos.file:${at('all.keytab')}`];
  const printed = execFileSync('tshark', ['-r', at('served.pcapng'), ...keys, '-V'], {
    encoding: 'utf8',
    stdio: 'pipe',
    maxBuffer: 256 << 20,
  });
  const tickets = count(printed, /^ +ticket$/gm);
  assert.ok(tickets >= 3, `${tickets} tickets: shown, full, service`);
  assert.is(count(printed, /^ +encTicketPart$/gm), tickets, 'tickets that Wireshark opens');
  assert.match(printed, new RegExp(`^ +kvno: ${kvno}$`, 'm'), 'the read-only key’s version');
  const pacs = count(printed, /ad-type: aD-WIN2K-PAC \(128\)/g);
  assert.is(pacs, tickets);
  assert.is(count(printed, /Type: Logon Info \(1\)/g), pacs);
  for (const who of ['Server', 'KDC']) {
    const verified = count(printed, new RegExp(`^ +Verified ${who} checksum `, 'gm'));
    assert.is(verified, pacs, `PACs whose ${who} checksum Wireshark has verified`);
  }
});

s.run();
