/** The PIN: what may be chosen, and how a container knows it again without keeping it. */
import { concat, equalSecret, utf8 } from '../../src/bytes/bytes.ts';
import { digest } from '../../src/crypto/digest.ts';
import type { PinComplexity, PinUse } from './policy.ts';

/**
 * A PIN as a container keeps it. The TPM (or the system, for keys that software protects) compares and
 * counts; a short PIN is safe by the counting, not by a slow digest.
 */
export interface PinVerifier {
  readonly salt: Uint8Array;
  readonly digest: Uint8Array;
}

export const SALT_LENGTH = 16;

export function pinVerifier(pin: string, salt: Uint8Array): PinVerifier {
  return { salt, digest: digest('sha256', concat(salt, utf8(pin))) };
}

/** Takes the same time whichever character is wrong. */
export function isPin(verifier: PinVerifier, pin: string): boolean {
  return equalSecret(pinVerifier(pin, verifier.salt).digest, verifier.digest);
}

const CLASSES = [
  ['Digits', /[0-9]/, 'digits'],
  ['LowercaseLetters', /[a-z]/, 'lowercase letters'],
  ['UppercaseLetters', /[A-Z]/, 'uppercase letters'],
  ['SpecialCharacters', /[^0-9a-zA-Z]/, 'special characters'],
] as const satisfies readonly (readonly [keyof PinComplexity, RegExp, string])[];

/** Printable ASCII; what else Windows takes is not documented. */
const CHARACTERS = /^[\x20-\x7e]*$/;

/**
 * Why a PIN may not be chosen; undefined: it may.
 * @param former the PINs before, the latest first
 */
export function pinObjection(
  pin: string,
  complexity: PinComplexity,
  former: readonly PinVerifier[] = [],
): string | undefined {
  const { MinimumPINLength: least, MaximumPINLength: most, History } = complexity;
  if (pin.length < least) return `the PIN has ${pin.length} characters, policy wants ${least}`;
  if (pin.length > most) return `the PIN has ${pin.length} characters, policy allows ${most}`;
  if (!CHARACTERS.test(pin)) return 'the PIN has characters that no keyboard types';
  for (const [name, pattern, words] of CLASSES) {
    const use: PinUse = complexity[name];
    const there = pattern.test(pin);
    if (use === 'required' && !there) return `the PIN has no ${words}, policy wants some (${name})`;
    if (use === 'disallowed' && there) return `the PIN has ${words}, policy wants none (${name})`;
  }
  if (isSimple(pin))
    return 'the PIN is too simple: each digit is as far from the next as any other';
  if (former.slice(0, History).some((verifier) => isPin(verifier, pin))) {
    return `the PIN was used before, policy remembers ${History} (History)`;
  }
  return undefined;
}

/** All digits, with a constant difference from one to the next: 1111, 1234, 1357, 9630. */
function isSimple(pin: string): boolean {
  if (!/^[0-9]{2,}$/.test(pin)) return false;
  const delta = pin.charCodeAt(1) - pin.charCodeAt(0);
  for (let i = 2; i < pin.length; i++) {
    if (pin.charCodeAt(i) - pin.charCodeAt(i - 1) !== delta) return false;
  }
  return true;
}
