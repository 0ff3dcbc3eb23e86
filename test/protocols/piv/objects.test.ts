import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { OBJECT } from '../../../protocols/piv/constants.ts';
import { objectOf, wantsPin } from '../../../protocols/piv/objects.ts';
import { hex, toHex } from '../../../src/bytes/bytes.ts';
import { contentsOf, RSA } from '../iso7816/held-card.ts';

const s = suite('piv/objects');

const contents = contentsOf(RSA);

s('CHUID: the fields in the order in which Windows takes them', () => {
  const chuid = objectOf(contents, OBJECT.cardholderUniqueIdentifier);
  assert.match(
    toHex(chuid as Uint8Array),
    /^533b3019d4e739da739ced39ce739d836858210842108421c84210c3eb3410a0a1a2a3a4a5a6a7a8a9aaabacadaeaf3508(3[0-9]){8}3e00fe00$/,
  );
});

s('discovery is no 53', () => {
  assert.equal(objectOf(contents, OBJECT.discovery), hex`7e124f0ba0000003080000100001005f2f024000`);
});

s('capabilities name the card by 21 octets', () => {
  const octets = objectOf(contents, OBJECT.capabilities) as Uint8Array;
  assert.is(octets.length, 53);
  assert.equal(octets.slice(0, 9), hex`5333f015a000000308`);
});

s('no certificate, no object', () => {
  const { certificate: _, ...without } = contents;
  assert.is(objectOf(without, OBJECT.authenticationCertificate), undefined);
  assert.is(objectOf(contents, 0x5fc10a), undefined);
});

s('what only the holder reads', () => {
  assert.ok(wantsPin(OBJECT.printedInformation));
  assert.not.ok(wantsPin(OBJECT.authenticationCertificate));
});

s.run();
