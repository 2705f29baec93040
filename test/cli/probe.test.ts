import { expect } from 'chai';
import { describe, it } from 'mocha';
import { exitCode } from '../../src/cli/commands/probe.ts';
import { progressLine, progressText } from '../../src/cli/progress.ts';
import { optionsOf, type ProbeSettings, settingsFrom } from '../../src/cli/settings.ts';
import type { ExchangeReport, ProbeReport } from '../../src/probe/result.ts';

const SETTINGS: ProbeSettings = {
  ike: 'both',
  mode: 'main',
  offers: [],
  universe: { name: 'common' },
  timeout: 500,
  retries: 2,
  rate: 50,
  budget: 1000,
};

function report(state: ProbeReport['reachability']['state'], exchange: { accepted?: string[]; offers?: boolean[] } = {}): ProbeReport {
  const accepted = (exchange.accepted ?? []).map((suite) => ({ suite, auth: '*', basis: 'observed', evidence: [] }));
  const offers = (exchange.offers ?? []).map((yes) => ({ suite: 'x', auth: '*', accepted: yes, reasons: [] }));
  return {
    reachability: { state, evidence: [] },
    exchanges: [{ accepted, offers } as unknown as ExchangeReport],
  } as unknown as ProbeReport;
}

describe('the exit code of a probe', () => {
  const rows: [string, ProbeReport, number][] = [
    ['something is accepted', report('answered', { accepted: ['a'] }), 0],
    ['nothing is accepted', report('answered'), 1],
    ['something of the offer is accepted', report('answered', { offers: [false, true] }), 0],
    ['nothing of the offer is accepted, though something else would be', report('answered', { accepted: ['a'], offers: [false] }), 1],
    ['silent', report('silent'), 3],
    ['a closed port', report('refused'), 3],
  ];
  for (const [name, result, code] of rows) it(`${code}: ${name}`, () => expect(exitCode(result)).to.equal(code));
});

describe('the settings of a probe', () => {
  it('survive a transcript', () => {
    const settings = { ...SETTINGS, offers: ['3des-md5-modp1024'], universe: { name: 'f', text: '{}' }, fingerprint: true };
    expect(settingsFrom(JSON.parse(JSON.stringify(settings)) as Record<string, unknown>)).to.deep.equal(settings);
  });

  for (const [name, value] of Object.entries({
    ike: 'v3',
    mode: 1,
    offers: [1],
    universe: null,
    timeout: 1,
    retries: -1,
    rate: '50',
    budget: 1e9,
    fingerprint: 'yes',
  })) {
    it(`are refused with ${name} ${JSON.stringify(value)}`, () => {
      expect(() => settingsFrom({ ...SETTINGS, [name]: value }))
        .to.throw(`settings.${name}`)
        .with.property('code', 'ERR_USAGE_FILE');
    });
  }

  it('bring the universes of the versions asked for', () => {
    expect(optionsOf(SETTINGS).universe).to.include.all.keys('name', 'v1', 'v2');
    expect(optionsOf({ ...SETTINGS, ike: 'v2' }).universe).to.have.all.keys('name', 'v2');
  });

  const wrong: [offer: string, ike: 'v1' | 'v2' | 'both', message: RegExp][] = [
    [
      'aes256-shaa256-modp2048',
      'both',
      /--offer 'aes256-shaa256-modp2048': unknown algorithm 'shaa256' at character 8. Did you mean 'sha256'\?/,
    ],
    ['', 'both', /nothing at character 1/],
    ['aes256gcm16-prfsha384-ecp384', 'v1', /--offer /],
    ['\x1b[31m', 'both', /^--offer '\?\[31m'/],
  ];
  for (const [offer, ike, message] of wrong) {
    it(`refuse the offer ${JSON.stringify(offer)} (${ike})`, () => {
      expect(() => optionsOf({ ...SETTINGS, ike, offers: [offer] }))
        .to.throw(message)
        .with.property('code', 'ERR_USAGE_ARGUMENT');
    });
  }

  it('take an offer that makes sense in one version', () => {
    expect(optionsOf({ ...SETTINGS, offers: ['aes256gcm16-prfsha384-ecp384', 'aes256-sha256-modp2048'] }).offers).to.have.length(2);
  });

  it('name the place in a universe file', () => {
    const universe = { name: 'u.json', text: '{"ikev2-ike":{"boxes":[{"encryption":["nonsense"]}]}}' };
    expect(() => optionsOf({ ...SETTINGS, universe })).to.throw(/^u\.json: unknown keyword at ikev2-ike\.boxes\[0\]\.encryption\[0\]/);
    expect(() => optionsOf({ ...SETTINGS, universe: { name: 'commn' } })).to.throw(/unknown universe/);
  });
});

describe('the progress line', () => {
  const event = { exchange: 'ikev2-init', requests: 1, decided: 10, combinations: 8778, accepted: 2 };

  function shown(isTTY: boolean, quiet: boolean): string {
    let text = '';
    const line = progressLine({ isTTY, columns: 40, write: (part) => void (text += part) }, quiet);
    line.show(event);
    line.end();
    line.show(event);
    return text;
  }

  it('is rewritten, cut to the terminal, and erased', () => {
    const cut = progressText(event).slice(0, 39);
    expect(shown(true, false)).to.equal(`\r\x1b[2K${cut}\r\x1b[2K`);
  });

  it('is not there without a terminal, or with -q', () => {
    expect(shown(false, false)).to.equal('');
    expect(shown(true, true)).to.equal('');
  });
});
