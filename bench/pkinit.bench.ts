/**
 * Sign-ins by PKINIT in memory, client and KDC apart: what each does for one, its signature included. The
 * KDC knows the certificates already, as it does from a client's second sign-in on.
 */
import { createPrivateKey, type KeyObject, sign } from 'node:crypto';
import { directoryAccounts } from '../protocols/actors/directory-accounts.ts';
import { initialDomain } from '../protocols/directory/domain.ts';
import type { SecretSeed } from '../protocols/directory/domain-seed.ts';
import type { Accounts, KdcEnv } from '../protocols/kdc/accounts.ts';
import * as kdc from '../protocols/kdc/kdc.ts';
import { KEY_ETYPES } from '../protocols/kdc/long-term-keys.ts';
import { type Realm, realm } from '../protocols/kdc/realm.ts';
import * as as from '../protocols/kerberos/as-client.ts';
import type { AsRequest } from '../protocols/kerberos/as-request.ts';
import { KdcOptions, NT_PRINCIPAL } from '../protocols/kerberos/constants.ts';
import { keyLength } from '../protocols/kerberos/etypes.ts';
import { principal } from '../protocols/kerberos/names.ts';
import { pkinit } from '../protocols/pkinit/client.ts';
import {
  type PkinitIdentity,
  type PkinitState,
  pkinitState,
} from '../protocols/pkinit/client-state.ts';
import type { GroupName } from '../protocols/pkinit/groups.ts';
import type { KdcTrust } from '../protocols/pkinit/kdc-trust.ts';
import { type Certificate, readCertificate } from '../protocols/x509/certificate.ts';
import {
  type CertificateProfile,
  signedCertificate,
  tbsCertificate,
} from '../protocols/x509/issue.ts';
import {
  certificateAuthority,
  commonName,
  kerberosAuthentication,
  smartcardLogon,
} from '../protocols/x509/profiles.ts';
import { toHex } from '../src/bytes/bytes.ts';
import { ecKeyPair, type KeyPair, rsaKeyPair } from '../src/crypto/key-pair.ts';
import { pooledRandom, seededRandom } from '../src/crypto/random.ts';
import { rsaDecrypt } from '../src/crypto/rsa.ts';
import { memoryStore } from '../src/store/memory.ts';
import type { Bench } from './suite.ts';

export const name = 'pkinit';

const NOW = Date.UTC(2026, 2, 2, 8);
const DAY = 86_400_000;
const REALM = 'CORP.EXAMPLE';
const SID = 'S-1-5-21-1-2-3';

interface Held {
  readonly name: string;
  readonly object: KeyObject;
  readonly publicKey: Uint8Array;
  readonly algorithm: string;
}

const held = new Map<string, Held>();

function hold(keyName: string, { pkcs8, spki }: KeyPair, algorithm: string): Held {
  const der = Buffer.from(pkcs8);
  const object = createPrivateKey({ key: der, format: 'der', type: 'pkcs8' });
  const made = { name: keyName, object, publicKey: spki, algorithm };
  held.set(keyName, made);
  return made;
}

const RSA = 'sha256WithRSAEncryption';
const rsa = (label: string): Held => hold(label, rsaKeyPair(1, `bench/${label}`), RSA);

function certificate(profile: CertificateProfile, own: Held, by: Held, issuer?: Certificate) {
  const tbs = tbsCertificate(profile, {
    issuer: issuer ?? profile.subject,
    publicKey: own.publicKey,
    serialNumber: Uint8Array.of(0x21, held.size),
    notBefore: NOW - DAY,
    notAfter: NOW + DAY,
    signatureAlgorithm: by.algorithm,
  });
  const read = readCertificate(signedCertificate(tbs, by.algorithm, signed(by, tbs)));
  if (!read.ok) throw new Error(read.reason);
  return read.value;
}

function signed({ object }: Held, data: Uint8Array): Uint8Array {
  return new Uint8Array(sign('sha256', data, object));
}

interface World {
  readonly env: KdcEnv;
  readonly realm: Realm;
  readonly trust: KdcTrust;
  readonly identities: Readonly<Record<'RSA-2048' | 'P-256', PkinitIdentity>>;
}

function world(): World {
  const authority = rsa('authority');
  const dc = rsa('dc1');
  const card = rsa('card');
  const curve = hold('curve', ecKeyPair(1, 'bench/curve', 'P-256'), 'ecdsa-with-SHA256');
  const root = certificate(
    certificateAuthority({ subject: commonName('Root') }),
    authority,
    authority,
  );
  const names = { dnsHostName: 'dc1.corp.example', domain: 'corp.example', netbios: 'CORP' };
  const kdcCertificate = certificate(kerberosAuthentication(names), dc, authority, root);
  const accounts = directory(root);
  const sid = accounts.bySAMAccountName('alice')?.objectSid ?? '';
  const profile = smartcardLogon({ subject: commonName('Alice'), upn: 'alice@corp.example', sid });
  const identityOf = (own: Held): PkinitIdentity => ({
    certificate: certificate(profile, own, authority, root).der,
    chain: [],
    key: own.name,
    algorithm: own.algorithm,
  });
  return {
    env: { now: NOW, random: pooledRandom(), accounts },
    realm: {
      ...realm({ name: REALM, flatName: 'CORP', sid: SID, dnsHostName: 'dc1.corp.example' }),
      pkinit: {
        certificate: kdcCertificate.der,
        chain: [],
        key: dc.name,
        algorithm: dc.algorithm,
      },
    },
    trust: { ...accounts.publicKeyServices(), revocation: 'off', validation: 'strict' },
    identities: { 'RSA-2048': identityOf(card), 'P-256': identityOf(curve) },
  };
}

function directory(root: Certificate): Accounts {
  const random = seededRandom(1, 'bench/pkinit');
  const secret = (): SecretSeed => ({
    keys: Object.fromEntries(KEY_ETYPES.map((etype) => [etype, toHex(random(keyLength(etype)))])),
  });
  const store = memoryStore();
  store.write(
    initialDomain({
      dnsName: 'corp.example',
      netbios: 'CORP',
      sid: SID,
      now: NOW - 30 * DAY,
      random: (label) => seededRandom(1, `bench/pkinit/${label}`),
      controller: { name: 'DC1', host: 'dc1.corp.example' },
      krbtgt: secret(),
      accounts: [
        {
          sAMAccountName: 'alice',
          secret: secret(),
          attributes: { userPrincipalName: 'alice@corp.example' },
        },
      ],
      publicKeyServices: {
        roots: [{ name: 'Root', certificate: root.der }],
        ntAuth: [root.der],
        intermediates: [],
        revocationLists: [],
        enrollmentServices: [],
        templates: [],
      },
    }).batch,
  );
  return directoryAccounts(store);
}

const { forwardable, renewable, canonicalize } = KdcOptions;

const REQUEST: AsRequest = {
  realm: REALM,
  cname: principal(NT_PRINCIPAL, 'alice'),
  kdcOptions: forwardable | renewable | canonicalize,
  till: NOW + DAY,
  etypes: [18, 17, 15],
  includePac: true,
  encPaRep: false,
  learnsTime: false,
};

/** One side after another, so that each can be timed alone. */
interface Exchange {
  /** The client's request, its signature included. */
  asks(): { readonly state: as.State<PkinitState>; readonly bytes: Uint8Array };
  /** The KDC's reply, its signature included. @throws Error when it refuses */
  answers(bytes: Uint8Array): Uint8Array;
  /** What the client makes of it: as a rule `done`. */
  believes(state: as.State<PkinitState>, bytes: Uint8Array): as.State<PkinitState>;
}

function exchange(
  { env, realm: own, trust, identities }: World,
  key: keyof World['identities'],
  group: GroupName | undefined,
  dhKeyLifetime = 0,
): Exchange {
  const policy = { ...own.policy, pkinit: { ...own.policy.pkinit, revocation, dhKeyLifetime } };
  let state = kdc.ready({ ...own, policy });
  const clientEnv = { now: NOW, stamp: NOW * 1_000, offset: 0, random: env.random };
  const groups = group === undefined ? [] : [group];
  const preAuth = pkinitState(identities[key], trust, { groups });
  const secret = held.get(identities[key].key) as Held;
  const heard = (event: kdc.Event): kdc.Effect | undefined => {
    const step = kdc.step(state, event, env);
    state = step.state;
    return step.effects.find(({ kind }) => kind === 'sign' || kind === 'reply');
  };
  return {
    asks() {
      const asked = { kind: 'asked', request: REQUEST, preAuth } as const;
      const first = as.step(pkinit, { name: 'idle' }, asked, clientEnv);
      const [wanted] = first.effects;
      if (wanted?.kind !== 'sign') throw new Error(JSON.stringify(first.state));
      const event = { kind: 'signed', signature: signed(secret, wanted.data) } as const;
      const second = as.step(pkinit, first.state, event, clientEnv);
      const [effect] = second.effects;
      if (effect?.kind !== 'request') throw new Error(JSON.stringify(second.state));
      return { state: second.state, bytes: effect.bytes };
    },
    answers(bytes) {
      const from = { transport: 'tcp', from: '10.0.0.7', fromPort: 40_000 } as const;
      const wanted = heard({ kind: 'received', ...from, bytes });
      if (wanted?.kind !== 'sign') throw new Error('the KDC refused');
      const signature = signed(held.get(wanted.key) as Held, wanted.data);
      const reply = heard({ kind: 'signed', id: wanted.id, signature });
      if (reply?.kind !== 'reply') throw new Error('no reply');
      return reply.bytes;
    },
    believes(before, bytes) {
      const { state: after, effects } = as.step(
        pkinit,
        before,
        { kind: 'answered', bytes },
        clientEnv,
      );
      const [effect] = effects;
      if (effect?.kind !== 'decrypt') return after;
      const data = rsaDecrypt(effect.algorithm, secret.object, effect.data);
      const event = { kind: 'decrypted', ...(data === undefined ? {} : { data }) } as const;
      return as.step(pkinit, after, event, clientEnv).state;
    },
  };
}

/** Lists are asked for by who has none at hand: their look-up is x509's matter. */
const revocation = 'off' as const;

const ROWS: readonly (readonly [
  row: string,
  key: keyof World['identities'],
  group: GroupName | undefined,
  dhKeyLifetime?: number,
])[] = [
  ['modp-14, RSA-2048', 'RSA-2048', 'modp-14'],
  ['modp-14, RSA-2048, kept key pair', 'RSA-2048', 'modp-14', DAY],
  ['modp-14, P-256', 'P-256', 'modp-14'],
  ['modp-16, RSA-2048', 'RSA-2048', 'modp-16'],
  ['modp-16, RSA-2048, kept key pair', 'RSA-2048', 'modp-16', DAY],
  ['P-256, RSA-2048', 'RSA-2048', 'P-256'],
  ['P-256, RSA-2048, kept key pair', 'RSA-2048', 'P-256', DAY],
  ['P-256, P-256', 'P-256', 'P-256'],
  ['P-384, RSA-2048', 'RSA-2048', 'P-384'],
  ['P-521, RSA-2048', 'RSA-2048', 'P-521'],
  ['key transport, RSA-2048', 'RSA-2048', undefined],
];

export function suite(bench: Bench): void {
  const made = world();
  for (const [row, key, group, lifetime] of ROWS) {
    const one = exchange(made, key, group, lifetime);
    const { state, bytes } = one.asks();
    const reply = one.answers(bytes);
    const done = one.believes(state, reply);
    if (done.name !== 'done') throw new Error(`${row}: ${JSON.stringify(done)}`);
    bench.add(`KDC: ${row}`, () => one.answers(bytes), { yardstick: row === ROWS[0]?.[0] });
    bench.add(`client: ${row}`, () => {
      one.asks();
      return one.believes(state, reply);
    });
  }
}
