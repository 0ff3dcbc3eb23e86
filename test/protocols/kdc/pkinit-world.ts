/**
 * CONTOSO.COM with certificates: a KDC with one of its own, a client of PKINIT, and somebody between them
 * who does the work of their private keys.
 */
import type {
  AccountChange,
  KdcEnv,
  KeyCredential,
  PublicKeyServices,
} from '../../../protocols/kdc/accounts.ts';
import * as kdc from '../../../protocols/kdc/kdc.ts';
import { DEFAULT_PKINIT_POLICY, type PkinitPolicy } from '../../../protocols/kdc/pkinit-policy.ts';
import type { Realm } from '../../../protocols/kdc/realm.ts';
import * as as from '../../../protocols/kerberos/as-client.ts';
import type { AsRequest } from '../../../protocols/kerberos/as-request.ts';
import { KdcOptions } from '../../../protocols/kerberos/constants.ts';
import type { Key as KerberosKey } from '../../../protocols/kerberos/etypes.ts';
import { KrbError } from '../../../protocols/kerberos/messages.ts';
import { pkinit } from '../../../protocols/pkinit/client.ts';
import {
  type PkinitIdentity,
  type PkinitOptions,
  type PkinitState,
  pkinitState,
} from '../../../protocols/pkinit/client-state.ts';
import type { KdcTrust } from '../../../protocols/pkinit/kdc-trust.ts';
import type { Certificate } from '../../../protocols/x509/certificate.ts';
import type { Crl } from '../../../protocols/x509/crl.ts';
import type { CertificateProfile, Issuance } from '../../../protocols/x509/issue.ts';
import { distinguishedName } from '../../../protocols/x509/names.ts';
import {
  helloSelfSigned,
  kerberosAuthentication,
  smartcardLogon,
} from '../../../protocols/x509/profiles.ts';
import { seededRandom } from '../../../src/crypto/random.ts';
import { rsaDecrypt } from '../../../src/crypto/rsa.ts';
import { decode } from '../../../src/der/codec.ts';
import { type Authority, authority, issue, keyOf, revocationList, signed } from '../x509/pki.ts';
import { ALICE, ALICE_NAME, contoso, DAY, NOW, type World } from './contoso.ts';
import type { AccountSeed } from './listed-accounts.ts';

const YEAR = 365 * DAY;
const VALID = { notBefore: NOW - YEAR, notAfter: NOW + YEAR } as const;

export const ROOT: Authority = authority('contoso root', undefined, VALID);
export const ISSUING: Authority = authority('contoso issuing', ROOT, VALID);
/** Nobody in the domain trusts it. */
export const STRANGER: Authority = authority('stranger', undefined, VALID);

export const ALICE_SID = 'S-1-5-21-1-2-3-1105';
const SUBJECT = distinguishedName('CN=Alice Example,OU=Sales,DC=contoso,DC=com');

/** A list that says nothing, or these. */
export function listOf(issuer: Authority, revoked: Parameters<typeof revocationList>[1] = []): Crl {
  return revocationList(issuer, revoked, { thisUpdate: NOW - DAY, nextUpdate: NOW + 6 * DAY });
}

/** A certificate for the key of that name, valid a year before and after. */
export function certified(
  profile: CertificateProfile,
  key: string,
  issuer: Authority | 'itself' = ISSUING,
  options: Partial<Issuance> = {},
): Certificate {
  const signer = issuer === 'itself' ? undefined : issuer;
  return issue(profile, keyOf(key), signer, { ...VALID, ...options });
}

export const KDC_PROFILE = kerberosAuthentication({
  dnsHostName: 'dc1.contoso.com',
  domain: 'contoso.com',
  netbios: 'CONTOSO',
});
export const KDC_CERTIFICATE = certified(KDC_PROFILE, 'rsa dc1');

/** Alice's smart card: UPN and SID. */
export function smartcard(changes: Partial<Parameters<typeof smartcardLogon>[0]> = {}) {
  return smartcardLogon({ subject: SUBJECT, upn: 'alice@contoso.com', sid: ALICE_SID, ...changes });
}

/** The certificate that a Hello key signs itself. */
export function hello(key: string): Certificate {
  const profile = helloSelfSigned({
    sid: ALICE_SID,
    keyId: '6d7f2a0b-0000-4000-8000-000000000001',
    tenantId: '6d7f2a0b-0000-4000-8000-000000000002',
    upn: 'alice@contoso.com',
  });
  return issue(profile, keyOf(key), undefined, VALID);
}

export function identityOf(certificate: Certificate, key: string): PkinitIdentity {
  const { algorithm } = keyOf(key);
  return { certificate: certificate.der, chain: [ISSUING.certificate.der], key, algorithm };
}

export const SERVICES: PublicKeyServices = {
  roots: [ROOT.certificate.der],
  ntAuth: [ISSUING.certificate.der],
  intermediates: [ISSUING.certificate.der],
  revocationLists: [listOf(ROOT).der, listOf(ISSUING).der],
};

export const TRUST: KdcTrust = { ...SERVICES, revocation: 'required', validation: 'strict' };

export interface PkinitWorld extends World {
  /** What the KDC remembers, from one exchange to the next. */
  state: kdc.State;
}

export interface WorldWish {
  readonly seeds?: readonly AccountSeed[];
  readonly policy?: Partial<PkinitPolicy>;
  readonly services?: Partial<PublicKeyServices>;
  /** Of the KDC; null: it has none. */
  readonly certificate?: { readonly certificate: Certificate; readonly key: string } | null;
}

export function pkinitWorld({
  seeds = [],
  policy,
  services,
  certificate,
}: WorldWish = {}): PkinitWorld {
  const base = contoso(seeds, { pkinit: { ...DEFAULT_PKINIT_POLICY, ...policy } });
  const own = certificate ?? { certificate: KDC_CERTIFICATE, key: 'rsa dc1' };
  const realm: Realm =
    certificate === null
      ? base.realm
      : { ...base.realm, pkinit: identityOf(own.certificate, own.key) };
  const all = { ...SERVICES, ...services };
  const accounts = { ...base.accounts, publicKeyServices: () => all };
  return { realm, accounts, state: kdc.ready(realm) };
}

/** Alice with these keys in msDS-KeyCredentialLink. */
export function aliceWithKeys(
  keys: readonly string[],
  properties: Partial<Pick<KeyCredential, 'mfa' | 'attested'>> = {},
): AccountSeed {
  const keyCredentials = keys.map((name) => ({
    publicKey: keyOf(name).publicKey,
    mfa: false,
    attested: false,
    ...properties,
  }));
  return { ...ALICE, keyCredentials };
}

/** What became of a sign-in, from both sides. */
export interface Outcome {
  readonly client: as.State<PkinitState>;
  /** Codes that the KDC refused with, on the way. */
  readonly codes: readonly number[];
  readonly errors: readonly KrbError[];
  /** Sentences of the KDC's notes. */
  readonly causes: string;
  readonly requests: readonly Uint8Array[];
  readonly replies: readonly Uint8Array[];
  readonly signatures: number;
  /** What the directory is to write. */
  readonly changes: readonly AccountChange[];
  /** Keys of replies. */
  readonly agreed: readonly KerberosKey[];
}

export interface SignInWish {
  readonly options?: Partial<PkinitOptions>;
  readonly trust?: KdcTrust;
  readonly request?: Partial<AsRequest>;
  /** The KDC's clock. */
  readonly now?: number;
  /** By how much the client's is ahead, milliseconds. */
  readonly ahead?: number;
  /** What somebody in between makes of the messages. */
  readonly tampered?: (bytes: Uint8Array) => Uint8Array;
  readonly answered?: (bytes: Uint8Array) => Uint8Array;
  readonly chance?: string;
}

const { forwardable, renewable, canonicalize, renewableOk } = KdcOptions;

/** One sign-in with a certificate. */
export function signsIn(
  world: PkinitWorld,
  identity: PkinitIdentity,
  wish: SignInWish = {},
): Outcome {
  const now = wish.now ?? NOW;
  const { tampered = (bytes) => bytes, answered = (bytes) => bytes } = wish;
  const random = seededRandom(3, wish.chance ?? 'pkinit world');
  const clientEnv = {
    now: now + (wish.ahead ?? 0),
    stamp: (now + (wish.ahead ?? 0)) * 1_000,
    offset: 0,
    random,
  };
  const env: KdcEnv = { now, random, accounts: world.accounts };
  const log = newLog();
  const request: AsRequest = {
    realm: 'CONTOSO.COM',
    cname: ALICE_NAME,
    kdcOptions: forwardable | renewable | canonicalize | renewableOk,
    till: NOW + DAY,
    etypes: [18, 17, 23, 15],
    includePac: true,
    encPaRep: true,
    learnsTime: false,
    ...wish.request,
  };
  const preAuth = pkinitState(identity, wish.trust ?? TRUST, wish.options);
  let step = as.step(pkinit, { name: 'idle' }, { kind: 'asked', request, preAuth }, clientEnv);
  for (let turns = 0; turns < 12; turns++) {
    const [effect] = step.effects;
    if (effect === undefined) break;
    const event = carriedOut(world, effect, env, log, tampered, answered);
    if (event === undefined) break;
    step = as.step(pkinit, step.state, event, clientEnv);
  }
  const { causes, ...rest } = log;
  return { client: step.state, causes: causes.join('\n'), ...rest };
}

const newLog = (): Log => ({
  codes: [],
  errors: [],
  causes: [],
  requests: [],
  replies: [],
  signatures: 0,
  changes: [],
  agreed: [],
});

interface Log {
  readonly codes: number[];
  readonly errors: KrbError[];
  readonly causes: string[];
  readonly requests: Uint8Array[];
  readonly replies: Uint8Array[];
  signatures: number;
  readonly changes: AccountChange[];
  readonly agreed: KerberosKey[];
}

function carriedOut(
  world: PkinitWorld,
  effect: as.Effect,
  env: KdcEnv,
  log: Log,
  tampered: (bytes: Uint8Array) => Uint8Array,
  answered: (bytes: Uint8Array) => Uint8Array,
): as.Event<PkinitState> | undefined {
  switch (effect.kind) {
    case 'sign':
      return {
        kind: 'signed',
        signature: signed(keyOf(effect.key), effect.data, effect.algorithm),
      };
    case 'decrypt': {
      const data = rsaDecrypt(effect.algorithm, keyOf(effect.key).object, effect.data);
      return { kind: 'decrypted', ...(data === undefined ? {} : { data }) };
    }
    case 'request': {
      log.requests.push(effect.bytes);
      const bytes = answeredBy(world, tampered(effect.bytes), env, log);
      if (bytes === undefined) return { kind: 'unanswered', reason: log.causes.join() };
      log.replies.push(bytes);
      return { kind: 'answered', bytes: answered(bytes) };
    }
    case 'rejected':
      return undefined;
  }
}

/** The KDC's answer, signed where it has to be. */
export function answeredBy(
  world: PkinitWorld,
  bytes: Uint8Array,
  env: KdcEnv,
  log: Log = newLog(),
): Uint8Array | undefined {
  let event: kdc.Event = {
    kind: 'received',
    transport: 'tcp',
    from: '10.0.0.7',
    fromPort: 40_000,
    bytes,
  };
  for (;;) {
    const { state, effects } = kdc.step(world.state, event, env);
    world.state = state;
    let next: kdc.Event | undefined;
    for (const effect of effects) {
      if (effect.kind === 'note') log.causes.push(effect.text);
      if (effect.kind === 'account') log.changes.push(effect.change);
      if (effect.kind === 'agreed') log.agreed.push(effect.key);
      if (effect.kind === 'close' || effect.kind === 'silence') log.causes.push(effect.reason);
      if (effect.kind === 'sign') {
        log.signatures++;
        const signature = signed(keyOf(effect.key), effect.data, effect.algorithm);
        next = { kind: 'signed', id: effect.id, signature };
      }
    }
    if (next !== undefined) {
      event = next;
      continue;
    }
    const reply = effects.find((effect) => effect.kind === 'reply');
    if (reply?.kind !== 'reply') return undefined;
    if (reply.message === 'KRB-ERROR') {
      const error = decode(KrbError, reply.bytes);
      log.errors.push(error);
      log.codes.push(error.errorCode);
    }
    return reply.bytes;
  }
}

/** What it came to, in a word: `done`, the code, or what the client did not believe. */
export function resultOf({ client }: Outcome): string {
  if (client.name !== 'failed') return client.name;
  const { failure } = client;
  switch (failure.kind) {
    case 'refused':
      return `${failure.errorCode}`;
    case 'untrusted':
      return `untrusted ${failure.check}`;
    case 'untrustedKdc':
      return `untrustedKdc ${failure.problem}`;
    case 'malformed':
    case 'unusable':
    case 'unanswered':
      return `${failure.kind}: ${failure.reason}`;
    default:
      return failure.kind;
  }
}
