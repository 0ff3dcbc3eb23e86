import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { authorize, identityOfTicket } from '../../../protocols/actors/logon.ts';
import type { Authorization } from '../../../protocols/kerberos/ap-server.ts';
import { key } from '../../../protocols/kerberos/etypes.ts';
import { type EncTicketPart, TgsRep, Ticket } from '../../../protocols/kerberos/messages.ts';
import { openTicket, type ServiceKey } from '../../../protocols/kerberos/ticket.ts';
import { authorizationDataWithPac, pacOf } from '../../../protocols/pac/authorization-data.ts';
import { PacType } from '../../../protocols/pac/constants.ts';
import { readPac } from '../../../protocols/pac/pactype.ts';
import { fromHex, hex } from '../../../src/bytes/bytes.ts';
import { decode, encode } from '../../../src/der/codec.ts';
import { SMALLEST, smallWorld } from './small-world.ts';

/** A ticket for the laptop as a domain controller makes it, and the laptop's keys. */
async function logonTicket(): Promise<{ ticket: Uint8Array; keys: readonly ServiceKey[] }> {
  const small = smallWorld({ ...SMALLEST, laptop: { ...SMALLEST.laptop, signsInAtStart: false } });
  small.command('alice', 'enters', { enters: 'password', value: 'Passw0rd!', on: 'laptop' });
  await small.world.run();
  const effects = small.steps.flatMap((step) => step.effects);
  const reply = effects.find((effect) => effect.kind === 'send' && effect.message === 'TGS-REP');
  const keyed = effects.find((effect) => effect.kind === 'keyed');
  if (reply?.kind !== 'send' || keyed?.kind !== 'keyed') throw new Error('no ticket');
  return {
    ticket: encode(Ticket, decode(TgsRep, reply.bytes).ticket),
    keys: keyed.keys
      .filter(({ principal }) => principal.startsWith('LAPTOP$'))
      .map(({ kvno, etype, key: octets }) => ({ kvno, key: key(etype, fromHex(octets)) })),
  };
}

const { KDC_CHECKSUM } = PacType;

const { ticket, keys } = await logonTicket();
const opened = openTicket(decode(Ticket, ticket), keys);
if (opened.kind !== 'opened') throw new Error(opened.reason);

function reason(authorization: Authorization<unknown>): string {
  return authorization.kind === 'denied' ? authorization.reason : 'granted';
}

/** The same ticket with another PAC, opened. */
function withPac(change: (pac: Uint8Array) => Uint8Array): EncTicketPart {
  const { part } = opened as Extract<typeof opened, { kind: 'opened' }>;
  const pac = pacOf(part.authorizationData);
  if (pac === undefined) throw new Error('no PAC');
  return { ...part, authorizationData: authorizationDataWithPac(change(pac.slice())) };
}

const judged = (part: EncTicketPart): string => reason(authorize(part, opened.key));

const logon = suite('logon');

logon('reads name, SID and groups out of the PAC', () => {
  const authorization = identityOfTicket(ticket, keys);
  if (authorization.kind !== 'granted') throw new Error(authorization.reason);
  const { name, sid, groups } = authorization.identity;
  assert.is(name, 'CORP\\alice');
  const domain = sid.slice(0, sid.lastIndexOf('-'));
  assert.match(domain, /^S-1-5-21(-\d+){3}$/);
  assert.is(groups[0], `${domain}-513`);
  assert.is(groups.at(-1), 'S-1-18-1');
});

logon('believes no ticket that does not open with our key', () => {
  const strangers = keys.map(({ kvno, key: { etype, bytes } }) => ({
    kvno,
    key: key(
      etype,
      bytes.map((octet) => octet ^ 1),
    ),
  }));
  assert.match(reason(identityOfTicket(ticket, strangers)), /^KRB_AP_ERR_MODIFIED: /);
  const older = keys.map((own) => ({ ...own, kvno: 1 }));
  assert.match(reason(identityOfTicket(ticket, older)), /^KRB_AP_ERR_BADKEYVER: /);
});

logon('believes no PAC that was changed, whichever octet it is', () => {
  const octets = pacOf(opened.part.authorizationData) ?? hex``;
  const pac = readPac(octets);
  const kdc = pac.ok ? pac.value.buffers.find(({ ulType }) => ulType === KDC_CHECKSUM) : undefined;
  if (kdc === undefined) throw new Error('no KDC signature');
  assert.is(judged(withPac((same) => same)), 'granted');
  for (let at = 0; at < octets.length; at++) {
    const changed = withPac((copy) => {
      copy[at] = (copy[at] as number) ^ 0x40;
      return copy;
    });
    // The KDC's own signature, behind its type, is for the KDC to check: ours takes it as zero.
    const ours = at < kdc.Offset + 4 || at >= kdc.Offset + kdc.bytes.length;
    assert.is(judged(changed) !== 'granted', ours, `octet ${at}`);
  }
});

logon('believes nobody without a PAC, or with half of one', () => {
  const { authorizationData: _, ...bare } = opened.part;
  assert.is(judged(bare), 'the ticket has no PAC');
  assert.match(judged(withPac((pac) => pac.subarray(0, 40))), /^the PAC is malformed/);
  const empty = withPac(() => new Uint8Array(8));
  assert.is(judged(empty), "the PAC's server signature is missing");
});

logon.run();
