/** What is said about Pluto's choice of connections. */
import { expect } from 'chai';
import { describe, it } from 'mocha';
import { type Connection, parseIdentity, walkNegotiation } from '../../src/proposals/connections/index.ts';
import { explainWalk } from '../../src/report/explain-connections.ts';

const ours = { address: '192.0.2.1', id: '@gateway', client: '10.0.1.0/24' };
const connections: readonly Connection[] = [
  { name: 'berlin', ours, peers: { address: '%any', id: '@berlin', client: '10.0.2.0/24' }, auth: ['rsasig'] },
  { name: 'oslo', ours, peers: { address: '%any', id: '@oslo', client: '10.0.3.0/24' }, auth: ['rsasig'] },
];
const arrival = { our: '192.0.2.1', peer: '198.51.100.7', method: 'rsasig' } as const;

const ROWS: readonly (readonly [who: string, quick: { our?: string; peer?: string }, says: readonly RegExp[]])[] = [
  [
    '@berlin',
    { our: '10.0.1.0/24', peer: '10.0.2.0/24' },
    [
      /first message .*"oslo": it is a guess/,
      /said who it is .*"berlin": the peer's identity is that of this one/,
      /quick mode .*"berlin": its subnets/,
      /only the one in use at that moment/,
    ],
  ],
  ['@rome', {}, [/"oslo": it is a guess/, /No connection suits the identity/, /"berlin" was passed over: it names another identity/]],
  [
    '@oslo',
    { our: '10.0.1.0/24', peer: '10.9.9.0/24' },
    [/No connection has the subnets/, /"oslo" was passed over: it has another subnet on the peer's side/],
  ],
];

describe('the choice of a connection, in words', () => {
  for (const [who, quick, says] of ROWS) {
    it(`${who} asks for ${quick.peer ?? 'nothing'}`, () => {
      const text = explainWalk(walkNegotiation(connections, { ...arrival, peerId: parseIdentity(who), quick: [quick] })).join('\n');
      for (const pattern of says) expect(text).to.match(pattern);
    });
  }
});
