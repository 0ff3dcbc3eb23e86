/** A person: what they know is typed at a device, what they are is shown to it. */
import type { ActorEffect, ActorEvent, Args, Json } from '../../src/machine/actor.ts';
import { assertNever, type Step, to, unexpected } from '../../src/machine/machine.ts';
import { role } from '../../src/scenario/role.ts';
import {
  actor,
  defaulted,
  flag,
  listOf,
  object,
  oneOf,
  optional,
  secret,
  text,
} from '../../src/schema/schema.ts';
import { userFields } from './fields.ts';
import { BIOMETRICS } from './hello-fields.ts';
import { noteIdentity } from './pki-certificates.ts';
import { type CastSecurityKey, securityKeyOf } from './security-keys-cast.ts';
import { CLIENT_CREDENTIALS, CLIENT_MODES, type ToldWhat } from './user-entries.ts';

/** Who they are to a device. */
interface Typed {
  readonly realm: string;
  readonly userName: string;
}

interface Config {
  readonly typed: Typed;
  /** What they carry; absent: no security key. */
  readonly securityKey?: CastSecurityKey;
}

type State =
  | { readonly name: 'absent' }
  /** `touches`: how often their security key has signed. */
  | { readonly name: 'present'; readonly touches: number };

function step(
  { typed, securityKey }: Config,
  state: State,
  event: ActorEvent,
): Step<State, ActorEffect> {
  switch (state.name) {
    case 'absent':
      if (event.kind !== 'started') return unexpected(state, event, 'started');
      return to({ name: 'present', touches: 0 });
    case 'present': {
      if (event.kind !== 'commanded') return unexpected(state, event, 'commanded');
      const what = whatOf(event.verb, event.args);
      const { as: userName = typed.userName, on, ...args } = event.args;
      if (what === undefined || typeof on !== 'string') {
        return unexpected(state, event, Object.keys(VERBS).join(', '));
      }
      const { [event.verb]: object, ...rest } = args;
      // Which host is what the client is told; of other verbs the object is in the name already.
      const said = what.startsWith('remote desktop') ? { host: object as Json, ...rest } : rest;
      if (what === 'security key') {
        if (securityKey === undefined) {
          const why = 'there is no security key to show: the file gives none';
          return to(state, [{ kind: 'note', level: 'cause', text: why }]);
        }
        const touches = state.touches + 1;
        const { credentialId, key } = securityKey;
        const shown = { ...typed, userName, ...said, credentialId, key, counter: touches };
        return to({ ...state, touches }, [{ kind: 'tell', to: on, what, args: shown }]);
      }
      return to(state, [{ kind: 'tell', to: on, what, args: { ...typed, userName, ...said } }]);
    }
    default:
      return assertNever(state);
  }
}

/** What a device is told when somebody does that; undefined: nothing that people do. */
function whatOf(verb: string, args: Args): ToldWhat | undefined {
  const object = args[verb];
  switch (verb) {
    case 'enters':
      return object === 'pin' ? 'pin' : 'password';
    case 'shows':
      if (object === 'security-key') return 'security key';
      return object === 'face' ? 'face' : 'fingerprint';
    case 'changes':
      return 'pin change';
    case 'resets':
      return 'pin reset';
    case 'provisions':
      return 'hello provisioning';
    case 'enrolls':
      return 'certificate enrolment';
    case 'deletes':
      return 'hello container deletion';
    case 'joins':
      return 'device join';
    case 'connects':
      return 'remote desktop connection';
    case 'disconnects':
      return 'remote desktop disconnection';
    default:
      return undefined;
  }
}

const name = optional(
  text('The name as typed; left out: the one that they always type', { example: 'asmith' }),
);

const host = text('The host: a name or an address', {
  example: 'rd1.corp.example',
  pattern: /^[A-Za-z0-9.:-]+$/,
  expected: 'a host name such as rd1.corp.example',
});

const VERBS = {
  enters: {
    about: 'Types a password or a PIN at a device: to sign in, or to unlock it.',
    schema: object({
      enters: oneOf('What is typed', ['password', 'pin']),
      value: secret('What is typed, right or wrong'),
      challenge: optional(
        text('What is typed below the phrase that the screen asks for', { example: 'A1B2C3' }),
      ),
      into: optional(
        text('The remote session in whose window it is typed, with Enter after it', {
          example: 'rd1.corp.example',
        }),
      ),
      as: name,
      on: actor('Where it is typed', 'device'),
    }),
  },
  shows: {
    about: 'Shows a finger, a face or their security key to a device: to sign in, or to unlock it.',
    schema: object({
      shows: oneOf('What is shown', [...BIOMETRICS, 'security-key']),
      matches: defaulted(flag('The sensor, or the security key, knows them again'), true),
      as: name,
      on: actor('Which device looks', 'device'),
    }),
  },
  changes: {
    about: 'Chooses another PIN, with the one that there is.',
    schema: object({
      changes: oneOf('What is changed', ['pin']),
      value: secret('The PIN up to now, right or wrong'),
      newValue: secret('The new PIN'),
      as: name,
      on: actor('Where', 'device'),
    }),
  },
  resets: {
    about: 'Chooses another PIN without the one that there is ("I forgot my PIN").',
    schema: object({
      resets: oneOf('What is reset', ['pin']),
      newValue: secret('The new PIN'),
      as: name,
      on: actor('Where', 'device'),
    }),
  },
  provisions: {
    about: 'Sets Windows Hello up on the device where they are signed in.',
    schema: object({
      provisions: oneOf('What is set up', ['hello']),
      value: secret('The PIN that they choose'),
      biometrics: defaulted(
        listOf('What they enrol besides', oneOf('A biometric gesture', BIOMETRICS)),
        [],
      ),
      as: name,
      on: actor('Where', 'device'),
    }),
  },
  enrolls: {
    about:
      'Answers the prompt for a certificate for their Hello key, which Windows shows at sign-in as long as there is none.',
    schema: object({
      enrolls: oneOf('What is asked for', ['certificate']),
      value: secret('The PIN, right or wrong: the key signs the request'),
      as: name,
      on: actor('Where', 'device'),
    }),
  },
  deletes: {
    about: 'Runs certutil -deletehellocontainer in their session.',
    schema: object({
      deletes: oneOf('What is deleted', ['hello-container']),
      as: name,
      on: actor('Where', 'device'),
    }),
  },
  joins: {
    about: 'Joins a device that is joined to nothing to Entra, where Windows is set up.',
    schema: object({
      joins: oneOf('What it is joined to', ['entra']),
      value: secret('Their password, right or wrong'),
      as: name,
      on: actor('Which device', 'device'),
    }),
  },
  connects: {
    about:
      'Starts Remote Desktop Connection on the device where they are signed in. It asks for credentials: what they enter or show next goes to that prompt.',
    schema: object({
      connects: host,
      with: defaulted(
        oneOf(
          'What the client takes: what the prompt is given, what the session has already, or nothing',
          CLIENT_CREDENTIALS,
        ),
        'prompt',
      ),
      mode: defaulted(
        oneOf('How it is started: as usual, /restrictedAdmin or /remoteGuard', CLIENT_MODES),
        'normal',
      ),
      security: defaulted(
        oneOf(
          'What it offers: standard RDP security, TLS, CredSSP (nla), CredSSP with early user authorization (ext)',
          ['rdp', 'tls', 'nla', 'ext'],
        ),
        'ext',
      ),
      as: name,
      on: actor('Which device', 'device'),
    }),
  },
  disconnects: {
    about: 'Closes Remote Desktop Connection.',
    schema: object({ disconnects: host, as: name, on: actor('Which device', 'device') }),
  },
} as const;

export const user = role({
  role: 'user',
  about: 'A person with an account in a realm, who types at a device and is looked at by it.',
  fields: userFields,
  verbs: VERBS,
  states: ['absent', 'present'],
  build(name, config, scene) {
    noteIdentity(scene, name, config);
    const { sAMAccountName = name, userName = sAMAccountName } = config;
    const typed: Typed = { realm: config.realm.toUpperCase(), userName };
    const securityKey = securityKeyOf(scene, name, config);
    const own: Config = { typed, ...(securityKey === undefined ? {} : { securityKey }) };
    const initial: State = { name: 'absent' };
    return {
      name,
      role: 'user',
      machine: 'actors/user',
      initial,
      step: (state, event) => step(own, state as State, event),
      stateName: (state) => (state as State).name,
      view: (state) => ({ state: (state as State).name }),
    };
  },
});
