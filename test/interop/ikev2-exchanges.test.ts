/** Our IKEv2 exchanges against real daemons, as initiator and as responder. The daemons' own logs confirm what we say. */
import { expect } from 'chai';
import { after, before, it } from 'mocha';
import { fileURLToPath } from 'node:url';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Connection } from '../../interop/daemons/connection.ts';
import { createLab, type Lab } from '../../interop/daemons/lab.ts';
import { type Peer, type PeerOptions, PSK } from '../../interop/daemons/peer.ts';
import { describeDaemons } from '../support/daemons.ts';
import type { Scenario, Told } from '../support/ikev2-client.ts';
import type { Served, ServerOptions } from '../support/ikev2-server.ts';

const programOf = (name: string): string[] => [
  process.execPath,
  '--import',
  'tsx',
  fileURLToPath(new URL(`../support/${name}.ts`, import.meta.url)),
];

/** Runs scenarios in the client's namespace, one after another. */
async function told(lab: Lab, scenarios: readonly Scenario[]): Promise<readonly Told[]> {
  const ran = await lab.command(programOf('ikev2-client'), { input: JSON.stringify(scenarios), timeoutMs: 60_000 });
  if (ran.status !== 0) throw new Error(ran.stderr);
  return ran.stdout
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as Told);
}

const IKE = 'aes256-sha256-modp2048';

/** What a daemon is asked for, in its own words where they differ. */
interface Subject {
  readonly kind: 'strongswan' | 'libreswan' | 'openiked';
  start(lab: Lab): Promise<Peer>;
  /** pluto protects its own address only, and cannot protect a range; the kernel of the lab takes no SHA2 from iked. */
  readonly host?: true;
  readonly esp: string;
  readonly established: string;
  /** In its log: one child rekeyed, the IKE SA rekeyed, the child deleted, the IKE SA deleted. */
  readonly log: readonly RegExp[];
  readonly noChild: string;
  readonly otherTraffic: string;
}

const SUBJECTS: readonly Subject[] = [
  {
    kind: 'strongswan',
    start: (lab) => lab.strongswan({ ike: [IKE], esp: ['aes256-sha256'], version: 2, dosProtection: false }),
    esp: 'aes256-sha256-noesn',
    established: 'established',
    log: [
      /CHILD_SA v2\{1\} established/,
      /parsed CREATE_CHILD_SA request \d+ \[ N\(REKEY_SA\) SA No TSi TSr \]/,
      /outbound CHILD_SA v2\{3\} established/,
      /IKE_SA v2\[2\] rekeyed between/,
      /received DELETE for IKE_SA v2\[1\]/,
      /received DELETE for ESP CHILD_SA/,
      /received DELETE for IKE_SA v2\[2\]/,
    ],
    noChild: 'refused 14',
    otherTraffic: 'established',
  },
  {
    kind: 'libreswan',
    start: (lab) => lab.libreswan({ ike: ['aes256-sha2_256-modp2048'], esp: ['aes256-sha2_256'], version: 2 }),
    host: true,
    esp: 'aes256-sha256-noesn',
    established: 'established',
    log: [
      /#2: responder established Child SA using #1/,
      /#4: responder rekeyed Child SA #3 using #1/,
      /#5: responder rekeyed IKE SA #1/,
      /#1: deleting state \(STATE_V2_ESTABLISHED_IKE_SA\)/,
      /#5: deleting state \(STATE_V2_ESTABLISHED_IKE_SA\)/,
    ],
    noChild: 'refused 14',
    otherTraffic: 'refused 38',
  },
  {
    kind: 'openiked',
    start: (lab) =>
      lab.openiked({
        ike: ['enc aes-256 prf hmac-sha2-256 auth hmac-sha2-256 group modp2048'],
        esp: ['enc aes-256 auth hmac-sha1 noesn'],
      }),
    esp: 'aes256-sha1-noesn',
    established: 'established wider',
    log: [/established peer .* as responder/, /ikev2_resp_create_child_sa: rekey ESP spi/, /deleted 1 SPI: 0x/, /rekeyed as new IKESA 0x/],
    noChild: 'auth notify 14',
    otherTraffic: 'established wider',
  },
];

for (const subject of SUBJECTS) {
  describeDaemons(`an IKEv2 connection with ${subject.kind} as the responder`, [subject.kind], () => {
    let lab: Lab;
    let peer: Peer;
    let base: Scenario;

    before(async () => {
      lab = await createLab('v2');
      peer = await subject.start(lab);
      const [own, theirs] = ['10.99.0.1', peer.address4].map((address) => `${address}-${address}`) as [string, string];
      const traffic = subject.host ? { ownTraffic: own, peerTraffic: theirs } : {};
      base = { address: peer.address4, psk: PSK, esp: subject.esp, ike: IKE, ...traffic };
    });
    after(() => lab?.close());

    it('comes about, makes and rekeys children and itself, and goes', async () => {
      const { esp } = subject;
      const steps: Scenario['steps'] = [
        'alive',
        { child: esp },
        { rekeyChild: esp, pfs: 'none' },
        { rekeyIke: IKE },
        'alive',
        'delete-child',
        'close',
      ];
      const [made] = await told(lab, [{ ...base, steps }]);
      const { established: child } = subject;
      expect(made).to.include({ established: true, child, peer: `${peer.name}.lab` });
      expect(made?.steps).to.deep.equal(['alive', child, child, 'rekeyed', 'alive', 'deleted', 'closed']);
      const log = await peer.log();
      for (const line of subject.log) expect(log).to.match(line);
    });

    it('goes through port 4500 as well, and without any child', async () => {
      const outcomes = await told(lab, [
        { ...base, float: 'always' },
        { address: base.address, psk: PSK, ike: IKE },
      ]);
      expect(outcomes.map(({ established, child, steps }) => [established, child, ...steps])).to.deep.equal([
        [true, subject.established, 'closed'],
        [true, 'none', 'closed'],
      ]);
    });

    it('tells a wrong key, somebody else, a refused child and refused traffic apart', async () => {
      const outcomes = await told(lab, [
        { ...base, psk: 'not the secret' },
        { ...base, expected: 'somebody.else' },
        { ...base, esp: '3des-md5-noesn' },
        { ...base, ownTraffic: '10.7.0.0-10.7.0.255', peerTraffic: '10.8.0.0-10.8.0.255' },
        { ...base, ike: 'aes128-sha1-modp1024' },
      ]);
      expect(outcomes.map(({ why, child }) => why ?? child)).to.deep.equal([
        'auth notify 24',
        'auth peer-identity',
        subject.noChild,
        subject.otherTraffic,
        'sa-init notify 14',
      ]);
    });
  });
}

describeDaemons('IKEv2 suites with strongSwan as the responder', ['strongswan'], () => {
  const SUITES = [
    'aes128-sha1-modp1024',
    'aes192-sha384-modp1536',
    'aes256-sha512-modp3072',
    '3des-sha1-modp2048',
    '3des-md5-modp1024',
    'aes128-aesxcbc-prfaesxcbc-ecp256',
    'aes128-aescmac-prfaescmac-ecp256',
    'aes128ctr-sha256-ecp256',
    'aes256ctr-sha512-ecp521',
    'aes128gcm16-prfsha256-ecp256',
    'aes256gcm12-prfsha384-ecp384',
    'aes256gcm8-prfsha512-x25519',
    'aes128ccm16-prfsha256-x25519',
    'aes192ccm12-prfsha256-x25519',
    'aes256ccm8-prfsha1-x448',
    'chacha20poly1305-prfsha256-x25519',
    'camellia128-sha256-modp2048',
    'camellia256-sha512-modp4096',
    'aes256-sha256-modp1024s160',
    'aes256-sha256-modp2048s256',
    'aes256-sha256-ecp256bp',
    'aes256-sha256-ecp384bp',
  ];
  /** Where charon writes a word differently. */
  const WORDS: Readonly<Record<string, string>> = { x448: 'curve448' };
  const charon = (suite: string): string =>
    suite
      .split('-')
      .map((word) => WORDS[word] ?? word)
      .join('-');
  let lab: Lab;
  let peer: Peer;
  before(async () => {
    lab = await createLab('v2');
    peer = await lab.strongswan({ ike: SUITES.map(charon), esp: ['aes256-sha256'], version: 2, dosProtection: false });
  });
  after(() => lab?.close());

  it(`are spoken alike: ${SUITES.length} of them, each to a child, a rekeyed IKE SA and the end`, async () => {
    const esp = 'aes256-sha256-noesn';
    const outcomes = await told(
      lab,
      SUITES.map((ike) => ({ address: peer.address4, psk: PSK, ike, esp, steps: [{ rekeyIke: ike }, 'alive', 'close'] })),
    );
    const wanted = SUITES.map((suite) => `${suite} established rekeyed alive closed`);
    expect(outcomes.map(({ why, child, steps }, i) => [SUITES[i], why ?? child, ...steps].join(' '))).to.deep.equal(wanted);
  });
});

describeDaemons('IKEv2 with ML-KEM and strongSwan 6.1.0', ['strongswan@6.1.0'], () => {
  const SUITES = ['aes256-sha256-x25519-ke1_mlkem768', 'aes256gcm16-prfsha384-ecp384-ke1_mlkem1024-ke2_mlkem512'];
  let lab: Lab;
  let peer: Peer;
  before(async () => {
    lab = await createLab('v2');
    peer = await lab.strongswan({ release: '6.1.0', ike: SUITES, version: 2, dosProtection: false });
  });
  after(() => lab?.close());

  it('authenticates after IKE_INTERMEDIATE, whole and in fragments', async () => {
    const base = { address: peer.address4, psk: PSK, esp: 'aes256-sha256-noesn' };
    const outcomes = await told(
      lab,
      SUITES.flatMap((ike) => [
        { ...base, ike, mostOctets: 9000, steps: [{ rekeyIke: ike }, 'alive', 'close'] },
        { ...base, ike, mostOctets: 400, steps: [{ rekeyIke: ike }, 'alive', 'close'] },
      ]),
    );
    expect(outcomes.map(({ child, additional, steps }) => [child, additional, ...steps])).to.deep.equal([
      ['established', [36], 'rekeyed', 'alive', 'closed'],
      ['established', [36], 'rekeyed', 'alive', 'closed'],
      ['established', [37, 35], 'rekeyed', 'alive', 'closed'],
      ['established', [37, 35], 'rekeyed', 'alive', 'closed'],
    ]);
    expect(await peer.log()).to.match(/IKE_INTERMEDIATE request 1 \[ EF\(1\/\d\) \]|received fragment #1 of/);
  });
});

describeDaemons('strongSwan as the initiator of an IKEv2 connection with our responder', ['strongswan'], () => {
  let lab: Lab;
  before(async () => {
    lab = await createLab('v2');
  });
  after(() => lab?.close());

  it('brings a cookie and another group, sends its signs of life, rekeys the IKE SA', async () => {
    const { served, log } = await beginning(lab, { ike: IKE, cookies: true }, {}, 'aes256-sha256-x25519-modp2048');
    expect(served.counts).to.include({ begun: 1, established: 1, failed: 0, refused: 1 });
    expect(served.counts.cookies).to.be.at.least(1);
    expect(served.sessions).to.have.length(1);
    expect(served.sessions[0]).to.deep.include({ children: 1, deleted: 0 });
    expect(served.sessions[0]?.rekeyed).to.be.at.least(1);
    expect(log).to.match(/CHILD_SA out\{1\} established/);
    expect(log).to.match(/IKE_SA out\[2\] rekeyed between/);
    expect(log).to.match(/INFORMATIONAL response \d+ \[ \]/);
  });
});

describeDaemons('strongSwan 6.1.0 as the initiator, with ML-KEM', ['strongswan@6.1.0'], () => {
  let lab: Lab;
  before(async () => {
    lab = await createLab('v2');
  });
  after(() => lab?.close());

  it('goes through IKE_INTERMEDIATE in fragments, and rekeys with IKE_FOLLOWUP_KE', async () => {
    const ike = 'aes256-sha256-x25519-ke1_mlkem768';
    const { served, log } = await beginning(lab, { ike, mostOctets: 400 }, { release: '6.1.0' }, ike);
    expect(served.counts).to.include({ begun: 1, established: 1, failed: 0 });
    expect(served.sessions[0]?.rekeyed).to.be.at.least(1);
    expect(log).to.match(/received fragment #1 of/);
    expect(log).to.match(/parsed IKE_FOLLOWUP_KE response/);
    expect(log).to.match(/IKE_SA out\[2\] rekeyed between/);
  });
});

/** Our responder and a strongSwan that begins, until both have had time to rekey. */
async function beginning(
  lab: Lab,
  options: Pick<ServerOptions, 'ike' | 'cookies' | 'mostOctets'>,
  daemon: PeerOptions,
  ike: string,
): Promise<{ readonly served: Served; readonly log: string }> {
  const asked: ServerOptions = { address: '10.99.0.1', ms: 7000, esp: 'aes256-sha256-noesn', psk: PSK, ...options };
  const serving = lab.command(programOf('ikev2-server'), { input: JSON.stringify(asked) });
  await sleep(1500);
  const proof = { kind: 'psk', secret: PSK } as const;
  const connection: Connection = {
    name: 'out',
    speaks: 'ikev2',
    ike,
    child: 'aes256-sha256',
    local: { address: 'any', identity: 'initiator.lab', proof, traffic: ['10.1.0.0/16'] },
    remote: { address: '10.99.0.1', identity: 'server.lab', proof, traffic: ['10.2.0.0/16'] },
    lifetimes: { ike: 3 },
    own: { strongswan: { lines: ['over_time = 100', 'dpd_delay = 1s'] } },
  };
  const peer = await lab.strongswan({ ...daemon, connections: [connection] });
  await peer.initiate('out');
  const { stdout, stderr } = await serving;
  if (stderr !== '') throw new Error(stderr);
  return { served: JSON.parse(stdout) as Served, log: await peer.log() };
}
