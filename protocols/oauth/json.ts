/** JSON of the enrolment protocols as it comes from outside: objects with fields that may be anything. */
import { fromUtf8Strict } from '../../src/bytes/bytes.ts';
import type { Json } from '../../src/machine/actor.ts';

export type JsonObject = { readonly [name: string]: Json };

/** Undefined when the text is no JSON (RFC 8259), or its value no object. */
export function jsonObject(text: string): JsonObject | undefined {
  const value = parsed(text);
  return isObject(value) ? value : undefined;
}

/** The same for octets, which must be UTF-8. */
export function jsonObjectOf(bytes: Uint8Array): JsonObject | undefined {
  const text = textOf(bytes);
  return text === undefined ? undefined : jsonObject(text);
}

/** A field that is text; undefined when it is missing or something else. */
export function textField(object: JsonObject, name: string): string | undefined {
  const value = Object.hasOwn(object, name) ? object[name] : undefined;
  return typeof value === 'string' ? value : undefined;
}

export function numberField(object: JsonObject, name: string): number | undefined {
  const value = Object.hasOwn(object, name) ? object[name] : undefined;
  return typeof value === 'number' ? value : undefined;
}

export function listField(object: JsonObject, name: string): readonly Json[] | undefined {
  const value = Object.hasOwn(object, name) ? object[name] : undefined;
  return Array.isArray(value) ? value : undefined;
}

export function objectField(object: JsonObject, name: string): JsonObject | undefined {
  const value = Object.hasOwn(object, name) ? object[name] : undefined;
  return isObject(value) ? value : undefined;
}

function isObject(value: Json | undefined): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function parsed(text: string): Json | undefined {
  try {
    return JSON.parse(text) as Json;
  } catch {
    return undefined; // a peer's mistake, which the caller answers
  }
}

function textOf(bytes: Uint8Array): string | undefined {
  try {
    return fromUtf8Strict(bytes);
  } catch {
    return undefined;
  }
}
