/** `kerblab show RUN key-credentials`: the values of msDS-KeyCredentialLink, taken apart for people. */
import { dnOf } from '../../protocols/directory/directory.ts';
import { formatGuid } from '../../protocols/directory/dn.ts';
import { type Entry, one, type Value } from '../../protocols/directory/entry.ts';
import { isPhantom } from '../../protocols/directory/instance.ts';
import {
  hashFaults,
  type KeyCredential,
  KeyCredentialEntry,
  KeySource,
  KeyUsage,
  keyCredentialEntry,
  readKeyCredential,
  timeEncoding,
} from '../../protocols/directory/key-credential.ts';
import { readDnBinary, signInKey } from '../../protocols/directory/key-credential-value.ts';
import {
  CustomKeyFlag,
  KeyStrength,
  readCustomKeyInformation,
  VolumeType,
} from '../../protocols/directory/key-information.ts';
import { readKeyMaterial } from '../../protocols/directory/key-material.ts';
import { readKeyTime } from '../../protocols/directory/key-times.ts';
import { ldapOctets } from '../../protocols/directory/values.ts';
import { fromUtf8, toHex } from '../bytes/bytes.ts';
import { publicKeyKind } from '../crypto/public-key.ts';
import { InputError } from './exit.ts';
import type { ShownStore } from './show.ts';
import { objectNamed, type ShownDomain, shownDomain } from './show-domain.ts';

const ATTRIBUTE = 'msDS-KeyCredentialLink';

/**
 * The keys of the objects named, or of all that have any.
 * @throws InputError when there is no directory, or no such object
 */
export function keyCredentialsOf(shown: ShownStore): string {
  if (shown.filter !== undefined) throw new InputError('--filter: key-credentials has none');
  const at = shownDomain(shown);
  const named = shown.rest.map((name) => objectNamed(name, at));
  const entries = named.length > 0 ? named : holders(at);
  if (entries.length === 0) return 'no object of the domain has a key credential';
  return entries.map((entry) => block(entry, at)).join('\n\n');
}

function holders({ directory, domain }: ShownDomain): readonly Entry[] {
  const found: Entry[] = [];
  const queue = [domain.ids.domain];
  for (let id = queue.shift(); id !== undefined; id = queue.shift()) {
    const entry = directory.entry(id);
    if (entry === undefined || isPhantom(entry)) continue;
    if (entry.attributes[ATTRIBUTE] !== undefined) found.push(entry);
    queue.push(...directory.children(id));
  }
  return found;
}

function block(entry: Entry, at: ShownDomain): string {
  const values = entry.attributes[ATTRIBUTE] ?? [];
  const account = one(entry, 'sAMAccountName');
  const dn = dnOf(at.directory, entry);
  const title = account === undefined ? dn : `${at.domain.netbios}\\${account} (${dn})`;
  if (values.length === 0) return `${title} has no key credentials`;
  const count = values.length === 1 ? '1 key credential' : `${values.length} key credentials`;
  return [
    `${title} has ${count}`,
    ...values.map((value, i) => credential(value, i + 1, at).join('\n')),
  ].join('\n\n');
}

type Line = readonly [label: string, text: string];

function credential(value: Value, number: number, at: ShownDomain): readonly string[] {
  const octets = ldapOctets(value, (id) => {
    const target = at.directory.entry(id);
    return target === undefined ? `object ${id}, which is gone` : dnOf(at.directory, target);
  });
  const read = octets === undefined ? undefined : readDnBinary(fromUtf8(octets));
  const blob = read === undefined ? undefined : readKeyCredential(read.blob);
  const owner: readonly Line[] = read === undefined ? [] : [['Owner', read.dn]];
  const lines: readonly Line[] =
    blob?.ok === true
      ? [...fields(blob.value), ...owner, ...judged(blob.value, String(value))]
      : [['Malformed', blob === undefined ? 'no binary value with a DN' : blob.reason], ...owner];
  return [`  ${number}.`, ...lines.map(([label, text]) => `     ${label.padEnd(11)} ${text}`)];
}

/** What stands in the blob; entries that are absent have no line. */
function fields(blob: KeyCredential): readonly Line[] {
  const of = (id: number): Uint8Array | undefined => keyCredentialEntry(blob, id);
  const source = of(KeyCredentialEntry.KeySource)?.[0];
  const usage = of(KeyCredentialEntry.KeyUsage)?.[0] as number;
  const encoding = timeEncoding(blob.version, source);
  const line = (
    id: number,
    label: string,
    text: (octets: Uint8Array) => string,
  ): readonly Line[] => {
    const octets = of(id);
    return octets === undefined ? [] : [[label, text(octets)]];
  };
  const time = (octets: Uint8Array): string => {
    const moment = readKeyTime(octets, encoding);
    return moment === undefined ? 'never' : new Date(moment).toISOString();
  };
  const keyId = of(KeyCredentialEntry.KeyID) as Uint8Array;
  return [
    ['Usage', nameOf(usage, USAGES)],
    ...line(KeyCredentialEntry.KeySource, 'Source', ([octet = 0]) => nameOf(octet, SOURCES)),
    ...line(KeyCredentialEntry.DeviceId, 'Device', deviceText),
    ...line(KeyCredentialEntry.KeyCreationTime, 'Created', time),
    ...line(KeyCredentialEntry.KeyApproximateLastLogonTimeStamp, 'Last logon', time),
    ['Key id', Buffer.from(keyId).toString('base64')],
    ['', toHex(keyId)],
    ...line(KeyCredentialEntry.CustomKeyInformation, 'Flags', informationText),
    ...line(KeyCredentialEntry.KeyMaterial, 'Key', (octets) => materialText(octets, usage)),
  ];
}

const USAGES: Readonly<Record<number, string>> = {
  [KeyUsage.AdminKey]: 'AdminKey (PIN reset)',
  [KeyUsage.NGC]: 'NGC (Windows Hello)',
  [KeyUsage.STK]: 'STK (session transport key of a device)',
  [KeyUsage.BitlockerRecovery]: 'BitlockerRecovery',
  [KeyUsage.Other]: 'Other',
  [KeyUsage.FIDO]: 'FIDO (security key)',
  [KeyUsage.FEK]: 'FEK (file encryption)',
};

const SOURCES: Readonly<Record<number, string>> = {
  [KeySource.AD]: 'Active Directory',
  [KeySource.AZURE_AD]: 'Entra ID',
};

function nameOf(number: number, names: Readonly<Record<number, string>>): string {
  return names[number] ?? `unknown (${number})`;
}

function deviceText(octets: Uint8Array): string {
  if (octets.length !== 16) return toHex(octets);
  return octets.every((octet) => octet === 0) ? 'none' : formatGuid(octets);
}

function informationText(octets: Uint8Array): string {
  const read = readCustomKeyInformation(octets);
  if (read === undefined) return `malformed (${toHex(octets)})`;
  const flags = Object.entries(CustomKeyFlag).filter(([, bit]) => (read.flags & bit) !== 0);
  const known = flags.map(([name]) => name).join(', ') || 'none';
  const { volumeType, keyStrength } = read;
  const more = [
    ...(volumeType === undefined ? [] : [`volume ${constantName(VolumeType, volumeType)}`]),
    ...(keyStrength === undefined ? [] : [`strength ${constantName(KeyStrength, keyStrength)}`]),
  ];
  return [known, ...more, `(${toHex(octets)})`].join(' ');
}

function constantName(constants: Readonly<Record<string, number>>, value: number): string {
  return Object.entries(constants).find(([, known]) => known === value)?.[0] ?? String(value);
}

function materialText(octets: Uint8Array, usage: number): string {
  if (usage === KeyUsage.FIDO) return fidoText(octets);
  const material = readKeyMaterial(octets);
  const kind = material === undefined ? undefined : publicKeyKind(material.publicKey);
  if (kind === undefined) return `no public key that is known, ${octets.length} octets`;
  const size = kind.type === 'rsa' ? `RSA, ${kind.bits} bits` : kind.curve;
  return `${size} (${material?.form}, ${octets.length} octets)`;
}

/** JSON with the authenticator's data (MS-ADTS 2.2.20.5.2): its name is what people know. */
function fidoText(octets: Uint8Array): string {
  try {
    const { displayName } = JSON.parse(fromUtf8(octets)) as { readonly displayName?: unknown };
    return `${String(displayName ?? 'without a name')} (JSON, ${octets.length} octets)`;
  } catch {
    return `no JSON, ${octets.length} octets`;
  }
}

/** Active Directory checks neither hash; whether the key signs in is what matters. */
function judged(blob: KeyCredential, stored: string): readonly Line[] {
  const faults = hashFaults(blob);
  const hash = keyCredentialEntry(blob, KeyCredentialEntry.KeyHash) === undefined;
  const right = hash ? 'the key id is right; there is no KeyHash' : 'key id and KeyHash are right';
  return [
    ['Hashes', faults.length === 0 ? right : faults.join('; ')],
    ['Signs in', signInKey(stored) === undefined ? 'no' : 'yes, by PKINIT'],
  ];
}
