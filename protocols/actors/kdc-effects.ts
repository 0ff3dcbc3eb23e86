/** What a domain controller does with the effects of its KDC. */
import type { ActorEffect } from '../../src/machine/actor.ts';
import { assertNever } from '../../src/machine/machine.ts';
import type { Store } from '../../src/machine/store.ts';
import type * as kdc from '../kdc/kdc.ts';
import { accountEffects } from './account-effects.ts';
import { type Route, type Routes, reply, replyKeyed } from './kdc-routes.ts';
import { SIGN_INS, type SignIns, withSignIn } from './sign-ins.ts';

/** What is kept from one answer to the next. */
export interface Kept {
  /** Where answers go that wait for a signature. */
  readonly routes: Routes;
  /** What is yet to be counted. */
  readonly signIns?: SignIns;
}

/** @param route of the answer */
export function carriedOut(
  wanted: readonly kdc.Effect[],
  state: Kept & { readonly kdc: kdc.State },
  route: Route,
  store: Store,
  now: number,
): Kept & { readonly effects: readonly ActorEffect[] } {
  const effects: ActorEffect[] = [];
  let { signIns, routes } = state;
  for (const effect of wanted) {
    switch (effect.kind) {
      case 'account': {
        const waiting = withSignIn(signIns, effect.change);
        if (waiting !== undefined) {
          if (signIns === undefined) effects.push(SIGN_INS);
          signIns = waiting;
          break;
        }
        effects.push(...accountEffects(store, state.kdc.realm, effect.change, now));
        break;
      }
      case 'reply':
        effects.push(reply(route, effect.message, effect.bytes));
        break;
      case 'agreed':
        effects.push(replyKeyed(effect));
        break;
      case 'close':
        if ('connection' in route) effects.push({ kind: 'close', connection: route.connection });
        break;
      case 'silence':
        effects.push({ kind: 'note', level: 'info', text: effect.reason });
        break;
      case 'sign':
      case 'note':
      case 'rejected':
        if (effect.kind === 'sign') routes = { ...routes, [effect.id]: route };
        effects.push(effect);
        break;
      default:
        assertNever(effect);
    }
  }
  return { effects, routes, ...(signIns === undefined ? {} : { signIns }) };
}
