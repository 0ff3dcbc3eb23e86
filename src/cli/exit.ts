/** Exit statuses, and which of them an error is. */
import { CommanderError } from 'commander';

/** All expectations held; some did not; the input is wrong; the program is. */
export const EXIT = { held: 0, failed: 1, input: 2, program: 3 } as const;
export type ExitStatus = (typeof EXIT)[keyof typeof EXIT];

/** Something that the user can put right: `message` says what, where and how. */
export class InputError extends Error {
  override readonly name = 'InputError';
}

/** Errors of the input, by name: files that are not what they should be. */
const INPUT_ERRORS: ReadonlySet<string> = new Set(['InputError', 'ScenarioError', 'RunError']);

/** Codes of the system that say what is wrong with a path or a port that the user gave. */
const SYSTEM_CODES: ReadonlySet<string> = new Set([
  'EACCES',
  'EADDRINUSE',
  'EADDRNOTAVAIL',
  'EISDIR',
  'EMFILE',
  'ENOENT',
  'ENOSPC',
  'ENOTDIR',
  'ENOTFOUND',
  'EPERM',
  'EROFS',
]);

/** The exit status that an error means, and what is to be said about it on stderr. */
export function exitOf(error: unknown): { readonly status: ExitStatus; readonly text: string } {
  if (error instanceof CommanderError) {
    // commander has printed its message, or the help that was asked for.
    return { status: error.exitCode === 0 ? EXIT.held : EXIT.input, text: '' };
  }
  if (!(error instanceof Error)) return { status: EXIT.program, text: String(error) };
  const { code } = error as NodeJS.ErrnoException;
  if (INPUT_ERRORS.has(error.name) || (code !== undefined && SYSTEM_CODES.has(code))) {
    return { status: EXIT.input, text: error.message };
  }
  return { status: EXIT.program, text: error.stack ?? error.message };
}
