/** Values of options and arguments; every refusal says what was expected. */
import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join, relative } from 'node:path';
import { InvalidArgumentError } from 'commander';
import type { Vocabulary } from '../scenario/context.ts';
import { loadScenario } from '../scenario/load.ts';
import { type Scenario, ScenarioError } from '../scenario/scenario.ts';
import { InputError } from './exit.ts';
import { packageFolder } from './project.ts';

const SEED_MAX = 2 ** 31;

/** `--seed 7`. */
export function seedArgument(text: string): number {
  const seed = /^\d{1,10}$/.test(text) ? Number(text) : Number.NaN;
  if (!(seed <= SEED_MAX)) {
    throw new InvalidArgumentError(`Expected a whole number from 0 to ${SEED_MAX}.`);
  }
  return seed;
}

export interface Seeds {
  readonly first: number;
  readonly last: number;
}

/** `--seeds 1..200`. */
export function seedsArgument(text: string): Seeds {
  const match = /^(\d{1,10})\.\.(\d{1,10})$/.exec(text);
  if (match === null) throw new InvalidArgumentError('Expected a range such as 1..200.');
  const [first, last] = [seedArgument(match[1] ?? ''), seedArgument(match[2] ?? '')];
  if (first > last) throw new InvalidArgumentError('The first seed is greater than the last.');
  return { first, last };
}

/** A TCP or UDP port; 0 takes a free one. */
export function portArgument(text: string): number {
  const port = /^\d{1,5}$/.test(text) ? Number(text) : Number.NaN;
  if (!(port <= 65_535)) {
    throw new InvalidArgumentError('Expected a port from 0 to 65535; 0 takes a free one.');
  }
  return port;
}

/** The scenarios that come with the program. */
export function packedScenarios(): string {
  return join(packageFolder(), 'scenarios');
}

/**
 * The scenario files that paths mean: files themselves, and every `.yaml` below folders, sorted.
 * @throws InputError when a path is not there, or a folder holds none.
 */
export function scenarioFiles(paths: readonly string[]): readonly string[] {
  return [...new Set(paths.flatMap(filesAt))];
}

function filesAt(path: string): readonly string[] {
  const there = statSync(path, { throwIfNoEntry: false });
  if (there === undefined) {
    const packed = join(packedScenarios(), path.endsWith('.yaml') ? path : `${path}.yaml`);
    const hint =
      statSync(packed, { throwIfNoEntry: false }) === undefined
        ? ''
        : `, nearest is ${shown(packed)}`;
    throw new InputError(`${path}: there is no such file or folder${hint}`);
  }
  if (!there.isDirectory()) return [path];
  const files = readdirSync(path, { recursive: true, encoding: 'utf8' })
    .filter((file) => /\.ya?ml$/.test(file) && !/(^|[/\\])(node_modules|\.)/.test(file))
    .sort()
    .map((file) => join(path, file));
  if (files.length === 0) throw new InputError(`${path}: there is no .yaml file in this folder`);
  return files;
}

/** A path as people would type it from here. */
export function shown(path: string): string {
  const near = relative('', path);
  return near === '' || near.startsWith('..') ? path : near;
}

/**
 * Loads scenarios; what is wrong in any of them is reported together.
 * @throws InputError
 */
export function loadScenarios(
  files: readonly string[],
  vocabulary: Vocabulary,
): readonly Scenario[] {
  const wrong: string[] = [];
  const scenarios: Scenario[] = [];
  const fileOf = new Map<string, string>();
  for (const file of files) {
    try {
      const scenario = loadScenario(shown(file), readFileSync(file, 'utf8'), vocabulary);
      const other = fileOf.get(scenario.name);
      if (other !== undefined) {
        wrong.push(
          `${shown(file)}: ${other} has the same name: their runs would share a folder, rename one`,
        );
      }
      fileOf.set(scenario.name, shown(file));
      scenarios.push(scenario);
    } catch (error) {
      if (!(error instanceof ScenarioError)) throw error;
      wrong.push(error.message);
    }
  }
  if (wrong.length > 0) throw new InputError(wrong.join('\n'));
  return scenarios;
}
