/** PA-PK-AS-REP in both its forms: CHOICEs between IMPLICIT and EXPLICIT tags. */
import { choice } from '../../src/der/choice.ts';
import type { Infer } from '../../src/der/codec.ts';
import { octetString } from '../../src/der/primitives.ts';
import { explicit, implicit } from '../../src/der/structures.ts';
import { DhRepInfo } from './messages.ts';

/** RFC 4556 §3.2.3; `encKeyPack` is IMPLICIT. */
export type PaPkAsRep = Infer<typeof PaPkAsRep>;
export const PaPkAsRep = choice('PA-PK-AS-REP', {
  dhInfo: explicit(0, DhRepInfo),
  encKeyPack: implicit(1, octetString),
});

/** MS-PKCA 2.2.4 and draft 9 of RFC 4556. */
export type PaPkAsRepWin2k = Infer<typeof PaPkAsRepWin2k>;
export const PaPkAsRepWin2k = choice('PA-PK-AS-REP-Win2k', {
  dhSignedData: implicit(0, octetString),
  encKeyPack: implicit(1, octetString),
});
