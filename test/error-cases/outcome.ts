/** How a case of the error catalogue ends. */
import { type Effect, step } from '../../protocols/kdc/kdc.ts';
import type { Policy } from '../../protocols/kdc/realm.ts';
import { KerbErrorData, type KrbError } from '../../protocols/kerberos/messages.ts';
import { view } from '../../src/bytes/bytes.ts';
import { tryDecode } from '../../src/der/codec.ts';
import {
  ALICE,
  answer,
  contoso,
  envOf,
  errorOf,
  received,
  type World,
} from '../protocols/kdc/contoso.ts';
import type { AccountSeed } from '../protocols/kdc/listed-accounts.ts';

export interface Outcome {
  readonly code: number;
  /** NTSTATUS in e-data. */
  readonly status?: number;
}

export type Cases = Readonly<Record<string, () => Outcome>>;

/** KERB_ERR_TYPE_EXTENDED (MS-KILE 2.2.1) */
const EXTENDED = 3;

export function outcomeOf({ errorCode, eData }: KrbError): Outcome {
  if (eData === undefined) return { code: errorCode };
  const read = tryDecode(KerbErrorData, eData);
  if (!read.ok || read.value.dataType !== EXTENDED || read.value.dataValue === undefined) {
    return { code: errorCode };
  }
  return { code: errorCode, status: view(read.value.dataValue).getUint32(0, true) };
}

export const refusal = (effects: readonly Effect[]): Outcome => outcomeOf(errorOf(effects));

/** One request to the KDC of that world. */
export const asked = (world: World, bytes: Uint8Array, now?: number): Outcome =>
  refusal(answer(world, bytes, now));

/** The same request twice, the KDC remembering the first. */
export function askedTwice(world: World, bytes: Uint8Array): Outcome {
  const first = step(world.state, received(bytes), envOf(world)());
  return refusal(step(first.state, received(bytes), envOf(world)()).effects);
}

/** CONTOSO.COM with another Alice. */
export const withAlice = (
  alice: Partial<AccountSeed>,
  policy: { readonly [P in keyof Policy]?: Policy[P] } = {},
): World => contoso([{ ...ALICE, ...alice }], policy);
