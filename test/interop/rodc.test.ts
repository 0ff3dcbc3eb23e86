/**
 * MIT krb5's clients with tickets of a read-only domain controller: what it would issue is written into
 * credential caches, and `kerblab serve`, the writable one, is asked with them.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { issuePartialTgt, MINIMAL_PAC } from '../../protocols/kdc/partial-tgt.ts';
import { NT_PRINCIPAL, NT_SRV_INST, TicketFlags } from '../../protocols/kerberos/constants.ts';
import { key } from '../../protocols/kerberos/etypes.ts';
import { Ticket } from '../../protocols/kerberos/messages.ts';
import { principal } from '../../protocols/kerberos/names.ts';
import { seededRandom } from '../../src/crypto/random.ts';
import { encode } from '../../src/der/codec.ts';
import { writeCcache } from '../../src/trace/ccache.ts';
import { readKeytab } from '../../src/trace/keytab.ts';
import { peer, peerTest } from '../peers.ts';
import { execute, type Outcome, type Served, serve } from './served.ts';

const REALM = 'CORP.EXAMPLE';
const NUMBER = 27_845;
const KVNO = 2;
/** The read-only domain controller's number in the upper half. */
const TICKET_KVNO = 1_824_849_922;
const DOMAIN = 'S-1-5-21-1004336348-1177238915-682003330';
const RIDS = { alice: 1105, dana: 1106, zoe: 1107 } as const;
const HOUR = 3_600_000;

const s = suite('tickets of a read-only domain controller');
let served: Served;

s.before(async () => {
  const file = 'scenarios/rodc-password-replication.yaml';
  served = await serve(file, ['--kdc', '0', '--trace', '0']);
});
s.after(async () => {
  const { code } = await served.stop();
  assert.is(code, 0, `serve ended with ${code}: ${served.log()}`);
});

/** The AES key of krbtgt_27845, from the export of all keys. */
function rodcKey(): Uint8Array {
  const entries = readKeytab(readFileSync(join(served.folder, 'all.keytab')));
  const found = entries.find((entry) => entry.kvno >>> 0 === TICKET_KVNO && entry.etype === 18);
  assert.ok(found, 'all.keytab has the key of krbtgt_27845');
  return (found as NonNullable<typeof found>).key;
}

interface Wish {
  readonly number?: number;
  readonly key?: Uint8Array;
  readonly kvno?: number;
}

/** A cache with nothing in it but the ticket. @returns the environment of clients that use it */
function cacheWith(
  name: keyof typeof RIDS,
  label: string,
  wish: Wish = {},
): Record<string, string> {
  const { number = NUMBER, kvno = KVNO } = wish;
  const now = Math.floor(Date.now() / 1000) * 1000;
  const random = seededRandom(1, label);
  const sessionKey = key(18, random(32));
  const ticket = issuePartialTgt(
    { realm: REALM, secondaryKrbTgtNumber: number, kvno, key: key(18, wish.key ?? rodcKey()) },
    {
      client: { sAMAccountName: name, objectSid: `${DOMAIN}-${RIDS[name]}`, domain: 'CORP' },
      cname: principal(NT_PRINCIPAL, name),
      content: MINIMAL_PAC,
      sessionKey,
      authtime: now,
      endtime: now + HOUR,
      renewTill: now + 24 * HOUR,
    },
    random,
  );
  const { forwardable, renewable, initial, preAuthent } = TicketFlags;
  const client = { nameType: NT_PRINCIPAL, realm: REALM, components: [name] };
  const file = join(served.folder, `cc-${label}`);
  writeFileSync(
    file,
    writeCcache({
      principal: client,
      credentials: [
        {
          client,
          server: { nameType: NT_SRV_INST, realm: REALM, components: ['krbtgt', REALM] },
          key: { etype: 18, bytes: sessionKey.bytes },
          authtime: now / 1000,
          starttime: now / 1000,
          endtime: (now + HOUR) / 1000,
          renewTill: (now + 24 * HOUR) / 1000,
          isSkey: false,
          ticketFlags: forwardable | renewable | initial | preAuthent,
          addresses: [],
          authdata: [],
          ticket: encode(Ticket, ticket),
          secondTicket: new Uint8Array(0),
        },
      ],
    }),
  );
  return { KRB5_CONFIG: join(served.folder, 'krb5.conf'), KRB5CCNAME: `FILE:${file}` };
}

const run = (name: string, env: Record<string, string>, ...args: string[]): Promise<Outcome> =>
  execute(peer(name) as string, args, env);

const TGS = `krbtgt/${REALM}`;
const CIFS = 'cifs/files.corp.example';

peerTest(
  s,
  'a full ticket in exchange, then a service ticket',
  ['kinit', 'kvno', 'klist'],
  async () => {
    const env = cacheWith('alice', 'exchange');
    const before = await run('kvno', env, TGS);
    assert.match(
      before.stdout,
      new RegExp(`krbtgt/CORP\\.EXAMPLE@CORP\\.EXAMPLE: kvno = ${TICKET_KVNO}`),
    );
    const exchanged = await run('kinit', env, '-R');
    assert.is(exchanged.code, 0, exchanged.stderr + served.log());
    const full = await run('kvno', env, TGS);
    assert.match(full.stdout, /krbtgt\/CORP\.EXAMPLE@CORP\.EXAMPLE: kvno = 2\n/);
    const service = await run('kvno', env, CIFS);
    assert.is(service.code, 0, service.stderr);
    const klist = await run('klist', env, '-e');
    assert.match(klist.stdout, /Default principal: alice@CORP\.EXAMPLE/);
    assert.match(klist.stdout, /cifs\/files\.corp\.example@CORP\.EXAMPLE/);
    assert.match(klist.stdout, /aes256-cts-hmac-sha1-96, aes256-cts-hmac-sha1-96/);
  },
);

peerTest(s, 'a service ticket straight from it, which the service opens', ['kvno'], async () => {
  const env = cacheWith('alice', 'service');
  const keytab = join(served.folder, 'services.keytab');
  const service = await run('kvno', env, '-k', keytab, CIFS);
  assert.is(service.code, 0, service.stderr + served.log());
  assert.match(
    service.stdout,
    /cifs\/files\.corp\.example@CORP\.EXAMPLE: kvno = 2, keytab entry valid/,
  );
});

// Dana is on the list of those who are denied, Zoe on none: the clients cannot tell.
peerTest(s, 'an administrator’s and a stranger’s are refused', ['kinit', 'kvno'], async () => {
  for (const name of ['dana', 'zoe'] as const) {
    const env = cacheWith(name, `refused-${name}`);
    const service = await run('kvno', env, CIFS);
    assert.is(service.code, 1);
    assert.match(service.stderr, /TGT has been revoked while getting credentials for cifs/);
    const exchanged = await run('kinit', env, '-R');
    assert.is(exchanged.code, 1);
    assert.match(exchanged.stderr, /TGT has been revoked while renewing credentials/);
  }
});

peerTest(s, 'unknown number, wrong key, wrong version', ['kvno'], async () => {
  for (const [label, wish, message] of [
    ['number', { number: 1 }, /Server not found in Kerberos database/],
    ['key', { key: new Uint8Array(32).fill(1) }, /Decrypt integrity check failed/],
    ['version', { kvno: 77 }, /Key version is not available/],
  ] as const) {
    const service = await run('kvno', cacheWith('alice', label, wish), CIFS);
    assert.is(service.code, 1);
    assert.match(service.stderr, message, label);
  }
});

s.run();
