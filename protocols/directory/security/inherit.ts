/**
 * A new object's security descriptor, and what an object inherits when one above it changes:
 * MS-DTYP 2.5.3.4 (CreateSecurityDescriptor) as MS-ADTS 5.1.3 uses it. Every directory object is a
 * container: only CONTAINER_INHERIT counts.
 */
import { specificRights } from './access.ts';
import { type Ace, AceFlags, AceType, Control, type SecurityDescriptor } from './descriptor.ts';

/** CREATOR OWNER and CREATOR GROUP: replaced by the owner and the group when inherited. */
const CREATOR_OWNER = 'S-1-3-0';
const CREATOR_GROUP = 'S-1-3-1';

const NOT_INHERITED = ~(
  AceFlags.OBJECT_INHERIT |
  AceFlags.CONTAINER_INHERIT |
  AceFlags.NO_PROPAGATE_INHERIT |
  AceFlags.INHERIT_ONLY
);

export interface Heir {
  /** schemaIDGUID of the object's class. */
  readonly classGuid: string;
  readonly owner?: string;
  readonly group?: string;
}

/** The ACEs that an object of this class gets from the one above it. */
export function inheritedAces(parent: readonly Ace[], heir: Heir): readonly Ace[] {
  const out: Ace[] = [];
  for (const ace of parent) {
    if ((ace.flags & AceFlags.CONTAINER_INHERIT) === 0) continue;
    const meant = ace.inheritedObjectType;
    const applies = meant === undefined || meant === heir.classGuid;
    const further = (ace.flags & AceFlags.NO_PROPAGATE_INHERIT) === 0;
    const keep = ace.flags & ~(AceFlags.NO_PROPAGATE_INHERIT | AceFlags.INHERIT_ONLY);
    const replaced = creatorReplaced(ace, heir);
    const generic = specificRights(ace.mask) !== ace.mask;
    if (applies && (replaced !== undefined || generic) && further) {
      // The effective ACE has the principal and the rights themselves, the other hands on what stood there.
      out.push(effective(ace, replaced ?? ace.sid));
      out.push({ ...ace, flags: keep | AceFlags.INHERIT_ONLY | AceFlags.INHERITED });
    } else if (applies) {
      const flags = (further ? keep : keep & NOT_INHERITED) | AceFlags.INHERITED;
      const { inheritedObjectType: _, ...rest } = ace;
      const plain = further || meant === undefined ? ace : simple(rest);
      out.push({ ...plain, flags, sid: replaced ?? ace.sid, mask: specificRights(ace.mask) });
    } else if (further) {
      out.push({ ...ace, flags: keep | AceFlags.INHERIT_ONLY | AceFlags.INHERITED });
    }
  }
  return out;
}

function effective(ace: Ace, sid: string): Ace {
  const { inheritedObjectType: _, ...rest } = ace;
  const flags = (ace.flags & NOT_INHERITED) | AceFlags.INHERITED;
  return simple({ ...rest, flags, sid, mask: specificRights(ace.mask) });
}

/** Without GUIDs an object ACE is a plain one. */
function simple(ace: Ace): Ace {
  if (ace.objectType !== undefined || ace.inheritedObjectType !== undefined) return ace;
  if (ace.type === AceType.ACCESS_ALLOWED_OBJECT) return { ...ace, type: AceType.ACCESS_ALLOWED };
  if (ace.type === AceType.ACCESS_DENIED_OBJECT) return { ...ace, type: AceType.ACCESS_DENIED };
  if (ace.type === AceType.SYSTEM_AUDIT_OBJECT) return { ...ace, type: AceType.SYSTEM_AUDIT };
  return ace;
}

function creatorReplaced(ace: Ace, heir: Heir): string | undefined {
  if (ace.sid === CREATOR_OWNER) return heir.owner;
  if (ace.sid === CREATOR_GROUP) return heir.group;
  return undefined;
}

/**
 * Explicit before inherited, denied before allowed, else as they come: the canonical order of
 * MS-DTYP 2.4.5 as far as it changes what is granted.
 */
export function canonicalOrder(aces: readonly Ace[]): readonly Ace[] {
  const rank = (ace: Ace): number => {
    if ((ace.flags & AceFlags.INHERITED) !== 0) return 2;
    return ace.type === AceType.ACCESS_DENIED || ace.type === AceType.ACCESS_DENIED_OBJECT ? 0 : 1;
  };
  return [...aces]
    .map((ace, i) => ({ ace, i }))
    .sort((a, b) => rank(a.ace) - rank(b.ace) || a.i - b.i)
    .map(({ ace }) => ace);
}

/** A descriptor with its inherited ACEs made anew from the one above. */
export function reinherit(
  own: SecurityDescriptor,
  parent: SecurityDescriptor | undefined,
  heir: Heir,
): SecurityDescriptor {
  const who = {
    classGuid: heir.classGuid,
    ...(own.owner === undefined ? {} : { owner: own.owner }),
    ...(own.group === undefined ? {} : { group: own.group }),
  };
  const dacl =
    own.dacl === undefined
      ? undefined // a NULL DACL takes no ACE
      : inheriting(own.dacl, parent?.dacl, (own.control & Control.DACL_PROTECTED) !== 0, who);
  const sacl = inheriting(
    own.sacl ?? [],
    parent?.sacl,
    (own.control & Control.SACL_PROTECTED) !== 0,
    who,
  );
  const auto =
    (dacl === undefined || (own.control & Control.DACL_PROTECTED) !== 0
      ? 0
      : Control.DACL_AUTO_INHERITED) |
    (sacl.length === 0 || (own.control & Control.SACL_PROTECTED) !== 0
      ? 0
      : Control.SACL_AUTO_INHERITED);
  return {
    ...own,
    control: own.control | auto,
    ...(dacl === undefined ? {} : { dacl }),
    ...(own.sacl === undefined && sacl.length === 0 ? {} : { sacl }),
  };
}

/** What stands on the object itself, its generic rights made specific, and what comes from above. */
function inheriting(
  own: readonly Ace[],
  parent: readonly Ace[] | undefined,
  isProtected: boolean,
  heir: Heir,
): readonly Ace[] {
  const explicit = own
    .filter((ace) => (ace.flags & AceFlags.INHERITED) === 0)
    .flatMap((ace) => settled(ace, heir));
  return isProtected ? explicit : [...explicit, ...inheritedAces(parent ?? [], heir)];
}

/** What a new object gets: the given descriptor or its class's default, then what it inherits. */
export function newDescriptor(
  given: SecurityDescriptor,
  parent: SecurityDescriptor | undefined,
  heir: Heir,
): SecurityDescriptor {
  const owner = given.owner ?? heir.owner;
  const group = given.group ?? heir.group;
  const named = {
    ...given,
    ...(owner === undefined ? {} : { owner }),
    ...(group === undefined ? {} : { group }),
  };
  const explicit = (named.dacl ?? []).map((ace) => ({
    ...ace,
    flags: ace.flags & ~AceFlags.INHERITED,
  }));
  return reinherit({ ...named, dacl: canonicalOrder(explicit) }, parent, heir);
}

/**
 * An ACE that stands on the object itself: generic rights become specific, and creators the owner
 * and the group; heirs still get what was written (MS-DTYP 2.5.3.4.3).
 */
function settled(ace: Ace, heir: Heir): readonly Ace[] {
  if ((ace.flags & AceFlags.INHERIT_ONLY) !== 0) return [ace];
  const replaced = creatorReplaced(ace, heir);
  const mask = specificRights(ace.mask);
  if (replaced === undefined && mask === ace.mask) return [ace];
  const own = { ...ace, mask, sid: replaced ?? ace.sid };
  if ((ace.flags & AceFlags.CONTAINER_INHERIT) === 0) return [own];
  const { inheritedObjectType: _, ...here } = own;
  return [
    simple({ ...here, flags: ace.flags & NOT_INHERITED }),
    { ...ace, flags: ace.flags | AceFlags.INHERIT_ONLY },
  ];
}
