import * as fc from 'fast-check';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { key } from '../../../protocols/kerberos/etypes.ts';
import {
  openKrbCred,
  readKrbCred,
  sealedKrbCred,
  unsealedKrbCred,
} from '../../../protocols/kerberos/krb-cred.ts';
import { EncKrbCredPart, KrbCred, Ticket } from '../../../protocols/kerberos/messages.ts';
import { principal } from '../../../protocols/kerberos/names.ts';
import type { Credential } from '../../../protocols/kerberos/ticket-cache.ts';
import { seededRandom } from '../../../src/crypto/random.ts';
import { decode, encode } from '../../../src/der/codec.ts';

const s = suite('krb-cred');

const AT = Date.UTC(2026, 2, 2, 8);

function credential(changes: Partial<Credential> = {}): Credential {
  const sname = principal(2, 'krbtgt', 'CORP.EXAMPLE');
  return {
    cname: principal(1, 'alice'),
    crealm: 'CORP.EXAMPLE',
    sname,
    srealm: 'CORP.EXAMPLE',
    key: { etype: 18, bytes: new Uint8Array(32).fill(7) },
    flags: 0x40e10000,
    authtime: AT,
    starttime: AT,
    endtime: AT + 36_000_000,
    ticket: encode(Ticket, {
      tktVno: 5,
      realm: 'CORP.EXAMPLE',
      sname,
      encPart: { etype: 18, kvno: -2115502079, cipher: Uint8Array.of(1, 2, 3) },
    }),
    ...changes,
  };
}

s('tickets come back with all that belongs to them', () => {
  const times = fc.integer({ min: 0, max: 4_000_000_000 }).map((seconds) => seconds * 1000);
  const credentials = fc.record({
    flags: fc.integer({ min: 0, max: 0x7fffffff }),
    authtime: times,
    starttime: times,
    endtime: times,
    key: fc.record(
      { etype: fc.constantFrom(17, 18, 23), bytes: fc.uint8Array() },
      { noNullPrototype: true },
    ),
  });
  fc.assert(
    fc.property(
      fc.array(credentials, { maxLength: 4 }),
      fc.option(times, { nil: undefined }),
      (list, renewTill) => {
        const given = list.map((changes) =>
          credential(renewTill === undefined ? changes : { ...changes, renewTill }),
        );
        assert.equal(readKrbCred(openKrbCred(given)), given);
      },
    ),
  );
});

s('its part lies open, under encryption type 0', () => {
  const given = credential({ caddr: [{ addrType: 20, address: Uint8Array.of(0x41) }] });
  const { tickets, encPart, msgType } = decode(KrbCred, openKrbCred([given]));
  assert.equal([msgType, encPart.etype, encPart.kvno], [22, 0, undefined]);
  assert.equal(tickets[0]?.raw, given.ticket);
  const [info] = decode(EncKrbCredPart, encPart.cipher).ticketInfo;
  assert.equal(info?.pname, given.cname);
  assert.equal(info?.caddr, given.caddr);
  assert.equal(readKrbCred(openKrbCred([given])), [given]);
});

s('what is none, or is encrypted, or does not say whose tickets, is not read', () => {
  const good = decode(KrbCred, openKrbCred([credential()]));
  const part = decode(EncKrbCredPart, good.encPart.cipher);
  const [info] = part.ticketInfo;
  if (info === undefined) throw new Error('no ticket');
  const withPart = (ticketInfo: typeof part.ticketInfo) =>
    encode(KrbCred, {
      ...good,
      encPart: { etype: 0, cipher: encode(EncKrbCredPart, { ticketInfo }) },
    });
  const { pname: _, ...nameless } = info;
  const { endtime: __, ...endless } = info;
  for (const octets of [
    new Uint8Array(0),
    credential().ticket,
    encode(KrbCred, { ...good, encPart: { ...good.encPart, etype: 18 } }),
    encode(KrbCred, { ...good, encPart: { etype: 0, cipher: Uint8Array.of(5, 0) } }),
    withPart([]),
    withPart([nameless]),
    withPart([endless]),
  ]) {
    assert.is(readKrbCred(octets), undefined);
  }
});

s('names of the service may stand in the ticket alone, and one time for both', () => {
  const good = decode(KrbCred, openKrbCred([credential()]));
  const [info] = decode(EncKrbCredPart, good.encPart.cipher).ticketInfo;
  if (info === undefined) throw new Error('no ticket');
  const { sname: _, srealm: __, authtime: ___, ...rest } = info;
  const cipher = encode(EncKrbCredPart, { ticketInfo: [rest] });
  const read = readKrbCred(encode(KrbCred, { ...good, encPart: { etype: 0, cipher } }));
  assert.equal(read, [credential()]);
});

s('under a session key it opens with that key only', () => {
  const random = seededRandom(1, 'krb-cred');
  const sessionKey = key(18, new Uint8Array(32).fill(3));
  const sealed = sealedKrbCred([credential()], sessionKey, random);
  assert.is(decode(KrbCred, sealed).encPart.etype, 18);
  assert.equal(unsealedKrbCred(sealed, sessionKey), [credential()]);
  assert.is(unsealedKrbCred(sealed, key(18, new Uint8Array(32))), undefined);
  assert.is(unsealedKrbCred(sealed, key(17, new Uint8Array(16))), undefined);
  assert.is(unsealedKrbCred(sealed.subarray(1), sessionKey), undefined);
  assert.is(readKrbCred(sealed), undefined);
});

s.run();
