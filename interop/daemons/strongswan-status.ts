/** What `swanctl --list-sas --pretty` tells of charon's SAs. */
import type { ChildStatus, IkeStatus } from './peer.ts';
import { suiteOf } from './suite-words.ts';
import { listIn, readVici, type Section, sectionsIn, valueIn } from './vici-text.ts';

/** One for each IKE SA, the newest first. */
export function readStrongswanStatus(text: string): readonly IkeStatus[] {
  return readVici(text)
    .flatMap(sectionsIn)
    .map(([connection, sa]) => ikeStatus(connection, sa))
    .filter((status) => status.connection !== '')
    .toReversed();
}

/** charon's own numbers of the IKE SAs. */
export function idsIn(text: string): readonly string[] {
  return readVici(text)
    .flatMap(sectionsIn)
    .flatMap(([, sa]) => valueIn(sa, 'uniqueid') ?? []);
}

function ikeStatus(connection: string, sa: Section): IkeStatus {
  const version = valueIn(sa, 'version') === '1' ? 1 : 2;
  const state = valueIn(sa, 'state') ?? '';
  const [initiator, responder] = [valueIn(sa, 'initiator-spi'), valueIn(sa, 'responder-spi')];
  const children = sectionsIn(sa).flatMap(([name, each]) => (name === 'child-sas' ? sectionsIn(each) : []));
  const integrity = valueIn(sa, 'integ-alg');
  const prf = valueIn(sa, 'prf-alg');
  const words = {
    encryption: valueIn(sa, 'encr-alg'),
    keyBits: valueIn(sa, 'encr-keysize'),
    groups: groupsOf(sa),
  };
  return {
    connection,
    version,
    established: state === 'ESTABLISHED',
    state,
    initiator: valueIn(sa, 'initiator') === 'yes',
    spis: initiator !== undefined && responder !== undefined ? [initiator, responder] : null,
    suite:
      version === 1
        ? suiteOf({ ...words, hash: prf?.replace(/^PRF_HMAC_/, '') }, 'ikev1-phase1')
        : suiteOf({ ...words, integrity, prf }, 'ikev2-ike'),
    remoteIdentity: valueIn(sa, 'remote-id') ?? null,
    children: children.map(([, child]) => childStatus(child, version)),
  };
}

const groupsOf = (sa: Section): readonly string[] => {
  const first = valueIn(sa, 'dh-group') ?? valueIn(sa, 'ke-method');
  const more = [1, 2, 3, 4, 5, 6, 7].flatMap((n) => valueIn(sa, `ke${n}`) ?? valueIn(sa, `ake${n}`) ?? []);
  return first === undefined ? [] : [first, ...more];
};

function childStatus(child: Section, version: 1 | 2): ChildStatus {
  const state = valueIn(child, 'state') ?? '';
  const [inbound, outbound] = [valueIn(child, 'spi-in'), valueIn(child, 'spi-out')];
  const protocol = valueIn(child, 'protocol') === 'AH' ? 'ah' : 'esp';
  return {
    name: valueIn(child, 'name') ?? '',
    established: state === 'INSTALLED' || state === 'REKEYED',
    state,
    protocol,
    mode: valueIn(child, 'mode') === 'TRANSPORT' ? 'transport' : 'tunnel',
    spis: inbound !== undefined && outbound !== undefined ? [inbound, outbound] : null,
    suite: suiteOf(
      {
        encryption: valueIn(child, 'encr-alg'),
        keyBits: valueIn(child, 'encr-keysize'),
        integrity: valueIn(child, 'integ-alg'),
        groups: groupsOf(child),
        esn: version === 2 ? valueIn(child, 'esn') === '1' : undefined,
      },
      version === 1 ? 'ikev1-phase2' : 'ikev2-child',
      protocol === 'ah' ? 2 : 3,
    ),
    local: listIn(child, 'local-ts'),
    remote: listIn(child, 'remote-ts'),
  };
}
