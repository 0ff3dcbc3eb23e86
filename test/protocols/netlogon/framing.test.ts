import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { netlogonFraming } from '../../../protocols/netlogon/framing.ts';
import { samLogonReply } from '../../../protocols/netlogon/messages.ts';
import { concat } from '../../../src/bytes/bytes.ts';

const s = suite('netlogon/framing');
const pdu = samLogonReply({ kind: 'denied', status: 0xc000006d });

s('cuts by the length that stands in the PDU', () => {
  const two = concat(netlogonFraming.wrap(pdu), pdu);
  for (let length = 0; length < pdu.length; length++) {
    assert.is(netlogonFraming.next(two.subarray(0, length)).kind, 'more');
  }
  const cut = netlogonFraming.next(two);
  assert.ok(cut.kind === 'message' && cut.consumed === pdu.length);
  assert.equal(cut.kind === 'message' ? cut.message : undefined, pdu);
});

s('refuses another protocol, and a length that has no room for a header', () => {
  assert.is(netlogonFraming.next(new Uint8Array([0x16])).kind, 'refused');
  const short = pdu.slice();
  short[8] = 15;
  short[9] = 0;
  assert.is(netlogonFraming.next(short).kind, 'refused');
});

s.run();
