/** `scenarios/README.md`: the format and all scenarios, written from the declarations. */
import { outlineOf } from '../schema/outline.ts';
import { type JsonSchema, jsonSchema, type ObjectSchema } from '../schema/schema.ts';
import type { Vocabulary } from './context.ts';
import { ACTOR, act, expectations, FAULT_FORMS, file, link, matcher, when } from './format.ts';
import type { RoleDefinition } from './role.ts';
import type { Scenario } from './scenario.ts';

const INTRODUCTION = `# Scenarios

<!-- Generated: \`kerblab list format > scenarios/README.md\`. -->

A scenario file is one story: who is there, what they do, what breaks, and what must be seen.
\`kerblab run FILE\` plays it in virtual time; the same file and seed give the same trace, octet for octet.
It is YAML without anchors, aliases and tags, and there are no variables, loops or includes: a second scenario is a copy with a line changed, and a diff shows it.
Every word is checked; an error says file, line, column, what was expected and the nearest known word.
\`kerblab explain FILE\` prints a file with its defaults filled in.
Editors check it with [scenario.schema.json](scenario.schema.json): begin the file with \`# yaml-language-server: $schema=scenario.schema.json\`.

Values carry units: durations are written \`40ms\`, \`3s\`, \`30m\`, \`10h\`, \`7d\`, shifts of a clock \`+10m\` or \`-90s\`, shares \`10%\`, times \`2026-03-02T08:00:00Z\`.
`;

const WITH = `
### Fields of messages

\`with:\` compares fields of the message, decoded and, where a key of the run opens it, decrypted; numbers that have a name stand as that name.
A path names a field inside others (\`reqBody.sname\`), and one that goes through a list means any of its items.
A list must be contained in this order, \`null\` means that the field is absent, and a map is compared field by field.
`;

/** The whole text; `scenarios` in the order in which they are to be listed. */
export function formatReadme(vocabulary: Vocabulary, scenarios: readonly Scenario[]): string {
  return [
    INTRODUCTION,
    '## All scenarios\n',
    table(
      ['file', 'what happens', 'standards'],
      scenarios.map(({ file: path, title, specs }) => [
        `[${base(path)}](${base(path)})`,
        title,
        specs.join(', '),
      ]),
    ),
    '## The file\n',
    fields(jsonSchema(file)),
    '### `actors`\n',
    'Every actor has a role; its other fields are the role’s (below).\n',
    fields(jsonSchema(ACTOR)),
    '### `links`\n',
    fields(jsonSchema(link)),
    '### `script`\n',
    'An entry is due at a time (`at`), when an actor enters a state (`when`, perhaps some time `after`), or some time `after` the entry before it.\n',
    fields(jsonSchema(act)),
    '`when` has these fields:\n',
    fields(jsonSchema(when)),
    '### `faults`\n',
    table(
      ['fault', 'what happens', 'entry'],
      FAULT_FORMS.map(({ name, about, example }) => [name, about, `\`${example}\``]),
    ),
    '### `expect`\n',
    fields(jsonSchema(expectations)),
    'Entries of `trace` and `never` have these fields:\n',
    fields(jsonSchema(matcher)),
    WITH.trimStart(),
    '## Roles\n',
    ...vocabulary.roles.map(roleText),
  ].join('\n');
}

function base(path: string): string {
  return path.split(/[/\\]/).at(-1) ?? path;
}

function roleText(role: RoleDefinition): string {
  const verbs = Object.entries(role.verbs);
  return [
    `### \`${role.role}\`\n`,
    `${role.about}\n`,
    `States: ${role.states.map((state) => `\`${state}\``).join(', ')}.\n`,
    fields(jsonSchema(role.fields)),
    ...verbs.map(([verb, { about, schema }]) => verbText(verb, about, schema)),
  ].join('\n');
}

function verbText(verb: string, about: string, schema: ObjectSchema): string {
  return `The verb \`${verb}\`: ${about}\n\n${fields(jsonSchema(schema))}`;
}

function fields(schema: JsonSchema): string {
  const rows = outlineOf(schema).map(({ name, about, required, values }) => [
    `\`${name}\`${required ? '' : '?'}`,
    about,
    values,
  ]);
  return rows.length === 0 ? 'It has no fields.\n' : table(['field', 'what it is', 'values'], rows);
}

/** Columns are padded to one width each, as Biome prints tables. */
function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const cells = [head, ...rows].map((row) =>
    row.map((cell) => cell.replaceAll('|', '\\|').replaceAll('\n', ' ')),
  );
  const widths = head.map((_, i) => Math.max(3, ...cells.map((row) => row[i]?.length ?? 0)));
  const line = (row: readonly string[]): string =>
    `| ${row.map((cell, i) => cell.padEnd(widths[i] ?? 0)).join(' | ')} |`;
  const rule = `| ${widths.map((width) => '-'.repeat(width)).join(' | ')} |`;
  const [first = [], ...others] = cells;
  return `${[line(first), rule, ...others.map(line)].join('\n')}\n`;
}
