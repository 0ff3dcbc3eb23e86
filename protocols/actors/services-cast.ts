/** Which file server has a name, for whoever opens its service. */
import type { Scene } from '../../src/scenario/role.ts';
import { computerNames } from './computer.ts';
import { directTcpFraming, SMB_PORT } from './direct-tcp.ts';
import type { Service } from './exchange-state.ts';
import type { FileServerFields } from './fields.ts';

/** Stands in for DNS: which file server has a host name. */
export function servicesByHost(scene: Scene): ReadonlyMap<string, Service> {
  const services = new Map<string, Service>();
  for (const [actor, member] of Object.entries(scene.actors)) {
    if (member.role !== 'file-server') continue;
    const config = member.config as FileServerFields;
    const service = { actor, port: SMB_PORT, framing: directTcpFraming.name };
    const { dnsHostName, netbiosName } = computerNames(actor, config);
    const named = [dnsHostName, netbiosName, config.spn.split('/')[1] ?? dnsHostName];
    for (const host of [...named, ...config.aliases]) {
      services.set(host.toLowerCase(), service);
    }
  }
  return services;
}
