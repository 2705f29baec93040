/** IKEv1 to the end against real daemons: phase 1 in both modes, quick modes, deletes, XAUTH refused, and being asked. */
import { expect } from 'chai';
import { after, before, describe, it } from 'mocha';
import { fileURLToPath } from 'node:url';
import { answeringAnybody } from '../../interop/daemons/anybody.ts';
import type { Connection } from '../../interop/daemons/connection.ts';
import { createLab, type Lab } from '../../interop/daemons/lab.ts';
import type { Peer } from '../../interop/daemons/peer.ts';
import { describeDaemons } from '../support/daemons.ts';
import type { ClientPlan, QuickPlan } from '../support/ikev1-client.ts';

const CLIENT = fileURLToPath(new URL('../support/ikev1-client.ts', import.meta.url));
const OWN = '10.99.0.1';
const PSK = 'lab-secret';
const AES256_SHA256 = { cipher: [7, 256], hash: 4, group: 14 } as const;
const ESP = { protocol: 3, transform: 12, bits: 256, integrity: 5 };

interface Report {
  readonly result?: {
    readonly established: boolean;
    readonly failure?: Readonly<Record<string, unknown>>;
    readonly nat?: unknown;
    readonly alive?: boolean;
    readonly quick?: readonly {
      readonly ok: boolean;
      readonly failure?: { readonly notify?: number };
      readonly children?: readonly (readonly Child[])[];
    }[];
  };
  readonly events: readonly Readonly<Record<string, unknown>>[];
}

interface Child {
  readonly ownSpi: string;
  readonly mode: number;
  readonly keys: { readonly inbound: string; readonly outbound: string };
}

type Initiating = Extract<ClientPlan, { role: 'initiator' }>;

describeDaemons('IKEv1 exchanges with real daemons', ['strongswan', 'libreswan'], () => {
  let lab: Lab;
  let daemons: Readonly<Record<'strongSwan' | 'libreswan', Peer>>;

  const client = async (plan: ClientPlan): Promise<Report> => {
    const ran = await lab.command([process.execPath, '--import', 'tsx', CLIENT], { input: JSON.stringify(plan) });
    if (ran.stdout === '') throw new Error(ran.stderr);
    return JSON.parse(ran.stdout) as Report;
  };
  const ask = (peer: Peer, more: Partial<Initiating> = {}): Promise<Report> =>
    client({
      role: 'initiator',
      mode: 'main',
      peer: peer.address4,
      own: OWN,
      identity: 'client.lab',
      psk: PSK,
      suites: [AES256_SHA256],
      ...more,
    });

  before(async () => {
    lab = await createLab('v1');
    const host = await lab.host();
    const anybody = answeringAnybody('strongswan', host, {
      ike: SUITES.map(({ charon }) => charon),
      esp: ['aes256-sha256-modp2048', 'aes256-sha256', 'aes128gcm16-ecp256'],
      version: 1,
      aggressive: true,
    });
    daemons = {
      strongSwan: await lab.strongswan({ connections: [...anybody, XAUTH], dosProtection: false, keys: true }, host),
      libreswan: await lab.libreswan({
        ike: SUITES.flatMap(({ pluto }) => pluto ?? []),
        esp: ['aes256-sha2_256'],
        version: 1,
        aggressive: true,
      }),
    };
  });
  after(() => lab?.close());

  for (const name of ['strongSwan', 'libreswan'] as const)
    describe(name, () => {
      /** pluto's connection is for the hosts alone, charon's for everything. */
      const clients: Pick<QuickPlan, 'clients'> = name === 'libreswan' ? { clients: 'hosts' } : {};
      const quick: QuickPlan = { sas: [[ESP]], ...clients };

      for (const mode of ['main', 'aggressive'] as const)
        it(`${mode} mode with a pre-shared key, quick modes with and without PFS, a sign of life, everything deleted`, async () => {
          const log = (await daemons[name].log()).length;
          const { result } = await ask(daemons[name], { mode, quick: [quick, { ...quick, group: 14 }], alive: true });
          expect(result).to.deep.include({ established: true, alive: true, nat: { own: false, peer: false } });
          expect(result?.quick?.map(({ ok }) => ok)).to.deep.equal([true, true]);
          const said = (await daemons[name].log()).slice(log);
          if (name === 'strongSwan') {
            expect(said.match(/CHILD_SA \S+ established/g)).to.have.length(2);
            expect(said.match(/received DELETE for ESP CHILD_SA/g)).to.have.length(2);
            expect(said).to.match(/received DELETE for IKE_SA/);
          } else {
            expect(said.match(/IPsec SA established/g)).to.have.length(2);
            expect(said.match(/received Delete SA\(0x\w+\) payload: deleting IPsec/g)).to.have.length(2);
            expect(said).to.match(/deleting state \(STATE_(MAIN_R3|AGGR_R2)\)/);
          }
        });

      it('refused proposals and refused clients are told apart', async () => {
        const { result } = await ask(daemons[name], {
          quick: [{ ...quick, sas: [[{ ...ESP, bits: 192 }]] }, { sas: [[ESP]], clients: 'strangers' }, quick],
        });
        const said = result?.quick?.map(({ ok, failure }) => (ok ? 'ok' : failure?.notify));
        // charon narrows 0.0.0.0/0 to any network that is asked for.
        expect(said).to.deep.equal(name === 'strongSwan' ? [14, 'ok', 'ok'] : [14, 18, 'ok']);
      });

      it('a NAT is seen, and the exchange floats to port 4500', async () => {
        const { result } = await ask(daemons[name], { pretended: '10.1.1.1', quick: [quick] });
        expect(result).to.deep.include({ established: true, nat: { own: true, peer: false } });
        expect(result?.quick?.[0]?.children?.[0]?.[0]?.mode).to.equal(3);
        if (name === 'libreswan') expect(await daemons[name].log()).to.include(`NATD=${OWN}:4500`);
      });

      it('another key in main mode', async () => {
        const { result } = await ask(daemons[name], { psk: 'another', retries: 1 });
        expect(result?.failure).to.include(
          name === 'strongSwan'
            ? { kind: 'undecipherable', step: 'authentication' }
            : { kind: 'silence', step: 'authentication', repeats: true },
        );
      });

      it('another key in aggressive mode', async () => {
        const { result } = await ask(daemons[name], { mode: 'aggressive', psk: 'another' });
        expect(result?.failure).to.deep.equal({ kind: 'proof', step: 'authentication', fault: 'hash' });
      });

      it('a suite that is not configured', async () => {
        const { result } = await ask(daemons[name], { suites: [{ cipher: [7, 192], hash: 5, group: 14 }] });
        expect(result?.failure).to.include({ kind: 'notify', step: 'proposal', notify: 14 });
      });

      it('every suite that it can do', async () => {
        const outcomes: string[] = [];
        for (const { charon, pluto, words } of SUITES) {
          if (name === 'libreswan' && pluto === undefined) continue;
          const { result } = await ask(daemons[name], { suites: [words], linger: 20 });
          outcomes.push(`${charon}: ${result?.established === true ? 'established' : JSON.stringify(result?.failure)}`);
        }
        expect(outcomes.filter((each) => !each.endsWith(': established'))).to.deep.equal([]);
        expect(outcomes).to.have.length(SUITES.filter(({ pluto }) => name === 'strongSwan' || pluto).length);
      }).timeout(120_000);
    });

  it('charon has the same keys for a CHILD_SA, octet by octet', async () => {
    const { result } = await ask(daemons.strongSwan, { quick: [{ sas: [[ESP]], group: 14 }] });
    const child = result?.quick?.[0]?.children?.[0]?.[0];
    const log = await daemons.strongSwan.keyLog();
    const last = (label: string): string => dump(log, label).at(-1) ?? '';
    expect(child?.keys.outbound).to.equal(last('encryption initiator key') + last('integrity initiator key'));
    expect(child?.keys.inbound).to.equal(last('encryption responder key') + last('integrity responder key'));
  });

  it('charon wants XAUTH, is refused, and nothing hangs', async () => {
    const { result, events } = await ask(daemons.strongSwan, { auth: 65001, linger: 400 });
    expect(result).to.include({ established: true });
    expect(events).to.deep.include({ kind: 'config-refused', what: 'xauth' });
    expect(await daemons.strongSwan.log()).to.match(/XAuth authentication of '\S+' failed/);
  });

  for (const mode of ['main', 'aggressive'] as const)
    it(`charon begins, in ${mode} mode, and has its CHILD_SA`, async () => {
      const host = await lab.host();
      const plan: ClientPlan = {
        role: 'responder',
        own: OWN,
        peer: host.address4,
        identity: 'client.lab',
        psk: PSK,
        profile: 'strongswan@5.9.8',
        settings: { aggressive_mode_psk: 'yes' },
        milliseconds: 5000,
      };
      const serving = client(plan);
      const charon = await lab.strongswan({ connections: [beginning(mode)], patience: { seconds: 0.7, tries: 5 } }, host);
      await charon.initiate('out');
      const { events } = await serving;
      const log = await charon.log();
      await charon.stop();
      // charon says INITIAL-CONTACT beside its proof.
      const kinds = events.map(({ kind }) => kind).filter((kind) => kind !== 'notified');
      expect(kinds.slice(0, 2)).to.deep.equal(['authenticated', 'child']);
      expect(log).to.match(/IKE_SA out\[\d+\] established/);
      expect(log).to.match(/CHILD_SA out\{\d+\} established/);
    });
});

/** The octets that charon dumps beneath a line of its log. */
function dump(log: string, label: string): string[] {
  const parts = log.split('\n').map((line) => line.replace(/^\d+\[CHD\] /, ''));
  return parts.flatMap((line, i) => {
    if (!line.startsWith(label)) return [];
    const rows = parts.slice(i + 1);
    const end = rows.findIndex((row) => !/^ +\d+: /.test(row));
    return rows
      .slice(0, end)
      .map((row) =>
        row
          .replace(/^ +\d+: /, '')
          .slice(0, 48)
          .replaceAll(' ', '')
          .toLowerCase(),
      )
      .join('');
  });
}

interface Suite {
  readonly charon: string;
  /** In libreswan's words; left out what 4.10 cannot do. */
  readonly pluto?: string;
  readonly words: { readonly cipher: readonly [number, number?]; readonly hash: number; readonly group: number };
}

/** Each cipher, hash and group at least once. pluto 4.10 has neither groups 1 and 2 nor MD5 in its build. */
const SUITES: readonly Suite[] = [
  { charon: 'aes256-sha256-modp2048', pluto: 'aes256-sha2_256-modp2048', words: AES256_SHA256 },
  { charon: '3des-sha1-modp1024', words: { cipher: [5], hash: 2, group: 2 } },
  { charon: '3des-sha1-modp1536', pluto: '3des-sha1-modp1536', words: { cipher: [5], hash: 2, group: 5 } },
  { charon: '3des-md5-modp768', words: { cipher: [5], hash: 1, group: 1 } },
  { charon: 'aes128-sha1-modp1536', pluto: 'aes128-sha1-modp1536', words: { cipher: [7, 128], hash: 2, group: 5 } },
  { charon: 'aes192-sha384-modp3072', pluto: 'aes192-sha2_384-modp3072', words: { cipher: [7, 192], hash: 5, group: 15 } },
  { charon: 'aes256-sha512-modp4096', pluto: 'aes256-sha2_512-modp4096', words: { cipher: [7, 256], hash: 6, group: 16 } },
  { charon: 'aes128-sha256-ecp256', pluto: 'aes128-sha2_256-dh19', words: { cipher: [7, 128], hash: 4, group: 19 } },
  { charon: 'aes256-sha384-ecp384', pluto: 'aes256-sha2_384-dh20', words: { cipher: [7, 256], hash: 5, group: 20 } },
  { charon: 'aes256-sha512-ecp521', pluto: 'aes256-sha2_512-dh21', words: { cipher: [7, 256], hash: 6, group: 21 } },
  { charon: 'camellia128-sha256-modp2048', words: { cipher: [8, 128], hash: 4, group: 14 } },
  { charon: 'camellia256-sha1-modp2048', words: { cipher: [8, 256], hash: 2, group: 14 } },
  { charon: 'aes128-md5-modp2048', words: { cipher: [7, 128], hash: 1, group: 14 } },
];

const proof = { kind: 'psk', secret: PSK } as const;

const XAUTH: Connection = {
  name: 'xauth',
  speaks: 'ikev1-main',
  ike: 'aes256-sha256-modp2048',
  local: { address: 'any', proof, traffic: ['0.0.0.0/0'] },
  remote: { address: 'any', proof },
  own: { strongswan: { lines: ['remote-2 { auth = xauth }'] } },
};

const beginning = (mode: 'main' | 'aggressive'): Connection => ({
  name: 'out',
  speaks: `ikev1-${mode}`,
  ike: 'aes256-sha256-modp2048',
  child: 'aes256-sha256',
  local: { address: 'any', identity: 'charon.lab', proof, traffic: ['10.98.0.0/24'] },
  remote: { address: OWN, identity: 'client.lab', proof, traffic: ['10.97.0.0/24'] },
});
