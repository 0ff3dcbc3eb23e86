/** Validated writes: who may not write an attribute freely may write some values. MS-ADTS 3.1.1.5.3.1.1. */
import { fromHex } from '../../src/bytes/bytes.ts';
import { requesterSid } from './account.ts';
import { type Entry, number, one, referred, texts, type Value } from './entry.ts';
import { readKeyCredential, selfWriteObjection } from './key-credential.ts';
import type { Modification, WriteContext } from './modify.ts';
import { sidText } from './names.ts';
import { descriptorOf, selfSidOf, structuralClass } from './protection.ts';
import { type Refusal, rightsMissing } from './refusals.ts';
import { type AttributeSchema, classSchema, superclasses } from './schema.ts';
import { granted } from './security/access.ts';
import { Right } from './security/descriptor.ts';
import { UserAccountControl } from './user-account-control.ts';
import { storedValue } from './values.ts';
import { controlAccessRight } from './well-known-rights.ts';

/** What keeps the values from being written; undefined when nothing does. */
type Rule = (entry: Entry, values: readonly Value[], write: Write) => string | undefined;

interface Write {
  readonly modification: Modification;
  readonly at: WriteContext;
}

/** The validated write of an attribute, and its rule. */
const RULES: Readonly<Record<string, { readonly right: string; readonly rule: Rule }>> = {
  member: { right: 'Self-Membership', rule: selfMembership },
  servicePrincipalName: { right: 'Validated-SPN', rule: validatedSpn },
  dNSHostName: { right: 'Validated-DNS-Host-Name', rule: validatedHostName },
  'msDS-AdditionalDnsHostName': {
    right: 'Validated-MS-DS-Additional-DNS-Host-Name',
    rule: validatedAdditionalName,
  },
  'msDS-Behavior-Version': { right: 'Validated-MS-DS-Behavior-Version', rule: behaviorVersion },
  'msDS-KeyCredentialLink': { right: 'DS-Validated-Write-Computer', rule: validatedKey },
};

/**
 * Asked when the requester may not write the attribute freely. @returns undefined when a validated
 * write is granted and its rule holds, else insufficientAccessRights, whatever the reason.
 */
export function validatedWrite(
  entry: Entry,
  schema: AttributeSchema,
  modification: Modification,
  at: WriteContext,
): Refusal | undefined {
  const validated = RULES[schema.name];
  if (validated === undefined) return rightsMissing(`no right to write ${schema.name}`);
  const { right, rule } = validated;
  const guid = controlAccessRight(right)?.guid ?? '';
  const classGuid = classSchema(structuralClass(entry))?.guid ?? '';
  const may = granted(descriptorOf(entry), at.context, {
    rights: Right.WRITE_PROPERTY_EXTENDED,
    types: [guid, classGuid],
    ...selfSidOf(entry),
  });
  if (!may) return rightsMissing(`no right to write ${schema.name}, nor the validated write`);
  const values: Value[] = [];
  for (const bytes of modification.values) {
    const stored = storedValue(schema, bytes, at.directory);
    if (!stored.ok) return rightsMissing(`${right}: ${stored.reason}`);
    values.push(stored.value);
  }
  const objection = rule(entry, values, { modification, at });
  return objection === undefined ? undefined : rightsMissing(`${right}: ${objection}`);
}

/** MS-ADTS 3.1.1.5.3.1.1.1: the requester itself, added or removed. */
function selfMembership(_: Entry, values: readonly Value[], write: Write): string | undefined {
  if (write.modification.operation === 'replace') return 'members are not replaced by it';
  if (values.length !== 1) return `${values.length} members, expected the requester alone`;
  const id = referred(values[0] as Value);
  const member = id === undefined ? undefined : write.at.directory.entry(id);
  const sid = member === undefined ? undefined : sidText(member);
  if (sid === undefined || sid !== requesterSid(write.at.context)) {
    return 'the member is not the requester';
  }
  return undefined;
}

function isComputer(entry: Entry): boolean {
  const chain = superclasses(structuralClass(entry));
  return chain.includes('computer') || chain.includes('msDS-ManagedServiceAccount');
}

/** MS-ADTS 3.1.1.5.3.1.1.4: host names of the computer itself in what is added. */
function validatedSpn(
  entry: Entry,
  values: readonly Value[],
  { modification, at }: Write,
): string | undefined {
  if (!isComputer(entry)) return `${structuralClass(entry)} is no computer`;
  if (modification.operation === 'delete') return undefined;
  const before = new Set(texts(entry, 'servicePrincipalName').map((spn) => spn.toLowerCase()));
  for (const value of values) {
    const spn = String(value);
    if (before.has(spn.toLowerCase())) continue;
    const objection = spnObjection(entry, spn, at);
    if (objection !== undefined) return `${spn}: ${objection}`;
  }
  return undefined;
}

/** The service class of replication names: its instance is the DSA's GUID (MS-DRSR 2.2.3.2). */
const DRS_SPN_CLASS = 'e3514235-4b06-11d1-ab04-00c04fc2dcd2';

function spnObjection(entry: Entry, spn: string, at: WriteContext): string | undefined {
  const parts = spn.split('/');
  const [serviceClass, instance, service] = parts;
  if (!serviceClass || !instance || parts.length > 3 || service === '') {
    return 'expected class/host, or class/host/name';
  }
  const controller =
    (number(entry, 'userAccountControl') & UserAccountControl.SERVER_TRUST_ACCOUNT) !== 0;
  if (service !== undefined) {
    if (!controller) return 'three parts are for domain controllers';
    const named = [at.domain.dnsName, at.domain.netbios].map((name) => name.toLowerCase());
    if (!named.includes(service.toLowerCase())) return `${service} is not the domain`;
    if (serviceClass.toLowerCase() === DRS_SPN_CLASS) return undefined;
  }
  const host = instance.replace(/:[^:]*$/, '').toLowerCase();
  if (!hostNames(entry).includes(host)) return `${host} is no name of this computer`;
  return undefined;
}

function hostNames(entry: Entry): readonly string[] {
  const account = one(entry, 'sAMAccountName')?.replace(/\$$/, '');
  return [
    ...(account === undefined ? [] : [account]),
    ...texts(entry, 'dNSHostName'),
    ...texts(entry, 'msDS-AdditionalDnsHostName'),
    ...texts(entry, 'msDS-AdditionalSamAccountName').map((name) => name.replace(/\$$/, '')),
  ].map((name) => name.toLowerCase());
}

function suffixes(at: WriteContext): readonly string[] {
  const head = at.directory.entry(at.domain.ids.domain);
  const more = head === undefined ? [] : texts(head, 'msDS-AllowedDNSSuffixes');
  return [at.domain.dnsName, ...more].map((suffix) => suffix.toLowerCase());
}

/** MS-ADTS 3.1.1.5.3.1.1.2: the account's name, a dot, and a suffix that the domain allows. */
function validatedHostName(
  entry: Entry,
  values: readonly Value[],
  { modification, at }: Write,
): string | undefined {
  if (!isComputer(entry)) return `${structuralClass(entry)} is no computer`;
  if (modification.operation === 'delete') return undefined;
  const account = one(entry, 'sAMAccountName')?.replace(/\$$/, '').toLowerCase();
  for (const value of values) {
    const name = String(value).toLowerCase();
    if (!suffixes(at).some((suffix) => name === `${account}.${suffix}`)) {
      return `${value} is not ${account} below a suffix of the domain`;
    }
  }
  return undefined;
}

/** MS-ADTS 3.1.1.5.3.1.1.3: any host below a suffix that the domain allows. */
function validatedAdditionalName(
  entry: Entry,
  values: readonly Value[],
  { modification, at }: Write,
): string | undefined {
  if (!isComputer(entry)) return `${structuralClass(entry)} is no computer`;
  if (modification.operation === 'delete') return undefined;
  for (const value of values) {
    const name = String(value).toLowerCase();
    const below = suffixes(at).some(
      (suffix) => /^[^.]+\./.test(name) && name.endsWith(`.${suffix}`),
    );
    if (!below) return `${value} is not below a suffix of the domain`;
  }
  return undefined;
}

/** MS-ADTS 3.1.1.5.3.1.1.5: a controller says its own level, which only rises. */
function behaviorVersion(entry: Entry, values: readonly Value[], write: Write): string | undefined {
  if (structuralClass(entry) !== 'nTDSDSA') return `${structuralClass(entry)} is no nTDSDSA`;
  if (write.modification.operation === 'delete') return 'it is not removed';
  const now = number(entry, 'msDS-Behavior-Version');
  const lower = values.find((value) => Number(value) < now);
  return lower === undefined ? undefined : `${lower} is below ${now}`;
}

/** MS-ADTS 3.1.1.5.3.1.1.6: a computer's own first key, as Windows makes it. Removing is free. */
function validatedKey(
  entry: Entry,
  values: readonly Value[],
  { modification, at }: Write,
): string | undefined {
  if (!superclasses(structuralClass(entry)).includes('computer')) {
    return `${structuralClass(entry)} is no computer`;
  }
  const self = sidText(entry);
  if (self === undefined || !at.context.sids.has(self)) return 'only the computer itself';
  if (modification.operation === 'delete' || values.length === 0) return undefined;
  if (entry.attributes['msDS-KeyCredentialLink'] !== undefined) return 'there is a key already';
  if (values.length > 1) return `${values.length} keys, expected one`;
  const match = /^B:\d+:([0-9A-F]*):<id=(\d+)>$/.exec(String(values[0]));
  if (Number(match?.[2]) !== entry.id) return 'the key names another object';
  const blob = readKeyCredential(fromHex(match?.[1] ?? ''));
  return blob.ok ? selfWriteObjection(blob.value) : blob.reason;
}
