/** Probe reports written by hand: what the renderer, the findings and the schema are tested on. */
import type { ExchangeName, ExchangeReport, NamedBox, ProbeReport, ReasonView, RejectedBox } from '../../src/probe/result.ts';
import { explainNote, explainRefusal, explainWhy } from '../../src/report/explain.ts';
import { explainSession } from '../../src/report/explain-sessions.ts';
import { findFindings } from '../../src/report/findings.ts';

const reason = (r: Omit<ReasonView, 'text' | 'basis' | 'evidence'> & Partial<ReasonView>): ReasonView => {
  const whole = { basis: 'inferred', evidence: [3, 4], ...r } as const;
  return { ...whole, text: explainRefusal(whole) };
};

const exchange = (name: ExchangeName, given: Partial<ExchangeReport>): ExchangeReport => ({
  exchange: name,
  state: 'answered',
  why: null,
  accepted: [],
  rejected: [],
  offers: [],
  policy: [],
  preference: { order: 'unknown', ranking: [], basis: 'inferred' },
  universe: { name: 'common', combinations: name === 'ikev2-init' ? 8778 : 1080 },
  coverage: { decided: name === 'ikev2-init' ? 8778 : 1080, undecided: 0 },
  ...given,
});

const notTried = (name: ExchangeName): ExchangeReport =>
  exchange(name, {
    state: 'not-tried',
    why: { code: 'not-asked', text: explainWhy('not-asked', name), basis: 'observed', evidence: [] },
    coverage: { decided: 0, undecided: name === 'ikev2-init' ? 8778 : 1080 },
  });

const report = (given: Partial<ProbeReport>): ProbeReport => {
  const whole: ProbeReport = {
    schema: 'ike-probe/1',
    kind: 'probe',
    complete: true,
    tool: { name: 'ike-probe', version: '0.1.0' },
    target: { input: 'vpn.example.net', address: '192.0.2.7', port: 500 },
    started: '2026-11-23T10:00:00.000Z',
    durationMs: 412,
    traffic: {
      requests: 18,
      sent: 21,
      received: 18,
      bytesSent: 48120,
      bytesReceived: 2211,
      retransmitted: 0,
      halfOpen: { opened: 3, released: 3, left: 0 },
    },
    reachability: { state: 'answered', evidence: [0, 1] },
    exchanges: [],
    peer: { vendorIds: [], implementation: null },
    findings: [],
    ...given,
  };
  return { ...whole, findings: findFindings(whole) };
};

const CIPHERS = [
  'des',
  'idea',
  'blowfish128',
  'rc5128',
  '3des',
  'cast128',
  'aes128',
  'aes192',
  'aes256',
  'camellia128',
  'camellia192',
  'camellia256',
];
const HASHES = ['md5', 'sha1', 'tiger', 'sha256', 'sha384', 'sha512'];
const GROUPS =
  'modp768 modp1024 modp1536 modp2048 modp3072 modp4096 modp6144 modp8192 ecp256 ecp384 ecp521 modp1024s160 modp2048s224 modp2048s256 x25519'.split(
    ' ',
  );

const refused = (slot: 'encryption' | 'hash' | 'group', names: readonly string[], accepted: readonly string[]): ReasonView[] =>
  names.map((offered) => reason({ code: 'algorithm-not-accepted', slot, offered, accepted }));
const box = (encryption: readonly string[], hash: readonly string[], group: readonly string[], reasons: ReasonView[]): RejectedBox => ({
  box: { encryption, hash, group },
  count: encryption.length * hash.length * group.length,
  reasons,
});

const goodCiphers = ['aes256', 'aes128', '3des'];
const badCiphers = CIPHERS.filter((name) => !goodCiphers.includes(name));
const goodHashes = ['sha256', 'sha1'];
const badHashes = HASHES.filter((name) => !goodHashes.includes(name));
const goodGroups = ['modp2048', 'modp1024'];
const badGroups = GROUPS.filter((name) => !goodGroups.includes(name));
const together = (offered: string, changes: readonly NamedBox[]): ReasonView =>
  reason({ code: 'combination-not-accepted', slot: 'hash', offered, accepted: [], changes, evidence: [9] });

/** strongSwan with three IKEv1 suites; its order wins, it does not look at the method. */
export const threeSuites = report({
  exchanges: [
    exchange('ikev1-main', {
      accepted: [
        { suite: '3des-sha1-modp1024', auth: '*', basis: 'observed', evidence: [2, 3] },
        { suite: 'aes128-sha1-modp2048', auth: '*', basis: 'observed', evidence: [4, 5] },
        { suite: 'aes256-sha256-modp2048', auth: '*', basis: 'observed', evidence: [6, 7] },
      ],
      rejected: [
        box(badCiphers, HASHES, GROUPS, refused('encryption', badCiphers, goodCiphers)),
        box(goodCiphers, badHashes, GROUPS, refused('hash', badHashes, goodHashes)),
        box(goodCiphers, goodHashes, badGroups, refused('group', badGroups, goodGroups)),
        box(['aes256'], ['sha1'], goodGroups, [
          together('aes256-sha1', [
            { hash: ['sha256'], group: ['modp2048'] },
            { encryption: ['aes128'], group: ['modp2048'] },
          ]),
        ]),
        box(['aes256'], ['sha256'], ['modp1024'], [together('aes256-sha256-modp1024', [{ group: ['modp2048'] }])]),
        box(['aes128'], ['sha256'], goodGroups, [together('aes128-sha256', [{ hash: ['sha1'], group: ['modp2048'] }])]),
        box(['aes128'], ['sha1'], ['modp1024'], [together('aes128-sha1-modp1024', [{ group: ['modp2048'] }, { encryption: ['3des'] }])]),
        box(['3des'], ['sha256'], goodGroups, [together('3des-sha256', [{ hash: ['sha1'], group: ['modp1024'] }])]),
        box(['3des'], ['sha1'], ['modp2048'], [together('3des-sha1-modp2048', [{ group: ['modp1024'] }, { encryption: ['aes128'] }])]),
      ],
      policy: [{ encryption: ['aes256'], hash: ['sha256'], group: ['modp2048'] }],
      preference: { order: 'peer', ranking: ['3des-sha1-modp1024', 'aes128-sha1-modp2048', 'aes256-sha256-modp2048'], basis: 'inferred' },
      methods: { asked: ['psk'], lookedAt: false, evidence: [8, 9] },
      lifetimes: [{ unit: 'seconds', offered: 28800, answered: 28800, evidence: [3] }],
      notes: [
        { code: 'method-not-looked-at', text: explainNote('method-not-looked-at', { method: 'psk' }), evidence: [8, 9] },
        { code: 'released', text: explainNote('released', { count: 3 }), evidence: [10, 12, 14] },
        { code: 'small-datagrams', text: explainNote('small-datagrams', { large: 8212, small: 1280 }), evidence: [0] },
      ],
    }),
    notTried('ikev1-aggressive'),
    exchange('ikev2-init', {
      state: 'no-connection',
      why: { code: 'no-connection', text: explainWhy('no-connection', 'ikev2-init'), basis: 'inferred', evidence: [16, 17] },
    }),
  ],
  peer: {
    vendorIds: [
      {
        hex: '09002689dfd6b712',
        name: 'XAUTH',
        group: 'feature',
        text: null,
        tells: 'extended authentication offered (remote access)',
        evidence: [3],
      },
      { hex: 'afcad71368a1f1c96b8696fc77570100', name: 'Dead Peer Detection (RFC 3706)', group: 'feature', text: null, evidence: [3] },
    ],
    implementation: { name: 'strongSwan', release: '5.9.8', basis: 'inferred', evidence: [3, 9] },
  },
});

/** IKEv2 only, one AEAD suite, with two offers asked about. */
export const gcmPeer = report({
  target: { input: '2001:db8::5', address: '2001:db8::5', port: 4500 },
  exchanges: [
    exchange('ikev1-main', {
      state: 'not-spoken',
      why: { code: 'not-spoken', text: explainWhy('not-spoken', 'ikev1-main'), basis: 'observed', evidence: [1] },
    }),
    exchange('ikev2-init', {
      accepted: [{ suite: 'aes256gcm16-prfsha384-ecp384', auth: '*', basis: 'observed', evidence: [4, 5] }],
      offers: [
        { suite: 'aes256gcm16-prfsha384-ecp384', auth: '*', accepted: true, reasons: [], basis: 'observed', evidence: [4, 5] },
        {
          suite: 'des-md5-prfmd5-modp768',
          auth: '*',
          accepted: false,
          basis: 'observed',
          evidence: [6, 7],
          reasons: [
            reason({ code: 'algorithm-not-accepted', slot: 'encryption', offered: 'des', accepted: ['aes256gcm16'] }),
            reason({ code: 'algorithm-not-accepted', slot: 'group', offered: 'modp768', accepted: ['ecp384'] }),
          ],
        },
        {
          suite: 'aes128gcm16-prfsha384-ecp384',
          auth: '*',
          accepted: false,
          reasons: [reason({ code: 'key-length-not-accepted', slot: 'encryption', offered: 'aes128gcm16', accepted: ['aes256gcm16'] })],
        },
        { suite: 'aes256-sha256-prfsha256-x25519', auth: '*', accepted: false, undecided: true, reasons: [] },
      ],
      rejected: [],
    }),
  ],
});

/** Nothing comes back. */
export const silentPeer = report({
  durationMs: 3512,
  traffic: {
    requests: 2,
    sent: 6,
    received: 0,
    bytesSent: 1632,
    bytesReceived: 0,
    retransmitted: 4,
    halfOpen: { opened: 0, released: 0, left: 0 },
  },
  reachability: { state: 'silent', evidence: [0, 1, 2] },
  exchanges: [
    exchange('ikev1-main', {
      state: 'silent',
      why: { code: 'unknown', text: explainWhy('unknown', 'ikev1-main'), basis: 'observed', evidence: [0, 2, 4] },
      coverage: { decided: 0, undecided: 1080 },
    }),
  ],
});

/** A closed port. */
export const refusedPort = report({
  durationMs: 3,
  traffic: {
    requests: 1,
    sent: 1,
    received: 0,
    bytesSent: 280,
    bytesReceived: 0,
    retransmitted: 0,
    halfOpen: { opened: 0, released: 0, left: 0 },
  },
  reachability: { state: 'refused', evidence: [0] },
  exchanges: [
    exchange('ikev1-main', {
      state: 'not-tried',
      why: { code: 'unreachable', text: explainWhy('unreachable', 'ikev1-main'), basis: 'observed', evidence: [0] },
      coverage: { decided: 0, undecided: 1080 },
    }),
  ],
});

/** Stopped by Ctrl-C with some boxes open, against a peer whose DES and aggressive PSK are findings. */
export const interrupted = report({
  complete: false,
  exchanges: [
    exchange('ikev1-aggressive', {
      accepted: [{ suite: 'des-md5-modp768', auth: ['psk'], basis: 'observed', evidence: [2, 3] }],
      methods: { asked: ['psk', 'rsasig'], lookedAt: true, evidence: [2, 3, 4] },
      rejected: [box(['idea'], HASHES, GROUPS, refused('encryption', ['idea'], ['des']))],
      undecided: [
        { encryption: CIPHERS.slice(2), hash: HASHES, group: GROUPS },
        { encryption: ['des'], hash: ['sha1'], group: ['modp1024'] },
      ],
      coverage: { decided: 91, undecided: 989 },
      notes: [{ code: 'interrupted', text: explainNote('interrupted'), evidence: [] }],
    }),
  ],
});

/** A peer that tries to write to the terminal. */
export const hostile = report({
  target: { input: 'evil\u001b[2J.example', address: '192.0.2.66', port: 500 },
  exchanges: [
    exchange('ikev2-init', {
      state: 'refused-all',
      why: { code: 'algorithms-refused', text: explainWhy('algorithms-refused', 'ikev2-init'), basis: 'observed', evidence: [1] },
      notes: [{ code: 'garbled', text: explainNote('garbled', { count: 12, detail: 'bad\u0007\u202elength' }), evidence: [1, 3] }],
    }),
  ],
  peer: {
    vendorIds: [{ hex: '1b5b33316d', name: null, group: null, text: '\u001b[31mroot\u009b2J\r\n\u202egnp.exe', evidence: [1] }],
    implementation: { name: 'x\u001b]0;owned\u0007', release: null, basis: 'assumed', evidence: [1] },
  },
});

const OBSERVED = { exchange: 'ikev1-main', evidence: [8, 9] } as const;

/** A name, one of whose sights was not as foretold; and a peer that may be one of two. */
export const named = report({
  exchanges: [exchange('ikev1-main', { accepted: [{ suite: 'aes256-sha256-modp2048', auth: '*', basis: 'observed', evidence: [4, 5] }] })],
  peer: {
    vendorIds: [],
    implementation: { name: 'libreswan', release: '4.10 to 5.2', basis: 'inferred', evidence: [8, 9] },
    fingerprint: {
      candidates: [
        { name: 'libreswan', release: '4.10', likelihood: 0.48 },
        { name: 'libreswan', release: '5.2', likelihood: 0.48 },
        { name: 'Openswan', release: '3.0', likelihood: 0.02 },
      ],
      unknown: 0.02,
      observations: [
        { ...OBSERVED, request: 'v1-two-proposals', asks: 'two proposals with the same suite', expected: 'silence', seen: 'silence' },
        {
          ...OBSERVED,
          request: 'v1-count',
          asks: 'a count of transforms that is one too large',
          expected: 'silence',
          seen: 'N(16) protocol=1 spi=none responder-spi=set message-id=random',
        },
      ],
    },
  },
});

export const unknownPeer = report({
  exchanges: [
    exchange('ikev2-init', { accepted: [{ suite: 'aes256-sha256-prfsha256-ecp256', auth: '*', basis: 'observed', evidence: [4, 5] }] }),
  ],
  peer: {
    vendorIds: [],
    implementation: null,
    fingerprint: {
      candidates: [
        { name: 'strongSwan', release: '5.9.8', likelihood: 0.2 },
        { name: 'strongSwan', release: '6.1.0', likelihood: 0.1 },
        { name: 'free5GC N3IWF', release: null, likelihood: 0.03 },
      ],
      unknown: 0.67,
      observations: [
        {
          ...OBSERVED,
          exchange: 'ikev2-init',
          request: 'v2-number-0',
          asks: 'proposal number 0',
          expected: null,
          seen: 'SA proposal=0 spi=none order=1,2,3,4 chosen=1:12/256',
        },
      ],
    },
  },
});

/** A session of each version: one with a time bomb, one whose key is another; the identities try to move the cursor. */
export const sessions = report({
  traffic: {
    requests: 16,
    sent: 29,
    received: 27,
    bytesSent: 9120,
    bytesReceived: 3011,
    retransmitted: 1,
    halfOpen: { opened: 0, released: 0, left: 0 },
    ikeSas: { opened: 2, released: 2, left: 0 },
    childSas: { opened: 4, released: 3, left: 1 },
  },
  exchanges: [
    exchange('ikev2-init', {
      accepted: [{ suite: 'aes256-sha256-prfsha256-modp2048', auth: '*', basis: 'observed', evidence: [0, 1] }],
      universe: { name: 'offer', combinations: 1 },
      coverage: { decided: 1, undecided: 0 },
    }),
    exchange('ikev2-child', {
      accepted: [
        { suite: 'aes256-sha256-ecp256', auth: '*', basis: 'observed', evidence: [8, 9] },
        { suite: 'null-sha256-ecp256', auth: '*', basis: 'observed', evidence: [10, 11] },
        { suite: 'ah:sha1-ecp256-esn', auth: '*', basis: 'observed', evidence: [12, 13] },
      ],
      rejected: [
        {
          box: { encryption: ['aes256'], integrity: ['sha256'], esn: ['noesn'] },
          count: 1,
          reasons: [reason({ code: 'algorithm-not-accepted', slot: 'group', offered: 'none', accepted: ['ecp256'] })],
        },
        {
          box: { encryption: ['des', '3des'], integrity: ['sha256'], group: ['ecp256'], esn: ['noesn'] },
          count: 2,
          reasons: ['des', '3des'].map((offered) =>
            reason({ code: 'algorithm-not-accepted', slot: 'encryption', offered, accepted: ['aes256'] }),
          ),
        },
      ],
      universe: { name: 'common', combinations: 6 },
      coverage: { decided: 6, undecided: 0 },
    }),
    exchange('ikev1-quick', {
      state: 'not-tried',
      why: { code: 'not-authenticated', text: explainWhy('not-authenticated', 'ikev1-quick'), basis: 'inferred', evidence: [] },
      universe: { name: 'common', combinations: 3328 },
      coverage: { decided: 0, undecided: 3328 },
    }),
  ],
  sessions: [
    {
      version: 2,
      exchange: 'ikev2-init',
      state: 'established',
      why: null,
      suite: 'aes256-sha256-prfsha256-modp2048',
      auth: 'psk',
      ours: { type: 'fqdn', text: 'client.example' },
      peer: { type: 'fqdn', text: 'gateway\u001b[2J.example', auth: 'psk' },
      nat: { own: true, peer: false },
      port: 500,
      firstChild: { state: 'established', suite: 'aes256-sha256', notify: null, evidence: [2, 3, 4, 5] },
      traffic: [
        { asked: { own: ['0.0.0.0/0'], peer: ['0.0.0.0/0'] }, answered: null, refused: true, evidence: [4, 5] },
        {
          asked: { own: ['192.0.2.9'], peer: ['192.0.2.7'] },
          answered: { own: ['192.0.2.9'], peer: ['192.0.2.7[17/1701]'] },
          refused: false,
          evidence: [6, 7],
        },
      ],
      modes: { tunnel: true, transport: false },
      rekeys: [
        {
          what: 'child',
          offered: 'aes256-sha256',
          group: 'none',
          state: 'refused',
          suite: null,
          notify: 'NO_PROPOSAL_CHOSEN',
          evidence: [20, 21],
        },
        {
          what: 'child',
          offered: 'aes256-sha256-ecp256',
          group: 'ecp256',
          state: 'established',
          suite: 'aes256-sha256-ecp256',
          notify: null,
          evidence: [22, 23],
        },
        {
          what: 'ike',
          offered: 'aes256-sha256-prfsha256-modp2048',
          group: 'modp2048',
          state: 'silent',
          suite: null,
          notify: null,
          evidence: [24],
        },
      ],
      ended: 'silence',
      evidence: [2, 3, 4, 5],
    },
    {
      version: 1,
      exchange: 'ikev1-main',
      state: 'refused',
      why: { code: 'wrong-key', text: explainSession('wrong-key', { version: 1, proving: 'psk' }), basis: 'inferred', evidence: [30, 31] },
      suite: 'aes256-sha256-modp2048',
      auth: 'psk',
      ours: { type: 'dn', text: 'C=CH, CN=client' },
      peer: null,
      nat: null,
      port: 500,
      firstChild: null,
      traffic: [],
      modes: { tunnel: null, transport: null },
      rekeys: [],
      ended: 'refused',
      evidence: [30, 31],
    },
  ],
});

export const SAMPLES: Readonly<Record<string, ProbeReport>> = {
  sessions,
  threeSuites,
  gcmPeer,
  silentPeer,
  refusedPort,
  interrupted,
  hostile,
  named,
  unknownPeer,
};
