import { generateKeyPairSync } from 'node:crypto';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import {
  KeySource,
  KeyUsage,
  newKeyCredential,
} from '../../../protocols/directory/key-credential.ts';
import { dnBinaryText } from '../../../protocols/directory/key-credential-value.ts';
import { customKeyInformation } from '../../../protocols/directory/key-information.ts';
import { bcryptPublicBlob } from '../../../protocols/directory/key-material.ts';
import { dissector } from '../../../protocols/dissect/dissector.ts';
import { LdapMessage } from '../../../protocols/ldap/messages.ts';
import { fromUtf8, hex, toHex } from '../../../src/bytes/bytes.ts';
import { encode } from '../../../src/der/codec.ts';
import { attribute, modifyRequest } from '../ldap/asking.ts';

const s = suite('dissect/key-credential');

const DN = 'CN=alice,CN=Users,DC=corp,DC=example';
const { publicKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
const spki = new Uint8Array(publicKey.export({ format: 'der', type: 'spki' }));

const blob = newKeyCredential({
  keyMaterial: bcryptPublicBlob(spki),
  usage: KeyUsage.NGC,
  source: KeySource.AZURE_AD,
  deviceId: hex`33221100 5544 7766 8899aabbccddeeff`,
  customKeyInformation: customKeyInformation({ version: 1, flags: 2 }),
  lastLogon: 'never',
  creationTime: Date.UTC(2026, 2, 2, 8),
});

s('a blob entry by entry', () => {
  const hints = { message: 'KEYCREDENTIALLINK_BLOB' };
  const value = dissector.value(blob, hints) as Record<string, unknown>;
  assert.is(value.KeyUsage, 'NGC');
  assert.is(value.KeySource, 'AZURE_AD');
  assert.is(value.KeyMaterial, 'RSA 2048');
  assert.is(value.DeviceId, '00112233-4455-6677-8899-aabbccddeeff');
  assert.is(value.CustomKeyInformation, 'MFA_NOT_USED');
  assert.is(value.KeyApproximateLastLogonTimeStamp, 'never');
  assert.is(value.KeyCreationTime, '2026-03-02T08:00:00Z');
  const rows = dissector.fields(blob, hints);
  for (const { path, start, end, value: shown } of rows) {
    if (path.endsWith('.Value')) assert.is(toHex(blob.subarray(start, end)), shown, path);
  }
  assert.is(rows.at(-1)?.end, blob.length);
});

s('in LDAP: rows stand where the digits are', () => {
  const text = dnBinaryText(blob, DN);
  const change = modifyRequest(DN, [0, attribute('msDS-KeyCredentialLink', text)]);
  const message = encode(LdapMessage, { messageID: 3, protocolOp: change });
  const value = dissector.value(message) as {
    readonly protocolOp: {
      readonly modifyRequest: {
        readonly changes: readonly [{ readonly modification: Record<string, unknown> }];
      };
    };
  };
  const [{ modification }] = value.protocolOp.modifyRequest.changes;
  assert.equal(modification.vals, [text]);
  const [credential] = modification.keyCredentials as readonly [Record<string, unknown>];
  assert.is(credential.KeyUsage, 'NGC');
  assert.is(credential.dn, DN);
  const rows = dissector.fields(message);
  const usage = rows.find(({ path }) => path.endsWith('KEYCREDENTIALLINK_BLOB.KeyUsage.Value'));
  assert.is(usage?.name, 'NGC');
  assert.is(fromUtf8(message.subarray(usage?.start, usage?.end)), '01');
  const owner = rows.find(({ path }) => path.endsWith('.dn'));
  assert.is(fromUtf8(message.subarray(owner?.start, owner?.end)), DN);
});

s('what is no key credential stays as it is', () => {
  const change = modifyRequest(DN, [0, attribute('msDS-KeyCredentialLink', 'B:4:00:CN=x')]);
  const message = encode(LdapMessage, { messageID: 3, protocolOp: change });
  const rows = dissector.fields(message);
  assert.not.ok(rows.some(({ type }) => type === 'error' || type === 'Object(DN-Binary)'));
});

s.run();
