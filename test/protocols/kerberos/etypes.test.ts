import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import {
  cf2,
  checksum,
  decrypt,
  ETYPES,
  encrypt,
  key,
  prf,
  stringToKey,
} from '../../../protocols/kerberos/etypes.ts';
import { fromHex, hex, toHex, utf8 } from '../../../src/bytes/bytes.ts';

const s = suite('etypes');
s('I.1 string to key', () => {
  const want = [
    '2ada48d096a783ca0ef4809a6e8978c2686ba752f27a7c712d78b404fb794fde',
    '27cf4dcc60502afcedd4931d7d2e2b85',
    'f7364ce89aa4471413634f3d96312653468a256bfd780bf5e722adf1ebe64264',
    '9bddad9707a0eec3846671486d13e22b',
    'fc525c9683e8fe067095ba2ddc971889',
  ];
  assert.equal(
    ETYPES.map(({ etype }) => toHex(stringToKey(etype, 'Passw0rd!', 'CONTOSO.COMalice').bytes)),
    want,
  );
});
s('cf2', () => {
  for (const [etype, want] of [
    [17, '97df97e4b798b29eb31ed7280287a92a'],
    [18, '4d6ca4e629785c1f01baf55e2e548566b9617ae3a96868c337cb93b5e72b1c7b'],
    [23, '24d7f6b6bae4e5c00d2082c5ebab3672'],
    [19, 'edd02a39d2dbde31611c16e610be062c'],
    [20, '67f6ea530aea85a37dcbb23349ea52dcc61ca8493ff557252327fd8304341584'],
  ] as const)
    assert.is(
      toHex(
        cf2(stringToKey(etype, 'key1', 'key1'), stringToKey(etype, 'key2', 'key2'), 'a', 'b').bytes,
      ),
      want,
    );
});
s('pa-enc-ts', () => {
  const k = key(18, hex`2ada48d096a783ca0ef4809a6e8978c2686ba752f27a7c712d78b404fb794fde`);
  const c = encrypt(
    k,
    1,
    hex`3018a011180f32303234303130313030303030305aa103020100`,
    hex`000102030405060708090a0b0c0d0e0f`,
  );
  assert.is(
    toHex(c),
    '039a635ff60be2b948f89d1e0a5956d82fd2da15840c5940ab956c4ffb3f43907d1ebe6d5db26a849fd7db85ed2e5aa1b080d4b39baf',
  );
  assert.is(toHex(checksum(k, 17, utf8('PAC'))), '25aabd39a29d0e607bc36056');
  assert.is(
    toHex(checksum(key(23, hex`fc525c9683e8fe067095ba2ddc971889`), 17, utf8('PAC'))),
    '345439c1328d56264564fbc5c81a1838',
  );
});
s('rfc 8009', () => {
  const k = key(19, hex`3705d96080c17728a0e800eab6e0d23c`);
  assert.is(
    toHex(encrypt(k, 2, new Uint8Array(0), hex`7e5895eaf2672435bad817f545a37148`)),
    'ef85fb890bb8472f4dab20394dca781dad877eda39d50c870c0d5a0a8e48c718',
  );
  assert.is(
    toHex(prf(k, utf8('test'))),
    '9d188616f63852fe86915bb840b4a886ff3e6bb0f819b49b893393d393854295',
  );
});
s('round', () => {
  for (const { etype, keyLength, confounderLength } of ETYPES) {
    const k = key(etype, fromHex('5a'.repeat(keyLength)));
    for (let n = 0; n < 70; n++) {
      const p = Uint8Array.from({ length: n }, (_, i) => i);
      for (let r = 0; r < 3; r++) {
        const c = encrypt(k, 3, p, new Uint8Array(confounderLength).fill(r));
        assert.equal(decrypt(k, 3, c), p);
        const f = key(etype, k.bytes);
        assert.equal(encrypt(f, 3, p, new Uint8Array(confounderLength).fill(r)), c);
        c[n % c.length] = (c[n % c.length] as number) ^ 1;
        assert.is(decrypt(k, 3, c), undefined);
      }
    }
  }
});
s.run();
