/**
 * What a device writes into its event logs about Hello: the newest last, the oldest forgotten when the log is
 * full, as Windows does it.
 */

/** Logs, by the names that the Event Viewer has them under. */
export const USER_DEVICE_REGISTRATION = 'Microsoft-Windows-User Device Registration/Admin';

export type EventLevel = 'Information' | 'Warning' | 'Error';

export interface DeviceEvent {
  /** Counts from 1 on; goes on counting when old events are forgotten. */
  readonly record: number;
  readonly log: string;
  readonly id: number;
  readonly level: EventLevel;
  /** Milliseconds since 1970. */
  readonly time: number;
  /** In whose session, by the device's name for the account. */
  readonly user?: string;
  /** Lines of it. */
  readonly text: string;
}

/** As many events as one log keeps; Windows' logs have a size of 1028 kB instead. */
export const EVENTS_KEPT = 200;

/** One more event. */
export function logged(
  events: readonly DeviceEvent[],
  event: Omit<DeviceEvent, 'record'>,
): readonly DeviceEvent[] {
  const record = (events.at(-1)?.record ?? 0) + 1;
  return [...events, { record, ...event }].slice(-EVENTS_KEPT);
}

/** What Windows writes when a key was registered: event 300. */
export function keyRegisteredText(kid: string, upn: string): string {
  return [
    'The NGC key was successfully registered.',
    `Key ID: {${kid.toUpperCase()}}`,
    `UPN: ${upn}`,
  ].join('\n');
}
