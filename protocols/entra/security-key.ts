/**
 * FIDO2 security keys: what one signs to sign somebody in (WebAuthn Level 2 section 6.3.3), and whether it
 * is right (7.2). How Windows carries it to Entra is not published: JSON with WebAuthn's names is ours.
 */
import { fromBase64Url, toBase64Url } from '../../src/bytes/base64.ts';
import { concat, equal, fromUtf8, uint32be, utf8 } from '../../src/bytes/bytes.ts';
import { digest } from '../../src/crypto/digest.ts';
import { verifySignature } from '../../src/crypto/verify.ts';
import { jsonObject, textField } from '../oauth/json.ts';
import type { SecurityKey, TenantUser } from './tenant.ts';

/** The relying party that Entra is. */
export const RELYING_PARTY = 'login.microsoft.com';
export const ORIGIN = 'https://login.microsoft.com';

/** WebAuthn 6.1: user present, user verified. */
const USER_PRESENT = 0x01;
const USER_VERIFIED = 0x04;
const AUTHENTICATOR_DATA = 37;

/** What the key is asked to sign, with what goes beside the signature. */
export interface SecurityKeyDraft {
  readonly credentialId: string;
  readonly authenticatorData: Uint8Array;
  readonly clientDataJSON: Uint8Array;
  /** For the effect `sign`. */
  readonly input: Uint8Array;
}

/** @param counter how often the key has signed, this time included */
export function securityKeyDraft(
  credentialId: string,
  nonce: string,
  counter: number,
): SecurityKeyDraft {
  const authenticatorData = concat(
    digest('sha256', utf8(RELYING_PARTY)),
    Uint8Array.of(USER_PRESENT | USER_VERIFIED),
    uint32be(counter),
  );
  const clientData = { type: 'webauthn.get', challenge: toBase64Url(utf8(nonce)), origin: ORIGIN };
  const clientDataJSON = utf8(JSON.stringify(clientData));
  const input = concat(authenticatorData, digest('sha256', clientDataJSON));
  return { credentialId, authenticatorData, clientDataJSON, input };
}

/** The assertion as text. */
export function securityKeyAssertion(draft: SecurityKeyDraft, signature: Uint8Array): string {
  return JSON.stringify({
    id: draft.credentialId,
    authenticatorData: toBase64Url(draft.authenticatorData),
    clientDataJSON: toBase64Url(draft.clientDataJSON),
    signature: toBase64Url(signature),
  });
}

/** What is wrong with an assertion for this user and nonce; undefined: nothing. */
export function securityKeyObjection(
  assertion: string,
  nonce: string,
  user: TenantUser,
  keys: readonly SecurityKey[],
): string | undefined {
  const object = jsonObject(assertion);
  if (object === undefined) return 'the assertion of the security key is no JSON object';
  const octets = (name: string): Uint8Array | undefined =>
    fromBase64Url(textField(object, name) ?? '');
  const authenticatorData = octets('authenticatorData');
  const clientDataJSON = octets('clientDataJSON');
  const signature = octets('signature');
  if (authenticatorData === undefined || clientDataJSON === undefined || signature === undefined) {
    return 'a part of the assertion of the security key is missing';
  }
  const id = textField(object, 'id');
  const key = keys.find(({ credentialId }) => credentialId === id);
  if (key === undefined) return `no security key is ${id}`;
  if (key.userPrincipalName.toLowerCase() !== user.userPrincipalName.toLowerCase()) {
    return `the security key is not of ${user.userPrincipalName}`;
  }
  const clientData = jsonObject(fromUtf8(clientDataJSON));
  if (clientData === undefined || textField(clientData, 'type') !== 'webauthn.get') {
    return 'clientDataJSON is for something else';
  }
  if (textField(clientData, 'challenge') !== toBase64Url(utf8(nonce))) {
    return 'the security key signed another nonce';
  }
  if (textField(clientData, 'origin') !== ORIGIN) return 'clientDataJSON is of another origin';
  if (authenticatorData.length < AUTHENTICATOR_DATA) return 'authenticatorData is too short';
  if (!equal(authenticatorData.subarray(0, 32), digest('sha256', utf8(RELYING_PARTY)))) {
    return 'the security key signed for another relying party';
  }
  const flags = authenticatorData[32] as number;
  if ((flags & USER_PRESENT) === 0) return 'the security key did not find its user present';
  if ((flags & USER_VERIFIED) === 0) return 'the security key did not verify its user';
  const input = concat(authenticatorData, digest('sha256', clientDataJSON));
  return verifySignature(key.publicKey, 'ecdsa-with-SHA256', input, signature)
    ? undefined
    : 'the security key’s signature is wrong';
}
