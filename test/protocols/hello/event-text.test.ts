import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { type DeviceEvent, USER_DEVICE_REGISTRATION } from '../../../protocols/hello/event-log.ts';
import { eventsText } from '../../../protocols/hello/event-text.ts';

const s = suite('event-text');

const setting = {
  computer: 'laptop.corp.example',
  account: (user: string) =>
    user === 'alice' ? { sid: 'S-1-5-21-1-2-3-1103', name: 'CORP\\alice' } : undefined,
};

const event: DeviceEvent = {
  record: 7,
  log: USER_DEVICE_REGISTRATION,
  id: 360,
  level: 'Warning',
  time: Date.UTC(2026, 2, 2, 8, 1),
  user: 'alice',
  text: 'Windows Hello for Business provisioning will not be launched.\nDevice is AAD joined: No',
};

s('as wevtutil prints them, the system’s own without an account', () => {
  const { user: _, ...own } = { ...event, id: 304, level: 'Error' as const, text: 'Failed.' };
  assert.is(
    eventsText([event, own], setting),
    `Event[0]
  Log Name: Microsoft-Windows-User Device Registration/Admin
  Source: Microsoft-Windows-User Device Registration
  Date: 2026-03-02T08:01:00.000Z
  Event ID: 360
  Task: N/A
  Level: Warning
  Opcode: Info
  Keyword: N/A
  User: S-1-5-21-1-2-3-1103
  User Name: CORP\\alice
  Computer: laptop.corp.example
  Description:
Windows Hello for Business provisioning will not be launched.
Device is AAD joined: No

Event[1]
  Log Name: Microsoft-Windows-User Device Registration/Admin
  Source: Microsoft-Windows-User Device Registration
  Date: 2026-03-02T08:01:00.000Z
  Event ID: 304
  Task: N/A
  Level: Error
  Opcode: Info
  Keyword: N/A
  User: S-1-5-18
  User Name: NT AUTHORITY\\SYSTEM
  Computer: laptop.corp.example
  Description:
Failed.
`,
  );
});

s('somebody whom the cast does not know is the system too', () => {
  assert.match(eventsText([{ ...event, user: 'mallory' }], setting), /^ {2}User: S-1-5-18$/m);
});

s.run();
