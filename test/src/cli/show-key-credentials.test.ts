import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import {
  KeySource,
  KeyUsage,
  type NewKeyCredential,
  newKeyCredential,
} from '../../../protocols/directory/key-credential.ts';
import { dnBinaryText } from '../../../protocols/directory/key-credential-value.ts';
import { concat, fromHex, utf8 } from '../../../src/bytes/bytes.ts';
import { InputError } from '../../../src/cli/exit.ts';
import { keyCredentialsOf } from '../../../src/cli/show-key-credentials.ts';
import { memoryStore } from '../../../src/store/memory.ts';
import { CORP_NOW } from '../../protocols/directory/corp.ts';
import { type Corp, change, corp, full } from '../../protocols/directory/operating.ts';

const s = suite('show-key-credentials');

/** Reference I.2: the modulus is a pattern of octets, made by an independent implementation. */
const MODULUS = Uint8Array.from({ length: 256 }, (_, k) =>
  k === 0 ? 0xc1 : k === 255 ? 0x01 : (7 * k + 1) % 256,
);
const VECTOR: NewKeyCredential = {
  keyMaterial: concat(fromHex('525341310008000003000000000100000000000000000000010001'), MODULUS),
  usage: KeyUsage.NGC,
  source: KeySource.AD,
  deviceId: fromHex('33221100554477668899aabbccddeeff'),
  customKeyInformation: fromHex('0102'),
  lastLogon: Date.UTC(2024, 0, 1),
  creationTime: Date.UTC(2024, 0, 1),
};

const BOB = 'CN=bob,CN=Users';
const ALICE = 'CN=Alice Example,OU=Sales';

function given(domain: Corp, dn: string, ...blobs: readonly Uint8Array[]): void {
  const values = blobs.map((blob) => dnBinaryText(blob, full(dn)));
  const refused = domain.modify(dn, [change('add', 'msDS-KeyCredentialLink', ...values)]);
  assert.is(refused, undefined, refused?.reason);
}

const shown = ({ store }: Corp, ...rest: readonly string[]): string =>
  keyCredentialsOf({ actor: 'dc1', store, now: CORP_NOW, rest });

s('every entry of a key, in words', () => {
  const domain = corp();
  given(domain, BOB, newKeyCredential(VECTOR));
  assert.is(
    shown(domain, 'bob'),
    `CORP\\bob (CN=bob,CN=Users,DC=corp,DC=example) has 1 key credential

  1.
     Usage       NGC (Windows Hello)
     Source      Active Directory
     Device      00112233-4455-6677-8899-aabbccddeeff
     Created     2024-01-01T00:00:00.000Z
     Last logon  2024-01-01T00:00:00.000Z
     Key id      xJnfoRix18wA9VUr+fe3HbH1IXpMaIbntzdrIHRLv08=
                 c499dfa118b1d7cc00f5552bf9f7b71db1f5217a4c6886e7b7376b20744bbf4f
     Flags       MFA_NOT_USED (0102)
     Key         RSA, 2048 bits (BCRYPT_RSAPUBLIC_BLOB, 283 octets)
     Owner       CN=bob,CN=Users,DC=corp,DC=example
     Hashes      key id and KeyHash are right
     Signs in    yes, by PKINIT`,
  );
});

s('what Entra ID writes: its own times, the long form of the flags, a security key', () => {
  const domain = corp();
  const entra = { ...VECTOR, source: KeySource.AZURE_AD, lastLogon: 'never' } as const;
  const { deviceId: _, ...withoutDevice } = entra;
  given(
    domain,
    BOB,
    newKeyCredential({ ...entra, customKeyInformation: fromHex('010000010002') }),
    newKeyCredential({
      ...withoutDevice,
      usage: KeyUsage.FIDO,
      keyId: fromHex('00112233445566778899aabbccddeeff'),
      keyMaterial: utf8('{"version":1,"displayName":"Blue key"}'),
      customKeyInformation: fromHex('01'),
    }),
  );
  const text = shown(domain, 'bob');
  assert.match(text, 'has 2 key credentials');
  assert.match(text, /Source {6}Entra ID\n.*\n {5}Created {5}2024-01-01T00:00:00.000Z/);
  assert.match(text, /Last logon {2}never/);
  assert.match(text, /Flags {7}none volume NONE strength NORMAL \(010000010002\)/);
  assert.match(text, /Usage {7}FIDO \(security key\)/);
  assert.match(text, /Key {9}Blue key \(JSON, 38 octets\)/);
  assert.match(text, /Flags {7}malformed \(01\)/);
  assert.match(text, /Signs in {4}no$/m);
});

s('says what is wrong with a value', () => {
  const domain = corp();
  const wrong = newKeyCredential({ ...VECTOR, usage: 9, customKeyInformation: fromHex('0101') });
  wrong[10] = (wrong[10] as number) ^ 1;
  const unreadable = newKeyCredential({ ...VECTOR, keyMaterial: fromHex('00112233') });
  given(domain, BOB, wrong, unreadable, fromHex('0002'));
  const text = shown(domain, 'bob');
  assert.match(text, /Usage {7}unknown \(9\)/);
  assert.match(text, /Flags {7}ATTESTATION \(0101\)/);
  assert.match(text, /Hashes {6}KeyID is not the SHA-256 of KeyMaterial$/m);
  assert.match(text, /Key {9}no public key that is known, 4 octets/);
  assert.match(text, /3\.\n {5}Malformed {3}2 octets, expected a version of 4\n {5}Owner/);
});

s('all that have keys, where nobody is named', () => {
  const domain = corp();
  assert.is(shown(domain), 'no object of the domain has a key credential');
  given(domain, BOB, newKeyCredential(VECTOR));
  given(domain, ALICE, newKeyCredential(VECTOR));
  const titles = Array.from(shown(domain).matchAll(/^CORP\\(\w+) /gm), ([, name]) => name);
  assert.equal(titles.sort(), ['alice', 'bob']);
  assert.match(shown(domain, 'LAPTOP$'), /^CORP\\LAPTOP\$ \(.*\) has no key credentials$/);
});

s('refuses what it cannot look at', () => {
  const domain = corp();
  const at = { actor: 'dc1', store: domain.store, now: CORP_NOW, rest: [] };
  const refused = (of: () => string, message: RegExp) =>
    assert.throws(
      of,
      (error: unknown) => error instanceof InputError && message.test(String(error)),
    );
  refused(
    () => keyCredentialsOf({ ...at, filter: '(cn=*)' }),
    /--filter: key-credentials has none/,
  );
  refused(() => shown(domain, 'mallory'), /there is no object mallory/);
  refused(() => keyCredentialsOf({ ...at, store: memoryStore() }), /dc1 has no directory/);
});

s.run();
