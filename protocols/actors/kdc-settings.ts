/** What an administrator or an update changes at a running KDC. */
import type { Args } from '../../src/machine/actor.ts';
import type { VerbDefinition } from '../../src/scenario/role.ts';
import { object } from '../../src/schema/schema.ts';
import type * as kdc from '../kdc/kdc.ts';
import { type PkinitFields, pkinitFields, pkinitPolicyOf } from './pkinit-fields.ts';

export const settingVerbs: Readonly<Record<string, VerbDefinition>> = {
  configures: {
    about:
      'Changes what holds for public keys, as the registry and updates do: the fields of `pkinit`, those that are given.',
    schema: object({ configures: pkinitFields }),
  },
};

/** The KDC with what the command says, and a sentence; undefined: it is another command. */
export function configured(
  state: kdc.State,
  verb: string,
  args: Args,
): { readonly state: kdc.State; readonly text: string } | undefined {
  if (verb !== 'configures') return undefined;
  const fields = args.configures as PkinitFields;
  const { realm } = state;
  const pkinit = pkinitPolicyOf(fields, realm.policy.pkinit);
  return {
    state: { ...state, realm: { ...realm, policy: { ...realm.policy, pkinit } } },
    text: `the KDC is configured anew: ${JSON.stringify(fields)}`,
  };
}
