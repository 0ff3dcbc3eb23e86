/** Where a PAC is in a ticket: AD-WIN2K-PAC inside AD-IF-RELEVANT (RFC 4120 §5.2.6, MS-PAC 2). */
import { encode, tryDecode } from '../../src/der/codec.ts';
import { AD_IF_RELEVANT, AD_WIN2K_PAC } from '../kerberos/constants.ts';
import { AuthorizationData, EncTicketPart } from '../kerberos/messages.ts';

type Element = AuthorizationData[number];

/** What stands for the PAC in the octets of a ticket signature (MS-PAC 2.8.1). */
const PLACEHOLDER = new Uint8Array(1);

/** An AD-IF-RELEVANT element around others. */
function ifRelevant(elements: AuthorizationData): Element {
  return { adType: AD_IF_RELEVANT, adData: encode(AuthorizationData, elements) };
}

/** A ticket's authorization data: the PAC in an AD-IF-RELEVANT of its own, in front of the others. */
export function authorizationDataWithPac(
  pac: Uint8Array,
  others: AuthorizationData = [],
): AuthorizationData {
  return [ifRelevant([{ adType: AD_WIN2K_PAC, adData: pac }]), ...others];
}

/** The elements of an AD-IF-RELEVANT; none when it is another element or cannot be read. */
function inside(element: Element): AuthorizationData {
  if (element.adType !== AD_IF_RELEVANT) return [];
  const elements = tryDecode(AuthorizationData, element.adData);
  return elements.ok ? elements.value : [];
}

/** The octets of the first PAC in any AD-IF-RELEVANT, for `readPac`; undefined: there is none. */
export function pacOf(authorizationData: AuthorizationData | undefined): Uint8Array | undefined {
  for (const element of authorizationData ?? []) {
    const pac = inside(element).find(({ adType }) => adType === AD_WIN2K_PAC);
    if (pac !== undefined) return pac.adData;
  }
  return undefined;
}

/** The same authorization data without its PACs; an AD-IF-RELEVANT left empty goes with them. */
export function withoutPac(authorizationData: AuthorizationData): AuthorizationData {
  return authorizationData.flatMap((element) => {
    const elements = inside(element);
    const others = elements.filter(({ adType }) => adType !== AD_WIN2K_PAC);
    if (others.length === elements.length) return [element];
    return others.length === 0 ? [] : [ifRelevant(others)];
  });
}

/**
 * The octets that a ticket signature covers (MS-PAC 2.8.1): the EncTicketPart's DER with the PAC's
 * ad-data replaced by one zero octet. A ticket that has no PAC yet gets one in front, where
 * {@link authorizationDataWithPac} puts it.
 */
export function ticketToSign(part: EncTicketPart): Uint8Array {
  const given = part.authorizationData ?? [];
  const replaced = given.map((element) => {
    const elements = inside(element);
    if (!elements.some(({ adType }) => adType === AD_WIN2K_PAC)) return element;
    return ifRelevant(
      elements.map((one) =>
        one.adType === AD_WIN2K_PAC ? { adType: AD_WIN2K_PAC, adData: PLACEHOLDER } : one,
      ),
    );
  });
  const changed = replaced.some((element, i) => element !== given[i]);
  const authorizationData = changed ? replaced : authorizationDataWithPac(PLACEHOLDER, given);
  return encode(EncTicketPart, { ...part, authorizationData });
}
