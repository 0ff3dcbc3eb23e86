/** Causes of errors in the AS exchange, by their id in the catalogue. */
import type { Account } from '../../protocols/kdc/accounts.ts';
import { step } from '../../protocols/kdc/kdc.ts';
import { KdcOptions, PA_PAC_REQUEST, PA_PK_AS_REQ } from '../../protocols/kerberos/constants.ts';
import { stringToKey } from '../../protocols/kerberos/etypes.ts';
import { enterprise, principal } from '../../protocols/kerberos/names.ts';
import { utf8 } from '../../src/bytes/bytes.ts';
import {
  ALICE_RC4_KEY,
  type AsWish,
  asReq,
  contoso,
  envOf,
  HOUR,
  MINUTE,
  NOW,
  PASSWORD,
  provedAsReq,
  timestamp,
  type World,
} from '../protocols/kdc/contoso.ts';
import { wellKnownGroup } from '../protocols/kdc/listed-accounts.ts';
import { asked, type Cases, type Outcome, refusal, withAlice } from './outcome.ts';

const world = contoso();
const trusting = contoso([], {}, [
  {
    realm: 'FABRIKAM.COM',
    flatName: 'FABRIKAM',
    securityIdentifier: 'S-1-5-21-4-5-6',
    direction: 'bidirectional',
    secret: { kind: 'password', password: 'between us' },
  },
]);

const NORMAL = 0x200;
const rc4 = { supportedEncryptionTypes: 0x1c };
const protectedUsers = wellKnownGroup('Protected Users');
const groups = protectedUsers === undefined ? [] : [protectedUsers];
const never = new Uint8Array(21);

const first = (wish: AsWish = {}, at: World = world): Outcome => asked(at, asReq(wish));
const proved = (wish: Parameters<typeof provedAsReq>[0] = {}, at: World = world): Outcome =>
  asked(at, provedAsReq(wish));
const keyOf = (password: string, salt = 'CONTOSO.COMalice') => stringToKey(18, password, salt);

/** Three bad passwords, each written down, and then the right one. */
function lockedOut(): Outcome {
  const lockout = {
    lockoutThreshold: 3,
    lockOutObservationWindow: 30 * MINUTE,
    lockoutDuration: 30 * MINUTE,
    lockoutAdmins: false,
  };
  const lockable = contoso([], {}, [], lockout);
  let alice = lockable.accounts.bySAMAccountName('alice') as Account;
  const now = (): World => ({
    ...lockable,
    accounts: { ...lockable.accounts, bySAMAccountName: () => alice },
  });
  for (let i = 0; i < 3; i++) {
    const bad = provedAsReq({ longTerm: keyOf('wrong') });
    for (const effect of step(lockable.state, { ...RECEIVED, bytes: bad }, envOf(now())())
      .effects) {
      if (effect.kind !== 'account') continue;
      const { lockoutTime, ...counts } = effect.change.attributes;
      const until = lockoutTime === undefined ? {} : { lockedOutUntil: lockoutTime + 30 * MINUTE };
      alice = { ...alice, ...counts, ...until };
    }
  }
  return asked(now(), provedAsReq());
}

const RECEIVED = {
  kind: 'received',
  transport: 'tcp',
  from: '10.0.0.7',
  fromPort: 40_000,
} as const;

/** A former password, still kept behind the current one. */
function formerPassword(): Outcome {
  const alice = world.accounts.bySAMAccountName('alice') as Account;
  const before = { kvno: 1, salt: 'CONTOSO.COMalice', keys: [keyOf('Before1!')] };
  const renewed = { ...alice, keys: [...alice.keys, before] };
  const at = { ...world, accounts: { ...world.accounts, bySAMAccountName: () => renewed } };
  return proved({ longTerm: keyOf('Before1!') }, at);
}

/** Renamed since the password was set: the key still has the salt of the old name. */
function guessedSalt(): Outcome {
  const alice = world.accounts.bySAMAccountName('alice') as Account;
  const renamed = { ...alice, sAMAccountName: 'asmith' };
  const accounts = {
    ...world.accounts,
    bySAMAccountName: (name: string) => (name === 'asmith' ? renamed : undefined),
  };
  const longTerm = keyOf(PASSWORD, 'CONTOSO.COMasmith');
  return proved({ cname: principal(1, 'asmith'), longTerm }, { ...world, accounts });
}

const mapped = { altSecurityIdentities: ['Kerberos:wonder@CONTOSO.COM'] };

export const AS_CASES: Cases = {
  'account-expired-named': () =>
    first({}, withAlice({ accountExpires: NOW }, { expiredAccountCode: 'KDC_ERR_NAME_EXP' })),
  'client-unknown': () => first({ cname: principal(1, 'nobody') }),
  'client-is-a-service': () => first({ cname: principal(2, 'HOST', 'files.contoso.com') }),
  'client-suffix-unknown': () => first({ cname: enterprise('alice@elsewhere.example') }),
  'alt-identity-with-proof': () => proved({ cname: principal(1, 'wonder') }, withAlice(mapped)),
  'service-unknown-as': () => proved({ sname: principal(2, 'cifs', 'nowhere.contoso.com') }),
  'starts-in-future': () => proved({ from: NOW + HOUR }),
  postdated: () => first({ kdcOptions: KdcOptions.postdated }),
  'till-past': () => proved({ till: NOW - HOUR }),
  'no-lifetime': () => proved({}, contoso([], { maxTicketAge: 0 })),
  'smart-card-required': () => proved({}, withAlice({ userAccountControl: NORMAL | 0x40000 })),
  workstation: () =>
    proved(
      { addresses: [{ addrType: 20, address: utf8('PC3'.padEnd(16)) }] },
      withAlice({ userWorkstations: ['PC1'] }),
    ),
  'reserved-option': () => first({ kdcOptions: 0x0100_0000 }),
  'renew-in-as': () => first({ kdcOptions: KdcOptions.renew }),
  'client-rc4-only': () => first({ etype: [23] }),
  'no-etypes': () => first({ etype: [] }),
  'protected-rc4': () =>
    asked(
      withAlice({ groups }, rc4),
      asReq({ etype: [18, 23], padata: [timestamp(ALICE_RC4_KEY)] }),
    ),
  'des-only': () => first({}, withAlice({ userAccountControl: NORMAL | 0x20_0000 })),
  'no-kdc-certificate': () =>
    first({ padata: [{ padataType: PA_PK_AS_REQ, padataValue: new Uint8Array([0x30, 0]) }] }),
  disabled: () => first({}, withAlice({ userAccountControl: NORMAL | 2 })),
  'locked-out': lockedOut,
  'account-expired': () => first({}, withAlice({ accountExpires: NOW })),
  'logon-hours': () => proved({}, withAlice({ logonHours: never })),
  'password-expired': () => proved({}, withAlice({ passwordExpires: NOW })),
  'password-must-change': () => proved({}, withAlice({ pwdLastSet: 0 })),
  'password-expired-told': () =>
    first({}, withAlice({ passwordExpires: NOW }, { expiredPasswordTold: 'beforePreauth' })),
  'password-wrong': () => proved({ longTerm: keyOf('wrong') }),
  'password-former': formerPassword,
  'salt-guessed': guessedSalt,
  'timestamp-malformed': () =>
    first({ padata: [{ padataType: 2, padataValue: new Uint8Array([1, 2, 3]) }] }),
  'first-request': () => first(),
  'clock-as': () => proved({ at: NOW - 6 * MINUTE }),
  pvno: () => first({ pvno: 4 }),
  'msg-type': () => first({ msgType: 12 }),
  datagram: () => {
    const event = { ...RECEIVED, transport: 'udp', bytes: provedAsReq() } as const;
    return refusal(step(world.state, event, envOf(world)()).effects);
  },
  'no-sname': () => first({ without: ['sname'] }),
  'padata-malformed': () =>
    first({ padata: [{ padataType: PA_PAC_REQUEST, padataValue: new Uint8Array([1]) }] }),
  frame: () => {
    const reason = 'the length has its high bit set';
    return refusal(step(world.state, { kind: 'malformed', reason }, envOf(world)()).effects);
  },
  'client-elsewhere': () => first({ cname: enterprise('bob@fabrikam.com') }, trusting),
};
