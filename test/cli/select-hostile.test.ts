/** What nobody should type, and everybody does: each ends in 0, 1 or 2, quickly, with a sentence and nothing that a terminal obeys. */
import { expect } from 'chai';
import { describe, it } from 'mocha';
import { run } from '../../src/cli/program.ts';
import type { Negotiation, Offer, Proposal, Transform } from '../../src/proposals/model.ts';
import { type Profile, PROFILES, writeSa } from '../../src/proposals/selectors/index.ts';
import { testIo } from './test-io.ts';

interface Said {
  readonly code: number;
  readonly out: string;
  readonly err: string;
  readonly ms: number;
}

async function select(args: readonly string[], files: Readonly<Record<string, string>> = {}): Promise<Said> {
  const io = testIo({ files });
  const start = performance.now();
  const code = await run(['select', ...args], io);
  return { code, out: io.out(), err: io.err(), ms: performance.now() - start };
}

/** On any input. `most` milliseconds. */
function expectDecent({ code, out, err, ms }: Said, what: string, most = 1000): void {
  expect(code, `${what}: ${err.slice(0, 300)}`).to.be.oneOf([0, 1, 2]);
  expect(err, what).to.not.match(/\n +at /);
  expect(out + err, what).to.not.match(/[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u200b-\u200f\u2028-\u202e\ufeff]/);
  if (code === 2) expect(err.length, what).to.be.within(20, 2000);
  expect(ms, what).to.be.lessThan(most);
}

const ESC = '\u001b[31m';
const GOOD = 'aes256-sha256-modp2048';
const STRONGSWAN = ['--as', 'strongswan', '--policy', GOOD];
const WORDS: readonly string[] = [
  'x'.repeat(100_000),
  'aes256-'.repeat(5000),
  `${GOOD},`.repeat(5000),
  `${GOOD},`.repeat(300).slice(0, -1),
  Array.from({ length: 3000 }, (_, i) => `encryption:${i}`).join('-'),
  `é${ESC}-\u202e`,
  `${GOOD}${ESC}`,
  `\u2028${GOOD}\ufeff`,
  'aes256--sha256',
  '\u0000',
  '-',
  ',',
  '+',
  '|',
  'esp:',
  '@',
  `@${ESC}`,
  '',
  ' ',
];

describe('ike-probe select: what is typed wrongly', () => {
  it('--offer and --policy: whatever is written there', async () => {
    for (const text of WORDS) {
      for (const as of ['strongswan', 'racoon']) {
        expectDecent(await select(['--as', as, '--policy', GOOD, '--offer', text]), `${as} --offer ${text.slice(0, 40)}`);
        expectDecent(await select(['--as', as, '--policy', text, '--offer', GOOD]), `${as} --policy ${text.slice(0, 40)}`);
      }
      expectDecent(await select(['--as', 'freeswan', '--policy', text, '--offer', '3des-sha1-modp1024']), 'freeswan --policy');
    }
  }).timeout(20_000);

  it('a policy is shown in one line, whatever white space is in it', async () => {
    const { out } = await select(['--as', 'freeswan', '--policy', 'psk,\n\u2028psk', '--offer', '3des-sha1-modp1024']);
    expect(out.split('\n')[0]).to.equal('✓ freeswan@2.0 (psk,\\x0a\\u{2028}psk) selects in ikev1-main');
    const long = await select(['--as', 'freeswan', '--policy', 'psk,'.repeat(20_000), '--offer', '3des-sha1-modp1024']);
    expect(long.out.split('\n')[0]?.length).to.be.lessThan(400);
  });

  const says: readonly (readonly [what: string, more: readonly string[], message: RegExp])[] = [
    [
      'an unknown word in --policy',
      ['--offer', GOOD, '--policy', 'aes256-sha25-modp2048'],
      /--policy: unknown algorithm 'sha25' at character 8\. Did you mean/,
    ],
    [
      'an unknown word in --offer',
      ['--offer', 'aes256-sha256-modp204'],
      /--offer: unknown algorithm 'modp204' at character 15\. Did you mean 'modp2048'/,
    ],
    ['half an octet', ['--sa', '000'], /--sa must be octets in hexadecimal: 3 digits are no whole octets\n {2}hint: /],
    ['no octet', ['--sa', '0x'], /--sa .*: there are none/],
    ['no digit', ['--sa', '00 0z'], /--sa .*: 'z' at character 5 is no digit/],
    ['an escape', ['--sa', ESC], /--sa .*: '\?' at character 1 is no digit/],
    ['a payload that cannot be', ['--sa', '00'.repeat(200_000)], /--sa has 200000 octets: a payload has at most 65535/],
    ['no file', ['--sa', '@'], /--sa: no file is named after @/],
    ['a file that is not there', ['--sa', `@${ESC}`], /^ike-probe: \?\[31m: cannot be read/],
    ['--check without octets', ['--offer', GOOD, '--check', 'x'], /--check must be octets in hexadecimal: 'x' at character 1/],
    ['--set without a value', ['--offer', GOOD, '--set', 'ipcomp'], /--set needs a name and a value, as in name=value, not 'ipcomp'/],
    ['--set without a name', ['--offer', GOOD, '--set', '=x'], /--set needs a name/],
    ['a setting of everybody', ['--offer', GOOD, '--set', '__proto__=1'], /unknown setting '__proto__'; known: /],
    ['--no-secret where nobody asks', ['--offer', GOOD, '--no-secret'], /--no-secret says nothing to strongswan/],
    ['--sends-notifications where all do', ['--offer', GOOD, '--sends-notifications'], /--sends-notifications says nothing to strongswan/],
    ['an unknown method', ['--offer', GOOD, '--auth', 'psk,foo'], /--auth: unknown method 'foo'/],
    ['an unknown group', ['--offer', GOOD, '--ke', 'modp2047'], /--ke must be a group, not 'modp2047'/],
    ['a group that is no number of 16 bits', ['--offer', GOOD, '--ke', '65536'], /--ke must be a group/],
    ['a lifetime with an escape', ['--offer', GOOD, '--lifetime', ESC], /argument '\?\[31m' is invalid/],
    ['an exchange with an escape', ['--offer', GOOD, '--exchange', ESC], /argument '\?\[31m' is invalid/],
    ['an option with an escape', [`--${ESC}`], /unknown option '--\?\[31m'/],
    ['an option of 100,000 letters', [`--${'x'.repeat(100_000)}`], /unknown option/],
  ];
  for (const [what, more, message] of says) {
    it(`names the option and the place: ${what}`, async () => {
      const said = await select([...STRONGSWAN, ...more]);
      expectDecent(said, what);
      expect(said.code).to.equal(2);
      expect(said.out).to.equal('');
      expect(said.err).to.match(message);
    });
  }

  it('takes a policy from a file, and settings beside the installed policy', async () => {
    const file = await select(['--as', 'strongswan', '--policy', '@p', '--offer', GOOD], { p: `${GOOD}\n` });
    expect(file.out).to.match(/^✓ strongswan@6\.1\.0 \(aes256-sha256-modp2048\) selects/);
    const installed = await select(['--as', 'strongswan', '--set', 'prefer_configured_proposals=no', '--offer', GOOD]);
    expect(installed.out).to.match(/^✓ strongswan@6\.1\.0 \(as installed\) selects/);
  });

  it('says of each profile which exchanges it speaks', async () => {
    const all = ['ikev1-main', 'ikev1-aggressive', 'ikev1-quick', 'ikev2-init', 'ikev2-child'];
    for (const { name } of PROFILES) {
      for (const exchange of all) {
        const said = await select(['--as', name, '--exchange', exchange, '--policy', GOOD, '--offer', GOOD]);
        expectDecent(said, `${name} ${exchange}`);
        if (said.err.includes('unread')) expect(said.err).to.match(/hint: it speaks ikev/);
      }
    }
  });
});

const [V1, V2]: readonly [string, string] = [
  '0000005400000001000000010000004800010002030000200001000080010001800200028003000180040002800b0001800c0e10' +
    '000000200101000080010005800200028003000180040002800b0001800c0e10',
  '220000300000002c010100040300000c0100000c800e0100030000080300000c0300000802000005000000080400000e',
];
const CHILD: readonly [string, string] = [
  '000000300000000100000001000000240003040100001000000000180103000080040001800500028001000180020708',
  '0000002800000024010304030000100' + '00300000c0100000c800e0100030000080300000c0000000805000000',
];
const EXCHANGE: Readonly<Record<Negotiation, string>> = {
  'ikev1-phase1': 'ikev1-main',
  'ikev1-phase2': 'ikev1-quick',
  'ikev2-ike': 'ikev2-init',
  'ikev2-child': 'ikev2-child',
};
const REAL: Readonly<Record<Negotiation, string>> = {
  'ikev1-phase1': V1,
  'ikev1-phase2': CHILD[0],
  'ikev2-ike': V2,
  'ikev2-child': CHILD[1],
};
const TEXT: Readonly<Record<Negotiation, string>> = {
  'ikev1-phase1': 'aes256-sha1-modp2048',
  'ikev1-phase2': 'esp:3des-sha1',
  'ikev2-ike': GOOD,
  'ikev2-child': 'esp:aes256-sha256',
};

function asked({ name, policySetting }: Profile, negotiation: Negotiation): readonly string[] {
  const base = ['--as', name, '--exchange', EXCHANGE[negotiation]];
  if (policySetting !== undefined) return [...base, '--policy', negotiation === 'ikev1-phase1' ? 'psk' : 'encrypt,tunnel'];
  return ['n3iwf', 'softether', 'vpnc'].includes(name) ? base : [...base, '--policy', TEXT[negotiation]];
}

function payloadArgs(profile: Profile, negotiation: Negotiation, hex: string): readonly (readonly string[])[] {
  const base = asked(profile, negotiation);
  return [
    ...(profile.respond ? [[...base, '--sa', hex]] : []),
    ...(profile.check ? [[...base, '--offer', TEXT[negotiation], '--check', hex]] : []),
  ];
}

describe('ike-probe select: hostile payloads', () => {
  for (const profile of PROFILES) {
    it(`${profile.name}: cut at every octet, and with lengths and counts that lie`, async () => {
      for (const negotiation of profile.negotiations) {
        const real = REAL[negotiation];
        const octets = Array.from({ length: real.length / 2 }, (_, i) => i);
        const cut = octets.map((i) => real.slice(0, 2 * i + 2));
        // Types, lengths and counts; all of them would be too many for each run.
        const lies = octets.filter((i) => i < 12 || i % 8 === 3).map((i) => `${real.slice(0, 2 * i)}ff${real.slice(2 * i + 2)}`);
        for (const hex of [...cut, ...lies]) {
          for (const args of payloadArgs(profile, negotiation, hex)) expectDecent(await select(args), args.join(' '));
        }
      }
    }).timeout(20_000);

    it(`${profile.name}: as large as a payload can be`, async () => {
      for (const negotiation of profile.negotiations) {
        for (const [what, offer] of giants(negotiation)) {
          const hex = Buffer.from(writeSa({ offer })).toString('hex');
          // A generous bound: the machine that runs the tests is busy with others.
          for (const args of payloadArgs(profile, negotiation, hex))
            expectDecent(await select(args), `${args.slice(0, 4).join(' ')} ${what}`, 4000);
        }
      }
    }).timeout(60_000);
  }
});

/** Offers that fill a payload, each with much of something else. */
function giants(negotiation: Negotiation): readonly (readonly [what: string, offer: Offer])[] {
  const phase2 = negotiation === 'ikev1-phase2' || negotiation === 'ikev2-child';
  const proposal = (transforms: readonly Transform[]): Proposal => ({
    protocol: phase2 ? 3 : 1,
    spi: phase2 ? Uint8Array.of(0, 0, 16, 0) : new Uint8Array(),
    transforms,
  });
  const offer = (count: number, transforms: readonly Transform[], inOne = 1): Offer => ({
    negotiation,
    groups: Array.from({ length: count }, (_, i) => ({
      number: i & 0xff,
      proposals: Array.from({ length: inOne }, () => proposal(transforms)),
    })),
  });
  if (negotiation.startsWith('ikev2')) {
    const singles = (types: readonly number[], count: number): Transform[] =>
      Array.from({ length: count }, (_, i) => ({ kind: 'single', type: types[i % types.length] ?? 1, id: i & 0xff, attributes: [] }));
    return [
      ['transforms', offer(1, singles([1, 2, 3, 4, 5, 6, 7], 8000))],
      ['transforms of unknown types', offer(1, singles([77, 200, 241], 8000))],
      ['proposals', offer(1300, singles([1, 2, 3, 4], 4))],
      ['empty proposals', offer(5000, [])],
    ];
  }
  const suites = (count: number, types: readonly number[]): Transform[] =>
    Array.from({ length: count }, (_, i) => ({
      kind: 'suite',
      number: i & 0xff,
      id: 1 + (i % 12),
      attributes: types.map((type, at) => ({ type, form: 'TV', value: (i + at) % 16 })),
    }));
  return [
    ['transforms', offer(1, suites(800, [1, 2, 3, 4]))],
    ['empty transforms', offer(1, suites(2000, []))],
    [
      'attributes',
      offer(
        1,
        suites(
          1,
          Array.from({ length: 16_000 }, (_, i) => i % 40),
        ),
      ),
    ],
    ['proposals of one group', offer(1, suites(1, [1, 2, 3, 4]), 1800)],
    ['groups', offer(1800, suites(1, [1, 2, 3, 4]))],
  ];
}
