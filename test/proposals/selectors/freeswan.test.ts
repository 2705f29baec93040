import { expect } from 'chai';
import fc from 'fast-check';
import { describe, it } from 'mocha';
import { readdirSync, readFileSync } from 'node:fs';
import type { Attribute, Offer, SuiteTransform } from '../../../src/proposals/model.ts';
import {
  canonicalRelease,
  CHANGES,
  checkPfs,
  type PlutoTransform,
  ConnectionError,
  freeswan,
  freeswanOffer,
  parseConnection,
  type PlutoVerdict,
  printLine,
  RELEASES,
} from '../../../src/proposals/selectors/freeswan/index.ts';
import { ProfileError, ReleaseError, selectorFor } from '../../../src/proposals/selectors/index.ts';

interface Row {
  readonly id: string;
  readonly name?: string;
  readonly phase: 1 | 2;
  readonly selection: boolean;
  readonly policy: readonly string[];
  readonly pskKnown: boolean;
  readonly saPayload: string;
  readonly expected: {
    readonly code: number;
    readonly accepted: boolean;
    readonly logs: readonly string[];
    readonly replySa: string | null;
    readonly oakley?: { encrypt: number; hash: number; auth: number; group: number; life_seconds: number };
    readonly pfs?: number;
  } & Readonly<Partial<Record<'ah' | 'esp' | 'ipcomp', RecordedTransform>>>;
}
interface RecordedTransform {
  readonly transid: number;
  readonly auth: number;
  readonly encap: number;
  readonly life_seconds: number;
  readonly key_len: number;
  readonly spi: string;
}

const VECTORS = new URL('../../../vectors/freeswan/', import.meta.url);
const hex = (octets: Uint8Array | undefined): string | null => (octets ? Buffer.from(octets).toString('hex') : null);

/** `3des-md5-psk-modp1024` in numbers: `5 1 1 2`. */
function phase1(...suites: readonly string[]): Offer {
  const transforms = suites.map((suite, number) => {
    const values = suite.split(' ').map(Number);
    const attributes = values.map((value, i): Attribute => ({ type: i + 1, form: 'TV', value }));
    return { kind: 'suite', number, id: 1, attributes } as const;
  });
  return { negotiation: 'ikev1-phase1', groups: [{ number: 0, proposals: [{ protocol: 1, spi: new Uint8Array(0), transforms }] }] };
}

/** One proposal of one transform: its protocol, id, and attributes as `type=value`. */
function phase2(protocol: number, id: number, attributes: string, spi = '00001000'): Offer {
  const list = attributes.split(' ').map((pair): Attribute => {
    const [type, value] = pair.split('=').map(Number);
    return { type: type ?? 0, form: 'TV', value: value ?? 0 };
  });
  const transform: SuiteTransform = { kind: 'suite', number: 0, id, attributes: list };
  const proposal = { protocol, spi: Uint8Array.from(Buffer.from(spi, 'hex')), transforms: [transform] };
  return { negotiation: 'ikev1-phase2', groups: [{ number: 0, proposals: [proposal] }] };
}

const codes = (verdict: PlutoVerdict): string[] =>
  verdict.trace.map(({ reasons }) => reasons.map(({ code }) => code).join(' ') || 'accepted');

describe('the FreeS/WAN selector', () => {
  const pluto = freeswan();
  const files = readdirSync(VECTORS).filter((name) => name.endsWith('.jsonl'));

  for (const file of files) {
    const rows = readFileSync(new URL(file, VECTORS), 'utf8')
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line) as Row);
    describe(`does as the original did: ${file} (${rows.length})`, () => {
      for (const row of rows) {
        it(row.name === undefined ? row.id : `${row.id} ${row.name}`, () => {
          const { expected } = row;
          const connection = { policy: row.policy.join(','), pskKnown: row.pskKnown, initiatorCheck: row.selection };
          const verdict = pluto.judge(Buffer.from(row.saPayload, 'hex'), connection, row.phase);
          const { code, logs, reply, outcome } = verdict;
          expect(code).to.equal(expected.code);
          expect(logs.map(printLine)).to.deep.equal(expected.logs);
          expect(hex(reply)).to.equal(expected.replySa);
          expect(outcome === 'selected').to.equal(expected.accepted);
          expect(verdict.decoded).to.deep.equal(recorded(expected));
        });
      }
    });
  }

  it('has all recorded cases', () => {
    expect(files).to.deep.equal(['selections-random.jsonl', 'selections.jsonl']);
  });
});

describe('what Pluto hides', () => {
  const pluto = freeswan();
  const rows: [offer: string, reasons: string][] = [
    ['1 2 1 2', 'algorithm-forbidden'],
    ['1 4 8 14', 'algorithm-forbidden algorithm-not-configured algorithm-not-configured algorithm-not-configured'],
    ['8 2 3 1', 'algorithm-not-configured algorithm-not-configured algorithm-not-configured'],
    ['5 2', 'attribute-missing'],
    ['5 2 1 2', 'accepted'],
  ];
  for (const [offer, reasons] of rows) {
    it(`${offer} = ${reasons}`, () => {
      const verdict = pluto.select(phase1(offer), { policy: 'psk' });
      expect(codes(verdict)).to.deep.equal([reasons]);
      expect(verdict.trace[0]?.shown).to.equal(reasons === 'accepted' ? undefined : 1);
    });
  }

  it('names DES as forbidden by FreeS/WAN, with its place in the offer', () => {
    const [judgement] = pluto.select(phase1('1 2 1 2'), { policy: 'psk' }).trace;
    expect(judgement?.reasons[0]).to.deep.equal({
      code: 'algorithm-forbidden',
      offered: { slot: 'encryption', id: 1, path: [0, 0, 0, 0] },
      by: 'FreeS/WAN',
    });
  });

  it('translates the shifted names of missing attributes back', () => {
    const verdict = pluto.select(phase1('5 2 1'), { policy: 'psk' });
    expect(verdict.logs.map(printLine)).to.deep.equal(['missing mandatory attribute(s) OAKLEY_GROUP_TYPE in Oakley Transform 0']);
    expect(verdict.trace).to.deep.equal([
      { path: [0, 0, 0], accepted: false, reasons: [{ code: 'attribute-missing', attributes: [4], path: [0, 0, 0] }], shown: 1, fatal: 15 },
    ]);
  });

  it('looks at nothing behind an accepted transform', () => {
    expect(codes(pluto.select(phase1('1 2 1 2', '5 2 1 2', '5 1 1 5'), { policy: 'psk' }))).to.deep.equal([
      'algorithm-forbidden',
      'accepted',
    ]);
  });

  it('is silent on the wire unless patched', () => {
    const offer = phase1('1 2 1 2');
    expect(pluto.select(offer, { policy: 'psk' })).to.include({ notify: 'silence', code: 14 });
    expect(freeswan({ sendsNotifications: true }).select(offer, { policy: 'psk' })).to.include({ notify: 14, code: 14 });
  });

  it('tells a missing secret from a method that the policy does not have', () => {
    expect(codes(pluto.select(phase1('5 2 1 2'), { policy: 'psk', pskKnown: false }))).to.deep.equal(['no-credential']);
    expect(codes(pluto.select(phase1('5 2 1 2'), { policy: 'rsasig' }))).to.deep.equal(['algorithm-not-configured']);
  });

  it('judges the group when the policy requires what it does not offer', () => {
    const verdict = pluto.select(phase2(2, 2, '4=1 5=1'), { policy: 'encrypt' });
    expect(codes(verdict)).to.deep.equal(['accepted', 'policy-requires']);
    expect(verdict.trace[1]?.path).to.deep.equal([0]);
  });
});

describe('FreeS/WAN releases', () => {
  type Before = [row: string, before: string, code: number, since: string, code: number, offer: Offer, policy: string];
  const esp = '4=1 5=1';
  const rows: Before[] = [
    [CHANGES.rsaSignatures.change, '1.1', 14, '1.2', 0, phase1('5 2 3 2'), 'rsasig'],
    [CHANGES.modp768.change, '1.5', 0, '1.6', 15, phase1('5 2 1 1', '5 2 1'), 'psk'],
    [CHANGES.ipcomp.change, '1.5', 11, '1.6', 0, phase2(4, 2, '4=1', '0123'), 'compress'],
    [CHANGES.compressionByPolicy.change, '1.6', 0, '1.7', 14, phase2(4, 2, '4=1', '0123'), 'psk'],
    [CHANGES.compressionByPolicy.change, '1.99', 14, '2.0', 0, phase2(4, 2, '4=1', '0123'), 'psk'],
    [CHANGES.wellKnownCpi.change, '1.7', 11, '1.8', 0, phase2(4, 2, '4=1', '00000123'), 'compress'],
    [CHANGES.wellKnownCpi.change, '1.7', 11, '1.8', 15, phase2(4, 2, '4=1', '0002'), 'compress'],
    [CHANGES.aesNamed.change, '1.7', 15, '1.8', 14, phase2(3, 12, esp), 'encrypt'],
    [CHANGES.durationNeedsType.change, '1.8', 0, '1.9', 14, withAttribute(phase1('5 2 1 2'), 12, 3600), 'psk'],
    [CHANGES.groupInIpcomp.change, '1.8', 15, '1.9', 0, phase2(4, 2, '4=1 3=2', '0123'), 'compress'],
    [CHANGES.unknownValueIsFatal.change, '1.96', 15, '1.97', 0, phase1('8 2 1 2', '5 2 1 2'), 'psk'],
  ];
  for (const [row, before, codeBefore, since, codeSince, offer, policy] of rows) {
    it(`${row} (${before}: ${codeBefore}, ${since}: ${codeSince})`, () => {
      expect(freeswan({ release: before }).select(offer, { policy }).code).to.equal(codeBefore);
      expect(freeswan({ release: since }).select(offer, { policy }).code).to.equal(codeSince);
    });
  }

  it(CHANGES.offers1536First.change, () => {
    const groups = (release: string): unknown =>
      freeswanOffer(release, { policy: 'psk' }, 1).groups[0]?.proposals[0]?.transforms.map(({ attributes }) => attributes[5]?.value);
    expect(groups('1.92')).to.deep.equal([2, 2, 5, 5]);
    expect(groups('1.93')).to.deep.equal([5, 5, 2, 2]);
  });

  const traits: [keyof typeof CHANGES, before: string, since: string][] = [
    ['ignoresCommitFlag', '1.91', '1.92'],
    ['sendsDeletes', '1.96', '1.97'],
    ['vendorId', '1.99', '2.0'],
  ];
  for (const [trait, before, since] of traits) {
    it(CHANGES[trait].change, () => {
      expect(freeswan({ release: before }).traits[trait]).to.equal(false);
      expect(freeswan({ release: since }).traits[trait]).to.equal(true);
    });
  }

  const names: [written: string, canonical: string | undefined][] = [
    ['1.3', '1.3'],
    ['1.00', '1.0'],
    ['2.0x', '2.0'],
    ['2.02', '2.0'],
    ['2', '2.0'],
    ['v1.97', '1.97'],
    ['1.9x', '1.9'],
    ['1.05', undefined],
    ['3.0', undefined],
    ['', undefined],
  ];
  for (const [written, canonical] of names) {
    it(`reads the release '${written}' as ${canonical}`, () => expect(canonicalRelease(written)).to.equal(canonical));
  }

  it('takes 3DES, never DES, in every release', () => {
    for (const release of RELEASES) {
      expect(freeswan({ release }).select(phase1('1 2 1 2', '5 2 1 2'), { policy: 'psk' }).code, release).to.equal(0);
      expect(freeswan({ release }).select(phase1('1 2 1 2'), { policy: 'psk' }).code, release).to.equal(14);
    }
  });
});

describe('FreeS/WAN connections and profiles', () => {
  it('reads the words of a policy', () => {
    expect(parseConnection('psk, RSAsig tunnel').policy).to.deep.equal(new Set(['psk', 'rsasig', 'tunnel']));
  });

  it('names the offset of an unknown word and the nearest known one', () => {
    expect(() => parseConnection('psk,encrpyt'))
      .to.throw(ConnectionError, /'encrypt'/)
      .with.property('offset', 4);
  });

  it('finds a selector by profile', () => {
    expect(selectorFor('freeswan@1.97').release).to.equal('1.97');
    expect(selectorFor('freeswan').release).to.equal('2.0');
    expect(() => selectorFor('freeswam')).to.throw(ProfileError, /'freeswan'/);
    expect(() => selectorFor('freeswan@9'))
      .to.throw(ReleaseError)
      .with.property('hint');
  });

  it('takes its own default offers', () => {
    for (const release of RELEASES) {
      for (const policy of ['psk', 'psk,rsasig']) {
        expect(freeswan({ release }).select(freeswanOffer(release, { policy }, 1), { policy }).code, release).to.equal(0);
      }
      for (const policy of ['encrypt,tunnel', 'encrypt,authenticate,pfs', 'authenticate']) {
        expect(freeswan({ release }).select(freeswanOffer(release, { policy }, 2), { policy }).code, release).to.equal(0);
      }
    }
    const verdict = freeswan().select(freeswanOffer('2.0', { policy: 'encrypt,compress,pfs,tunnel' }, 2), { policy: 'encrypt' });
    expect(verdict.decoded).to.include({ pfsGroup: 5 });
  });

  it('checks PFS after the selection', () => {
    const pluto = freeswan();
    const without = pluto.select(phase2(3, 3, '4=1 5=1'), { policy: 'encrypt,pfs' });
    const group2 = pluto.select(phase2(3, 3, '4=1 5=1 3=2'), { policy: 'encrypt,pfs' });
    const rows: [PlutoVerdict, policy: string, ke: number[], code: number][] = [
      [without, 'encrypt,pfs', [], 14],
      [without, 'encrypt', [], 0],
      [without, 'encrypt', [128], 17],
      [group2, 'encrypt', [], 17],
      [group2, 'encrypt,pfs', [128], 0],
      [group2, 'encrypt,pfs', [96], 17],
      [group2, 'encrypt,pfs', [128, 128], 17],
    ];
    for (const [verdict, policy, ke, code] of rows) expect(checkPfs(verdict, { policy }, ke).code, `${policy} ${ke.join()}`).to.equal(code);
  });
});

describe('the FreeS/WAN selector, properties', () => {
  const pluto = freeswan();
  const policy = 'psk,rsasig,encrypt,tunnel';
  const suite = fc.tuple(
    ...[
      [1, 5, 7],
      [1, 2, 4],
      [1, 2, 3],
      [1, 2, 5, 14],
    ].map((values) => fc.constantFrom(...values)),
  );
  const suites = fc.array(
    suite.map((values) => values.join(' ')),
    { minLength: 2, maxLength: 6 },
  );

  it('removing a refused transform changes nothing', () => {
    fc.assert(
      fc.property(suites, (list) => {
        const before = pluto.select(phase1(...list), { policy });
        const refused = before.trace.findIndex(({ accepted, fatal }) => !accepted && fatal === undefined);
        if (refused < 0) return;
        const after = pluto.select(phase1(...list.filter((_, i) => i !== refused)), { policy });
        expect(after.code).to.equal(before.code);
        expect(after.decoded).to.deep.equal(before.decoded);
      }),
    );
  });

  it('selects a transform of the offer, and one that is accepted alone', () => {
    fc.assert(
      fc.property(suites, (list) => {
        const verdict = pluto.select(phase1(...list), { policy });
        if (verdict.outcome !== 'selected') return;
        const chosen = list[verdict.selection.parts[0]?.path[2] ?? -1];
        expect(pluto.select(phase1(chosen ?? ''), { policy }).code).to.equal(0);
      }),
    );
  });

  it('never throws, whatever the octets', () => {
    const phase = fc.constantFrom<1 | 2>(1, 2);
    fc.assert(fc.property(fc.uint8Array({ maxLength: 200 }), phase, (octets, which) => void pluto.judge(octets, { policy }, which)));
    const rows = ['selections.jsonl', 'selections-random.jsonl'].flatMap((file) =>
      readFileSync(new URL(file, VECTORS), 'utf8')
        .trim()
        .split('\n')
        .map((line) => Buffer.from((JSON.parse(line) as Row).saPayload, 'hex')),
    );
    const edits = fc.array(fc.tuple(fc.nat(300), fc.nat(255)), { minLength: 1, maxLength: 4 });
    fc.assert(
      fc.property(fc.constantFrom(...rows), edits, fc.nat(300), phase, (row, changes, cut, which) => {
        const octets = Uint8Array.from(row);
        for (const [at, value] of changes) octets[at % octets.length] = value;
        const { code, trace } = pluto.judge(octets.subarray(0, Math.max(octets.length - (cut % 7), 0)), { policy }, which);
        expect(code).to.be.oneOf([-2, 0, 2, 3, 10, 11, 14, 15, 16]);
        expect(trace.length).to.be.lessThan(300);
      }),
      { numRuns: 2000 },
    );
  });
});

function withAttribute(offer: Offer, type: number, value: number): Offer {
  const [group] = offer.groups;
  const [proposal] = group?.proposals ?? [];
  if (!group || !proposal) return offer;
  const transforms = (proposal.transforms as readonly SuiteTransform[]).map((transform) => ({
    ...transform,
    attributes: [...transform.attributes, { type, form: 'TV', value } as const],
  }));
  return { ...offer, groups: [{ ...group, proposals: [{ ...proposal, transforms }] }] };
}

/** What the recording says was kept; CPIs without what the original puts before them. */
function recorded({ oakley, pfs, ah, esp, ipcomp }: Row['expected']): unknown {
  if (oakley) {
    const { encrypt, hash, auth, group, life_seconds } = oakley;
    return { phase: 1, encryption: encrypt, hash, auth, group, lifeSeconds: life_seconds };
  }
  if (pfs === undefined) return undefined;
  return {
    phase: 2,
    pfsGroup: Math.max(0, pfs),
    ...(ah && { ah: chosenTransform(ah) }),
    ...(esp && { esp: chosenTransform(esp) }),
    ...(ipcomp && { ipcomp: chosenTransform(ipcomp, 0x10000) }),
  };
}

function chosenTransform({ transid, auth, encap, life_seconds, key_len, spi }: RecordedTransform, modulus = 2 ** 32): PlutoTransform {
  const number = Number.parseInt(spi, 16) % modulus;
  return { transform: transid, auth, encapsulation: encap, lifeSeconds: life_seconds, keyBits: key_len, spi: number };
}
