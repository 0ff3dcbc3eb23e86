import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { CallId, Status } from '../../../protocols/rdpear/constants.ts';
import { asn1Data, type Call, type Output } from '../../../protocols/rdpear/messages.ts';
import { outputPacket, readInput } from '../../../protocols/rdpear/packets.ts';
import {
  type Effect,
  type Event,
  INITIAL,
  type State,
  step,
} from '../../../protocols/rdpear/server.ts';
import { hex } from '../../../src/bytes/bytes.ts';
import { playbook } from '../../playbook.ts';

const s = suite('server of MS-RDPEAR');

const CHECKSUM: Call = {
  tag: CallId.RemoteCallKerbComputeTgsChecksum,
  value: {
    RequestBody: asn1Data(hex`3000`),
    Key: { reserved1: 0, reserved2: 18, reserved3: { value: hex`01` } },
    ChecksumType: 7,
  },
};

function answers(Call: Output['Call'], status: number = Status.STATUS_SUCCESS): Event {
  return { kind: 'received', packet: outputPacket({ Status: status, Call }) };
}

const VERSION = answers({
  tag: CallId.RemoteCallKerbNegotiateVersion,
  value: { VersionToUse: 0 },
});
const MADE = { tag: CHECKSUM.tag, value: { Checksum: asn1Data(hex`01`) } } as const;

function book() {
  return playbook<State, Event, Effect, { now: number; random(size: number): Uint8Array }>(
    (state, event) => step(state, event),
    INITIAL,
    () => ({ now: 0, random: (size) => new Uint8Array(size) }),
  );
}

s('a version first, then call after call, each with its answer', () => {
  book()
    .on({ kind: 'asks', id: 'a', call: CHECKSUM })
    .emits({ kind: 'unanswered', id: 'a', reason: 'there is no channel to the client' })
    .on({ kind: 'opened' })
    .emits({ kind: 'send', name: 'RemoteCallKerbNegotiateVersion' })
    .check(([effect]) => {
      const read = effect?.kind === 'send' ? readInput(effect.packet) : undefined;
      assert.equal(read?.ok && read.value.Call.value, { MaxSupportedVersion: 0 });
    })
    .on({ kind: 'asks', id: 'a', call: CHECKSUM })
    .emits()
    .on({ kind: 'asks', id: 'b', call: CHECKSUM })
    .emits()
    .on(VERSION)
    .emits({ kind: 'send', name: 'RemoteCallKerbComputeTgsChecksum' })
    .ends('expectAnswer')
    .on(answers(MADE))
    .emits({ kind: 'answered', id: 'a' }, { kind: 'send' })
    .on(answers(MADE, Status.STATUS_INVALID_HANDLE))
    .emits({ kind: 'unanswered', id: 'b', reason: 'the client answers STATUS_INVALID_HANDLE' })
    .ends('ready')
    .on({ kind: 'asks', id: 'c', call: CHECKSUM })
    .emits({ kind: 'send' })
    .on(answers(MADE, 0xc0000001))
    .emits({ kind: 'unanswered', id: 'c', reason: 'the client answers 0xc0000001' });
});

s('whoever waits hears that the channel is gone', () => {
  book()
    .on({ kind: 'opened' })
    .on({ kind: 'asks', id: 'a', call: CHECKSUM })
    .on(VERSION)
    .on({ kind: 'asks', id: 'b', call: CHECKSUM })
    .on({ kind: 'closed', reason: 'alice has disconnected' })
    .emits(
      { kind: 'unanswered', id: 'a', reason: 'alice has disconnected' },
      { kind: 'unanswered', id: 'b', reason: 'alice has disconnected' },
    )
    .ends('closed')
    .on({ kind: 'asks', id: 'c', call: CHECKSUM })
    .emits({ kind: 'unanswered', id: 'c', reason: 'alice has disconnected' });
});

s('a client that does not keep to the protocol is not asked again', () => {
  const asked = () =>
    book().on({ kind: 'opened' }).on(VERSION).on({ kind: 'asks', id: 'a', call: CHECKSUM });
  asked()
    .on(VERSION)
    .emits(
      { kind: 'unanswered', id: 'a', reason: 'an answer to call 256, expected 262' },
      { kind: 'close' },
    )
    .ends('closed');
  asked()
    .on({ kind: 'received', packet: hex`00` })
    .emits({ kind: 'unanswered', id: 'a' }, { kind: 'close' });
  book().on({ kind: 'opened' }).on(VERSION).on(VERSION).emits({ kind: 'close' });
  const tag = CallId.RemoteCallKerbNegotiateVersion;
  book()
    .on({ kind: 'opened' })
    .on(answers({ tag, value: { VersionToUse: 1 } }))
    .emits({ kind: 'close' });
  book()
    .on({ kind: 'opened' })
    .on(answers({ tag, value: { VersionToUse: 0 } }, Status.STATUS_INVALID_PARAMETER))
    .emits({ kind: 'close' })
    .check((_, state) => {
      const reason = state.name === 'closed' ? state.reason : '';
      assert.is(reason, 'the client refuses with STATUS_INVALID_PARAMETER');
    });
});

s('so many calls wait, and no more', () => {
  let { state } = book().on({ kind: 'opened' });
  let last: readonly Effect[] = [];
  for (let at = 0; at < 65; at++) {
    ({ state, effects: last } = step(state, { kind: 'asks', id: `${at}`, call: CHECKSUM }));
  }
  assert.equal(last, [{ kind: 'unanswered', id: '64', reason: '64 calls wait already' }]);
});

s.run();
