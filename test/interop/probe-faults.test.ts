/** What is wrong behind the first message, and what the probe calls it: each fault with each daemon. */
import { expect } from 'chai';
import { after, before, it } from 'mocha';
import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type Authority, type ChainWish, labAuthority } from '../../interop/daemons/authority.ts';
import type { Connection, Proof } from '../../interop/daemons/connection.ts';
import { createLab, type Lab } from '../../interop/daemons/lab.ts';
import { type Peer, type PeerKind, PSK } from '../../interop/daemons/peer.ts';
import type { StrongswanOptions } from '../../interop/daemons/strongswan.ts';
import { describeDaemons } from '../support/daemons.ts';
import { type Mapped, mapPeer } from '../support/mapping.ts';

const IKE = { ikev2: 'aes256-sha256-prfsha256-modp2048', 'ikev1-main': 'aes256-sha256-modp2048' } as const;
type Spoken = keyof typeof IKE;
/** iked of Linux has no SHA2-256 for traffic. */
const CHILD = { strongswan: 'aes256-sha256', libreswan: 'aes256-sha256', openiked: 'aes256-sha1' } as const;
const KEY = 'rsa2048';

/** The code of the session, or of what protects traffic where there is a session; a pattern is what the daemon says to its own part. */
type Expected = string | RegExp;

interface Fault {
  readonly fault: string;
  /** How both sides prove themselves. */
  readonly proof: 'psk' | 'certificate';
  /** What is wrong with us, or with the peer. */
  readonly ours?: Partial<ChainWish>;
  readonly theirs?: Partial<ChainWish>;
  readonly secret?: string;
  readonly options?: readonly string[];
  readonly ikev2: { readonly [K in PeerKind]?: Expected };
  readonly 'ikev1-main': { readonly [K in PeerKind]?: Expected };
}

const hosts = ({ address4 }: Peer): readonly string[] => ['--local-ts', '10.99.0.1', '--remote-ts', address4];
const OTHER_NETWORKS = ['--local-ts', '10.77.0.0/24', '--remote-ts', '10.78.0.0/24'];
const OTHER_IDENTITY = ['--id', 'stranger.lab'];

/** @see the daemons' own words for the same in docs/differential.md */
const FAULTS: readonly Fault[] = [
  {
    fault: 'nothing',
    proof: 'psk',
    ikev2: { strongswan: 'answered', libreswan: 'answered', openiked: 'answered' },
    'ikev1-main': { strongswan: 'answered', libreswan: 'answered' },
  },
  {
    // IKEv2 has one word for both, by design: it is told which of them it can be.
    fault: 'another pre-shared key',
    proof: 'psk',
    secret: 'not the one that is configured',
    ikev2: { strongswan: 'key-or-identity', libreswan: 'key-or-identity', openiked: 'key-or-identity' },
    'ikev1-main': { strongswan: 'wrong-key', libreswan: 'wrong-key' },
  },
  {
    fault: 'an identity it does not know',
    proof: 'psk',
    options: OTHER_IDENTITY,
    ikev2: { strongswan: 'key-or-identity', libreswan: 'key-or-identity', openiked: 'key-or-identity' },
    'ikev1-main': { strongswan: 'identity-refused', libreswan: 'identity-refused' },
  },
  {
    // libreswan shows its own identity before it refuses ours.
    fault: 'another identity than it has is wanted',
    proof: 'psk',
    options: ['--peer-id', 'other.lab'],
    ikev2: { strongswan: 'key-or-identity', libreswan: 'peer-identity', openiked: 'key-or-identity' },
    'ikev1-main': { strongswan: 'peer-identity', libreswan: 'peer-identity' },
  },
  {
    // iked makes child SAs for what it has, whatever it was asked for.
    fault: 'traffic it has no child SA for',
    proof: 'psk',
    options: OTHER_NETWORKS,
    ikev2: { strongswan: 'traffic-refused', libreswan: 'traffic-refused', openiked: 'answered' },
    'ikev1-main': { strongswan: 'traffic-refused', libreswan: 'traffic-refused' },
  },
  {
    // iked gives up the whole connection where the others refuse the child SA.
    fault: 'no suite for traffic in common',
    proof: 'psk',
    options: ['--offer', 'esp:3des-md5'],
    ikev2: { strongswan: 'offer-refused', libreswan: 'offer-refused', openiked: 'child-refused' },
    'ikev1-main': { strongswan: 'offer-refused', libreswan: 'offer-refused' },
  },
  {
    fault: 'nothing',
    proof: 'certificate',
    ikev2: { strongswan: 'answered', libreswan: 'answered', openiked: 'answered' },
    'ikev1-main': { strongswan: 'answered', libreswan: 'answered' },
  },
  {
    fault: 'our certificate is of an authority it does not trust',
    proof: 'certificate',
    ours: { issuer: 'stranger' },
    ikev2: { strongswan: 'certificate-untrusted', libreswan: 'certificate-untrusted', openiked: 'certificate-untrusted' },
    'ikev1-main': { strongswan: 'certificate-untrusted', libreswan: 'certificate-untrusted' },
  },
  {
    fault: 'our certificate has expired',
    proof: 'certificate',
    ours: { validity: 'expired' },
    ikev2: { strongswan: 'certificate-expired', libreswan: 'certificate-expired', openiked: 'certificate-expired' },
    'ikev1-main': { strongswan: 'certificate-expired', libreswan: 'certificate-expired' },
  },
  {
    // libreswan looks into the certificate for whom it knows.
    fault: 'our certificate is for another identity',
    proof: 'certificate',
    options: OTHER_IDENTITY,
    ikev2: { strongswan: 'certificate-identity', libreswan: 'answered', openiked: 'certificate-identity' },
    'ikev1-main': { strongswan: 'certificate-identity', libreswan: 'answered' },
  },
  {
    // libreswan names no authority that it would ask for, and refuses us before it shows its own certificate.
    fault: 'its certificate is of an authority we do not trust',
    proof: 'certificate',
    theirs: { issuer: 'stranger' },
    ikev2: { strongswan: 'peer-certificate-untrusted', libreswan: 'certificate-refused', openiked: 'peer-certificate-untrusted' },
    'ikev1-main': { strongswan: 'peer-certificate-untrusted', libreswan: 'certificate-refused' },
  },
  {
    fault: 'its certificate has expired',
    proof: 'certificate',
    theirs: { validity: 'expired' },
    ikev2: {
      strongswan: 'peer-certificate-expired',
      libreswan: /certificate '.*' is expired or not yet valid/,
      openiked: 'peer-certificate-expired',
    },
    'ikev1-main': { strongswan: 'peer-certificate-expired', libreswan: /certificate '.*' is expired or not yet valid/ },
  },
];

for (const kind of ['strongswan', 'libreswan', 'openiked'] as const) {
  describeDaemons(`faults behind the first message, named to ${kind}`, [kind], () => {
    let lab: Lab;
    let peer: Peer;
    const client = clientFiles();
    before(async () => {
      lab = await createLab('faults');
      peer = await lab.peer(kind, {});
    });
    after(async () => {
      client.remove();
      await lab?.close();
    });

    for (const speaks of ['ikev2', 'ikev1-main'] as const)
      for (const each of FAULTS) {
        const expected = each[speaks][kind];
        if (expected === undefined) continue;
        it(`${speaks}, by ${each.proof}, ${each.fault}: ${String(expected)}`, async () => {
          const cannot = await peer.load([connection(peer, kind, speaks, each)]);
          if (expected instanceof RegExp) {
            expect(cannot[0]?.reason).to.match(expected);
            return;
          }
          expect(cannot).to.deep.equal([]);
          const credentials = each.proof === 'psk' ? client.secret(each.secret ?? PSK) : await client.certificate(each.ours ?? {});
          const mapped = await probed(lab, peer, kind, speaks, [...credentials, ...(each.options ?? [])]);
          expect(namedIn(mapped), JSON.stringify(mapped.report.sessions)).to.equal(expected);
          // A refusal is heard once: nothing is tried again with what was refused.
          expect(mapped.report.sessions).to.have.lengthOf(1);
          expect(
            (await peer.status()).filter(({ established }) => established),
            'left behind',
          ).to.deep.equal([]);
        });
      }
  });
}

describeDaemons('a kernel that does not take the SA', ['strongswan', 'libreswan'], () => {
  let lab: Lab;
  before(async () => {
    lab = await createLab('kernel');
  });
  after(() => lab?.close());

  // pluto says TS_UNACCEPTABLE then, charon NO_PROPOSAL_CHOSEN: only a group that charon has named before gives it away.
  for (const [kind, child, code] of [
    ['strongswan', 'aes256-sha256-ecp256-noesn', 'not-installed'],
    ['strongswan', 'aes256-sha256-noesn', 'algorithms-refused'],
    ['libreswan', 'aes256-sha256-noesn', 'not-installed'],
  ] as const) {
    it(`${kind} with ${child}: ${code}`, async function () {
      const options: StrongswanOptions = { forgivingKernel: false };
      const peer = await lab.peer(kind, options);
      await peer.load([{ ...connection(peer, kind, 'ikev2', { proof: 'psk' }), child }]);
      const files = clientFiles();
      const mapped = await probed(lab, peer, kind, 'ikev2', files.secret(PSK));
      files.remove();
      const log = await peer.log();
      await peer.stop();
      // On a kernel with ESP there is nothing to see: the SA is made.
      if (!/unable to add SAD entry|netlink response for Add SA/.test(log)) this.skip();
      expect(namedIn(mapped)).to.equal(code);
    });
  }
});

/** The state of what protects traffic, or the code of what is in its way. */
function namedIn(mapped: Mapped): string | undefined {
  const [session] = mapped.report.sessions ?? [];
  if (session?.state !== 'established') return session?.why?.code;
  const last = mapped.report.exchanges.at(-1);
  if (last?.offers.some(({ accepted }) => !accepted) && last.state === 'answered') return 'offer-refused';
  return last?.state === 'answered' ? 'answered' : last?.why?.code;
}

function probed(lab: Lab, peer: Peer, kind: PeerKind, speaks: Spoken, options: readonly string[]): Promise<Mapped> {
  const has = (flag: string): boolean => options.includes(flag);
  return mapPeer(
    lab,
    peer.address4,
    ...(speaks === 'ikev2' ? ['--ike', 'v2'] : ['--ike', 'v1', '--mode', 'main']),
    '--offer',
    IKE[speaks],
    '--rate',
    '500',
    ...(options.some((option) => option.startsWith('esp:')) ? [] : ['--offer', `esp:${CHILD[kind]}`]),
    ...(has('--id') ? [] : ['--id', 'client.lab']),
    ...(has('--local-ts') ? [] : hosts(peer)),
    ...options,
  );
}

function connection(
  { name, address4 }: Peer,
  kind: PeerKind,
  speaks: Spoken,
  { proof, theirs }: Pick<Fault, 'proof' | 'theirs'>,
): Connection {
  const by = (more: Partial<ChainWish>): Proof =>
    proof === 'psk' ? { kind: 'psk', secret: PSK } : { kind: 'certificate', key: KEY, ...more };
  return {
    name: 'case',
    speaks,
    ike: IKE[speaks],
    child: `${CHILD[kind]}${speaks === 'ikev2' ? '-noesn' : ''}`,
    local: { address: address4, identity: `${name}.lab`, proof: by(theirs ?? {}) },
    remote: { address: '10.99.0.1', identity: 'client.lab', proof: by({}) },
  };
}

/** The client's secret or certificate, as options that name files. */
function clientFiles(authority: Authority = labAuthority()) {
  mkdirSync('build', { recursive: true });
  const directory = mkdtempSync(join('build', 'faults-'));
  const file = (name: string, text: string): string => {
    const path = join(directory, name);
    writeFileSync(path, text);
    chmodSync(path, 0o600);
    return path;
  };
  return {
    secret: (text: string) => ['--psk-file', file('secret', text)],
    certificate: async (wish: Partial<ChainWish>): Promise<readonly string[]> => {
      const chain = await authority.chain({ identity: 'client.lab', key: KEY, ...wish });
      const certificate = file('client.pem', [chain.certificate, ...chain.intermediates].join('\n'));
      return ['--cert', certificate, '--key', file('client.key', chain.key), '--ca', file('root.pem', await authority.root(KEY))];
    },
    remove: () => rmSync(directory, { recursive: true, force: true }),
  };
}
