/**
 * Principal names as files and people write them, taken apart: `krbtgt/CORP.EXAMPLE@CORP.EXAMPLE`.
 * RFC 1964 §2.1.1: a backslash quotes `/`, `@` and itself, and stands for a few control characters.
 */

export interface PrincipalParts {
  /** RFC 4120 §6.2; 1 is NT-PRINCIPAL, 2 NT-SRV-INST. */
  readonly nameType: number;
  readonly realm: string;
  readonly components: readonly string[];
}

const ESCAPES: Readonly<Record<string, string>> = { n: '\n', t: '\t', b: '\b', '0': '\0' };

/** @throws RangeError when there is no realm. */
export function principalParts(text: string): PrincipalParts {
  const components: string[] = [];
  let part = '';
  let inRealm = false;
  for (let i = 0; i < text.length; i++) {
    const c = text[i] as string;
    if (c === '\\' && i + 1 < text.length) {
      const quoted = text[++i] as string;
      part += ESCAPES[quoted] ?? quoted;
    } else if (!inRealm && (c === '/' || c === '@')) {
      components.push(part);
      part = '';
      inRealm = c === '@';
    } else part += c;
  }
  if (!inRealm || part === '') throw new RangeError(`"${text}": expected name@REALM`);
  return { nameType: components.length > 1 ? 2 : 1, realm: part, components };
}

/** The text that {@link principalParts} takes apart. */
export function principalText(parts: Omit<PrincipalParts, 'nameType'>): string {
  return `${parts.components.map((name) => quote(name)).join('/')}@${quote(parts.realm, '@')}`;
}

function quote(name: string, separators = '/@'): string {
  let out = '';
  for (const c of name) {
    const letter = Object.keys(ESCAPES).find((key) => ESCAPES[key] === c);
    if (letter !== undefined) out += `\\${letter}`;
    else out += c === '\\' || separators.includes(c) ? `\\${c}` : c;
  }
  return out;
}
