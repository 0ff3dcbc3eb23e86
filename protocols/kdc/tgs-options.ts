/**
 * What the options of a TGS-REQ presuppose: RFC 4120 §3.3.3, in its spelling. Options that this KDC
 * offers in no case stand here too, with what it answers.
 */
import { KdcOptions, TicketFlags } from '../kerberos/constants.ts';
import {
  KDC_ERR_BADOPTION,
  KDC_ERR_CANNOT_POSTDATE,
  KRB_AP_ERR_TKT_EXPIRED,
} from '../kerberos/error-codes.ts';
import type { EncTicketPart } from '../kerberos/messages.ts';
import { RESERVED_OPTION } from './as.ts';
import { type Refusal, refused } from './errors.ts';

interface TgsOption {
  readonly option: number;
  readonly name: string;
  refusal(tgt: EncTicketPart, now: number): Refusal | undefined;
}

const needs =
  (flag: number, name: string) =>
  ({ flags }: EncTicketPart): Refusal | undefined =>
    (flags & flag) !== 0
      ? undefined
      : refused(KDC_ERR_BADOPTION, `the ticket-granting ticket is not ${name}, so this cannot be`);

const never = (what: string) => (): Refusal => refused(KDC_ERR_BADOPTION, what);

const OPTIONS: readonly TgsOption[] = [
  {
    option: RESERVED_OPTION,
    name: 'reserved (bit 7)',
    refusal: never('bit 7 of kdc-options is reserved'),
  },
  {
    option: KdcOptions.requestAnonymous,
    name: 'request-anonymous',
    refusal: never('AD issues no anonymous tickets'),
  },
  {
    option: KdcOptions.cnameInAddlTkt,
    name: 'cname-in-addl-tkt',
    refusal: never('constrained delegation (S4U2proxy, MS-SFU) is asked for, which is not offered'),
  },
  {
    option: KdcOptions.forwardable,
    name: 'forwardable',
    refusal: needs(TicketFlags.forwardable, 'forwardable'),
  },
  {
    option: KdcOptions.forwarded,
    name: 'forwarded',
    refusal: needs(TicketFlags.forwardable, 'forwardable'),
  },
  {
    option: KdcOptions.proxiable,
    name: 'proxiable',
    refusal: needs(TicketFlags.proxiable, 'proxiable'),
  },
  { option: KdcOptions.proxy, name: 'proxy', refusal: needs(TicketFlags.proxiable, 'proxiable') },
  {
    option: KdcOptions.allowPostdate,
    name: 'allow-postdate',
    refusal: needs(TicketFlags.mayPostdate, 'allowed to be postdated'),
  },
  {
    option: KdcOptions.postdated,
    name: 'postdated',
    refusal: () => refused(KDC_ERR_CANNOT_POSTDATE, 'AD issues no postdated tickets'),
  },
  {
    option: KdcOptions.renewable,
    name: 'renewable',
    refusal: needs(TicketFlags.renewable, 'renewable'),
  },
  {
    option: KdcOptions.renew,
    name: 'renew',
    refusal: (tgt, now) => {
      const fixed = needs(TicketFlags.renewable, 'renewable')(tgt);
      if (fixed !== undefined) return fixed;
      const { renewTill = 0 } = tgt;
      if (renewTill > now) return undefined;
      const at = new Date(renewTill).toISOString();
      return refused(KRB_AP_ERR_TKT_EXPIRED, `the ticket could be renewed until ${at}`);
    },
  },
  {
    option: KdcOptions.validate,
    name: 'validate',
    refusal: needs(TicketFlags.invalid, 'flagged invalid'),
  },
];

/** The first option that the ticket-granting ticket does not allow. */
export function optionRefusal(
  kdcOptions: number,
  tgt: EncTicketPart,
  now: number,
): Refusal | undefined {
  for (const { option, name, refusal } of OPTIONS) {
    if ((kdcOptions & option) === 0) continue;
    const found = refusal(tgt, now);
    if (found !== undefined) return { ...found, cause: `${name}: ${found.cause}` };
  }
  return undefined;
}

/** Options that bring the same ticket back with other times. */
export const AGAIN = KdcOptions.renew | KdcOptions.validate;
