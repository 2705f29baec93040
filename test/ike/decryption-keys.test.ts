/** Texts that hold keys: what is read, what is wrong and where, and that no text breaks a reader or the decryptor. */
import { expect } from 'chai';
import * as fc from 'fast-check';
import { describe, it } from 'mocha';
import { readFileSync } from 'node:fs';
import {
  Decryptor,
  KEY_LIMITS,
  type KeyTable,
  readCharonKeyLog,
  readIkedKeyLog,
  readIkev1DecryptionTable,
  readIkev2DecryptionTable,
  readPlutoKeyLog,
  type SessionKeys,
} from '../../src/ike/decryption/index.ts';
import { sealing, type SealingSuite } from '../../src/ike/crypto/sealing-v2.ts';
import { seededEntropy } from '../../src/ike/entropy.ts';
import { EXCHANGE, FLAG, PAYLOAD_V2 } from '../../src/ike/index.ts';
import { readCapture } from '../../src/net/index.ts';
import { nodeCrypto } from '../../src/node-crypto/node-crypto.ts';
import { toHex } from './crypto/backends.ts';

const COOKIE = 'fafaeb49382a763c';
const KEY = '00112233445566778899aabbccddeeff';
const spis = '191ccd371a7a1f7b,bc123d15e4af593f';
const row = (encryption: string, integrity = 'NONE [RFC4306]'): string => `${spis},${KEY},${KEY},"${encryption}",aa,bb,"${integrity}"`;

const faultsOf = ({ faults }: KeyTable): readonly string[] => faults.map(({ code, line, column }) => `${line}:${column} ${code}`);

const suites = ({ keys }: KeyTable): readonly string[] =>
  keys.map((each) => {
    const suite = each.version === 2 && each.kind === 'keys' ? each.suite : undefined;
    return `${suite?.encryption.id}/${suite?.encryption.keyBits ?? ''} ${suite?.integrity ?? ''}`;
  });

describe("Wireshark's tables of keys", () => {
  const FAULTS: readonly (readonly [read: (text: string) => KeyTable, text: string, faults: readonly string[]])[] = [
    [readIkev1DecryptionTable, `# comment\n\n${COOKIE},${KEY}\r\n"${COOKIE}","${KEY}"\n`, []],
    [readIkev1DecryptionTable, `${COOKIE},${KEY}\n${COOKIE.slice(2)},${KEY}`, ['2:1 wrong-length']],
    [readIkev1DecryptionTable, `${COOKIE},${KEY}0`, ['1:50 not-hex']],
    [readIkev1DecryptionTable, `${COOKIE},zz${KEY}`, ['1:18 not-hex']],
    [readIkev1DecryptionTable, `${COOKIE},"${KEY}`, ['1:18 quote-open']],
    [readIkev1DecryptionTable, COOKIE, ['1:1 wrong-field-count']],
    [readIkev1DecryptionTable, `${COOKIE},${KEY},1`, ['1:51 wrong-field-count']],
    [readIkev1DecryptionTable, `${COOKIE},aabb`, ['1:18 wrong-length']],
    [readIkev2DecryptionTable, row('DES [RFC2405]'), ['1:102 algorithm-unknown']],
    [readIkev2DecryptionTable, row('NULL [RFC2410]'), ['1:102 algorithm-unknown']],
    [readIkev2DecryptionTable, row('AES-CBC-128 [RFC3602]', 'ANY 96-bits of Authentication [No Checking]'), ['1:132 algorithm-unknown']],
  ];
  for (const [read, text, faults] of FAULTS) {
    it(`${JSON.stringify(text.slice(0, 110))}: ${faults.join(', ') || 'nothing wrong'}`, () =>
      expect(faultsOf(read(text))).to.deep.equal(faults));
  }

  const NAMES: readonly (readonly [encryption: string, integrity: string, suite: string])[] = [
    ['3DES [RFC2451]', 'HMAC_MD5_96 [RFC2403]', '3/ 1'],
    ['AES-CBC-192 [RFC3602]', 'HMAC_SHA1_160 [RFC4595]', '12/192 7'],
    ['AES-CTR-256 [RFC5930]', 'HMAC_SHA2_512_256 [RFC4868]', '13/256 14'],
    ['AES-CCM-128 with 8 octet ICV [RFC5282]', 'NONE [RFC4306]', '14/128 '],
    ['AES-CCM-128 with 12 octet ICV [RFC5282]', 'NONE [RFC4306]', '15/128 '],
    ['AES-CCM-256 with 16 octet ICV [RFC5282]', 'NONE [RFC4306]', '16/256 '],
    ['AES-GCM-128 with 8 octet ICV [RFC5282]', 'NONE [RFC4306]', '18/128 '],
    ['AES-GCM-192 with 12 octet ICV [RFC5282]', 'NONE [RFC4306]', '19/192 '],
    ['AES-GCM-256 with 16 octet ICV [RFC5282]', 'NONE [RFC4306]', '20/256 '],
  ];
  for (const [encryption, integrity, suite] of NAMES) {
    it(`${encryption}, ${integrity}`, () => expect(suites(readIkev2DecryptionTable(row(encryption, integrity)))).to.deep.equal([suite]));
  }
});

const shownKeys = (keys: readonly SessionKeys[]): readonly string[] =>
  keys.map((each) => {
    if (each.kind !== 'keys') return each.kind;
    if (each.version === 1) return `${toHex(each.initialIv)} ${toHex(each.encryptionKey)}`;
    const { initiator, responder } = each;
    return [initiator.encryption, responder.encryption, initiator.integrity, responder.integrity].map(toHex).join(' ');
  });

describe('logs of keys', () => {
  const charon = (thread: string, name: string, bytes: number, ...rows: readonly string[]): string =>
    [
      `${thread}[IKE] ${name} => ${bytes} bytes @ 0x7fe8`,
      ...rows.map((each, i) => `${thread}[IKE] ${String(16 * i).padStart(4)}: ${each}  ....`),
    ].join('\n');
  const ROW = '00 11 22 33 44 55 66 77 88 99 AA BB CC DD EE FF';

  it('of charon: threads apart, times before, text behind', () => {
    const one = ['SKEYSEED', 'Sk_ei secret', 'Sk_er secret'].map((name) => charon('Nov 24 12:40:00 host charon: 07', name, 16, ROW));
    const other = ['SKEYID', 'encryption key Ka', 'initial IV'].map((name) =>
      charon('12:40:00.001 08', name, 8, '01 02 03 04 05 06 07 08'),
    );
    const mixed = one.flatMap((lines, i) => [lines.split('\n')[0], other[i], lines.split('\n')[1]]).join('\n');
    const { keys, faults } = readCharonKeyLog(mixed);
    expect(faults).to.deep.equal([]);
    expect(shownKeys(keys)).to.have.members([`${KEY} ${KEY}  `, '0102030405060708 0102030405060708']);
  });
  it('of charon: what is missing or cut is a fault with its place', () => {
    expect(faultsOf(readCharonKeyLog(charon('07', 'SKEYSEED', 32, ROW)))).to.deep.equal(['1:9 wrong-length', '1:9 incomplete']);
    const noHex = charon('07', 'SKEYSEED', 16, ROW.replace('22', 'xx'));
    expect(faultsOf(readCharonKeyLog(noHex))[0]).to.equal('2:21 not-hex');
    expect(faultsOf(readCharonKeyLog(charon('07', 'Sk_ei secret', 9999)))[0]).to.equal('1:9 wrong-length');
  });
  it('of Pluto, as FreeS/WAN and Openswan write them', () => {
    const log = [
      '| Skeyid_e:  ff ff ff ff',
      '| enc key:  73 5b e0 cb  62 f8 26 75  c4 f7 bf 8f  ba b9 b5 68',
      '|   34 ba 76 d6  ab 4f a2 40',
      'Nov 24 12:41:25 host pluto[7]: | IV:  00 11 22 33  44 55 66 77  88 99 aa bb  cc dd ee ff   ."3DUfw',
      '| next',
    ].join('\n');
    const { keys, faults } = readPlutoKeyLog(log);
    expect(faults).to.deep.equal([]);
    expect(shownKeys(keys)).to.deep.equal([`${KEY} 735be0cb62f82675c4f7bf8fbab9b56834ba76d6ab4fa240`]);
  });
  it('of Pluto: what is missing or cut is a fault with its place', () => {
    expect(faultsOf(readPlutoKeyLog('| enc key:  73 5b\n| IV:  00'))).to.deep.equal(['1:3 wrong-length']);
    expect(faultsOf(readPlutoKeyLog(`| enc key:  ${ROW}`))).to.deep.equal(['1:3 incomplete']);
    expect(faultsOf(readPlutoKeyLog('| enc key:  7x 5b'))).to.deep.equal(['1:13 not-hex']);
  });
  it('of iked: a set for each IKE SA, and other dumps passed over', () => {
    const rows = '00112233 44556677\n8899aabb ccddeeff';
    const set = ['SKEYSEED', 'SK_d', 'SK_ai', 'SK_ar', 'SK_ei', 'SK_er'].map((name) => `ikev2_sa_keys: ${name} with 16 bytes\n${rows}`);
    const log = ['spi=0xfb07709c7c4de923: ikev2_sa_keys: DHSECRET with 16 bytes', rows, ...set, 'ikev2_add_proposals: length 44', ...set];
    const { keys, faults } = readIkedKeyLog(log.join('\n'));
    expect(faults).to.deep.equal([]);
    expect(shownKeys(keys)).to.deep.equal(Array(2).fill(`${KEY} ${KEY} ${KEY} ${KEY}`));
  });
  it('of iked: what is missing or cut is a fault with its line', () => {
    expect(faultsOf(readIkedKeyLog('ikev2_sa_keys: SKEYSEED with 8 bytes\n00112233'))).to.deep.equal([
      '1:1 wrong-length',
      '1:1 incomplete',
    ]);
    expect(faultsOf(readIkedKeyLog('ikev2_sa_keys: SK_ei with 999 bytes'))).to.deep.equal(['1:1 wrong-length', '1:1 incomplete']);
  });
  it('of libreswan hold pointers only: no keys, and nothing wrong', () =>
    expect(readPlutoKeyLog('| NSS: #1 pointers skeyid_d 0x55,  skeyid_a 0x55,  skeyid_e 0x55,  enc_key 0x55')).to.deep.include({
      keys: [],
      faults: [],
    }));
});

const READERS = [readIkev1DecryptionTable, readIkev2DecryptionTable, readCharonKeyLog, readPlutoKeyLog];

describe('readers of keys', () => {
  it('take any text, and say places inside it', () => {
    const words = fc.constantFrom(
      '07[IKE] SKEYSEED => 16 bytes @ 0',
      '07[IKE]    0: ',
      '00 11 ',
      '| enc key: ',
      '| IV: ',
      '|   ',
      ',',
      '"',
      '\n',
      '#',
      KEY,
    );
    const text = fc.array(fc.oneof(words, fc.string({ unit: 'binary', maxLength: 6 })), { maxLength: 60 }).map((parts) => parts.join(''));
    fc.assert(
      fc.property(text, (any) => {
        const lines = any.split('\n');
        for (const read of READERS) {
          for (const { line, column } of read(any).faults) expect(column).to.be.within(1, (lines[line - 1]?.length ?? -1) + 1);
        }
      }),
    );
  }).timeout(20_000);
  it('end at their limits, in time that grows with the text', () => {
    const many = `${COOKIE},${KEY}\n`.repeat(KEY_LIMITS.keys + 5);
    const { keys, faults } = readIkev1DecryptionTable(many);
    expect([keys.length, faults.map(({ code }) => code)]).to.deep.equal([KEY_LIMITS.keys, ['limit-exceeded']]);
    expect(readIkev1DecryptionTable('x\n'.repeat(5000)).faults.length).to.equal(KEY_LIMITS.faults);
    const began = performance.now();
    for (const piece of ['"', ',', ' ', '0[IKE] ', '| ', '9']) for (const read of READERS) read(piece.repeat(300_000));
    expect(performance.now() - began).to.be.lessThan(5000);
  });
  it('never repeat the text in a fault', () => {
    for (const read of READERS) expect(JSON.stringify(read(`${COOKIE},zz${KEY}\n| enc key:  ${KEY}`).faults)).not.to.contain(KEY);
  });
});

const OWN = new URL('../../vectors/decryption/', import.meta.url);
const messages = (name: string): readonly Uint8Array[] =>
  readCapture(readFileSync(new URL(`${name}.pcap`, OWN))).packets.map(({ payload }) => payload);
const table = (name: string): string => readFileSync(new URL(`${name}.table`, OWN), 'utf8');
const states = (keys: readonly SessionKeys[], all: readonly Uint8Array[]): readonly string[] => {
  const decryptor = new Decryptor(nodeCrypto, keys);
  return all.map((octets) => {
    const read = decryptor.add(octets);
    return read.state === 'closed' ? read.reason : read.state === 'opened' && read.repeated ? 'repeated' : read.state;
  });
};

describe('what stays closed says why', () => {
  const v1 = readIkev1DecryptionTable(table('charon-ikev1')).keys;
  const v2 = readIkev2DecryptionTable(table('charon-ikev2')).keys;
  const log = readCharonKeyLog(readFileSync(new URL('charon-ikev2.log', OWN), 'utf8')).keys;
  const ikev1 = messages('charon-ikev1');
  // Behind the marker of port 4500 from the third on.
  const ikev2 = messages('charon-ikev2').map((octets, i) => (i < 2 ? octets : octets.subarray(4)));
  const wrong = readIkev1DecryptionTable(table('charon-ikev1').replace(/,../, ',00')).keys;
  const sealedOnly = ikev1.slice(4);

  const CASES: readonly (readonly [title: string, got: () => readonly string[], wanted: readonly string[]])[] = [
    [
      'no keys at all',
      () => states([], [...ikev1.slice(0, 5), ...ikev2.slice(0, 3)]),
      ['clear', 'clear', 'clear', 'clear', 'no-keys', 'clear', 'clear', 'no-keys'],
    ],
    ['a wrong IKEv1 key', () => states(wrong, ikev1.slice(0, 6)), ['clear', 'clear', 'clear', 'clear', 'wrong-key', 'wrong-key']],
    [
      'IKEv1, a wrong key beside the right one',
      () => states([...wrong, ...v1], ikev1.slice(0, 6)),
      ['clear', 'clear', 'clear', 'clear', 'opened', 'opened'],
    ],
    ['IKEv1 without its beginning', () => states(v1, sealedOnly.slice(0, 2)), ['no-beginning', 'no-beginning']],
    [
      'IKEv1, a message missing',
      () => states(v1, [...ikev1.slice(0, 6), ...ikev1.slice(7, 8)]),
      ['clear', 'clear', 'clear', 'clear', 'opened', 'opened', 'out-of-order'],
    ],
    [
      'IKEv1, a message twice',
      () => states(v1, [...ikev1.slice(0, 5), ...ikev1.slice(4, 6)]),
      ['clear', 'clear', 'clear', 'clear', 'opened', 'repeated', 'opened'],
    ],
    [
      'IKEv1, not whole blocks',
      () => states(v1, [...ikev1.slice(0, 4), (ikev1.at(4) as Uint8Array).subarray(0, -1)]),
      ['clear', 'clear', 'clear', 'clear', 'length'],
    ],
    ['IKEv2, keys with a suite need no beginning', () => states(v2, ikev2.slice(2, 5)), ['fragment', 'fragment', 'opened']],
    ['IKEv2, keys of a log need it', () => states(log, ikev2.slice(2, 5)), ['no-beginning', 'no-beginning', 'no-beginning']],
    [
      'IKEv2, fragments in another order and twice',
      () =>
        states(
          log,
          [0, 1, 4, 2, 2, 3].map((i) => ikev2.at(i) as Uint8Array),
        ),
      ['clear', 'clear', 'fragment', 'fragment', 'fragment', 'opened'],
    ],
    [
      'IKEv2, an octet changed',
      () => states(v2, [(ikev2.at(11) as Uint8Array).map((octet, i) => (i === 40 ? octet ^ 1 : octet))]),
      ['integrity'],
    ],
    [
      'IKEv2, keys of another length',
      () => states(readIkev2DecryptionTable(table('charon-ikev2').replaceAll('AES-GCM-256', 'AES-GCM-128')).keys, ikev2.slice(2, 3)),
      ['algorithm'],
    ],
    ['rubbish', () => states(v2, [new Uint8Array(0), new Uint8Array(27), new Uint8Array(28)]), ['not-ike', 'not-ike', 'not-ike']],
  ];
  for (const [title, got, wanted] of CASES) it(title, () => expect(got()).to.deep.equal(wanted));

  it('IKEv1 in pieces is put together before it is opened', () => {
    const whole = ikev1.at(6) as Uint8Array;
    const piece = (number: number, last: boolean, data: Uint8Array): Uint8Array => {
      const head = [...whole.subarray(0, 16), 132, 0x10, 32, 0, ...whole.subarray(20, 24), 0, 0, 0, 36 + data.length];
      return Uint8Array.from([...head, 0, 0, 0, 8 + data.length, 0, 1, number, last ? 1 : 0, ...data]);
    };
    const pieces = [piece(2, true, whole.subarray(100)), piece(1, false, whole.subarray(0, 100))];
    expect(states(v1, [...ikev1.slice(0, 6), ...pieces]).slice(-2)).to.deep.equal(['fragment', 'opened']);
  });

  it('finds the keys of an SA among those of a thousand others', () => {
    const random = seededEntropy('others');
    const suite: SealingSuite = { encryption: { id: 20, keyBits: 256 } };
    const set = (): SessionKeys => ({
      version: 2,
      kind: 'keys',
      suite,
      initiator: { encryption: random(36), integrity: new Uint8Array() },
      responder: { encryption: random(36), integrity: new Uint8Array() },
    });
    const sets = Array.from({ length: 1000 }, set);
    const mine = sets[700];
    if (mine?.version !== 2 || mine.kind !== 'keys') throw new Error('no such set');
    const head = {
      initiatorSpi: random(8),
      responderSpi: random(8),
      version: 0x20,
      exchange: EXCHANGE.auth,
      flags: FLAG.initiator,
      messageId: 1,
    };
    const sealed = sealing(nodeCrypto, suite, mine.initiator)?.seal(
      head,
      [{ kind: 'nonce', type: PAYLOAD_V2.nonce, data: random(32) }],
      random,
    );
    expect(states(sets, [sealed as Uint8Array, sealed as Uint8Array])).to.deep.equal(['opened', 'opened']);
  });

  it('takes any octets in the place of any message', () => {
    const all = [...ikev1, ...ikev2];
    fc.assert(
      fc.property(fc.array(fc.tuple(fc.nat(all.length - 1), fc.nat(200), fc.nat(255)), { maxLength: 40 }), (changes) => {
        const decryptor = new Decryptor(nodeCrypto, [...v1, ...v2, ...log]);
        for (const [index, at, value] of changes) {
          const octets = (all.at(index) as Uint8Array).slice();
          if (value % 3 !== 0) octets[at % octets.length] = value;
          decryptor.add(octets);
        }
      }),
    );
  });
});
