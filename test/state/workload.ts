/** Changes of a directory that chance draws, and what they leave: a model to judge a killed server by. */
import type { ProtocolOp } from '../../protocols/ldap/messages.ts';
import { utf8 } from '../../src/bytes/bytes.ts';
import type { Found } from './ldap-connection.ts';

export const UNIT = 'OU=Load,DC=corp,DC=example';
export const GROUP = `CN=crew,${UNIT}`;

/** People by common name: the text that several attributes of theirs hold, and whether they are in the group. */
export type People = ReadonlyMap<string, { readonly text: string; readonly member: boolean }>;

export interface Change {
  readonly operation: ProtocolOp;
  apply(people: People): People;
}

/** These are changed together: half a change is seen when they differ. */
const TEXTS = ['description', 'displayName', 'telephoneNumber'] as const;

/** As many as fit an answer without pages. */
const PEOPLE_MAX = 200;

const dn = (name: string): string => `CN=${name},${UNIT}`;

export const PREPARATION: readonly ProtocolOp[] = [
  { addRequest: { entry: UNIT, attributes: [attribute('objectClass', 'organizationalUnit')] } },
  {
    addRequest: {
      entry: GROUP,
      attributes: [attribute('objectClass', 'group'), attribute('sAMAccountName', 'crew')],
    },
  },
];

function attribute(type: string, ...values: readonly string[]) {
  return { type, vals: values.map(utf8) };
}

/** @param draw an integer from 0 up to, and without, its argument */
export function change(people: People, serial: number, draw: (below: number) => number): Change {
  const names = [...people.keys()];
  const name = names[draw(names.length)];
  const kind = draw(10);
  if (name === undefined || (kind < 3 && names.length < PEOPLE_MAX)) return added(`p${serial}`);
  const { text, member } = people.get(name) as { text: string; member: boolean };
  if (kind < 6) return rewritten(name, `text ${serial}`, member);
  if (kind < 8) return joined(name, text, !member);
  return kind === 8 ? renamed(name, `r${serial}`) : deleted(name);
}

function added(name: string): Change {
  const attributes = [
    attribute('objectClass', 'user'),
    attribute('sAMAccountName', name),
    ...TEXTS.map((type) => attribute(type, name)),
  ];
  return {
    operation: { addRequest: { entry: dn(name), attributes } },
    apply: (people) => new Map([...people, [name, { text: name, member: false }]]),
  };
}

function rewritten(name: string, text: string, member: boolean): Change {
  const changes = TEXTS.map((type) => ({
    operation: 2,
    modification: attribute(type, text),
  }));
  return {
    operation: { modifyRequest: { object: dn(name), changes } },
    apply: (people) => new Map([...people, [name, { text, member }]]),
  };
}

function joined(name: string, text: string, member: boolean): Change {
  const changes = [{ operation: member ? 0 : 1, modification: attribute('member', dn(name)) }];
  return {
    operation: { modifyRequest: { object: GROUP, changes } },
    apply: (people) => new Map([...people, [name, { text, member }]]),
  };
}

function renamed(entry: string, name: string): Change {
  return {
    operation: {
      modDNRequest: { entry: dn(entry), newrdn: `CN=${name}`, deleteoldrdn: true },
    },
    apply: (people) =>
      new Map([...people].map(([known, one]) => [known === entry ? name : known, one])),
  };
}

function deleted(name: string): Change {
  return {
    operation: { delRequest: dn(name) },
    apply: (people) => new Map([...people].filter(([known]) => known !== name)),
  };
}

/** @throws Error when a change is there by half, or a link and its back link disagree. */
export function peopleIn(users: readonly Found[], group: Found | undefined): People {
  const linked = new Set(group?.values.member ?? []);
  const people = new Map<string, { text: string; member: boolean }>();
  for (const { dn: name, values } of users) {
    const [cn] = values.cn ?? [];
    const texts = TEXTS.map((type) => values[type]?.[0]);
    const [text] = texts;
    if (cn === undefined || text === undefined || texts.some((other) => other !== text)) {
      throw new Error(`${name} has half a change: ${texts.join(', ')}`);
    }
    const member = (values.memberOf ?? []).includes(GROUP);
    if (member !== linked.has(name)) throw new Error(`${name}: member and memberOf disagree`);
    linked.delete(name);
    people.set(cn, { text, member });
  }
  if (linked.size > 0) throw new Error(`the group holds ${[...linked].join(' and ')}: not there`);
  return people;
}

/** The same text for the same people. */
export function summary(people: People): string {
  return [...people]
    .map(([name, { text, member }]) => `${name} ${text} ${member}`)
    .sort()
    .join('\n');
}
