/** `kerblab show RUN klist-cloud-debug`: what `klist cloud_debug` would print for who is signed in. */
import { type CloudDebug, cloudDebugText } from '../../protocols/kerberos/klist-cloud-debug.ts';
import { InputError } from './exit.ts';
import type { Shown } from './show.ts';
import { deviceAt, type ShownDevice } from './show-device.ts';
import { currentLogon } from './show-klist.ts';

/** @throws InputError when the actor is no device */
export function klistCloudDebugOf(shown: Shown): string {
  if (shown.rest.length > 0) throw new InputError('klist-cloud-debug: nothing may stand behind it');
  const device = deviceAt(shown);
  return cloudDebugText(currentLogon(device), debugOf(device));
}

function debugOf({ state }: ShownDevice): CloudDebug {
  const mechanism = 'session' in state ? state.session.proof.mechanism : undefined;
  return {
    // Microsoft Entra Kerberos for Azure Files: neither its policy nor its KDC is simulated.
    enabledByPolicy: false,
    cloudReferralTgt: false,
    spnOracle: false,
    kdcProxy: false,
    asRepCallbackReceived: false,
    asRepCallbackUsed: false,
    publicKeyCredential: mechanism === 'publicKey',
    passwordKeys: mechanism === 'timestamp',
    // Windows makes keys of it at the sign-in, and wipes it.
    plaintextPassword: false,
    credentialType: 0,
    cloudPrimaryTgt: false,
  };
}
