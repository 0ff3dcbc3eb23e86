import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { concat, fromHex, hex, toHex } from '../../../src/bytes/bytes.ts';
import { keytabEntry, readKeytab, writeKeytab } from '../../../src/trace/keytab.ts';

const s = suite('keytab');

/** alice@CONTOSO.COM, kvno 2, AES256, 2024-01-01: made by another program and read by MIT's klist. */
const ALICE = hex`0502000000470001000b434f4e544f534f2e434f4d0005616c696365000000016592008002001200202ada48d096a783ca0ef4809a6e8978c2686ba752f27a7c712d78b404fb794fde00000002`;
const KEY = '2ada48d096a783ca0ef4809a6e8978c2686ba752f27a7c712d78b404fb794fde';
const AT = Date.UTC(2024, 0, 1) / 1000;
const entry = keytabEntry({ principal: 'alice@CONTOSO.COM', kvno: 2, etype: 18, key: KEY }, AT);

s('writes the published octets', () => {
  assert.is(toHex(writeKeytab([entry])), toHex(ALICE));
});

s('reads the published octets', () => {
  assert.equal(readKeytab(ALICE), [
    {
      principal: { nameType: 1, realm: 'CONTOSO.COM', components: ['alice'] },
      timestamp: AT,
      kvno: 2,
      etype: 18,
      key: fromHex(KEY),
    },
  ]);
});

s('a key number of 32 bits, and without it the 8 bits', () => {
  const wide = { ...entry, kvno: 0x5a310001 };
  assert.equal(readKeytab(writeKeytab([wide])), [wide]);
  const old = concat(ALICE.subarray(0, -4));
  old[5] = (old[5] as number) - 4;
  assert.is(readKeytab(old)[0]?.kvno, 2);
  const zero = concat(ALICE.subarray(0, -4), hex`00000000`);
  assert.is(readKeytab(zero)[0]?.kvno, 2);
});

s('the key of one exchange is under a name that nobody signs in with', () => {
  const record = { principal: 'alice@R', kvno: 0, etype: 18, key: '07'.repeat(32) };
  const entries = [record, { ...record, exchange: 'PKINIT' as const }].map((one) =>
    keytabEntry(one, 0),
  );
  assert.equal(
    readKeytab(writeKeytab(entries)).map(({ principal }) => principal.components),
    [['alice'], ['PKINIT', 'alice']],
  );
});

s('passes over holes and stops at a record of length 0', () => {
  const hole = concat(hex`fffffffb`, new Uint8Array(5).fill(0xee));
  const file = concat(ALICE.subarray(0, 2), hole, ALICE.subarray(2), hex`00000000 ffff`);
  assert.equal(readKeytab(file), [entry]);
});

s('services have two components, and quoted characters are characters', () => {
  const service = keytabEntry(
    { principal: 'cifs/files.corp.example@CORP.EXAMPLE', kvno: 1, etype: 17, key: '00' },
    0,
  );
  assert.equal(service.principal, {
    nameType: 2,
    realm: 'CORP.EXAMPLE',
    components: ['cifs', 'files.corp.example'],
  });
  const odd = keytabEntry({ principal: 'a\\/b\\@c\\\\@R', kvno: 1, etype: 17, key: '00' }, 0);
  assert.equal(odd.principal.components, ['a/b@c\\']);
  assert.throws(
    () => keytabEntry({ principal: 'alice', kvno: 1, etype: 17, key: '' }, 0),
    /expected name@REALM/,
  );
});

s('refuses what is no keytab, and every cut', () => {
  assert.throws(() => readKeytab(hex`0501`), /expected version 0x0502, got 0x501/);
  for (let length = 3; length < ALICE.length; length++) {
    assert.throws(
      () => readKeytab(ALICE.subarray(0, length)),
      /keytab: \d+ octets expected at offset/,
    );
  }
  const lies = ALICE.slice();
  lies[7] = 0xff; // 255 components
  assert.throws(() => readKeytab(lies), /keytab entry: /);
});

s.run();
