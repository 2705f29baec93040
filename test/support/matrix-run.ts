/**
 * Matrix runs from a seed: every outcome, real judgements of the profiles, and on request strings that try to break out of a report.
 * The same seed gives the same run.
 */
import { type Random, xorshift } from '../../bench/random.ts';
import type {
  CellOutcome,
  MatrixCase,
  MatrixCell,
  MatrixImplementation,
  MatrixReport,
  MatrixStep,
  StepOutcome,
} from '../../src/report/matrix/result.ts';
import { HOSTILE } from './hostile-strings.ts';
import { SAMPLE_CASES, type SampleCase } from './matrix-cases.ts';

const DEBIAN: Readonly<Record<string, string>> = {
  '5.9.1': 'bullseye',
  '5.9.8': 'bookworm',
  '6.0.1': 'trixie',
  '6.1.0': 'sid',
  '4.3': 'bullseye',
  '4.10': 'bookworm',
  '5.2': 'trixie',
  '7.2': 'bookworm',
  '7.4': 'trixie',
};

function daemon(family: string, title: string, release: string, versions: readonly (1 | 2)[], unavailable?: string): MatrixImplementation {
  const origin = `Debian ${DEBIAN[release] ?? 'unstable'}, ${release}`;
  const id = `${family}@${release}`;
  return { id, title: `${title} ${release}`, kind: 'daemon', family, release, origin, versions, unavailable: unavailable ?? null };
}

export const SAMPLE_IMPLEMENTATIONS: readonly MatrixImplementation[] = [
  daemon('strongswan', 'strongSwan', '5.9.1', [1, 2]),
  daemon('strongswan', 'strongSwan', '5.9.8', [1, 2]),
  daemon('strongswan', 'strongSwan', '6.0.1', [1, 2]),
  daemon('strongswan', 'strongSwan', '6.1.0', [1, 2]),
  daemon('libreswan', 'libreswan', '4.3', [1, 2], 'not in the package archive today'),
  daemon('libreswan', 'libreswan', '4.10', [1, 2]),
  daemon('libreswan', 'libreswan', '5.2', [1, 2]),
  daemon('openiked', 'OpenIKED', '7.2', [2]),
  daemon('openiked', 'OpenIKED', '7.4', [2]),
  {
    id: 'ike-probe',
    title: 'ike-probe',
    kind: 'own',
    family: 'ike-probe',
    release: null,
    origin: 'this program',
    versions: [1, 2],
    unavailable: null,
  },
  model('freeswan', 'FreeS/WAN', '2.0', [1]),
  model('racoon', 'racoon', '0.8.2', [1]),
];

function model(family: string, title: string, release: string, versions: readonly (1 | 2)[]): MatrixImplementation {
  const id = `model:${family}@${release}`;
  return {
    id,
    title: `${title} ${release}`,
    kind: 'model',
    family,
    release,
    origin: 'a profile of this program',
    versions,
    unavailable: null,
  };
}

export interface SampleOptions {
  readonly seed?: number;
  readonly implementations?: readonly MatrixImplementation[];
  readonly cases?: readonly SampleCase[];
  /** Strings with markup, terminal escapes and control characters in all that a daemon or a user may have said. */
  readonly hostile?: boolean;
  readonly complete?: boolean;
}

/** A run of all cases with all pairs. */
export function sampleRun(options: SampleOptions = {}): MatrixReport {
  const { seed = 7, implementations = SAMPLE_IMPLEMENTATIONS, cases = SAMPLE_CASES, hostile = false, complete = true } = options;
  const random = xorshift((seed + 1) * 0x9e3779b1);
  const there = implementations.filter(({ unavailable }) => unavailable === null);
  const pairs = there.flatMap((initiator) => there.map((responder) => [initiator, responder] as const));
  const cells = cases.flatMap((one) =>
    pairs
      .filter(([a, b]) => a.kind !== 'model' && (b.kind !== 'model' || a.kind === 'own' || b.versions.includes(one.version)))
      .map(([initiator, responder]) => cellOf(one, initiator, responder, random)),
  );
  return {
    schema: 'ike-probe/1',
    kind: 'matrix',
    complete,
    tool: { name: 'ike-probe', version: '0.1.0' },
    started: '2026-11-28T09:12:44.000Z',
    durationMs: cells.reduce((sum, { durationMs }) => sum + durationMs, 0) / 2,
    implementations: implementations.map((one) => (hostile && one.kind === 'model' ? { ...one, title: HOSTILE.markup } : one)),
    cases: cases.map(withoutOffers),
    cells: hostile ? cells.map(hostileCell) : cells,
  };
}

/** A case as a run has it. */
function withoutOffers({ id, title, area, version, reference, about, initiator, responder }: SampleCase): MatrixCase {
  return { id, title, area, version, reference, about, initiator, responder };
}

/** Cells by the thousand: the same implementations under more releases. */
export function largeRun(count: number): MatrixReport {
  const releases = Math.ceil(Math.sqrt(count / SAMPLE_CASES.length));
  const families = ['strongswan', 'libreswan', 'openiked', 'strongswan'] as const;
  const titles = { strongswan: 'strongSwan', libreswan: 'libreswan', openiked: 'OpenIKED' } as const;
  const implementations = Array.from({ length: releases }, (_, i) => {
    const family = families[i % families.length] ?? 'strongswan';
    return daemon(family, titles[family], `${5 + Math.floor(i / 4)}.${i}`, family === 'openiked' ? [2] : [1, 2]);
  });
  return sampleRun({ seed: 11, implementations });
}

function cellOf(one: SampleCase, initiator: MatrixImplementation, responder: MatrixImplementation, random: Random): MatrixCell {
  const predicted = prediction(one);
  const outcome = chance(one, initiator, responder, predicted, random);
  const actual = actualOf(outcome, predicted, random);
  const id = `${one.id}/${initiator.id}/${responder.id}`;
  return {
    id,
    case: one.id,
    initiator: initiator.id,
    responder: responder.id,
    outcome,
    reason: reasonOf(outcome, one, initiator, responder, predicted, actual),
    predicted: outcome === 'unsupported' ? null : predicted,
    actual,
    ...(outcome === 'disagrees' && random(4) === 0
      ? { known: 'This release answers a rekey without KE as if PFS were off; mended in the next.' }
      : {}),
    durationMs: outcome === 'unsupported' ? 0 : 900 + random(6000),
    rerun: `sudo ike-probe matrix --cases ${one.id} --initiators ${initiator.id} --responders ${responder.id}`,
    details: outcome === 'unsupported' ? null : `cells/${id.replace(/[^a-z0-9.@-]/g, '_')}.json`,
  };
}

const refusedAt = (step: MatrixStep, exchange: string, notify: string | null): StepOutcome => {
  return { step, state: 'refused', suite: null, refusal: { by: 'responder', exchange, notify } };
};
const made = (step: MatrixStep, suite: string): StepOutcome => ({ step, state: 'established', suite, refusal: null });

function prediction(one: SampleCase): readonly StepOutcome[] {
  const ike = made('ike', one.policy.split(',')[0] ?? '');
  const child = made('child', one.version === 1 ? 'esp aes256-sha256' : 'esp aes256-sha256-esn');
  const first = one.version === 1 ? 'main mode' : 'IKE_SA_INIT';
  if (/group$|hash|des$|key-length|prf$|weak|integ$/.test(one.id))
    return [refusedAt('ike', first, one.version === 1 ? null : 'NO_PROPOSAL_CHOSEN')];
  if (/wrong|unknown/.test(one.id)) return [refusedAt('ike', 'IKE_AUTH', 'AUTHENTICATION_FAILED')];
  if (one.id.includes('esp-refused')) return [ike, refusedAt('child', 'IKE_AUTH', 'NO_PROPOSAL_CHOSEN')];
  if (one.id.includes('bomb')) return [ike, child, refusedAt('rekey-child', 'CREATE_CHILD_SA', 'NO_PROPOSAL_CHOSEN')];
  if (one.id.includes('childless')) return [ike];
  return one.area === 'ikev2-rekey' ? [ike, child, made('rekey-child', 'esp aes256-sha256-modp2048')] : [ike, child];
}

function chance(
  one: SampleCase,
  initiator: MatrixImplementation,
  responder: MatrixImplementation,
  predicted: readonly StepOutcome[],
  random: Random,
): CellOutcome {
  const roll = random(1000);
  const both = [initiator, responder];
  if (!both.every(({ versions }) => versions.includes(one.version))) return 'unsupported';
  if (one.id.includes('mlkem') && both.some(({ release, family }) => family !== 'ike-probe' && !(release ?? '').startsWith('6')))
    return 'unsupported';
  if (one.id.includes('childless') && initiator.family === 'libreswan') return 'unsupported';
  if (one.id.includes('ed25519') && both.some(({ family }) => family === 'libreswan')) return 'unsupported';
  if (roll < 4) return 'error';
  if (roll < 14 || (one.id === 'v2-pfs-bomb' && responder.id === 'libreswan@4.10')) return 'disagrees';
  return predicted.every(({ state }) => state === 'established') ? 'works' : 'refuses';
}

function actualOf(outcome: CellOutcome, predicted: readonly StepOutcome[], random: Random): readonly StepOutcome[] | null {
  if (outcome === 'unsupported' || outcome === 'error') return null;
  if (outcome !== 'disagrees') return predicted;
  const last = predicted.at(-1);
  if (last === undefined) return predicted;
  if (last.state !== 'established') return [...predicted.slice(0, -1), made(last.step, 'aes256-sha256-modp2048')];
  const exchange = last.step === 'ike' ? 'IKE_SA_INIT' : 'CREATE_CHILD_SA';
  const other: StepOutcome =
    random(3) === 0
      ? { step: last.step, state: 'silent', suite: null, refusal: null }
      : refusedAt(last.step, exchange, 'NO_PROPOSAL_CHOSEN');
  return [...predicted.slice(0, -1), other];
}

function reasonOf(
  outcome: CellOutcome,
  one: SampleCase,
  initiator: MatrixImplementation,
  responder: MatrixImplementation,
  predicted: readonly StepOutcome[],
  actual: readonly StepOutcome[] | null,
): string {
  const last = predicted.at(-1);
  switch (outcome) {
    case 'works':
      return `${initiator.title} and ${responder.title} settle on ${last?.suite ?? 'the first suite'}.`;
    case 'refuses':
      return `${responder.title} refuses in ${last?.refusal?.exchange ?? 'IKE_AUTH'}: ${one.title.toLowerCase()}.`;
    case 'unsupported':
      return initiator.versions.includes(one.version) && responder.versions.includes(one.version)
        ? `${one.id.includes('mlkem') ? 'ML-KEM is not known' : 'This is not known'} to one of the two.`
        : `IKEv${one.version} is not spoken by ${initiator.versions.includes(one.version) ? responder.title : initiator.title}.`;
    case 'error':
      return `${responder.title} was not ready within 20 seconds.`;
    case 'disagrees':
      return actual?.at(-1)?.state === 'established'
        ? `${responder.title} goes on where a refusal was foretold: it does not look at the group when it is asked to rekey.`
        : `${responder.title} refuses what it was foretold to take; its log says "no acceptable proposal found".`;
    default:
      return outcome satisfies never;
  }
}

function hostileCell(cell: MatrixCell, index: number): MatrixCell {
  if (cell.outcome !== 'disagrees' && cell.outcome !== 'error') return cell;
  const texts = Object.values(HOSTILE);
  const text = texts[index % texts.length] ?? '';
  return {
    ...cell,
    reason: `${cell.reason} ${text}`,
    rerun: `${cell.rerun} ${text}`,
    ...(cell.known === undefined ? {} : { known: text }),
  };
}
