/**
 * The answer that brings a primary refresh token (MS-OAPXBC 3.2.5.1.2.2), with what Entra adds to it: the
 * tickets `tgt_ad` and `tgt_cloud`, each a JSON text of its own.
 */
import { fromBase64, toBase64 } from '../../src/bytes/base64.ts';
import { utf8 } from '../../src/bytes/bytes.ts';
import { encode, tryDecode } from '../../src/der/codec.ts';
import { KeyUsage } from '../kerberos/constants.ts';
import { decrypt, key, keyOf } from '../kerberos/etypes.ts';
import { AsRep, EncKdcRepPartAny } from '../kerberos/messages.ts';
import { formatName } from '../kerberos/names.ts';
import { type Credential, credentialOf } from '../kerberos/ticket-cache.ts';
import { type JsonObject, jsonObject, numberField, textField } from '../oauth/json.ts';
import { openFromSession, sealForSession } from '../oauth/session-messages.ts';

/** AES256: what keyType says where clientKey is wrapped; 0 would be a key in clear. */
export const AES256 = 18;
export const CLIENT_KEY_SIZE = 32;

/** A ticket as it stands in `tgt_ad` or `tgt_cloud`. */
export interface TgtField {
  /** A JWE under the session key, in it the key of the AS-REP; with keyType 0 the key in base 64. */
  readonly clientKey: string;
  readonly keyType: number;
  /** Base 64 of an AS-REP, DER. */
  readonly messageBuffer: string;
  readonly realm: string;
  readonly sn: string;
  readonly cn: string;
}

/** Why there is no ticket in its place. Unverified: the fields' names. */
export interface TgtError {
  readonly error: string;
  readonly errorCode: number;
}

/** The field's text. @param clientKey that the AS-REP's part is encrypted with */
export function sealTgt(
  asRep: AsRep,
  clientKey: Uint8Array,
  sessionKey: Uint8Array,
  random: (size: number) => Uint8Array,
): string {
  const { realm, sname } = asRep.ticket;
  const field: TgtField = {
    clientKey: sealForSession(clientKey, sessionKey, random),
    keyType: AES256,
    messageBuffer: toBase64(encode(AsRep, asRep)),
    realm,
    sn: sname.nameString.join('/'),
    cn: formatName(asRep.cname, asRep.crealm),
  };
  return JSON.stringify(field);
}

export function tgtErrorText(error: TgtError): string {
  return JSON.stringify(error);
}

export type OpenedTgt =
  | {
      readonly kind: 'ticket';
      readonly asRep: AsRep;
      readonly credential: Credential;
      /** The key that the AS-REP was opened with. */
      readonly clientKey: Uint8Array;
      readonly field: TgtField;
    }
  | { readonly kind: 'error'; readonly error: TgtError }
  /** It is none of both, or was not sealed under this session. */
  | { readonly kind: 'unreadable'; readonly reason: string };

/** Opens a field with the session key. */
export function openTgt(text: string, sessionKey: Uint8Array): OpenedTgt {
  const unreadable = (reason: string): OpenedTgt => ({ kind: 'unreadable', reason });
  const object = jsonObject(text);
  if (object === undefined) return unreadable('it is no JSON object');
  const error = textField(object, 'error');
  if (error !== undefined) {
    return { kind: 'error', error: { error, errorCode: numberField(object, 'errorCode') ?? 0 } };
  }
  const field = fieldOf(object);
  if (field === undefined) return unreadable('a field is missing');
  const clientKey =
    field.keyType === 0
      ? fromBase64(field.clientKey)
      : openFromSession(field.clientKey, sessionKey);
  if (clientKey?.length !== CLIENT_KEY_SIZE) {
    return unreadable('clientKey is not sealed under the session key');
  }
  const buffer = fromBase64(field.messageBuffer);
  const read = buffer === undefined ? undefined : tryDecode(AsRep, buffer);
  if (!read?.ok) return unreadable('messageBuffer is no AS-REP');
  const asRep = read.value;
  if (asRep.encPart.etype !== AES256) return unreadable('the AS-REP is not encrypted with AES256');
  const replyKey = key(AES256, clientKey);
  const opened = decrypt(replyKey, KeyUsage.AS_REP_ENC_PART, asRep.encPart.cipher);
  const part = opened === undefined ? undefined : tryDecode(EncKdcRepPartAny, opened);
  if (!part?.ok) return unreadable('the AS-REP does not open with clientKey');
  const sessionOfTicket = keyOf(part.value.key);
  if (sessionOfTicket === undefined) return unreadable('its session key is of an unknown etype');
  const credential = credentialOf(asRep, part.value, sessionOfTicket);
  return { kind: 'ticket', asRep, credential, clientKey, field };
}

function fieldOf(object: JsonObject): TgtField | undefined {
  const clientKey = textField(object, 'clientKey');
  const messageBuffer = textField(object, 'messageBuffer');
  const keyType = numberField(object, 'keyType');
  if (clientKey === undefined || messageBuffer === undefined || keyType === undefined) {
    return undefined;
  }
  const [realm = '', sn = '', cn = ''] = ['realm', 'sn', 'cn'].map((name) =>
    textField(object, name),
  );
  return { clientKey, keyType, messageBuffer, realm, sn, cn };
}

/** What a token endpoint answers with. */
export interface PrtResponse {
  readonly refreshToken: string;
  /** Seconds. */
  readonly expiresIn: number;
  /** Absent in the answer to a renewal: the session key stays. */
  readonly sessionKeyJwe?: string;
  readonly idToken: string;
  readonly tgtAd?: string;
  readonly tgtCloud?: string;
}

export function prtResponseBody(response: PrtResponse): Uint8Array {
  const { refreshToken, expiresIn, sessionKeyJwe, idToken, tgtAd, tgtCloud } = response;
  return utf8(
    JSON.stringify({
      token_type: 'pop',
      refresh_token: refreshToken,
      refresh_token_expires_in: expiresIn,
      ...(sessionKeyJwe === undefined ? {} : { session_key_jwe: sessionKeyJwe }),
      id_token: idToken,
      ...(tgtAd === undefined ? {} : { tgt_ad: tgtAd }),
      ...(tgtCloud === undefined ? {} : { tgt_cloud: tgtCloud }),
    }),
  );
}

/** Undefined: something that it must have is missing. */
export function readPrtResponse(object: JsonObject): PrtResponse | undefined {
  const refreshToken = textField(object, 'refresh_token');
  const expiresIn = numberField(object, 'refresh_token_expires_in');
  const idToken = textField(object, 'id_token');
  if (refreshToken === undefined || expiresIn === undefined || idToken === undefined) {
    return undefined;
  }
  const sessionKeyJwe = textField(object, 'session_key_jwe');
  const tgtAd = textField(object, 'tgt_ad');
  const tgtCloud = textField(object, 'tgt_cloud');
  return {
    refreshToken,
    expiresIn,
    idToken,
    ...(sessionKeyJwe === undefined ? {} : { sessionKeyJwe }),
    ...(tgtAd === undefined ? {} : { tgtAd }),
    ...(tgtCloud === undefined ? {} : { tgtCloud }),
  };
}
