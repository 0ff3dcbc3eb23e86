import type { DissectedField } from './dissector.ts';

/** A field as `GET /tree/LINK` shows it: its plaintext, when it was opened, is a link. */
export interface TreeField extends Omit<DissectedField, 'opened'> {
  readonly opened?: {
    readonly key: string;
    /** Link of the plaintext. */
    readonly bytes: string;
    readonly fields: readonly TreeField[];
  };
}
