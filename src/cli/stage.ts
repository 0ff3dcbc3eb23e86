/** The composition root's table: what `protocols/` knows, handed to `src/` as values. */
import { dissector, FRAMINGS, MESSAGES, ROLES } from '../../protocols/roles.ts';
import type { Stage } from '../scenario/run.ts';

export const stage: Stage = {
  roles: ROLES,
  messages: MESSAGES.map(({ name }) => name),
  framings: FRAMINGS,
  dissector,
};
