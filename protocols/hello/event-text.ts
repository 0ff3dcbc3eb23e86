/** Event logs as `wevtutil qe LOG /f:text` prints them, oldest first. */
import type { DeviceEvent } from './event-log.ts';

export interface EventSetting {
  /** DNS name of the device. */
  readonly computer: string;
  /** SID and `CORP\alice` of whoever's session an event is of; undefined: the system's own. */
  account(user: string): { readonly sid: string; readonly name: string } | undefined;
}

/** Who writes events outside of any session. */
const SYSTEM = { sid: 'S-1-5-18', name: 'NT AUTHORITY\\SYSTEM' };

export function eventsText(events: readonly DeviceEvent[], setting: EventSetting): string {
  return `${events.map((event, i) => block(event, i, setting)).join('\n\n')}\n`;
}

function block(event: DeviceEvent, index: number, { computer, account }: EventSetting): string {
  const { log, id, level, time, user, text } = event;
  const { sid, name } = (user === undefined ? undefined : account(user)) ?? SYSTEM;
  const fields = [
    ['Log Name', log],
    // A log's name is its provider's, with a channel behind it.
    ['Source', log.split('/')[0]],
    ['Date', new Date(time).toISOString()],
    ['Event ID', id],
    ['Task', 'N/A'],
    ['Level', level],
    ['Opcode', 'Info'],
    ['Keyword', 'N/A'],
    ['User', sid],
    ['User Name', name],
    ['Computer', computer],
  ];
  const lines = fields.map(([label, value]) => `  ${label}: ${value}`);
  return [`Event[${index}]`, ...lines, '  Description:', text].join('\n');
}
