/** Rows of a dissected message as an indented tree with offsets, one line a field. */
import type { DissectedField } from '../trace/dissector.ts';

/** Octets and texts longer than this are cut: the tree is for reading. */
const VALUE_MAX = 96;

/** Offsets in hexadecimal (end excluded), then the field, its type, its value, what it is called. */
export function fieldTree(fields: readonly DissectedField[], indent = ''): string {
  const lines: string[] = [];
  const open: { readonly path: string; readonly depth: number }[] = [];
  for (const field of fields) {
    while (open.length > 0 && !isInside(field.path, open.at(-1)?.path ?? '')) open.pop();
    const parent = open.at(-1);
    const depth = parent === undefined ? 0 : parent.depth + 1;
    const step = parent === undefined ? field.path : field.path.slice(parent.path.length);
    lines.push(line(field, step.replace(/^\./, ''), `${indent}${'  '.repeat(depth)}`));
    open.push({ path: field.path, depth });
    if (field.opened !== undefined) {
      const inner = `${indent}${'  '.repeat(depth + 1)}`;
      const { key, bytes, fields: plain } = field.opened;
      lines.push(`${' '.repeat(OFFSETS)}${inner}opened with ${key}: ${bytes.length} octets`);
      lines.push(fieldTree(plain, `${inner}  `));
    }
  }
  return lines.join('\n');
}

const isInside = (path: string, parent: string): boolean =>
  path.startsWith(parent) && /^[.[]/.test(path.slice(parent.length));

/** Columns that the offsets take. */
const OFFSETS = 14;

const hexOf = (offset: number): string => offset.toString(16).padStart(4, '0');

function line(field: DissectedField, name: string, indent: string): string {
  const offsets = `${hexOf(field.start)}..${hexOf(field.end)}`.padEnd(OFFSETS);
  const head = `${offsets}${indent}${name === '' ? field.path : name}`;
  const type = field.type === name ? '' : ` ${field.type}`;
  const value = field.value === undefined ? '' : ` = ${shortened(field.value)}`;
  const called = field.name === undefined || field.name === '' ? '' : ` (${field.name})`;
  return `${head}:${type}${value}${called}`.replace(/:$/, '');
}

function shortened(value: unknown): string {
  const text = typeof value === 'string' ? value : (JSON.stringify(value) ?? String(value));
  return text.length > VALUE_MAX ? `${text.slice(0, VALUE_MAX)}… (${text.length})` : text;
}
