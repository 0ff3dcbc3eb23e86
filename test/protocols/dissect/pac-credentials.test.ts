import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { KeyStore } from '../../../protocols/dissect/keyring.ts';
import { pacContents } from '../../../protocols/dissect/pac.ts';
import { jsonOf, rowsOf, takeApart } from '../../../protocols/dissect/tree.ts';
import { encrypt, key } from '../../../protocols/kerberos/etypes.ts';
import { PacCredentialInfo } from '../../../protocols/pac/buffers.ts';
import { PacType } from '../../../protocols/pac/constants.ts';
import { ndr } from '../../../protocols/pac/layout.ts';
import { PacCredentialData } from '../../../protocols/pac/messages.ts';
import { layoutPac } from '../../../protocols/pac/pactype.ts';
import { concat, hex, toHex } from '../../../src/bytes/bytes.ts';

const s = suite('PAC credentials');

const HASH = hex`fc525c9683e8fe067095ba2ddc971889`;
const NTLM = concat(hex`0000000002000000`, new Uint8Array(16), HASH);
const replyKey = key(18, new Uint8Array(32).fill(7));

const plaintext = ndr(PacCredentialData).encode({
  Credentials: [{ PackageName: 'NTLM', Credentials: NTLM }],
});
const { bytes } = layoutPac([
  {
    ulType: PacType.CREDENTIALS_INFO,
    bytes: PacCredentialInfo.encode({
      Version: 0,
      EncryptionType: 18,
      SerializedData: encrypt(replyKey, 16, plaintext, new Uint8Array(16)),
    }),
  },
]);

const told = {
  principal: 'alice@R',
  kvno: 0,
  etype: 18,
  key: toHex(replyKey.bytes),
  exchange: 'PKINIT',
} as const;

s('the NT hash shows to who has the reply key of the exchange', () => {
  const keys = new KeyStore();
  keys.add([told]);
  const part = takeApart(pacContents, bytes, keys);
  assert.ok(part);
  const { CREDENTIALS_INFO } = jsonOf(part) as { readonly CREDENTIALS_INFO: unknown };
  assert.equal(CREDENTIALS_INFO, {
    Version: 0,
    EncryptionType: 18,
    openedBy: 'reply key of alice@R (PKINIT)',
    packages: ['NTLM'],
    NTLM: { Flags: ['NT_PASSWORD_VALID'], NtPassword: toHex(HASH) },
  });
  const sealed = rowsOf(part, 'PACTYPE').find(({ opened }) => opened !== undefined);
  assert.is(sealed?.path, 'PACTYPE.CREDENTIALS_INFO.SerializedData');
  const hash = sealed?.opened?.fields.find(({ path }) => path.endsWith('NtPassword'));
  assert.is(hash?.value, toHex(HASH));
  assert.is(toHex(sealed?.opened?.bytes.subarray(hash?.start, hash?.end) ?? HASH), toHex(HASH));
});

s('and stays shut to everybody else', () => {
  const part = takeApart(pacContents, bytes, new KeyStore());
  assert.ok(part);
  assert.equal(part.inner, []);
});

s.run();
