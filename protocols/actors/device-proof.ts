/** With what a Hello key proves to a domain controller who its owner is. */
import { equal } from '../../src/bytes/bytes.ts';
import type { Container } from '../hello/container.ts';
import { describeError, HelloErrors } from '../hello/hello-errors.ts';
import type { Trust } from '../hello/policy.ts';
import { signatureAlgorithmOf } from '../hello/self-signed.ts';
import { pkinitState } from '../pkinit/client-state.ts';
import { type Certificate, readCertificates } from '../x509/certificate.ts';
import { containerState, type Hello, type HelloConfig } from './device-hello.ts';
import type { SessionProof } from './logon-session.ts';
import type { Proof } from './mechanisms.ts';

export type HelloProof =
  | { readonly kind: 'proof'; readonly proof: Proof }
  | { readonly kind: 'none'; readonly why: string };

/** @param lists revocation lists as they are held now */
export function helloProof(
  config: HelloConfig,
  hello: Hello,
  container: Container,
  lists: readonly Uint8Array[],
): HelloProof {
  const { trust: kind } = container.settings;
  if (kind === 'cloud') {
    const why =
      'cloud Kerberos trust asks Entra for a partial ticket, and this device knows no tenant';
    return { kind: 'none', why };
  }
  const certificate = shown(hello, container, kind);
  if (certificate === undefined) return { kind: 'none', why: WITHOUT[kind] };
  return { kind: 'proof', proof: proofWith(config, container, certificate, lists) };
}

/**
 * The same as a smart card: with the certificate that an authority issued for the key, however the
 * directory knows the key otherwise.
 * @param lists revocation lists as they are held now
 */
export function smartCardProof(
  config: HelloConfig,
  hello: Hello,
  container: Container,
  lists: readonly Uint8Array[],
): HelloProof {
  const certificate = shown(hello, container, 'certificate');
  if (certificate === undefined) return { kind: 'none', why: WITHOUT.certificate };
  return { kind: 'proof', proof: proofWith(config, container, certificate, lists) };
}

function proofWith(
  config: HelloConfig,
  { key, settings }: Container,
  { der: certificate }: Certificate,
  lists: readonly Uint8Array[],
): Proof {
  // The authorities above it stand in the directory, where the domain controller has them from.
  const algorithm = signatureAlgorithmOf(settings.algorithm);
  const identity = { certificate, chain: [], key, algorithm };
  const trust = config.kdcTrust;
  const current = lists === trust.revocationLists ? trust : { ...trust, revocationLists: lists };
  return { mechanism: 'publicKey', state: pkinitState(identity, current, config.pkinit) };
}

const WITHOUT: Readonly<Record<Exclude<Trust, 'cloud'>, string>> = {
  key: 'the store has no certificate that the key signed itself',
  certificate: 'no authority has issued a certificate for the key yet',
};

/** Key trust shows what the key signed itself, certificate trust the youngest that an authority issued. */
function shown(
  { certificates: store }: Hello,
  { key, settings }: Container,
  trust: Exclude<Trust, 'cloud'>,
): Certificate | undefined {
  const own = store.filter(({ user, privateKey }) => {
    return user === settings.user && privateKey?.key === key;
  });
  return readCertificates(own.map(({ certificate }) => certificate))
    .filter(({ issuer, subject }) => equal(issuer.der, subject.der) === (trust === 'key'))
    .reduce<Certificate | undefined>(
      (best, one) => (best === undefined || one.notBefore > best.notBefore ? one : best),
      undefined,
    );
}

/**
 * Why a kept proof cannot be used once more; undefined: it can. The Hello key stays released as long as
 * its user is signed in, unless the container is deleted.
 */
export function proofObjection(
  hello: Hello,
  user: string,
  proof: SessionProof,
): string | undefined {
  if (proof.mechanism !== 'publicKey') return undefined;
  const state = containerState(hello, user);
  const { key } = proof.state.identity;
  if (state.name === 'released' && state.container.key === key) return undefined;
  return describeError(HelloErrors.keyNotFound);
}

/** Key transport by RSA wants its mark among the etypes (MS-PKCA 3.1.5.2). */
const DES_EDE3_CBC_ENV_OID = 15;

/** The etypes that stand in the request beside a proof. */
export function etypesWith(proof: Proof, etypes: readonly number[]): readonly number[] {
  const transport = proof.mechanism === 'publicKey' && proof.state.options.groups.length === 0;
  return transport ? [...etypes, DES_EDE3_CBC_ENV_OID] : etypes;
}
