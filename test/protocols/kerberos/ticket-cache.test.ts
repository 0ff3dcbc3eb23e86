import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { principal } from '../../../protocols/kerberos/names.ts';
import {
  isTgtFor,
  serviceTicket,
  type TicketCache,
  ticketGrantingTicket,
  withCredential,
} from '../../../protocols/kerberos/ticket-cache.ts';
import { NOW, REALM, tgt } from './forged-kdc.ts';
import { CIFS, credential } from './service-ticket.ts';

const cache = suite('ticket-cache');

cache('keeps the newest ticket for a service', () => {
  const old = credential();
  const newer = { ...old, endtime: old.endtime + 1 };
  const tickets = [old, tgt(), newer].reduce<TicketCache>(withCredential, []);
  assert.is(tickets.length, 2);
  assert.is(serviceTicket(tickets, CIFS, NOW), newer);
  const u2u = { ...old, isSkey: true as const };
  assert.is(withCredential(tickets, u2u).length, 3);
  assert.is(serviceTicket(withCredential(tickets, u2u), CIFS, NOW), newer);
});

cache('gives no ticket outside its time', () => {
  const tickets = [credential()];
  const found = (now: number) => serviceTicket(tickets, CIFS, now) !== undefined;
  // RFC 4120 §1.6: clocks may differ by five minutes.
  assert.equal([found(NOW - 300_001), found(NOW - 300_000)], [false, true]);
  assert.equal([found(NOW + 35_999_999), found(NOW + 36_000_000)], [true, false]);
});

cache('finds the ticket-granting ticket of a realm in any case', () => {
  const tickets = [credential(), tgt('B.EXAMPLE'), tgt()];
  assert.is(ticketGrantingTicket(tickets, 'corp.example'), tickets[2]);
  assert.is(ticketGrantingTicket(tickets, 'B.EXAMPLE'), tickets[1]);
  assert.is(ticketGrantingTicket(tickets, 'C.EXAMPLE'), undefined);
  assert.ok(isTgtFor(principal(2, 'KRBTGT', 'corp.example'), REALM));
  assert.not.ok(isTgtFor(principal(2, 'krbtgt'), REALM));
  assert.not.ok(isTgtFor(CIFS, REALM));
});

cache.run();
