import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { directoryAccounts } from '../../../protocols/actors/directory-accounts.ts';
import type { EntraTenantFields } from '../../../protocols/actors/entra-fields.ts';
import { entraKerberosOf } from '../../../protocols/actors/entra-kerberos-cast.ts';
import type { DomainControllerFields } from '../../../protocols/actors/fields.ts';
import { storeOf } from '../../../protocols/actors/new-domain-store.ts';
import { realmCast } from '../../../protocols/actors/realm-cast.ts';
import { initialTenant } from '../../../protocols/actors/tenant-cast.ts';
import { directory, draft } from '../../../protocols/directory/directory.ts';
import { initialDomain } from '../../../protocols/directory/domain.ts';
import type { Entry } from '../../../protocols/directory/entry.ts';
import { kerberosServer, setKerberosServer } from '../../../protocols/directory/kerberos-server.ts';
import { SYSTEM_CONTEXT } from '../../../protocols/directory/security/token.ts';
import { withValues } from '../../../protocols/directory/values.ts';
import { TICKET_OPTIONS, ticketsFor } from '../../../protocols/entra/kerberos-tickets.ts';
import { openTgt } from '../../../protocols/entra/prt-messages.ts';
import { type Tenant, userNamed } from '../../../protocols/entra/tenant.ts';
import * as kdc from '../../../protocols/kdc/kdc.ts';
import { fullKvno } from '../../../protocols/kdc/long-term-keys.ts';
import type { Realm } from '../../../protocols/kdc/realm.ts';
import { KdcOptions, PA_FOR_USER } from '../../../protocols/kerberos/constants.ts';
import { errorName } from '../../../protocols/kerberos/error-codes.ts';
import { key } from '../../../protocols/kerberos/etypes.ts';
import { type PaData, TgsReq } from '../../../protocols/kerberos/messages.ts';
import type { TgsRequest } from '../../../protocols/kerberos/tgs-client.ts';
import * as tgs from '../../../protocols/kerberos/tgs-client.ts';
import type { Credential } from '../../../protocols/kerberos/ticket-cache.ts';
import { fromHex, toHex } from '../../../src/bytes/bytes.ts';
import { seededRandom } from '../../../src/crypto/random.ts';
import { decode, encode } from '../../../src/der/codec.ts';
import type { Store, WritableStore } from '../../../src/machine/store.ts';
import { memoryStore } from '../../../src/store/memory.ts';
import { ALICE, AUTHORITIES, DC1, sceneOf } from './pki-scene.ts';
import { START } from './small-world.ts';

const TENANT = { role: 'entra-tenant', realm: 'CORP.EXAMPLE' } as const;
const PEOPLE = { ...AUTHORITIES, dc1: DC1, alice: ALICE };

function directoryOf(kerberos: unknown) {
  const { scene, config } = sceneOf({ ...PEOPLE, tenant: { ...TENANT, kerberos } });
  const cast = realmCast(scene, 'dc1', config<DomainControllerFields>('dc1'));
  const accounts = directoryAccounts(storeOf(initialDomain(cast.seed).batch));
  return { cast, accounts, seed: entraKerberosOf(scene, 'corp.example') };
}

const cast = suite('entra-kerberos-cast');

cast('gives directory and tenant the same key, number and version', () => {
  const { accounts, seed } = directoryOf(true);
  if (seed === undefined) throw new Error('nothing was set up');
  const krbtgt = accounts.krbtgt(seed.secondaryKrbTgtNumber);
  assert.is(krbtgt?.sAMAccountName, 'krbtgt_AzureAD');
  const [newest] = krbtgt?.keys ?? [];
  assert.is(newest?.kvno, seed.keyVersion);
  const aes256 = newest?.keys.find(({ etype }) => etype === 18);
  assert.is(toHex(aes256?.bytes ?? new Uint8Array()), toHex(seed.key.bytes));
  assert.is(newest?.salt, 'CORP.EXAMPLEkrbtgt_AzureAD');
  assert.is(seed.domainDnsName, 'corp.example');
  assert.is(seed.netBiosName, 'CORP');
  assert.is(seed.domainSid, accounts.domain.sid);
});

cast('makes a read-only controller’s computer without a host', () => {
  const { accounts, seed } = directoryOf(true);
  const [linked, ...more] = accounts.readOnlyControllers(seed?.secondaryKrbTgtNumber ?? 0);
  assert.is(more.length, 0);
  assert.is(linked?.computer.sAMAccountName, 'AzureADKerberos$');
  assert.is(linked?.computer.userAccountControl, 0x0400_1000);
  assert.is(linked?.computer.primaryGroupID, 521);
  assert.equal(linked?.computer.servicePrincipalName, []);
  const { sid } = accounts.domain;
  assert.equal(linked?.revealOnDemand, [`${sid}-513`]);
  assert.ok(linked?.neverReveal.includes(`${sid}-572`));
});

cast('takes what the file says of it', () => {
  const {
    accounts,
    seed,
    cast: made,
  } = directoryOf({
    keyVersion: 192_272,
    secondaryKrbTgtNumber: 0x1234,
    allow: ['alice'],
    deny: ['Domain Admins'],
  });
  assert.is(seed?.keyVersion, 192_272);
  assert.is(seed?.id, 0x1234);
  // The lower 16 bits of the version stand in tickets.
  assert.is(fullKvno(0x1234, seed?.keyVersion ?? 0), 0x1234_ef10);
  const [linked] = accounts.readOnlyControllers(0x1234);
  const { sid } = accounts.domain;
  assert.equal(linked?.revealOnDemand, [accounts.bySAMAccountName('alice')?.objectSid]);
  assert.equal(linked?.neverReveal, [`${sid}-512`]);
  assert.ok(made.named.includes('krbtgt_AzureAD'));
});

cast('has nothing where nothing was set up', () => {
  const { accounts, seed, cast: made } = directoryOf(false);
  assert.is(seed, undefined);
  assert.is(accounts.bySAMAccountName('krbtgt_AzureAD'), undefined);
  assert.is(accounts.bySAMAccountName('AzureADKerberos$'), undefined);
  assert.not.ok(made.named.includes('krbtgt_AzureAD'));
});

cast('draws a number that no read-only controller has', () => {
  const numbers = (number: number) => {
    const branch = { role: 'read-only-domain-controller', realm: 'CORP.EXAMPLE', number };
    const { scene } = sceneOf({
      ...PEOPLE,
      rodc1: { ...branch, writable: 'dc1' },
      tenant: { ...TENANT, kerberos: true },
    });
    return entraKerberosOf(scene, 'CORP.EXAMPLE')?.secondaryKrbTgtNumber ?? 0;
  };
  const drawn = numbers(7);
  assert.is(numbers(8), drawn);
  assert.is(numbers(drawn), (drawn % 65_535) + 1);
});

/** Alice's partial ticket, as the tenant issues it with the key that it has. */
function ticketOf(tenant: Tenant): { readonly credential: Credential } {
  const session = new Uint8Array(32).fill(1);
  const user = userNamed(tenant, 'alice@corp.example');
  if (user === undefined) throw new Error('the tenant has no alice');
  const chance = { now: START, random: seededRandom(1, 'tenant') };
  const cloudKey = key(18, new Uint8Array(32).fill(2));
  const { tgtAd = '' } = ticketsFor(tenant, user, session, cloudKey, TICKET_OPTIONS, chance);
  const opened = openTgt(tgtAd, session);
  if (opened.kind !== 'ticket') throw new Error(`no ticket but ${opened.kind}`);
  return opened;
}

/** What the domain controller answers to it: done, or the code of the refusal. */
function exchanged(
  tenant: Tenant,
  store: Store,
  realm: Realm,
  keyList: readonly number[] = [23],
  more: readonly PaData[] = [],
) {
  const { credential } = ticketOf(tenant);
  const now = START;
  const random = seededRandom(2, 'kdc');
  const env = { now, stamp: now * 1_000, offset: 0, random };
  const request: TgsRequest = {
    credential,
    sname: credential.sname,
    kdcOptions: KdcOptions.canonicalize,
    till: now + 3_600_000,
    etypes: [18],
    subkey: false,
    keyList,
    learnsTime: false,
  };
  const begun = tgs.step({ name: 'idle' }, { kind: 'asked', request }, env);
  const [sent] = begun.effects;
  if (sent?.kind !== 'request') throw new Error('nothing is asked');
  // The authenticator's checksum is over the body alone.
  const asked = decode(TgsReq, sent.bytes);
  const padata = [...(asked.padata ?? []), ...more];
  const bytes = encode(TgsReq, { ...asked, padata });
  const received = { kind: 'received', transport: 'tcp', from: '', fromPort: 1, bytes } as const;
  const accounts = directoryAccounts(store);
  const answer = kdc.step(kdc.ready(realm), received, { now, random, accounts });
  const reply = answer.effects.find((effect) => effect.kind === 'reply');
  if (reply?.kind !== 'reply') throw new Error('there is no reply');
  return tgs.step(begun.state, { kind: 'answered', bytes: reply.bytes }, env).state;
}

cast('the tenant’s tickets are taken by the directory, until it has rotated twice alone', () => {
  const { scene, config } = sceneOf({ ...PEOPLE, tenant: { ...TENANT, kerberos: true } });
  const { seed, realm } = realmCast(scene, 'dc1', config<DomainControllerFields>('dc1'));
  const store = memoryStore();
  store.write(initialDomain(seed).batch);
  const tenant = initialTenant(scene, 'tenant', config<EntraTenantFields>('tenant'));
  const outcome = (of = tenant): string => {
    const state = exchanged(of, store, realm);
    if (state.name === 'failed' && state.failure.kind === 'refused')
      return errorName(state.failure.errorCode);
    const [given] = state.name === 'done' ? (state.keyList ?? []) : [];
    return given === undefined ? state.name : toHex(given.keyvalue);
  };
  const rotate = (): void => {
    const base = directory(store);
    const { domain } = directoryAccounts(store);
    const random = seededRandom(3, `rotation ${store.revision(0)}`);
    const at = { directory: base, domain, now: START, random, confidential: true };
    const changed = setKerberosServer({ ...at, context: SYSTEM_CONTEXT }, { rotate: true });
    if (!changed.ok) throw new Error(changed.reason);
    for (const draft of changed.drafts) {
      const batch = draft.batch();
      if (batch !== undefined) store.write(batch);
    }
  };
  const ntHash = 'fc525c9683e8fe067095ba2ddc971889';
  assert.is(outcome(), ntHash);
  rotate();
  assert.is(outcome(), ntHash, 'the key before still opens');
  rotate();
  assert.is(outcome(), 'KRB_AP_ERR_BADKEYVER');
  // What the tenant is told then opens again.
  const found = kerberosServer(directory(store));
  const [newest] = directoryAccounts(store).bySAMAccountName('krbtgt_AzureAD')?.keys ?? [];
  const [domain] = tenant.kerberosDomains ?? [];
  const bytes = newest?.keys.find(({ etype }) => etype === 18)?.bytes;
  if (found === undefined || domain === undefined || bytes === undefined)
    throw new Error('nothing');
  const told = { ...domain, keyVersion: found.keyVersion, key: bytes };
  assert.is(outcome({ ...tenant, kerberosDomains: [told] }), ntHash);
  // The right version with another key, and a number that the domain does not have.
  const other = { ...told, key: new Uint8Array(32).fill(9) };
  assert.is(outcome({ ...tenant, kerberosDomains: [other] }), 'KRB_AP_ERR_BAD_INTEGRITY');
  const number = (domain.id % 65_535) + 1;
  const strange = { ...told, secondaryKrbTgtNumber: number };
  assert.is(outcome({ ...tenant, kerberosDomains: [strange] }), 'KDC_ERR_S_PRINCIPAL_UNKNOWN');
});

interface Walk {
  readonly name: string;
  readonly alice?: Readonly<Record<string, unknown>>;
  readonly kerberos?: unknown;
  /** Of AzureADKerberos$, after it was made. */
  readonly userAccountControl?: number;
  readonly number?: number;
  readonly sid?: string;
  readonly more?: readonly PaData[];
  readonly answer: string;
}

/** The failures that are worth freezing: Entra issues its ticket all the same, for it knows of none of them. */
const WALKS: readonly Walk[] = [
  { name: 'a Domain Admin', alice: { groups: ['Domain Admins'] }, answer: 'KDC_ERR_TGT_REVOKED' },
  {
    name: 'who is not in msDS-RevealOnDemandGroup',
    kerberos: { allow: ['Cert Publishers'] },
    answer: 'KDC_ERR_TGT_REVOKED',
  },
  {
    name: 'PARTIAL_SECRETS_ACCOUNT was cleared',
    userAccountControl: 0x1000,
    answer: 'KDC_ERR_POLICY',
  },
  { name: 'an unknown number', number: 3, answer: 'KDC_ERR_S_PRINCIPAL_UNKNOWN' },
  { name: 'the SID of another user', sid: '-500', answer: 'KDC_ERR_TGT_REVOKED' },
  {
    name: 'S4U2self',
    more: [{ padataType: PA_FOR_USER, padataValue: fromHex('3000') }],
    answer: 'KDC_ERR_C_PRINCIPAL_UNKNOWN',
  },
  {
    name: 'an expired password',
    alice: { passwordExpires: '2020-01-01T00:00:00Z' },
    answer: 'KDC_ERR_KEY_EXPIRED',
  },
];

for (const walk of WALKS) {
  cast(`the tenant’s ticket, ${walk.name}: ${walk.answer}`, () => {
    const { alice = {}, kerberos = { secondaryKrbTgtNumber: 17_530 }, more = [] } = walk;
    const people = { ...PEOPLE, alice: { ...ALICE, ...alice } };
    const { scene, config } = sceneOf({ ...people, tenant: { ...TENANT, kerberos } });
    const { seed, realm } = realmCast(scene, 'dc1', config<DomainControllerFields>('dc1'));
    const store = memoryStore();
    store.write(initialDomain(seed).batch);
    if (walk.userAccountControl !== undefined) cleared(store, walk.userAccountControl);
    const made = initialTenant(scene, 'tenant', config<EntraTenantFields>('tenant'));
    const { number, sid } = walk;
    const changed = made.kerberosDomains?.map((domain) => ({
      ...domain,
      ...(number === undefined ? {} : { secondaryKrbTgtNumber: number }),
    }));
    const users = made.users.map((user) => {
      if (sid === undefined || user.onPremisesSecurityIdentifier === undefined) return user;
      return { ...user, onPremisesSecurityIdentifier: `${realm.sid}${sid}` };
    });
    const tenant = { ...made, users, kerberosDomains: changed ?? [] };
    const state = exchanged(tenant, store, realm, [23], more);
    const refused = state.name === 'failed' && state.failure.kind === 'refused';
    assert.is(refused ? errorName(state.failure.errorCode) : state.name, walk.answer);
  });
}

function cleared(store: WritableStore, control: number): void {
  const base = directory(store);
  const [id] = base.find('sAMAccountName', 'AzureADKerberos$');
  const changes = draft(base);
  changes.put(withValues(base.entry(id ?? 0) as Entry, 'userAccountControl', [String(control)]));
  const batch = changes.batch();
  if (batch !== undefined) store.write(batch);
}

cast('the key list has what was asked for, and nothing that there is not', () => {
  const { scene, config } = sceneOf({ ...PEOPLE, tenant: { ...TENANT, kerberos: true } });
  const { seed, realm } = realmCast(scene, 'dc1', config<DomainControllerFields>('dc1'));
  const store = storeOf(initialDomain(seed).batch);
  const tenant = initialTenant(scene, 'tenant', config<EntraTenantFields>('tenant'));
  const types = (...keyList: readonly number[]) => {
    const state = exchanged(tenant, store, realm, keyList);
    return state.name === 'done' ? state.keyList?.map(({ keytype }) => keytype) : state.name;
  };
  assert.equal(types(18), [18]);
  assert.equal(types(23, 18), [23, 18]);
  assert.is(types(3), undefined);
});

cast.run();
