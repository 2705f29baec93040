/** Whole IKEv2 connections in memory: both of our sides against each other, over every suite and over bad paths. */
import { expect } from 'chai';
import { describe, it } from 'mocha';
import { portable } from '../../../src/ike/crypto/portable.ts';
import { createChild, rekeyIke } from '../../../src/ike/exchanges/ikev2/create-child.ts';
import { close, deleteChildren, isAlive } from '../../../src/ike/exchanges/ikev2/informational.ts';
import { answerDatagram, type Session } from '../../../src/ike/exchanges/ikev2/session.ts';
import { machineOf, type Script } from '../../../src/ike/exchanges/script.ts';
import { drive } from '../../../src/net/drive.ts';
import { memoryNetwork } from '../../../src/net/memory.ts';
import { nodeCrypto } from '../../../src/node-crypto/node-crypto.ts';
import { parseOffer } from '../../../src/proposals/notation.ts';
import { established, IKE, pair, type PairOptions, selecting, wish } from '../../support/ikev2-pair.ts';

/** IKE and ESP side by side; the ESP suite is asked for again with PFS in the group that is named. */
const SUITES: readonly (readonly [ike: string, esp: string])[] = [
  ['aes128-sha1-modp1024', 'aes128-sha1-noesn'],
  ['aes256-sha256-modp2048', 'aes256-sha256-noesn'],
  ['aes192-sha384-modp3072', 'aes192-sha384-noesn'],
  ['aes256-sha512-modp1536', 'aes256-sha512-noesn'],
  ['3des-md5-modp1024', '3des-md5-noesn'],
  ['3des-sha1-modp2048', '3des-sha1-noesn'],
  ['aes128-aesxcbc-prfaesxcbc-ecp256', 'aes128-aesxcbc-noesn'],
  ['aes128-aescmac-prfaescmac-ecp256', 'aes128-sha256-noesn'],
  ['aes128ctr-sha256-ecp256', 'aes128ctr-sha256-noesn'],
  ['aes256ctr-sha512-ecp521', 'aes256ctr-sha512-noesn'],
  ['aes128gcm16-prfsha256-ecp256', 'aes128gcm16-noesn'],
  ['aes256gcm16-prfsha384-ecp384', 'aes256gcm16-noesn'],
  ['aes256gcm12-prfsha512-x25519', 'aes256gcm12-noesn'],
  ['aes128gcm8-prfsha1-x25519', 'aes128gcm8-noesn'],
  ['aes128ccm16-prfsha256-x25519', 'aes128ccm16-noesn'],
  ['aes256ccm12-prfsha384-x25519', 'aes256ccm12-noesn'],
  ['aes192ccm8-prfsha512-x448', 'aes192ccm8-noesn'],
  ['chacha20poly1305-prfsha256-x25519', 'chacha20poly1305-noesn'],
  ['chacha20poly1305-prfsha512-x448', 'chacha20poly1305-noesn'],
  ['camellia128-sha256-modp2048', 'camellia128-sha256-noesn'],
  ['camellia256-sha512-ecp384', 'camellia256-sha512-noesn'],
  ['aes256-sha256-modp2048s256', 'aes256-sha256-noesn'],
  ['aes256-sha256-ecp256bp', 'aes256-sha256-noesn'],
  ['aes256-sha256-modp4096', 'aes256-sha256-noesn'],
];

function* everything(on: Session, ike: string, esp: string): Script<readonly string[]> {
  const group = ike.split('-').at(-1) ?? '';
  const said: string[] = [];
  const child = yield* createChild(on, wish(`${esp.replace('-noesn', '')}-${group}-noesn`));
  said.push(child.kind === 'established' ? `child with ${child.child.group}` : JSON.stringify(child));
  const [replaces] = on.children;
  if (replaces) said.push((yield* createChild(on, wish(esp), { pfs: 'none', replaces })).kind);
  said.push((yield* rekeyIke(on, parseOffer(ike, 'ikev2-ike'))).kind);
  said.push((yield* isAlive(on)) ? 'alive' : 'silent');
  said.push((yield* deleteChildren(on, on.children)) ? 'deleted' : 'silent');
  said.push((yield* close(on)) ? 'closed' : 'silent');
  return said;
}

const pfsOf = (ike: string, esp: string): string => `${esp.replace('-noesn', '')}-${ike.split('-').at(-1)}-noesn`;

async function whole(ike: string, esp: string, more: PairOptions = {}) {
  const on = pair({ ike, esp, responderEsp: `${pfsOf(ike, esp)},${esp}`, ...more });
  const { session, made } = await established(on);
  const said = await on.run((now) => {
    session.now = now;
    return everything(session, ike, esp);
  });
  return { on, session, made, said };
}

const GOOD = ['established', 'rekeyed', 'alive', 'deleted', 'closed'];

describe('an IKEv2 connection between our own two sides', function () {
  this.timeout(20_000);

  for (const [ike, esp] of SUITES) {
    it(`lives and ends under ${ike}`, async () => {
      const { said, made, on } = await whole(ike, esp);
      expect(made.child.kind).to.equal('established');
      expect(said.slice(1)).to.deep.equal(GOOD);
      expect(said[0]).to.match(/^child with \d+$/);
      expect(on.responder.counts).to.include({ begun: 1, established: 1, failed: 0, ended: 1 });
      expect(on.responder.sessions.flatMap(({ children, older }) => [...children, ...older])).to.deep.equal([]);
    });
  }

  it('understands itself across the two backends', async () => {
    for (const [ike, esp] of SUITES.filter(([suite]) => /^(aes|chacha).*(modp2048|ecp256|x25519)$/.test(suite))) {
      for (const [provider, responderProvider] of [
        [portable, nodeCrypto],
        [nodeCrypto, portable],
      ] as const) {
        const { said } = await whole(ike, esp, { provider, responderProvider });
        expect(said.slice(1), ike).to.deep.equal(GOOD);
      }
    }
  });

  it('makes additional key exchanges with ML-KEM, one or several, and fragments their long values', async () => {
    for (const ike of ['aes256-sha256-x25519-ke1_mlkem768', 'aes256gcm16-prfsha384-ecp384-ke1_mlkem1024-ke2_mlkem512']) {
      for (const mostOctets of [400, 1228, 9000]) {
        const on = pair({ ike, initiator: { mostOctets }, responder: { mostOctets } });
        const { made } = await established(on);
        expect(made.begun.additional).to.have.length(ike.split('mlkem').length - 1);
        expect(Math.max(...on.transport.sent.slice(1).map(({ bytes }) => bytes.length))).to.be.at.most(mostOctets);
      }
    }
  });

  it('makes them again when the IKE SA is rekeyed and for children, in IKE_FOLLOWUP_KE', async () => {
    for (const more of ['ke1_mlkem768', 'ke1_mlkem768-ke2_mlkem512']) {
      const [ike, esp] = [`aes256-sha256-x25519-${more}`, `aes256-sha256-x25519-${more}-noesn`];
      const on = pair({ ike, responderEsp: `${esp},aes256-sha256-noesn` });
      const { session } = await established(on);
      expect(await on.run(() => rekeyIke(session, parseOffer(ike, 'ikev2-ike')))).to.deep.equal({ kind: 'rekeyed' });
      const child = await on.run(() => createChild(session, wish(esp)));
      expect(child.kind).to.equal('established');
      const [theirs] = on.responder.sessions;
      expect(theirs?.children).to.have.length(2);
      expect(await on.run(() => close(session))).to.equal(true);
    }
  });

  it('gets through loss, duplicates and disorder', async () => {
    for (let seed = 1; seed <= 40; seed++) {
      const wire = { seed, loss: 0.3, duplicate: 0.3, jitter: 120 };
      const { said, on } = await whole(IKE, 'aes256-sha256-noesn', { wire, seed: `lossy ${seed}` });
      expect(said.slice(1), `seed ${seed}`).to.deep.equal(GOOD);
      expect(on.responder.counts.established, `seed ${seed}`).to.equal(1);
    }
  });

  it('gets through the same in fragments', async () => {
    for (let seed = 1; seed <= 20; seed++) {
      const wire = { seed, loss: 0.15, duplicate: 0.3, jitter: 120 };
      const size = { mostOctets: 200 };
      const { said } = await whole(IKE, 'aes256-sha256-noesn', { wire, seed: `lossy ${seed}`, initiator: size, responder: size });
      expect(said.slice(1), `seed ${seed}`).to.deep.equal(GOOD);
    }
  });

  it('is the same to the octet for the same seed, and another for another', async () => {
    const traffic = async (seed: string): Promise<string[]> => {
      const { on } = await whole('aes128gcm16-prfsha256-x25519', 'aes128gcm16-noesn', { seed });
      return on.transport.sent.map(({ bytes }) => Buffer.from(bytes).toString('hex'));
    };
    const [first, second, other] = [await traffic('a'), await traffic('a'), await traffic('b')];
    expect(first).to.deep.equal(second);
    expect(first.filter((bytes) => other.includes(bytes))).to.deep.equal([]);
  });

  it('answers what the peer asks: the responder of the connection rekeys, deletes and closes', async () => {
    const on = pair({ initiator: { answers: { select: pairSelect() } } });
    const { session } = await established(on);
    const [theirs] = on.responder.sessions as [Session];
    Object.assign(theirs, { carrier: { ...theirs.carrier, patience: { firstWait: 100, retries: 3 } } });
    const wire = memoryNetwork({ responder: (bytes) => answerDatagram(session, bytes) });
    const said = await drive(
      machineOf(({ now }) => {
        theirs.now = now;
        return everything(theirs, IKE, 'aes256-sha256-noesn');
      }),
      { plain: wire },
    );
    expect(said?.slice(1)).to.deep.equal(GOOD);
    expect(session.ended).to.equal('peer-deleted');
    expect(session.counts).to.include({ rekeyedByPeer: 2 });
    expect([...session.children, ...session.older]).to.deep.equal([]);
  });
});

function pairSelect() {
  return selecting(IKE, `${pfsOf(IKE, 'aes256-sha256-noesn')},aes256-sha256-noesn`);
}
