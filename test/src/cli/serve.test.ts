/** `serve` as a user starts it; what kinit says of it is in `test/interop`. */
import { readFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { WebSocket } from 'ws';
import { errorName } from '../../../protocols/kerberos/error-codes.ts';
import { KrbError } from '../../../protocols/kerberos/messages.ts';
import { principal } from '../../../protocols/kerberos/names.ts';
import { tryDecode } from '../../../src/der/codec.ts';
import { serve as served } from '../../interop/served.ts';
import { asReq } from '../../protocols/kdc/contoso.ts';
import { root } from '../../root.ts';
import { datagrams } from '../drivers/driving.ts';
import { inFolder, kerblab } from './called.ts';

const serve = suite('serve');
const REALM = 'scenarios/password-sign-in.yaml';

/** Alice's first request, without a proof. */
const request = asReq({
  realm: 'CORP.EXAMPLE',
  sname: principal(2, 'krbtgt', 'CORP.EXAMPLE'),
});

function errorOf(answer: Uint8Array | undefined): string | undefined {
  const read = tryDecode(KrbError, answer ?? new Uint8Array(0));
  return read.ok ? errorName(read.value.errorCode) : undefined;
}

const portOf = (address: string | null): number => Number(/:(\d+)$/.exec(address ?? '')?.[1]);

serve('says what is not to be served, and how to put it right', () =>
  inFolder(async (folder) => {
    const taken = createServer();
    await new Promise<void>((resolve) => taken.listen(0, '127.0.0.1', resolve));
    const { port } = taken.address() as { readonly port: number };
    for (const [args, message] of [
      [[root(REALM)], /nothing to serve: give --kdc PORT/],
      [[root(REALM), '--kdc', '65536'], /Expected a port from 0 to 65535/],
      [[root(REALM), '--workers', '2'], /This version has nothing for several processes/],
      [[root(REALM), '--kdc', '0', '--host', 'dc1'], /Expected an IP address/],
      [[root(REALM), '--kdc', String(port)], /dc1 cannot listen on port \d+: .*EADDRINUSE/],
      [[root(REALM), '--trace', String(port)], /EADDRINUSE/],
      [[root(REALM), '--kdc', '0', '--export', root('package.json')], /--export .*: EEXIST/],
      [['nowhere.yaml', '--kdc', '0'], /nowhere\.yaml/],
      [['--kdc', '0'], /missing required argument/],
    ] as const) {
      const called = await kerblab(['serve', ...args], folder);
      assert.match(called.stderr, message);
      assert.equal([called.status, called.stdout], [2, ''], args.join(' '));
    }
    await new Promise((resolve) => taken.close(resolve));
  }),
);

serve('prints one ready line with every key, and stops within a second', async () => {
  const started = await served(REALM, ['--kdc', '0']);
  const { ready } = started;
  assert.equal(Object.keys(ready), [
    'ready',
    'pid',
    'realm',
    'kdc',
    'kpasswd',
    'kkdcp',
    'ldap',
    'entra',
    'rdp',
    'trace',
    'export',
  ]);
  const { kdc, pid, ...rest } = ready as unknown as Record<string, unknown>;
  assert.equal(rest, {
    ready: true,
    realm: 'CORP.EXAMPLE',
    kpasswd: null,
    kkdcp: null,
    ldap: null,
    entra: null,
    rdp: null,
    trace: null,
    export: started.folder,
  });
  assert.match(String(kdc), /^127\.0\.0\.1:\d+$/);
  assert.ok(Number.isInteger(pid));
  const [answer] = await datagrams(portOf(ready.kdc), [request], 2_000);
  assert.is(errorOf(answer), 'KDC_ERR_PREAUTH_REQUIRED');
  const { code, ms } = await started.stop();
  assert.is(code, 0);
  assert.ok(ms < 1_000, `${ms} ms`);
  assert.is(started.log(), 'kerblab: SIGTERM: stopping\n');
});

serve('two realms: a port each, both in krb5.conf', async () => {
  const started = await served('scenarios/two-realms-referral.yaml', ['--kdc', '0']);
  const conf = readFileSync(join(started.folder, 'krb5.conf'), 'utf8');
  const ports = Array.from(conf.matchAll(/kdc = 127\.0\.0\.1:(\d+)/g), ([, port]) => Number(port));
  assert.is(ports.length, 2);
  assert.is(new Set(ports).size, 2);
  assert.is(ports[0], portOf(started.ready.kdc));
  const realms = Array.from(conf.matchAll(/^ {2}(\S+) = \{$/gm), ([, realm]) => realm);
  assert.is(realms[0], started.ready.realm);
  assert.is((await started.stop()).code, 0);
});

serve('nothing of the trace is lost to who follows it when it stops', async () => {
  const started = await served(REALM, ['--kdc', '0', '--trace', '0', '--seed', '5']);
  const url = new URL(started.ready.trace ?? '');
  const token = readFileSync(join(started.folder, 'token'), 'utf8').trim();
  assert.is(url.searchParams.get('token'), token);
  const socket = new WebSocket(`ws://${url.host}/live?from=0`, {
    headers: { authorization: `Bearer ${token}` },
  });
  const records: { readonly seq: number; readonly event: { readonly kind: string } }[] = [];
  socket.on('message', (data) => records.push(JSON.parse(String(data))));
  await new Promise((resolve) => socket.once('open', resolve));
  const many = Array.from({ length: 200 }, () => request);
  assert.is((await datagrams(portOf(started.ready.kdc), many, 3_000)).length, 200);
  const ended = new Promise((resolve) => socket.once('close', resolve));
  const { code, ms } = await started.stop();
  assert.ok(code === 0 && ms < 1_000, `${code} after ${ms} ms`);
  await ended;
  assert.equal(
    records.map(({ seq }) => seq),
    records.map((_, i) => i),
  );
  assert.is(records.filter(({ event }) => event.kind === 'received').length, 200);
});

serve('metrics count requests and errors by name', async () => {
  const started = await served(REALM, ['--kdc', '0', '--trace', '0']);
  const url = new URL(started.ready.trace ?? '');
  await datagrams(portOf(started.ready.kdc), [request, new Uint8Array([1])], 300);
  const answer = await fetch(`${url.origin}/metrics?token=${url.searchParams.get('token')}`);
  const text = await answer.text();
  assert.match(text, /^kerblab_requests_total\{message="AS-REQ"\} 1$/m);
  const error = 'message="KRB-ERROR",error="KDC_ERR_PREAUTH_REQUIRED"';
  assert.match(text, new RegExp(`^kerblab_answers_total\\{${error}\\} 1$`, 'm'));
  assert.match(text, /^kerblab_signing_batches_total 0$/m);
  await started.stop();
});

serve.run();
