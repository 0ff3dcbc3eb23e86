/** What Windows says when a key cannot be registered: "Windows Hello errors during PIN creation". */
import { WinHttpError } from '../http/client.ts';

export interface RegistrationStatus {
  /** HRESULT. */
  readonly code: number;
  /** A clause for people. */
  readonly text: string;
}

const status = (code: number, text: string): RegistrationStatus => ({ code, text });

const MFA_REQUIRED = status(
  0x801c_03ed,
  'multi-factor authentication is required and was not done, or the token is missing or expired',
);
const NO_TOKEN = status(0x801c_044d, 'the user’s token cannot be had, or has no device ID');
const REFUSED = status(0x801c_03ea, 'the server does not let the user or the device register');

/** By the registration service's `code`. */
const BY_CODE: Readonly<Record<string, RegistrationStatus>> = {
  mfa_required: MFA_REQUIRED,
  authentication_error: MFA_REQUIRED,
  device_id_missing: NO_TOKEN,
  upn_missing: status(0x801c_03f1, 'the token has no UPN'),
  unknown_user: status(0x801c_03f2, 'DirectoryError: the user is not in the directory yet'),
  unknown_device: status(
    0x801c_03f2,
    'DirectoryError: the device is not in the directory until it is synchronised',
  ),
};

/** AADSTS numbers that are about the second factor. */
const MFA_NUMBERS: readonly (number | undefined)[] = [50_074, 50_076, 500_121];

export const RegistrationErrors = {
  invalidResponse: status(0x801c_03e9, 'the server’s answer is no answer'),
  badStatus: status(0x801c_03eb, 'the server’s answer has a bad HTTP status'),
  /** @param code of the token endpoint */
  noToken: (code?: number): RegistrationStatus =>
    MFA_NUMBERS.includes(code) ? MFA_REQUIRED : NO_TOKEN,
  /** @param code of ErrorDetails */
  refused: (code: string): RegistrationStatus => BY_CODE[code] ?? REFUSED,
} as const;

/** Each once. */
export const REGISTRATION_STATUSES: readonly RegistrationStatus[] = [
  RegistrationErrors.invalidResponse,
  REFUSED,
  RegistrationErrors.badStatus,
  MFA_REQUIRED,
  status(0x801c_03f1, 'the token has no UPN'),
  status(0x801c_03f2, 'DirectoryError: the user or the device is not in the directory yet'),
  NO_TOKEN,
];

const FACILITY_WIN32 = 0x8007_0000;

/** HRESULT_FROM_WIN32. */
export function winHttpStatus(error: WinHttpError): RegistrationStatus {
  return status(FACILITY_WIN32 | WinHttpError[error], error);
}

/** `0x801C03ED: multi-factor authentication is required ...`. */
export function describeStatus({ code, text }: RegistrationStatus): string {
  return `0x${(code >>> 0).toString(16).toUpperCase().padStart(8, '0')}: ${text}`;
}
