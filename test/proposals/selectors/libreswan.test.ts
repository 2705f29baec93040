import { expect } from 'chai';
import fc from 'fast-check';
import { describe, it } from 'mocha';
import { readFileSync } from 'node:fs';
import { libreswanPolicy, parseLibreswan } from '../../../src/proposals/dialects/libreswan/index.ts';
import type { Negotiation } from '../../../src/proposals/model.ts';
import type { Policy } from '../../../src/proposals/policy.ts';
import { writeSa } from '../../../src/proposals/selectors/answers.ts';
import { book } from '../../../src/proposals/selectors/libreswan/log.ts';
import type { Response, Step, Wire } from '../../../src/proposals/selectors/profile.ts';
import { selectorFor } from '../../../src/proposals/selectors/selector.ts';

const RELEASES = ['4.3', '4.10', '5.2'] as const;
const hex = (octets: Uint8Array): string => Buffer.from(octets).toString('hex');
const octetsOf = (text: string): Uint8Array => Uint8Array.from(Buffer.from(text, 'hex'));
const rows = <Row>(file: string): Row[] =>
  readFileSync(new URL(`../../../vectors/libreswan/${file}`, import.meta.url), 'utf8')
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as Row);

/** `ike=` of a release; the wire does not depend on what is said about the notation. */
function ikePolicy(lines: readonly string[], negotiation: Negotiation, release: string): Policy {
  const parsed = parseLibreswan('ike', lines.join(','), { ikev: negotiation === 'ikev2-ike' ? 2 : 1, release });
  return libreswanPolicy(parsed, negotiation);
}

interface MeasuredRow {
  readonly id: string;
  readonly name: string;
  readonly ike: 1 | 2;
  readonly step: Step;
  readonly local: readonly string[];
  readonly saPayload: string;
  readonly keGroup?: number;
  readonly expected: {
    readonly code?: number;
    readonly replySa?: string;
    readonly group?: number;
    readonly wire?: string;
    readonly logs: readonly string[];
  };
}

/** In the words of the vectors. */
function shown(wire: Wire): string {
  if (wire.kind !== 'notify') return wire.kind;
  const data = wire.data.length > 0 ? ` data ${hex(wire.data)}` : '';
  return `notify ${wire.type}${data}, protocol ${wire.protocol}, SPI ${wire.spi}, responder SPI ${wire.responderSpi}, message id ${wire.messageId}`;
}

const normal = ({ logs }: Response): string[] => logs.filter(({ level }) => level === 'normal').map(({ text }) => text);
/** A line of pluto's log ends after about a thousand octets, wherever that is. */
const cut = (lines: readonly string[]): string[] => lines.map((line) => line.slice(0, 600));

describe('libreswan: as measured', () => {
  for (const release of RELEASES) {
    it(`answers what libreswan ${release} answers, and writes what it writes`, () => {
      const measured = rows<MeasuredRow>(`measured-${release}.jsonl`);
      expect(measured.length).to.be.greaterThan(160);
      // 4.3 was asked by a stranger three times, and then knew its peer.
      const strange = new Set(['050', '055', '056']);
      for (const { id, name, ike, step, local, saPayload, keGroup, expected } of measured) {
        const negotiation = ike === 1 ? 'ikev1-phase1' : 'ikev2-ike';
        const peer = strange.has(id.slice(-3)) ? 'stranger' : 'known';
        const policy = ikePolicy(local, negotiation, release);
        const daemon = selectorFor(`libreswan@${release}`).configured(negotiation, { policy, settings: { peer } });
        const response = daemon.respond({ negotiation, step, sa: octetsOf(saPayload), ...(keGroup !== undefined && { keGroup }) });
        const { wire } = response;
        const at = `${id} ${name}`;
        if (expected.replySa === undefined) expect(shown(wire), at).to.equal(expected.wire);
        else expect(wire.kind === 'answer' ? hex(wire.sa) : shown(wire), at).to.equal(expected.replySa);
        if (expected.group !== undefined) expect(response.wantsGroup, at).to.equal(expected.group);
        expect(cut(normal(response)), at).to.deep.equal(cut(expected.logs));
        for (const { text } of response.logs) expect(book.read(text), text).not.to.equal(undefined);
      }
    });
  }
});

interface OfferRow {
  readonly release: string;
  readonly negotiation: Negotiation;
  readonly step: Step;
  readonly local?: readonly string[];
  readonly saPayload: string;
}

describe('libreswan: as initiator', () => {
  for (const { release, negotiation, step, local, saPayload } of rows<OfferRow>('offers.jsonl')) {
    it(`${release} offers ${local?.join(',') ?? 'its defaults'} (${step}) octet by octet`, () => {
      // As the initiator it is its own words that it sends, lengths left out included.
      const setup = local === undefined ? undefined : { policy: offered(local, negotiation, release) };
      const daemon = selectorFor(`libreswan@${release}`).configured(negotiation, setup);
      expect(hex(writeSa({ offer: daemon.offer(step) }))).to.equal(saPayload);
    });
  }

  it('goes on, complains or is silent as it was seen to', () => {
    const checks = rows<OfferRow & { readonly name: string; readonly offered: string; readonly expected: string }>('checks.jsonl');
    expect(checks.length).to.equal(111);
    for (const { release, name, negotiation, local = [], saPayload, offered: sent, expected } of checks) {
      const policy = ikePolicy(local, negotiation, release);
      const step = negotiation === 'ikev2-ike' ? 'sa-init' : 'main';
      const daemon = selectorFor(`libreswan@${release}`).configured(negotiation, { policy });
      const { wire } = daemon.check({ negotiation, step, sa: octetsOf(saPayload), offered: octetsOf(sent) });
      expect(wire.kind === 'notify' ? `notify ${wire.type}` : wire.kind, `${release} ${name}`).to.equal(expected);
      if (wire.kind === 'notify') expect(wire).to.include({ responderSpi: 'zero', messageId: 'zero', protocol: 1, spi: 'none' });
    }
  });
});

function offered(lines: readonly string[], negotiation: Negotiation, release: string): Policy {
  const parsed = parseLibreswan('ike', lines.join(','), { ikev: negotiation === 'ikev2-ike' ? 2 : 1, release });
  return libreswanPolicy(parsed, negotiation, 'offer');
}

describe('libreswan: hostile octets', () => {
  const steps: readonly (readonly [Negotiation, Step])[] = [
    ['ikev1-phase1', 'main'],
    ['ikev1-phase1', 'aggressive'],
    ['ikev1-phase2', 'quick'],
    ['ikev2-ike', 'sa-init'],
    ['ikev2-ike', 'rekey-ike'],
    ['ikev2-child', 'auth'],
    ['ikev2-child', 'create-child'],
  ];
  for (const [negotiation, step] of steps) {
    it(`never throws in ${step}, whatever comes`, () => {
      const daemons = RELEASES.map((release) => selectorFor(`libreswan@${release}`).configured(negotiation));
      const offers = daemons.map((daemon) => writeSa({ offer: daemon.offer(step) }));
      const mutation = fc.array(fc.tuple(fc.nat(600), fc.nat(255)), { maxLength: 6 });
      fc.assert(
        fc.property(fc.nat(2), mutation, fc.uint8Array({ maxLength: 60 }), fc.nat(2), (which, places, random, how) => {
          const whole = offers[which]?.slice() ?? random;
          for (const [place, octet] of places) whole[place % whole.length] = octet;
          const sa = how === 0 ? random : how === 1 ? whole : whole.subarray(0, random.length);
          const daemon = daemons[which];
          const response = daemon?.respond({ negotiation, step, sa, keGroup: 14 });
          expect(response?.outcome).to.be.oneOf(['selected', 'refused']);
          expect(daemon?.check({ negotiation, step, sa, offered: whole }).outcome).to.be.oneOf(['selected', 'refused']);
        }),
        { numRuns: 300 },
      );
    });
  }
});
