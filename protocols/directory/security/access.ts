/**
 * Access checks: MS-DTYP 2.5.3.2 as MS-ADTS 5.1.3.3 applies it to objects, properties, property
 * sets, validated writes and extended rights.
 */
import { type Ace, AceFlags, AceType, Right, type SecurityDescriptor } from './descriptor.ts';

/** Who asks: the SIDs of a token (user, groups, well-known ones). */
export interface SecurityContext {
  readonly sids: ReadonlySet<string>;
  /** The server itself (SDProp, the KDC): no check applies. */
  readonly system?: boolean;
}

/** The principals that stand for the object itself and for its owner (MS-DTYP 2.4.2.4). */
export const PRINCIPAL_SELF = 'S-1-5-10';
export const OWNER_RIGHTS = 'S-1-3-4';
const ADMINISTRATORS = 'S-1-5-32-544';

/** GENERIC_* on directory objects, MS-ADTS 5.1.3.2. */
const GENERIC: readonly (readonly [number, number])[] = [
  [Right.GENERIC_READ, 0x00020094],
  [Right.GENERIC_WRITE, 0x00020028],
  [Right.GENERIC_EXECUTE, 0x00020004],
  [Right.GENERIC_ALL, 0x000f01ff],
];

/** The specific rights that a mask with generic bits stands for. */
export function specificRights(mask: number): number {
  let rights = mask & 0x0fffffff;
  for (const [generic, specific] of GENERIC) if ((mask & generic) !== 0) rights |= specific;
  return rights >>> 0;
}

export interface Wanted {
  readonly rights: number;
  /**
   * The node asked about and those above it in the object type tree: attribute, its property set,
   * the object's class; or an extended right, or a validated write. Empty: the object as a whole.
   */
  readonly types?: readonly string[];
  /** objectSid of the object, for PRINCIPAL_SELF. */
  readonly selfSid?: string;
}

/** Auditing ACEs say nothing about access, wherever they stand. */
const VERDICTS: Readonly<Record<number, 'allow' | 'deny'>> = {
  [AceType.ACCESS_ALLOWED]: 'allow',
  [AceType.ACCESS_ALLOWED_OBJECT]: 'allow',
  [AceType.ACCESS_DENIED]: 'deny',
  [AceType.ACCESS_DENIED_OBJECT]: 'deny',
};

/** Whether all wanted rights are granted. ACEs are taken in their order, as they are stored. */
export function granted(
  descriptor: SecurityDescriptor,
  context: SecurityContext,
  wanted: Wanted,
): boolean {
  if (context.system === true) return true;
  let missing = specificRights(wanted.rights);
  if (descriptor.dacl === undefined) return true; // a NULL DACL
  missing &= ~(ownersRights(descriptor, context) | privilegedRights(context));
  for (const ace of descriptor.dacl) {
    if (missing === 0) return true;
    const verdict = VERDICTS[ace.type];
    if (verdict === undefined || (ace.flags & AceFlags.INHERIT_ONLY) !== 0) continue;
    if (!concerns(ace, descriptor, context, wanted)) continue;
    const rights = specificRights(ace.mask);
    if (verdict === 'allow') missing &= ~rights;
    else if ((missing & rights) !== 0) return false;
  }
  return missing === 0;
}

/** All rights that the context has on the node, for allowedAttributesEffective and dsacls. */
export function effectiveRights(
  descriptor: SecurityDescriptor,
  context: SecurityContext,
  node: Omit<Wanted, 'rights'>,
): number {
  let rights = 0;
  for (const right of Object.values(Right)) {
    if (right >= Right.ACCESS_SYSTEM_SECURITY) continue;
    if (granted(descriptor, context, { ...node, rights: right })) rights |= right;
  }
  return rights >>> 0;
}

/**
 * SeTakeOwnershipPrivilege and SeSecurityPrivilege, which domain controllers give to Administrators
 * (MS-DTYP 2.5.3.2): the owner and the SACL are theirs whatever the descriptor says.
 */
function privilegedRights(context: SecurityContext): number {
  if (!context.sids.has(ADMINISTRATORS)) return 0;
  return Right.WRITE_OWNER | Right.ACCESS_SYSTEM_SECURITY;
}

/** READ_CONTROL and WRITE_DAC belong to an owner whom no OWNER RIGHTS ACE limits. */
function ownersRights(descriptor: SecurityDescriptor, context: SecurityContext): number {
  if (descriptor.owner === undefined || !context.sids.has(descriptor.owner)) return 0;
  const limited = descriptor.dacl?.some(
    (ace) => ace.sid === OWNER_RIGHTS && (ace.flags & AceFlags.INHERIT_ONLY) === 0,
  );
  return limited === true ? 0 : Right.READ_CONTROL | Right.WRITE_DAC;
}

function concerns(
  ace: Ace,
  descriptor: SecurityDescriptor,
  context: SecurityContext,
  wanted: Wanted,
): boolean {
  if (!names(ace.sid, descriptor, context, wanted)) return false;
  if (ace.objectType === undefined) return true;
  // An ACE about one property says nothing about the object as a whole.
  return wanted.types?.includes(ace.objectType) === true;
}

function names(
  sid: string,
  descriptor: SecurityDescriptor,
  context: SecurityContext,
  wanted: Wanted,
): boolean {
  if (sid === PRINCIPAL_SELF) {
    return wanted.selfSid !== undefined && context.sids.has(wanted.selfSid);
  }
  if (sid === OWNER_RIGHTS) {
    return descriptor.owner !== undefined && context.sids.has(descriptor.owner);
  }
  return context.sids.has(sid);
}
