/** Tickets for a file server, right and wrong, as a KDC might have issued them. */
import { KeyUsage, NT_SRV_INST, PVNO, TicketFlags } from '../../../protocols/kerberos/constants.ts';
import {
  confounderLength,
  encrypt,
  encryptionKey,
  type Key,
} from '../../../protocols/kerberos/etypes.ts';
import { EncTicketPart, Ticket } from '../../../protocols/kerberos/messages.ts';
import { principal } from '../../../protocols/kerberos/names.ts';
import type { Credential } from '../../../protocols/kerberos/ticket-cache.ts';
import { hex } from '../../../src/bytes/bytes.ts';
import { seededRandom } from '../../../src/crypto/random.ts';
import { encode } from '../../../src/der/codec.ts';
import { ALICE, freshKey, NOW, REALM } from './forged-kdc.ts';

export const CIFS = principal(NT_SRV_INST, 'cifs', 'files.corp.example');
/** The file server's long-term key. */
export const SERVICE = freshKey(18);
export const SESSION = freshKey(18);
const random = seededRandom(1, 'service-ticket');

export interface TicketChanges {
  readonly key?: Key;
  readonly kvno?: number;
  readonly sname?: typeof CIFS;
  readonly realm?: string;
  readonly part?: Partial<EncTicketPart>;
}

export function credential(changes: TicketChanges = {}): Credential {
  const { key = SERVICE, kvno = 2, sname = CIFS, realm = REALM } = changes;
  const part: EncTicketPart = {
    flags: TicketFlags.preAuthent,
    key: encryptionKey(SESSION),
    crealm: REALM,
    cname: ALICE,
    transited: { trType: 0, contents: hex`` },
    authtime: NOW,
    starttime: NOW,
    endtime: NOW + 36_000_000,
    ...changes.part,
  };
  const plain = encode(EncTicketPart, part);
  const cipher = encrypt(key, KeyUsage.TICKET, plain, random(confounderLength(key.etype)));
  const ticket = encode(Ticket, {
    tktVno: PVNO,
    realm,
    sname,
    encPart: { etype: key.etype, kvno, cipher },
  });
  return {
    cname: ALICE,
    crealm: REALM,
    sname,
    srealm: realm,
    key: SESSION,
    flags: part.flags,
    authtime: NOW,
    starttime: NOW,
    endtime: part.endtime,
    ticket,
  };
}
