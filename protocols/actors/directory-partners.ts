/** Trusts and read-only domain controllers, as the directory's objects describe them. */
import type { Store } from '../../src/machine/store.ts';
import { backLinks, type Directory } from '../directory/directory.ts';
import type { DomainInfo } from '../directory/domain-info.ts';
import { type Entry, KEPT_PASSWORDS, number, octets, one, referred } from '../directory/entry.ts';
import { isDeleted } from '../directory/instance.ts';
import { sidText } from '../directory/names.ts';
import { USN_COUNTER } from '../directory/stamps.ts';
import type { Account, KeySet, ReadOnlyController, Trust } from '../kdc/accounts.ts';
import { trustSalt } from '../kerberos/salts.ts';
import { formatSid } from '../pac/sid.ts';
import { keySet } from './account-view.ts';

/** Computers whose msDS-KrbTgtLink is the krbtgt account of that number. */
export function readOnlyControllersOf(
  base: Directory,
  secondaryKrbTgtNumber: number,
  account: (id: number) => Account | undefined,
): readonly ReadOnlyController[] {
  const krbtgts = base.find('msDS-SecondaryKrbTgtNumber', String(secondaryKrbTgtNumber));
  return krbtgts
    .flatMap((id) => backLinks(base, 'msDS-KrbTgtLinkBl', id))
    .flatMap((id): readonly ReadOnlyController[] => {
      const entry = base.entry(id);
      const computer = account(id);
      if (entry === undefined || computer === undefined) return [];
      return [
        {
          computer,
          neverReveal: sidsOf(base, entry, 'msDS-NeverRevealGroup'),
          revealOnDemand: sidsOf(base, entry, 'msDS-RevealOnDemandGroup'),
          revealed: sidsOf(base, entry, 'msDS-RevealedUsers'),
        },
      ];
    });
}

/** SIDs of the objects that an attribute names, once each. */
function sidsOf(base: Directory, entry: Entry, name: string): readonly string[] {
  const sids = (entry.attributes[name] ?? []).flatMap((value) => {
    const target = base.entry(referred(value) ?? 0);
    return (target === undefined ? undefined : sidText(target)) ?? [];
  });
  return [...new Set(sids)];
}

/** TRUST_DIRECTION_INBOUND and _OUTBOUND (MS-ADTS 6.1.6.7.12). */
const INBOUND = 1;
const OUTBOUND = 2;

/** The trusted domain objects, read again when something was written. */
export function trustsOf(store: Store, base: Directory, domain: DomainInfo) {
  let usn = -1;
  let trusts: readonly Trust[] = [];
  const current = (): readonly Trust[] => {
    const now = store.counter(USN_COUNTER);
    if (now === usn) return trusts;
    usn = now;
    trusts = base.children(domain.ids.system).flatMap((id) => {
      const entry = base.entry(id);
      const partner = entry === undefined ? undefined : one(entry, 'trustPartner');
      return entry === undefined || partner === undefined || isDeleted(entry)
        ? []
        : [trustFrom(entry, partner.toUpperCase(), domain)];
    });
    return trusts;
  };
  return {
    trusts: current,
    trust: (name: string): Trust | undefined => {
      const upper = name.toUpperCase();
      return current().find(({ realm, flatName }) => realm === upper || flatName === upper);
    },
  };
}

/** The trust's one password makes a key for each direction: the salts differ (MS-KILE 3.1.1.2). */
function trustFrom(entry: Entry, realm: string, domain: DomainInfo): Trust {
  const direction = number(entry, 'trustDirection');
  const secrets = (entry.secrets ?? []).slice(0, KEPT_PASSWORDS);
  const salted = (salt: string): readonly KeySet[] =>
    secrets.map((stored) => keySet({ ...stored, salt }));
  const own = domain.dnsName;
  const encTypes = one(entry, 'msDS-SupportedEncryptionTypes');
  const identifier = octets(entry, 'securityIdentifier');
  return {
    realm,
    flatName: (one(entry, 'flatName') ?? '').toUpperCase(),
    securityIdentifier: identifier === undefined ? '' : formatSid(identifier),
    trustAttributes: number(entry, 'trustAttributes'),
    ...(encTypes === undefined ? {} : { msDSSupportedEncryptionTypes: Number(encTypes) }),
    ...((direction & INBOUND) === 0 ? {} : { trustAuthIncoming: salted(trustSalt(own, realm)) }),
    ...((direction & OUTBOUND) === 0 ? {} : { trustAuthOutgoing: salted(trustSalt(realm, own)) }),
  };
}
