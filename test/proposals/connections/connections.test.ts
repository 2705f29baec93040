import { expect } from 'chai';
import fc from 'fast-check';
import { describe, it } from 'mocha';
import {
  bringUp,
  chooseForMain,
  chooseForQuick,
  confirmIdentity,
  conflictingRoutes,
  type Connection,
  CONNECTIONS,
  type End,
  matchIdentity,
  type Method,
  parseIdentity,
  readPhase1Identity,
  refineByIdentity,
  sameIdentity,
  type Use,
  walkNegotiation,
} from '../../../src/proposals/connections/index.ts';
import { insideSubnet, parseSubnet } from '../../../src/proposals/connections/subnets.ts';

const OUR = '192.0.2.1';
const PEER = '198.51.100.7';

/** `name` of our gateway to a peer; the rest as given. */
function conn(name: string, peer: string | End, more: Partial<Connection> = {}, ours: Partial<End> = {}): Connection {
  return { name, ours: { address: OUR, ...ours }, peers: typeof peer === 'string' ? { address: peer } : peer, ...more };
}

const inUse = (connection: Connection, more: Partial<Use> = {}): Use => ({
  connection,
  peer: PEER,
  peerId: parseIdentity(connection.peers.id ?? PEER),
  ...more,
});

describe('connection choice, first message', () => {
  const any = (name: string, more: Partial<Connection> = {}, end: Partial<End> = {}): Connection =>
    conn(name, { address: '%any', ...end }, more);
  type Case = readonly [what: string, connections: readonly Connection[], chosen: string, line: string];
  const cases: Case[] = [
    ['a connection between the two hosts', [any('road'), conn('pair', PEER)], 'pair', 'responding to Main Mode'],
    ['the newest of the pair', [conn('old', PEER), conn('new', PEER)], 'new', 'responding to Main Mode'],
    [
      'a Road Warrior where no pair is',
      [conn('other', '203.0.113.1'), any('road')],
      'road[1]',
      `responding to Main Mode from unknown peer ${PEER}`,
    ],
    [
      'the newest Road Warrior, whatever it is for',
      [any('banshee'), any('jumble')],
      'jumble[1]',
      `responding to Main Mode from unknown peer ${PEER}`,
    ],
    [
      'a Road Warrior before any opportunistic connection',
      [any('road'), any('private', { opportunistic: true }, { client: '0.0.0.0/0' })],
      'road[1]',
      `responding to Main Mode from unknown peer ${PEER}`,
    ],
    [
      'the smallest opportunistic subnet with the sender',
      [
        any('wide', { opportunistic: true }, { client: '0.0.0.0/0' }),
        any('narrow', { opportunistic: true }, { client: '198.51.100.0/24' }),
        any('elsewhere', { opportunistic: true }, { client: '10.0.0.0/8' }),
      ],
      'narrow[1]',
      `responding to Main Mode from unknown peer ${PEER}`,
    ],
    [
      'no group',
      [any('group', { group: true })],
      'not-authorized',
      `initial Main Mode message received on ${OUR}:500 but no connection has been authorized`,
    ],
    [
      'no shunt',
      [any('clear', { shunt: true }, { client: '0.0.0.0/0' })],
      'forbidden',
      `initial Main Mode message received on ${OUR}:500 but "clear" forbids connection`,
    ],
    [
      'nothing at another address of ours',
      [{ ...conn('pair', PEER), ours: { address: '192.0.2.2' } }],
      'not-authorized',
      `initial Main Mode message received on ${OUR}:500 but no connection has been authorized`,
    ],
  ];
  for (const [what, connections, chosen, line] of cases) {
    it(`takes ${what}`, () => {
      const { used, how, logs } = chooseForMain(connections, { our: OUR, peer: PEER });
      const shown = used && `${used.connection.name}${used.instance === undefined ? '' : `[${used.instance}]`}`;
      expect(shown ?? how).to.equal(chosen);
      expect(logs.filter(({ level }) => level === 'normal').map(({ text }) => text)).to.deep.equal([line]);
    });
  }

  it('says of each candidate why it was passed over', () => {
    const connections = [
      any('wide', { opportunistic: true }, { client: '0.0.0.0/0' }),
      any('narrow', { opportunistic: true }, { client: '198.51.100.0/24' }),
      any('elsewhere', { opportunistic: true }, { client: '10.0.0.0/8' }),
      any('pattern', { group: true }),
    ];
    const { steps } = chooseForMain(connections, { our: OUR, peer: PEER });
    expect(steps.map(({ candidate, verdict, why }) => `${candidate} ${why ?? verdict}`)).to.deep.equal([
      'pattern group',
      'elsewhere peer-outside-client',
      'narrow kept-in-mind',
      'wide larger-client',
    ]);
  });
});

describe("connection choice, the peer's identity", () => {
  const road = (name: string, id: string | undefined, more: Partial<Connection> = {}): Connection =>
    conn(name, { address: '%any', ...(id !== undefined && { id }) }, more);
  type Case = readonly [what: string, connections: readonly Connection[], method: Method, id: string, found: string, how: string];
  const cases: Case[] = [
    ['keeps a connection for exactly this peer', [conn('pair', { address: PEER, id: '@east' })], 'psk', '@East.', 'pair', 'kept'],
    ['finds another Road Warrior', [road('banshee', '@banshee'), road('jumble', '@jumble')], 'psk', '@banshee', 'banshee[1]', 'switched'],
    ['finds none', [road('banshee', '@banshee'), road('jumble', '@jumble')], 'psk', '@other', '-', 'not-found'],
    [
      'passes over another method',
      [road('banshee', '@banshee', { auth: ['rsasig'] }), road('jumble', '@jumble')],
      'psk',
      '@banshee',
      '-',
      'not-found',
    ],
    [
      'passes over another preshared key',
      [road('banshee', '@banshee', { secret: 'b' }), road('jumble', '@jumble')],
      'psk',
      '@banshee',
      '-',
      'not-found',
    ],
    [
      'takes another connection with RSA, whatever the secrets',
      [road('banshee', '@banshee', { auth: ['rsasig'], secret: 'b' }), road('jumble', '@jumble', { auth: ['rsasig'] })],
      'rsasig',
      '@banshee',
      'banshee[1]',
      'switched',
    ],
    [
      'passes over what it has no private key for',
      [road('banshee', '@banshee', { auth: ['rsasig'], privateKey: false }), road('jumble', '@jumble', { auth: ['rsasig'] })],
      'rsasig',
      '@banshee',
      '-',
      'not-found',
    ],
    ['fills the identity into a template without one', [road('open', undefined)], 'psk', '@anyone', 'open[2]', 'switched'],
    [
      'prefers few wildcards',
      [road('two', 'C=CH, O=*, CN=*'), road('one', 'C=CH, O=Acme, CN=*'), road('none', undefined)],
      'psk',
      'C=CH, O=Acme, CN=Anna',
      'one[1]',
      'switched',
    ],
    [
      'completes the wildcards of the instance in use',
      [road('acme', 'C=CH, O=Acme, CN=*')],
      'psk',
      'C=CH, O=Acme, CN=Anna',
      'acme[1]',
      'completed',
    ],
    [
      'prefers the same two hosts',
      [road('any', '@east'), conn('pair', { address: PEER, id: '@east' }), conn('newer', { address: PEER, id: '@west' })],
      'psk',
      '@east',
      'pair',
      'switched',
    ],
  ];
  for (const [what, connections, method, id, found, how] of cases) {
    it(what, () => {
      const main = chooseForMain(connections, { our: OUR, peer: PEER });
      if (!main.used) throw new Error('no connection');
      const refined = refineByIdentity(connections, main.used, parseIdentity(id), method, main.serials);
      const { used } = refined;
      expect(used ? `${used.connection.name}${used.instance === undefined ? '' : `[${used.instance}]`}` : '-').to.equal(found);
      expect(refined.how).to.equal(how);
      expect(refined.code).to.equal(how === 'not-found' ? 18 : 0);
    });
  }

  it('never switches as the initiator', () => {
    const { code, logs } = confirmIdentity(inUse(conn('pair', { address: PEER, id: '@east' })), parseIdentity('@west'));
    expect(code).to.equal(18);
    expect(logs.at(-1)?.text).to.equal("we require peer to have ID '@east', but peer declares '@west'");
    expect(confirmIdentity(inUse(conn('pair', { address: PEER, id: '@east' })), parseIdentity('@east')).how).to.equal('kept');
  });

  const payloads: [what: string, type: number, protocol: number, port: number, data: string, expected: string][] = [
    ['a name', 2, 0, 0, 'east.example', '@east.example'],
    ['a name with UDP 500', 2, 17, 500, 'east.example', '@east.example'],
    ['another port', 2, 17, 4500, 'x', 'protocol/port in Phase 1 ID Payload must be 0/0 or 17/500 but are 17/4500'],
    ['an address', 1, 0, 0, '\x0a\x00\x00\x01', '10.0.0.1'],
    ['a subnet', 4, 0, 0, '', 'Unacceptable identity type (ID_IPV4_ADDR_SUBNET) in Phase 1 ID Payload'],
    ['a type without a name', 99, 0, 0, '', 'Unacceptable identity type (99??) in Phase 1 ID Payload'],
    ['a user without @', 3, 0, 0, 'anna', "peer's ID_USER_FQDN contains no @"],
    ['a name with NUL', 2, 0, 0, 'a\0b', 'Phase 1 ID Payload of type ID_FQDN contains a NUL'],
  ];
  for (const [what, type, protocol, port, data, expected] of payloads) {
    it(`reads ${what}`, () => {
      const read = readPhase1Identity({ type, protocol, port, data: Uint8Array.from(Buffer.from(data, 'latin1')) });
      expect('fault' in read ? read.fault.text : read.text).to.equal(expected);
    });
  }
});

describe('connection choice, the clients of a Quick Mode', () => {
  const tunnel = (name: string, our: string, peer: string, more: Partial<Connection> = {}, end: Partial<End> = {}): Connection =>
    conn(name, { address: PEER, client: peer, ...end }, more, { client: our });
  type Case = readonly [what: string, connections: readonly Connection[], our: string | undefined, peer: string | undefined, found: string];
  const cases: Case[] = [
    ['the connection of the hosts', [conn('hosts', PEER)], undefined, undefined, 'hosts kept'],
    ['exactly these subnets', [tunnel('a', '10.1.0.0/16', '10.2.0.0/16'), conn('hosts', PEER)], '10.1.0.0/16', '10.2.0.0/16', 'a switched'],
    ['no larger subnet', [tunnel('a', '10.0.0.0/8', '10.2.0.0/16'), conn('hosts', PEER)], '10.1.0.0/16', '10.2.0.0/16', '- not-found'],
    [
      'a subnet within, where any is allowed',
      [tunnel('a', '10.1.0.0/16', '10.2.0.0/16', {}, { clientWithin: true }), conn('hosts', PEER)],
      '10.1.0.0/16',
      '10.2.3.0/24',
      'a[1] switched',
    ],
    [
      'the routed one of two alike',
      [
        tunnel('routed', '10.1.0.0/16', '10.2.0.0/16', { routed: true }),
        tunnel('newer', '10.1.0.0/16', '10.2.0.0/16'),
        conn('hosts', PEER),
      ],
      '10.1.0.0/16',
      '10.2.0.0/16',
      'routed switched',
    ],
    [
      'a template, with the identity carried over',
      [conn('road', { address: '%any', client: '10.2.0.0/16' }, {}, { client: '10.1.0.0/16' }), conn('hosts', PEER)],
      '10.1.0.0/16',
      '10.2.0.0/16',
      'road[1] switched',
    ],
    [
      'no connection of another peer',
      [conn('a', { address: PEER, id: '@west', client: '10.2.0.0/16' }, {}, { client: '10.1.0.0/16' }), conn('hosts', PEER)],
      '10.1.0.0/16',
      '10.2.0.0/16',
      '- not-found',
    ],
    [
      'no connection with another identity of ours',
      [conn('a', { address: PEER, client: '10.2.0.0/16' }, {}, { id: '@us', client: '10.1.0.0/16' }), conn('hosts', PEER)],
      '10.1.0.0/16',
      '10.2.0.0/16',
      '- not-found',
    ],
    [
      'an opportunistic connection for two hosts, the smallest',
      [
        conn('oppo', { address: '%any', client: '0.0.0.0/0' }, { opportunistic: true }, { client: '10.1.0.0/16' }),
        conn('tight', { address: '%any', client: '10.2.0.0/16' }, { opportunistic: true }, { client: '10.1.0.0/16' }),
        conn('hosts', PEER),
      ],
      '10.1.0.5/32',
      '10.2.0.5/32',
      'tight[1] switched',
    ],
    [
      'no opportunistic connection for subnets',
      [conn('oppo', { address: '%any', client: '0.0.0.0/0' }, { opportunistic: true }, { client: '10.1.0.0/16' }), conn('hosts', PEER)],
      '10.1.0.0/24',
      '10.2.0.5/32',
      '- not-found',
    ],
    [
      'no shunt, though it is the best',
      [
        conn('oppo', { address: '%any', client: '0.0.0.0/0' }, { opportunistic: true }, { client: '10.1.0.0/16' }),
        conn('block', { address: '%any', client: '10.2.0.0/16' }, { shunt: true }, { client: '10.1.0.0/16' }),
        conn('hosts', PEER),
      ],
      '10.1.0.5/32',
      '10.2.0.5/32',
      '- not-found',
    ],
  ];
  for (const [what, connections, our, peer, found] of cases) {
    it(`takes ${what}`, () => {
      const current = inUse(connections.at(-1) as Connection);
      const clients = { ...(our !== undefined && { our }), ...(peer !== undefined && { peer }) };
      const { used, how } = chooseForQuick(connections, current, clients);
      const name = used ? `${used.connection.name}${used.instance === undefined ? '' : `[${used.instance}]`}` : '-';
      expect(`${name} ${how}`).to.equal(found);
    });
  }

  it('tells the whole tunnel that no connection is known for', () => {
    const current = inUse(conn('hosts', { address: PEER, id: '@east' }, {}, { id: '@us' }));
    const { logs, code } = chooseForQuick([current.connection], current, {
      our: '10.1.0.0/16',
      peer: '10.2.3.4/16',
      peerProtocol: 17,
      peerPort: 1701,
    });
    expect(code).to.equal(18);
    expect(logs.map(({ text }) => text)).to.deep.equal([
      `cannot respond to IPsec SA request because no connection is known for 10.1.0.0/16===${OUR}[@us]...${PEER}[@east]:17/1701===10.2.0.0/16`,
    ]);
  });

  it('compares protocols and ports', () => {
    const l2tp = conn('l2tp', { address: PEER, protocol: 17, port: 1701 }, {}, { protocol: 17, port: 1701 });
    const ports = { ourProtocol: 17, ourPort: 1701, peerProtocol: 17, peerPort: 1701 };
    expect(chooseForQuick([l2tp], inUse(l2tp), ports).how).to.equal('kept');
    const { how, steps } = chooseForQuick([l2tp], inUse(l2tp), {});
    expect(how).to.equal('not-found');
    expect(steps.every(({ why }) => why === 'protocol-or-port')).to.equal(true);
  });
});

describe('connection choice, a whole negotiation', () => {
  const road = (name: string, more: Partial<Connection> = {}, end: Partial<End> = {}): Connection =>
    conn(name, { address: '%any', id: `@${name}`, ...end }, more, { client: '10.1.0.0/16' });

  it('writes "jumble" about what was meant for "banshee", and still succeeds', () => {
    const connections = [road('banshee', {}, { client: '10.2.0.0/16' }), road('jumble')];
    const walk = walkNegotiation(connections, {
      our: OUR,
      peer: PEER,
      peerId: parseIdentity('@banshee'),
      method: 'psk',
      quick: [{ our: '10.1.0.0/16', peer: '10.2.0.0/16' }],
    });
    expect(walk.outcome).to.equal('quick');
    expect(walk.names.map(({ moment, prefix, because }) => `${moment}: ${prefix}${because}`)).to.deep.equal([
      `first-message: "jumble"[1] ${PEER} #1: guessed-road-warrior`,
      `identity: "banshee"[1] ${PEER} #1: identity-belongs-to-other`,
      `quick-mode: "banshee"[1] ${PEER} #2: clients-fit`,
    ]);
    expect(walk.lines.filter(({ level }) => level === 'normal').map(({ prefix, text }) => prefix + text)).to.deep.equal([
      `"jumble"[1] ${PEER} #1: responding to Main Mode from unknown peer ${PEER}`,
      `"jumble"[1] ${PEER} #1: Peer ID is ID_FQDN: '@banshee'`,
    ]);
    expect(walk.lines.map(({ text }) => text)).to.include('switched from "jumble" to "banshee"');
  });

  it('writes "no suitable connection for peer" about "jumble" when "banshee" has another secret', () => {
    const connections = [road('banshee', { secret: 'b' }), road('jumble', { secret: 'j' })];
    const walk = walkNegotiation(connections, { our: OUR, peer: PEER, peerId: parseIdentity('@banshee'), method: 'psk', quick: [{}] });
    expect(walk.outcome).to.equal('phase1-refused');
    expect(walk.lines.at(-1)).to.deep.equal({
      text: "no suitable connection for peer '@banshee'",
      level: 'normal',
      prefix: `"jumble"[1] ${PEER} #1: `,
    });
    expect(walk.failed?.map(({ candidate, why }) => `${candidate} ${why}`)).to.deep.equal([
      'jumble identity',
      'jumble identity',
      'banshee other-secret',
    ]);
  });

  it('starts each Quick Mode from the connection of phase 1', () => {
    const connections = [
      conn('left', { address: PEER, client: '10.2.0.0/16' }, {}, { client: '10.1.0.0/16' }),
      conn('right', { address: PEER, client: '10.3.0.0/16' }, {}, { client: '10.1.0.0/16' }),
    ];
    const { names } = walkNegotiation(connections, {
      our: OUR,
      peer: PEER,
      peerId: parseIdentity(PEER),
      method: 'psk',
      quick: [
        { our: '10.1.0.0/16', peer: '10.2.0.0/16' },
        { our: '10.1.0.0/16', peer: '10.3.0.0/16' },
      ],
    });
    expect(names.map(({ name, state, because }) => `${name} #${state} ${because}`)).to.deep.equal([
      'right #1 host-pair',
      'right #1 identity-fits',
      'left #2 clients-belong-to-other',
      'right #3 clients-fit',
    ]);
  });

  it('ignores whom nobody expects, without a name', () => {
    const walk = walkNegotiation([], { our: OUR, peer: PEER, peerId: parseIdentity('@x'), method: 'psk', quick: [] });
    expect(walk).to.deep.include({ outcome: 'ignored', names: [] });
    expect(walk.lines[0]?.prefix).to.equal('');
  });
});

describe('connection choice, two tunnels with the same remote subnet', () => {
  const first = inUse(conn('first', { address: PEER, client: '10.2.0.0/16' }));
  const second = inUse(conn('second', { address: '203.0.113.9', client: '10.2.0.0/16' }), { peer: '203.0.113.9' });
  const other = inUse(conn('other', { address: '203.0.113.9', client: '10.3.0.0/16' }), { peer: '203.0.113.9' });

  it('gives the route to the newer, and the first tunnel ceases to exist', () => {
    const { up, displaced } = bringUp(
      [
        { used: first, state: 2 },
        { used: other, state: 3 },
      ],
      { used: second, state: 4 },
    );
    expect(up.map(({ used, state }) => `${used.connection.name} #${state}`)).to.deep.equal(['other #3', 'second #4']);
    expect(displaced.map(({ used }) => used.connection.name)).to.deep.equal(['first']);
  });

  it('takes a reconnection of the same peer for no conflict', () => {
    const { up, displaced } = bringUp([{ used: first, state: 2 }], { used: first, state: 5 });
    expect(up.map(({ state }) => state)).to.deep.equal([5]);
    expect(displaced).to.deep.equal([]);
  });

  it('names the pairs that will displace each other', () => {
    expect(conflictingRoutes([first, other, second])).to.deep.equal([['first', 'second']]);
  });
});

describe('connection choice, its parts', () => {
  const subnets: [text: string, printed: string | undefined][] = [
    ['10.1.2.3/8', '10.0.0.0/8'],
    ['10.1.2.3', '10.1.2.3/32'],
    ['2001:db8::/32', '2001:db8::/32'],
    ['::1', '::1/128'],
    ['10.0.0.0/33', undefined],
    ['10.0.0', undefined],
    ['1:2:3', undefined],
    ['x', undefined],
  ];
  for (const [text, printed] of subnets) it(`reads ${text} as ${printed}`, () => expect(parseSubnet(text)?.text).to.equal(printed));

  it('knows what is inside', () => {
    const inside = (a: string, b: string): boolean => {
      const [x, y] = [parseSubnet(a), parseSubnet(b)];
      return x !== undefined && y !== undefined && insideSubnet(x, y);
    };
    expect(inside('10.2.3.0/24', '10.2.0.0/16')).to.equal(true);
    expect(inside('10.2.0.0/16', '10.2.3.0/24')).to.equal(false);
    expect(inside('2001:db8:1::/48', '2001:db8::/32')).to.equal(true);
    expect(inside('10.0.0.0/8', '::/0')).to.equal(false);
  });

  const pairs: [peer: string, configured: string, wildcards: number | undefined][] = [
    ['@a.b', '@A.B.', 0],
    ['@a.b', 'u@a.b', undefined],
    ['@a.b', '%any', 15],
    ['10.0.0.1', '10.0.0.1', 0],
    ['C=CH, CN=Anna', 'c=ch, cn=*', 1],
    ['C=CH, CN=Anna', 'C=CH', undefined],
    ['C=CH, CN=Anna', 'C=DE, CN=*', undefined],
  ];
  for (const [peer, configured, wildcards] of pairs) {
    it(`finds ${peer} in ${configured} with ${wildcards} wildcards`, () => {
      expect(matchIdentity(parseIdentity(peer), parseIdentity(configured))).to.equal(wildcards);
      expect(sameIdentity(parseIdentity(peer), parseIdentity(configured))).to.equal(wildcards === 0);
    });
  }

  it('recognises the lines of January 2000', () => {
    expect(CONNECTIONS.read('responding to Main Mode from Road Warrior')?.key).to.equal('respondingToRoadWarrior');
    expect(CONNECTIONS.read('no suitable connection for peer')?.key).to.equal('noSuitableForPeer');
  });

  it('reads each of its lines back', () => {
    for (const [key, { text }] of Object.entries(CONNECTIONS.patterns)) {
      expect(CONNECTIONS.read(text.replace(/\{(\w+)\}/g, 'X'))?.key).to.equal(key);
    }
  });

  it('never throws, and never takes a connection for another address of ours', () => {
    const address = fc.constantFrom('192.0.2.1', '198.51.100.7', '203.0.113.9', 'rubbish', '::1');
    const end = fc.record({
      address: fc.oneof(address, fc.constant('%any')),
      client: fc.constantFrom('10.0.0.0/8', '0.0.0.0/0', 'bad/99'),
    });
    const one = fc.record({ name: fc.string(), ours: end, peers: end, auth: fc.constant<Method[]>(['psk', 'rsasig']) });
    const identity = fc.oneof(fc.constantFrom('@a', 'C=CH, CN=*', '10.0.0.1', '%any'), fc.string());
    fc.assert(
      fc.property(fc.array(one, { maxLength: 6 }), address, address, identity, (connections, our, peer, id) => {
        const walk = walkNegotiation(connections, {
          our,
          peer,
          peerId: parseIdentity(id),
          method: 'psk',
          quick: [{ our: '10.0.0.0/8', peer: id }],
        });
        for (const { name } of walk.names)
          expect(connections.some((each) => each.name === name && each.ours.address === our)).to.equal(true);
      }),
    );
  });
});
