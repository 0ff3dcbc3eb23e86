/** Checks the words in `expect` against the cast and the roles. */
import { unknownWord, withArticle } from '../schema/nearest.ts';
import { NET } from '../sim/network.ts';
import type { Context } from './context.ts';
import type { Expectations, Matcher } from './scenario.ts';
import type { Path } from './yaml.ts';

/** Reports every word that nothing could ever match. */
export function expectationProblems(expect: Expectations, context: Context): void {
  for (const list of ['trace', 'never'] as const) {
    for (const [i, matcher] of expect[list].entries()) {
      matcherProblems(matcher, ['expect', list, i], context);
    }
  }
  for (const [name, value] of Object.entries(expect.end)) endProblems(name, value, context);
}

function matcherProblems(matcher: Matcher, path: Path, context: Context): void {
  const { cast, messages, report } = context;
  const { actor, sent, received, state, rejected, says } = matcher;
  if (actor !== undefined && actor !== NET && !Object.hasOwn(cast, actor)) {
    report([...path, 'actor'], unknownWord('actor', actor, Object.keys(cast)));
  }
  for (const word of ['sent', 'received'] as const) {
    const name = matcher[word];
    if (name === undefined || messages.includes(name)) continue;
    report([...path, word], `${unknownMessage(name, messages)} (see \`kerblab list messages\`)`);
  }
  if (sent !== undefined && received !== undefined) {
    report([...path, 'received'], 'either "sent" or "received": two steps are two entries', true);
  }
  if (matcher.with !== undefined && sent === undefined && received === undefined) {
    report([...path, 'with'], '"with" needs the message: add "sent" or "received"', true);
  }
  if (
    sent === undefined &&
    received === undefined &&
    state === undefined &&
    rejected === undefined &&
    says === undefined
  ) {
    const known = 'sent, received, state, rejected, says';
    report(path, `expected one of ${known}: this would match every step`);
  }
  if (says !== undefined && (sent ?? received) !== undefined) {
    report([...path, 'says'], '"says" is an entry of its own, beside no message', true);
  }
  if (state !== undefined) stateProblems(state, actor, [...path, 'state'], context);
}

/** The list of all messages is too long for a line: only what is near. */
function unknownMessage(name: string, messages: readonly string[]): string {
  const text = unknownWord('message', name, messages);
  return text.includes(', known: ') ? text.slice(0, text.indexOf(', known: ')) : text;
}

function stateProblems(
  state: string,
  actor: string | undefined,
  path: Path,
  { roles, cast, report }: Context,
): void {
  if (actor === NET) {
    report(path, 'the network has no states');
    return;
  }
  const role = actor === undefined ? undefined : roles.get(cast[actor]?.role ?? '');
  if (actor !== undefined && role === undefined) return; // its own entry has been complained about
  const present = new Set(Object.values(cast).map((member) => member.role));
  const those =
    role === undefined ? [...roles.values()].filter((r) => present.has(r.role)) : [role];
  const states = [...new Set(those.flatMap((r) => r.states))];
  if (states.includes(state)) return;
  const kind = role === undefined ? 'state' : `state of ${withArticle(role.role)}`;
  report(path, unknownWord(kind, state, states));
}

function endProblems(name: string, value: unknown, context: Context): void {
  const { cast, report } = context;
  const path = ['expect', 'end', name];
  const [actor = ''] = name.split('.');
  if (!Object.hasOwn(cast, actor)) {
    report(path, unknownWord('actor', actor, Object.keys(cast)), true);
  } else if (actor === name && typeof value === 'string') {
    stateProblems(value, actor, path, context);
  } else if (actor === name && (typeof value !== 'object' || value === null)) {
    report(path, `${name}: expected a state, or a map of fields of its view`);
  }
}
