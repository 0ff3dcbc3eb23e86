import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { bcryptPublicBlob } from '../../../protocols/directory/key-material.ts';
import * as cloudAp from '../../../protocols/entra/cloud-ap.ts';
import type {
  CloudAsk,
  CloudDevice,
  Effect,
  PrimaryRefreshToken,
  State,
} from '../../../protocols/entra/cloud-ap-state.ts';
import { CLOUD_REALM } from '../../../protocols/entra/kerberos-tickets.ts';
import type { Tenant } from '../../../protocols/entra/tenant.ts';
import {
  PROVISIONING_CLIENT_ID,
  REGISTRATION_RESOURCE,
  readBearer,
} from '../../../protocols/entra/token.ts';
import { request } from '../../../protocols/http/messages.ts';
import { KeyUsage } from '../../../protocols/kerberos/constants.ts';
import { key, decrypt as open } from '../../../protocols/kerberos/etypes.ts';
import { EncTicketPart } from '../../../protocols/kerberos/messages.ts';
import { FORM } from '../../../protocols/oauth/oauth.ts';
import { toBase64, toBase64Url } from '../../../src/bytes/base64.ts';
import { utf8 } from '../../../src/bytes/bytes.ts';
import { digest } from '../../../src/crypto/digest.ts';
import { ecKeyPair } from '../../../src/crypto/key-pair.ts';
import { seededRandom } from '../../../src/crypto/random.ts';
import { tryDecode } from '../../../src/der/codec.ts';
import { signedNow } from '../../../src/signing/node-provider.ts';
import { decrypt, laptop, NOW, pair, sign } from '../enrollment/people.ts';
import {
  ALICE,
  ALICE_PASSWORD,
  ALICE_SID,
  DEVICE_ID,
  ENDPOINT,
  saidToRequest,
  TENANT_ID,
  tenantWith,
} from './tenant-of-tests.ts';

const s = suite('cloud-ap');

const MATERIAL = bcryptPublicBlob(pair('hello').spki);
const KID = toBase64(digest('sha256', MATERIAL));
const DOMAIN_KEY = new Uint8Array(32).fill(0x22);
const FIDO = ecKeyPair('cloud-ap tests', 'security key', 'P-256');
const CREDENTIAL = toBase64Url(utf8('credential 1'));

const DEVICE: CloudDevice = {
  certificate: laptop.der,
  key: 'device',
  transportKey: 'transport',
};

/** A tenant in which Entra Kerberos is set up, Alice has a Hello key and a security key. */
function tenant(changes: Partial<Tenant> = {}): Tenant {
  return {
    ...tenantWith({ onPremisesSamAccountName: 'alice' }),
    keys: [
      {
        kid: '6f1f0d5a-1d9b-4b55-9a58-93e1f6d4f3aa',
        userPrincipalName: ALICE,
        deviceId: DEVICE_ID,
        keyMaterial: MATERIAL,
        created: NOW - 1,
      },
    ],
    kerberosDomains: [
      {
        id: 27_845,
        domainDnsName: 'corp.example',
        netBiosName: 'CORP',
        domainSid: ALICE_SID.slice(0, ALICE_SID.lastIndexOf('-')),
        secondaryKrbTgtNumber: 27_845,
        keyVersion: 2,
        key: DOMAIN_KEY,
        keyUpdatedOn: NOW - 1,
      },
    ],
    securityKeys: [{ credentialId: CREDENTIAL, userPrincipalName: ALICE, publicKey: FIDO.spki }],
    ...changes,
  };
}

const signIn = (proof: Extract<CloudAsk, { kind: 'signIn' }>['proof']): CloudAsk => ({
  kind: 'signIn',
  username: ALICE,
  proof,
  device: DEVICE,
  tenantId: TENANT_ID,
});

const HELLO = signIn({ kind: 'hello', kid: KID, key: 'hello', gesture: 'PIN' });

interface Played {
  readonly state: State;
  readonly tenant: Tenant;
  readonly effects: readonly Effect[];
}

/** The device against the tenant; `sign` and `decrypt` as the signing core does them. */
function play(ask: CloudAsk, before: Tenant, config = ENDPOINT, now = NOW): Played {
  const env = { now, random: seededRandom(1, `cloud-ap ${ask.kind} ${now}`) };
  const effects: Effect[] = [];
  let after = before;
  let next = cloudAp.step(cloudAp.INITIAL, { kind: 'asked', ask }, env);
  for (let effect = next.effects[0]; effect !== undefined; effect = next.effects[0]) {
    effects.push(effect);
    switch (effect.kind) {
      case 'request': {
        const fields = { 'Content-Type': FORM };
        const asked = request(
          'POST',
          'login.microsoftonline.com',
          effect.path,
          fields,
          effect.body,
        );
        const said = saidToRequest(asked, after, config, now);
        after = said.tenant;
        const { status, body } = said.response;
        next = cloudAp.step(next.state, { kind: 'answered', status, body }, env);
        break;
      }
      case 'sign': {
        const pkcs8 = effect.key === 'fido' ? FIDO.pkcs8 : undefined;
        const signature =
          pkcs8 === undefined
            ? sign(effect.key, effect.data, effect.algorithm)
            : signedNow({ name: 'fido', pkcs8 }, effect.algorithm, effect.data);
        next = cloudAp.step(next.state, { kind: 'signed', signature }, env);
        break;
      }
      case 'decrypt': {
        const data = decrypt(effect.key, effect.data);
        const event = { kind: 'decrypted', ...(data === undefined ? {} : { data }) } as const;
        next = cloudAp.step(next.state, event, env);
        break;
      }
      case 'rejected':
        return assert.unreachable('a step was rejected') as never;
    }
  }
  return { state: next.state, tenant: after, effects };
}

function prtIn({ state }: Played): PrimaryRefreshToken {
  if (state.name !== 'done') throw new Error(`${state.name}: ${JSON.stringify(state)}`);
  return state.prt;
}

function ticketIn(opened: PrimaryRefreshToken['tgtAd']) {
  if (opened?.kind !== 'ticket') throw new Error(`no ticket but ${JSON.stringify(opened)}`);
  return opened;
}

s('a Hello key brings a primary refresh token with both tickets', () => {
  const played = play(HELLO, tenant());
  const prt = prtIn(played);
  assert.is(prt.expires - prt.issued, 14 * 86_400_000);
  const { credential, field, asRep } = ticketIn(prt.tgtAd);
  assert.is(field.cn, 'alice@CORP.EXAMPLE');
  assert.is(field.sn, 'krbtgt/CORP.EXAMPLE');
  assert.is(asRep.ticket.encPart.kvno, (27_845 << 16) | 2);
  assert.is(credential.crealm, 'CORP.EXAMPLE');
  const { cipher } = asRep.ticket.encPart;
  const part = open(key(18, DOMAIN_KEY), KeyUsage.TICKET, cipher) as Uint8Array;
  const ticket = tryDecode(EncTicketPart, part);
  assert.ok(ticket.ok);
  if (ticket.ok) assert.equal(ticket.value.key.keyvalue, credential.key.bytes);
  const cloud = ticketIn(prt.tgtCloud);
  assert.is(cloud.credential.crealm, CLOUD_REALM);
  assert.is(cloud.field.cn, `alice\\@corp.example@${CLOUD_REALM}`);
  const signed = played.effects.filter((effect) => effect.kind === 'sign');
  assert.equal(
    signed.map(({ key: name, gesture }) => [name, gesture]),
    [
      ['hello', 'PIN'],
      ['device', undefined],
    ],
  );
});

s('a password and a security key bring one too', () => {
  ticketIn(prtIn(play(signIn({ kind: 'password', password: ALICE_PASSWORD }), tenant())).tgtAd);
  const fido = signIn({ kind: 'securityKey', credentialId: CREDENTIAL, key: 'fido', counter: 1 });
  ticketIn(prtIn(play(fido, tenant())).tgtAd);
});

s('a new one comes under the session key, and tokens for resources', () => {
  const first = play(HELLO, tenant());
  const prt = prtIn(first);
  const later = NOW + 4 * 3_600_000;
  const renewed = play({ kind: 'renew', prt, tenantId: TENANT_ID }, first.tenant, ENDPOINT, later);
  const next = prtIn(renewed);
  assert.equal(next.sessionKey, prt.sessionKey);
  assert.is.not(next.refreshToken, prt.refreshToken);
  assert.is(ticketIn(next.tgtAd).credential.authtime, later);
  const token = play(
    {
      kind: 'token',
      prt: next,
      tenantId: TENANT_ID,
      resource: REGISTRATION_RESOURCE,
      clientId: 'c',
      freshMfa: false,
    },
    renewed.tenant,
    ENDPOINT,
    later,
  );
  if (token.state.name !== 'tokenGained') return assert.unreachable(token.state.name);
  const trust = {
    publicKey: ENDPOINT.publicKey,
    tenantId: TENANT_ID,
    resource: REGISTRATION_RESOURCE,
  };
  const read = readBearer(`Bearer ${token.state.accessToken}`, trust, later);
  assert.ok(read.ok);
  if (!read.ok) return;
  assert.equal(read.claims.deviceid, DEVICE_ID);
  // The sign-in was four hours ago.
  assert.not((read.claims.amr as readonly string[]).includes('ngcmfa'));
});

s('a second factor of now is asked for under the session, and the token says so', () => {
  const first = play(HELLO, tenant());
  const later = NOW + 4 * 3_600_000;
  const ask = {
    kind: 'token',
    prt: prtIn(first),
    tenantId: TENANT_ID,
    resource: REGISTRATION_RESOURCE,
    clientId: PROVISIONING_CLIENT_ID,
    freshMfa: true,
  } as const;
  const token = play(ask, first.tenant, ENDPOINT, later);
  if (token.state.name !== 'tokenGained') return assert.unreachable(token.state.name);
  const trust = {
    publicKey: ENDPOINT.publicKey,
    tenantId: TENANT_ID,
    resource: REGISTRATION_RESOURCE,
  };
  const read = readBearer(`Bearer ${token.state.accessToken}`, trust, later);
  assert.ok(read.ok && (read.claims.amr as readonly string[]).includes('ngcmfa'));
  const users = first.tenant.users.map((user) => ({ ...user, mfa: 'failed' as const }));
  const refused = play(ask, { ...first.tenant, users }, ENDPOINT, later).state;
  if (refused.name !== 'failed') return assert.unreachable(refused.name);
  assert.is(refused.failure.code, 500_121);
});

/** What the tenant refused, by its number. */
function refusal(ask: CloudAsk, changes: Partial<Tenant>): number | undefined {
  const { state } = play(ask, tenant(changes));
  if (state.name !== 'failed') throw new Error(state.name);
  assert.match(state.failure.reason, new RegExp(`AADSTS${state.failure.code}`));
  return state.failure.code;
}

s('what is wrong has Entra’s number', () => {
  assert.is(refusal(HELLO, { keys: [] }), 135_010);
  const [device] = tenant().devices;
  assert.is(refusal(HELLO, { devices: [] }), 50_155);
  if (device === undefined) return assert.unreachable();
  assert.is(refusal(HELLO, { devices: [{ ...device, accountEnabled: false }] }), 135_011);
  const wrong = signIn({ kind: 'password', password: 'wrong' });
  assert.is(refusal(wrong, {}), 50_126);
  const other = signIn({ kind: 'hello', kid: KID, key: 'another' });
  assert.is(refusal(other, {}), 50_013);
  const fido = signIn({ kind: 'securityKey', credentialId: CREDENTIAL, key: 'fido', counter: 1 });
  assert.is(refusal(fido, { securityKeys: [] }), 50_013);
  const users = tenant().users.map((user) => ({ ...user, accountEnabled: false }));
  assert.is(refusal(HELLO, { users }), 50_057);
});

s('without Entra Kerberos there is no ticket for the domain, but everything else', () => {
  const prt = prtIn(play(HELLO, tenant({ kerberosDomains: [] })));
  assert.is(prt.tgtAd, undefined);
  ticketIn(prt.tgtCloud);
  const tickets = { ...ENDPOINT.tickets, missing: 'told', cloud: false } as const;
  const told = prtIn(play(HELLO, tenant({ kerberosDomains: [] }), { ...ENDPOINT, tickets }));
  assert.is(told.tgtAd?.kind, 'error');
  assert.is(told.tgtCloud, undefined);
});

s('no answer, and one that is none, end it with a reason', () => {
  const env = { now: NOW, random: seededRandom(1, 'cloud-ap') };
  const { state } = cloudAp.step(cloudAp.INITIAL, { kind: 'asked', ask: HELLO }, env);
  const unreachable = cloudAp.step(state, { kind: 'unanswered', reason: 'no route' }, env);
  assert.equal(unreachable.state, {
    name: 'failed',
    failure: { stage: 'nonce', reason: 'no route' },
  });
  const junk = cloudAp.step(state, { kind: 'answered', status: 200, body: utf8('<html>') }, env);
  assert.is(junk.state.name, 'failed');
  const busy = cloudAp.step(state, { kind: 'answered', status: 503, body: utf8('') }, env);
  assert.match((busy.state as { failure: { reason: string } }).failure.reason, /503/);
});

s.run();
