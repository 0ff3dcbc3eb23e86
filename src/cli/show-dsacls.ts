/** `kerblab show RUN dsacls`. */
import { descriptorOf } from '../../protocols/directory/protection.ts';
import { dsaclsText } from '../../protocols/directory/security/dsacls.ts';
import { trustees } from '../../protocols/directory/security/trustees.ts';
import type { ShownStore } from './show.ts';
import { objectNamed, shownDomain } from './show-domain.ts';

/** @throws InputError when there is no directory, or no such object. */
export function dsaclsOf(shown: ShownStore): string {
  const at = shownDomain(shown);
  const { directory, domain } = at;
  const dn = `DC=${domain.dnsName.split('.').join(',DC=')}`;
  const names = shown.rest.length === 0 ? [dn] : shown.rest;
  const who = trustees(directory, domain);
  return names.map((name) => dsaclsText(descriptorOf(objectNamed(name, at)), who)).join('\n');
}
