/** Our client signing in with a private key at other people's KDCs, and the certificates of both. */
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { none, type Outcome } from '../../protocols/actors/exchange-state.ts';
import * as exchanges from '../../protocols/actors/exchanges.ts';
import { type PkinitOptions, pkinitState } from '../../protocols/pkinit/client-state.ts';
import type { KdcTrust } from '../../protocols/pkinit/kdc-trust.ts';
import { readPem } from '../../protocols/x509/pem.ts';
import { chanceKeys } from '../../src/signing/key-maker.ts';
import { keyStore } from '../../src/signing/key-store.ts';
import { nodeProvider } from '../../src/signing/node-provider.ts';
import { keyOperations } from '../../src/signing/operations.ts';
import { signer } from '../../src/signing/signer.ts';
import {
  CLIENT_EKU,
  dnsSan,
  eku,
  type Identity,
  KDC_EKU,
  type KeyKind,
  OpensslAuthority,
  principalSan,
  SERVER_EKU,
} from './openssl-pki.ts';
import { asRequest, exchanged, REALM } from './our-client.ts';

const NT_PRINCIPAL = 1;
const NT_SRV_INST = 2;

/** An authority with everything that a KDC may show, right and wrong. */
export class Certificates {
  readonly folder = mkdtempSync(join(tmpdir(), 'kerblab-pki-'));
  readonly authority = new OpensslAuthority(this.folder, 'ca');
  /** One that our client does not know. */
  readonly foreign = new OpensslAuthority(this.folder, 'foreign');
  readonly #krbtgt = principalSan(REALM, NT_SRV_INST, ['krbtgt', REALM], 'dc.krb.example');

  remove(): void {
    rmSync(this.folder, { recursive: true, force: true });
  }

  client(name: string, key: KeyKind = 'rsa:2048'): Identity {
    const extensions = [...eku(CLIENT_EKU), ...principalSan(REALM, NT_PRINCIPAL, [name])];
    return this.authority.issue({ name: `${name}-${key.replace(':', '-')}`, key, extensions });
  }

  kdc(): Identity {
    const extensions = [...eku(KDC_EKU, SERVER_EKU), ...this.#krbtgt];
    return this.authority.issue({ name: 'kdc', extensions });
  }

  /** What is wrong with a KDC's certificate, by the problem that our client is to find. */
  wrong(): ReadonlyMap<string, Identity> {
    const right = eku(KDC_EKU);
    const kdc = [...right, ...this.#krbtgt];
    const [server, other] = [
      [...eku(SERVER_EKU), ...this.#krbtgt],
      [...right, ...dnsSan('dc.other.example')],
    ];
    return new Map([
      ['untrustedRoot', this.foreign.issue({ name: 'kdc-foreign', extensions: kdc })],
      ['keyPurpose', this.authority.issue({ name: 'kdc-server', extensions: server })],
      ['name', this.authority.issue({ name: 'kdc-other', extensions: other })],
      ['expired', this.authority.issue({ name: 'kdc-old', extensions: kdc, from: -20, until: -2 })],
    ]);
  }

  /** What our client believes. */
  trust(): KdcTrust {
    return {
      roots: [der(this.authority.certificate)],
      intermediates: [],
      revocationLists: [],
      revocation: 'ifKnown',
      validation: 'strict',
    };
  }
}

export function der(file: string): Uint8Array {
  const block = readPem(readFileSync(file, 'utf8'))[0];
  if (block === undefined) throw new Error(`${file} is no PEM`);
  return block.der;
}

export interface PublicKeySignIn {
  readonly client: Identity;
  readonly trust: KdcTrust;
  readonly options?: Partial<PkinitOptions>;
  readonly algorithm?: string;
  readonly name?: string;
  readonly etypes?: readonly number[];
}

export async function signInByKey(port: number, wanted: PublicKeySignIn): Promise<Outcome> {
  const { client, trust, options = {}, name = 'alice', etypes = [18, 17] } = wanted;
  const { algorithm = 'sha256WithRSAEncryption' } = wanted;
  const keys = keyStore();
  keys.put('own', der(client.key));
  const signing = signer(keys, nodeProvider({ deterministic: false }));
  const certificate = der(client.certificate);
  const state = pkinitState({ certificate, chain: [], key: 'own', algorithm }, trust, options);
  const outcome = await exchanged(
    port,
    (exchange, env) =>
      exchanges.beginAs(
        none(),
        'test',
        asRequest(name, etypes),
        { mechanism: 'publicKey', state },
        exchange,
        env,
      ),
    undefined,
    keyOperations(keys, signing, chanceKeys()),
  );
  await signing.close();
  return outcome;
}

/** What our client found wrong with the KDC: `untrustedRoot`, `name`. */
export function problemOf(outcome: Outcome): string {
  if (outcome.kind === 'failed' && outcome.failure.kind === 'untrustedKdc') {
    return outcome.failure.problem;
  }
  throw new Error(`the KDC was believed, or something else failed: ${JSON.stringify(outcome)}`);
}
