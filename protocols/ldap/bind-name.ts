/** Whom the name of a simple bind means: MS-ADTS 5.1.1.1.1, its forms in their order. */
import { canonicalName } from '../directory/constructed.ts';
import type { Directory } from '../directory/directory.ts';
import { parseDn, parseGuid } from '../directory/dn.ts';
import type { DomainInfo } from '../directory/domain-info.ts';
import { type Entry, one } from '../directory/entry.ts';
import { isDeleted, isPhantom } from '../directory/instance.ts';
import { sidForm } from '../directory/membership.ts';
import { resolveRdns } from '../directory/names.ts';

type Form = (name: string, directory: Directory, domain: DomainInfo) => readonly number[];

const byDn: Form = (name, directory) => {
  const rdns = name.includes('=') ? parseDn(name) : undefined;
  const id = rdns === undefined ? undefined : resolveRdns(directory, rdns);
  return id === undefined ? [] : [id];
};

/** Written ones first; then `account@domain`, the name that everybody has without one. */
const byUpn: Form = (name, directory, domain) => {
  const at = name.lastIndexOf('@');
  if (at < 0) return [];
  const written = directory.find('userPrincipalName', name);
  if (written.length > 0) return written;
  const suffix = name.slice(at + 1).toLowerCase();
  const ours = suffix === domain.dnsName || suffix === domain.netbios.toLowerCase();
  return ours ? directory.find('sAMAccountName', name.slice(0, at)) : [];
};

const byNetbios: Form = (name, directory, domain) => {
  const [flat, account, ...more] = name.split('\\');
  if (account === undefined || more.length > 0) return [];
  const ours = [domain.netbios.toLowerCase(), domain.dnsName].includes(
    (flat as string).toLowerCase(),
  );
  return ours ? directory.find('sAMAccountName', account) : [];
};

/** `corp.example/Users/alice`; with a line break in place of the last slash, as DsCrackNames takes it too. */
const byCanonicalName: Form = (name, directory) => {
  const plain = name.replace('\n', '/');
  const last = /(?:^|[^\\])\/((?:[^/\\]|\\.)+)$/.exec(plain)?.[1];
  if (last === undefined) return [];
  return directory.find('name', last.replace(/\\(.)/g, '$1')).filter((id) => {
    const entry = directory.entry(id);
    return (
      entry !== undefined && canonicalName(directory, entry).toLowerCase() === plain.toLowerCase()
    );
  });
};

const byGuid: Form = (name, directory) => {
  const guid = parseGuid(name);
  return guid === undefined ? [] : directory.find('objectGUID', guid);
};

const byDisplayName: Form = (name, directory) => directory.find('displayName', name);
const bySpn: Form = (name, directory) => directory.find('servicePrincipalName', name);

const bySid: Form = (name, directory) =>
  /^S-1-\d{1,14}(?:-\d{1,10}){1,15}$/i.test(name)
    ? directory.findForm('objectSid', sidForm(name))
    : [];

const FORMS: readonly Form[] = [
  byDn,
  byUpn,
  byNetbios,
  byCanonicalName,
  byGuid,
  byDisplayName,
  bySpn,
  bySid,
];

/** The account; undefined when no form gives exactly one. */
export function accountNamed(
  name: string,
  directory: Directory,
  domain: DomainInfo,
): Entry | undefined {
  for (const form of FORMS) {
    const accounts = form(name, directory, domain).flatMap((id) => {
      const entry = directory.entry(id);
      return entry !== undefined && isAccount(entry) ? [entry] : [];
    });
    if (accounts.length === 1) return accounts[0];
  }
  return undefined;
}

function isAccount(entry: Entry): boolean {
  return !isPhantom(entry) && !isDeleted(entry) && one(entry, 'userAccountControl') !== undefined;
}
