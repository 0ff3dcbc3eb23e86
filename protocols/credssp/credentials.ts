/** What a client hands over once it trusts the server: MS-CSSP 2.2.1.2, KERB_TICKET_LOGON. */
import { fromUtf16le, utf16le } from '../../src/bytes/bytes.ts';
import { type Codec, encode, tryDecode } from '../../src/der/codec.ts';
import * as layout from '../../src/layout/codec.ts';
import { struct } from '../../src/layout/structures.ts';
import {
  CredType,
  TSCredentials,
  TSPasswordCreds,
  TSRemoteGuardCreds,
  TSSmartCardCreds,
} from './messages.ts';

/** AT_KEYEXCHANGE and AT_SIGNATURE (2.2.1.2.2.1). */
export const KeySpec = { AT_KEYEXCHANGE: 1, AT_SIGNATURE: 2 } as const;

/** Where the key of a smart card is (2.2.1.2.2.1). */
export interface CspData {
  readonly keySpec: number;
  readonly cardName?: string;
  readonly readerName?: string;
  readonly containerName?: string;
  readonly cspName?: string;
}

export interface PackageCredential {
  readonly packageName: string;
  readonly credBuffer: Uint8Array;
}

export type Credentials =
  /** All three empty: Restricted Admin, which hands over nothing. */
  | {
      readonly kind: 'password';
      readonly domainName: string;
      readonly userName: string;
      readonly password: string;
    }
  | {
      readonly kind: 'smartCard';
      readonly pin: string;
      readonly cspData: CspData;
      readonly userHint?: string;
      readonly domainHint?: string;
    }
  /** Nothing that outlives the connection: tickets whose keys stay with the client. */
  | {
      readonly kind: 'remoteGuard';
      readonly logonCred: PackageCredential;
      readonly supplementalCreds: readonly PackageCredential[];
    };

export const RESTRICTED_ADMIN: Credentials = {
  kind: 'password',
  domainName: '',
  userName: '',
  password: '',
};

type Texts<T extends string> = { readonly [K in T]?: string };

function octetsOf<T extends string>(texts: Texts<T>, names: readonly T[]) {
  const given = names.flatMap((name) => {
    const text = texts[name];
    return text === undefined ? [] : [[name, utf16le(text)]];
  });
  return Object.fromEntries(given) as { readonly [K in T]?: Uint8Array };
}

function textsOf<T extends string>(
  octets: { readonly [K in T]?: Uint8Array },
  names: readonly T[],
): Texts<T> {
  const given = names.flatMap((name) => {
    const value = octets[name];
    return value === undefined ? [] : [[name, fromUtf16le(value)]];
  });
  return Object.fromEntries(given) as Texts<T>;
}

const CSP_TEXTS = ['cardName', 'readerName', 'containerName', 'cspName'] as const;
const HINTS = ['userHint', 'domainHint'] as const;

/** TSCredentials, DER: what is wrapped into authInfo. */
export function tsCredentials(credentials: Credentials): Uint8Array {
  switch (credentials.kind) {
    case 'password':
      return encode(TSCredentials, {
        credType: CredType.password,
        credentials: encode(TSPasswordCreds, {
          domainName: utf16le(credentials.domainName),
          userName: utf16le(credentials.userName),
          password: utf16le(credentials.password),
        }),
      });
    case 'smartCard': {
      const { keySpec, ...names } = credentials.cspData;
      return encode(TSCredentials, {
        credType: CredType.smartCard,
        credentials: encode(TSSmartCardCreds, {
          pin: utf16le(credentials.pin),
          cspData: { keySpec, ...octetsOf(names, CSP_TEXTS) },
          ...octetsOf(credentials, HINTS),
        }),
      });
    }
    case 'remoteGuard': {
      const { logonCred, supplementalCreds } = credentials;
      const supplemental = supplementalCreds.map(packageOctets);
      return encode(TSCredentials, {
        credType: CredType.remoteGuard,
        credentials: encode(TSRemoteGuardCreds, {
          logonCred: packageOctets(logonCred),
          ...(supplemental.length === 0 ? {} : { supplementalCreds: supplemental }),
        }),
      });
    }
  }
}

function packageOctets({ packageName, credBuffer }: PackageCredential) {
  return { packageName: utf16le(packageName), credBuffer };
}

function packageText(octets: {
  readonly packageName: Uint8Array;
  readonly credBuffer: Uint8Array;
}): PackageCredential {
  return { packageName: fromUtf16le(octets.packageName), credBuffer: octets.credBuffer };
}

export type ReadCredentials =
  | { readonly ok: true; readonly credentials: Credentials }
  | { readonly ok: false; readonly reason: string };

export function readTsCredentials(der: Uint8Array): ReadCredentials {
  const outer = tryDecode(TSCredentials, der);
  if (!outer.ok) return { ok: false, reason: outer.error.message };
  const { credType, credentials } = outer.value;
  switch (credType) {
    case CredType.password:
      return inside(TSPasswordCreds, credentials, ({ domainName, userName, password }) => ({
        kind: 'password',
        domainName: fromUtf16le(domainName),
        userName: fromUtf16le(userName),
        password: fromUtf16le(password),
      }));
    case CredType.smartCard:
      return inside(TSSmartCardCreds, credentials, ({ pin, cspData, ...hints }) => ({
        kind: 'smartCard',
        pin: fromUtf16le(pin),
        cspData: { keySpec: cspData.keySpec, ...textsOf(cspData, CSP_TEXTS) },
        ...textsOf(hints, HINTS),
      }));
    case CredType.remoteGuard:
      return inside(TSRemoteGuardCreds, credentials, ({ logonCred, supplementalCreds = [] }) => ({
        kind: 'remoteGuard',
        logonCred: packageText(logonCred),
        supplementalCreds: supplementalCreds.map(packageText),
      }));
    default:
      return { ok: false, reason: `credType ${credType} is none of 1, 2 and 6` };
  }
}

function inside<T>(
  codec: Codec<T>,
  der: Uint8Array,
  credentialsOf: (value: T) => Credentials,
): ReadCredentials {
  const read = tryDecode(codec, der);
  if (!read.ok) return { ok: false, reason: read.error.message };
  return { ok: true, credentials: credentialsOf(read.value) };
}

/** KERB_LOGON_SUBMIT_TYPE KerbTicketLogon. */
const KERB_TICKET_LOGON_TYPE = 10;

/** KERB_TICKET_LOGON, self-relative: pointers are offsets from its beginning. */
const FIXED_MEMBERS = {
  MessageType: layout.uint32,
  Flags: layout.uint32,
  ServiceTicketLength: layout.uint32,
  TicketGrantingTicketLength: layout.uint32,
  ServiceTicket: layout.uint64,
  TicketGrantingTicket: layout.uint64,
} as const;
/** Without what the offsets lead to. */
export const KERB_TICKET_LOGON_HEADER = struct('KERB_TICKET_LOGON', FIXED_MEMBERS);
const KERB_TICKET_LOGON = struct('KERB_TICKET_LOGON', { ...FIXED_MEMBERS, more: layout.rest });
const FIXED = 32;

/** The credBuffer of the package `Kerberos` (2.2.1.2.3). */
export interface TicketLogon {
  readonly flags: number;
  /** The ticket for the server's computer, DER. */
  readonly serviceTicket: Uint8Array;
  /** KRB-CRED, DER, under the session key of the service ticket. */
  readonly ticketGrantingTicket: Uint8Array;
}

export function ticketLogon({
  flags,
  serviceTicket,
  ticketGrantingTicket,
}: TicketLogon): Uint8Array {
  const more = new Uint8Array(serviceTicket.length + ticketGrantingTicket.length);
  more.set(serviceTicket);
  more.set(ticketGrantingTicket, serviceTicket.length);
  return layout.encode(KERB_TICKET_LOGON, {
    MessageType: KERB_TICKET_LOGON_TYPE,
    Flags: flags,
    ServiceTicketLength: serviceTicket.length,
    TicketGrantingTicketLength: ticketGrantingTicket.length,
    ServiceTicket: BigInt(FIXED),
    TicketGrantingTicket: BigInt(FIXED + serviceTicket.length),
    more,
  });
}

/** Undefined: the octets are no KERB_TICKET_LOGON whose tickets lie within them. */
export function readTicketLogon(credBuffer: Uint8Array): TicketLogon | undefined {
  const read = layout.tryDecode(KERB_TICKET_LOGON, credBuffer);
  if (!read.ok || read.value.MessageType !== KERB_TICKET_LOGON_TYPE) return undefined;
  const { value } = read;
  const serviceTicket = within(credBuffer, value.ServiceTicket, value.ServiceTicketLength);
  const ticketGrantingTicket = within(
    credBuffer,
    value.TicketGrantingTicket,
    value.TicketGrantingTicketLength,
  );
  if (serviceTicket === undefined || ticketGrantingTicket === undefined) return undefined;
  return { flags: value.Flags, serviceTicket, ticketGrantingTicket };
}

function within(octets: Uint8Array, offset: bigint, length: number): Uint8Array | undefined {
  if (offset < BigInt(FIXED) || offset + BigInt(length) > BigInt(octets.length)) return undefined;
  return octets.subarray(Number(offset), Number(offset) + length);
}
