/** Save Session Info PDU: who is signed in, or why not (MS-RDPBCGR 2.2.10.1). */
import {
  type Codec,
  encode,
  enumeration,
  padding,
  rest,
  tryDecode,
  uint16,
  uint32,
} from '../../src/layout/codec.ts';
import { fixedUnicode, lengthOf, struct, unicode } from '../../src/layout/structures.ts';
import { InfoType, LogonNotification } from './constants.ts';

/** A text whose length counts the zero that ends it. */
const counted: Codec<string> = {
  ...unicode,
  read: (reader) => unicode.read(reader).replace(/\0$/, ''),
  write: (writer, value) => unicode.write(writer, `${value}\0`),
};

/** MS-RDPBCGR 2.2.10.1.1. */
export const TS_SAVE_SESSION_INFO = struct('TS_SAVE_SESSION_INFO_PDU_DATA', {
  infoType: enumeration(uint32, 'UINT32', InfoType),
  infoData: rest,
});

/** MS-RDPBCGR 2.2.10.1.1.1. */
const TS_LOGON_INFO = struct('TS_LOGON_INFO', {
  cbDomain: uint32,
  Domain: fixedUnicode(52),
  cbUserName: uint32,
  UserName: fixedUnicode(512),
  SessionId: uint32,
});

/** MS-RDPBCGR 2.2.10.1.1.2: Size counts everything before the names, and ends there. */
const TS_LOGON_INFO_VERSION_2 = struct('TS_LOGON_INFO_VERSION_2', {
  Version: uint16,
  Size: uint32,
  SessionId: uint32,
  cbDomain: lengthOf('Domain', uint32),
  cbUserName: lengthOf('UserName', uint32),
  Pad: padding(558),
  Domain: counted,
  UserName: counted,
});
const SAVE_SESSION_PDU_VERSION_ONE = 1;
const SIZE = 576;

/** MS-RDPBCGR 2.2.10.1.1.4.1.1. */
const TS_LOGON_ERRORS_INFO = struct('TS_LOGON_ERRORS_INFO', {
  ErrorNotificationType: enumeration(uint32, 'UINT32', LogonNotification),
  ErrorNotificationData: uint32,
});

/** MS-RDPBCGR 2.2.10.1.1.4, with logon errors and nothing else. */
const TS_LOGON_INFO_EXTENDED = struct('TS_LOGON_INFO_EXTENDED', {
  Length: uint16,
  FieldsPresent: uint32,
  cbFieldData: lengthOf('LogonErrors', uint32),
  LogonErrors: TS_LOGON_ERRORS_INFO,
  Pad: padding(570),
});
const LOGON_EX_LOGONERRORS = 2;
const EXTENDED_LENGTH = 18;

/** What `infoData` is, by `infoType`. */
export const INFO_DATA = {
  [InfoType.INFOTYPE_LOGON]: TS_LOGON_INFO,
  [InfoType.INFOTYPE_LOGON_LONG]: TS_LOGON_INFO_VERSION_2,
  [InfoType.INFOTYPE_LOGON_EXTENDED_INFO]: TS_LOGON_INFO_EXTENDED,
} as const;

/** What is told of a sign-in. */
export type SessionInfo =
  | {
      readonly kind: 'loggedOn';
      readonly domain: string;
      readonly userName: string;
      readonly sessionId: number;
    }
  | {
      readonly kind: 'logonError';
      /** An NTSTATUS, or one of `LogonNotification`. */
      readonly type: number;
      /** 0: the password was wrong, 1: it has to be changed, 2: something else, 3: a warning. */
      readonly data: number;
    }
  | { readonly kind: 'other'; readonly infoType: number };

export function saveSessionInfo(
  info: Exclude<SessionInfo, { readonly kind: 'other' }>,
): Uint8Array {
  if (info.kind === 'loggedOn') {
    const { domain: Domain, userName: UserName, sessionId: SessionId } = info;
    const head = { Version: SAVE_SESSION_PDU_VERSION_ONE, Size: SIZE };
    const infoData = encode(TS_LOGON_INFO_VERSION_2, { ...head, SessionId, Domain, UserName });
    return encode(TS_SAVE_SESSION_INFO, { infoType: InfoType.INFOTYPE_LOGON_LONG, infoData });
  }
  const LogonErrors = { ErrorNotificationType: info.type, ErrorNotificationData: info.data };
  const head = { Length: EXTENDED_LENGTH, FieldsPresent: LOGON_EX_LOGONERRORS };
  const infoData = encode(TS_LOGON_INFO_EXTENDED, { ...head, LogonErrors });
  return encode(TS_SAVE_SESSION_INFO, {
    infoType: InfoType.INFOTYPE_LOGON_EXTENDED_INFO,
    infoData,
  });
}

/** Undefined when it is not of the form that its type asks for. */
export function readSessionInfo(body: Uint8Array): SessionInfo | undefined {
  const read = tryDecode(TS_SAVE_SESSION_INFO, body);
  if (!read.ok) return undefined;
  const { infoType, infoData } = read.value;
  switch (infoType) {
    case InfoType.INFOTYPE_LOGON_LONG: {
      const long = tryDecode(TS_LOGON_INFO_VERSION_2, infoData);
      if (!long.ok) return undefined;
      const { Domain, UserName, SessionId } = long.value;
      return { kind: 'loggedOn', domain: Domain, userName: UserName, sessionId: SessionId };
    }
    case InfoType.INFOTYPE_LOGON: {
      const short = tryDecode(TS_LOGON_INFO, infoData);
      if (!short.ok) return undefined;
      const { Domain, UserName, SessionId } = short.value;
      return { kind: 'loggedOn', domain: Domain, userName: UserName, sessionId: SessionId };
    }
    case InfoType.INFOTYPE_LOGON_EXTENDED_INFO: {
      const extended = tryDecode(TS_LOGON_INFO_EXTENDED, infoData);
      if (!extended.ok) return { kind: 'other', infoType };
      const { ErrorNotificationType, ErrorNotificationData } = extended.value.LogonErrors;
      return { kind: 'logonError', type: ErrorNotificationType, data: ErrorNotificationData };
    }
    default:
      return { kind: 'other', infoType };
  }
}
