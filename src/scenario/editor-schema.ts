/**
 * The format as JSON Schema: editors complete and check scenario files by it, `explain` fills its
 * defaults in. References to actors are checked by the loader only; JSON Schema has no word for them.
 */
import { filled } from '../schema/outline.ts';
import { type JsonSchema, jsonSchema } from '../schema/schema.ts';
import type { Vocabulary } from './context.ts';
import { act, actorFields, FAULT_FORMS, file, matcher } from './format.ts';
import type { RoleDefinition } from './role.ts';

/** For `# yaml-language-server: $schema=...` and the settings of editors. */
export function editorSchema(vocabulary: Vocabulary): JsonSchema {
  const base = jsonSchema(file);
  const { actors, script, faults, expect, ...others } = base.properties ?? {};
  return {
    $schema: 'https://json-schema.org/draft/2020-12/schema',
    title: 'kerblab scenario',
    ...base,
    properties: {
      ...others,
      actors: { ...actors, additionalProperties: actorSchema(vocabulary.roles) },
      script: { ...script, items: actSchema(vocabulary.roles) },
      faults: { ...faults, items: { anyOf: FAULT_FORMS.map(({ schema }) => jsonSchema(schema)) } },
      expect: expectSchema(expect ?? {}, vocabulary.messages),
    },
  };
}

function actorSchema(roles: readonly RoleDefinition[]): JsonSchema {
  const words = roles.map(({ role }) => role);
  return {
    type: 'object',
    required: ['role'],
    properties: { role: { enum: words, description: 'what kind of actor this is' } },
    allOf: roles.map((role) => ({
      if: { properties: { role: { const: role.role } } },
      // biome-ignore lint/suspicious/noThenProperty: JSON Schema's keyword
      then: jsonSchema(actorFields(role)),
    })),
  };
}

function actSchema(roles: readonly RoleDefinition[]): JsonSchema {
  const base = jsonSchema(act);
  const doings = roles.flatMap((role) =>
    Object.values(role.verbs).map(({ about, schema }): JsonSchema => {
      const { properties, required, ...rest } = jsonSchema(schema);
      const actor = { type: 'string', description: `the name of an actor: ${role.role}` };
      return {
        ...rest,
        description: `${role.role}: ${about}`,
        properties: { actor, ...properties },
        required: ['actor', ...(required ?? [])],
      };
    }),
  );
  const { do: doing, ...others } = base.properties ?? {};
  const { additionalProperties: _, ...named } = doing ?? {};
  return { ...base, properties: { ...others, do: { ...named, anyOf: doings } } };
}

function expectSchema(expect: JsonSchema, messages: readonly string[]): JsonSchema {
  const base = jsonSchema(matcher);
  const { sent, received } = base.properties ?? {};
  const named = {
    ...base.properties,
    sent: { ...sent, enum: messages },
    received: { ...received, enum: messages },
  };
  const items: JsonSchema = { ...base, properties: named };
  const { trace, never } = expect.properties ?? {};
  return {
    ...expect,
    properties: { ...expect.properties, trace: { ...trace, items }, never: { ...never, items } },
  };
}

type Fields = Readonly<Record<string, unknown>>;

/** A file's value with every default written out; the file must have been loaded without error. */
export function withDefaults(value: unknown, { roles }: Vocabulary): unknown {
  const whole = filled(jsonSchema(file), value) as Fields;
  const actors = Object.entries(whole.actors as Readonly<Record<string, Fields>>);
  const complete = actors.map(([name, entry]): [string, unknown] => {
    const role = roles.find((definition) => definition.role === entry.role);
    return [name, role === undefined ? entry : filled(jsonSchema(actorFields(role)), entry)];
  });
  const roleOf = (name: unknown): RoleDefinition | undefined =>
    roles.find(({ role }) => role === actors.find(([other]) => other === name)?.[1].role);
  const script = (whole.script as readonly Fields[]).map((entry) => {
    const { actor, ...rest } = entry.do as Fields;
    const verbs = roleOf(actor)?.verbs ?? {};
    const verb = Object.keys(verbs).find((name) => Object.hasOwn(rest, name));
    const schema = verb === undefined ? undefined : verbs[verb]?.schema;
    const doing = schema === undefined ? rest : (filled(jsonSchema(schema), rest) as Fields);
    return { ...(filled(jsonSchema(act), entry) as Fields), do: { actor, ...doing } };
  });
  const faults = (whole.faults as readonly Fields[]).map((entry) => {
    const form = FAULT_FORMS.find(({ marks }) => marks.every((mark) => mark in entry));
    return form === undefined ? entry : filled(jsonSchema(form.schema), entry);
  });
  return { ...whole, actors: Object.fromEntries(complete), script, faults };
}

const WIDTH = 100;

/** The schema as a file: objects over several lines, lists in one where they fit, as Biome prints JSON. */
export function editorSchemaText(vocabulary: Vocabulary): string {
  return `${json(editorSchema(vocabulary), '', 0)}\n`;
}

/** `used` characters stand in front of the value on its line, and one (a comma) may follow it. */
function json(value: unknown, indent: string, used: number): string {
  const inner = `${indent}  `;
  if (Array.isArray(value)) {
    const line = `[${value.map((item) => JSON.stringify(item)).join(', ')}]`;
    const plain = value.every((item) => typeof item !== 'object' || item === null);
    if (plain && used + line.length < WIDTH) return line;
    const items = value.map((item) => `${inner}${json(item, inner, inner.length)}`);
    return `[\n${items.join(',\n')}\n${indent}]`;
  }
  if (typeof value !== 'object' || value === null) return JSON.stringify(value);
  const fields = Object.entries(value).map(([name, field]) => {
    const head = `${inner}${JSON.stringify(name)}: `;
    return `${head}${json(field, inner, head.length)}`;
  });
  return fields.length === 0 ? '{}' : `{\n${fields.join(',\n')}\n${indent}}`;
}
