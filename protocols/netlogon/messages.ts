/**
 * NetrLogonSamLogonEx (MS-NRPC 3.5.4.5.1): a member server asks its domain controller whether a network
 * logon holds. The arguments are NDR as in any RPC; around them stands the request or response PDU of
 * C706 12.6.4, in one fragment and without a bind before it.
 */
import { concat, view } from '../../src/bytes/bytes.ts';
import { attempt, type Codec, Reader, readPointee, writePointee } from '../../src/ndr/codec.ts';
import { uint8, uint16, uint32, wideString } from '../../src/ndr/primitives.ts';
import { pointer } from '../../src/ndr/structures.ts';
import { Writer } from '../../src/ndr/writer.ts';
import type { NetworkLogon } from '../ntlm/acceptor.ts';
import {
  NetlogonLevel,
  type NetlogonNetworkInfo,
  NetlogonNetworkTransitiveInformation,
  NetlogonValidation,
  NetlogonValidationSamInfo4,
  ParameterControl,
  type SamInfo4,
} from './structures.ts';

export const REQUEST_NAME = 'NetrLogonSamLogonEx-request';
export const RESPONSE_NAME = 'NetrLogonSamLogonEx-response';

/** Octets of a PDU at most: its length has 16 bits. */
export const PDU_LIMIT = 0xffff;
/** Where frag_length stands. */
export const FRAG_LENGTH_OFFSET = 8;
/** Of a request as of a response. */
export const HEADER_LENGTH = 24;
const OPNUM = 39;
const PTYPE_REQUEST = 0;
const PTYPE_RESPONSE = 2;
/** PFC_FIRST_FRAG, PFC_LAST_FRAG. */
const WHOLE = 0x03;
/** Little-endian, ASCII, IEEE. */
const DATA_REPRESENTATION = 0x10;

/** What a server asks. */
export interface SamLogonRequest {
  /** The domain controller, by its NetBIOS name. */
  readonly logonServer: string;
  /** The server itself. */
  readonly computerName: string;
  readonly logon: NetworkLogon;
}

export type SamLogonReply =
  /** `UserSessionKey` is the SessionBaseKey. */
  | { readonly kind: 'granted'; readonly info: SamInfo4 }
  /** `status`: an NTSTATUS. */
  | { readonly kind: 'denied'; readonly status: number };

export type RequestRead =
  | { readonly kind: 'request'; readonly request: SamLogonRequest }
  | { readonly kind: 'malformed'; readonly reason: string };

export type ReplyRead = SamLogonReply | { readonly kind: 'malformed'; readonly reason: string };

const NAME = pointer(wideString);

/** The arguments in the order of the IDL, as rows show them. */
export const REQUEST_ARGUMENTS = [
  ['LogonServer', NAME],
  ['ComputerName', NAME],
  ['LogonLevel', uint16],
  ['LogonInformation', NetlogonLevel],
  ['ValidationLevel', uint16],
  ['ExtraFlags', uint32],
] as const;
export const RESPONSE_ARGUMENTS = [
  ['ValidationInformation', NetlogonValidation],
  ['Authoritative', uint8],
  ['ExtraFlags', uint32],
  ['ReturnValue', uint32],
] as const;
const NOTHING = new Uint8Array(0);
const STATUS_SUCCESS = 0;

export function samLogonRequest({ logonServer, computerName, logon }: SamLogonRequest): Uint8Array {
  const { ALLOW_SERVER_TRUST_ACCOUNT, ALLOW_WORKSTATION_TRUST_ACCOUNT } = ParameterControl;
  const info: NetlogonNetworkInfo = {
    Identity: {
      LogonDomainName: logon.domainName,
      ParameterControl: ALLOW_SERVER_TRUST_ACCOUNT | ALLOW_WORKSTATION_TRUST_ACCOUNT,
      Reserved: 0n,
      UserName: logon.userName,
      Workstation: logon.workstation,
    },
    LmChallenge: logon.serverChallenge,
    NtChallengeResponse: { Buffer: logon.ntResponse },
    LmChallengeResponse: { Buffer: logon.lmResponse },
  };
  const stub = written((put) => {
    put(NAME, logonServer);
    put(NAME, computerName);
    put(uint16, NetlogonNetworkTransitiveInformation);
    put(NetlogonLevel, { tag: NetlogonNetworkTransitiveInformation, value: info });
    put(uint16, NetlogonValidationSamInfo4);
    put(uint32, 0);
  });
  return pdu(PTYPE_REQUEST, stub);
}

export function readSamLogonRequest(bytes: Uint8Array): RequestRead {
  const stub = stubOf(bytes, PTYPE_REQUEST);
  if (typeof stub === 'string') return { kind: 'malformed', reason: stub };
  const read = attempt(() => {
    const reader = new Reader(stub);
    const logonServer = readPointee(reader, NAME) ?? '';
    const computerName = readPointee(reader, NAME) ?? '';
    readPointee(reader, uint16);
    const { value: info } = readPointee(reader, NetlogonLevel);
    const validation = readPointee(reader, uint16);
    if (info === null) return reader.fail('LogonInformation is a null pointer');
    if (validation !== NetlogonValidationSamInfo4) {
      return reader.fail(`ValidationLevel ${validation} is not answered here`);
    }
    return { logonServer, computerName, logon: logonOf(info) };
  });
  if (read.ok) return { kind: 'request', request: read.value };
  return { kind: 'malformed', reason: read.error.message };
}

function logonOf({
  Identity,
  LmChallenge,
  NtChallengeResponse,
  LmChallengeResponse,
}: NetlogonNetworkInfo): NetworkLogon {
  return {
    userName: Identity.UserName,
    domainName: Identity.LogonDomainName,
    workstation: Identity.Workstation,
    serverChallenge: LmChallenge,
    ntResponse: NtChallengeResponse.Buffer ?? NOTHING,
    lmResponse: LmChallengeResponse.Buffer ?? NOTHING,
  };
}

export function samLogonReply(reply: SamLogonReply): Uint8Array {
  const stub = written((put) => {
    const value = reply.kind === 'granted' ? reply.info : null;
    put(NetlogonValidation, { tag: NetlogonValidationSamInfo4, value });
    put(uint8, 1); // Authoritative: nobody else is to be asked
    put(uint32, 0);
    put(uint32, reply.kind === 'granted' ? STATUS_SUCCESS : reply.status >>> 0);
  });
  return pdu(PTYPE_RESPONSE, stub);
}

export function readSamLogonReply(bytes: Uint8Array): ReplyRead {
  const stub = stubOf(bytes, PTYPE_RESPONSE);
  if (typeof stub === 'string') return { kind: 'malformed', reason: stub };
  const read = attempt((): SamLogonReply => {
    const reader = new Reader(stub);
    const { value: info } = readPointee(reader, NetlogonValidation);
    readPointee(reader, uint8);
    readPointee(reader, uint32);
    const status = readPointee(reader, uint32);
    if (status !== STATUS_SUCCESS) return { kind: 'denied', status };
    if (info === null) return reader.fail('a logon that succeeded, and nobody whose it is');
    return { kind: 'granted', info };
  });
  return read.ok ? read.value : { kind: 'malformed', reason: read.error.message };
}

/** The name of the message, by its type; undefined: it is none of the two. */
export function netlogonName(bytes: Uint8Array): string | undefined {
  if (typeof stubOf(bytes, PTYPE_REQUEST) !== 'string') return REQUEST_NAME;
  return typeof stubOf(bytes, PTYPE_RESPONSE) === 'string' ? undefined : RESPONSE_NAME;
}

type Put = <T>(codec: Codec<T>, value: T) => void;

/** Arguments one after the other: what each points to comes right behind it. */
function written(args: (put: Put) => void): Uint8Array {
  const writer = new Writer();
  args((codec, value) => writePointee(writer, codec, value));
  const { length } = writer;
  return writer.padded().slice(0, length);
}

function pdu(ptype: number, stub: Uint8Array): Uint8Array {
  const header = new Uint8Array(HEADER_LENGTH);
  header.set([5, 0, ptype, WHOLE, DATA_REPRESENTATION]);
  const numbers = view(header);
  numbers.setUint16(FRAG_LENGTH_OFFSET, HEADER_LENGTH + stub.length, true);
  numbers.setUint32(12, 1, true); // call_id
  numbers.setUint32(16, stub.length, true); // alloc_hint
  if (ptype === PTYPE_REQUEST) numbers.setUint16(22, OPNUM, true);
  return concat(header, stub);
}

/** The arguments of a PDU, or what is wrong with it. */
function stubOf(bytes: Uint8Array, wanted: number): Uint8Array | string {
  if (bytes.length < HEADER_LENGTH) return `a PDU of ${bytes.length} octets`;
  const numbers = view(bytes);
  const [version, , ptype, flags, representation] = bytes;
  if (version !== 5) return `version ${version} of RPC, not 5`;
  if (ptype !== wanted) return `a PDU of type ${ptype}, not ${wanted}`;
  if (((flags as number) & WHOLE) !== WHOLE) return 'a PDU in more than one fragment';
  if (representation !== DATA_REPRESENTATION) return 'numbers that are not little-endian';
  const length = numbers.getUint16(FRAG_LENGTH_OFFSET, true);
  if (length !== bytes.length) return `frag_length is ${length}, there are ${bytes.length} octets`;
  if (numbers.getUint16(10, true) !== 0) return 'a PDU with an authentication verifier';
  const opnum = numbers.getUint16(22, true);
  if (ptype === PTYPE_REQUEST && opnum !== OPNUM) return `opnum ${opnum}, not ${OPNUM}`;
  return bytes.subarray(HEADER_LENGTH);
}
