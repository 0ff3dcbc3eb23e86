/** TSRequests of CredSSP (MS-CSSP 2.2.1): the negotiation's tokens, the binding to TLS, credentials. */
import { fromUtf16le, toHex } from '../../src/bytes/bytes.ts';
import { type Infer, tryDecode } from '../../src/der/codec.ts';
import { octets, readMember } from '../../src/layout/codec.ts';
import type { Reader } from '../../src/layout/reader.ts';
import { KERB_TICKET_LOGON_HEADER, readTicketLogon } from '../credssp/credentials.ts';
import {
  CredType,
  TSCredentials,
  TSPasswordCreds,
  TSRemoteGuardCreds,
  type TSRemoteGuardPackageCred,
  TSRequest,
  TSSmartCardCreds,
} from '../credssp/messages.ts';
import { Mechanism, mechanismOf, openSpnego } from '../gss/spnego.ts';
import { isNtlm } from '../ntlm/messages.ts';
import { type Contents, der, type Inner, plain, under } from './contents.ts';
import { openKerberosToken } from './gss-token.ts';
import type { KeyStore } from './keyring.ts';
import { innerAt, laidOut } from './laid-out.ts';
import { MESSAGES, PARTS } from './messages.ts';
import { ntlmMessage } from './ntlm.ts';
import { laterSpnegoToken, spnegoToken } from './spnego.ts';

const SEQUENCE = 0x30;
/** Far above what anybody speaks; an EncryptedData, which may look alike, has its etype there. */
const VERSION_LIKELY = 16;

/** Whether octets are a TSRequest, and nothing that only looks like one. */
export function isTsRequest(bytes: Uint8Array): boolean {
  if (bytes[0] !== SEQUENCE) return false;
  const read = tryDecode(TSRequest, bytes);
  return read.ok && read.value.version >= 2 && read.value.version < VERSION_LIKELY;
}

/** UTF-16LE in an OCTET STRING. */
const text: Contents = plain(
  'UTF-16LE',
  (bytes) => [['text', 'UTF-16LE', 0, bytes.length, fromUtf16le(bytes)]],
  (bytes) => fromUtf16le(bytes),
);

type Steps = readonly (string | number)[];

/** `supplementalCreds[0].packageName` */
function pathOf(steps: Steps): string {
  return steps.reduce<string>((path, step) => {
    if (typeof step === 'number') return `${path}[${step}]`;
    return path === '' ? step : `${path}.${step}`;
  }, '');
}

function inner(contents: Contents, found: Uint8Array, name: string, steps: Steps): Inner {
  return { path: pathOf([...steps, name]), contents, octets: found, put: under(...steps, name) };
}

/** @param steps to the structure whose members these texts are */
function texts(value: object, names: readonly string[], ...steps: Steps): readonly Inner[] {
  return names.flatMap((name) => {
    const found = (value as Readonly<Record<string, unknown>>)[name];
    return found instanceof Uint8Array ? [inner(text, found, name, steps)] : [];
  });
}

const passwordCreds = der(TSPasswordCreds, {
  inside: (value) => texts(value, ['domainName', 'userName', 'password']),
});

const smartCardCreds = der(TSSmartCardCreds, {
  inside: (value) => [
    ...texts(value, ['pin', 'userHint', 'domainHint']),
    ...texts(value.cspData, ['cardName', 'readerName', 'containerName', 'cspName'], 'cspData'),
  ],
});

/** Tickets lie where the header says, and nothing else does. */
function readTicketLogonRows(reader: Reader): void {
  const logon = readTicketLogon(reader.bytes) ?? reader.fail('no KERB_TICKET_LOGON');
  const header = KERB_TICKET_LOGON_HEADER.read(reader);
  reader.at = Number(header.ServiceTicket);
  readMember(reader, 'serviceTicket', octets(logon.serviceTicket.length));
  reader.at = Number(header.TicketGrantingTicket);
  readMember(reader, 'ticketGrantingTicket', octets(logon.ticketGrantingTicket.length));
  reader.at = reader.end;
}

const ticketLogon = laidOut('KERB_TICKET_LOGON', readTicketLogonRows, (rows) => [
  ...innerAt(
    rows,
    'serviceTicket',
    PARTS.find(({ type }) => type === 'Ticket'),
    under('serviceTicket'),
  ),
  ...innerAt(rows, 'ticketGrantingTicket', MESSAGES.get('KRB-CRED'), under('ticketGrantingTicket')),
]);

type PackageCred = Infer<typeof TSRemoteGuardPackageCred>;

function packageInners(value: PackageCred, ...steps: Steps): readonly Inner[] {
  return [
    ...texts(value, ['packageName'], ...steps),
    inner(ticketLogon, value.credBuffer, 'credBuffer', steps),
  ];
}

const remoteGuardCreds = der(TSRemoteGuardCreds, {
  inside: ({ logonCred, supplementalCreds = [] }) => [
    ...packageInners(logonCred, 'logonCred'),
    ...supplementalCreds.flatMap((one, i) => packageInners(one, 'supplementalCreds', i)),
  ],
});

const BY_TYPE: Readonly<Record<number, Contents>> = {
  [CredType.password]: passwordCreds,
  [CredType.smartCard]: smartCardCreds,
  [CredType.remoteGuard]: remoteGuardCreds,
};

const tsCredentials = der(TSCredentials, {
  inside: ({ credType, credentials }) => {
    const contents = BY_TYPE[credType];
    return contents === undefined ? [] : [inner(contents, credentials, 'credentials', [])];
  },
});

/** Structures of credentials by themselves. */
export const CREDENTIALS: readonly Contents[] = [
  tsCredentials,
  passwordCreds,
  smartCardCreds,
  remoteGuardCreds,
  ticketLogon,
];

/** A hash with the nonce from version 5 on, the public key itself before (2.2.1, 3.1.5). */
const binding: Contents = plain(
  'public key binding',
  (bytes) => [
    ['binding', bytes.length === 32 ? 'SHA-256' : 'octets', 0, bytes.length, toHex(bytes)],
  ],
  (bytes) => ({ binding: toHex(bytes) }),
);

/** A sealed member: what is in it, where a key is known. */
function sealed(
  name: 'authInfo' | 'pubKeyAuth',
  contents: Contents,
  token: Uint8Array | undefined,
  keys: KeyStore,
): readonly Inner[] {
  const opened = token && keys.unwrap(token);
  if (opened === undefined) return [];
  const octetsOf = { plaintext: opened.plaintext, key: opened.key };
  return [{ path: name, contents, octets: octetsOf, put: under(name) }];
}

/** @param kerberos a token of Kerberos, as it stands in a negotiation or alone */
export function tsRequestContents(kerberos: Contents): Contents {
  const first = spnegoToken(kerberos);
  const later = laterSpnegoToken(kerberos);
  const tokenOf = (token: Uint8Array): Contents | undefined => {
    if (mechanismOf(token) === Mechanism.SPNEGO) return first;
    if (isNtlm(token)) return ntlmMessage;
    if (openKerberosToken(token).ok) return kerberos;
    return openSpnego(token).ok ? later : undefined;
  };
  const codec = der(TSRequest);
  const inside = (value: TSRequest, keys: KeyStore): readonly Inner[] => [
    ...(value.negoTokens ?? []).flatMap(({ negoToken }, i) => {
      const contents = tokenOf(negoToken);
      if (contents === undefined) return [];
      return [inner(contents, negoToken, 'negoToken', ['negoTokens', i])];
    }),
    ...sealed('pubKeyAuth', binding, value.pubKeyAuth, keys),
    ...sealed('authInfo', tsCredentials, value.authInfo, keys),
  ];
  return { ...codec, inside: (value, keys) => inside(value as TSRequest, keys) };
}
