/**
 * Principal names as people write them: `/` between components, the first unescaped `@` before the realm,
 * `\` in front of either (and of itself) where it belongs to the name. MIT's text form, which RFC 1964
 * §2.1.1 has as well.
 */
import { NT_ENTERPRISE, NT_PRINCIPAL, NT_SRV_INST } from './constants.ts';
import type { PrincipalName } from './messages.ts';

/** A name and, if it was written, its realm. */
export interface ParsedName {
  readonly name: PrincipalName;
  readonly realm?: string;
}

/** RFC 4120 §6.2 */
export function principal(nameType: number, ...nameString: readonly string[]): PrincipalName {
  return { nameType, nameString };
}

/** RFC 4120 §7.3: the ticket-granting service that issues tickets for `realm`. */
export function ticketGrantingService(realm: string): PrincipalName {
  return principal(NT_SRV_INST, 'krbtgt', realm);
}

/** RFC 6806 §5: `user@suffix` in one component. */
export function enterprise(name: string): PrincipalName {
  return principal(NT_ENTERPRISE, name);
}

const ESCAPES: Readonly<Record<string, string>> = { n: '\n', t: '\t', b: '\b', '0': '\0' };
const ESCAPED: Readonly<Record<string, string>> = {
  '\n': '\\n',
  '\t': '\\t',
  '\b': '\\b',
  '\0': '\\0',
  '\\': '\\\\',
  '/': '\\/',
  '@': '\\@',
};

export interface ParseOptions {
  /**
   * Default: NT_ENTERPRISE keeps the first `@` in its one component; without it, `krbtgt/X` becomes
   * NT_SRV_INST and everything else NT_PRINCIPAL.
   */
  readonly nameType?: number;
}

/**
 * `alice@CORP.EXAMPLE`, `cifs/files.corp.example`, `alice\@corp.example@CORP.EXAMPLE`.
 * @throws RangeError when a second realm begins, a component is cut off by a `\` at the end, or the
 * realm is empty.
 */
export function parseName(text: string, { nameType }: ParseOptions = {}): ParsedName {
  const isEnterprise = nameType === NT_ENTERPRISE;
  const components: string[] = [];
  let current = '';
  let realmBegan = false;
  let keptAt = false;
  for (let i = 0; i < text.length; i++) {
    const character = text.charAt(i);
    if (character === '\\') {
      i++;
      if (i === text.length)
        throw new RangeError(`"${text}" ends in a backslash that escapes nothing`);
      const escaped = text.charAt(i);
      current += ESCAPES[escaped] ?? escaped;
    } else if (character === '@' && isEnterprise && !keptAt) {
      keptAt = true;
      current += '@';
    } else if (character === '@') {
      if (realmBegan) throw new RangeError(`"${text}" has a second realm; write \\@ inside a name`);
      realmBegan = true;
      components.push(current);
      current = '';
    } else if (character === '/' && !realmBegan && !isEnterprise) {
      components.push(current);
      current = '';
    } else current += character;
  }
  if (realmBegan && current === '') throw new RangeError(`"${text}" has an empty realm`);
  if (!realmBegan) components.push(current);
  const name = principal(nameType ?? usualType(components), ...components);
  return realmBegan ? { name, realm: current } : { name };
}

function usualType([first, ...rest]: readonly string[]): number {
  return first === 'krbtgt' && rest.length > 0 ? NT_SRV_INST : NT_PRINCIPAL;
}

function escapeText(text: string, pattern: RegExp): string {
  return text.replace(pattern, (character) => ESCAPED[character] ?? character);
}

/** The inverse of {@link parseName}: `user\@suffix@REALM` for an enterprise name. */
export function formatName(name: PrincipalName, realm?: string): string {
  const components = name.nameString.map((part) => escapeText(part, /[\n\t\b\0\\/@]/g));
  const joined = components.join('/');
  return realm === undefined ? joined : `${joined}@${escapeText(realm, /[\n\t\b\0\\@]/g)}`;
}

/** The same components, case and all. Types are hints only: RFC 4120 §6.2. */
export function sameName(a: PrincipalName, b: PrincipalName): boolean {
  return (
    a.nameString.length === b.nameString.length &&
    a.nameString.every((part, i) => part === b.nameString[i])
  );
}

/** The same components but for case, as Active Directory compares names: MS-KILE 3.1.5.7. */
export function sameNameIgnoringCase(a: PrincipalName, b: PrincipalName): boolean {
  return (
    a.nameString.length === b.nameString.length &&
    a.nameString.every((part, i) => part.toLowerCase() === b.nameString[i]?.toLowerCase())
  );
}
