/** Two hundred clients that hang, somewhere in the handshake: others are served, and the hanging ones end. */
import { readFileSync } from 'node:fs';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { Protocol } from '../../protocols/rdp/constants.ts';
import { OurRdpClient, type Stop, until } from './our-rdp-client.ts';
import { byNtlm, rdpConfig } from './our-rdp-logon.ts';
import { type Served, serve } from './served.ts';

const s = suite('stalled clients');

const ALICE = { domain: 'CORP', userName: 'alice', password: 'Correct horse 7' };
const { PROTOCOL_SSL, PROTOCOL_HYBRID } = Protocol;

/** In the order in which they begin: those that hang first are ended first. */
const TLS_ONLY: readonly Stop[] = [
  { message: 'Font List PDU' },
  { message: 'Confirm Active PDU', half: true },
  { message: 'Client Info PDU' },
  { message: 'Client Info PDU', half: true },
  { message: 'MCS Channel Join Request', after: 1 },
  { message: 'MCS Channel Join Request' },
  { message: 'MCS Attach User Request' },
  { message: 'MCS Erect Domain Request' },
  { message: 'MCS Connect Initial', half: true },
  { message: 'MCS Connect Initial' },
];
const WITH_CREDSSP: readonly Stop[] = [
  { message: 'TSRequest', after: 1, half: true },
  { message: 'TSRequest', after: 1 },
  { message: 'TSRequest', half: true },
  { message: 'TSRequest' },
];
const BEFORE_TLS: readonly Stop[] = [
  { message: 'TLS', half: true },
  { message: 'TLS' },
  { message: 'X.224 Connection Request', half: true },
  { message: 'X.224 Connection Request' },
];
const CLIENTS = 200;
/** Measured: 7 MiB. */
const GROWTH_MAX_KIB = 100 << 10;

function residentKib(pid: number): number {
  const found = /^VmRSS:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'));
  return Number(found?.[1]);
}

function client({ ready }: Served, stop?: Stop): OurRdpClient {
  const isCredSsp = stop !== undefined && WITH_CREDSSP.includes(stop);
  return new OurRdpClient({
    address: ready.rdp as string,
    rdp: rdpConfig(ALICE, isCredSsp ? PROTOCOL_HYBRID : PROTOCOL_SSL),
    ...(isCredSsp ? { nla: byNtlm(ALICE, 'spnego') } : {}),
    ...(stop === undefined ? {} : { stop }),
  });
}

s('a new client is served while 200 hang, and they are ended in time', async () => {
  const served = await serve('test/interop/stalled-clients.yaml', ['--kdc', '0', '--rdp', '0']);
  const { pid } = served.ready;
  try {
    const first = client(served);
    await first.active();
    const before = residentKib(pid);
    const stops = [...TLS_ONLY, ...WITH_CREDSSP, ...BEFORE_TLS];
    const each = Math.ceil(CLIENTS / stops.length);
    const stalled: OurRdpClient[] = [];
    for (const stop of stops) {
      const some = Array.from({ length: each }, () => client(served, stop));
      await until(() => some.every(({ isStopped, isClosed }) => isStopped || isClosed));
      stalled.push(...some);
    }
    const standing = stalled.filter(({ isClosed }) => !isClosed).length;
    assert.ok(standing >= CLIENTS, `${standing} of ${stalled.length} hang`);
    const next = client(served);
    await next.active();
    assert.is(next.told[0]?.kind, 'loggedOn');
    const growth = residentKib(pid) - before;
    assert.ok(growth < GROWTH_MAX_KIB, `${growth} KiB for ${stalled.length} clients`);

    await until(() => stalled.every(({ isClosed }) => isClosed));
    // Who has a session is left alone.
    assert.not(first.isClosed);
    assert.not(next.isClosed);
    const last = client(served);
    await last.active();
    for (const one of [first, next, last]) one.close();
  } finally {
    assert.is((await served.stop()).code, 0, served.log());
  }
});

s.run();
