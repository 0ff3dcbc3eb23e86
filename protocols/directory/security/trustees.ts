/** SIDs by the names that Windows shows, and back: what LsaLookupSids and LsaLookupNames answer. */
import type { Directory } from '../directory.ts';
import type { DomainInfo } from '../domain-info.ts';
import { one } from '../entry.ts';
import { sidForm } from '../membership.ts';
import { sidText } from '../names.ts';
import { canonicalSid } from './sddl.ts';

export interface Trustees {
  /** `CORP\Key Admins`, `BUILTIN\Administrators`, `Everyone`; the SID itself where it has no name. */
  nameOf(sid: string): string;
  /** The SID of a name in any form; undefined when there is none. */
  sidOf(name: string): string | undefined;
}

/** Principals of no domain, by their names in English (MS-DTYP 2.4.2.4). */
const WELL_KNOWN: Readonly<Record<string, string>> = {
  'S-1-1-0': 'Everyone',
  'S-1-3-0': 'CREATOR OWNER',
  'S-1-3-1': 'CREATOR GROUP',
  'S-1-3-4': 'OWNER RIGHTS',
  'S-1-5-1': 'NT AUTHORITY\\DIALUP',
  'S-1-5-2': 'NT AUTHORITY\\NETWORK',
  'S-1-5-3': 'NT AUTHORITY\\BATCH',
  'S-1-5-4': 'NT AUTHORITY\\INTERACTIVE',
  'S-1-5-6': 'NT AUTHORITY\\SERVICE',
  'S-1-5-7': 'NT AUTHORITY\\ANONYMOUS LOGON',
  'S-1-5-8': 'NT AUTHORITY\\PROXY',
  'S-1-5-9': 'NT AUTHORITY\\ENTERPRISE DOMAIN CONTROLLERS',
  'S-1-5-10': 'NT AUTHORITY\\SELF',
  'S-1-5-11': 'NT AUTHORITY\\Authenticated Users',
  'S-1-5-12': 'NT AUTHORITY\\RESTRICTED',
  'S-1-5-13': 'NT AUTHORITY\\TERMINAL SERVER USER',
  'S-1-5-14': 'NT AUTHORITY\\REMOTE INTERACTIVE LOGON',
  'S-1-5-15': 'NT AUTHORITY\\This Organization',
  'S-1-5-17': 'NT AUTHORITY\\IUSR',
  'S-1-5-18': 'NT AUTHORITY\\SYSTEM',
  'S-1-5-19': 'NT AUTHORITY\\LOCAL SERVICE',
  'S-1-5-20': 'NT AUTHORITY\\NETWORK SERVICE',
  'S-1-18-1': 'Authentication authority asserted identity',
  'S-1-18-2': 'Service asserted identity',
};

const sidsByName = new Map(
  Object.entries(WELL_KNOWN).map(([sid, name]) => [name.toLowerCase(), sid]),
);

/** Names of this domain's accounts and groups, and of those that are everywhere. */
export function trustees(directory: Directory, domain: DomainInfo): Trustees {
  const account = (sid: string): string | undefined => {
    for (const id of directory.findForm('objectSid', sidForm(sid))) {
      const entry = directory.entry(id);
      const name = entry === undefined ? undefined : one(entry, 'sAMAccountName');
      if (name !== undefined) return name;
    }
    return undefined;
  };
  const accountSid = (attributeName: string, value: string): string | undefined => {
    const [id] = directory.find(attributeName, value);
    const entry = id === undefined ? undefined : directory.entry(id);
    return entry === undefined ? undefined : sidText(entry);
  };
  return {
    nameOf: (sid) => {
      const known = WELL_KNOWN[sid];
      if (known !== undefined) return known;
      const name = account(sid);
      if (name === undefined) return sid;
      return `${sid.startsWith('S-1-5-32-') ? 'BUILTIN' : domain.netbios}\\${name}`;
    },
    sidOf: (name) => {
      if (/^S-1-/i.test(name)) return canonicalSid(name);
      const known =
        sidsByName.get(name.toLowerCase()) ?? sidsByName.get(`nt authority\\${name}`.toLowerCase());
      if (known !== undefined) return known;
      const at = name.lastIndexOf('@');
      if (at > 0) {
        const own = name.slice(at + 1).toLowerCase() === domain.dnsName.toLowerCase();
        const byName = own ? accountSid('sAMAccountName', name.slice(0, at)) : undefined;
        return accountSid('userPrincipalName', name) ?? byName;
      }
      const slash = name.indexOf('\\');
      const sid = accountSid('sAMAccountName', name.slice(slash + 1));
      if (sid === undefined || slash < 0) return sid;
      const prefix = name.slice(0, slash).toLowerCase();
      if (sid.startsWith('S-1-5-32-')) return prefix === 'builtin' ? sid : undefined;
      const own = [domain.netbios, domain.dnsName].some((each) => each.toLowerCase() === prefix);
      return own ? sid : undefined;
    },
  };
}
