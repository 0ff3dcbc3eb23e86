/**
 * Passwords over LDAP: unicodePwd (MS-ADTS 3.1.1.3.1.5.1, MS-SAMR 3.1.1.7.1, 3.1.1.8.7). `replace`
 * resets, with a right of its own; `delete` of the old and `add` of the new one changes. Only the
 * domain head's policy is looked at: there are no fine-grained ones (MS-SAMR 3.1.1.5) here.
 */
import { equalSecret, fromHex, fromUtf16le } from '../../src/bytes/bytes.ts';
import { stringToKey } from '../kerberos/etypes.ts';
import { computerSalt, trustAccountSalt, userSalt } from '../kerberos/salts.ts';
import { fileTimeOf } from '../pac/file-time.ts';
import type { DomainInfo } from './domain-info.ts';
import { type Entry, KEPT_PASSWORDS, number, one, type StoredKeys } from './entry.ts';
import type { Modification, WriteContext } from './modify.ts';
import { sidText } from './names.ts';
import { ageObjection, formObjection, historyLength } from './password-policy.ts';
import { descriptorOf, selfSidOf, structuralClass } from './protection.ts';
import { accessDenied, type Refusal, ResultCode, refuse, Win32 } from './refusals.ts';
import { attribute, classRules, classSchema } from './schema.ts';
import { granted } from './security/access.ts';
import { Right } from './security/descriptor.ts';
import { ldapFileTime } from './stamps.ts';
import { lockedOut, UserAccountControl as Uac } from './user-account-control.ts';
import { withValues } from './values.ts';
import { controlAccessRight } from './well-known-rights.ts';

export type PasswordChanged =
  | { readonly ok: true; readonly entry: Entry; readonly touched: readonly string[] }
  | Refusal;

/** What changes with every password, and is stamped though nobody reads it (MS-SAMR 3.1.1.8.7). */
export const TOUCHED = [
  'unicodePwd',
  'dBCSPwd',
  'ntPwdHistory',
  'lmPwdHistory',
  'supplementalCredentials',
  'pwdLastSet',
];

/** Whether a modification of this attribute is one of the password. */
export function isPasswordChange(name: string): boolean {
  return attribute(name)?.name === 'unicodePwd';
}

/** What a request does with the password. */
type Intent =
  | { readonly kind: 'reset'; readonly next: Uint8Array }
  | { readonly kind: 'change'; readonly old: Uint8Array; readonly next: Uint8Array };

/** The entry with its new keys, or why there are none. All of `modifications` are of unicodePwd. */
export function changePassword(
  entry: Entry,
  modifications: readonly Modification[],
  at: WriteContext,
): PasswordChanged {
  const intent = intentOf(modifications);
  if ('ok' in intent) return intent;
  const allowed = checkCircumstances(entry, at) ?? checkRight(entry, intent, at);
  if (allowed !== undefined) return allowed;
  const next = quoted(intent.next);
  if (next === undefined) return notQuoted();
  if (intent.kind === 'change') {
    const old = quoted(intent.old);
    if (old === undefined) return notQuoted();
    const refused = checkOld(entry, old, at) ?? checkChange(entry, next, at);
    if (refused !== undefined) return refused;
  }
  return withPassword(entry, next, intent.kind, at);
}

/** The password of an account that is being made: whoever may make it may give it one. */
export function initialPassword(
  entry: Entry,
  values: readonly Uint8Array[],
  at: WriteContext,
): PasswordChanged {
  const refused = checkCircumstances(entry, at);
  if (refused !== undefined) return refused;
  const next = values.length === 1 ? quoted(values[0] as Uint8Array) : undefined;
  return next === undefined ? notQuoted() : withPassword(entry, next, 'reset', at);
}

function intentOf(modifications: readonly Modification[]): Intent | Refusal {
  const bad = (code: number, why: string): Refusal =>
    refuse(code, Win32.ERROR_GEN_FAILURE, `unicodePwd: ${why}`, { attribute: 'unicodePwd' });
  const of = (operation: Modification['operation']): readonly Modification[] =>
    modifications.filter((each) => each.operation === operation);
  const [deletes, adds, replaces] = [of('delete'), of('add'), of('replace')];
  if (replaces.length > 0) {
    const next = replaces[0]?.values[0];
    if (modifications.length > 1 || next === undefined || replaces[0]?.values.length !== 1) {
      return bad(ResultCode.unwillingToPerform, 'replace with one value, and nothing else');
    }
    return { kind: 'reset', next };
  }
  if (deletes.length === 0) {
    return bad(ResultCode.unwillingToPerform, 'add without delete of the old password');
  }
  const old = deletes[0]?.values[0];
  const next = adds[0]?.values[0];
  const single = [...deletes, ...adds].every(({ values }) => values.length === 1);
  if (deletes.length > 1 || adds.length !== 1 || !single || old === undefined || !next) {
    return bad(ResultCode.constraintViolation, 'one delete of the old, one add of the new one');
  }
  return { kind: 'change', old, next };
}

function checkCircumstances(entry: Entry, at: WriteContext): Refusal | undefined {
  const rules = classRules(structuralClass(entry));
  if (!rules.may.has('unicodePwd')) {
    return refuse(
      ResultCode.objectClassViolation,
      Win32.ERROR_DS_ATT_NOT_DEF_FOR_CLASS,
      `${structuralClass(entry)} may not have unicodePwd`,
    );
  }
  if (at.confidential || at.context.system === true) return undefined;
  return refuse(
    ResultCode.unwillingToPerform,
    Win32.ERROR_GEN_FAILURE,
    'unicodePwd: only over an encrypted connection',
  );
}

function checkRight(entry: Entry, intent: Intent, at: WriteContext): Refusal | undefined {
  const name = intent.kind === 'reset' ? 'User-Force-Change-Password' : 'User-Change-Password';
  const types = [
    controlAccessRight(name)?.guid ?? '',
    classSchema(structuralClass(entry))?.guid ?? '',
  ];
  const wanted = { rights: Right.CONTROL_ACCESS, types, ...selfSidOf(entry) };
  if (granted(descriptorOf(entry), at.context, wanted)) return undefined;
  return accessDenied(`no ${name} on this account`);
}

/** UTF-16LE in quotation marks; what stands between them need not be well-formed. */
function quoted(octets: Uint8Array): string | undefined {
  if (octets.length < 4 || octets.length % 2 !== 0) return undefined;
  const text = fromUtf16le(octets);
  return text.startsWith('"') && text.endsWith('"') ? text.slice(1, -1) : undefined;
}

function notQuoted(): Refusal {
  return refuse(
    ResultCode.unwillingToPerform,
    Win32.ERROR_GEN_FAILURE,
    'unicodePwd: expected UTF-16LE text in quotation marks',
  );
}

function domainHead(at: { readonly directory: WriteContext['directory']; domain: DomainInfo }) {
  return at.directory.entry(at.domain.ids.domain);
}

function checkOld(entry: Entry, old: string, at: WriteContext): Refusal | undefined {
  const attributeName = { attribute: 'unicodePwd' };
  if (lockedOut(entry, domainHead(at), fileTimeOf(at.now))) {
    return refuse(
      ResultCode.constraintViolation,
      Win32.ERROR_ACCOUNT_LOCKED_OUT,
      'the account is locked out',
      attributeName,
    );
  }
  const current = entry.secrets?.[0];
  if (current !== undefined && isPassword(current, old)) return undefined;
  return refuse(
    ResultCode.constraintViolation,
    Win32.ERROR_INVALID_PASSWORD,
    'the old password is another one',
    attributeName,
  );
}

/** Whether the keys are those of this password. */
export function isPassword(keys: StoredKeys, password: string): boolean {
  if (keys.password !== undefined) return keys.password === password;
  const [etype, known] = Object.entries(keys.keys ?? {})[0] ?? [];
  if (etype === undefined || known === undefined) return false;
  return equalSecret(stringToKey(Number(etype), password, keys.salt).bytes, fromHex(known));
}

function restricted(kind: Intent['kind'], why: string): Refusal {
  const code = kind === 'change' ? ResultCode.constraintViolation : ResultCode.unwillingToPerform;
  return refuse(code, Win32.ERROR_PASSWORD_RESTRICTION, `the password: ${why}`, {
    attribute: 'unicodePwd',
  });
}

/** Age and history bind who changes a password, not who resets it (MS-SAMR 3.1.1.7.1). */
function checkChange(entry: Entry, next: string, at: WriteContext): Refusal | undefined {
  const head = domainHead(at);
  const age = ageObjection(entry, head, fileTimeOf(at.now));
  if (age !== undefined) return restricted('change', age);
  const before = (entry.secrets ?? []).slice(0, historyLength(head));
  if (before.some((keys) => isPassword(keys, next))) {
    return restricted('change', `it is one of the last ${historyLength(head)}`);
  }
  return undefined;
}

function withPassword(
  entry: Entry,
  given: string,
  kind: Intent['kind'],
  at: WriteContext,
): PasswordChanged {
  const head = domainHead(at);
  // The keys of krbtgt accounts are random, whatever the request says (MS-SAMR 3.1.1.8.7).
  const password = isKrbtgt(entry) ? randomPassword(at) : given;
  const objection = isKrbtgt(entry) ? undefined : formObjection(password, entry, head);
  if (objection !== undefined && at.context.system !== true) return restricted(kind, objection);
  return {
    ok: true,
    entry: withSecret(entry, password, historyLength(head), at),
    touched: TOUCHED,
  };
}

/** The entry with a further password, its keys' salt and version, and pwdLastSet. */
export function withSecret(
  entry: Entry,
  password: string,
  history: number,
  at: { readonly domain: DomainInfo; readonly now: number },
): Entry {
  const before = entry.secrets ?? [];
  const version = before[0]?.kvno ?? entry.stamps?.unicodePwd?.[0] ?? 0;
  const newest: StoredKeys = { kvno: version + 1, salt: saltOf(entry, at.domain), password };
  const kept = Math.max(KEPT_PASSWORDS, history);
  return {
    ...withValues(entry, 'pwdLastSet', [ldapFileTime(at.now)]),
    secrets: [newest, ...before].slice(0, kept),
  };
}

/** The salt that keys made now get; later renames do not change it (MS-KILE 3.1.1.2). */
export function saltOf(entry: Entry, domain: DomainInfo): string {
  const control = number(entry, 'userAccountControl');
  const name = one(entry, 'sAMAccountName') ?? '';
  const machine = Uac.WORKSTATION_TRUST_ACCOUNT | Uac.SERVER_TRUST_ACCOUNT;
  if ((control & machine) !== 0) return computerSalt(domain.dnsName, name);
  if ((control & Uac.INTERDOMAIN_TRUST_ACCOUNT) !== 0) {
    return trustAccountSalt(domain.dnsName, name.replace(/\$$/, ''));
  }
  return userSalt(domain.dnsName, name, one(entry, 'userPrincipalName'));
}

/** An enabled user without a password, where the domain asks for one (MS-SAMR 3.1.1.8.10). */
export function passwordMissing(
  before: Entry | undefined,
  entry: Entry,
  at: WriteContext,
): Refusal | undefined {
  const control = number(entry, 'userAccountControl');
  const open = (flags: number): boolean =>
    (flags & Uac.NORMAL_ACCOUNT) !== 0 && (flags & (Uac.ACCOUNTDISABLE | Uac.PASSWD_NOTREQD)) === 0;
  if (!open(control) || entry.secrets !== undefined || at.context.system === true) return undefined;
  if (before !== undefined && open(number(before, 'userAccountControl'))) return undefined;
  const head = domainHead(at);
  if (head === undefined || number(head, 'minPwdLength') === 0) return undefined;
  return restricted('reset', 'an account without one stays disabled');
}

const KRBTGT_RID = 502;

function isKrbtgt(entry: Entry): boolean {
  return (
    sidText(entry)?.endsWith(`-${KRBTGT_RID}`) === true ||
    entry.attributes['msDS-SecondaryKrbTgtNumber'] !== undefined
  );
}

/** 120 UTF-16 code units, as Windows makes machine passwords. */
export function randomPassword(at: Pick<WriteContext, 'random'>): string {
  return fromUtf16le(at.random(240));
}
