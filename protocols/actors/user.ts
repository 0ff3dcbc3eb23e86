/** A person: what they know is typed at a device. */
import type { ActorEffect, ActorEvent, Args, Secret } from '../../src/machine/actor.ts';
import { assertNever, type Step, to, unexpected } from '../../src/machine/machine.ts';
import { role } from '../../src/scenario/role.ts';
import { actor, object, oneOf, optional, secret, text } from '../../src/schema/schema.ts';
import { NT_ENTERPRISE, NT_PRINCIPAL } from '../kerberos/constants.ts';
import { principal } from '../kerberos/names.ts';
import { userFields } from './fields.ts';
import type { LogonName } from './logon-session.ts';

/** Who they are to a device. */
interface Typed {
  readonly realm: string;
  readonly userName: string;
}

type State = { readonly name: 'absent' } | { readonly name: 'present' };

const PASSWORD = 'password';

/** What a device hears when a password is typed. */
export interface Entered {
  readonly who: LogonName;
  readonly password: string;
}

function isSecret(value: Args[string] | undefined): value is Secret {
  return typeof value === 'object' && value !== null && 'secret' in value && 'from' in value;
}

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

/** Reads what a user tells a device; undefined: it is something else. */
export function enteredOf(
  event: Extract<ActorEvent, { readonly kind: 'told' }>,
): Entered | undefined {
  const { userName, realm, value } = event.args;
  if (event.what !== PASSWORD || !isSecret(value)) return undefined;
  if (typeof userName !== 'string' || typeof realm !== 'string') return undefined;
  // As Windows: `user@suffix` is one component of type NT-ENTERPRISE, anything else NT-PRINCIPAL.
  const nameType = userName.includes('@') ? NT_ENTERPRISE : NT_PRINCIPAL;
  const who = { user: event.from, realm, cname: principal(nameType, userName) };
  return { who, password: value.secret };
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
