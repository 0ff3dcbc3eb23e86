/** What a new Hello container of whoever is signed in is made with. */
import type { Env } from '../../src/machine/machine.ts';
import { type ContainerSettings, settingsFrom } from '../hello/container.ts';
import { trustOf } from '../hello/policy.ts';
import { protectionFor } from '../hello/providers.ts';
import { type Hello, type HelloConfig, policyFor } from './device-hello.ts';
import { randomGuid } from './device-identity.ts';
import type { LogonSession } from './logon-session.ts';

/** Who the user is to Entra. */
export function upnOf({ who, identity }: LogonSession): string {
  return identity.upn ?? `${who.cname.nameString[0]}@${who.realm.toLowerCase()}`;
}

/** undefined: nothing may protect the key. */
export function containerSettings(
  config: HelloConfig,
  hello: Hello,
  session: LogonSession,
  env: Env,
): ContainerSettings | undefined {
  const { tpm, tenantId } = config;
  const policy = policyFor(config, hello, session.who.user);
  const protection = protectionFor(policy, tpm);
  if (protection === undefined) return undefined;
  return {
    user: session.who.user,
    sid: session.identity.sid,
    guid: randomGuid(env.random(16)),
    tenantId,
    upn: upnOf(session),
    trust: trustOf(policy),
    // The only keys that Active Directory takes from Hello (MS-ADTS 2.2.20.5.1).
    algorithm: 'RSA-2048',
    protection,
    ...settingsFrom(policy),
    created: env.now,
  };
}
