/**
 * What travels under the session key of a primary refresh token (MS-OAPXBC 3.1.5.1.3.3): requests that
 * a key derived from it signs, answers that one seals.
 */
import { fromBase64, toBase64 } from '../../src/bytes/base64.ts';
import { utf8 } from '../../src/bytes/bytes.ts';
import { type JsonObject, textField } from './json.ts';
import { directJwe, openJwe, readJwe } from './jwe.ts';
import { hs256, isHs256, type Jws } from './jws.ts';
import { CONTEXT_SIZE, derivedKey } from './session-key.ts';

type Random = (size: number) => Uint8Array;

/** A JWT of these claims. @param version 2 where the server knows `kdf_ver` */
export function sessionRequest(
  claims: JsonObject,
  sessionKey: Uint8Array,
  version: 1 | 2,
  random: Random,
): string {
  const context = random(CONTEXT_SIZE);
  const payload = utf8(JSON.stringify(claims));
  const header = { ctx: toBase64(context), ...(version === 2 ? { kdf_ver: 2 } : {}) };
  return hs256(
    header,
    payload,
    derivedKey(sessionKey, context, version === 2 ? payload : undefined),
  );
}

/** Whether the holder of the session key made it, with the version that its header names. */
export function isOfSession(jws: Jws, sessionKey: Uint8Array): boolean {
  const context = fromBase64(textField(jws.header, 'ctx') ?? '');
  if (context === undefined || context.length === 0) return false;
  const { kdf_ver: version } = jws.header;
  if (version !== undefined && version !== 2) return false;
  return isHs256(jws, derivedKey(sessionKey, context, version === 2 ? jws.payload : undefined));
}

/** A JWE (`dir`, A256GCM) under a key of version 1, whatever version the request had. */
export function sealForSession(
  content: Uint8Array,
  sessionKey: Uint8Array,
  random: Random,
): string {
  const context = random(CONTEXT_SIZE);
  const header = { ctx: toBase64(context), kid: 'session' };
  return directJwe(header, derivedKey(sessionKey, context), content, random);
}

/** Undefined when it was not sealed under this session. */
export function openFromSession(token: string, sessionKey: Uint8Array): Uint8Array | undefined {
  const jwe = readJwe(token);
  if (jwe === undefined || jwe.header.alg !== 'dir') return undefined;
  const context = fromBase64(textField(jwe.header, 'ctx') ?? '');
  return context === undefined ? undefined : openJwe(jwe, derivedKey(sessionKey, context));
}
