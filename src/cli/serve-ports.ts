/** Which option of `serve` opens which port of an actor, and which options are for later versions. */

import type { Patience } from '../drivers/limits.ts';

/** An option that opens listeners, and the port that the actors believe to listen on. */
export interface ListenerOption {
  readonly option: 'kdc' | 'ldap' | 'entra' | 'rdp';
  readonly port: number;
  readonly about: string;
  /** TLS from the first octet. */
  readonly isTls?: true;
  /** Where the service waits longer than others. */
  readonly patience?: Partial<Patience>;
}

export const LISTENERS: readonly ListenerOption[] = [
  {
    option: 'kdc',
    port: 88,
    about:
      'the KDC, on UDP and TCP; of a file with several realms the first, the others take free ports',
  },
  {
    option: 'ldap',
    port: 389,
    about: 'the directory, on TCP; of a file with several realms as for --kdc',
    // InitRecvTimeout and MaxConnIdleTime of the LDAP policies (MS-ADTS 3.1.1.3.4.6).
    patience: { firstMessageMs: 120_000, idleMs: 900_000 },
  },
  {
    option: 'entra',
    port: 443,
    about: 'the tenant of Microsoft Entra, over HTTPS; its root is in ca.pem of --export',
    isTls: true,
  },
  {
    option: 'rdp',
    port: 3389,
    about:
      'a remote desktop host, over TLS and CredSSP; it signs users in at --kdc, whose network logons (NTLM) take a free port',
    // A screen that nobody touches is no broken connection.
    patience: { idleMs: 3_600_000 },
  },
];

/** By port, for the driver. */
export const PATIENCE: Readonly<Record<number, Partial<Patience>>> = Object.fromEntries(
  LISTENERS.map(({ port, patience = {} }) => [port, patience]),
);

/** Options of the program's outside whose listeners are not there yet: refused, not ignored. */
export const LATER: readonly (readonly [option: string, what: string])[] = [
  ['--kpasswd <port>', 'password changes (RFC 3244)'],
  ['--kkdcp <port>', 'the KDC proxy (MS-KKDCP)'],
  ['--workers <n>', 'several processes'],
];

/** Ports that are TLS from the first octet. */
export const TLS_PORTS: readonly number[] = LISTENERS.flatMap(({ port, isTls }) =>
  isTls === true ? [port] : [],
);

/**
 * What actors say to one another here, and nobody from outside has to find: network logons are judged for a remote
 * desktop host.
 */
const INTERNAL: readonly {
  readonly option: ListenerOption['option'];
  readonly port: number;
}[] = [{ option: 'rdp', port: 49_670 }];

/** `--kdc 8800` as what the actors ask for: the first asks for that port, the others for any. */
export function realPorts(
  wanted: Readonly<Partial<Record<ListenerOption['option'], number | undefined>>>,
): (actor: string, port: number) => number | undefined {
  const first = new Map<string, string>();
  return (actor, port) => {
    const internal = INTERNAL.find((known) => known.port === port);
    if (internal !== undefined) return wanted[internal.option] === undefined ? undefined : 0;
    const listener = LISTENERS.find((known) => known.port === port);
    const real = listener === undefined ? undefined : wanted[listener.option];
    if (listener === undefined || real === undefined) return undefined;
    const owner = first.get(listener.option) ?? actor;
    first.set(listener.option, owner);
    return owner === actor ? real : 0;
  };
}
