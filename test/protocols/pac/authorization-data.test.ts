import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { KeyUsage } from '../../../protocols/kerberos/constants.ts';
import { decrypt, key } from '../../../protocols/kerberos/etypes.ts';
import { AuthorizationData, EncTicketPart, Ticket } from '../../../protocols/kerberos/messages.ts';
import {
  authorizationDataWithPac,
  pacOf,
  ticketToSign,
  withoutPac,
} from '../../../protocols/pac/authorization-data.ts';
import { BUFFERS } from '../../../protocols/pac/buffers.ts';
import type { BufferCodec } from '../../../protocols/pac/layout.ts';
import { readPac } from '../../../protocols/pac/pactype.ts';
import { buildPac, signPac, verifyPac } from '../../../protocols/pac/signatures.ts';
import { fromHex, hex, toHex } from '../../../src/bytes/bytes.ts';
import { decode, encode } from '../../../src/der/codec.ts';
import { vector } from './vectors.ts';

const s = suite('pac authorization data');

s('the wrapping of MS-PAC section 3', () => {
  const octets = vector('ms-pac/section-3');
  // Its first 22 octets are the AD-IF-RELEVANT's contents, with INTEGER 128 in two octets.
  const elements = decode(AuthorizationData, octets);
  assert.is(elements[0]?.adType, 128);
  const own = authorizationDataWithPac(octets.subarray(22));
  assert.is(own[0]?.adType, 1);
  assert.is(toHex(own[0]?.adData as Uint8Array), toHex(octets));
  assert.equal(pacOf(own), octets.subarray(22));
});

s('others stay, before and after', () => {
  const loopback = { adType: 142, adData: hex`01` };
  const others = [{ adType: 1, adData: encode(AuthorizationData, [loopback]) }];
  const data = authorizationDataWithPac(hex`00`, others);
  assert.equal(withoutPac(data), others);
  const mixed = [
    { adType: 1, adData: encode(AuthorizationData, [{ adType: 128, adData: hex`aa` }, loopback]) },
  ];
  assert.equal(pacOf(mixed), hex`aa`);
  assert.equal(withoutPac(mixed), others);
  assert.is(pacOf(others), undefined);
  assert.is(pacOf(undefined), undefined);
  assert.is(
    pacOf([
      { adType: 1, adData: hex`ff` },
      { adType: 128, adData: hex`aa` },
    ]),
    undefined,
  );
});

s('the ticket that a ticket signature covers, octet for octet', () => {
  const expected = vector('own/pac-service-ticket');
  const part = decode(EncTicketPart, expected);
  assert.is(toHex(ticketToSign(part)), toHex(expected));
  const { authorizationData, ...without } = part;
  assert.is(toHex(ticketToSign(without)), toHex(expected), 'before there is a PAC');
  const pac = authorizationDataWithPac(new Uint8Array(800));
  const signed = ticketToSign({ ...part, authorizationData: pac });
  assert.is(toHex(signed), toHex(expected), 'with a PAC in it');
});

s(
  'a ticket of Windows Server 2022: all four signatures, and signed again the same (MIT krb5)',
  () => {
    const serverKey = key(
      18,
      fromHex('114a84e3148faab1fa7b5351b28ac2f1fd196d61e0f3f23e1fdbd3c1797dc1ee'),
    );
    const kdcKey = key(
      18,
      fromHex('037381ec43967bc2ac3df52aae95a68ebe2458dbce522820af5eb704a222714f'),
    );
    const ticket = decode(Ticket, vector('mit/w2022-ticket'));
    const plain = decrypt(serverKey, KeyUsage.TICKET, ticket.encPart.cipher) as Uint8Array;
    const part = decode(EncTicketPart, plain);
    const octets = pacOf(part.authorizationData) as Uint8Array;
    const read = readPac(octets);
    assert.ok(read.ok);
    if (!read.ok) return;
    const toSign = ticketToSign(part);
    const outcome = verifyPac(read.value, { serverKey, kdcKey }, toSign);
    assert.equal(outcome, { server: 'ok', kdc: 'ok', ticket: 'ok', full: 'ok' });
    assert.equal(
      read.value.buffers.map(({ ulType }) => ulType),
      [1, 6, 7, 10, 12, 16, 19],
    );
    for (const { ulType, bytes } of read.value.buffers) {
      const codec = BUFFERS.get(ulType) as BufferCodec<unknown>;
      assert.is(toHex(codec.encode(codec.decode(bytes))), toHex(bytes), codec.type);
    }
    const copy = readPac(octets.slice());
    const again = copy.ok ? signPac(copy.value, { serverKey, kdcKey }, toSign) : hex``;
    assert.is(toHex(again), toHex(octets));
    const keys = { serverKey, kdcKey };
    const anew = buildPac({ ...keys, buffers: read.value.buffers, ticket: toSign });
    assert.is(toHex(anew), toHex(octets), 'laid out and signed anew');
  },
);

s.run();
