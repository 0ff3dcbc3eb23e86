/** What a person does at a device, as the person tells it and as the device hears it. */
import type { ActorEvent, Args, Json, Secret } from '../../src/machine/actor.ts';
import type { Biometric } from '../hello/container.ts';
import type { PinEntry, Shown } from '../hello/gestures.ts';
import { NT_ENTERPRISE, NT_PRINCIPAL } from '../kerberos/constants.ts';
import { principal } from '../kerberos/names.ts';
import { Protocol } from '../rdp/constants.ts';
import type { Wanted } from '../rdp/negotiation.ts';
import type { LogonName } from './logon-session.ts';

/** A password that was typed. */
export interface PasswordEntry {
  readonly kind: 'password';
  readonly who: LogonName;
  readonly password: string;
}

/** Something that is meant for a Hello container. */
export type HelloEntry =
  | { readonly kind: 'pin'; readonly who: LogonName; readonly entry: PinEntry }
  | { readonly kind: 'biometric'; readonly who: LogonName; readonly shown: Shown }
  | {
      readonly kind: 'changePin';
      readonly who: LogonName;
      readonly entry: PinEntry;
      readonly newPin: string;
    }
  | { readonly kind: 'resetPin'; readonly who: LogonName; readonly newPin: string }
  | {
      readonly kind: 'provision';
      readonly who: LogonName;
      readonly pin: string;
      readonly biometrics: readonly Biometric[];
    }
  /** The prompt for a certificate is answered. */
  | { readonly kind: 'enroll'; readonly who: LogonName; readonly entry: PinEntry }
  | { readonly kind: 'deleteContainer'; readonly who: LogonName };

/** A FIDO2 security key was shown. */
export interface SecurityKeyEntry {
  readonly kind: 'securityKey';
  readonly who: LogonName;
  /** Base 64 URL of the credential's identifier. */
  readonly credentialId: string;
  /** Of the key, in the signing core. */
  readonly key: string;
  /** How often it has signed, this time included. */
  readonly counter: number;
  /** The key's own PIN or finger was right: else it signs nothing. */
  readonly verified: boolean;
}

/** Name and password of who joins the device to Entra. */
export interface JoinEntry {
  readonly kind: 'join';
  readonly who: LogonName;
  readonly password: string;
}

/** Remote Desktop Connection is started. */
export interface ConnectEntry {
  readonly kind: 'connect';
  readonly who: LogonName;
  /** A name or an address. */
  readonly host: string;
  readonly mode: Wanted['mode'];
  /** Bits of `Protocol`. */
  readonly protocols: number;
  /** Where credentials come from: the prompt, the session on the device, or nowhere. */
  readonly credentials: (typeof CLIENT_CREDENTIALS)[number];
}

/** Keys are pressed in the client's window. */
export interface TypeEntry {
  readonly kind: 'type';
  readonly who: LogonName;
  readonly host: string;
  readonly text: string;
}

export interface DisconnectEntry {
  readonly kind: 'disconnect';
  readonly who: LogonName;
  readonly host: string;
}

export type Entry =
  | PasswordEntry
  | HelloEntry
  | SecurityKeyEntry
  | JoinEntry
  | ConnectEntry
  | TypeEntry
  | DisconnectEntry;

/** What is told, as the trace names it. */
export const TOLD = [
  'password',
  'pin',
  'fingerprint',
  'face',
  'security key',
  'pin change',
  'pin reset',
  'hello provisioning',
  'certificate enrolment',
  'hello container deletion',
  'device join',
  'remote desktop connection',
  'remote desktop disconnection',
] as const;

export type ToldWhat = (typeof TOLD)[number];

export function isSecret(value: Args[string] | undefined): value is Secret {
  return typeof value === 'object' && value !== null && 'secret' in value && 'from' in value;
}

type Told = Extract<ActorEvent, { readonly kind: 'told' }>;

/** Reads what a user tells a device; undefined: it is something else. */
export function entryOf(event: Told): Entry | undefined {
  const who = logonName(event);
  const { value, newValue, challenge, matches, biometrics } = event.args;
  if (who === undefined) return undefined;
  const first = isSecret(value) ? value.secret : undefined;
  const second = isSecret(newValue) ? newValue.secret : undefined;
  const { into } = event.args;
  if (typeof into === 'string' && first !== undefined) {
    return { kind: 'type', who, host: into, text: `${first}\n` };
  }
  switch (event.what as ToldWhat) {
    case 'password':
      return first === undefined ? undefined : { kind: 'password', who, password: first };
    case 'pin': {
      const phrase = typeof challenge === 'string' ? { challenge } : {};
      return first === undefined
        ? undefined
        : { kind: 'pin', who, entry: { pin: first, ...phrase } };
    }
    case 'fingerprint':
    case 'face':
      return {
        kind: 'biometric',
        who,
        shown: { biometric: event.what as Biometric, matches: matches !== false },
      };
    case 'security key': {
      const { credentialId, key, counter } = event.args;
      if (typeof credentialId !== 'string' || typeof key !== 'string') return undefined;
      if (typeof counter !== 'number') return undefined;
      const verified = matches !== false;
      return { kind: 'securityKey', who, credentialId, key, counter, verified };
    }
    case 'pin change':
      if (first === undefined || second === undefined) return undefined;
      return { kind: 'changePin', who, entry: { pin: first }, newPin: second };
    case 'pin reset':
      return second === undefined ? undefined : { kind: 'resetPin', who, newPin: second };
    case 'hello provisioning':
      if (first === undefined) return undefined;
      return { kind: 'provision', who, pin: first, biometrics: biometricsIn(biometrics) };
    case 'certificate enrolment':
      return first === undefined ? undefined : { kind: 'enroll', who, entry: { pin: first } };
    case 'hello container deletion':
      return { kind: 'deleteContainer', who };
    case 'device join':
      return first === undefined ? undefined : { kind: 'join', who, password: first };
    case 'remote desktop connection':
      return connectEntry(who, event.args);
    case 'remote desktop disconnection': {
      const { host } = event.args;
      return typeof host === 'string' ? { kind: 'disconnect', who, host } : undefined;
    }
    default:
      return undefined;
  }
}

/** What the client can be told to offer. */
const CLIENT_PROTOCOLS = {
  rdp: Protocol.PROTOCOL_RDP,
  tls: Protocol.PROTOCOL_SSL,
  nla: Protocol.PROTOCOL_SSL | Protocol.PROTOCOL_HYBRID,
  ext: Protocol.PROTOCOL_SSL | Protocol.PROTOCOL_HYBRID | Protocol.PROTOCOL_HYBRID_EX,
} as const;

export const CLIENT_CREDENTIALS = ['prompt', 'session', 'none'] as const;

export const CLIENT_MODES = ['normal', 'restrictedAdmin', 'remoteCredentialGuard'] as const;

function connectEntry(who: LogonName, args: Args): ConnectEntry | undefined {
  const { host, mode, security, with: from } = args;
  const credentials = CLIENT_CREDENTIALS.find((one) => one === from);
  const known = CLIENT_MODES.find((one) => one === mode);
  if (
    typeof host !== 'string' ||
    known === undefined ||
    credentials === undefined ||
    typeof security !== 'string'
  )
    return undefined;
  const protocols = CLIENT_PROTOCOLS[security as keyof typeof CLIENT_PROTOCOLS];
  return { kind: 'connect', who, host, mode: known, protocols, credentials };
}

function biometricsIn(value: Args[string] | undefined): readonly Biometric[] {
  const items: readonly Json[] = Array.isArray(value) ? value : [];
  return items.filter((item): item is Biometric => item === 'fingerprint' || item === 'face');
}

/** As Windows: `user@suffix` is one component of type NT-ENTERPRISE, anything else NT-PRINCIPAL. */
function logonName({ from, args }: Told): LogonName | undefined {
  const { userName, realm } = args;
  if (typeof userName !== 'string' || typeof realm !== 'string') return undefined;
  const nameType = userName.includes('@') ? NT_ENTERPRISE : NT_PRINCIPAL;
  return { user: from, realm, cname: principal(nameType, userName) };
}
