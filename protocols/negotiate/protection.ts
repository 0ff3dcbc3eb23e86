/** Per-message protection of an established context, whichever mechanism made it. Plain data. */
import * as kerberos from '../gss/per-message.ts';
import * as ntlm from '../ntlm/session-security.ts';

export type Protection =
  | { readonly mechanism: 'kerberos'; readonly layer: kerberos.SecurityLayer }
  | { readonly mechanism: 'ntlm'; readonly layer: ntlm.SecurityLayer };

export interface Protected {
  readonly protection: Protection;
  readonly token: Uint8Array;
}

export type Opened =
  | { readonly ok: true; readonly protection: Protection; readonly message: Uint8Array }
  | { readonly ok: false; readonly reason: string };

export type Checked =
  | { readonly ok: true; readonly protection: Protection }
  | { readonly ok: false; readonly reason: string };

/** Sealed, in one token, as Windows lays it out. */
export function wrap(
  protection: Protection,
  message: Uint8Array,
  random: (size: number) => Uint8Array,
): Protected {
  if (protection.mechanism === 'ntlm') {
    const { layer, token } = ntlm.wrap(protection.layer, message);
    return { protection: { ...protection, layer }, token };
  }
  const options = { sealed: true, rotation: 'windows', random } as const;
  const { layer, token } = kerberos.wrap(protection.layer, message, options);
  return { protection: { ...protection, layer }, token };
}

/** What is not sealed is refused. */
export function unwrap(protection: Protection, token: Uint8Array): Opened {
  if (protection.mechanism === 'ntlm') {
    const opened = ntlm.unwrap(protection.layer, token);
    if (!opened.ok) return opened;
    const { layer, message } = opened;
    return { ok: true, protection: { ...protection, layer }, message };
  }
  const opened = kerberos.unwrap(protection.layer, token);
  if (!opened.ok) return opened;
  if (!opened.sealed) return { ok: false, reason: 'the token is signed only, not sealed' };
  const { layer, message } = opened;
  return { ok: true, protection: { ...protection, layer }, message };
}

export function mic(protection: Protection, message: Uint8Array): Protected {
  if (protection.mechanism === 'ntlm') {
    const { layer, token } = ntlm.mic(protection.layer, message);
    return { protection: { ...protection, layer }, token };
  }
  const { layer, token } = kerberos.mic(protection.layer, message);
  return { protection: { ...protection, layer }, token };
}

export function verifyMic(protection: Protection, message: Uint8Array, token: Uint8Array): Checked {
  if (protection.mechanism === 'ntlm') {
    const checked = ntlm.verifyMic(protection.layer, message, token);
    if (!checked.ok) return checked;
    return { ok: true, protection: { ...protection, layer: checked.layer } };
  }
  const checked = kerberos.verifyMic(protection.layer, message, token);
  if (!checked.ok) return checked;
  return { ok: true, protection: { ...protection, layer: checked.layer } };
}

/** Both have proved their lists: MS-SPNG 3.2.5.1 rewinds NTLM's key streams. */
export function micsExchanged(protection: Protection, sequence: 'anew' | 'on'): Protection {
  if (protection.mechanism !== 'ntlm') return protection;
  return { ...protection, layer: ntlm.rewound(protection.layer, sequence) };
}

/** Whether messages can be sealed: contexts with RC4 keys of Kerberos cannot (see gss/README.md). */
export function protects(protection: Protection): boolean {
  return protection.mechanism === 'ntlm' || kerberos.hasPerMessageTokens(protection.layer.key);
}
