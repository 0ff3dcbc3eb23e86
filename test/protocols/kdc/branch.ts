/** A branch office of CONTOSO.COM: the read-only domain controller 27845, and the tickets that it issues. */
import type { Account } from '../../../protocols/kdc/accounts.ts';
import {
  issuePartialTgt,
  MINIMAL_PAC,
  type PartialTgt,
} from '../../../protocols/kdc/partial-tgt.ts';
import type { Policy } from '../../../protocols/kdc/realm.ts';
import { NT_PRINCIPAL } from '../../../protocols/kerberos/constants.ts';
import { key } from '../../../protocols/kerberos/etypes.ts';
import { Ticket } from '../../../protocols/kerberos/messages.ts';
import { principal } from '../../../protocols/kerberos/names.ts';
import { encode } from '../../../src/der/codec.ts';
import { ALICE, contoso, DAY, type Held, HOUR, NOW, type World } from './contoso.ts';
import {
  type AccountSeed,
  type ReadOnlyControllerSeed,
  wellKnownGroup,
} from './listed-accounts.ts';

export const NUMBER = 27_845;
export const KVNO = 0x6cc5_0001;
export const RODC_KEY = key(18, new Uint8Array(32).fill(0x22));
const SESSION_KEY = key(18, new Uint8Array(32).fill(0x44));
const ALLOWED = 571;
const DENIED = 572;

export const group = (name: string) => {
  const found = wellKnownGroup(name);
  if (found === undefined) throw new Error(`no group ${name}`);
  return found;
};

export const KRBTGT_RODC: AccountSeed = {
  sAMAccountName: 'krbtgt_27845',
  rid: 1600,
  kvno: 1,
  msDSSecondaryKrbTgtNumber: NUMBER,
  userAccountControl: 0x202,
  secret: { kind: 'keys', keys: [RODC_KEY] },
};
const LINK: ReadOnlyControllerSeed = {
  krbtgt: NUMBER,
  revealOnDemand: [ALLOWED],
  neverReveal: [DENIED],
};
export const RODC: AccountSeed = {
  sAMAccountName: 'RODC1$',
  rid: 1601,
  userAccountControl: 0x1000 | 0x0400_0000 | 0x0100_0000,
  secret: { kind: 'keys', keys: [key(18, new Uint8Array(32).fill(0x55))] },
  servicePrincipalName: ['HOST/rodc1.contoso.com'],
  readOnlyController: LINK,
};
/** Alice may be known at the branch; Bob is on no list. */
export const ALLOWED_ALICE: AccountSeed = {
  ...ALICE,
  groups: [group('Allowed RODC Password Replication Group')],
};

export interface BranchChange {
  readonly alice?: Partial<AccountSeed>;
  readonly rodc?: Partial<AccountSeed>;
  readonly link?: Partial<ReadOnlyControllerSeed>;
  readonly more?: readonly AccountSeed[];
  readonly policy?: Partial<Policy>;
}

export function branch({ alice, rodc, link, more = [], policy }: BranchChange = {}): World {
  const computer = { ...RODC, readOnlyController: { ...LINK, ...link }, ...rodc };
  return contoso([KRBTGT_RODC, computer, { ...ALLOWED_ALICE, ...alice }, ...more], policy);
}

/** An account of a world, by its name. */
export function accountIn({ accounts }: World, name: string): Account {
  const found = accounts.bySAMAccountName(name);
  if (found === undefined) throw new Error(`no account ${name}`);
  return found;
}

export interface RodcTgt extends Partial<PartialTgt> {
  readonly name?: string;
  readonly sid?: string;
  readonly number?: number;
  readonly kvno?: number;
  readonly key?: typeof RODC_KEY;
  readonly crealm?: string;
}

/** A ticket-granting ticket as the branch's controller issues it: Alice's, ten hours, seven days. */
export function rodcTgt({
  name = 'alice',
  sid,
  number = NUMBER,
  kvno = 1,
  ...wish
}: RodcTgt = {}): Held {
  const { key: sealing = RODC_KEY, crealm = 'CONTOSO.COM', ...wanted } = wish;
  const objectSid = sid ?? 'S-1-5-21-1-2-3-1105';
  const cname = principal(NT_PRINCIPAL, name);
  const issuer = { realm: crealm, secondaryKrbTgtNumber: number, kvno, key: sealing };
  const ticket = issuePartialTgt(
    issuer,
    {
      client: { sAMAccountName: name, objectSid, domain: 'CONTOSO' },
      cname,
      content: MINIMAL_PAC,
      sessionKey: SESSION_KEY,
      authtime: NOW,
      endtime: NOW + 10 * HOUR,
      renewTill: NOW + 7 * DAY,
      flags: 0x40a0_0000, // forwardable, renewable, pre-authent
      ...wanted,
    },
    (size) => new Uint8Array(size).fill(5),
  );
  const held = { reply: { ticket }, part: {}, ticket: encode(Ticket, ticket) } as unknown as Held;
  return { ...held, session: SESSION_KEY, cname, crealm };
}
