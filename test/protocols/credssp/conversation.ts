/** Both ends of CredSSP over NTLM, one against the other. */

import * as client from '../../../protocols/credssp/client.ts';
import { RESTRICTED_ADMIN } from '../../../protocols/credssp/credentials.ts';
import * as server from '../../../protocols/credssp/server.ts';
import { hex } from '../../../src/bytes/bytes.ts';
import { seededRandom } from '../../../src/crypto/random.ts';
import type { Env } from '../../../src/machine/machine.ts';
import { playbook } from '../../playbook.ts';
import { clientContext, type Judge, judged, serverContext } from './ntlm-context.ts';

export const PUBLIC_KEY = hex`3082010a0282010100c0ffee`;
export const NOW = Date.UTC(2026, 10, 28);

export const SERVER = { context: serverContext, publicKey: PUBLIC_KEY, version: 6 };
export const CLIENT = {
  context: clientContext,
  publicKey: PUBLIC_KEY,
  version: 6,
  credentials: {
    ...RESTRICTED_ADMIN,
    userName: 'alice',
    domainName: 'CORP',
    password: 'Pa55word!',
  },
};

const envOf = (who: string) => (): Env => ({ now: NOW, random: seededRandom(7, who) });

type ServerEvent = Parameters<
  typeof server.step<typeof serverContext.initial, ReturnType<typeof judged>, Judge>
>[2];

export const playServer = (config: Partial<typeof SERVER> = {}) =>
  playbook(
    (state: server.State<typeof serverContext.initial>, event: ServerEvent, env: Env) =>
      server.step({ ...SERVER, ...config }, state, event, env),
    { name: 'expectRequest' },
    envOf('server'),
  );

export const playClient = (config: Partial<typeof CLIENT> = {}) =>
  playbook(
    (
      state: client.State<typeof clientContext.initial>,
      event: client.Event<Parameters<typeof clientContext.step>[1] & { kind: 'begun' }>,
      env: Env,
    ) => client.step({ ...CLIENT, ...config }, state, event, env),
    { name: 'idle' },
    envOf('client'),
  );

type AnyEffect = { readonly kind: string };

/** The one TSRequest of a step. */
export function sent(effects: readonly AnyEffect[]): Uint8Array {
  const found = effects.find(
    (effect): effect is { readonly kind: 'send'; readonly bytes: Uint8Array } =>
      effect.kind === 'send',
  );
  if (found === undefined) throw new Error('nothing sent');
  return found.bytes;
}

/** The verdict that the server's context asks for. */
export function verdictFor(effects: readonly AnyEffect[]) {
  for (const effect of effects) {
    if (effect.kind !== 'context') continue;
    const { effect: inner } = effect as { readonly kind: 'context'; readonly effect: AnyEffect };
    if (inner.kind === 'judge') return judged(inner as Judge);
  }
  throw new Error('nobody is to be judged');
}
