/** What is typed or shown at a device and goes to Entra: passwords on devices of Entra alone, security keys. */
import type { Env } from '../../src/machine/machine.ts';
import { askCloud, cachedFor } from './device-cloud-sign-in.ts';
import * as signIn from './device-sign-in.ts';
import { blamed, type DeviceConfig, type Running, unblamed } from './device-state.ts';
import type { LogonName } from './logon-session.ts';
import type { PasswordEntry, SecurityKeyEntry } from './user-entries.ts';

/** A computer that is joined to Entra alone asks Entra, any other the domain. */
export function passwordEntered(
  config: DeviceConfig,
  state: Running,
  entry: PasswordEntry,
  env: Env,
): signIn.SignInStep {
  const { join, tenant } = config.hello;
  if (join !== 'entra' || tenant === undefined) {
    return signIn.passwordEntered(config, state, entry, env);
  }
  const { who, password } = entry;
  const admitting = admitted(state, who);
  if (admitting.kind === 'refused') return refused(state, who, admitting.why);
  const waiting = { for: admitting.kind, who, shown: 'password', password } as const;
  return askCloud(config, state, waiting, upnOf(who), { kind: 'password', password }, env);
}

/** A FIDO2 security key signs in wherever Entra is known: there has to be no policy for it here. */
export function securityKeyShown(
  config: DeviceConfig,
  state: Running,
  { who, credentialId, key, counter, verified }: SecurityKeyEntry,
  env: Env,
): signIn.SignInStep {
  const admitting = admitted(state, who);
  if (admitting.kind === 'refused') return refused(state, who, admitting.why);
  if (!verified) return refused(state, who, 'the security key’s PIN or finger was wrong');
  if (config.hello.tenant === undefined) {
    return refused(state, who, 'this device knows no tenant of Entra to show a security key to');
  }
  const waiting = { for: admitting.kind, who, shown: 'securityKey', kid: credentialId } as const;
  if (admitting.kind === 'unlock' && cachedFor(state.base.hello, who.user, credentialId)) {
    const locked = unblamed(state);
    if ('session' in locked) {
      return signIn.settled({ state: { ...locked, name: 'signedIn' }, effects: [] });
    }
  }
  const proof = { kind: 'securityKey', credentialId, key, counter } as const;
  return askCloud(config, state, waiting, upnOf(who), proof, env);
}

function admitted(state: Running, { user }: LogonName): signIn.Admission {
  return signIn.admission(state, (session) => session.who.user === user);
}

function refused(state: Running, { user }: LogonName, why: string): signIn.SignInStep {
  return signIn.settled(blamed(state, `${user} cannot sign in now: ${why}`));
}

/** userPrincipalName as it was typed, or the one that every account has. */
export function upnOf({ cname, realm }: LogonName): string {
  const [name = ''] = cname.nameString;
  return name.includes('@') ? name : `${name}@${realm.toLowerCase()}`;
}
