/**
 * Key storage providers: where a private key lives, and so what may be done with it. A certificate in a
 * store remembers the provider of its key; that is how Windows knows whom to ask, and what to ask for.
 */

export type ProviderId = 'software' | 'smartCard' | 'passport';

export interface KeyStorageProvider {
  /** As `certutil` and `pKIDefaultCSPs` spell it. */
  readonly name: string;
  /** Whether a private key may leave: never, or where its certificate's template allowed it. */
  readonly exports: 'never' | 'whereAllowed';
  /** What a user has to show before a key is used. */
  readonly gesture: 'none' | 'cardAndPin' | 'helloPinOrBiometric';
  /** What keeps the key. */
  readonly protection: 'system' | 'card' | 'tpmOrSystem';
  /** Its keys live in a Hello container. */
  readonly hello: boolean;
  /** Its certificates can be used where a smart card is wanted, a remote desktop for one. */
  readonly smartCard: boolean;
}

export const KEY_STORAGE_PROVIDERS: Readonly<Record<ProviderId, KeyStorageProvider>> = {
  software: {
    name: 'Microsoft Software Key Storage Provider',
    exports: 'whereAllowed',
    gesture: 'none',
    protection: 'system',
    hello: false,
    smartCard: false,
  },
  smartCard: {
    name: 'Microsoft Smart Card Key Storage Provider',
    exports: 'never',
    gesture: 'cardAndPin',
    protection: 'card',
    hello: false,
    smartCard: true,
  },
  // Emulates a smart card for the sake of applications, and asks for a gesture itself.
  passport: {
    name: 'Microsoft Passport Key Storage Provider',
    exports: 'never',
    gesture: 'helloPinOrBiometric',
    protection: 'tpmOrSystem',
    hello: true,
    smartCard: true,
  },
};

/** The provider of that name, in any case. */
export function providerNamed(name: string): ProviderId | undefined {
  const folded = name.toLowerCase();
  return (Object.keys(KEY_STORAGE_PROVIDERS) as ProviderId[]).find(
    (id) => KEY_STORAGE_PROVIDERS[id].name.toLowerCase() === folded,
  );
}

/** @param allowed the template's "Allow private key to be exported" */
export function isExportable(provider: ProviderId, allowed: boolean): boolean {
  return allowed && KEY_STORAGE_PROVIDERS[provider].exports === 'whereAllowed';
}

/** A device's TPM, by the version of its specification. */
export type Tpm = '1.2' | '2.0' | 'none';

export type Protection = 'tpm' | 'software';

/**
 * What would protect a Hello container made now; undefined: policy wants a TPM and there is none that it
 * lets be used (0x80090035).
 */
export function protectionFor(
  policy: {
    readonly RequireSecurityDevice: boolean;
    readonly ExcludeSecurityDevices: { readonly TPM12: boolean };
  },
  tpm: Tpm,
): Protection | undefined {
  const usable = tpm === '2.0' || (tpm === '1.2' && !policy.ExcludeSecurityDevices.TPM12);
  if (usable) return 'tpm';
  return policy.RequireSecurityDevice ? undefined : 'software';
}
