/** A certification authority: root, issuing, or somebody else's. */
import type { ActorEffect, ActorEvent, Json } from '../../src/machine/actor.ts';
import { assertNever, type Step, to, unexpected } from '../../src/machine/machine.ts';
import { role } from '../../src/scenario/role.ts';
import {
  type Authority,
  authority,
  firstPublication,
  type Publication,
  rootOf,
} from './pki-cast.ts';
import { certificateAuthorityFields } from './pki-fields.ts';

type State =
  | { readonly name: 'off' }
  | { readonly name: 'ready'; readonly publication: Publication };

interface Config {
  readonly authority: Authority;
  readonly first: Publication;
}

function step({ first }: Config, state: State, event: ActorEvent): Step<State, ActorEffect> {
  switch (state.name) {
    case 'off':
      if (event.kind !== 'started') return unexpected(state, event, 'started');
      return to({ name: 'ready', publication: first });
    case 'ready':
      return unexpected(state, event);
    default:
      return assertNever(state);
  }
}

function view({ authority: { certificate, parent } }: Config, state: State): Json {
  return {
    state: state.name,
    subject: certificate.subject.text,
    issuer: (parent?.certificate ?? certificate).subject.text,
    ...(state.name === 'ready' ? { crlNumber: state.publication.number } : {}),
  };
}

export const certificateAuthorityRole = role({
  role: 'certificate-authority',
  about:
    'A certification authority: it certifies others, and says which certificates count no more.',
  fields: certificateAuthorityFields,
  verbs: {},
  states: ['off', 'ready'],
  build(name, config, scene) {
    const own = authority(scene, name);
    if (config.realm !== undefined) scene.anchor(rootOf(own).der);
    const built: Config = { authority: own, first: firstPublication(scene, own) };
    const initial: State = { name: 'off' };
    return {
      name,
      role: 'certificate-authority',
      machine: 'actors/certificate-authority',
      initial,
      step: (state, event) => step(built, state as State, event),
      stateName: (state) => (state as State).name,
      view: (state) => view(built, state as State),
    };
  },
});
