import { expect } from 'chai';
import fc from 'fast-check';
import { describe, it } from 'mocha';
import { CELL, type CellMap } from '../../src/probe/cell-map.ts';
import { Grid } from '../../src/probe/grid.ts';
import { type Ikev1Map, mapIkev1 } from '../../src/probe/map-ikev1.ts';
import { mapIkev2 } from '../../src/probe/map-ikev2.ts';
import { suiteOfAttributes } from '../../src/probe/messages.ts';
import { type AnswerBody, type Question, simulate } from '../../src/probe/question.ts';
import type { Suite } from '../../src/proposals/model.ts';
import { universe } from '../../src/proposals/universes.ts';
import { ike, phase1 } from '../support/probing.ts';
import { chooseV1, chooseV2 } from '../support/scripted-peer.ts';

const V1 = universe('common', 'ikev1-phase1');
const V2 = universe('common', 'ikev2-ike');
const grid1 = new Grid(V1.boxes);
const grid2 = new Grid(V2.boxes);
const METHODS = [1, 3, 65001, 65005];
const REFUSED: AnswerBody = { kind: 'refused', notify: 14, form: { spiSize: 0, messageId: 0, responderSpi: false } };
const SILENCE: AnswerBody = { kind: 'silence', sends: 3 };

/** How a peer picks: the first of our list, the first of its own, or what scores best by some rule of its own. */
const tempers = ['ours', 'own', 'score'] as const;
type Temper = (typeof tempers)[number];

function ordered(suites: readonly Suite[], temper: Temper): readonly Suite[] {
  const score = (suite: Suite): number =>
    (suite.encryption?.keyBits ?? 0) * 7 - (suite.group?.id ?? 0) * 3 + (suite.hash?.id ?? suite.prf?.id ?? 0);
  return temper === 'score' ? suites.toSorted((a, b) => score(b) - score(a)) : suites;
}

interface V1Peer {
  readonly suites: readonly Suite[];
  readonly temper?: Temper;
  /** Methods the peer takes; absent: it does not look. */
  readonly methods?: readonly number[];
  readonly says?: 'refusals' | 'nothing';
  /** Transforms in the largest request that gets through. */
  readonly most?: number;
}

function v1Peer({
  suites,
  temper = 'own',
  methods,
  says = 'refusals',
  most = 255,
}: V1Peer): (question: Question) => AnswerBody & { asked?: Question } {
  const own = { v1: ordered(suites, temper), order: temper === 'ours' ? 'ours' : 'peer', ...(methods && { methods }) } as const;
  return (question) => {
    const count = question.offer.groups[0]?.proposals[0]?.transforms.length ?? 0;
    if (count > most)
      return question.instead === undefined
        ? SILENCE
        : { ...v1Peer({ suites, temper, says, most, ...(methods && { methods }) })(question.instead), asked: question.instead };
    const chosen = chooseV1(question.offer, own);
    if (chosen === undefined) return says === 'refusals' ? REFUSED : SILENCE;
    const { auth: _, ...suite } = suiteOfAttributes(chosen.attributes);
    return { kind: 'chosen', suite, form: { order: [1, 2, 3, 4], proposalNumber: 1 } };
  };
}

interface V2Peer {
  readonly suites: readonly Suite[];
  readonly temper?: Temper;
  /** Octets of an SA payload that get through, about. */
  readonly most?: number;
  /** The group of the KE payload has to be one of those offered. */
  readonly strict?: boolean;
}

function v2Peer({
  suites,
  temper = 'own',
  most = Infinity,
  strict = false,
}: V2Peer): (question: Question) => AnswerBody & { asked?: Question } {
  const own = ordered(suites, temper);
  const answer = (question: Question): AnswerBody & { asked?: Question } => {
    const octets =
      8 * question.offer.groups.length +
      question.offer.groups
        .flatMap((g) => g.proposals.flatMap((p) => p.transforms))
        .reduce((sum, t) => sum + 8 + 4 * t.attributes.length, 4);
    if (octets > most) return question.instead === undefined ? SILENCE : { ...answer(question.instead), asked: question.instead };
    const offered = question.offer.groups.flatMap((g) =>
      g.proposals.flatMap((p) => p.transforms.flatMap((t) => (t.kind === 'single' && t.type === 4 ? [t.id] : []))),
    );
    if (strict && !offered.includes(question.keGroup ?? 0)) return REFUSED;
    const chosen = chooseV2(question.offer, own, temper === 'ours' ? 'ours' : 'peer')?.suite;
    if (chosen === undefined) return REFUSED;
    if (chosen.group?.id !== question.keGroup) return { kind: 'wrong-group', group: chosen.group?.id ?? 0 };
    return { kind: 'chosen', suite: chosen, form: { order: [1, 2, 3, 4], proposalNumber: 1 } };
  };
  return answer;
}

const names = (grid: Grid, cells: readonly number[]): string[] => cells.map((cell) => JSON.stringify(grid.suite(cell))).toSorted();
const cellsOf = (grid: Grid, suites: readonly Suite[]): number[] => [...new Set(suites.map((suite) => grid.cell(suite) ?? -1))];

function expectExactly(map: CellMap, suites: readonly Suite[]): void {
  expect(names(map.grid, map.accepted)).to.deep.equal(names(map.grid, cellsOf(map.grid, suites)));
  expect(map.count(CELL.undecided)).to.equal(0);
}

/** Nothing accepted that is not, nothing refused that is accepted. */
function expectNothingWrong(map: CellMap, suites: readonly Suite[]): void {
  const accepted = new Set(cellsOf(map.grid, suites));
  map.states.forEach((state, cell) => {
    if (state === CELL.accepted) expect(accepted.has(cell), `accepted ${JSON.stringify(map.grid.suite(cell))}`).to.equal(true);
    if (state === CELL.refused) expect(accepted.has(cell), `refused ${JSON.stringify(map.grid.suite(cell))}`).to.equal(false);
  });
}

/** Policies as people write them: single suites, and unions of products. */
function policies(grid: Grid): fc.Arbitrary<readonly Suite[]> {
  const members = [...grid.combinations().keys()].filter((cell) => grid.combinations()[cell] === 1);
  const single = fc.constantFrom(...members).map((cell) => [cell]);
  const product = fc
    .constantFrom(...grid.blocks)
    .chain((block) => fc.tuple(...block.map((values) => fc.subarray([...values], { minLength: 1, maxLength: Math.min(2, values.length) }))))
    .map((part) => {
      const cells: number[] = [];
      grid.each(part, (cell) => cells.push(cell));
      return cells;
    });
  return fc
    .oneof(
      { weight: 2, arbitrary: fc.array(single, { maxLength: 6 }) },
      { weight: 1, arbitrary: fc.array(product, { minLength: 1, maxLength: 2 }) },
    )
    .map((parts) => [...new Set(parts.flat())].map((cell) => grid.suite(cell)));
}

const policies1 = policies(grid1);
const policies2 = policies(grid2);
const temperament = fc.constantFrom(...tempers);

function methodMap(map: Ikev1Map, method = 1): CellMap {
  const found = map.methods.find((one) => one.method === method);
  if (found === undefined) throw new Error('method was not asked');
  return found.map;
}

describe('inference, IKEv1', () => {
  const run = (peer: ReturnType<typeof v1Peer>): { value: Ikev1Map; questions: Question[] } =>
    simulate(mapIkev1({ grid: grid1, methods: METHODS }), peer);

  it('finds exactly the accepted set, whatever the temper, within K + ⌈N/t⌉ + 3 questions per method asked', () => {
    fc.assert(
      fc.property(policies1, temperament, (suites, temper) => {
        const { value, questions } = run(v1Peer({ suites, temper }));
        expectExactly(methodMap(value), suites);
        const asked = value.methods.length;
        expect(questions.length).to.be.at.most(asked * (suites.length + Math.ceil(1080 / 255) + 3));
        if (suites.length > 0) expect(value.looksAtMethod).to.equal(false);
        if (suites.length > 0) expect(asked).to.equal(1);
      }),
      { numRuns: 60 },
    );
  });

  it('asks every method of a peer that looks at it, and finds the set of each', () => {
    fc.assert(
      fc.property(policies1, temperament, fc.subarray(METHODS, { minLength: 1, maxLength: 3 }), (suites, temper, methods) => {
        const { value } = run(v1Peer({ suites, temper, methods }));
        for (const method of METHODS) expectExactly(methodMap(value, method), methods.includes(method) ? suites : []);
        if (suites.length > 0 && methods.includes(1)) expect(value.looksAtMethod).to.equal(true);
      }),
      { numRuns: 25 },
    );
  });

  it('maps a peer that never says no, and learns nothing wrong when it accepts nothing', () => {
    fc.assert(
      fc.property(policies1, temperament, (suites, temper) => {
        const { value } = run(v1Peer({ suites, temper, says: 'nothing' }));
        const map = methodMap(value);
        if (suites.length === 0) expect(map.count(CELL.refused)).to.equal(0);
        else expectNothingWrong(map, suites);
        // With something accepted in the first request there is a control, and then silence is an answer.
        if (map.accepted.length > 0) expectExactly(map, suites);
      }),
      { numRuns: 40 },
    );
  });

  it('falls back to small requests when large ones get no answer', () => {
    fc.assert(
      fc.property(policies1, temperament, (suites, temper) => {
        const { value } = run(v1Peer({ suites, temper, most: 32 }));
        expectExactly(methodMap(value), suites);
        expect(methodMap(value).notes.map(({ code }) => code)).to.include('large-datagrams-unanswered');
      }),
      { numRuns: 25 },
    );
  });

  it('tells whose order wins', () => {
    const suites = phase1('aes128-sha1-modp2048', 'aes256-sha256-modp2048', '3des-sha1-modp1024');
    expect(run(v1Peer({ suites, temper: 'own' })).value.order).to.equal('peer');
    expect(run(v1Peer({ suites, temper: 'ours' })).value.order).to.equal('ours');
  });

  it('never takes silence for a refusal: after any number of answers everything else stays undecided', () => {
    fc.assert(
      fc.property(policies1, fc.nat(12), (suites, answers) => {
        const peer = v1Peer({ suites });
        let n = 0;
        const { value } = run((question) => (n++ < answers ? peer(question) : SILENCE));
        for (const { map } of value.methods) expectNothingWrong(map, suites);
        if (answers === 0) expect(methodMap(value).count(CELL.refused)).to.equal(0);
      }),
      { numRuns: 60 },
    );
  });

  it('loses a question here and there without learning anything wrong', () => {
    fc.assert(
      fc.property(policies1, temperament, fc.array(fc.boolean(), { minLength: 40, maxLength: 40 }), (suites, temper, lost) => {
        const peer = v1Peer({ suites, temper });
        const lostBefore = new Set<string>();
        let n = 0;
        // What was lost once gets through when it is asked again.
        const { value, questions } = run((question) => {
          const text = JSON.stringify(question.offer);
          if (!lost[n++ % 40] || lostBefore.has(text)) return peer(question);
          lostBefore.add(text);
          return SILENCE;
        });
        for (const { map } of value.methods) expectNothingWrong(map, suites);
        expect(questions.length).to.be.lessThan(2000);
      }),
      { numRuns: 60 },
    );
  });
}).timeout(20_000);

describe('inference, IKEv2', () => {
  const run = (peer: ReturnType<typeof v2Peer>): { value: CellMap; questions: Question[] } => simulate(mapIkev2(grid2), peer);

  it('finds exactly the accepted set, whatever the temper', () => {
    fc.assert(
      fc.property(policies2, temperament, (suites, temper) => {
        const { value, questions } = run(v2Peer({ suites, temper }));
        expectExactly(value, suites);
        expect(questions.length).to.be.at.most(40 + 25 * suites.length);
      }),
      { numRuns: 30 },
    );
  });

  const FOUR = [
    'aes256-sha256-prfsha256-modp2048',
    'aes128-sha1-prfsha1-modp2048',
    '3des-sha1-prfsha1-modp1024',
    'aes256gcm16-prfsha384-ecp384',
  ];
  const EIGHT = [
    ...FOUR,
    'aes256-sha512-prfsha512-modp4096',
    'aes192-sha384-prfsha384-modp3072',
    'aes128gcm16-prfsha256-ecp256',
    'chacha20poly1305-prfsha256-x25519',
  ];
  for (const [name, texts, most] of [
    ['none', [], 20],
    ['1 suite', FOUR.slice(3), 40],
    ['4 suites', FOUR, 80],
    ['8 suites', EIGHT, 120],
  ] as const) {
    for (const temper of tempers) {
      it(`${name}, ${temper}: at most ${most} questions`, () => {
        const { value, questions } = run(v2Peer({ suites: ike(...texts), temper }));
        expectExactly(value, ike(...texts));
        expect(questions.length).to.be.at.most(most);
      });
    }
  }

  it('leaves no state: every question has the public value of a group that is not offered', () => {
    const { questions } = run(v2Peer({ suites: ike(...EIGHT) }));
    const foreign = questions.filter(({ offer, keGroup }) =>
      offer.groups.every((g) =>
        g.proposals.every((p) => p.transforms.every((t) => t.kind !== 'single' || t.type !== 4 || t.id !== keGroup)),
      ),
    );
    // One question asks whether a peer refuses for that reason.
    expect(questions.length - foreign.length).to.be.at.most(1);
  });

  it('maps a peer that wants the group of the KE payload among the offered', () => {
    fc.assert(
      fc.property(policies2, (suites) => {
        const { value } = run(v2Peer({ suites, strict: true }));
        expectNothingWrong(value, suites);
      }),
      { numRuns: 15 },
    );
  });

  it('falls back to small datagrams', () => {
    fc.assert(
      fc.property(policies2, (suites) => {
        const { value } = run(v2Peer({ suites, most: 1000 }));
        expectExactly(value, suites);
      }),
      { numRuns: 10 },
    );
  });

  it('never takes silence for a refusal', () => {
    fc.assert(
      fc.property(policies2, fc.array(fc.boolean(), { minLength: 40, maxLength: 40 }), (suites, lost) => {
        const peer = v2Peer({ suites });
        let n = 0;
        const { value, questions } = run((question) => (lost[n++ % 40] ? SILENCE : peer(question)));
        expectNothingWrong(value, suites);
        expect(questions.length).to.be.lessThan(2000);
      }),
      { numRuns: 25 },
    );
  });
}).timeout(20_000);
