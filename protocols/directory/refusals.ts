/**
 * How Active Directory refuses an operation: an LDAP result code (RFC 4511 §4.1.9) and a diagnostic
 * message with the Win32 error, as MS-ADTS 3.1.1.3.1.9 lays it out.
 */
import { attribute } from './schema.ts';

export const ResultCode = {
  success: 0,
  operationsError: 1,
  protocolError: 2,
  timeLimitExceeded: 3,
  sizeLimitExceeded: 4,
  compareFalse: 5,
  compareTrue: 6,
  authMethodNotSupported: 7,
  strongerAuthRequired: 8,
  referral: 10,
  adminLimitExceeded: 11,
  unavailableCriticalExtension: 12,
  confidentialityRequired: 13,
  saslBindInProgress: 14,
  noSuchAttribute: 16,
  undefinedAttributeType: 17,
  inappropriateMatching: 18,
  constraintViolation: 19,
  attributeOrValueExists: 20,
  invalidAttributeSyntax: 21,
  noSuchObject: 32,
  invalidDNSyntax: 34,
  invalidCredentials: 49,
  insufficientAccessRights: 50,
  busy: 51,
  unavailable: 52,
  unwillingToPerform: 53,
  namingViolation: 64,
  objectClassViolation: 65,
  notAllowedOnNonLeaf: 66,
  notAllowedOnRDN: 67,
  entryAlreadyExists: 68,
  objectClassModsProhibited: 69,
  affectsMultipleDSAs: 71,
  other: 80,
} as const;

/** RFC 4511 §4.1.9: `insufficientAccessRights`; the number where it has no name. */
export function resultName(code: number): string {
  return Object.entries(ResultCode).find(([, known]) => known === code)?.[0] ?? String(code);
}

/** Win32 errors (MS-ERREF 2.2) that a directory server answers with. */
export const Win32 = {
  ERROR_ACCESS_DENIED: 0x00000005,
  ERROR_GEN_FAILURE: 0x0000001f,
  ERROR_INVALID_PASSWORD: 0x00000056,
  ERROR_INVALID_PARAMETER: 0x00000057,
  ERROR_NOT_AUTHENTICATED: 0x000004dc,
  ERROR_INVALID_OWNER: 0x0000051b,
  ERROR_PRIVILEGE_NOT_HELD: 0x00000522,
  ERROR_INVALID_ACCOUNT_NAME: 0x00000523,
  ERROR_USER_EXISTS: 0x00000524,
  ERROR_PASSWORD_RESTRICTION: 0x0000052d,
  ERROR_SPECIAL_ACCOUNT: 0x0000055b,
  ERROR_MEMBER_NOT_IN_ALIAS: 0x00000561,
  ERROR_MEMBER_IN_ALIAS: 0x00000562,
  ERROR_NO_SUCH_MEMBER: 0x0000056b,
  ERROR_ACCOUNT_LOCKED_OUT: 0x00000775,
  ERROR_DS_NO_ATTRIBUTE_OR_VALUE: 0x0000200a,
  ERROR_DS_INVALID_ATTRIBUTE_SYNTAX: 0x0000200b,
  ERROR_DS_ATTRIBUTE_TYPE_UNDEFINED: 0x0000200c,
  ERROR_DS_ATTRIBUTE_OR_VALUE_EXISTS: 0x0000200d,
  ERROR_DS_NO_MORE_RIDS: 0x00002011,
  ERROR_DS_OBJ_CLASS_VIOLATION: 0x00002014,
  ERROR_DS_CANT_ON_NON_LEAF: 0x00002015,
  ERROR_DS_CANT_ON_RDN: 0x00002016,
  ERROR_DS_CANT_MOD_OBJ_CLASS: 0x00002017,
  ERROR_DS_OPERATIONS_ERROR: 0x00002020,
  ERROR_DS_CONSTRAINT_VIOLATION: 0x0000202f,
  ERROR_DS_NO_SUCH_OBJECT: 0x00002030,
  ERROR_DS_INVALID_DN_SYNTAX: 0x00002032,
  ERROR_DS_UNWILLING_TO_PERFORM: 0x00002035,
  ERROR_DS_NAMING_VIOLATION: 0x00002037,
  ERROR_DS_AFFECTS_MULTIPLE_DSAS: 0x00002039,
  ERROR_DS_ATT_NOT_DEF_IN_SCHEMA: 0x0000206f,
  ERROR_DS_OBJ_STRING_NAME_EXISTS: 0x00002071,
  ERROR_DS_RDN_DOESNT_MATCH_SCHEMA: 0x00002073,
  ERROR_DS_ILLEGAL_MOD_OPERATION: 0x00002077,
  ERROR_DS_BAD_INSTANCE_TYPE: 0x00002079,
  ERROR_DS_OBJECT_CLASS_REQUIRED: 0x0000207b,
  ERROR_DS_MISSING_REQUIRED_ATT: 0x0000207c,
  ERROR_DS_ATT_NOT_DEF_FOR_CLASS: 0x0000207d,
  ERROR_DS_SINGLE_VALUE_CONSTRAINT: 0x00002081,
  ERROR_DS_RANGE_CONSTRAINT: 0x00002082,
  ERROR_DS_ATT_VAL_ALREADY_EXISTS: 0x00002083,
  ERROR_DS_CANT_REM_MISSING_ATT: 0x00002084,
  ERROR_DS_CANT_REM_MISSING_ATT_VAL: 0x00002085,
  ERROR_DS_OBJ_NOT_FOUND: 0x0000208d,
  ERROR_DS_BAD_NAME_SYNTAX: 0x0000208f,
  ERROR_DS_CANT_DELETE_DSA_OBJ: 0x00002094,
  ERROR_DS_INSUFF_ACCESS_RIGHTS: 0x00002098,
  ERROR_DS_ILLEGAL_SUPERIOR: 0x00002099,
  ERROR_DS_ATTRIBUTE_OWNED_BY_SAM: 0x0000209a,
  ERROR_DS_CANT_ADD_SYSTEM_ONLY: 0x000020a6,
  ERROR_DS_CLASS_MUST_BE_CONCRETE: 0x000020a7,
  ERROR_DS_CROSS_NC_DN_RENAME: 0x000020b0,
  ERROR_DS_CANT_MOD_SYSTEM_ONLY: 0x000020b1,
  ERROR_DS_OBJ_CLASS_NOT_SUBCLASS: 0x000020b4,
  ERROR_DS_NAME_REFERENCE_INVALID: 0x000020b5,
  ERROR_DS_CANT_DELETE: 0x000020ce,
  ERROR_DS_GLOBAL_CANT_HAVE_LOCAL_MEMBER: 0x00002144,
  ERROR_DS_GLOBAL_CANT_HAVE_UNIVERSAL_MEMBER: 0x00002145,
  ERROR_DS_UNIVERSAL_CANT_HAVE_LOCAL_MEMBER: 0x00002146,
  ERROR_DS_HAVE_PRIMARY_MEMBERS: 0x00002149,
  ERROR_DS_MACHINE_ACCOUNT_QUOTA_EXCEEDED: 0x0000216d,
  ERROR_DS_SPN_VALUE_NOT_UNIQUE_IN_FOREST: 0x000021c7,
  ERROR_DS_UPN_VALUE_NOT_UNIQUE_IN_FOREST: 0x000021c8,
} as const;

/** The part of the server that speaks, which names the shape of the message. */
export type Family = 'NameErr' | 'UpdErr' | 'AtrErr' | 'SecErr' | 'SvcErr' | 'SysErr' | 'LdapErr';

export interface Refusal {
  readonly ok: false;
  readonly code: number;
  readonly win32: number;
  /** Active Directory's own form, for tools that parse it. */
  readonly message: string;
  /** Why, in words: goes into the trace, not on the wire. */
  readonly reason: string;
  readonly matchedDn?: string;
}

/** Problem numbers and names by result code, as they stand in the diagnostic message. */
const PROBLEMS: Readonly<Record<number, readonly [Family, number, string]>> = {
  [ResultCode.noSuchAttribute]: ['AtrErr', 1001, 'NO_ATTRIBUTE_OR_VAL'],
  [ResultCode.invalidAttributeSyntax]: ['AtrErr', 1002, 'INVALID_ATT_SYNTAX'],
  [ResultCode.undefinedAttributeType]: ['AtrErr', 1003, 'UNDEFINED_ATT_TYPE'],
  [ResultCode.inappropriateMatching]: ['AtrErr', 1004, 'INAPPROPRIATE_MATCHING'],
  [ResultCode.constraintViolation]: ['AtrErr', 1005, 'CONSTRAINT_ATT_TYPE'],
  [ResultCode.attributeOrValueExists]: ['AtrErr', 1006, 'ATT_OR_VALUE_EXISTS'],
  [ResultCode.noSuchObject]: ['NameErr', 2001, 'NO_OBJECT'],
  [ResultCode.invalidDNSyntax]: ['NameErr', 2005, 'BAD_NAME'],
  [ResultCode.insufficientAccessRights]: ['SecErr', 4003, 'INSUFF_ACCESS_RIGHTS'],
  [ResultCode.busy]: ['SvcErr', 5001, 'BUSY'],
  [ResultCode.unavailable]: ['SvcErr', 5002, 'UNAVAILABLE'],
  [ResultCode.unwillingToPerform]: ['SvcErr', 5003, 'WILL_NOT_PERFORM'],
  [ResultCode.operationsError]: ['SvcErr', 5012, 'DIR_ERROR'],
  [ResultCode.unavailableCriticalExtension]: ['SvcErr', 5010, 'UNAVAIL_EXTENSION'],
  [ResultCode.other]: ['SysErr', 22, 'Invalid argument'],
  [ResultCode.namingViolation]: ['UpdErr', 6001, 'NAMING_VIOLATION'],
  [ResultCode.objectClassViolation]: ['UpdErr', 6002, 'OBJ_CLASS_VIOLATION'],
  [ResultCode.notAllowedOnNonLeaf]: ['UpdErr', 6003, 'CANT_ON_NON_LEAF'],
  [ResultCode.notAllowedOnRDN]: ['UpdErr', 6004, 'CANT_ON_RDN'],
  [ResultCode.entryAlreadyExists]: ['UpdErr', 6005, 'ENTRY_EXISTS'],
  [ResultCode.objectClassModsProhibited]: ['UpdErr', 6006, 'OBJ_CLASS_PROHIBITED'],
};

/** What a refusal may say besides. */
export interface Circumstances {
  /** The lowest object above a name that does not exist. */
  readonly matchedDn?: string;
  /** The attribute that is wrong: its id and name stand in the message of `AtrErr`. */
  readonly attribute?: string;
}

/**
 * A refusal. The DSID in Microsoft's messages names a line of their source; ours is always 0, so
 * that nobody looks it up.
 */
export function refuse(
  code: number,
  win32: number,
  reason: string,
  circumstances: Circumstances = {},
): Refusal {
  const { matchedDn } = circumstances;
  return {
    ok: false,
    code,
    win32,
    message: diagnostic(code, win32, reason, circumstances),
    reason,
    ...(matchedDn === undefined ? {} : { matchedDn }),
  };
}

/** What is found before the directory is asked: `LdapErr`, whatever the result code. */
function ofTheWire(code: number, win32: number): boolean {
  if (win32 === Win32.ERROR_NOT_AUTHENTICATED) return true;
  return code === ResultCode.noSuchAttribute && win32 === Win32.ERROR_INVALID_PARAMETER;
}

function diagnostic(code: number, win32: number, reason: string, about: Circumstances): string {
  const number = win32.toString(16).toUpperCase().padStart(8, '0');
  const where = 'DSID-00000000';
  const known = PROBLEMS[code];
  if (known === undefined || ofTheWire(code, win32)) {
    return `${number}: LdapErr: ${where}, comment: ${reason}, data 0, v4f7c`;
  }
  const [family, problem, name] = known;
  const what = `problem ${problem} (${name}), data 0`;
  if (family === 'NameErr') {
    return `${number}: NameErr: ${where}, ${what}, best match of:\n\t'${about.matchedDn ?? ''}'\n`;
  }
  if (family === 'AtrErr' && about.attribute !== undefined) {
    const which = `Att ${attributeId(about.attribute)} (${about.attribute})`;
    return `${number}: AtrErr: ${where}, #1:\n\t0: ${number}: ${where}, ${what}, ${which}\n`;
  }
  return `${number}: ${family}: ${where}, ${what}\n`;
}

/** Prefixes of the fixed part of every prefix table (MS-DRSR 5.16.4, NewPrefixTable). */
const PREFIXES: readonly (readonly [string, number])[] = [
  ['2.5.4.', 0],
  ['1.2.840.113556.1.2.', 2],
  ['1.2.840.113556.1.4.', 9],
  ['0.9.2342.19200300.100.1.', 21],
  ['2.16.840.1.113730.3.1.', 22],
  ['2.5.21.', 24],
  ['2.5.18.', 25],
];

/** ATTRTYP of an attribute in hexadecimal, as messages show it: `90303` of servicePrincipalName. */
function attributeId(name: string): string {
  const oid = attribute(name)?.oid ?? '';
  for (const [prefix, index] of PREFIXES) {
    const last = oid.startsWith(prefix) ? Number(oid.slice(prefix.length)) : Number.NaN;
    if (Number.isInteger(last)) return (index * 0x10000 + last).toString(16);
  }
  return '0';
}

/** An attribute that the schema does not have: no conversion from its name to its id. */
export function undefinedAttribute(name: string): Refusal {
  const refusal = refuse(
    ResultCode.noSuchAttribute,
    Win32.ERROR_INVALID_PARAMETER,
    'Error in attribute conversion operation',
  );
  return { ...refusal, reason: `attribute ${name} is not in the schema` };
}

/** A right that the requester lacks, on the object as a whole. */
export function accessDenied(reason: string): Refusal {
  return refuse(ResultCode.insufficientAccessRights, Win32.ERROR_ACCESS_DENIED, reason);
}

/** A right that the requester lacks, on an attribute. */
export function rightsMissing(reason: string): Refusal {
  return refuse(ResultCode.insufficientAccessRights, Win32.ERROR_DS_INSUFF_ACCESS_RIGHTS, reason);
}

/** A name that leads nowhere. */
export function noSuchObject(text: string, matchedDn: string): Refusal {
  const win32 = Win32.ERROR_DS_OBJ_NOT_FOUND;
  return refuse(ResultCode.noSuchObject, win32, `no object ${text}`, { matchedDn });
}
