/** What the viewer, `decode`, the matcher of `with:` and the trace server see of a message. */
import type { DissectedField, Dissector, Hints, Keyring } from '../../src/trace/dissector.ts';
import { Mechanism, mechanismOf, openSpnego } from '../gss/spnego.ts';
import { messageName as ldapName } from '../ldap/recognise.ts';
import { tokenName } from '../negotiate/token-name.ts';
import { isNtlm } from '../ntlm/messages.ts';
import { tpduOf } from '../rdp/x224.ts';
import { type Contents, generic } from './contents.ts';
import { isTsRequest, tsRequestContents } from './credssp.ts';
import { gssToken, openKerberosToken } from './gss-token.ts';
import { httpContents, httpName } from './http.ts';
import { KeyStore } from './keyring.ts';
import { isLdapMessage, ldapMessage } from './ldap.ts';
import { MESSAGES, USER_TO_USER } from './messages.ts';
import { netlogonContents } from './netlogon.ts';
import { ntlmMessage } from './ntlm.ts';
import { remoteDesktopContents, remoteDesktopName } from './remote-desktop.ts';
import { laterSpnegoToken, spnegoToken } from './spnego.ts';
import { jsonOf, rowsOf, takeApart } from './tree.ts';
import { standingAlone, TYPES, typeByTag } from './types.ts';

const GSS_TOKEN = 0x60;
/** Of a NegTokenResp (RFC 4178 §4.2.2). */
const NEG_TOKEN_RESP = 0xa1;
const token = gssToken((name) => MESSAGES.get(name) ?? USER_TO_USER.get(name));
const spnego = spnegoToken(token);
const laterSpnego = laterSpnegoToken(token);
const ldap = ldapMessage(token);
const tsRequest = tsRequestContents(token);

/** What the octets are: by the hints where they fit, else by the first octet. */
function contentsOf(bytes: Uint8Array, hints: Hints): Contents | undefined {
  const { message } = hints;
  if (bytes[0] === GSS_TOKEN && openKerberosToken(bytes).ok) return token;
  if (bytes[0] === GSS_TOKEN && mechanismOf(bytes) === Mechanism.SPNEGO) return spnego;
  if (bytes[0] === NEG_TOKEN_RESP && openSpnego(bytes).ok) return laterSpnego;
  if (isNtlm(bytes)) return ntlmMessage;
  if (isLdapMessage(bytes)) return ldap;
  const http = httpContents(bytes) ?? netlogonContents(bytes);
  if (http !== undefined) return http;
  // Its own octets say more than a name that the call in it has by itself.
  if (tpduOf(bytes) !== undefined) return remoteDesktopContents(bytes, hints);
  // A hint that the first octet contradicts is passed over: a trace may hold what was damaged on its way.
  const known = typeByTag(bytes) ?? (message === undefined ? undefined : TYPES.get(message));
  if (known !== undefined) return known;
  if (isTsRequest(bytes)) return tsRequest;
  return remoteDesktopContents(bytes, hints) ?? standingAlone(bytes);
}

/** The keyring that a caller holds. Identity is the point: the dissector made it and knows it again. */
class OwnKeyring implements Keyring {
  readonly keys = new KeyStore();

  add(keys: Parameters<Keyring['add']>[0]): void {
    this.keys.add(keys);
  }

  learn(bytes: Uint8Array, hints: Hints = {}): void {
    const contents = contentsOf(bytes, hints);
    if (contents !== undefined) takeApart(contents, bytes, this.keys);
  }
}

/** @throws TypeError for a keyring that another dissector made. */
function keysOf(keyring: Keyring | undefined): KeyStore {
  if (keyring === undefined) return new KeyStore();
  if (keyring instanceof OwnKeyring) return keyring.keys;
  throw new TypeError('the keyring is of another dissector: make one with dissector.keyring()');
}

function fields(
  bytes: Uint8Array,
  hints: Hints = {},
  keyring?: Keyring,
): readonly DissectedField[] {
  const contents = contentsOf(bytes, hints);
  if (contents === undefined) return generic.rows(bytes, 'ASN.1');
  const part = takeApart(contents, bytes, keysOf(keyring));
  // What does not decode is shown as far as it goes, with the reason.
  if (part === undefined) return contents.rows(bytes, contents.type);
  return rowsOf(part, contents.type);
}

export const dissector: Dissector = {
  name(bytes, hints = {}) {
    const opened = bytes[0] === GSS_TOKEN ? openKerberosToken(bytes) : undefined;
    if (opened?.ok) return opened.message;
    if (isLdapMessage(bytes)) return ldapName(bytes);
    if (tpduOf(bytes) !== undefined) return remoteDesktopName(bytes);
    const contents = contentsOf(bytes, hints);
    const negotiates = [spnego, laterSpnego, ntlmMessage].some((one) => one === contents);
    if (negotiates) return tokenName(bytes);
    return httpName(bytes) ?? contents?.type;
  },
  fields,
  value(bytes, hints = {}, keyring) {
    const contents = contentsOf(bytes, hints);
    const part = contents && takeApart(contents, bytes, keysOf(keyring));
    return part && jsonOf(part);
  },
  keyring: () => new OwnKeyring(),
};
