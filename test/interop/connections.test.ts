/** Neutral connections: what each daemon is given for them, and that the daemons do with it what was meant. */
import { expect } from 'chai';
import { after, before, describe, it } from 'mocha';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Authority } from '../../interop/daemons/authority.ts';
import { type Connection, mirrored, type Proof } from '../../interop/daemons/connection.ts';
import { createLab, type Lab } from '../../interop/daemons/lab.ts';
import { libreswanConfig } from '../../interop/daemons/libreswan-config.ts';
import { openikedConfig } from '../../interop/daemons/openiked-config.ts';
import type { Peer, PeerSpec } from '../../interop/daemons/peer.ts';
import { strongswanConfig } from '../../interop/daemons/strongswan-config.ts';
import { describeDaemons } from '../support/daemons.ts';

const KEY: Proof = { kind: 'psk', secret: 'a secret of the lab that is long enough' };

const between = (more: Partial<Connection> = {}, proof: Proof = KEY): Connection => ({
  name: 'one',
  speaks: 'ikev2',
  local: { address: '10.99.0.2', identity: 'left.lab', proof, traffic: ['10.1.0.0/16'] },
  remote: { address: '10.99.0.3', identity: 'right.lab', proof, traffic: ['10.2.0.0/16'] },
  ...more,
});

describe('a neutral connection in the words of a daemon', () => {
  const PEM = 'a certificate';
  const authority: Authority = {
    root: async () => PEM,
    chain: async ({ key, issuer }) => ({
      kind: key,
      certificate: PEM,
      key: `key ${key}`,
      intermediates: issuer === 'intermediate' ? ['between'] : [],
      root: PEM,
    }),
  };
  const certificate = (more: Partial<Extract<Proof, { kind: 'certificate' }>> = {}): Proof => ({
    kind: 'certificate',
    key: 'rsa2048',
    ...more,
  });
  const RENDER = {
    strongswan: (connection: Connection) => strongswanConfig([connection], '5.9.8', authority),
    libreswan: (connection: Connection) => libreswanConfig([connection], '4.10', authority),
    openiked: (connection: Connection) => openikedConfig([connection], authority),
  };
  /** What has to stand in the configuration, or why it cannot be. */
  const cases: readonly [daemon: keyof typeof RENDER, connection: Connection, ...lines: string[]][] = [
    [
      'strongswan',
      between({ ike: 'aes256-aes128-sha256-modp2048' }),
      'version = 2',
      'proposals = aes256-aes128-sha256-modp2048',
      'auth = psk',
    ],
    ['strongswan', between({ child: 'aes256gcm16-x25519-esn-noesn' }), 'esp_proposals = aes256gcm16-curve25519-esn-noesn'],
    ['strongswan', between({ child: 'ah:sha256' }), 'ah_proposals = sha256'],
    ['strongswan', between({ speaks: 'ikev1-aggressive' }), 'version = 1', 'aggressive = yes'],
    ['strongswan', between({ childless: true, mode: 'transport' }), 'childless = force', 'mode = transport'],
    ['strongswan', between({ lifetimes: { ike: 60, child: 30 } }), 'rekey_time = 60s', 'rekey_time = 30s'],
    ['strongswan', between({}, certificate({ rsa: 'pss' })), 'auth = rsa/pss-sha256', 'auth = pubkey', 'certs = one.pem'],
    ['strongswan', between({ child: 'esp:aes256-sha1+ah:sha1' }), 'unsupported: charon has no proposals of two protocols together'],
    ['strongswan', between({ speaks: 'ikev1-main' }, certificate({ key: 'ed25519' })), 'unsupported: IKEv1 has no method for Ed25519'],
    ['libreswan', between({ ike: 'aes256-sha256-modp2048' }), 'ike=aes_cbc_256-hmac_sha2_256;modp2048', 'ikev2=yes', 'authby=secret'],
    ['libreswan', between({ child: 'aes128gcm16-modp2048-esn' }), 'phase2alg=aes_gcm_16_128;modp2048', 'pfs=yes', 'esn=yes'],
    ['libreswan', between({ child: 'ah:sha256' }), 'phase2=ah', 'phase2alg=hmac_sha2_256_128', 'pfs=no'],
    ['libreswan', between({ speaks: 'ikev1-aggressive' }), 'aggressive=yes', 'ikev2=no'],
    ['libreswan', between({}, certificate({ rsa: 'pss' })), 'authby=rsa-sha2', 'leftcert=left.lab-rsa2048-root-valid'],
    ['libreswan', between({}, certificate({ rsa: 'pkcs1' })), 'unsupported: libreswan has no authby that signs with PKCS #1 and SHA2'],
    ['libreswan', between({ ike: 'des-md5-modp768' }), 'ike=des-md5;modp768', 'unsupported: libreswan: encrypt 2 is not known'],
    ['openiked', between({ ike: 'aes256-sha256-modp2048' }), 'ikesa enc aes-256 prf hmac-sha2-256 auth hmac-sha2-256 group modp2048'],
    ['openiked', between({ child: 'aes256-sha1-noesn' }), 'childsa enc aes-256 auth hmac-sha1 noesn', 'from 10.1.0.0/16 to 10.2.0.0/16'],
    ['openiked', between({}), 'srcid "left.lab" dstid "right.lab"', 'passive esp', 'psk "'],
    ['openiked', between({}, certificate({ rsa: 'classic' })), ' rsa'],
    ['openiked', between({ speaks: 'ikev1-main' }), 'unsupported: iked speaks IKEv2 only'],
    ['openiked', between({ childless: true }), 'unsupported: iked always asks for a child SA'],
    ['libreswan', between({ childless: true }), 'unsupported: libreswan always asks for a child SA'],
    ['openiked', between({ child: 'aes128gcm16' }), 'unsupported: iked drops childsa enc aes-128-gcm on Linux'],
    ['openiked', between({ ike: 'aes256-sha256-x25519-ke1_mlkem768' }), 'unsupported: iked has no word for ake1'],
  ];
  for (const [daemon, connection, ...lines] of cases)
    it(`${daemon}: ${lines.join(', ')}`, async () => {
      const { files, doubts } = await RENDER[daemon](connection);
      const text = [...files.map((file) => file.text), ...[...doubts.values()].map((why) => `unsupported: ${why}`)].join('\n');
      for (const line of lines) expect(text).to.include(line);
      expect(doubts.size).to.equal(lines.some((line) => line.startsWith('unsupported')) ? 1 : 0);
    });

  it('is given in the words of a daemon where it has to be', async () => {
    const own = { strongswan: { ike: ['aes256-sha256-modp2048s256'], child: [], lines: ['encap = yes'] } };
    const { files } = await RENDER.strongswan(between({ child: 'aes256-sha1', own }));
    const text = files.find(({ name }) => name === 'swanctl.conf')?.text;
    expect(text).to.include('proposals = aes256-sha256-modp2048s256').and.include('encap = yes').and.not.include('esp_proposals');
  });
});

describeDaemons('neutral connections between real daemons and our own peer', ['strongswan', 'libreswan', 'openiked'], () => {
  let lab: Lab;
  const peers = new Map<string, Peer>();
  before(async () => {
    lab = await createLab('pairs');
    for (const spec of ['strongswan', 'libreswan', 'openiked'] as const) peers.set(spec, await lab.peer(spec));
    peers.set('own', await lab.own());
  });
  after(() => lab?.close());

  const peerOf = (spec: PeerSpec | 'own'): Peer => peers.get(spec) as Peer;
  /** Both sides of a connection, as far as it is known to both; with what they cannot do. */
  const load = async (initiator: Peer, responder: Peer, more: Partial<Connection>, proof: Proof): Promise<readonly string[]> => {
    const base = between(more, proof);
    const connection = {
      ...base,
      local: { ...base.local, address: initiator.address4 },
      remote: { ...base.remote, address: responder.address4 },
    };
    const refused = [...(await responder.load([mirrored(connection)])), ...(await initiator.load([connection]))];
    return refused.map(({ reason }) => reason);
  };

  const PAIRS = [
    ['strongswan', 'libreswan'],
    ['libreswan', 'strongswan'],
    ['strongswan', 'openiked'],
    ['openiked', 'strongswan'],
    ['own', 'strongswan'],
    ['strongswan', 'own'],
    ['own', 'libreswan'],
    ['own', 'openiked'],
  ] as const;
  for (const [from, to] of PAIRS)
    it(`${from} begins with ${to}: both tell of the same SAs, rekey them and let them go`, async () => {
      const [initiator, responder] = [peerOf(from), peerOf(to)];
      const suites = { ike: 'aes256-sha256-modp2048', child: 'aes256-sha1-noesn' };
      expect(await load(initiator, responder, suites, KEY)).to.deep.equal([]);
      expect(await initiator.initiate('one')).to.include({ outcome: 'done' });
      const [ours] = await initiator.status();
      const [theirs] = await responder.status();
      expect([ours, theirs].map((each) => each?.suite)).to.deep.equal(Array(2).fill('aes256-sha256-prfsha256-modp2048'));
      expect([ours, theirs].map((each) => [each?.established, each?.initiator])).to.deep.equal([
        [true, true],
        [true, false],
      ]);
      expect([ours?.remoteIdentity, theirs?.remoteIdentity]).to.deep.equal(['right.lab', 'left.lab']);
      const [child, other] = [ours?.children[0], theirs?.children[0]];
      expect(child).to.include({ established: true, protocol: 'esp', mode: 'tunnel', suite: 'aes256-sha1-noesn' });
      expect(other).to.deep.include({ suite: child?.suite, spis: child?.spis?.toReversed() });
      expect([child?.local, child?.remote]).to.deep.equal([['10.1.0.0/16'], ['10.2.0.0/16']]);
      const cannot = from === 'openiked';
      for (const what of ['child', 'ike'] as const)
        expect((await initiator.rekey('one', what)).outcome, what).to.equal(cannot ? 'unsupported' : 'done');
      expect(await initiator.terminate('one')).to.include({ outcome: 'done' });
      expect(await initiator.status()).to.deep.equal([]);
    });

  it('IKEv1 in both modes, with keys and certificates', async () => {
    const outcomes: string[] = [];
    for (const speaks of ['ikev1-main', 'ikev1-aggressive'] as const)
      for (const proof of [KEY, { kind: 'certificate', key: 'rsa2048', issuer: 'intermediate' } as const]) {
        const more = { speaks, ike: 'aes256-sha256-modp2048', child: 'aes256-sha256-modp2048' };
        expect(await load(peerOf('strongswan'), peerOf('libreswan'), more, proof)).to.deep.equal([]);
        await peerOf('strongswan').initiate('one');
        // The last message of quick mode may still be on its way to it.
        let [status] = await peerOf('libreswan').status();
        for (let tries = 0; tries < 40 && !status?.children[0]?.established; tries++) {
          await sleep(50);
          [status] = await peerOf('libreswan').status();
        }
        outcomes.push([status?.version, status?.suite, status?.children[0]?.suite].join(' '));
      }
    expect(outcomes).to.deep.equal(Array(4).fill('1 aes256-sha256-modp2048 aes256-sha256-modp2048'));
  });

  const KINDS = ['rsa2048', 'ecdsa256', 'ecdsa384', 'ecdsa521', 'ed25519'] as const;
  for (const to of ['libreswan', 'openiked'] as const)
    it(`strongswan begins with ${to}, each with a certificate of every kind that both have`, async () => {
      const outcomes: string[] = [];
      for (const key of KINDS) {
        const refused = await load(peerOf('strongswan'), peerOf(to), { child: 'aes256-sha1' }, { kind: 'certificate', key });
        if (refused.length === 0) await peerOf('strongswan').initiate('one');
        const [status] = refused.length === 0 ? await peerOf('strongswan').status() : [];
        outcomes.push(`${key} ${refused.length > 0 ? 'unsupported' : status?.established}`);
      }
      expect(outcomes).to.deep.equal(KINDS.map((key) => `${key} ${key === 'ed25519' ? 'unsupported' : 'true'}`));
    });

  it('a certificate that is out of date, or of a stranger, is not believed', async () => {
    for (const more of [{ validity: 'expired' }, { issuer: 'stranger' }] as const) {
      const proof = { kind: 'certificate', key: 'ecdsa256' } as const;
      const base = between({ child: 'aes256-sha1' }, proof);
      const [initiator, responder] = [peerOf('strongswan'), peerOf('libreswan')];
      const connection = {
        ...base,
        local: { ...base.local, address: initiator.address4, proof: { ...proof, ...more } },
        remote: { ...base.remote, address: responder.address4 },
      };
      await responder.load([mirrored({ ...connection, local: { ...connection.local, proof } })]);
      await initiator.load([connection]);
      expect(await initiator.initiate('one')).to.include({ outcome: 'failed' });
    }
  });

  it('what a daemon has no words for is told in its own', async () => {
    const [, responder] = [peerOf('strongswan'), peerOf('libreswan')];
    const refused = async (peer: Peer, more: Partial<Connection>): Promise<string> =>
      (await peer.load([mirrored(between(more))])).map(({ reason }) => reason).join();
    expect(await refused(responder, { ike: 'aes256-sha256-modp1024' })).to.match(/DH algorithm 'modp1024' is not supported/);
    expect(await refused(responder, { speaks: 'ikev1-main', ike: 'aes256gcm16-sha256-modp2048' })).to.match(/not supported by IKEv1/);
    expect(await refused(peerOf('openiked'), { ike: 'aes256-sha256-modp1024s160' })).to.equal('modp1024s160 not a valid transform');
    expect(await refused(peerOf('strongswan'), { ike: 'aes256-sha256-x25519-ke1_mlkem768' })).to.match(/'ke1_mlkem768' not recognized/);
  });
});
