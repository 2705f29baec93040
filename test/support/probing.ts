/** A probe in virtual time: a peer, a wire, and the report checked against the schema. */
import { readFileSync } from 'node:fs';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { seededEntropy } from '../../src/ike/entropy.ts';
import { type MemoryOptions, memoryNetwork, type MemoryTransport } from '../../src/net/memory.ts';
import { Transcript } from '../../src/net/transcript.ts';
import { publicValues } from '../../src/node-crypto/public-values.ts';
import { type ProbeEnvironment, type ProbeOptions, runProbe } from '../../src/probe/probe.ts';
import type { ExchangeReport, ProbeReport } from '../../src/probe/result.ts';
import { parseSuite } from '../../src/proposals/notation.ts';
import type { Suite } from '../../src/proposals/model.ts';
import { universe } from '../../src/proposals/universes.ts';

export const TARGET = { input: 'peer.example', address: '192.0.2.1', port: 500 };

export const OPTIONS: ProbeOptions = {
  ike: 'both',
  mode: 'main',
  offers: [],
  universe: { name: 'common', v1: universe('common', 'ikev1-phase1'), v2: universe('common', 'ikev2-ike') },
  timeout: 500,
  retries: 2,
  rate: 200,
  budget: 5000,
};

export interface Probed {
  readonly report: ProbeReport;
  readonly wire: MemoryTransport;
  readonly transcript: Transcript;
}

const validate = new Ajv2020({ allowUnionTypes: true, strict: false }).compile(
  JSON.parse(readFileSync(new URL('../../schema/probe.json', import.meta.url), 'utf8')) as object,
);

export interface ProbingOptions {
  readonly options?: Partial<ProbeOptions>;
  readonly signal?: AbortSignal;
  readonly progress?: NonNullable<ProbeEnvironment['progress']>;
  readonly profiles?: NonNullable<ProbeEnvironment['profiles']>;
}

/** Live peers compute with them. */
const publicValue = publicValues(seededEntropy('public values'));

/** Everything but the wire is fixed: the octets of a run follow from its seed. */
export function environment(open: ProbeEnvironment['open'], seed = 'probe'): ProbeEnvironment {
  return {
    open,
    entropy: seededEntropy(seed),
    publicValue,
    wallClock: () => new Date('2026-11-23T12:00:00Z'),
    transcript: new Transcript({ target: TARGET, started: '2026-11-23T12:00:00.000Z', seed }),
  };
}

/** Probes over a virtual wire; throws when the report does not fit the schema. */
export async function probing(network: MemoryOptions, { options = {}, signal, progress, profiles }: ProbingOptions = {}): Promise<Probed> {
  const wire = memoryNetwork(network);
  const made = environment(() => Promise.resolve(wire));
  const report = await runProbe(
    TARGET,
    { ...OPTIONS, ...options },
    {
      ...made,
      ...(signal && { signal }),
      ...(progress && { progress }),
      ...(profiles && { profiles }),
    },
  );
  checkSchema(report);
  return { report, wire, transcript: made.transcript };
}

export function checkSchema(report: unknown): void {
  if (!validate(JSON.parse(JSON.stringify(report))))
    throw new Error(`not what the schema says: ${JSON.stringify(validate.errors?.slice(0, 4))}`);
}

export function exchangeOf(report: ProbeReport, name: ExchangeReport['exchange']): ExchangeReport {
  const found = report.exchanges.find(({ exchange }) => exchange === name);
  if (found === undefined) throw new Error(`no ${name} in the report`);
  return found;
}

export const acceptedIn = (exchange: ExchangeReport): string[] => exchange.accepted.map(({ suite }) => suite).toSorted();

export const notesIn = (report: ProbeReport): string[] =>
  [...new Set(report.exchanges.flatMap(({ notes = [] }) => notes.map(({ code }) => code)))].toSorted();

export const phase1 = (...texts: string[]): Suite[] => texts.map((text) => parseSuite(text, 'ikev1-phase1'));
export const ike = (...texts: string[]): Suite[] => texts.map((text) => parseSuite(text, 'ikev2-ike'));
