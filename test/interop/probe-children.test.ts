/** Phase 2 of a probe against real daemons: exactly the configured set, everything deleted again, and the time bomb beside the daemon's own log. */
import { expect } from 'chai';
import { after, before, it } from 'mocha';
import type { Connection, Speaks } from '../../interop/daemons/connection.ts';
import { createLab, type Lab } from '../../interop/daemons/lab.ts';
import { type Peer, PSK } from '../../interop/daemons/peer.ts';
import { describeDaemons } from '../support/daemons.ts';
import { acceptedBy, exchangeOf, type Mapped, mapPeerWith, product } from '../support/mapping.ts';

const ESN = ['', '-esn'] as const;
const withEsn = (...suites: readonly string[]): string[] => suites.flatMap((suite) => ESN.map((esn) => suite + esn));

/** A configuration of ESP in our notation, and what a CREATE_CHILD_SA or quick mode has to be for it to be taken. */
interface Case {
  readonly child: string;
  readonly accepted: readonly string[];
  readonly speaks?: Speaks;
  /** In the daemon's own notation, where ours does not say it. */
  readonly own?: readonly string[];
}

const STRONGSWAN: readonly Case[] = [
  { child: 'aes256-sha256-noesn', accepted: ['aes256-sha256'] },
  { child: 'aes256-sha256-ecp256-noesn', accepted: ['aes256-sha256-ecp256'] },
  {
    child: 'aes128gcm16-x25519-noesn-esn,aes256gcm16-noesn',
    accepted: ['aes128gcm16-x25519', 'aes128gcm16-x25519-esn', 'aes256gcm16'],
  },
  {
    child: 'aes256-aes128-sha256-sha1-modp2048-ecp384-noesn',
    accepted: product(['aes256', 'aes128'], ['sha256', 'sha1'], ['modp2048', 'ecp384']),
  },
  {
    child: 'null-sha256-noesn,3des-md5-noesn,des-sha1-modp1024-noesn,chacha20poly1305-noesn',
    accepted: ['null-sha256', '3des-md5', 'des-sha1-modp1024', 'chacha20poly1305'],
  },
  { child: 'ah:sha256-noesn,ah:sha384-modp3072-noesn', accepted: ['ah:sha256', 'ah:sha384-modp3072'] },
  { speaks: 'ikev1-main', child: 'aes256-sha256-modp2048,aes128gcm16', accepted: ['aes256-sha256-modp2048', 'aes128gcm16'] },
  { speaks: 'ikev1-main', child: '3des-md5,des-sha1-modp1024', accepted: ['3des-md5', 'des-sha1-modp1024'] },
];

const PLUTO_GROUPS = ['modp1536', 'modp2048', 'modp3072', 'modp4096', 'modp6144', 'modp8192', 'ecp256', 'ecp384', 'ecp521', 'x25519'];

/** pluto takes both sizes of sequence numbers unless told otherwise, and IKEv1 has one that it knows. */
const LIBRESWAN: readonly Case[] = [
  { child: 'aes256-sha256-noesn-esn', accepted: withEsn('aes256-sha256') },
  { child: 'aes256gcm16-noesn-esn,aes128gcm16-noesn-esn', accepted: withEsn('aes256gcm16', 'aes128gcm16') },
  { child: 'aes128-sha1-noesn-esn,3des-sha512-noesn-esn', accepted: withEsn('aes128-sha1', '3des-sha512') },
  { child: 'chacha20poly1305-noesn-esn', accepted: withEsn('chacha20poly1305') },
  { child: 'aes256-sha256-modp3072-noesn-esn', accepted: withEsn('aes256-sha256-modp3072') },
  { child: 'ah:sha256-noesn-esn', accepted: withEsn('ah:sha256') },
  // In IKEv1 it looks whether there is PFS, and takes every group that it has.
  { speaks: 'ikev1-main', child: 'aes256-sha256-modp2048', accepted: product(['aes256-sha256'], PLUTO_GROUPS) },
];

/** iked of Linux does only CBC and no SHA2-256 for traffic. @see facts measured in docs/differential.md */
const OPENIKED: readonly Case[] = [
  { child: 'aes256-sha1-noesn', accepted: ['aes256-sha1'] },
  { child: 'aes256-sha1-modp2048-noesn', accepted: ['aes256-sha1-modp2048'] },
  { child: 'aes128-sha512-noesn,aes256-sha384-ecp256-noesn', accepted: ['aes128-sha512', 'aes256-sha384-ecp256'] },
  {
    child: 'aes256-aes192-aes128-sha512-sha1-x25519-ecp384-noesn',
    accepted: product(['aes256', 'aes192', 'aes128'], ['sha512', 'sha1'], ['x25519', 'ecp384']),
  },
  { child: '3des-md5-noesn', accepted: ['3des-md5'] },
  { child: 'aes192-md5-modp1536-noesn', accepted: ['aes192-md5-modp1536'] },
];

const IKE = { ikev2: 'aes256-sha256-prfsha256-modp2048', 'ikev1-main': 'aes256-sha256-modp2048', 'ikev1-aggressive': '' } as const;

/** A connection that answers our client. */
function connection(peer: Pick<Peer, 'address4' | 'name'>, { child, speaks = 'ikev2', own }: Case, kind: Peer['kind']): Connection {
  const proof = { kind: 'psk', secret: PSK } as const;
  return {
    name: 'case',
    speaks,
    ike: IKE[speaks],
    child,
    local: { address: peer.address4, identity: `${peer.name}.lab`, proof },
    remote: { address: '10.99.0.1', identity: 'client.lab', proof },
    ...(own && { own: { [kind]: { child: own } } }),
  };
}

for (const [kind, cases] of [
  ['strongswan', STRONGSWAN],
  ['libreswan', LIBRESWAN],
  ['openiked', OPENIKED],
] as const) {
  describeDaemons(`what protects traffic, of ${kind}`, [kind], () => {
    let lab: Lab;
    let peer: Peer;
    before(async () => {
      lab = await createLab('children');
      peer = await lab.peer(kind, {});
    });
    after(() => lab?.close());

    const asked = (speaks: Speaks, ...options: readonly string[]): Promise<Mapped> =>
      mapPeerWith(
        PSK,
        lab,
        peer.address4,
        '--ike',
        speaks === 'ikev2' ? 'v2' : 'v1',
        '--mode',
        'main',
        '--offer',
        IKE[speaks],
        '--rate',
        '500',
        '--id',
        'client.lab',
        ...HOSTS[kind],
        ...options,
      );

    for (const one of cases)
      it(`${one.speaks ?? 'ikev2'} ${one.child}: exactly that, and nothing is left`, async () => {
        const refused = await peer.load([connection(peer, one, kind)]);
        expect(refused).to.deep.equal([]);
        const mapped = await asked(one.speaks ?? 'ikev2');
        const [session] = mapped.report.sessions ?? [];
        expect(session).to.include({ state: 'established' });
        const exchange = one.speaks === undefined ? 'ikev2-child' : 'ikev1-quick';
        expect(acceptedBy(mapped, exchange)).to.deep.equal(one.accepted.toSorted());
        expect(exchangeOf(mapped, exchange).coverage.undecided).to.equal(0);
        expect(mapped.report.traffic).to.deep.include({ ikeSas: { ...mapped.report.traffic.ikeSas, left: 0 } });
        expect(mapped.report.traffic.childSas?.left).to.equal(0);
        expect((await peer.status()).filter(({ established }) => established)).to.deep.equal([]);
      });

    it('PFS in its line, none in ours: the rekeying fails now, and its own log says so', async () => {
      const child = kind === 'openiked' ? 'aes256-sha1-ecp256-noesn' : 'aes256-sha256-ecp256-noesn';
      await peer.load([connection(peer, { child, accepted: [] }, kind)]);
      const mark = (await peer.log()).length;
      const mapped = await asked('ikev2', '--offer', kind === 'openiked' ? 'esp:aes256-sha1' : 'esp:aes256-sha256');
      const [session] = mapped.report.sessions ?? [];
      expect(session?.firstChild).to.include({ state: 'established' });
      expect(session?.rekeys[0]).to.include({ what: 'child', group: 'none', state: 'refused', notify: 'NO_PROPOSAL_CHOSEN' });
      expect(session?.rekeys[1]).to.include({ what: 'ike', state: 'established' });
      expect(mapped.report.findings.map(({ id }) => id)).to.include('rekey-child');
      expect((await peer.log()).slice(mark)).to.match(REFUSED_REKEY[kind]);
    });
  });
}

/** pluto does not narrow what it is asked for. */
const HOSTS = { strongswan: [], libreswan: ['--local-ts', '10.99.0.1', '--remote-ts', '10.99.0.2'], openiked: [] } as const;
/** In the words of each. */
const REFUSED_REKEY = {
  strongswan: /parsed CREATE_CHILD_SA request \d+ \[ N\(REKEY_SA\)[\s\S]*no acceptable proposal found/,
  libreswan: /no local proposal matches remote proposals 1:ESP/,
  openiked: /ikev2_resp_create_child_sa: no proposal chosen|proposals_negotiate: score 0/,
} as const;
