/** What our remote desktop client says of itself, and with what it signs in. */
import type { Credentials } from '../../protocols/credssp/credentials.ts';
import { KdcOptions, NT_SRV_INST } from '../../protocols/kerberos/constants.ts';
import { GssFlags } from '../../protocols/kerberos/gss.ts';
import { principal } from '../../protocols/kerberos/names.ts';
import type * as initiating from '../../protocols/negotiate/initiator-state.ts';
import { ntHash } from '../../protocols/ntlm/response.ts';
import type * as client from '../../protocols/rdp/client-state.ts';
import { InfoFlags } from '../../protocols/rdp/constants.ts';
import { signIn, tgtOf, ticket, ticketOf } from './our-client.ts';
import type { Nla } from './our-rdp-client.ts';

export interface Account {
  readonly domain: string;
  readonly userName: string;
  readonly password: string;
}

/** What it asks for, and says of itself. @param protocols bits of `Protocol` */
export function rdpConfig(
  { domain, userName, password }: Account,
  protocols: number,
  more: Partial<client.ClientConfig> = {},
): client.ClientConfig {
  const { INFO_MOUSE, INFO_DISABLECTRLALTDEL, INFO_UNICODE, INFO_MAXIMIZESHELL } = InfoFlags;
  // xrdp takes a client without these four for one that cannot decrypt.
  const basic = INFO_MOUSE | INFO_DISABLECTRLALTDEL | INFO_UNICODE | INFO_MAXIMIZESHELL;
  const flags = basic | InfoFlags.INFO_LOGONNOTIFY | InfoFlags.INFO_AUTOLOGON;
  return {
    requestedProtocols: protocols,
    mode: 'normal',
    userName,
    clientName: 'KERBLAB',
    width: 800,
    height: 600,
    channels: [{ name: 'rdpdr', options: 0x80800000 }],
    smartCardLogOn: false,
    info: { flags, domain, userName, password, clientAddress: '127.0.0.1' },
    ...more,
  };
}

/** NTLM alone. @param framing `none`: tokens as they are, as servers want them that know nothing else */
export function byNtlm(
  { domain: domainName, userName, password }: Account,
  framing: initiating.Request['framing'],
): Nla {
  const workstation = 'KERBLAB';
  const credentials = { userName, domainName, ntHash: ntHash(password), workstation };
  const offers = [{ mechanism: 'ntlm', credentials }] as const;
  return {
    request: { offers, framing, sequenceAfterMic: 'on' },
    credentials: { kind: 'password', domainName, userName, password },
  };
}

const GSS_FLAGS =
  GssFlags.mutual | GssFlags.replay | GssFlags.sequence | GssFlags.conf | GssFlags.integ;

/**
 * Kerberos with the host's own ticket, and the password for the session.
 * @param kdcPort where tickets come from, on loopback
 */
export async function byKerberos(
  { domain: domainName, userName, password }: Account,
  { realm, host, kdcPort }: { readonly realm: string; readonly host: string; kdcPort: number },
  delegated: Credentials = { kind: 'password', domainName, userName, password },
): Promise<Nla> {
  const tgt = await signIn(kdcPort, userName, { kind: 'password', password }, [18, 17], { realm });
  const offer = {
    mechanism: 'userToUser',
    sname: principal(NT_SRV_INST, 'TERMSRV', host),
    gssFlags: GSS_FLAGS,
    learnsTime: false,
  } as const;
  const { forwardable, canonicalize, encTktInSkey } = KdcOptions;
  return {
    request: { offers: [offer], framing: 'spnego', sequenceAfterMic: 'on' },
    credentials: delegated,
    async ticket(sname, additionalTicket) {
      const wanted = {
        sname,
        kdcOptions: forwardable | canonicalize | encTktInSkey,
        additionalTickets: [additionalTicket],
      };
      return ticketOf(await ticket(kdcPort, tgtOf(tgt), wanted));
    },
  };
}
