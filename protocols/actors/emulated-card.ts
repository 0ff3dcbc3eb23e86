/**
 * The smart card that Windows emulates over a Hello container: its applications ask, the container judges
 * PINs and has the key used. Whoever has the reader (a virtual one, a redirected one) composes this.
 */
import { equalSecret, fromHex, utf8 } from '../../src/bytes/bytes.ts';
import { publicKeyKind } from '../../src/crypto/public-key.ts';
import type { ActorEffect } from '../../src/machine/actor.ts';
import { assertNever, type Env } from '../../src/machine/machine.ts';
import { gids } from '../gids/application.ts';
import { CHALLENGE_PHRASE } from '../hello/attempts.ts';
import type { Container } from '../hello/container.ts';
import type { KeyOperation } from '../hello/container-machine.ts';
import { pinTries } from '../hello/pin-tries.ts';
import type { Application, CardContents } from '../iso7816/application.ts';
import * as card from '../iso7816/card-machine.ts';
import { piv } from '../piv/application.ts';
import {
  closed,
  containerOf,
  containerState,
  coreEffects,
  type Hello,
  type HelloConfig,
  hear,
  refusalIn,
} from './device-hello.ts';

/** GIDS is what Windows shows; PIV stands beside it for readers that know nothing else. */
const APPLICATIONS: readonly Application[] = [gids, piv];

/** Undefined: the user has no container, or its key is of a kind that no card has. */
export function cardContents(
  config: Pick<HelloConfig, 'limits'>,
  hello: Hello,
  user: string,
  now: number,
): CardContents | undefined {
  const container = containerOf(hello, user);
  const publicKey = container && publicKeyKind(container.publicKey);
  if (container === undefined || publicKey === undefined) return undefined;
  const { guid } = container.settings;
  // What an authority issued comes after what the key gave itself.
  const certificate = certificatesOf(hello, container).at(-1);
  return {
    cardId: fromHex(guid.replaceAll('-', '')),
    container: guid,
    publicKey,
    ...(certificate === undefined ? {} : { certificate }),
    tries: pinTries(container, { limits: config.limits, tpm: hello.tpm, now }),
  };
}

function certificatesOf({ certificates }: Hello, { key }: Container): readonly Uint8Array[] {
  return certificates.flatMap(({ privateKey, certificate }) =>
    privateKey?.key === key ? [certificate] : [],
  );
}

export interface EmulatedCard {
  readonly hello: Hello;
  readonly card: card.State;
}

export interface CardStep extends EmulatedCard {
  readonly effects: readonly ActorEffect[];
  /** Whole responses, in their order, for who has the reader. */
  readonly responses: readonly Uint8Array[];
}

export interface CardOwner {
  readonly config: HelloConfig;
  readonly user: string;
  /** Somebody else has opened the container, and closes it: whoever leaves the card does not. */
  readonly keepsOpen?: boolean;
  /**
   * Taken besides the PIN as long as the container is open: what a finger or a face has opened on this side
   * can be handed on only so. Minidrivers know such a session PIN; how Windows does it is not documented.
   */
  readonly sessionPin?: string;
}

/** Lets the card hear something. Undefined: there is no container any more. */
export function heardByCard(
  owner: CardOwner,
  emulated: EmulatedCard,
  event: card.Event,
  env: Env,
): CardStep | undefined {
  const contents = cardContents(owner.config, emulated.hello, owner.user, env.now);
  if (contents === undefined) return undefined;
  const { now } = env;
  const cardEnv = { now, random: env.random, contents, applications: APPLICATIONS };
  const { state, effects } = card.step(emulated.card, event, cardEnv);
  let step: CardStep = { hello: emulated.hello, card: state, effects: [], responses: [] };
  for (const effect of effects) step = carriedOut(owner, step, effect, env);
  return step;
}

function carriedOut(owner: CardOwner, step: CardStep, effect: card.Effect, env: Env): CardStep {
  switch (effect.kind) {
    case 'respond':
      return { ...step, responses: [...step.responses, effect.bytes] };
    case 'verify':
      return verified(owner, step, effect.pin, env);
    case 'loggedOut':
      return owner.keepsOpen === true
        ? step
        : { ...step, hello: closed(owner.config, step.hello, owner.user, env) };
    case 'sign':
    case 'decrypt':
      return operated(owner, step, effect, env);
    case 'rejected':
      return { ...step, effects: [...step.effects, effect] };
    default:
      return assertNever(effect);
  }
}

/** A card has no screen where a phrase could be typed: it is typed for whoever holds it. */
function verified(owner: CardOwner, step: CardStep, pin: string, env: Env): CardStep {
  const { config, user, sessionPin } = owner;
  if (sessionPin !== undefined && equalSecret(utf8(sessionPin), utf8(pin))) {
    const isOpen = containerState(step.hello, user).name === 'released';
    return further(owner, step, { kind: 'judged', verdict: isOpen ? 'right' : 'notUsable' }, env);
  }
  const before = containerOf(step.hello, user);
  const entry = { pin, challenge: CHALLENGE_PHRASE };
  const heard = hear(config, step.hello, user, { kind: 'entered', entry }, env);
  const refusal = refusalIn(heard.effects);
  const after = containerOf(heard.hello, user);
  const counted = after?.screen.wrong !== before?.screen.wrong;
  const verdict = refusal === undefined ? 'right' : counted ? 'wrong' : 'notUsable';
  const note: readonly ActorEffect[] =
    refusal === undefined ? [] : [{ kind: 'note', level: 'info', text: refusal.reason }];
  const judged = { ...step, hello: heard.hello, effects: [...step.effects, ...note] };
  return further(owner, judged, { kind: 'judged', verdict }, env);
}

function operated(owner: CardOwner, step: CardStep, operation: KeyOperation, env: Env): CardStep {
  const { config, user } = owner;
  const heard = hear(config, step.hello, user, { kind: 'wanted', operation }, env);
  const { id } = operation;
  // Somebody else closed the container in between, the end of a session for one.
  if (refusalIn(heard.effects) !== undefined) {
    return further(owner, step, { kind: 'decrypted', id }, env);
  }
  const effects = [...step.effects, ...coreEffects(heard.effects, id)];
  return { ...step, hello: heard.hello, effects };
}

function further(owner: CardOwner, step: CardStep, event: card.Event, env: Env): CardStep {
  const next = heardByCard(owner, step, event, env);
  if (next === undefined) return step;
  return {
    ...next,
    effects: [...step.effects, ...next.effects],
    responses: [...step.responses, ...next.responses],
  };
}
