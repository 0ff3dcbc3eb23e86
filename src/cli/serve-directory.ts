/** How actors on sockets reach each other: a host its domain controller, over this machine's own ports. */
import type { Directory } from '../drivers/outside.ts';

/** What every address of this machine is reached by. */
const LOOPBACK: Readonly<Record<string, string>> = { '0.0.0.0': '127.0.0.1', '::': '::1' };

/**
 * @param portOf the real port of an actor's listener, as soon as it is open
 * @param host the address that listeners are bound to
 * @param outside asked first: who is not served here
 */
export function localDirectory(
  portOf: (actor: string, port: number) => number | undefined,
  host: string,
  outside?: Directory,
): Directory {
  return {
    addressOf(name, port) {
      const known = outside?.addressOf(name, port);
      if (known !== undefined) return known;
      const real = portOf(name, port);
      return real === undefined ? undefined : { host: LOOPBACK[host] ?? host, port: real };
    },
    nameOf: (address, port) => outside?.nameOf(address, port),
  };
}
