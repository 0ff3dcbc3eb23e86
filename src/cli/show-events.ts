/** `kerblab show RUN events`: a device's event logs as `wevtutil qe` prints them. */
import { accountIdentity } from '../../protocols/actors/account-identity.ts';
import { computerNames } from '../../protocols/actors/computer.ts';
import { keptIn } from '../../protocols/actors/device-store.ts';
import { eventsText } from '../../protocols/hello/event-text.ts';
import { InputError } from './exit.ts';
import type { Shown } from './show.ts';
import { deviceCast, flatNameOf } from './show-device.ts';

/** @throws InputError when the actor is no device, or what stands behind the name is no event's number */
export function eventsOf(shown: Shown): string {
  const wanted = shown.rest.map(numberOf);
  const { name, config, cast } = deviceCast(shown);
  const events = keptIn(shown.store).events.filter(
    ({ id }) => wanted.length === 0 || wanted.includes(id),
  );
  if (events.length === 0) return 'No events were found.';
  const domain = flatNameOf(cast.scene, config.realm);
  return eventsText(events, {
    computer: computerNames(name, config).dnsHostName,
    account(user) {
      const identity = accountIdentity(cast.scene, user);
      if (identity === undefined) return undefined;
      return { sid: identity.sid, name: `${domain}\\${identity.sAMAccountName}` };
    },
  });
}

function numberOf(word: string): number {
  if (/^\d+$/.test(word)) return Number(word);
  throw new InputError(`events ${word}: expected the number of an event, such as 360`);
}
