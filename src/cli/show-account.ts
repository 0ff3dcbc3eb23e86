/** Whose account is meant by an actor that keeps no directory: a person’s or a computer’s own. */
import { computerNames } from '../../protocols/actors/computer.ts';
import type { CastMember } from '../scenario/role.ts';
import type { Run } from '../trace/read.ts';
import { InputError } from './exit.ts';

export interface ShownAccount {
  /** Who keeps the directory of its realm. */
  readonly keeper: string;
  readonly sAMAccountName: string;
}

/** What is used of an actor’s fields. */
interface Configured {
  readonly realm?: string;
  readonly sAMAccountName?: string;
  readonly dnsHostName?: string;
}

const CONTROLLER = 'domain-controller';

/** Undefined: the actor keeps a directory itself, or there is no such actor. @throws InputError */
export async function accountOf(run: Run, actor: string): Promise<ShownAccount | undefined> {
  const actors = await castOf(run);
  const member = actors[actor];
  if (member === undefined || keepsDirectory(member)) return undefined;
  const config = member.config as Configured;
  const realm = config.realm?.toUpperCase();
  const keeper = Object.entries(actors).find(
    ([, other]) =>
      other.role === CONTROLLER && (other.config as Configured).realm?.toUpperCase() === realm,
  )?.[0];
  if (realm === undefined || keeper === undefined) {
    throw new InputError(
      `--on ${actor}: a ${member.role} has no account in a directory of the run`,
    );
  }
  const sAMAccountName =
    member.role === 'user'
      ? (config.sAMAccountName ?? actor)
      : computerNames(actor, { ...config, realm }).sAMAccountName;
  return { keeper, sAMAccountName };
}

function keepsDirectory({ role }: CastMember): boolean {
  return role === CONTROLLER || role === 'read-only-domain-controller';
}

async function castOf({ result }: Run): Promise<Readonly<Record<string, CastMember>>> {
  const { stage } = await import('./stage.ts');
  const { loadScenario } = await import('../scenario/load.ts');
  const file = typeof result.file === 'string' ? result.file : `${result.scenario}.yaml`;
  return loadScenario(file, result.text, stage).actors;
}
