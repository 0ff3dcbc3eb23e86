/** `kerblab show RUN klist-cloud-debug`: what `klist cloud_debug` would print for who is signed in. */
import { keptIn } from '../../protocols/actors/device-store.ts';
import { type CloudDebug, cloudDebugText } from '../../protocols/kerberos/klist-cloud-debug.ts';
import { isTgtFor } from '../../protocols/kerberos/ticket-cache.ts';
import { InputError } from './exit.ts';
import type { Shown } from './show.ts';
import { deviceAt, type ShownDevice } from './show-device.ts';
import { currentLogon } from './show-klist.ts';

/** @throws InputError when the actor is no device */
export function klistCloudDebugOf(shown: Shown): string {
  if (shown.rest.length > 0) throw new InputError('klist-cloud-debug: nothing may stand behind it');
  const device = deviceAt(shown);
  return cloudDebugText(currentLogon(device), debugOf(shown, device));
}

function debugOf({ store }: Shown, { state, config }: ShownDevice): CloudDebug {
  const session = 'session' in state ? state.session : undefined;
  const { proof, cache = [] } = session ?? {};
  const cloud = session === undefined ? undefined : keptIn(store).cloud[session.who.user];
  const partial = cloud?.tgtAd?.kind === 'ticket';
  const inCloud = proof?.mechanism === 'cloud' ? proof : undefined;
  const byKey = inCloud?.kid !== undefined;
  return {
    // Microsoft Entra Kerberos for Azure Files: neither its policy nor its KDC is simulated.
    enabledByPolicy: false,
    cloudReferralTgt: false,
    spnOracle: false,
    kdcProxy: false,
    asRepCallbackReceived: partial || cloud?.tgtCloud?.kind === 'ticket',
    // A domain controller has exchanged the partial ticket for the one in the cache.
    asRepCallbackUsed: byKey && cache.some(({ sname }) => isTgtFor(sname, config.realm)),
    publicKeyCredential: byKey || proof?.mechanism === 'publicKey',
    passwordKeys: proof?.mechanism === 'timestamp' || (inCloud !== undefined && !byKey),
    // Windows makes keys of it at the sign-in, and wipes it.
    plaintextPassword: false,
    credentialType: byKey ? 2 : 0,
    cloudPrimaryTgt: partial,
  };
}
