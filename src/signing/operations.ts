/**
 * All that is done with private keys, by name: signatures go to the signer's provider as one batch,
 * the rest is done here. Who asks never sees the key.
 */
import { createPrivateKey, type KeyObject } from 'node:crypto';
import { type KeyTransport, rsaDecrypt } from '../crypto/rsa.ts';
import type { KeyKind, KeyMaker } from './key-maker.ts';
import type { KeyStore, SigningKey } from './key-store.ts';
import type { Signer, SignRequest } from './signer.ts';

export type KeyRequest =
  | ({ readonly kind: 'sign' } & SignRequest)
  | {
      readonly kind: 'decrypt';
      readonly key: string;
      readonly algorithm: KeyTransport;
      readonly data: Uint8Array;
    }
  | { readonly kind: 'generate'; readonly key: string; readonly algorithm: KeyKind };

export type KeyResult =
  | { readonly kind: 'signed'; readonly signature: Uint8Array }
  /** Absent `data`: not encrypted to that key. */
  | { readonly kind: 'decrypted'; readonly data?: Uint8Array }
  | { readonly kind: 'generated'; readonly publicKey: Uint8Array }
  /** The caller is at fault: no such key, no such algorithm, or one that does not go with the key. */
  | { readonly kind: 'impossible'; readonly reason: string };

export interface KeyOperations {
  /** One result a request, in the requests' order. Never rejects. */
  perform(batch: readonly KeyRequest[]): Promise<readonly KeyResult[]>;
  /** Forgets a key. */
  destroy(key: string): void;
}

export function keyOperations(keys: KeyStore, signer: Signer, make: KeyMaker): KeyOperations {
  const ready = new WeakMap<SigningKey, KeyObject>();

  const opened = (key: SigningKey): KeyObject => {
    let found = ready.get(key);
    if (found === undefined) {
      found = createPrivateKey({ key: Buffer.from(key.pkcs8), format: 'der', type: 'pkcs8' });
      ready.set(key, found);
    }
    return found;
  };

  const decrypt = (request: Extract<KeyRequest, { readonly kind: 'decrypt' }>): KeyResult => {
    const key = keys.find(request.key);
    if (key === undefined)
      return { kind: 'impossible', reason: `no key is called "${request.key}"` };
    const object = opened(key);
    if (object.asymmetricKeyType !== 'rsa') {
      return {
        kind: 'impossible',
        reason: `${request.key} is no RSA key: nothing is encrypted to it`,
      };
    }
    const data = rsaDecrypt(request.algorithm, object, request.data);
    return data === undefined ? { kind: 'decrypted' } : { kind: 'decrypted', data };
  };

  const generate = (name: string, kind: KeyKind): KeyResult => {
    const { pkcs8, spki } = make(name, kind);
    keys.put(name, pkcs8);
    return { kind: 'generated', publicKey: spki };
  };

  return {
    async perform(batch) {
      // Keys first: what is signed in the same instant may be signed with a new one.
      const done = batch.map((request): KeyResult | undefined => {
        if (request.kind === 'generate') return generate(request.key, request.algorithm);
        return request.kind === 'decrypt' ? decrypt(request) : undefined;
      });
      const asked = batch.filter((request) => request.kind === 'sign');
      const signed = asked.length === 0 ? [] : await signer.sign(asked);
      let next = 0;
      return done.map((result): KeyResult => {
        if (result !== undefined) return result;
        const made = signed[next++];
        if (made?.ok === true) return { kind: 'signed', signature: made.signature };
        return { kind: 'impossible', reason: made?.reason ?? 'the signer gave no result' };
      });
    },
    destroy: (key) => keys.remove(key),
  };
}
