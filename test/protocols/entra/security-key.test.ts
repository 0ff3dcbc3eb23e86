import { createPrivateKey, sign as signWith } from 'node:crypto';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import {
  ORIGIN,
  RELYING_PARTY,
  securityKeyAssertion,
  securityKeyDraft,
} from '../../../protocols/entra/security-key.ts';
import type { Tenant } from '../../../protocols/entra/tenant.ts';
import type { UserProof } from '../../../protocols/oauth/refresh-token-request.ts';
import { toBase64Url } from '../../../src/bytes/base64.ts';
import { concat, utf8 } from '../../../src/bytes/bytes.ts';
import { digest, plain } from '../../../src/crypto/digest.ts';
import { ecKeyPair } from '../../../src/crypto/key-pair.ts';
import { prtAsked, tenantWithKeys } from './prt-of-tests.ts';
import { ALICE } from './tenant-of-tests.ts';

const s = suite('entra/security-key');

const ID = 'c2VjdXJpdHkta2V5';
const FIDO = ecKeyPair(1, 'fido', 'P-256');
const OTHER = ecKeyPair(1, 'other', 'P-256');

const tenant = (owner = ALICE): Tenant => ({
  ...tenantWithKeys(),
  securityKeys: [{ credentialId: ID, userPrincipalName: owner, publicKey: FIDO.spki }],
});

/** What openssl signs: node:crypto, not our own ECDSA. */
function signed(data: Uint8Array, { pkcs8 } = FIDO): Uint8Array {
  const key = createPrivateKey({ key: Buffer.from(pkcs8), format: 'der', type: 'pkcs8' });
  return plain(signWith('sha256', data, key));
}

interface Changes {
  readonly id?: string;
  readonly flags?: number;
  readonly party?: string;
  readonly origin?: string;
  readonly challenge?: string;
  readonly type?: string;
  readonly key?: typeof FIDO;
}

/** An assertion made by hand from WebAuthn's text. */
function byHand(nonce: string, changes: Changes): UserProof {
  const { id = ID, flags = 0x05, party = RELYING_PARTY, key = FIDO } = changes;
  const { challenge = toBase64Url(utf8(nonce)), type = 'webauthn.get', origin = ORIGIN } = changes;
  const authenticatorData = concat(digest('sha256', utf8(party)), Uint8Array.of(flags, 0, 0, 0, 9));
  const clientData = utf8(JSON.stringify({ type, challenge, origin }));
  const signature = signed(concat(authenticatorData, digest('sha256', clientData)), key);
  const assertion = JSON.stringify({
    id,
    authenticatorData: toBase64Url(authenticatorData),
    clientDataJSON: toBase64Url(clientData),
    signature: toBase64Url(signature),
  });
  return { kind: 'securityKey', username: ALICE, assertion };
}

s('a security key gets a primary refresh token and tickets', () => {
  const said = prtAsked(tenant(), (nonce) => {
    const draft = securityKeyDraft(ID, nonce, 1);
    const assertion = securityKeyAssertion(draft, signed(draft.input));
    return { kind: 'securityKey', username: ALICE, assertion };
  });
  assert.is(said.response.status, 200, said.cause);
  assert.type(said.json.tgt_ad, 'string');
  const session = said.tenant.issued?.sessions[said.json.refresh_token as string];
  assert.equal(session?.amr, ['fido', 'mfa']);
  assert.is(prtAsked(tenant(), (nonce) => byHand(nonce, {})).response.status, 200);
});

s('assertions for others, of others, or without the user are refused, and why', () => {
  const cases: readonly (readonly [Changes, string])[] = [
    [{ id: 'x' }, 'no security key is x'],
    [{ flags: 0x01 }, 'did not verify its user'],
    [{ flags: 0x04 }, 'did not find its user present'],
    [{ party: 'login.evil.example' }, 'another relying party'],
    [{ origin: 'https://evil.example' }, 'another origin'],
    [{ challenge: 'x' }, 'another nonce'],
    [{ type: 'webauthn.create' }, 'for something else'],
    [{ key: OTHER }, 'signature is wrong'],
  ];
  for (const [changes, why] of cases) {
    const { response, json, cause } = prtAsked(tenant(), (nonce) => byHand(nonce, changes));
    assert.is(response.status, 400);
    assert.equal(json.error_codes, [50_013], cause);
    assert.match(cause ?? '', why);
  }
  const bobs = prtAsked(tenant('bob@corp.example'), (nonce) => byHand(nonce, {}));
  assert.match(bobs.cause ?? '', 'is not of alice');
});

s('what is no assertion is refused', () => {
  for (const assertion of ['', '[]', '{}', '{"id":1}', `{"id":"${ID}","authenticatorData":"="}`]) {
    const said = prtAsked(tenant(), { kind: 'securityKey', username: ALICE, assertion });
    assert.equal(said.json.error_codes, [50_013], assertion);
  }
});

s.run();
