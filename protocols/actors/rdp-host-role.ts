/** The role `rdp-host`: a file's entry becomes the machine of `rdp-host.ts`. */
import type { Json } from '../../src/machine/actor.ts';
import { role } from '../../src/scenario/role.ts';
import { step } from './rdp-host.ts';
import { type RdpHostConfig, rdpHostConfig, rdpHostFields } from './rdp-host-config.ts';
import { networkIdentity } from './rdp-host-screen.ts';
import type { State } from './rdp-host-state.ts';

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
      networkIdentity: networkIdentity(config, session),
    })),
  };
}

export const rdpHost = role({
  role: 'rdp-host',
  about: 'A computer in the realm that users sign in to from afar, over RDP.',
  fields: rdpHostFields,
  verbs: {},
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
