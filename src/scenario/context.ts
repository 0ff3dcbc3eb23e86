/** What the checks of a scenario file know, and how they say what is wrong. */
import type { Cast } from '../schema/schema.ts';
import type { RoleDefinition } from './role.ts';
import type { Path } from './yaml.ts';

/** The words that a file may use, from the composition root. */
export interface Vocabulary {
  readonly roles: readonly RoleDefinition[];
  /** Names of messages, as `sent` and `received` have them. */
  readonly messages: readonly string[];
}

/** Takes a problem at a path; `atKey`: the name of the last part is wrong, not its value. */
export type Report = (path: Path, message: string, atKey?: boolean) => void;

/** What every check needs. */
export interface Context {
  readonly roles: ReadonlyMap<string, RoleDefinition>;
  readonly messages: readonly string[];
  readonly cast: Cast;
  readonly report: Report;
}
