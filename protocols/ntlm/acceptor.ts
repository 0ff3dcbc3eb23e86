/**
 * The server's side of NTLM, connection-oriented: MS-NLMP 3.2.5.1. One machine a context. Whether a response
 * is right is judged elsewhere, at a domain controller mostly: the machine asks and waits.
 */
import { concat, equalSecret } from '../../src/bytes/bytes.ts';
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
import { STATUS_LOGON_FAILURE, statusName } from '../kerberos/ntstatus.ts';
import { fileTimeOf } from '../pac/file-time.ts';
import { type AvPair, avFlags, avPairs, textPair } from './av-pairs.ts';
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
  challengeMessage,
  type MessageName,
  MIC_OFFSET,
  readMessage,
} from './messages.ts';
import { readNtlmv2Response } from './response.ts';
import { type SecurityLayer, securityLayer } from './session-security.ts';

/** The computer whose service it is, as it says of itself. */
export interface Target {
  readonly netbiosComputerName: string;
  readonly netbiosDomainName: string;
  readonly dnsComputerName: string;
  readonly dnsDomainName: string;
}

/** What is to be judged. */
export interface NetworkLogon {
  readonly userName: string;
  readonly domainName: string;
  readonly workstation: string;
  readonly serverChallenge: Uint8Array;
  readonly ntResponse: Uint8Array;
  readonly lmResponse: Uint8Array;
}

/** `I`: who it is, as whoever judged says. */
export type Verdict<I> =
  | { readonly kind: 'granted'; readonly sessionBaseKey: Uint8Array; readonly identity: I }
  /** `status`: an NTSTATUS. */
  | { readonly kind: 'denied'; readonly status: number; readonly reason: string };

export interface Established<I> {
  readonly identity: I;
  readonly layer: SecurityLayer;
  /** The AUTHENTICATE_MESSAGE had a MIC: a mechListMIC is expected then (MS-SPNG 3.3.5.1). */
  readonly hasMic: boolean;
}

export type State<I> =
  | { readonly name: 'expectNegotiate' }
  | {
      readonly name: 'expectAuthenticate';
      readonly negotiate: Uint8Array;
      readonly challenge: Uint8Array;
      readonly serverChallenge: Uint8Array;
      readonly flags: number;
    }
  | {
      readonly name: 'expectVerdict';
      readonly authenticate: Authenticate;
      readonly flags: number;
      /** MIC over all three messages, still without its key: the octets that it is over. */
      readonly messages: Uint8Array;
    }
  | { readonly name: 'established'; readonly established: Established<I> }
  /** `status`: an NTSTATUS for whoever asks why. */
  | { readonly name: 'failed'; readonly reason: string; readonly status: number };

export type Event<I> =
  | { readonly kind: 'received'; readonly token: Uint8Array }
  | { readonly kind: 'judged'; readonly verdict: Verdict<I> };

export type Effect =
  | { readonly kind: 'send'; readonly message: MessageName; readonly token: Uint8Array }
  | { readonly kind: 'judge'; readonly logon: NetworkLogon }
  | Rejected;

const {
  NTLMSSP_NEGOTIATE_UNICODE,
  NTLMSSP_REQUEST_TARGET,
  NTLMSSP_NEGOTIATE_SIGN,
  NTLMSSP_NEGOTIATE_SEAL,
  NTLMSSP_ANONYMOUS,
  NTLMSSP_NEGOTIATE_NTLM,
  NTLMSSP_NEGOTIATE_ALWAYS_SIGN,
  NTLMSSP_TARGET_TYPE_DOMAIN,
  NTLMSSP_NEGOTIATE_EXTENDED_SESSIONSECURITY,
  NTLMSSP_NEGOTIATE_TARGET_INFO,
  NTLMSSP_NEGOTIATE_VERSION,
  NTLMSSP_NEGOTIATE_128,
  NTLMSSP_NEGOTIATE_KEY_EXCH,
  NTLMSSP_NEGOTIATE_56,
} = NegotiateFlags;

/** What of a client's offer is agreed to. */
const AGREEABLE =
  NTLMSSP_NEGOTIATE_UNICODE |
  NTLMSSP_REQUEST_TARGET |
  NTLMSSP_NEGOTIATE_SIGN |
  NTLMSSP_NEGOTIATE_SEAL |
  NTLMSSP_NEGOTIATE_NTLM |
  NTLMSSP_NEGOTIATE_ALWAYS_SIGN |
  NTLMSSP_NEGOTIATE_EXTENDED_SESSIONSECURITY |
  NTLMSSP_NEGOTIATE_VERSION |
  NTLMSSP_NEGOTIATE_128 |
  NTLMSSP_NEGOTIATE_KEY_EXCH |
  NTLMSSP_NEGOTIATE_56;

/** Without these there is no context. */
const NEEDED = {
  NTLMSSP_NEGOTIATE_UNICODE,
  NTLMSSP_NEGOTIATE_NTLM,
  NTLMSSP_NEGOTIATE_EXTENDED_SESSIONSECURITY,
} as const;

export function step<I>(
  target: Target,
  state: State<I>,
  event: Event<I>,
  env: Env,
): Step<State<I>, Effect> {
  switch (state.name) {
    case 'expectNegotiate':
      return event.kind === 'received'
        ? negotiated(target, event.token, env)
        : unexpected(state, event, 'received');
    case 'expectAuthenticate':
      return event.kind === 'received'
        ? authenticated(state, event.token)
        : unexpected(state, event, 'received');
    case 'expectVerdict':
      return event.kind === 'judged'
        ? judged(state, event.verdict)
        : unexpected(state, event, 'judged');
    case 'established':
    case 'failed':
      return unexpected(state, event);
    default:
      return assertNever(state);
  }
}

function failed<I>(reason: string, status = STATUS_LOGON_FAILURE): Step<State<I>, Effect> {
  return to({ name: 'failed', reason, status });
}

function negotiated<I>(target: Target, token: Uint8Array, env: Env): Step<State<I>, Effect> {
  const read = readMessage(token);
  if (!read.ok) return failed(read.reason);
  const { message } = read;
  if (message.type !== 'NEGOTIATE_MESSAGE') {
    return failed(`${message.type} instead of NEGOTIATE_MESSAGE`);
  }
  const offered = message.negotiate.flags;
  const missing = Object.entries(NEEDED).find(([, bit]) => (offered & bit) === 0);
  if (missing !== undefined) return failed(`the client does not offer ${missing[0]}`);
  const flags =
    ((offered & AGREEABLE) | NTLMSSP_TARGET_TYPE_DOMAIN | NTLMSSP_NEGOTIATE_TARGET_INFO) >>> 0;
  const serverChallenge = env.random(CHALLENGE_LENGTH);
  const challenge = challengeMessage({
    flags,
    targetName: target.netbiosDomainName,
    serverChallenge,
    targetInfo: avPairs(targetInfo(target, env)),
    version: WINDOWS_VERSION,
  });
  return to({ name: 'expectAuthenticate', negotiate: token, challenge, serverChallenge, flags }, [
    { kind: 'send', message: 'CHALLENGE_MESSAGE', token: challenge },
  ]);
}

/** In the order in which Windows puts them. */
function targetInfo(target: Target, env: Env): readonly AvPair[] {
  const time = new Uint8Array(8);
  new DataView(time.buffer).setBigUint64(0, fileTimeOf(env.now), true);
  return [
    textPair(AvId.MsvAvNbDomainName, target.netbiosDomainName),
    textPair(AvId.MsvAvNbComputerName, target.netbiosComputerName),
    textPair(AvId.MsvAvDnsDomainName, target.dnsDomainName),
    textPair(AvId.MsvAvDnsComputerName, target.dnsComputerName),
    textPair(AvId.MsvAvDnsTreeName, target.dnsDomainName),
    { id: AvId.MsvAvTimestamp, value: time },
  ];
}

function authenticated<I>(
  state: Extract<State<I>, { readonly name: 'expectAuthenticate' }>,
  token: Uint8Array,
): Step<State<I>, Effect> {
  const read = readMessage(token);
  if (!read.ok) return failed(read.reason);
  const { message } = read;
  if (message.type !== 'AUTHENTICATE_MESSAGE') {
    return failed(`${message.type} instead of AUTHENTICATE_MESSAGE`);
  }
  const { authenticate } = message;
  const { userName, domainName, workstation, ntResponse, lmResponse } = authenticate;
  if ((authenticate.flags & NTLMSSP_ANONYMOUS) !== 0 || userName === '') {
    return failed('nobody in particular asks, and nobody gets in without a name');
  }
  const response = readNtlmv2Response(ntResponse);
  if (response === undefined) {
    return failed('the response is none of NTLM v2, and older ones are not taken');
  }
  const hasMic = (avFlags(response.pairs) & AvFlags.mic) !== 0;
  if (hasMic && authenticate.mic === undefined) {
    return failed('the response promises a MIC, and the message has no room for it');
  }
  const { mic: _, ...withoutMic } = authenticate;
  const { serverChallenge } = state;
  return to(
    {
      name: 'expectVerdict',
      authenticate: hasMic ? authenticate : withoutMic,
      // 3.2.5.1.2: what the client took of the server's offer.
      flags: (state.flags & authenticate.flags) >>> 0,
      messages: concat(state.negotiate, state.challenge, zeroedMic(token, hasMic)),
    },
    [
      {
        kind: 'judge',
        logon: { userName, domainName, workstation, serverChallenge, ntResponse, lmResponse },
      },
    ],
  );
}

function zeroedMic(token: Uint8Array, hasMic: boolean): Uint8Array {
  return hasMic ? token.slice().fill(0, MIC_OFFSET, MIC_OFFSET + KEY_LENGTH) : token;
}

function judged<I>(
  { authenticate, flags, messages }: Extract<State<I>, { readonly name: 'expectVerdict' }>,
  verdict: Verdict<I>,
): Step<State<I>, Effect> {
  if (verdict.kind === 'denied') {
    return failed(`${statusName(verdict.status)}: ${verdict.reason}`, verdict.status);
  }
  const { sessionBaseKey, identity } = verdict;
  const exchanged = (flags & NTLMSSP_NEGOTIATE_KEY_EXCH) !== 0;
  const { encryptedSessionKey, mic } = authenticate;
  if (exchanged && encryptedSessionKey.length !== KEY_LENGTH) {
    return failed(`EncryptedRandomSessionKey has ${encryptedSessionKey.length} octets`);
  }
  const key = exchanged ? rc4(sessionBaseKey, encryptedSessionKey) : sessionBaseKey;
  if (mic !== undefined && !equalSecret(hmac('md5', key, messages), mic)) {
    return failed('the MIC is wrong: one of the three messages was altered on its way');
  }
  const layer = securityLayer(key, flags, 'server');
  const established = { identity, layer, hasMic: mic !== undefined };
  return to({ name: 'established', established });
}
