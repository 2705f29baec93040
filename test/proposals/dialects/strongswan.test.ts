import { expect } from 'chai';
import { existsSync, readFileSync } from 'node:fs';
import {
  parseStrongswanProposal,
  parseStrongswanProposals,
  printStrongswanProposal,
  showStrongswanProposal,
} from '../../../src/proposals/dialects/strongswan.ts';
import { DialectError } from '../../../src/proposals/dialects/scanner.ts';
import { stripProposal } from '../../../src/proposals/selectors/strongswan/compare.ts';
import type { StrongswanWant } from '../../../src/proposals/selectors/strongswan/wants.ts';

const GOLDEN = '../shared/golden/strongswan-proposal-strings.jsonl';

/** A row of the golden file. */
interface Row {
  readonly id: string;
  readonly kind: 'proposal-string' | 'proposal-clone';
  readonly protocol: 'IKE' | 'AH' | 'ESP';
  readonly input: string;
  readonly flags?: readonly string[];
  readonly expected: string | null;
}

describe('strongSwan proposal strings', () => {
  const cases: [text: string, negotiation: 'ikev2-ike' | 'ikev2-child', shown: string][] = [
    ['aes-sha-modp1024', 'ikev2-ike', 'IKE:AES_CBC_128/HMAC_SHA1_96/PRF_HMAC_SHA1/MODP_1024'],
    ['aes256-sha512-prfsha256-curve448-none', 'ikev2-ike', 'IKE:AES_CBC_256/HMAC_SHA2_512_256/PRF_HMAC_SHA2_256/CURVE_448'],
    ['aes256gcm-prfaesxcbc-x25519-ke1_mlkem768', 'ikev2-ike', 'IKE:AES_GCM_16_256/PRF_AES128_XCBC/CURVE_25519/KE1_ML_KEM_768'],
    ['chacha20poly1305-modp2048-none-esn-noesn', 'ikev2-child', 'ESP:CHACHA20_POLY1305/MODP_2048/KE_NONE/EXT_SEQ/NO_EXT_SEQ'],
    ['3des-md5_128', 'ikev2-child', 'ESP:3DES_CBC/HMAC_MD5_128/NO_EXT_SEQ'],
    ['camellia192ccm96', 'ikev2-child', 'ESP:CAMELLIA_CCM_12_192/NO_EXT_SEQ'],
    [' aes128 -- sha256 ', 'ikev2-child', 'ESP:AES_CBC_128/HMAC_SHA2_256_128/NO_EXT_SEQ'],
  ];
  for (const [text, negotiation, shown] of cases) {
    it(`${text} is ${shown}`, () => expect(showStrongswanProposal(parseStrongswanProposal(text, negotiation))).to.equal(shown));
  }

  const faults: [text: string, negotiation: 'ikev2-ike' | 'ikev2-child', code: string, offset: number, message: string][] = [
    ['aes128-sha257-modp2048', 'ikev2-ike', 'unknown-word', 7, "algorithm 'sha257' not recognized"],
    ['AES128-sha256', 'ikev2-child', 'unknown-word', 0, "algorithm 'AES128' not recognized"],
    ['aes128-aes128gcm16-sha256', 'ikev2-child', 'not-allowed', 0, "can't be contained in the same ESP proposal"],
    ['aes128gcm16-modp2048', 'ikev2-ike', 'missing', 0, 'a PRF algorithm is mandatory in IKE proposals'],
    ['aes128-sha256', 'ikev2-ike', 'missing', 0, 'a DH group is mandatory in IKE proposals'],
    ['', 'ikev2-ike', 'empty', 0, 'no algorithm'],
    ['aes128-ke8_ecp256', 'ikev2-child', 'unknown-word', 7, "algorithm 'ke8_ecp256' not recognized"],
    ['aes128-ke1_sha256', 'ikev2-child', 'unknown-word', 7, "algorithm 'ke1_sha256' not recognized"],
  ];
  for (const [text, negotiation, code, offset, message] of faults) {
    it(`refuses ${JSON.stringify(text)}: ${code} at ${offset}`, () => {
      const fault = faultOf(() => parseStrongswanProposal(text, negotiation));
      expect(fault?.code).to.equal(code);
      expect(fault?.offset).to.equal(offset);
      expect(fault?.message).to.contain(message);
    });
  }

  it('speaks IKEv1 in its numbers', () => {
    const want = parseStrongswanProposal('aes256-3des-sha256-sha1-modp2048', 'ikev1-phase1');
    expect(Object.fromEntries(want.slots)).to.deep.equal({
      encryption: [{ id: 7, keyBits: 256 }, { id: 5 }],
      hash: [{ id: 4 }, { id: 2 }],
      group: [{ id: 14 }],
    });
    const child = parseStrongswanProposal('aes128gmac-sha256', 'ikev1-phase2', { protocol: 2 });
    expect(Object.fromEntries(child.slots)).to.deep.equal({ integrity: [{ id: 11 }, { id: 5 }] });
  });

  it('leaves out of IKEv1 what it has no number for', () => {
    const want = parseStrongswanProposal('aes256gcm16-prfsha256-modp2048', 'ikev1-phase1');
    expect(want.slots.get('encryption')).to.deep.equal([]);
    expect(want.slots.get('hash')).to.deep.equal([]);
  });

  it('knows the words of a release only', () => {
    const release = { since: (name: string) => name === '5.9.2' };
    expect(faultOf(() => parseStrongswanProposal('aes128-sha256-x25519-ke1_mlkem768', 'ikev2-ike', { release }))?.offset).to.equal(21);
    expect(showStrongswanProposal(parseStrongswanProposal('aes128-sha1-ntru128', 'ikev2-ike', { release }), release)).to.equal(
      'IKE:AES_CBC_128/HMAC_SHA1_96/PRF_HMAC_SHA1/NTRU_128',
    );
  });

  it('reads lists, with places of faults in them', () => {
    const policy = parseStrongswanProposals('aes128-sha256-modp3072, aes256gcm16-prfsha384-ecp384!', 'ikev2-ike');
    expect(policy.map(([want]) => want && printStrongswanProposal(want))).to.deep.equal([
      'aes128-sha256-modp3072',
      'aes256gcm16-prfsha384-ecp384',
    ]);
    expect(faultOf(() => parseStrongswanProposals('aes128, 3dse', 'ikev2-child'))).to.include({ offset: 8, length: 4, hint: '3des' });
    expect(parseStrongswanProposals('default', 'ikev2-child')).to.have.length(2);
  });

  it('stops at a proposal that is too long', () => {
    expect(faultOf(() => parseStrongswanProposal('aes128-'.repeat(300), 'ikev2-child'))?.code).to.equal('too-long');
    expect(faultOf(() => parseStrongswanProposals('aes128,'.repeat(20_000), 'ikev2-child'))?.code).to.equal('too-long');
  });

  const present = existsSync(GOLDEN);
  const rows = present
    ? readFileSync(GOLDEN, 'utf8')
        .trim()
        .split('\n')
        .map((line) => JSON.parse(line) as Row)
    : [];
  (present ? it : it.skip)('agrees with the golden strings (skipped: no golden files)', () => {
    expect(rows).to.have.length(42);
    for (const row of rows) expect(answerTo(row), row.id).to.equal(row.expected);
  });
});

function answerTo({ kind, protocol, input, flags = [] }: Row): string | null {
  let want: StrongswanWant;
  try {
    want = parseStrongswanProposal(input, protocol === 'IKE' ? 'ikev2-ike' : 'ikev2-child', { protocol: protocol === 'AH' ? 2 : 3 });
  } catch (error) {
    if (error instanceof DialectError) return null;
    throw error;
  }
  if (kind === 'proposal-string') return showStrongswanProposal(want);
  const kept = stripProposal(want, { skipKe: flags.includes('SKIP_KE'), skipPrivate: flags.includes('SKIP_PRIVATE') });
  return printStrongswanProposal(kept);
}

function faultOf(attempt: () => unknown): DialectError | undefined {
  try {
    attempt();
    return undefined;
  } catch (error) {
    if (error instanceof DialectError) return error;
    throw error;
  }
}
