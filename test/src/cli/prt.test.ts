import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { TICKET_OPTIONS, ticketsFor } from '../../../protocols/entra/kerberos-tickets.ts';
import { openTgt, prtResponseBody } from '../../../protocols/entra/prt-messages.ts';
import { type TenantUser, userNamed } from '../../../protocols/entra/tenant.ts';
import { readKrbCred } from '../../../protocols/kerberos/krb-cred.ts';
import { Ticket } from '../../../protocols/kerberos/messages.ts';
import { toHex } from '../../../src/bytes/bytes.ts';
import { seededRandom } from '../../../src/crypto/random.ts';
import { encode } from '../../../src/der/codec.ts';
import { readCcache } from '../../../src/trace/ccache.ts';
import { NOW } from '../../protocols/enrollment/people.ts';
import { CORP, tenantWithKeys } from '../../protocols/entra/prt-of-tests.ts';
import { ALICE, ENDPOINT } from '../../protocols/entra/tenant-of-tests.ts';
import { inFolder, kerblab } from './called.ts';

const s = suite('kerblab prt');

const SESSION_KEY = new Uint8Array(32).fill(0x22);
const KEY = toHex(SESSION_KEY);

/** An answer of the tenant's. @param domains that it has keys of */
function answer(domains = [CORP]): ReturnType<typeof ticketsFor> & { readonly body: Uint8Array } {
  const tenant = { ...tenantWithKeys(), kerberosDomains: domains };
  const options = { ...TICKET_OPTIONS, missing: 'told' } as const;
  const chance = { now: NOW, random: seededRandom(1, 'prt') };
  const alice = userNamed(tenant, ALICE) as TenantUser;
  const tickets = ticketsFor(tenant, alice, SESSION_KEY, ENDPOINT.cloudKey, options, chance);
  const response = { refreshToken: 'r', expiresIn: 1_209_600, idToken: 'i' };
  return { ...tickets, body: prtResponseBody({ ...response, ...tickets }) };
}

s('says which tickets there are, and writes the one that is wanted', () =>
  inFolder(async (folder) => {
    const { body, tgtAd = '' } = answer();
    writeFileSync(join(folder, 'answer.json'), body);
    const files = ['--ccache', 'cc', '--kirbi', 'kirbi'];
    const called = await kerblab(['prt', 'answer.json', '--session-key', KEY, ...files], folder);
    assert.equal([called.status, called.stderr], [0, '']);
    assert.match(
      called.stdout,
      /^partial: krbtgt\/CORP\.EXAMPLE@CORP\.EXAMPLE for alice@CORP\.EXAMPLE, kvno \d+ \(number 27845, version 2\), until /,
    );
    assert.match(called.stdout, /\ncloud: krbtgt\/KERBEROS\.MICROSOFTONLINE\.COM@/);
    const tgt = openTgt(tgtAd, SESSION_KEY);
    assert.ok(tgt.kind === 'ticket');
    const [filed] = readCcache(new Uint8Array(readFileSync(join(folder, 'cc')))).credentials;
    assert.equal(filed?.ticket, encode(Ticket, tgt.asRep.ticket));
    assert.equal(filed?.key.bytes, tgt.credential.key.bytes);
    const [credential] = readKrbCred(new Uint8Array(readFileSync(join(folder, 'kirbi')))) ?? [];
    assert.equal(credential?.key.bytes, tgt.credential.key.bytes);
    const cloud = ['--ticket', 'cloud', '--ccache', 'cc2'];
    assert.is(
      (await kerblab(['prt', 'answer.json', '--session-key', KEY, ...cloud], folder)).status,
      0,
    );
    const other = readCcache(new Uint8Array(readFileSync(join(folder, 'cc2'))));
    assert.is(other.principal.realm, 'KERBEROS.MICROSOFTONLINE.COM');
  }),
);

s('says what is wrong: no answer, another key, a refused ticket', () =>
  inFolder(async (folder) => {
    writeFileSync(join(folder, 'answer.json'), answer().body);
    writeFileSync(join(folder, 'refused.json'), answer([]).body);
    writeFileSync(join(folder, 'text'), 'not JSON');
    const other = '00'.repeat(32);
    for (const [args, message] of [
      [['nowhere.json', '--session-key', KEY], /nowhere\.json: ENOENT/],
      [['text', '--session-key', KEY], /text: expected a JSON object/],
      [['answer.json', '--session-key', 'abcd'], /Expected 64 hexadecimal digits/],
      [['answer.json'], /required option '--session-key <hex>'/],
      [
        ['answer.json', '--session-key', other, '--ccache', 'cc'],
        /partial: unreadable, clientKey is not sealed under the session key, so there is no file/,
      ],
      [
        ['refused.json', '--session-key', KEY, '--kirbi', 'k'],
        /partial: refused, .+, so there is no file of it/,
      ],
      [
        ['answer.json', '--session-key', KEY, '--ccache', 'no/where/cc'],
        /--ccache no\/where\/cc: /,
      ],
    ] as const) {
      const called = await kerblab(['prt', ...args], folder);
      assert.match(called.stderr, message);
      assert.is(called.status, 2, args.join(' '));
    }
  }),
);

s.run();
