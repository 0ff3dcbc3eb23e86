/** Security descriptors as text: SDDL, MS-DTYP 2.5.1. */
import { formatSid, parseSid } from '../../pac/sid.ts';
import { formatGuid, parseGuid } from '../dn.ts';
import {
  type Ace,
  AceFlags,
  AceType,
  Control,
  isObjectAce,
  type SecurityDescriptor,
} from './descriptor.ts';

/** The domain whose SIDs the short names mean; the forest root's for EA, SA, RO, EK. */
export interface SddlDomain {
  readonly domainSid: string;
  readonly rootDomainSid: string;
}

/** Short names of SIDs that are the same everywhere (MS-DTYP 2.5.1.1). */
const ALIASES: Readonly<Record<string, string>> = {
  AA: 'S-1-5-32-579',
  AC: 'S-1-15-2-1',
  AN: 'S-1-5-7',
  AO: 'S-1-5-32-548',
  AS: 'S-1-18-1',
  AU: 'S-1-5-11',
  BA: 'S-1-5-32-544',
  BG: 'S-1-5-32-546',
  BO: 'S-1-5-32-551',
  BU: 'S-1-5-32-545',
  CD: 'S-1-5-32-574',
  CG: 'S-1-3-1',
  CO: 'S-1-3-0',
  CY: 'S-1-5-32-569',
  ED: 'S-1-5-9',
  ER: 'S-1-5-32-573',
  ES: 'S-1-5-32-576',
  HA: 'S-1-5-32-578',
  HI: 'S-1-16-12288',
  IS: 'S-1-5-32-568',
  IU: 'S-1-5-4',
  LS: 'S-1-5-19',
  LU: 'S-1-5-32-559',
  LW: 'S-1-16-4096',
  ME: 'S-1-16-8192',
  MS: 'S-1-5-32-577',
  MU: 'S-1-5-32-558',
  NO: 'S-1-5-32-556',
  NS: 'S-1-5-20',
  NU: 'S-1-5-2',
  OW: 'S-1-3-4',
  PO: 'S-1-5-32-550',
  PS: 'S-1-5-10',
  PU: 'S-1-5-32-547',
  RA: 'S-1-5-32-575',
  RC: 'S-1-5-12',
  RD: 'S-1-5-32-555',
  RE: 'S-1-5-32-552',
  RM: 'S-1-5-32-580',
  RU: 'S-1-5-32-554',
  SI: 'S-1-16-16384',
  SO: 'S-1-5-32-549',
  SS: 'S-1-18-2',
  SU: 'S-1-5-6',
  SY: 'S-1-5-18',
  WD: 'S-1-1-0',
  WR: 'S-1-5-33',
};

/** Short names relative to the domain, and to the forest's root domain. */
const DOMAIN_RIDS: Readonly<Record<string, number>> = {
  LA: 500,
  LG: 501,
  DA: 512,
  DU: 513,
  DG: 514,
  DC: 515,
  DD: 516,
  CA: 517,
  PA: 520,
  CN: 522,
  AP: 525,
  KA: 526,
  RS: 553,
};
const ROOT_RIDS: Readonly<Record<string, number>> = { RO: 498, SA: 518, EA: 519, EK: 527 };

const TYPES: Readonly<Record<string, number>> = {
  A: AceType.ACCESS_ALLOWED,
  D: AceType.ACCESS_DENIED,
  AU: AceType.SYSTEM_AUDIT,
  OA: AceType.ACCESS_ALLOWED_OBJECT,
  OD: AceType.ACCESS_DENIED_OBJECT,
  OU: AceType.SYSTEM_AUDIT_OBJECT,
};

const FLAGS: Readonly<Record<string, number>> = {
  OI: AceFlags.OBJECT_INHERIT,
  CI: AceFlags.CONTAINER_INHERIT,
  NP: AceFlags.NO_PROPAGATE_INHERIT,
  IO: AceFlags.INHERIT_ONLY,
  ID: AceFlags.INHERITED,
  SA: AceFlags.SUCCESSFUL_ACCESS,
  FA: AceFlags.FAILED_ACCESS,
};

/** In the order in which Windows writes them. */
const RIGHTS: Readonly<Record<string, number>> = {
  CC: 0x1,
  DC: 0x2,
  LC: 0x4,
  SW: 0x8,
  RP: 0x10,
  WP: 0x20,
  DT: 0x40,
  LO: 0x80,
  CR: 0x100,
  SD: 0x10000,
  RC: 0x20000,
  WD: 0x40000,
  WO: 0x80000,
  GA: 0x10000000,
  GX: 0x20000000,
  GW: 0x40000000,
  GR: 0x80000000,
};

const DACL_FLAGS: Readonly<Record<string, number>> = {
  P: Control.DACL_PROTECTED,
  AR: Control.DACL_AUTO_INHERIT_REQ,
  AI: Control.DACL_AUTO_INHERITED,
};
const SACL_FLAGS: Readonly<Record<string, number>> = {
  P: Control.SACL_PROTECTED,
  AR: Control.SACL_AUTO_INHERIT_REQ,
  AI: Control.SACL_AUTO_INHERITED,
};

/** How a NULL DACL is written: everybody has every right. */
const NULL_DACL = 'NO_ACCESS_CONTROL';

export type SddlOutcome =
  | { readonly ok: true; readonly value: SecurityDescriptor }
  | { readonly ok: false; readonly reason: string; readonly offset: number };

/** Reads `O:..G:..D:..S:..`; each part may be missing. */
export function parseSddl(text: string, domain: SddlDomain): SddlOutcome {
  const value: { -readonly [K in keyof SecurityDescriptor]: SecurityDescriptor[K] } = {
    control: 0,
  };
  let at = 0;
  const failed = (reason: string): SddlOutcome => ({ ok: false, reason, offset: at });
  while (at < text.length) {
    const tag = text.slice(at, at + 2);
    at += 2;
    if (tag === 'O:' || tag === 'G:') {
      const token =
        /^(?:S-1-(?:0x[0-9a-f]+|\d+)(?:-\d+)+|[A-Z]{2})/i.exec(text.slice(at))?.[0] ?? '';
      const sid = sidOf(token, domain);
      if (sid === undefined) return failed(`expected a SID, got "${text.slice(at, at + 8)}"`);
      value[tag === 'O:' ? 'owner' : 'group'] = sid;
      at += token.length;
    } else if (tag === 'D:' || tag === 'S:') {
      const flags = /^(?:P|AR|AI)*/.exec(text.slice(at))?.[0] ?? '';
      at += flags.length;
      const names = tag === 'D:' ? DACL_FLAGS : SACL_FLAGS;
      for (const flag of flags.match(/AR|AI|P/g) ?? []) value.control |= names[flag] as number;
      if (tag === 'D:' && text.startsWith(NULL_DACL, at)) {
        at += NULL_DACL.length;
        value.control |= Control.DACL_PRESENT;
        continue;
      }
      const aces: Ace[] = [];
      while (text[at] === '(') {
        const close = text.indexOf(')', at);
        if (close < 0) return failed('an ACE is not closed');
        const ace = parseAce(text.slice(at + 1, close), domain);
        if (typeof ace === 'string') return failed(ace);
        aces.push(ace);
        at = close + 1;
      }
      value[tag === 'D:' ? 'dacl' : 'sacl'] = aces;
    } else {
      at -= 2;
      return failed(`expected O:, G:, D: or S:, got "${tag}"`);
    }
  }
  return { ok: true, value };
}

function parseAce(text: string, domain: SddlDomain): Ace | string {
  const fields = text.split(';');
  if (fields.length !== 6) return `an ACE has six fields, got ${fields.length}: (${text})`;
  const [typeText, flagText, rightText, object, inherited, trustee] = fields as [
    string,
    string,
    string,
    string,
    string,
    string,
  ];
  const type = TYPES[typeText];
  if (type === undefined) return `ACE type "${typeText}" is not one of ${Object.keys(TYPES)}`;
  const flags = sum(flagText, FLAGS);
  if (flags === undefined) return `ACE flags "${flagText}"`;
  const mask = /^0x[0-9a-f]{1,8}$/i.test(rightText) ? Number(rightText) : sum(rightText, RIGHTS);
  if (mask === undefined) return `ACE rights "${rightText}"`;
  const sid = sidOf(trustee, domain);
  if (sid === undefined) return `"${trustee}" is no SID`;
  const ace = { type, flags, mask: mask >>> 0, sid };
  const guids: { objectType?: string; inheritedObjectType?: string } = {};
  for (const [name, given] of [
    ['objectType', object],
    ['inheritedObjectType', inherited],
  ] as const) {
    if (given === '') continue;
    const guid = parseGuid(given);
    if (guid === undefined) return `"${given}" is no GUID`;
    if (!isObjectAce(ace)) return `an ACE of type ${typeText} has no GUID: (${text})`;
    guids[name] = formatGuid(guid);
  }
  return { ...ace, ...guids };
}

function sum(text: string, names: Readonly<Record<string, number>>): number | undefined {
  if (text.length % 2 !== 0) return undefined;
  let value = 0;
  for (const token of text.match(/../g) ?? []) {
    const bit = names[token];
    if (bit === undefined) return undefined;
    value |= bit;
  }
  return value >>> 0;
}

function sidOf(token: string, domain: SddlDomain): string | undefined {
  if (/^S-/i.test(token)) return canonicalSid(token);
  const alias = ALIASES[token];
  if (alias !== undefined) return alias;
  const rid = DOMAIN_RIDS[token];
  if (rid !== undefined) return `${domain.domainSid}-${rid}`;
  const rootRid = ROOT_RIDS[token];
  return rootRid === undefined ? undefined : `${domain.rootDomainSid}-${rootRid}`;
}

/** The one text of a SID; undefined when it is none: too many parts, or too large ones. */
export function canonicalSid(token: string): string | undefined {
  try {
    return formatSid(parseSid(token.toUpperCase().replace('0X', '0x')));
  } catch {
    return undefined; // said by the caller, with the place
  }
}

/** The text form, with short names where there are any. */
export function formatSddl(descriptor: SecurityDescriptor, domain: SddlDomain): string {
  const names = shortNames(domain);
  const name = (sid: string): string => names.get(sid) ?? sid;
  let text = '';
  if (descriptor.owner !== undefined) text += `O:${name(descriptor.owner)}`;
  if (descriptor.group !== undefined) text += `G:${name(descriptor.group)}`;
  for (const [tag, aces, flags] of [
    ['D:', descriptor.dacl, DACL_FLAGS],
    ['S:', descriptor.sacl, SACL_FLAGS],
  ] as const) {
    if (aces === undefined) {
      const isNull = tag === 'D:' && (descriptor.control & Control.DACL_PRESENT) !== 0;
      if (isNull) text += `${tag}${NULL_DACL}`;
      continue;
    }
    const set = Object.entries(flags).filter(([, bit]) => (descriptor.control & bit) !== 0);
    text += `${tag}${set.map(([flag]) => flag).join('')}${aces.map((ace) => formatAce(ace, name)).join('')}`;
  }
  return text;
}

function formatAce(ace: Ace, name: (sid: string) => string): string {
  const type = Object.entries(TYPES).find(([, number]) => number === ace.type)?.[0] ?? 'A';
  const rights = tokens(ace.mask, RIGHTS) ?? `0x${ace.mask.toString(16)}`;
  const flags = tokens(ace.flags, FLAGS) ?? '';
  const guids = `${ace.objectType ?? ''};${ace.inheritedObjectType ?? ''}`;
  return `(${type};${flags};${rights};${guids};${name(ace.sid)})`;
}

/** Undefined when a bit has no name. */
function tokens(value: number, names: Readonly<Record<string, number>>): string | undefined {
  let rest = value;
  let text = '';
  for (const [token, bit] of Object.entries(names)) {
    if ((value & bit) === 0) continue;
    text += token;
    rest &= ~bit;
  }
  return rest === 0 ? text : undefined;
}

const shortNamesOf = new Map<string, ReadonlyMap<string, string>>();

function shortNames(domain: SddlDomain): ReadonlyMap<string, string> {
  const key = `${domain.domainSid} ${domain.rootDomainSid}`;
  const known = shortNamesOf.get(key);
  if (known !== undefined) return known;
  const made = new Map<string, string>();
  for (const [alias, sid] of Object.entries(ALIASES)) made.set(sid, alias);
  for (const [alias, rid] of Object.entries(DOMAIN_RIDS))
    made.set(`${domain.domainSid}-${rid}`, alias);
  for (const [alias, rid] of Object.entries(ROOT_RIDS))
    made.set(`${domain.rootDomainSid}-${rid}`, alias);
  shortNamesOf.set(key, made);
  return made;
}
