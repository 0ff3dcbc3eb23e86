/** What errors of Entra and of Hello's registration are due to in practice, the likeliest first. */
import type { EntraErrors } from './errors.ts';

/** By the names that the errors have here. */
export const ENTRA_CAUSES: Readonly<Record<keyof typeof EntraErrors, readonly string[]>> = {
  wrongPassword: [
    'the password was typed wrong',
    'it was changed in Active Directory, and the next cycle of Entra Connect has not brought its hash yet',
    'the account’s password hash is not synchronised at all',
  ],
  unknownUser: [
    'the user is not synchronised, or not any more',
    'the UPN’s suffix is no verified domain of the tenant, and the cloud’s UPN ends in onmicrosoft.com',
  ],
  disabledUser: [
    'the account is disabled in Active Directory, which a cycle brings to the cloud',
    'an administrator has blocked its sign-in in the tenant',
  ],
  mfaWanted: [
    'a key is registered with a token that has no ngcmfa claim: the last second factor is older than ten minutes',
    'Conditional Access wants a second factor for the resource',
  ],
  mfaFailed: [
    'the user refused the request in the authenticator, or did not answer in time',
    'no second factor is registered that works',
  ],
  deviceNotAuthenticated: [
    'the device certificate is of another tenant, or its device object was deleted',
    'the key that signed the request is not the certificate’s',
    'a hybrid joined device is not synchronised yet',
  ],
  disabledDevice: [
    'an administrator, or a rule for stale devices, has disabled the device object',
    'the computer left the scope of Entra Connect, and its object was removed',
  ],
  nonceInvalid: [
    'the nonce was used before: somebody repeats a request',
    'more than ten minutes lie between the nonce and the request',
    'the nonce is of another tenant or server',
  ],
  keyUnknown: [
    'the Hello key was removed from the tenant, or never registered there',
    'the device was joined anew, and the container on it is of the join before',
  ],
  assertionInvalid: [
    'the assertion is signed by another key than its kid names',
    'its audience is another tenant, or its time has passed',
    'the nonce in it is not that of the request around it',
  ],
  certificateInvalid: [
    'the authority that issued the certificate was not uploaded to the tenant',
    'the principal name in the certificate is not the user’s, or it is for another purpose',
  ],
  refreshTokenInvalid: [
    'fourteen days have passed without a renewal',
    'the tenant that gave the token is another one',
  ],
  sessionRevoked: [
    'an administrator has revoked the user’s sessions',
    'the user has a new password since the token was given',
  ],
  signatureInvalid: [
    'the session key is another than that of the refresh token',
    'the key was derived with another version (kdf_ver) or context than the header says',
  ],
  malformed: [
    'a parameter is missing, or the body is no form',
    'something between rewrites requests',
  ],
  unsupportedGrant: ['the grant type is none that this endpoint knows'],
  unknownResource: ['the resource is not registered in the tenant', 'its name is spelt wrong'],
  unknownTenant: ['the tenant’s identifier in the path is wrong', 'the tenant was deleted'],
};

/** By HRESULT: "Windows Hello errors during PIN creation" and what administrators report. */
export const HRESULT_CAUSES: Readonly<Record<number, readonly string[]>> = {
  2148073487: ['a container of an earlier join is still there: certutil -deletehellocontainer'],
  2148073489: ['the TPM was cleared, or its keys were lost with a new mainboard'],
  2148073511: ['the PIN breaks a rule of length or of kinds of characters'],
  2148073513: ['the TPM is not ready: it has to be set up, or cleared'],
  2148073521: ['too many wrong PINs: the TPM forgets one every ten minutes'],
  2148073523: ['the PIN was typed wrong'],
  2148073525: [
    'RequireSecurityDevice is set, and there is no TPM',
    'TPM 1.2 is excluded, and there is no other',
  ],
  2148073527: ['the PIN is older than its expiration'],
  2149319657: ['something between answers in the server’s place: a proxy, or a captive portal'],
  2149319658: ['the user or the device may not register: look at the answer’s code'],
  2149319659: ['the service has an outage, or a proxy refuses the request'],
  2149319661: [
    'the second factor was not done, or longer than ten minutes ago',
    'the token is missing or has expired',
  ],
  2149319665: ['the account has no userPrincipalName in the cloud'],
  2149319666: [
    'Entra Connect has not synchronised the device or the user yet: wait for the next cycle',
    'the computer is outside the scope of synchronisation',
  ],
  2149319757: [
    'the device object was deleted: the token has no device ID',
    'the device could not reach Entra for a token',
  ],
};
