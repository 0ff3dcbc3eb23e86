import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import {
  type DeviceEvent,
  EVENTS_KEPT,
  keyRegisteredText,
  logged,
  USER_DEVICE_REGISTRATION,
} from '../../../protocols/hello/event-log.ts';

const log = suite('event-log');

log('forgets the oldest when it is full, and goes on counting', () => {
  let events: readonly DeviceEvent[] = [];
  for (let time = 1; time <= EVENTS_KEPT + 3; time++) {
    const level = 'Information';
    events = logged(events, { log: USER_DEVICE_REGISTRATION, id: 358, level, time, text: 'x' });
  }
  assert.is(events.length, EVENTS_KEPT);
  assert.is(events[0]?.record, 4);
  assert.is(events.at(-1)?.record, EVENTS_KEPT + 3);
});

log('event 300 names key and account', () => {
  assert.equal(keyRegisteredText('6b1d4a0c-9c0e-4f3a-8f6e-2b7c1d5e9a10', 'a@b.c').split('\n'), [
    'The NGC key was successfully registered.',
    'Key ID: {6B1D4A0C-9C0E-4F3A-8F6E-2B7C1D5E9A10}',
    'UPN: a@b.c',
  ]);
});

log.run();
