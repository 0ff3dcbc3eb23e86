/** Causes of errors in PKINIT, by their id in the catalogue. */
import { freshnessToken } from '../../protocols/kdc/freshness.ts';
import { PA_AS_FRESHNESS } from '../../protocols/kerberos/constants.ts';
import { KrbError, MethodData } from '../../protocols/kerberos/messages.ts';
import { decode, encode, tryDecode } from '../../src/der/codec.ts';
import { MINUTE, NOW } from '../protocols/kdc/contoso.ts';
import { CASES, RSA } from '../protocols/kdc/pkinit-failures.ts';
import {
  type PkinitWorld,
  pkinitWorld,
  type SignInWish,
  signsIn,
} from '../protocols/kdc/pkinit-world.ts';
import { type Cases, type Outcome, outcomeOf } from './outcome.ts';

function last(world: PkinitWorld, identity = RSA, wish: SignInWish = {}): Outcome {
  const error = signsIn(world, identity, wish).errors.at(-1);
  if (error === undefined) throw new Error('the KDC refuses nothing');
  return outcomeOf(error);
}

/** A sign-in with another freshness token than the one that the KDC gave. */
function withToken(token: (world: PkinitWorld, own: Uint8Array) => Uint8Array): Outcome {
  const world = pkinitWorld();
  return last(world, RSA, {
    options: { freshness: true },
    answered(bytes) {
      const error = tryDecode(KrbError, bytes);
      if (!error.ok || error.value.eData === undefined) return bytes;
      const hints = tryDecode(MethodData, error.value.eData);
      if (!hints.ok) return bytes;
      const changed = hints.value.map((item) =>
        item.padataType === PA_AS_FRESHNESS
          ? { ...item, padataValue: token(world, item.padataValue) }
          : item,
      );
      return encode(KrbError, { ...decode(KrbError, bytes), eData: encode(MethodData, changed) });
    },
  });
}

/** One that the KDC made twenty minutes ago. */
function old({ realm, accounts }: PkinitWorld): Uint8Array {
  const env = { now: NOW - 20 * MINUTE, random: (size: number) => new Uint8Array(size) };
  const token = freshnessToken(realm, accounts, env);
  if (token === undefined) throw new Error('krbtgt has no key');
  return token;
}

/** The same of a read-only KDC: its number is in the key version. */
function readOnly({ realm, accounts }: PkinitWorld): Uint8Array {
  const number = 27_845;
  const set = { ...accounts.krbtgt(0)?.keys[0], kvno: 1 };
  const krbtgt = { ...accounts.krbtgt(0), keys: [set] } as ReturnType<typeof accounts.krbtgt>;
  const theirs = { ...accounts, krbtgt: () => krbtgt };
  const env = { now: NOW, random: (size: number) => new Uint8Array(size) };
  const made = freshnessToken({ ...realm, secondaryKrbTgtNumber: number }, theirs, env);
  if (made === undefined) throw new Error('krbtgt has no key');
  return made;
}

const broken = (_: PkinitWorld, own: Uint8Array): Uint8Array =>
  own.map((octet, i) => (i === own.length - 1 ? octet ^ 1 : octet));

export const PKINIT_CASES: Cases = {
  ...Object.fromEntries(
    CASES.map(({ id, identity, world, wish }) => [
      id,
      () => last(pkinitWorld(world), identity ?? RSA, wish),
    ]),
  ),
  'freshness-stale': () => withToken(old),
  'freshness-broken': () => withToken(broken),
  'freshness-read-only': () => withToken(readOnly),
};
