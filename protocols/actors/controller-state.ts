/** What a domain controller knows while it runs, and what it is made of. */
import type { Json } from '../../src/machine/actor.ts';
import type * as kdc from '../kdc/kdc.ts';
import type * as ldap from './directory-service.ts';
import type { Routes } from './kdc-routes.ts';
import type * as cmdlets from './kerberos-server-cmdlets.ts';
import type { Protection } from './protection-rounds.ts';
import type { RealmCast } from './realm-cast.ts';
import type { SignIns } from './sign-ins.ts';

export type State =
  | { readonly name: 'off' }
  | { readonly name: 'populating' }
  | {
      readonly name: 'ready';
      readonly kdc: kdc.State;
      readonly ldap: ldap.State;
      readonly protection: Protection;
      /** Of commands, in order. */
      readonly outcomes: readonly Json[];
      /** Commands that wait for a tenant. */
      readonly cmdlets: cmdlets.Cmdlets;
      /** Where answers of the KDC go that wait for its signature, by the signature's id. */
      readonly routes: Routes;
      /** What is yet to be counted. */
      readonly signIns?: SignIns;
      /** Connections of servers that have network logons judged. */
      readonly logons: readonly string[];
    };

/** The actor as its file entry describes it. */
export interface Controller {
  readonly name: string;
  readonly cast: RealmCast;
  /** A server of the realm takes NTLM. */
  readonly ntlm: boolean;
  /** Absent: no tenant has the realm's users. */
  readonly cloud?: cmdlets.Cloud;
}

export type Ready = Extract<State, { readonly name: 'ready' }>;
