/** What the code of every operation is given, and what it answers. */
import type { Directory, Draft } from '../directory/directory.ts';
import type { WriteContext } from '../directory/modify.ts';
import type { Authentication } from '../kerberos/replays.ts';
import type { Controls } from './controls.ts';
import type { LdapEnv } from './host.ts';
import type { Response } from './results.ts';
import type { Connection } from './state.ts';

export interface Operation {
  readonly env: LdapEnv;
  /** With what earlier messages of the same step wrote. */
  readonly directory: Directory;
  readonly connection: Connection;
  readonly controls: Controls;
}

export interface Answer {
  readonly responses: readonly Response[];
  /** Changed by the operation; absent: as it was. */
  readonly connection?: Connection;
  /** To be written before the responses are sent. */
  readonly draft?: Draft;
  /** Authenticators that must not count again. */
  readonly remember?: readonly Authentication[];
  /** Why, for people. */
  readonly note?: string;
}

export function writeContext({ env, directory, connection, controls }: Operation): WriteContext {
  const { domain, options } = env.host;
  return {
    directory,
    domain,
    context: connection.requester.context,
    now: env.now,
    random: (size) => env.random(size),
    confidential: connection.layer?.sealed === true || options.passwordsInClear,
    ...(controls.permissive === true ? { permissive: true } : {}),
    ...(controls.sdFlags === undefined ? {} : { sdFlags: controls.sdFlags }),
  };
}
