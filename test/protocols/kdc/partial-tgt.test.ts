import { readFileSync } from 'node:fs';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import {
  issuePartialTgt,
  MINIMAL_PAC,
  type PartialPac,
} from '../../../protocols/kdc/partial-tgt.ts';
import { KeyUsage, NT_PRINCIPAL } from '../../../protocols/kerberos/constants.ts';
import { decrypt, key } from '../../../protocols/kerberos/etypes.ts';
import { EncTicketPart, Ticket } from '../../../protocols/kerberos/messages.ts';
import { principal } from '../../../protocols/kerberos/names.ts';
import { pacOf } from '../../../protocols/pac/authorization-data.ts';
import { readPac } from '../../../protocols/pac/pactype.ts';
import { verifyPac } from '../../../protocols/pac/signatures.ts';
import { toHex } from '../../../src/bytes/bytes.ts';
import { decode, encode } from '../../../src/der/codec.ts';
import { root } from '../../root.ts';
import { HOUR, NOW } from './contoso.ts';

const partial = suite('kdc/partial-tgt');

const RODC_KEY = key(18, new Uint8Array(32).fill(0x22));

function issued(content: PartialPac, number = 27_845, kvno = 1, order?: 'given'): Ticket {
  return issuePartialTgt(
    { realm: 'CONTOSO.COM', secondaryKrbTgtNumber: number, kvno, key: RODC_KEY },
    {
      client: { sAMAccountName: 'alice', objectSid: 'S-1-5-21-1-2-3-1105', domain: 'CONTOSO' },
      cname: principal(NT_PRINCIPAL, 'alice'),
      content,
      sessionKey: key(18, new Uint8Array(32).fill(0x44)),
      authtime: NOW,
      endtime: NOW + 10 * HOUR,
      ...(order === undefined ? {} : { order }),
    },
    (size) => new Uint8Array(size).fill(1),
  );
}

function opened(ticket: Ticket): EncTicketPart {
  const plain = decrypt(RODC_KEY, KeyUsage.TICKET, ticket.encPart.cipher);
  if (plain === undefined) throw new Error('the ticket does not open');
  return decode(EncTicketPart, plain);
}

const times = { logonTime: NOW, passwordLastSet: NOW };

partial('the PAC is the published layout, octet for octet', () => {
  const content: PartialPac = {
    logonInfo: { primaryGroupID: 513, inPrimaryGroup: true, ...times },
    request: 'asked',
    requestor: true,
  };
  const octets = pacOf(opened(issued(content, 27_845, 1, 'given')).authorizationData);
  const vector = readFileSync(root('test/vectors/own/pac-partial-pac.hex'), 'utf8');
  assert.is(toHex(octets as Uint8Array), vector.replace(/\s/g, ''));
});

partial('key version: number above, version below, as a signed INTEGER', () => {
  for (const [number, kvno, der] of [
    [27_845, 1, '02046cc50001'],
    [33_256, 1, '020481e80001'],
    [0x1234, 192_272, '02041234ef10'], // Entra counts further than 16 bits
  ] as const) {
    const octets = toHex(encode(Ticket, issued(MINIMAL_PAC, number, kvno)));
    assert.ok(octets.includes(`a106${der}`), `${number}: ${octets.slice(0, 160)}`);
  }
});

partial('what is in the PAC is for the issuer to say; both signatures hold', () => {
  const keys = { serverKey: RODC_KEY, kdcKey: RODC_KEY, rodcIdentifier: 27_845 };
  for (const [content, types] of [
    [MINIMAL_PAC, [1, 6, 7, 10, 17, 18]],
    [{ requestor: true }, [6, 7, 10, 18]],
    [{ requestor: false, others: [{ ulType: 12, bytes: new Uint8Array(8) }] }, [6, 7, 10, 12]],
  ] as const) {
    const read = readPac(pacOf(opened(issued(content)).authorizationData) as Uint8Array);
    if (!read.ok) throw read.error;
    assert.equal(
      read.value.buffers.map(({ ulType }) => ulType),
      types,
    );
    const { server, kdc } = verifyPac(read.value, keys);
    assert.equal([server, kdc], ['ok', 'ok']);
  }
});

partial('the ticket is krbtgt’s of the realm, and lasts as wanted', () => {
  const ticket = issued(MINIMAL_PAC);
  assert.equal(ticket.sname.nameString, ['krbtgt', 'CONTOSO.COM']);
  const part = opened(ticket);
  assert.is(part.endtime, NOW + 10 * HOUR);
  assert.is(part.renewTill, undefined);
  assert.is(part.flags & 0x0080_0000, 0);
});

partial.run();
