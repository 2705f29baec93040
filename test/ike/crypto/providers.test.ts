/** One suite over both backends. Expected values are those of the RFCs named, and each backend checks the other. */
import { expect } from 'chai';
import { describe, it } from 'mocha';
import { cmac, integrity, prf, xcbc } from '../../../src/ike/crypto/prf.ts';
import { type AeadCipher, KeyExchangeError } from '../../../src/ike/crypto/provider.ts';
import { seededEntropy } from '../../../src/ike/entropy.ts';
import { MODP } from '../../../src/ike/group-primes.ts';
import { GROUPS } from '../../../src/ike/groups.ts';
import { BACKENDS, given, hex, toHex } from './backends.ts';

const text = (letters: string): Uint8Array => Uint8Array.from(Buffer.from(letters));

/** Groups that a backend cannot do: named, so that a skip is seen. */
const MISSING: Readonly<Record<string, readonly number[]>> = { portable: [3, 4, 33, 34], node: [33, 34] };

for (const backend of BACKENDS) {
  describe(`the ${backend.name} backend`, () => {
    const DIGESTS: readonly (readonly ['md5' | 'sha1' | 'sha256' | 'sha384' | 'sha512', string])[] = [
      ['md5', '900150983cd24fb0d6963f7d28e17f72'],
      ['sha1', 'a9993e364706816aba3e25717850c26c9cd0d89d'],
      ['sha256', 'ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad'],
      ['sha384', 'cb00753f45a35e8bb5a03d699ac65007272c32ab0eded1631a8b605a43ff5bed8086072ba1e7cc2358baeca134c825a7'],
      [
        'sha512',
        'ddaf35a193617abacc417349ae20413112e6fa4e89a97ea20a9eeee64b55d39a2192992a274fc1a836ba3c23a3feebbd454d4423643ce80e2a9ac94fa54ca49f',
      ],
    ];
    for (const [name, digest] of DIGESTS) {
      it(`${name} of "abc" (RFC 1321, FIPS 180-4)`, () => expect(toHex(backend.hash(name, text('a'), text('bc')))).to.equal(digest));
    }

    it('HMAC-SHA1 and HMAC-SHA256 (RFC 2202 case 2, RFC 4231 case 2)', () => {
      const [key, data] = [text('Jefe'), text('what do ya want for nothing?')];
      expect(toHex(backend.hmac('sha1', key, data))).to.equal('effcdf6ae5eb2fa2d27416d5f184df9c259a7c79');
      expect(toHex(backend.hmac('sha256', key, data))).to.equal('5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843');
    });

    it('AES-CBC (RFC 3602 case 2), both ways', () => {
      const cbc = backend.cbc('aes', hex('c286696d887c9aa0611bbb3e2025a45a'));
      const iv = hex('562e17996d093d28ddb3ba695a2e6f58');
      const plain = hex('000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f');
      const sealed = cbc?.encrypt(iv, plain);
      expect(toHex(sealed)).to.equal('d296cd94c2cccf8a3a863028b5e1dc0a7586602d253cfff91b8266bea6d61ab1');
      expect(toHex(cbc?.decrypt(iv, sealed as Uint8Array))).to.equal(toHex(plain));
    });

    it('AES-CTR (RFC 3686 case 1)', () => {
      const ctr = backend.ctr('aes', hex('ae6852f8121067cc4bf7a5765577f39e'));
      const counter = hex('00000030000000000000000000000001');
      expect(toHex(ctr?.(counter, text('Single block msg')))).to.equal('e4095d4fb7a7b3792d6175a3261311b8');
    });

    it('AES-XCBC (RFC 3566) and AES-CMAC (RFC 4493), the empty message and a broken block', () => {
      const key = hex('000102030405060708090a0b0c0d0e0f');
      expect(toHex(xcbc(backend, key, new Uint8Array()))).to.equal('75f0251d528ac01c4573dfd584d79f29');
      expect(toHex(xcbc(backend, key, hex('000102030405060708090a0b0c0d0e0f10111213')))).to.equal('47f51b4564966215b8985c63055ed308');
      const other = hex('2b7e151628aed2a6abf7158809cf4f3c');
      expect(toHex(cmac(backend, other, new Uint8Array()))).to.equal('bb1d6929e95937287fa37d129b756746');
      expect(toHex(cmac(backend, other, hex('6bc1bee22e409f96e93d7e117393172a')))).to.equal('070a16b46b4d4144f79bdd9dd04a287c');
      const forty = hex('6bc1bee22e409f96e93d7e117393172aae2d8a571e03ac9c9eb76fac45af8e5130c81c46a35ce411');
      expect(toHex(cmac(backend, other, forty))).to.equal('dfa66747de9ae63030ca32611497c827');
    });

    it('PRFs with fixed keys take keys of any length (RFC 4434 §3, RFC 4615 §4)', () => {
      const message = hex('000102030405060708090a0b0c0d0e0f10111213');
      const [xcbcPrf, cmacPrf] = [prf(backend, 4), prf(backend, 8)];
      expect(toHex(xcbcPrf?.compute(hex('00010203040506070809'), message))).to.equal('0fa087af7d866e7653434e602fdde835');
      expect(toHex(xcbcPrf?.compute(hex('000102030405060708090a0b0c0d0e0fedcb'), message))).to.equal('8cd3c93ae598a9803006ffb67c40e9e4');
      expect(toHex(cmacPrf?.compute(hex('000102030405060708090a0b0c0d0e0fedcb'), message))).to.equal('84a348a4a45d235babfffc0d2b4da09a');
      expect(toHex(cmacPrf?.compute(hex('00010203040506070809'), message))).to.equal('290d9e112edb09ee141fcf64c0b72f3d');
    });

    it('AES-CCM (RFC 3610 packet vector 1 has another tag; RFC 5282 lengths: the other backend)', () => {
      const key = hex('c0c1c2c3c4c5c6c7c8c9cacbcccdcecf');
      const aead = backend.aead('aes-ccm', key, 8);
      const nonce = hex('00000003020100a0a1a2a3a4a5');
      const sealed = aead?.seal(nonce, hex('0001020304050607'), hex('08090a0b0c0d0e0f101112131415161718191a1b1c1d1e'));
      expect(toHex(sealed)).to.equal('588c979a61c663d2f066d0c2c0f989806d5f6b61dac38417e8d12cfdf926e0');
    });

    it('ChaCha20-Poly1305 refuses short tags', () => expect(backend.aead('chacha20-poly1305', new Uint8Array(32), 8)).to.equal(undefined));

    it('integrity algorithms have the lengths of RFC 7296 and RFC 4868', () => {
      const lengths = [1, 2, 5, 6, 7, 8, 12, 13, 14].map((id) => [integrity(backend, id)?.keyBytes, integrity(backend, id)?.icvBytes]);
      expect(lengths).to.deep.equal([
        [16, 12],
        [20, 12],
        [16, 12],
        [16, 16],
        [20, 20],
        [16, 12],
        [32, 16],
        [48, 24],
        [64, 32],
      ]);
      expect(integrity(backend, 9)).to.equal(undefined);
    });

    it('X25519 (RFC 7748 §6.1)', () => {
      const alice = backend.keyExchange(31)?.initiate(given('77076d0a7318a57d3c16c17251b26645df4c2f87ebc0992ab177fba51db92c2a'));
      expect(toHex(alice?.publicValue)).to.equal('8520f0098930a754748b7ddcb43ef75a0dbf3a0d26381af4eba4a98eaa9b4e6a');
      const secret = alice?.finish(hex('de9edb7d7b7dc1b4d35b61c2ece435373f8343c85b78674dadfc7e146f882b4f'));
      expect(toHex(secret)).to.equal('4a5d9d5ba4ce2de1728e3bf480350f25e07e21c947d19e3376f09b3c1e161742');
    });

    it('P-256 (RFC 5903 §8.1)', () => {
      const alice = backend.keyExchange(19)?.initiate(given('c88f01f510d9ac3f70a292daa2316de544e9aab8afe84049c62a9c57862d1433'));
      expect(toHex(alice?.publicValue)).to.equal(
        'dad0b65394221cf9b051e1feca5787d098dfe637fc90b9ef945d0c37725811805271a0461cdb8252d61f1c456fa3e59ab1f45b33accf5f58389e0577b8990bb3',
      );
      const secret = alice?.finish(
        hex(
          'd12dfb5289c8d4f81208b70270398c342296970a0bccb74c736fc7554494bf6356fbf3ca366cc23e8157854c13c58d6aac23f046ada30f8353e74f33039872ab',
        ),
      );
      expect(toHex(secret)).to.equal('d6840f6b42f6edafd13116e0e12565202fef8e9ece7dce03812464d04b9442de');
    });

    for (const { number, publicValueBytes } of GROUPS) {
      const method = backend.keyExchange(number);
      if (method === undefined) {
        it(`group ${number} is one that it cannot do`, () => expect(MISSING[backend.name]).to.include(number));
        continue;
      }
      it(`group ${number}: both sides agree, and values of the wrong length are refused`, function () {
        this.timeout(20_000);
        const initiator = method.initiate(seededEntropy(`initiator ${number}`));
        expect(initiator.publicValue).to.have.length(publicValueBytes);
        const { publicValue, secret } = method.respond(seededEntropy(`responder ${number}`), initiator.publicValue);
        expect(toHex(initiator.finish(publicValue))).to.equal(toHex(secret));
        expect(() => initiator.finish(publicValue.subarray(1))).to.throw(KeyExchangeError, 'length');
        expect(() => method.respond(seededEntropy('x'), Uint8Array.from([0, ...initiator.publicValue]))).to.throw(
          KeyExchangeError,
          'length',
        );
      });
    }

    it('refuses MODP values that give the secret away, and points off the curve', () => {
      for (const number of [1, 2, 5, 14]) {
        const { prime = '' } = MODP.get(number) ?? {};
        const size = prime.length / 2;
        const method = backend.keyExchange(number)?.initiate(seededEntropy(1));
        const minusOne = `${prime.slice(0, -2)}${(Number.parseInt(prime.slice(-2), 16) - 1).toString(16)}`;
        for (const bad of ['00', '01', minusOne, prime]) {
          expect(() => method?.finish(hex(bad.padStart(2 * size, '0'))), `group ${number}`).to.throw(KeyExchangeError, 'range');
        }
      }
      const one = new Uint8Array(64);
      one[63] = 1;
      expect(() => backend.keyExchange(19)?.initiate(seededEntropy(1)).finish(one)).to.throw(KeyExchangeError, 'off-curve');
      expect(() => backend.keyExchange(31)?.initiate(seededEntropy(1)).finish(new Uint8Array(32))).to.throw(KeyExchangeError, 'low-order');
    });
  });
}

describe('the two backends', () => {
  const [portable, node] = BACKENDS;
  const random = seededEntropy('backends');

  const AEADS: readonly (readonly [AeadCipher, number, number, number])[] = [16, 24, 32].flatMap((key) =>
    [8, 12, 16].flatMap((tag): [AeadCipher, number, number, number][] => [
      ['aes-gcm', key, 12, tag],
      ['aes-ccm', key, 11, tag],
    ]),
  );
  for (const [cipher, key, nonce, tag] of [...AEADS, ['chacha20-poly1305', 32, 12, 16] as const]) {
    it(`${cipher} with a key of ${key} and a tag of ${tag} octets: one opens what the other seals, and nothing that was touched`, () => {
      const secret = random(key);
      const [a, b] = [portable?.aead(cipher, secret, tag), node?.aead(cipher, secret, tag)];
      for (const length of [0, 1, 15, 16, 17, 200]) {
        const [number, aad, plain] = [random(nonce), random(length % 40), random(length)];
        const sealed = a?.seal(number, aad, plain) as Uint8Array;
        expect(toHex(sealed)).to.equal(toHex(b?.seal(number, aad, plain)));
        expect(toHex(a?.open(number, aad, sealed))).to.equal(toHex(plain));
        expect(toHex(b?.open(number, aad, sealed))).to.equal(toHex(plain));
        const touched = Uint8Array.from(sealed, (octet, i) => (i === length ? octet ^ 1 : octet));
        expect(a?.open(number, aad, touched)).to.equal(undefined);
        expect(b?.open(number, aad, touched)).to.equal(undefined);
        expect(a?.open(number, aad, sealed.subarray(0, tag - 1))).to.equal(undefined);
      }
    });
  }

  for (const { number, kind } of GROUPS.filter(({ number: group }) => portable?.keyExchange(group) && node?.keyExchange(group))) {
    it(`group ${number}: the same randomness gives the same values, and one finishes what the other began`, function () {
      this.timeout(20_000);
      const [a, b] = [portable, node].map((each) => each?.keyExchange(number)?.initiate(seededEntropy(`same ${number}`)));
      if (kind !== 'modp') expect(toHex(a?.publicValue)).to.equal(toHex(b?.publicValue));
      const answered = node?.keyExchange(number)?.respond(seededEntropy(`other ${number}`), a?.publicValue as Uint8Array);
      expect(toHex(a?.finish(answered?.publicValue as Uint8Array))).to.equal(toHex(answered?.secret));
    });
  }

  it('keep leading zeros of a public value and of a secret', function () {
    this.timeout(60_000);
    for (const backend of BACKENDS) {
      const method = backend.keyExchange(5);
      const peer = method?.initiate(seededEntropy('peer')).publicValue as Uint8Array;
      let shortPublic = 0;
      let shortSecret = 0;
      for (let seed = 0; seed < 2000 && (shortPublic === 0 || shortSecret === 0); seed++) {
        const mine = method?.initiate(seededEntropy(seed));
        const publicValue = mine?.publicValue ?? new Uint8Array();
        const secret = mine?.finish(peer) ?? new Uint8Array();
        expect([publicValue.length, secret.length]).to.deep.equal([192, 192]);
        if (publicValue[0] === 0) shortPublic++;
        if (secret[0] === 0) shortSecret++;
      }
      expect([shortPublic > 0, shortSecret > 0], backend.name).to.deep.equal([true, true]);
    }
  });
});
