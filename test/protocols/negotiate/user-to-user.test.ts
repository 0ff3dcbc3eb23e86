import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { NT_SRV_INST } from '../../../protocols/kerberos/constants.ts';
import { gssToken } from '../../../protocols/kerberos/gss.ts';
import { principal } from '../../../protocols/kerberos/names.ts';
import {
  openUserToUser,
  TgtReq,
  tgtRepToken,
  tgtReqToken,
  ticketInTgtRep,
} from '../../../protocols/negotiate/user-to-user.ts';
import { hex, toHex } from '../../../src/bytes/bytes.ts';
import { decode } from '../../../src/der/codec.ts';
import { credential } from '../kerberos/service-ticket.ts';

const s = suite('negotiate/user-to-user');

/** As Windows' remote desktop client asks rd1.example.test. */
const TGT_REQ = hex`
  60 42 06 0a 2a 86 48 86 f7 12 01 02 02 03 04 00 30 32 a0 03 02 01 05 a1 03 02 01 10
  a2 26 30 24 a0 03 02 01 02 a1 1d 30 1b 1b 07 5445524d535256 1b 10 7264312e6578616d706c652e74657374`;

s('a TGT-REQ', () => {
  const sname = principal(NT_SRV_INST, 'TERMSRV', 'rd1.example.test');
  assert.is(toHex(tgtReqToken(sname)), toHex(TGT_REQ));
  const opened = openUserToUser(TGT_REQ);
  assert.ok(opened?.ok && opened.message === 'TGT-REQ');
  assert.equal(decode(TgtReq, opened.bytes).serverName, sname);
  const named = openUserToUser(tgtReqToken(sname, 'EXAMPLE.TEST'));
  assert.ok(named?.ok);
  assert.is(decode(TgtReq, named.bytes).realm, 'EXAMPLE.TEST');
});

s('a TGT-REP has the ticket octet for octet', () => {
  const { ticket } = credential();
  const opened = openUserToUser(tgtRepToken(ticket));
  assert.ok(opened?.ok && opened.message === 'TGT-REP');
  assert.equal(ticketInTgtRep(opened.bytes), ticket);
  assert.type(ticketInTgtRep(hex`30 00`), 'string');
});

s('other tokens', () => {
  assert.is(openUserToUser(gssToken('AP-REQ', hex`6e 00`)), undefined);
  const unknown = TGT_REQ.slice();
  unknown[15] = 9;
  const opened = openUserToUser(unknown);
  assert.ok(opened?.ok === false && opened.reason === 'TOK_ID 0409 is not known');
  assert.not.ok(openUserToUser(hex`30 00`)?.ok);
});

s.run();
