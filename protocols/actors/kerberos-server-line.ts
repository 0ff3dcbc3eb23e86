/** The command lines of Set-, Get- and Remove-AzureADKerberosServer. */

export interface Cmdlet {
  readonly cmdlet: 'set' | 'get' | 'remove';
  /** -RotateServerKey */
  readonly rotate: boolean;
  /** -Domain */
  readonly domain?: string;
  /** -UserPrincipalName: who signs in to the tenant. */
  readonly userPrincipalName?: string;
}

/** Parameters that are followed by a value. */
const VALUED = ['Domain', 'UserPrincipalName'];

/**
 * PowerShell compares without case, and quotes are not part of a value. Undefined: it is another command.
 * @returns `usage` with what is wrong
 */
export function readCmdlet(line: string): Cmdlet | { readonly usage: string } | undefined {
  const [name = '', ...words] = line.match(/'[^']*'|"[^"]*"|\S+/g) ?? [];
  const found = /^(Set|Get|Remove)-AzureADKerberosServer$/i.exec(name)?.[1]?.toLowerCase();
  if (found === undefined) return undefined;
  const cmdlet = found as Cmdlet['cmdlet'];
  const values = new Map<string, string>();
  let rotate = false;
  for (let at = 0; at < words.length; at++) {
    const word = words[at] as string;
    if (cmdlet === 'set' && /^-RotateServerKey$/i.test(word)) {
      rotate = true;
      continue;
    }
    const known = VALUED.find((parameter) => `-${parameter}`.toLowerCase() === word.toLowerCase());
    if (known === undefined) return { usage: `${name} knows no ${word} here` };
    const value = words[++at];
    if (value === undefined || values.has(known)) {
      return { usage: `${name}: -${known} is followed by one value` };
    }
    values.set(known, value.replace(/^(['"])(.*)\1$/, '$2'));
  }
  const domain = values.get('Domain');
  const userPrincipalName = values.get('UserPrincipalName');
  return {
    cmdlet,
    rotate,
    ...(domain === undefined ? {} : { domain }),
    ...(userPrincipalName === undefined ? {} : { userPrincipalName }),
  };
}
