/** Attribute syntaxes: MS-ADTS 3.1.1.2.2.2, and how values of each are compared. */
import type { Value } from './entry.ts';

/** One name a syntax, with its attributeSyntax, oMSyntax and, for objects, oMObjectClass. */
export const SYNTAXES = {
  dn: { attributeSyntax: '2.5.5.1', oMSyntax: 127, ldap: '1.3.6.1.4.1.1466.115.121.1.12' },
  oid: { attributeSyntax: '2.5.5.2', oMSyntax: 6, ldap: '1.3.6.1.4.1.1466.115.121.1.38' },
  caseExact: { attributeSyntax: '2.5.5.3', oMSyntax: 27, ldap: '1.2.840.113556.1.4.1362' },
  teletex: { attributeSyntax: '2.5.5.4', oMSyntax: 20, ldap: '1.2.840.113556.1.4.905' },
  printable: { attributeSyntax: '2.5.5.5', oMSyntax: 19, ldap: '1.3.6.1.4.1.1466.115.121.1.44' },
  ia5: { attributeSyntax: '2.5.5.5', oMSyntax: 22, ldap: '1.3.6.1.4.1.1466.115.121.1.26' },
  numeric: { attributeSyntax: '2.5.5.6', oMSyntax: 18, ldap: '1.3.6.1.4.1.1466.115.121.1.36' },
  dnBinary: { attributeSyntax: '2.5.5.7', oMSyntax: 127, ldap: '1.2.840.113556.1.4.903' },
  boolean: { attributeSyntax: '2.5.5.8', oMSyntax: 1, ldap: '1.3.6.1.4.1.1466.115.121.1.7' },
  integer: { attributeSyntax: '2.5.5.9', oMSyntax: 2, ldap: '1.3.6.1.4.1.1466.115.121.1.27' },
  enumeration: { attributeSyntax: '2.5.5.9', oMSyntax: 10, ldap: '1.3.6.1.4.1.1466.115.121.1.27' },
  octets: { attributeSyntax: '2.5.5.10', oMSyntax: 4, ldap: '1.3.6.1.4.1.1466.115.121.1.40' },
  utcTime: { attributeSyntax: '2.5.5.11', oMSyntax: 23, ldap: '1.3.6.1.4.1.1466.115.121.1.53' },
  time: { attributeSyntax: '2.5.5.11', oMSyntax: 24, ldap: '1.3.6.1.4.1.1466.115.121.1.24' },
  unicode: { attributeSyntax: '2.5.5.12', oMSyntax: 64, ldap: '1.3.6.1.4.1.1466.115.121.1.15' },
  dnString: { attributeSyntax: '2.5.5.14', oMSyntax: 127, ldap: '1.2.840.113556.1.4.904' },
  descriptor: { attributeSyntax: '2.5.5.15', oMSyntax: 66, ldap: '1.2.840.113556.1.4.907' },
  largeInteger: { attributeSyntax: '2.5.5.16', oMSyntax: 65, ldap: '1.2.840.113556.1.4.906' },
  sid: { attributeSyntax: '2.5.5.17', oMSyntax: 4, ldap: '1.3.6.1.4.1.1466.115.121.1.40' },
} as const;

export type Syntax = keyof typeof SYNTAXES;

const OCTET_SYNTAXES: ReadonlySet<Syntax> = new Set(['octets', 'descriptor', 'sid']);

/** Whether values are kept as octets rather than as text. */
export function isOctetSyntax(syntax: Syntax): boolean {
  return OCTET_SYNTAXES.has(syntax);
}

/** Whether values name other objects. */
export function isReference(syntax: Syntax): boolean {
  return syntax === 'dn' || syntax === 'dnBinary' || syntax === 'dnString';
}

/**
 * Two values are equal by the syntax's rule when their forms are (MS-ADTS 3.1.1.2.2.4).
 * References compare by the record they name: the index of `member` answers `memberOf`.
 */
export function indexForm(syntax: Syntax, value: Value): string {
  if (typeof value !== 'string') return hexForm(value);
  switch (syntax) {
    case 'dn':
      return value;
    case 'dnBinary':
    case 'dnString':
      return value;
    case 'caseExact':
    case 'printable':
    case 'ia5':
    case 'numeric':
      return value;
    case 'integer':
    case 'enumeration':
    case 'largeInteger':
      return value.replace(/^([+-]?)0+(?=\d)/, '$1');
    case 'boolean':
      return value.toUpperCase();
    default:
      return value.toLowerCase().replace(/\s+/g, ' ').trim();
  }
}

const DIGITS = new TextEncoder().encode('0123456789abcdef');
const ascii = new TextDecoder('latin1');

/** Hexadecimal in one piece: a text put together digit by digit would keep all its pieces alive. */
function hexForm(octets: Uint8Array): string {
  const digits = new Uint8Array(octets.length * 2);
  octets.forEach((octet, i) => {
    digits[2 * i] = DIGITS[octet >> 4] as number;
    digits[2 * i + 1] = DIGITS[octet & 15] as number;
  });
  return ascii.decode(digits);
}
