/** The client's side of NTLM, connection-oriented: MS-NLMP 3.1.5.1. One machine a context. */
import { concat } from '../../src/bytes/bytes.ts';
import { hmac } from '../../src/crypto/digest.ts';
import { rc4 } from '../../src/crypto/rc4.ts';
import {
  assertNever,
  type Env,
  type Rejected,
  type Step,
  to,
  unexpected,
} from '../../src/machine/machine.ts';
import { fileTimeOf } from '../pac/file-time.ts';
import {
  type AvPair,
  avFlags,
  avPair,
  avPairs,
  readAvPairs,
  textPair,
  withAvPair,
} from './av-pairs.ts';
import {
  AvFlags,
  AvId,
  CHALLENGE_LENGTH,
  KEY_LENGTH,
  NegotiateFlags,
  WINDOWS_VERSION,
} from './constants.ts';
import {
  type Authenticate,
  authenticateMessage,
  type Challenge,
  type MessageName,
  negotiateMessage,
  readMessage,
} from './messages.ts';
import { ntlmv2Response, ntowfv2, type Response } from './response.ts';
import { type SecurityLayer, securityLayer } from './session-security.ts';

/** Who asks, and for what. */
export interface Credentials {
  readonly userName: string;
  /** NetBIOS or DNS name; empty where the name is a user principal name. */
  readonly domainName: string;
  /** NTOWFv1 of the password: 16 octets. */
  readonly ntHash: Uint8Array;
  /** Of the computer where the user sits. */
  readonly workstation: string;
  /** The service that the client means to talk to: `cifs/10.0.0.7`. */
  readonly targetName?: string;
  /** MD5 over the channel's bindings (RFC 2744 §3.11); absent: none. */
  readonly channelBindings?: Uint8Array;
}

export type State =
  | { readonly name: 'idle' }
  | {
      readonly name: 'expectChallenge';
      readonly credentials: Credentials;
      readonly flags: number;
      /** The NEGOTIATE_MESSAGE, which the MIC is over. */
      readonly negotiate: Uint8Array;
    }
  | { readonly name: 'established'; readonly layer: SecurityLayer; readonly hasMic: boolean }
  | { readonly name: 'failed'; readonly reason: string };

export type Event =
  | { readonly kind: 'begun'; readonly credentials: Credentials }
  | { readonly kind: 'received'; readonly token: Uint8Array };

export type Effect =
  | { readonly kind: 'send'; readonly message: MessageName; readonly token: Uint8Array }
  | Rejected;

const {
  NTLMSSP_NEGOTIATE_UNICODE,
  NTLM_NEGOTIATE_OEM,
  NTLMSSP_REQUEST_TARGET,
  NTLMSSP_NEGOTIATE_SIGN,
  NTLMSSP_NEGOTIATE_SEAL,
  NTLMSSP_NEGOTIATE_LM_KEY,
  NTLMSSP_NEGOTIATE_NTLM,
  NTLMSSP_NEGOTIATE_ALWAYS_SIGN,
  NTLMSSP_NEGOTIATE_EXTENDED_SESSIONSECURITY,
  NTLMSSP_NEGOTIATE_TARGET_INFO,
  NTLMSSP_NEGOTIATE_VERSION,
  NTLMSSP_NEGOTIATE_128,
  NTLMSSP_NEGOTIATE_KEY_EXCH,
  NTLMSSP_NEGOTIATE_56,
} = NegotiateFlags;

/** What Windows offers that wants messages signed and sealed: e20882b7. */
export const CLIENT_FLAGS =
  (NTLMSSP_NEGOTIATE_UNICODE |
    NTLM_NEGOTIATE_OEM |
    NTLMSSP_REQUEST_TARGET |
    NTLMSSP_NEGOTIATE_SIGN |
    NTLMSSP_NEGOTIATE_SEAL |
    NTLMSSP_NEGOTIATE_LM_KEY |
    NTLMSSP_NEGOTIATE_NTLM |
    NTLMSSP_NEGOTIATE_ALWAYS_SIGN |
    NTLMSSP_NEGOTIATE_EXTENDED_SESSIONSECURITY |
    NTLMSSP_NEGOTIATE_VERSION |
    NTLMSSP_NEGOTIATE_128 |
    NTLMSSP_NEGOTIATE_KEY_EXCH |
    NTLMSSP_NEGOTIATE_56) >>>
  0;

/** Without these there is no session security that this client takes. */
const NEEDED = {
  NTLMSSP_NEGOTIATE_UNICODE,
  NTLMSSP_NEGOTIATE_NTLM,
  NTLMSSP_NEGOTIATE_EXTENDED_SESSIONSECURITY,
  NTLMSSP_NEGOTIATE_128,
} as const;

export function step(state: State, event: Event, env: Env): Step<State, Effect> {
  switch (state.name) {
    case 'idle':
      return event.kind === 'begun' ? begin(event.credentials) : unexpected(state, event, 'begun');
    case 'expectChallenge':
      return event.kind === 'received'
        ? challenged(state, event.token, env)
        : unexpected(state, event, 'received');
    case 'established':
    case 'failed':
      return unexpected(state, event);
    default:
      return assertNever(state);
  }
}

function begin(credentials: Credentials): Step<State, Effect> {
  const flags = CLIENT_FLAGS;
  const negotiate = negotiateMessage({ flags, version: WINDOWS_VERSION });
  return to({ name: 'expectChallenge', credentials, flags, negotiate }, [
    { kind: 'send', message: 'NEGOTIATE_MESSAGE', token: negotiate },
  ]);
}

function failed(reason: string): Step<State, Effect> {
  return to({ name: 'failed', reason });
}

function challenged(
  state: Extract<State, { readonly name: 'expectChallenge' }>,
  token: Uint8Array,
  env: Env,
): Step<State, Effect> {
  const read = readMessage(token);
  if (!read.ok) return failed(read.reason);
  const { message } = read;
  if (message.type !== 'CHALLENGE_MESSAGE') {
    return failed(`${message.type} instead of CHALLENGE_MESSAGE`);
  }
  const { challenge } = message;
  const missing = Object.entries(NEEDED).find(([, bit]) => (challenge.flags & bit) === 0);
  if (missing !== undefined) return failed(`the server does not agree to ${missing[0]}`);
  const info = readAvPairs(challenge.targetInfo);
  if (!info.ok) return failed(`TargetInfo: ${info.reason}`);
  return authenticated(state, { token, challenge, pairs: info.pairs }, env);
}

interface Challenged {
  readonly token: Uint8Array;
  readonly challenge: Challenge;
  readonly pairs: readonly AvPair[];
}

function authenticated(
  { credentials, flags: offered, negotiate }: Extract<State, { name: 'expectChallenge' }>,
  { token, challenge, pairs }: Challenged,
  env: Env,
): Step<State, Effect> {
  const { userName, domainName, workstation } = credentials;
  const stamp = avPair(pairs, AvId.MsvAvTimestamp);
  const hasMic = stamp?.length === 8;
  const response = ntlmv2Response({
    key: ntowfv2(credentials.ntHash, userName, domainName),
    serverChallenge: challenge.serverChallenge,
    clientChallenge: env.random(CHALLENGE_LENGTH),
    time: hasMic
      ? new DataView(stamp.buffer, stamp.byteOffset).getBigUint64(0, true)
      : fileTimeOf(env.now),
    targetInfo: avPairs(clientPairs(pairs, credentials, hasMic)),
  });
  const flags = agreed(offered, challenge.flags);
  const exported = sessionKey(response, flags, env);
  const plain: Authenticate = {
    flags,
    // 3.1.5.1.2: a server that says its time gets no LMv2 response.
    lmResponse: hasMic ? new Uint8Array(24) : response.lmResponse,
    ntResponse: response.ntResponse,
    domainName,
    userName,
    workstation,
    encryptedSessionKey: exported.encrypted,
    version: WINDOWS_VERSION,
    ...(hasMic ? { mic: new Uint8Array(KEY_LENGTH) } : {}),
  };
  const unsigned = authenticateMessage(plain);
  const message = hasMic
    ? authenticateMessage({
        ...plain,
        mic: hmac('md5', exported.key, concat(negotiate, token, unsigned)),
      })
    : unsigned;
  const layer = securityLayer(exported.key, flags, 'client');
  return to({ name: 'established', layer, hasMic }, [
    { kind: 'send', message: 'AUTHENTICATE_MESSAGE', token: message },
  ]);
}

/** What both want; TARGET_INFO is the server's to say. */
function agreed(offered: number, answered: number): number {
  const both = answered & (offered | NTLMSSP_NEGOTIATE_TARGET_INFO);
  return (both & ~(NTLM_NEGOTIATE_OEM | NTLMSSP_NEGOTIATE_LM_KEY)) >>> 0;
}

/** 3.1.5.1.2: the server's pairs, and what the client says in addition. */
function clientPairs(
  pairs: readonly AvPair[],
  { targetName, channelBindings }: Credentials,
  hasMic: boolean,
): readonly AvPair[] {
  const flagged = new Uint8Array(4);
  new DataView(flagged.buffer).setUint32(0, avFlags(pairs) | AvFlags.mic, true);
  const bindings = channelBindings ?? new Uint8Array(KEY_LENGTH);
  const more: readonly AvPair[] = [
    ...(hasMic ? [{ id: AvId.MsvAvFlags, value: flagged }] : []),
    { id: AvId.MsvAvChannelBindings, value: bindings },
    textPair(AvId.MsvAvTargetName, targetName ?? ''),
  ];
  return more.reduce(withAvPair, pairs);
}

/** ExportedSessionKey: with key exchange a random one, which the KeyExchangeKey protects. */
function sessionKey(
  { sessionBaseKey }: Response,
  flags: number,
  env: Env,
): { readonly key: Uint8Array; readonly encrypted: Uint8Array } {
  if ((flags & NTLMSSP_NEGOTIATE_KEY_EXCH) === 0) {
    return { key: sessionBaseKey, encrypted: new Uint8Array(0) };
  }
  const key = env.random(KEY_LENGTH);
  return { key, encrypted: rc4(sessionBaseKey, key) };
}
