/** `kerblab list`: everything that has a name here. */
import { Argument, type Command, Option } from 'commander';
import { editorSchemaText } from '../scenario/editor-schema.ts';
import { FAULT_FORMS } from '../scenario/format.ts';
import { formatReadme } from '../scenario/readme.ts';
import type { RoleDefinition } from '../scenario/role.ts';
import { outlineOf } from '../schema/outline.ts';
import { jsonSchema, type ObjectSchema } from '../schema/schema.ts';
import { loadScenarios, packedScenarios, scenarioFiles, shown } from './arguments.ts';
import { ERRORS, errorLine } from './errors.ts';
import { stylesFor } from './terminal.ts';

const LISTS: Readonly<Record<string, (json: boolean) => Promise<string>>> = {
  roles: async (json) => {
    const { stage } = await import('./stage.ts');
    if (json) return linesOf(stage.roles.map(roleValue));
    return stage.roles.map(roleText).join('\n');
  },
  messages: async (json) => {
    const { MESSAGES } = await import('../../protocols/roles.ts');
    if (json) return linesOf(MESSAGES);
    return columns(MESSAGES.map(({ name, about }) => [name, about]));
  },
  faults: async (json) => {
    if (json)
      return linesOf(FAULT_FORMS.map(({ name, about, example }) => ({ name, about, example })));
    return columns(FAULT_FORMS.map(({ name, about, example }) => [name, `${about}\n${example}`]));
  },
  errors: async (json) => (json ? linesOf(ERRORS) : columns(ERRORS.map(errorLine))),
  scenarios: async (json) => {
    const scenarios = await packed();
    if (json) {
      return linesOf(
        scenarios.map(({ name, file, title, specs }) => ({ name, file, title, specs })),
      );
    }
    return columns(scenarios.map(({ file, title }) => [shown(file), title]));
  },
  schema: async () => {
    const { stage } = await import('./stage.ts');
    return editorSchemaText(stage);
  },
  format: async () => {
    const { stage } = await import('./stage.ts');
    return formatReadme(stage, await packed());
  },
};

export function registerList(program: Command): void {
  program
    .command('list')
    .description('print what there is: roles, messages, faults, errors, scenarios')
    .addArgument(
      new Argument('<what>', 'schema and format print what stands in scenarios/').choices(
        Object.keys(LISTS),
      ),
    )
    .addOption(new Option('--json', 'one JSON object a line'))
    .addHelpText(
      'after',
      `
Examples:
  kerblab list roles                       what actors a scenario may have, and what they can do
  kerblab list errors --json | head
  kerblab list schema > scenario.schema.json`,
    )
    .action(async (what: string, { json }: { json?: true }) => {
      process.stdout.write((await LISTS[what]?.(json === true)) ?? '');
    });
}

async function packed() {
  const { stage } = await import('./stage.ts');
  return loadScenarios(scenarioFiles([packedScenarios()]), stage);
}

function linesOf(values: readonly unknown[]): string {
  return values.map((value) => `${JSON.stringify(value)}\n`).join('');
}

/** Two columns; further lines of the second stand below it. */
function columns(rows: readonly (readonly [string, string])[]): string {
  const width = Math.max(...rows.map(([name]) => name.length)) + 2;
  return rows
    .map(
      ([name, text]) => `${name.padEnd(width)}${text.replaceAll('\n', `\n${' '.repeat(width)}`)}\n`,
    )
    .join('');
}

function roleValue({ role, about, fields, verbs, states }: RoleDefinition) {
  return {
    role,
    about,
    states,
    fields: outlineOf(jsonSchema(fields)),
    verbs: Object.entries(verbs).map(([verb, { about: what, schema }]) => ({
      verb,
      about: what,
      fields: outlineOf(jsonSchema(schema)),
    })),
  };
}

function roleText({ role, about, fields, verbs, states }: RoleDefinition): string {
  const styles = stylesFor(process.stdout);
  const lines = [`${styles.bold(role)}  ${about}`, `  states: ${states.join(', ')}`];
  lines.push(...fieldLines(fields, '  '));
  for (const [verb, { about: what, schema }] of Object.entries(verbs)) {
    lines.push(`  ${styles.bold(verb)}  ${what}`, ...fieldLines(schema, '    '));
  }
  return `${lines.join('\n')}\n`;
}

function fieldLines(schema: ObjectSchema, indent: string): readonly string[] {
  const outline = outlineOf(jsonSchema(schema));
  const width = Math.max(0, ...outline.map(({ name }) => name.length + 1));
  return outline.map(({ name, about, required, values }) => {
    const more = values === '' ? '' : ` (${values})`;
    return `${indent}${`${name}${required ? '' : '?'}`.padEnd(width)}  ${about}${more}`;
  });
}
