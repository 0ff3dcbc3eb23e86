/** A person: what they know is typed at a device. */
import type { ActorEffect, ActorEvent } from '../../src/machine/actor.ts';
import { assertNever, type Step, to, unexpected } from '../../src/machine/machine.ts';
import { role } from '../../src/scenario/role.ts';
import { actor, object, oneOf, optional, secret, text } from '../../src/schema/schema.ts';
import { userFields } from './fields.ts';
import { isSecret, PASSWORD } from './user-entries.ts';

/** Who they are to a device. */
interface Typed {
  readonly realm: string;
  readonly userName: string;
}

type State = { readonly name: 'absent' } | { readonly name: 'present' };

function step(typed: Typed, state: State, event: ActorEvent): Step<State, ActorEffect> {
  switch (state.name) {
    case 'absent':
      if (event.kind !== 'started') return unexpected(state, event, 'started');
      return to({ name: 'present' });
    case 'present': {
      if (event.kind !== 'commanded') return unexpected(state, event, 'commanded');
      const { as: userName = typed.userName, on, value } = event.args;
      if (event.verb !== 'enters' || typeof on !== 'string' || !isSecret(value)) {
        return unexpected(state, event, 'enters password on a device');
      }
      return to(state, [
        { kind: 'tell', to: on, what: PASSWORD, args: { ...typed, userName, value } },
      ]);
    }
    default:
      return assertNever(state);
  }
}

export const user = role({
  role: 'user',
  about: 'A person with an account in a realm, who types a password at a device.',
  fields: userFields,
  verbs: {
    enters: {
      about: 'Types a password at a device: to sign in, or to unlock it.',
      schema: object({
        enters: oneOf('What is typed', [PASSWORD]),
        value: secret('The password as typed, right or wrong'),
        as: optional(
          text('The name as typed; left out: the one that they always type', { example: 'asmith' }),
        ),
        on: actor('Where it is typed', 'device'),
      }),
    },
  },
  states: ['absent', 'present'],
  build(name, config) {
    const { sAMAccountName = name, userName = sAMAccountName } = config;
    const typed: Typed = { realm: config.realm.toUpperCase(), userName };
    const initial: State = { name: 'absent' };
    return {
      name,
      role: 'user',
      machine: 'actors/user',
      initial,
      step: (state, event) => step(typed, state as State, event),
      stateName: (state) => (state as State).name,
      view: (state) => ({ state: (state as State).name }),
    };
  },
});
