/** The role `read-only-domain-controller`: a file's entry becomes the machine of its module. */
import { role } from '../../src/scenario/role.ts';
import { READ_ONLY_ROLE } from './cast-members.ts';
import type { DomainControllerFields } from './fields.ts';
import * as controller from './read-only-domain-controller.ts';
import { readOnlyControllerFields } from './read-only-fields.ts';
import { secondaryKrbTgtNumber } from './read-only-numbers.ts';
import { readOnlyNames } from './read-only-seeds.ts';
import { realmCast } from './realm-cast.ts';

export const readOnlyDomainController = role({
  role: READ_ONLY_ROLE,
  about: 'A read-only domain controller: a KDC with keys of its own and few people’s secrets.',
  fields: readOnlyControllerFields,
  verbs: {},
  states: ['off', 'ready', 'forwarding'],
  build(name, config, scene) {
    const { writable } = config;
    const partner = scene.actors[writable]?.config as DomainControllerFields;
    const built: controller.Config = {
      cast: realmCast(scene, writable, partner),
      writable,
      dnsHostName: readOnlyNames(name, config).dnsHostName,
      number: secondaryKrbTgtNumber(scene, name, config),
      revealed: config.revealed,
      forwardWaitTime: config.forwardWaitTime,
    };
    const initial: controller.State = { name: 'off' };
    return {
      name,
      role: READ_ONLY_ROLE,
      machine: 'actors/read-only-domain-controller',
      initial,
      step: (state, event, env) => controller.step(built, state as controller.State, event, env),
      stateName: (state) => (state as controller.State).name,
      view: (state) => controller.view(built, state as controller.State),
    };
  },
});
