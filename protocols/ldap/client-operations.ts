/** What a client asks for, as requests of RFC 4511, and what it finds in the answers. */
import { utf8 } from '../../src/bytes/bytes.ts';
import { encode, tryDecode } from '../../src/der/codec.ts';
import { ControlType, RealSearchControlValue } from './controls.ts';
import {
  ChangeOperation,
  type Control,
  type Filter,
  LdapMessage,
  type LdapResult,
  type ProtocolOp,
} from './messages.ts';

/** Values as text are UTF-8. */
export type Attributes = Readonly<Record<string, readonly (string | Uint8Array)[]>>;

export interface Change {
  readonly operation: keyof typeof ChangeOperation;
  readonly attribute: string;
  readonly values: readonly (string | Uint8Array)[];
}

/** RFC 4511 §4.5.1.2 */
export const SearchScope = { baseObject: 0, singleLevel: 1, wholeSubtree: 2 } as const;

/** RFC 4511 §4.5.1.3 */
const NEVER_DEREF_ALIASES = 0;

export type Operation =
  | {
      readonly kind: 'search';
      readonly base: string;
      /** Absent: `wholeSubtree`. */
      readonly scope?: keyof typeof SearchScope;
      readonly filter: Filter;
      readonly attributes: readonly string[];
      /** Entries of a page (RFC 2696); absent: all at once, which servers limit. */
      readonly pageSize?: number;
    }
  | { readonly kind: 'add'; readonly dn: string; readonly attributes: Attributes }
  | { readonly kind: 'modify'; readonly dn: string; readonly changes: readonly Change[] }
  | { readonly kind: 'delete'; readonly dn: string };

/** An entry as a search gives it. */
export interface FoundEntry {
  readonly dn: string;
  /** By the names that the server calls them. */
  readonly attributes: Readonly<Record<string, readonly Uint8Array[]>>;
}

export function equality(attributeDesc: string, value: string | Uint8Array): Filter {
  return { equalityMatch: { attributeDesc, assertionValue: octets(value) } };
}

export function present(attribute: string): Filter {
  return { present: attribute };
}

interface Request {
  readonly protocolOp: ProtocolOp;
  readonly controls?: readonly Control[];
}

const VERSION = 3;

export const requestOf = {
  bind: ({ name, password }: { readonly name: string; readonly password: string }): Request => ({
    protocolOp: {
      bindRequest: { version: VERSION, name, authentication: { simple: utf8(password) } },
    },
  }),
  unbind: (): Request => ({ protocolOp: { unbindRequest: null } }),
  /** @param cookie of the page before */
  operation(operation: Operation, cookie: Uint8Array = new Uint8Array(0)): Request {
    switch (operation.kind) {
      case 'search':
        return search(operation, cookie);
      case 'add':
        return {
          protocolOp: {
            addRequest: { entry: operation.dn, attributes: attributeList(operation.attributes) },
          },
        };
      case 'modify':
        return {
          protocolOp: {
            modifyRequest: {
              object: operation.dn,
              changes: operation.changes.map(({ operation: what, attribute, values }) => ({
                operation: ChangeOperation[what],
                modification: { type: attribute, vals: values.map(octets) },
              })),
            },
          },
        };
      case 'delete':
        return { protocolOp: { delRequest: operation.dn } };
    }
  },
};

function search(
  operation: Extract<Operation, { readonly kind: 'search' }>,
  cookie: Uint8Array,
): Request {
  const { base, scope = 'wholeSubtree', filter, attributes, pageSize } = operation;
  const protocolOp: ProtocolOp = {
    searchRequest: {
      baseObject: base,
      scope: SearchScope[scope],
      derefAliases: NEVER_DEREF_ALIASES,
      sizeLimit: 0,
      timeLimit: 0,
      typesOnly: false,
      filter,
      attributes,
    },
  };
  if (pageSize === undefined) return { protocolOp };
  const controlValue = encode(RealSearchControlValue, { size: pageSize, cookie });
  const controlType = ControlType.LDAP_PAGED_RESULT_OID_STRING;
  return { protocolOp, controls: [{ controlType, criticality: true, controlValue }] };
}

function attributeList(attributes: Attributes) {
  return Object.entries(attributes).map(([type, values]) => ({ type, vals: values.map(octets) }));
}

function octets(value: string | Uint8Array): Uint8Array {
  return typeof value === 'string' ? utf8(value) : value;
}

export function encodedRequest(messageID: number, request: Request): Uint8Array {
  return encode(LdapMessage, { messageID, ...request });
}

/** The cookie of the page that follows; undefined: this was the last. */
export function nextPage(
  operation: Operation,
  controls: readonly Control[],
): Uint8Array | undefined {
  if (operation.kind !== 'search' || operation.pageSize === undefined) return undefined;
  const paged = controls.find(
    ({ controlType }) => controlType === ControlType.LDAP_PAGED_RESULT_OID_STRING,
  );
  const value = tryDecode(RealSearchControlValue, paged?.controlValue ?? new Uint8Array(0));
  return value.ok && value.value.cookie.length > 0 ? value.value.cookie : undefined;
}

/** The result of an operation; undefined: the answer is to something else. */
export function resultIn(operation: Operation, answer: ProtocolOp): LdapResult | undefined {
  switch (operation.kind) {
    case 'search':
      return 'searchResDone' in answer ? answer.searchResDone : undefined;
    case 'add':
      return 'addResponse' in answer ? answer.addResponse : undefined;
    case 'modify':
      return 'modifyResponse' in answer ? answer.modifyResponse : undefined;
    case 'delete':
      return 'delResponse' in answer ? answer.delResponse : undefined;
  }
}
