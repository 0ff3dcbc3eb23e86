/** The role `rdp-host`: a file's entry becomes the machine of `rdp-host.ts`. */
import type { Json } from '../../src/machine/actor.ts';
import { role } from '../../src/scenario/role.ts';
import { object, text } from '../../src/schema/schema.ts';
import { step } from './rdp-host.ts';
import { type RdpHostConfig, rdpHostConfig, rdpHostFields } from './rdp-host-config.ts';
import { networkIdentity } from './rdp-host-screen.ts';
import type { Running, Session, State } from './rdp-host-state.ts';

function view(config: RdpHostConfig, state: State): Json {
  if (state.name === 'off') return { state: 'off' };
  const sessions = Object.values(state.connections).flatMap(({ stage }) =>
    stage.name === 'signedIn' ? [stage.session] : [],
  );
  return {
    state: state.name,
    connections: Object.keys(state.connections).length,
    sessions: sessions.map((session) => ({
      name: session.identity.name,
      sid: session.identity.sid,
      networkLevelAuthentication: session.before ?? null,
      signedInBy: session.signIn.by,
      ...(session.signIn.by === 'card' ? { card: { ...session.signIn.card } } : {}),
      ...(session.locked === true ? { locked: true } : {}),
      networkIdentity: networkIdentity(config, session),
      ...opened(session),
    })),
    ...disconnectedView(state),
  };
}

/** What programs of a session have come to, by service. */
function opened({ programs }: Session): { readonly opened?: Json } {
  const entries = Object.entries(programs).map(([target, program]): [string, Json] => [
    target,
    program.name === 'failed'
      ? { state: 'failed', reason: program.reason }
      : { state: program.name },
  ]);
  return entries.length === 0 ? {} : { opened: Object.fromEntries(entries) };
}

/** Sessions that nobody looks at. */
function disconnectedView({ disconnected }: Running): { readonly disconnected?: Json } {
  const left = Object.values(disconnected).map((session) => ({
    name: session.identity.name,
    signedInBy: session.signIn.by,
    ...opened(session),
  }));
  return left.length === 0 ? {} : { disconnected: left };
}

export const rdpHost = role({
  role: 'rdp-host',
  about: 'A computer in the realm that users sign in to from afar, over RDP.',
  fields: rdpHostFields,
  verbs: {
    opens: {
      about:
        'A program in somebody’s session opens a service, with what the session has to show for its user.',
      schema: object({
        opens: text('The service', {
          example: 'cifs/files.corp.example',
          pattern: /^[^/@\s]+\/[^/@\s]+$/,
          expected: 'class/host such as cifs/files.corp.example',
        }),
        as: text('Whose session it is', { example: 'alice' }),
      }),
    },
  },
  states: ['off', 'ready', 'sessionOpen'],
  servesIn: true,
  build(name, config, scene) {
    const built = rdpHostConfig(scene, name, config);
    const initial: State = { name: 'off' };
    return {
      name,
      role: 'rdp-host',
      machine: 'actors/rdp-host',
      initial,
      step: (state, event, env) => step(built, state as State, event, env),
      stateName: (state) => (state as State).name,
      view: (state) => view(built, state as State),
    };
  },
});
