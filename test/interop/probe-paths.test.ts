import { expect } from 'chai';
import { after, afterEach, before, it } from 'mocha';
import type { PathFaults } from '../../interop/daemons/firewall.ts';
import { createLab } from '../../interop/daemons/lab.ts';
import type { Lab } from '../../interop/daemons/lab.ts';
import type { Peer } from '../../interop/daemons/peer.ts';
import type { ExchangeName } from '../../src/probe/result.ts';
import { describeDaemons } from '../support/daemons.ts';
import { acceptedBy, exchangeOf, mapPeer } from '../support/mapping.ts';

const SUITES = ['aes256-sha256-modp2048', 'aes128-sha1-modp1536', 'aes256-sha512-modp4096'];
const ACCEPTED: Readonly<Record<string, readonly string[]>> = {
  'ikev1-main': SUITES,
  'ikev2-init': ['aes256-sha256-prfsha256-modp2048', 'aes128-sha1-prfsha1-modp1536', 'aes256-sha512-prfsha512-modp4096'],
};
/** Nobody has this address. */
const NOBODY = '10.99.0.200';

/** A path, what it does, and whether a mapping over it may leave something undecided. */
const PATHS: readonly { readonly name: string; readonly faults: PathFaults; readonly whole: boolean }[] = [
  { name: 'that doubles every datagram', faults: { duplicate: true }, whole: true },
  { name: 'that drops fragments', faults: { dropFragments: true }, whole: true },
  { name: 'that loses 30 % in each direction', faults: { lossPercent: 30 }, whole: false },
  {
    name: 'that loses 30 %, doubles the rest and drops fragments',
    faults: { lossPercent: 30, duplicate: true, dropFragments: true },
    whole: false,
  },
];

describeDaemons('bad paths', ['strongswan', 'libreswan'], () => {
  let lab: Lab;
  let peers: readonly Peer[];
  before(async () => {
    lab = await createLab('paths');
    peers = [
      await lab.strongswan({ ike: SUITES, dosProtection: false }),
      await lab.libreswan({ ike: ['aes256-sha2_256-modp2048', 'aes128-sha1-modp1536', 'aes256-sha2_512-modp4096'] }),
    ];
  });
  afterEach(() => lab.firewall({}));
  after(() => lab?.close());

  for (const { name, faults, whole } of PATHS) {
    it(`maps both versions over a path ${name}: ${whole ? 'exactly the set' : 'nothing wrong'}`, async () => {
      await lab.firewall(faults);
      await Promise.all(
        peers.map(async (peer) => {
          const options = ['--mode', 'main', '--retries', '4', '--rate', '200', '--budget', '5000'];
          const mapped = await mapPeer(lab, peer.address4, ...options);
          for (const exchange of ['ikev1-main', 'ikev2-init'] as const) {
            if (whole) {
              expect(acceptedBy(mapped, exchange), peer.kind).to.deep.equal([...(ACCEPTED[exchange] ?? [])].toSorted());
              expect(exchangeOf(mapped, exchange).coverage.undecided, peer.kind).to.equal(0);
            } else expectNothingWrong(mapped, exchange, peer.kind);
          }
        }),
      );
    }).timeout(120_000);
  }

  it('says that large datagrams do not arrive', async () => {
    await lab.firewall({ dropFragments: true });
    const [peer] = peers;
    const mapped = await mapPeer(lab, peer?.address4 ?? '', '--ike', 'v1', '--mode', 'main');
    expect(exchangeOf(mapped, 'ikev1-main').notes?.map(({ code }) => code)).to.include('small-datagrams');
  });

  /** What is accepted was configured, and what was configured is accepted or undecided. */
  function expectNothingWrong(mapped: Awaited<ReturnType<typeof mapPeer>>, exchange: ExchangeName, who: string): void {
    const configured = ACCEPTED[exchange] ?? [];
    const found = acceptedBy(mapped, exchange);
    const { rejected, state } = exchangeOf(mapped, exchange);
    for (const suite of found) expect(configured, who).to.include(suite);
    for (const suite of configured.filter((one) => !found.includes(one))) {
      const words = suite.split('-');
      const refused = rejected.some(({ box }) => {
        const slots = Object.values(box);
        return slots.length === words.length && slots.every((values) => values.some((value) => words.includes(value)));
      });
      expect(refused, `${who}: ${suite} is refused`).to.equal(false);
    }
    expect(['answered', 'silent'], who).to.include(state);
  }

  it('says within a second that a port is closed', async () => {
    const host = await lab.host();
    for (const address of [host.address4, host.address6]) {
      const { status, report, ms } = await mapPeer(lab, address);
      expect(report.reachability.state).to.equal('refused');
      expect(report.exchanges.flatMap(({ accepted }) => accepted)).to.deep.equal([]);
      expect(status).to.equal(3);
      expect(ms).to.be.below(1000);
    }
  });

  it('says that a firewall forbids the way', async () => {
    const host = await lab.host();
    await lab.firewall({ block: 'prohibited' }, host);
    const { status, report } = await mapPeer(lab, host.address4);
    expect({ status, state: report.reachability.state }).to.deep.equal({ status: 3, state: 'prohibited' });
  });

  it('says within six seconds that nobody answers, in both versions', async () => {
    const host = await lab.host();
    await lab.firewall({ block: 'silent' }, host);
    for (const address of [host.address4, NOBODY]) {
      const { status, report, ms } = await mapPeer(lab, address);
      expect(report.reachability.state).to.equal('silent');
      expect(report.exchanges.map(({ rejected }) => rejected.length)).to.deep.equal([0, 0, 0]);
      expect(status).to.equal(3);
      expect(ms).to.be.below(6000);
    }
  });

  it('lets the user end the waiting, and reports what is there', async () => {
    const host = await lab.host();
    await lab.firewall({ block: 'silent' }, host);
    const { status, ms } = await mapPeer(lab, host.address4, '--timeout', '100', '--retries', '0');
    expect(status).to.equal(3);
    expect(ms).to.be.below(1500);
  });
});
