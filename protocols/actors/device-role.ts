/** The role `device`: a file's entry becomes the machine of `device.ts`. */
import { role, type Scene } from '../../src/scenario/role.ts';
import { object, oneOf, text } from '../../src/schema/schema.ts';
import { WINDOWS_ETYPES } from '../kerberos/client.ts';
import { etypeByName } from '../kerberos/etypes.ts';
import { rdpServerFraming } from '../rdp/framing.ts';
import { domainControllers } from './cast-members.ts';
import { computerKeys, computerNames } from './computer.ts';
import * as device from './device.ts';
import type { DeviceConfig, State } from './device-state.ts';
import { view } from './device-view.ts';
import type { Service } from './exchange-state.ts';
import { type DeviceFields, deviceFields } from './fields.ts';
import { helloConfig } from './hello-cast.ts';
import { policyVerb } from './policy-fields.ts';
import { RDP_PORT, type RdpHostFields } from './rdp-host-config.ts';
import { servicesByHost } from './services-cast.ts';

export const deviceRole = role({
  role: 'device',
  about: 'A computer that is joined to a domain, to Entra or to both, and that users sign in to.',
  fields: deviceFields,
  verbs: {
    opens: {
      about: 'Opens a session with a service, getting what tickets it takes.',
      schema: object({
        opens: text('The service', {
          example: 'cifs/files.corp.example',
          pattern: /^[^/@\s]+\/[^/@\s]+$/,
          expected: 'class/host such as cifs/files.corp.example',
        }),
      }),
    },
    renews: {
      about: 'Renews a ticket of the user.',
      schema: object({ renews: oneOf('Which ticket', ['tgt']) }),
    },
    locks: {
      about: 'Locks the session; the user’s password, PIN, finger or face unlocks it.',
      schema: object({ locks: oneOf('What is locked', ['session']) }),
    },
    restarts: {
      about: 'Shuts down and starts again; whoever was signed in is not any more.',
      schema: object({ restarts: oneOf('What restarts', ['device']) }),
    },
    joins: {
      about:
        'A member of a domain registers itself with Entra, as its task Automatic-Device-Join does.',
      schema: object({ joins: oneOf('What it becomes', ['hybrid']) }),
    },
    appliesPolicy: policyVerb,
    signsOut: {
      about: 'Ends the session: connections are closed and tickets forgotten.',
      schema: object({ signsOut: oneOf('Who signs out', ['user']) }),
    },
  },
  states: ['off', 'signedOut', 'signingIn', 'signedIn', 'provisioning', 'locked', 'unlocking'],
  build(name, config, scene) {
    const built = deviceConfig(name, config, scene);
    const initial: State = { name: 'off' };
    return {
      name,
      role: 'device',
      machine: 'actors/device',
      initial,
      step: (state, event, env) => device.step(built, state as State, event, env),
      stateName: (state) => (state as State).name,
      view: (state) => view(built, state as State),
    };
  },
});

export function deviceConfig(name: string, config: DeviceFields, scene: Scene): DeviceConfig {
  const { kdcWaitTime, kdcBackoffTime, kdcSendRetries, udpPreferenceLimit } = config;
  const services = servicesByHost(scene);
  const desktops = desktopsByHost(scene);
  return {
    name,
    ...computerNames(name, config),
    realm: config.realm.toUpperCase(),
    keys: computerKeys(scene, name, config),
    etypes: config.etypes?.map((etype) => etypeByName(etype) as number) ?? WINDOWS_ETYPES,
    signsInAtStart: config.signsInAtStart,
    learnsKdcTime: config.learnsKdcTime,
    exchanges: {
      kdcs: (realm) => domainControllers(scene, realm),
      kdcExchange: { udpPreferenceLimit, kdcWaitTime, kdcBackoffTime, kdcSendRetries },
      serviceWaitTime: config.serviceWaitTime,
    },
    outgoingNtlm: config.outgoingNtlm,
    hello: helloConfig(scene, name, config),
    service: (host) => services.get(host.toLowerCase()),
    desktop: (host) => desktops.get(host.toLowerCase()),
  };
}

/** Stands in for DNS: which remote desktop host has a name or an address. */
function desktopsByHost(scene: Scene): ReadonlyMap<string, Service> {
  const desktops = new Map<string, Service>();
  for (const [actor, member] of Object.entries(scene.actors)) {
    if (member.role !== 'rdp-host') continue;
    const config = member.config as RdpHostFields;
    const service = { actor, port: RDP_PORT, framing: rdpServerFraming.name };
    const { dnsHostName, netbiosName } = computerNames(actor, config);
    for (const host of [dnsHostName, netbiosName, ...config.aliases]) {
      desktops.set(host.toLowerCase(), service);
    }
  }
  return desktops;
}
