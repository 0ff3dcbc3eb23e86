/** Status codes of Hello's parts: making a PIN, using a key. Names of winerror.h where it has one. */

export interface HelloError {
  readonly code: number;
  readonly name: string;
  /** A clause for people. */
  readonly text: string;
}

const error = (code: number, name: string, text: string): HelloError => ({ code, name, text });

/** What the simulation gives. "Windows Hello errors during PIN creation", and winerror.h. */
export const HelloErrors = {
  keyNotFound: error(0x8009_0011, 'NTE_NOT_FOUND', 'the container or key was not found'),
  keyExists: error(0x8009_000f, 'NTE_EXISTS', 'the container or key already exists'),
  tpmNotSetUp: error(0x8009_0029, 'NTE_NOT_SUPPORTED', 'the TPM is not set up'),
  authenticationIgnored: error(
    0x8009_0031,
    'NTE_AUTHENTICATION_IGNORED',
    'the TPM ignores authentication because it is locked out',
  ),
  incorrectPin: error(0x8009_0033, 'NTE_INCORRECT_PASSWORD', 'the PIN is incorrect'),
  tpmWanted: error(
    0x8009_0035,
    'NTE_DEVICE_NOT_FOUND',
    'policy requires a TPM and this device has none that it may use',
  ),
  pinChangeWanted: error(
    0x8009_0037,
    'NTE_PASSWORD_CHANGE_REQUIRED',
    'the PIN has expired and has to be changed',
  ),
  invalidPin: error(0x8009_0027, 'NTE_INVALID_PARAMETER', 'the PIN does not meet the policy'),
} as const;

/** `0x80090035`. */
export function formatStatus(code: number): string {
  return `0x${(code >>> 0).toString(16).toUpperCase().padStart(8, '0')}`;
}

/** `0x80090035 NTE_DEVICE_NOT_FOUND: policy requires a TPM ...`. */
export function describeError({ code, name, text }: HelloError): string {
  return `${formatStatus(code)} ${name}: ${text}`;
}
