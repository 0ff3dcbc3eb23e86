/** A directory to operate on: the small domain in memory, and who does what to it. */
import { type AddContext, type Added, add } from '../../../protocols/directory/add.ts';
import { type Directory, type Draft, directory } from '../../../protocols/directory/directory.ts';
import { parseBase, parseDn } from '../../../protocols/directory/dn.ts';
import { initialDomain } from '../../../protocols/directory/domain.ts';
import type { DomainInfo } from '../../../protocols/directory/domain-info.ts';
import type { DomainSeed } from '../../../protocols/directory/domain-seed.ts';
import type { Entry, Value } from '../../../protocols/directory/entry.ts';
import { groupSids } from '../../../protocols/directory/membership.ts';
import { type Modification, modify, type Written } from '../../../protocols/directory/modify.ts';
import { resolveBase, sidText } from '../../../protocols/directory/names.ts';
import type { Refusal } from '../../../protocols/directory/refusals.ts';
import type { SecurityContext } from '../../../protocols/directory/security/access.ts';
import { utf8, utf16le } from '../../../src/bytes/bytes.ts';
import { seededRandom } from '../../../src/crypto/random.ts';
import type { WritableStore } from '../../../src/machine/store.ts';
import { memoryStore } from '../../../src/store/memory.ts';
import { CORP, CORP_NOW } from './corp.ts';

export const SYSTEM: SecurityContext = { sids: new Set(), system: true };

export interface Corp {
  readonly store: WritableStore;
  readonly directory: Directory;
  readonly domain: DomainInfo;
  /** An operation's circumstances; the administrator's over an encrypted connection, if not said. */
  at(more?: Partial<AddContext>): AddContext;
  /** Makes what was written last. @returns the refusal otherwise */
  write(outcome: Written | Added): Refusal | undefined;
  id(dn: string): number;
  entry(dn: string): Entry;
  /** The token of an account, by sAMAccountName. */
  token(account: string): SecurityContext;
  modify(
    dn: string,
    modifications: readonly Modification[],
    more?: Partial<AddContext>,
  ): Refusal | undefined;
  add(dn: string, attributes: Given, more?: Partial<AddContext>): Refusal | undefined;
}

export type Given = Readonly<Record<string, Value | readonly Value[]>>;

export function corp(seed: Partial<DomainSeed> = {}): Corp {
  const store = memoryStore();
  const made = initialDomain({ ...CORP, ...seed });
  store.write(made.batch);
  const base = directory(store);
  const random = seededRandom(7, 'operations');
  const self: Corp = {
    store,
    directory: base,
    domain: made.info,
    at: (more = {}) => ({
      directory: base,
      domain: made.info,
      context: self.token('Administrator'),
      now: CORP_NOW + 10 * 86_400_000,
      random,
      confidential: true,
      ...more,
    }),
    write: (outcome) => {
      if (!outcome.ok) return outcome;
      const batch = (outcome.draft as Draft).batch();
      if (batch !== undefined) store.write(batch);
      return undefined;
    },
    id: (dn) => {
      const name = parseBase(full(dn));
      const id = name === undefined ? undefined : resolveBase(base, name);
      if (id === undefined) throw new Error(`no object ${full(dn)}`);
      return id;
    },
    entry: (dn) => base.entry(self.id(dn)) as Entry,
    token: (account) => {
      const entry = base.entry(base.find('sAMAccountName', account)[0] ?? -1);
      if (entry === undefined) throw new Error(`no account ${account}`);
      const groups = groupSids(base, entry, 'all');
      return {
        sids: new Set([sidText(entry) as string, ...groups, 'S-1-1-0', 'S-1-5-2', 'S-1-5-11']),
      };
    },
    modify: (dn, modifications, more) =>
      self.write(modify(self.id(dn), modifications, self.at(more))),
    add: (dn, attributes, more) => self.write(add(request(dn, attributes), self.at(more))),
  };
  return self;
}

const DOMAIN = 'DC=corp,DC=example';

/** A name relative to the domain, unless it is one of another form or complete. */
export function full(dn: string): string {
  if (dn === '') return DOMAIN;
  return dn.startsWith('<') || /DC=example$/i.test(dn) ? dn : `${dn},${DOMAIN}`;
}

export function octetsOf(values: Value | readonly Value[]): readonly Uint8Array[] {
  const list = typeof values === 'string' || values instanceof Uint8Array ? [values] : values;
  return list.map((value) => (typeof value === 'string' ? utf8(value) : value));
}

export function request(dn: string, attributes: Given) {
  return {
    rdns: parseDn(full(dn)) ?? [],
    dnText: full(dn),
    attributes: Object.entries(attributes).map(([name, values]) => ({
      name,
      values: octetsOf(values),
    })),
  };
}

/** `change('add', 'member', dn)` */
export function change(
  operation: Modification['operation'],
  attribute: string,
  ...values: readonly Value[]
): Modification {
  return { operation, attribute, values: octetsOf(values) };
}

/** A password as unicodePwd takes it. */
export function quoted(password: string): Uint8Array {
  return utf16le(`"${password}"`);
}
