import { expect } from 'chai';
import { describe, it } from 'mocha';
import type { ExchangeName, ExchangeReport, ProbeReport } from '../../src/probe/result.ts';
import { FINDING_RULES, findFindings } from '../../src/report/findings.ts';
import { CHILD_RULES } from '../../src/report/session-findings.ts';
import { gcmPeer, sessions, silentPeer } from './samples.ts';

const first = ({ exchanges: [one] }: Pick<ProbeReport, 'exchanges'>): ExchangeReport => one ?? expect.fail('a report without exchanges');
const base = first({ exchanges: gcmPeer.exchanges.slice(1) });
const peer = (exchange: ExchangeName, suite: string, auth: readonly string[] | '*', given: Partial<ExchangeReport> = {}): ProbeReport => ({
  ...gcmPeer,
  exchanges: [{ ...base, exchange, offers: [], accepted: [{ suite, auth, basis: 'observed', evidence: [1] }], ...given }],
});
const note = (code: 'small-datagrams' | 'weak-group-preferred' | 'garbled'): Partial<ExchangeReport> => ({
  notes: [{ code, text: 'x', evidence: [] }],
});
const RULES = [...FINDING_RULES, ...CHILD_RULES];
const GOOD = 'aes256-sha256-prfsha256-ecp256';

const cases: [report: ProbeReport, ids: string][] = [
  [peer('ikev2-init', GOOD, '*'), ''],
  [silentPeer, ''],
  [peer('ikev2-init', 'des-sha256-prfsha256-ecp256', '*'), 'encr-des'],
  [peer('ikev2-init', 'null-sha256-prfsha256-ecp256', '*'), 'encr-null-ike'],
  [peer('ikev2-init', '3des-sha256-prfsha256-ecp256', '*'), 'encr-64bit-block'],
  [peer('ikev2-init', 'aes256-md5-prfmd5-ecp256', '*'), 'hash-md5'],
  [peer('ikev2-init', 'aes256-sha1-prfsha1-ecp256', '*'), 'hash-sha1-only hash-sha1'],
  [peer('ikev2-init', 'aes256-sha256-prfsha256-modp768', '*'), 'ke-group-1-22'],
  [peer('ikev2-init', 'aes256-sha256-prfsha256-modp1024', '*'), 'ke-group-2'],
  [peer('ikev2-init', 'aes256-sha256-prfsha256-modp1536', '*'), 'ke-group-5'],
  [peer('ikev2-init', 'aes256-sha256-prfsha256-modp2048s224', '*'), 'ke-group-23-24'],
  [peer('ikev2-init', 'aes256-sha256-prfsha256-ec2n155', '*'), 'ke-ec2n'],
  [peer('ikev2-init', 'aes256gcm8-prfsha256-ecp256', '*'), 'icv-short'],
  [peer('ikev2-init', GOOD, '*', note('weak-group-preferred')), 'ke-weak-preferred'],
  [peer('ikev2-init', GOOD, '*', note('small-datagrams')), 'fragments-dropped'],
  [peer('ikev2-init', GOOD, '*', note('garbled')), 'peer-misbehaves'],
  [peer('ikev1-main', 'aes256-sha256-ecp256', ['rsasig']), 'ike1-enabled'],
  [peer('ikev1-main', 'aes256-sha256-ecp256', ['rsaenc']), 'ike1-rsa-encryption ike1-enabled'],
  [peer('ikev1-main', 'aes256-sha256-ecp256', ['xauthpsk']), 'psk-shared-xauth ike1-enabled'],
  [
    peer('ikev1-main', 'aes256-sha256-ecp256', '*', { methods: { asked: ['psk'], lookedAt: false, evidence: [] } }),
    'ike1-enabled auth-not-looked-at',
  ],
  [peer('ikev1-aggressive', 'aes256-sha256-ecp256', ['psk']), 'ike1-aggressive-psk ike1-aggressive-any ike1-enabled'],
  [peer('ikev1-main', '', [], { accepted: [], state: 'no-connection' }), ''],
  [peer('ikev2-child', 'aes256-sha256-ecp256', '*'), ''],
  [peer('ikev2-child', 'aes256gcm16-x25519-esn', '*'), ''],
  [peer('ikev2-child', 'ah:sha256-ecp256', '*'), ''],
  [peer('ikev2-child', 'des-sha256-ecp256', '*'), 'esp-des'],
  [peer('ikev1-quick', '3des-sha256-ecp256', '*'), 'esp-64bit-block'],
  [peer('ikev2-child', 'null-sha256-ecp256', '*'), 'esp-null'],
  [peer('ikev2-child', 'encryption:21/128-ecp256', '*'), 'esp-null'],
  [peer('ikev2-child', 'aes256-ecp256', '*'), 'esp-without-integrity'],
  [peer('ikev2-child', 'aes128ctr-ecp256-esn', '*'), 'esp-without-integrity'],
  [peer('ikev2-child', 'aes256-md5-ecp256', '*'), 'esp-md5'],
  [peer('ikev2-child', 'ah:sha1-ecp256', '*'), 'esp-sha1'],
  [peer('ikev2-child', 'aes256-sha256-modp1024', '*'), 'pfs-weak-group'],
  [peer('ikev2-child', 'aes256-sha256', '*'), 'pfs-not-asked'],
  [rekeyed('child', 'none', 'refused'), 'rekey-child'],
  [rekeyed('child', 'ecp256', 'refused'), 'rekey-child-pfs'],
  [rekeyed('ike', 'modp2048', 'refused'), 'rekey-ike'],
  [rekeyed('child', 'none', 'established'), ''],
  [rekeyed('child', 'none', 'silent'), ''],
];

function rekeyed(what: 'child' | 'ike', group: string, state: 'established' | 'refused' | 'silent'): ProbeReport {
  const [session] = sessions.sessions ?? [];
  if (session === undefined) throw new Error('no session in the sample');
  const rekey = { what, offered: 'x', group, state, suite: null, notify: null, evidence: [7] } as const;
  return { ...peer('ikev2-child', 'aes256-sha256-ecp256', '*'), sessions: [{ ...session, rekeys: [rekey] }] };
}

describe('findings', () => {
  for (const [report, ids] of cases) {
    const { exchange, accepted, notes } = first(report);
    const rekey = report.sessions?.[0]?.rekeys[0];
    const what = `${rekey ? `${rekey.what} rekeyed with ${rekey.group} ${rekey.state}, ` : ''}${exchange} ${accepted[0]?.suite ?? 'nothing'} ${notes?.[0]?.code ?? ''} ${[accepted[0]?.auth ?? []].flat().join()}`;
    it(`${what}: ${ids || 'none'}`, () =>
      expect(
        findFindings(report)
          .map(({ id }) => id)
          .join(' '),
      ).to.equal(ids));
  }
  it('has a case for every rule', () => {
    const seen = new Set(cases.flatMap(([, ids]) => ids.split(' ')));
    for (const { id } of RULES) expect(seen.has(id), id).to.equal(true);
  });
  it('has rules with all their parts, each id once', () => {
    expect(new Set(RULES.map(({ id }) => id)).size).to.equal(RULES.length);
    for (const rule of RULES)
      for (const part of [rule.reference, typeof rule.fix === 'string' ? rule.fix : rule.fix(sessions), rule.text('x')])
        expect(part, rule.id).to.not.equal('');
  });
});
