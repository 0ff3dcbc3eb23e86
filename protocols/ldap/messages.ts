/**
 * Messages of LDAP version 3: RFC 4511 Appendix B. Types and fields are called as there. Unknown
 * elements at the end of a SEQUENCE are passed over (RFC 4511 §4), and what is read is BER with
 * definite lengths (§5.1): decode with {@link LDAP_LIMITS}.
 */
import { choice, recursive } from '../../src/der/choice.ts';
import type { Codec, Infer, Limits } from '../../src/der/codec.ts';
import {
  boolean,
  enumerated,
  integerBetween,
  nullValue,
  octetString,
} from '../../src/der/primitives.ts';
import {
  alias,
  applicationImplicit,
  bare,
  bareDefaulted,
  bareOptional,
  explicit,
  type Fields,
  implicit,
  type Struct,
  sequence,
  sequenceOf,
} from '../../src/der/structures.ts';
import { utf8String } from '../../src/der/text.ts';
import { ResultCode as Codes } from '../directory/refusals.ts';

/** Octets of a message at most: MaxReceiveBuffer, MS-ADTS 3.1.1.3.4.6. */
export const MESSAGE_LIMIT = 10_485_760;

/** Filters inside filters; Active Directory's own limit is about as far from what is ever sent. */
const FILTER_DEPTH = 64;

/** How messages from the network are decoded. */
export const LDAP_LIMITS: Limits = { maxSize: MESSAGE_LIMIT, maxDepth: FILTER_DEPTH, rules: 'BER' };

const TAG_OCTET_STRING = 0x04;
const TAG_SET = 0x31;

function extensible<const F extends Fields>(type: string, fields: F): Codec<Struct<F>> {
  return sequence(type, fields, { extensible: true });
}

/** SET OF without DER's order: values are sent and stored as they come. */
function setInOrder<T>(codec: Codec<T>, max?: number): Codec<readonly T[]> {
  const list = sequenceOf(codec, max === undefined ? {} : { max });
  return { ...list, type: `SET OF ${codec.type}`, tag: TAG_SET };
}

function named(names: Readonly<Record<string, number>>): Readonly<Record<number, string>> {
  return Object.fromEntries(Object.entries(names).map(([name, value]) => [value, name]));
}

/** OCTET STRING whose octets are UTF-8 (RFC 4511 §4.1.2). */
export const LdapString: Codec<string> = {
  ...utf8String,
  type: 'LDAPString',
  tag: TAG_OCTET_STRING,
};
export const LdapDn = alias('LDAPDN', LdapString);
export const RelativeLdapDn = alias('RelativeLDAPDN', LdapString);
export const LdapOid = alias('LDAPOID', LdapString);
export const AttributeDescription = alias('AttributeDescription', LdapString);
export const AttributeValue = alias('AttributeValue', octetString);
export const AssertionValue = alias('AssertionValue', octetString);
export const Uri = alias('URI', LdapString);

export const MessageId = integerBetween('MessageID', 0, 0x7fffffff);
const Count = integerBetween('INTEGER (0 .. maxInt)', 0, 0x7fffffff);

/** Controls and values that one message may carry; more is refused before it is stored. */
const CONTROLS_MAX = 64;

export const Control = extensible('Control', {
  controlType: bare(LdapOid),
  criticality: bareDefaulted(boolean, false),
  controlValue: bareOptional(octetString),
});
export type Control = Infer<typeof Control>;

export const AttributeValueAssertion = extensible('AttributeValueAssertion', {
  attributeDesc: bare(AttributeDescription),
  assertionValue: bare(AssertionValue),
});
export type AttributeValueAssertion = Infer<typeof AttributeValueAssertion>;

/** With or without values: PartialAttribute and Attribute differ in nothing else. */
export const PartialAttribute = extensible('PartialAttribute', {
  type: bare(AttributeDescription),
  vals: bare(setInOrder(AttributeValue)),
});
export type PartialAttribute = Infer<typeof PartialAttribute>;

const resultFields = {
  resultCode: bare(enumerated('resultCode', named(Codes))),
  matchedDN: bare(LdapDn),
  diagnosticMessage: bare(LdapString),
  referral: bareOptional(implicit(3, sequenceOf(Uri))),
} as const;

/** RFC 4511 §4.1.9 */
export const LdapResult = extensible('LDAPResult', resultFields);
export type LdapResult = Infer<typeof LdapResult>;

export const SaslCredentials = extensible('SaslCredentials', {
  mechanism: bare(LdapString),
  credentials: bareOptional(octetString),
});

/** RFC 4511 §4.2; the three `sicily` ones are Microsoft's older way (MS-ADTS 5.1.1.1.3). */
export const AuthenticationChoice = choice('AuthenticationChoice', {
  simple: implicit(0, octetString),
  sasl: implicit(3, SaslCredentials),
  sicilyPackageDiscovery: implicit(9, octetString),
  sicilyNegotiate: implicit(10, octetString),
  sicilyResponse: implicit(11, octetString),
});

export const BindRequest = extensible('BindRequest', {
  version: bare(integerBetween('version', 1, 127)),
  name: bare(LdapDn),
  authentication: bare(AuthenticationChoice),
});
export type BindRequest = Infer<typeof BindRequest>;

export const BindResponse = extensible('BindResponse', {
  ...resultFields,
  serverSaslCreds: bareOptional(implicit(7, octetString)),
});
export type BindResponse = Infer<typeof BindResponse>;

/** RFC 4511 §4.5.1.7 */
export const Substring = choice('substring', {
  initial: implicit(0, AssertionValue),
  any: implicit(1, AssertionValue),
  final: implicit(2, AssertionValue),
});
export type Substring = Infer<typeof Substring>;

export const SubstringFilter = extensible('SubstringFilter', {
  type: bare(AttributeDescription),
  substrings: bare(sequenceOf(Substring)),
});

export const MatchingRuleAssertion = extensible('MatchingRuleAssertion', {
  matchingRule: bareOptional(implicit(1, LdapString)),
  type: bareOptional(implicit(2, AttributeDescription)),
  matchValue: bare(implicit(3, AssertionValue)),
  dnAttributes: bareDefaulted(implicit(4, boolean), false),
});

export type Filter =
  | { readonly and: readonly Filter[] }
  | { readonly or: readonly Filter[] }
  | { readonly not: Filter }
  | { readonly equalityMatch: AttributeValueAssertion }
  | { readonly substrings: Infer<typeof SubstringFilter> }
  | { readonly greaterOrEqual: AttributeValueAssertion }
  | { readonly lessOrEqual: AttributeValueAssertion }
  | { readonly present: string }
  | { readonly approxMatch: AttributeValueAssertion }
  | { readonly extensibleMatch: Infer<typeof MatchingRuleAssertion> };

const FILTER_TAGS = [0xa0, 0xa1, 0xa2, 0xa3, 0xa4, 0xa5, 0xa6, 0x87, 0xa8, 0xa9];

export const Filter: Codec<Filter> = recursive('Filter', FILTER_TAGS, () => FilterChoice);

const FilterChoice: Codec<Filter> = choice('Filter', {
  and: implicit(0, setInOrder(Filter)),
  or: implicit(1, setInOrder(Filter)),
  not: explicit(2, Filter),
  equalityMatch: implicit(3, AttributeValueAssertion),
  substrings: implicit(4, SubstringFilter),
  greaterOrEqual: implicit(5, AttributeValueAssertion),
  lessOrEqual: implicit(6, AttributeValueAssertion),
  present: implicit(7, AttributeDescription),
  approxMatch: implicit(8, AttributeValueAssertion),
  extensibleMatch: implicit(9, MatchingRuleAssertion),
}) as Codec<Filter>;

export const SearchRequest = extensible('SearchRequest', {
  baseObject: bare(LdapDn),
  scope: bare(enumerated('scope', { 0: 'baseObject', 1: 'singleLevel', 2: 'wholeSubtree' })),
  derefAliases: bare(
    enumerated('derefAliases', {
      0: 'neverDerefAliases',
      1: 'derefInSearching',
      2: 'derefFindingBaseObj',
      3: 'derefAlways',
    }),
  ),
  sizeLimit: bare(Count),
  timeLimit: bare(Count),
  typesOnly: bare(boolean),
  filter: bare(Filter),
  attributes: bare(alias('AttributeSelection', sequenceOf(LdapString))),
});
export type SearchRequest = Infer<typeof SearchRequest>;

export const SearchResultEntry = extensible('SearchResultEntry', {
  objectName: bare(LdapDn),
  attributes: bare(alias('PartialAttributeList', sequenceOf(PartialAttribute))),
});
export type SearchResultEntry = Infer<typeof SearchResultEntry>;

/** `operation` of a change, RFC 4511 §4.6. */
export const ChangeOperation = { add: 0, delete: 1, replace: 2, increment: 3 } as const;

export const ModifyRequest = extensible('ModifyRequest', {
  object: bare(LdapDn),
  changes: bare(
    sequenceOf(
      extensible('change', {
        operation: bare(enumerated('operation', named(ChangeOperation))),
        modification: bare(PartialAttribute),
      }),
    ),
  ),
});
export type ModifyRequest = Infer<typeof ModifyRequest>;

export const AddRequest = extensible('AddRequest', {
  entry: bare(LdapDn),
  attributes: bare(alias('AttributeList', sequenceOf(PartialAttribute))),
});
export type AddRequest = Infer<typeof AddRequest>;

export const ModifyDnRequest = extensible('ModifyDNRequest', {
  entry: bare(LdapDn),
  newrdn: bare(RelativeLdapDn),
  deleteoldrdn: bare(boolean),
  newSuperior: bareOptional(implicit(0, LdapDn)),
});
export type ModifyDnRequest = Infer<typeof ModifyDnRequest>;

export const CompareRequest = extensible('CompareRequest', {
  entry: bare(LdapDn),
  ava: bare(AttributeValueAssertion),
});
export type CompareRequest = Infer<typeof CompareRequest>;

export const ExtendedRequest = extensible('ExtendedRequest', {
  requestName: bare(implicit(0, LdapOid)),
  requestValue: bareOptional(implicit(1, octetString)),
});
export type ExtendedRequest = Infer<typeof ExtendedRequest>;

export const ExtendedResponse = extensible('ExtendedResponse', {
  ...resultFields,
  responseName: bareOptional(implicit(10, LdapOid)),
  responseValue: bareOptional(implicit(11, octetString)),
});
export type ExtendedResponse = Infer<typeof ExtendedResponse>;

export const IntermediateResponse = extensible('IntermediateResponse', {
  responseName: bareOptional(implicit(0, LdapOid)),
  responseValue: bareOptional(implicit(1, octetString)),
});

/** All operations, by the names that RFC 4511 gives them in `protocolOp`. */
export const OPERATIONS = {
  bindRequest: applicationImplicit('BindRequest', 0, BindRequest),
  bindResponse: applicationImplicit('BindResponse', 1, BindResponse),
  unbindRequest: applicationImplicit('UnbindRequest', 2, nullValue),
  searchRequest: applicationImplicit('SearchRequest', 3, SearchRequest),
  searchResEntry: applicationImplicit('SearchResultEntry', 4, SearchResultEntry),
  searchResDone: applicationImplicit('SearchResultDone', 5, LdapResult),
  searchResRef: applicationImplicit('SearchResultReference', 19, sequenceOf(Uri)),
  modifyRequest: applicationImplicit('ModifyRequest', 6, ModifyRequest),
  modifyResponse: applicationImplicit('ModifyResponse', 7, LdapResult),
  addRequest: applicationImplicit('AddRequest', 8, AddRequest),
  addResponse: applicationImplicit('AddResponse', 9, LdapResult),
  delRequest: applicationImplicit('DelRequest', 10, LdapDn),
  delResponse: applicationImplicit('DelResponse', 11, LdapResult),
  modDNRequest: applicationImplicit('ModifyDNRequest', 12, ModifyDnRequest),
  modDNResponse: applicationImplicit('ModifyDNResponse', 13, LdapResult),
  compareRequest: applicationImplicit('CompareRequest', 14, CompareRequest),
  compareResponse: applicationImplicit('CompareResponse', 15, LdapResult),
  abandonRequest: applicationImplicit('AbandonRequest', 16, MessageId),
  extendedReq: applicationImplicit('ExtendedRequest', 23, ExtendedRequest),
  extendedResp: applicationImplicit('ExtendedResponse', 24, ExtendedResponse),
  intermediateResponse: applicationImplicit('IntermediateResponse', 25, IntermediateResponse),
} as const;

export const ProtocolOp = choice('protocolOp', OPERATIONS);
export type ProtocolOp = Infer<typeof ProtocolOp>;

export const LdapMessage = extensible('LDAPMessage', {
  messageID: bare(MessageId),
  protocolOp: bare(ProtocolOp),
  controls: bareOptional(implicit(0, sequenceOf(Control, { max: CONTROLS_MAX }))),
});
export type LdapMessage = Infer<typeof LdapMessage>;

/** The standard's name of an operation: `SearchResultEntry`. */
export function operationName(operation: ProtocolOp): string {
  const [key] = Object.keys(operation) as [keyof typeof OPERATIONS];
  return OPERATIONS[key].type;
}
