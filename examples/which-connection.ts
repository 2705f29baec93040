/**
 * Which connection does Pluto use when, and whose name stands in its log?
 * Run: node --import tsx examples/which-connection.ts
 */
import { type Connection, parseIdentity, walkNegotiation } from 'ike-probe/proposals/connections';

const ours = { address: '192.0.2.1', id: '@gateway', client: '10.0.1.0/24' };
const connections: readonly Connection[] = [
  { name: 'berlin', ours, peers: { address: '%any', id: '@berlin', client: '10.0.2.0/24' }, auth: ['rsasig'] },
  { name: 'oslo', ours, peers: { address: '%any', id: '@oslo', client: '10.0.3.0/24' }, auth: ['rsasig'] },
];

const { outcome, names, lines } = walkNegotiation(connections, {
  our: '192.0.2.1',
  peer: '198.51.100.7',
  peerId: parseIdentity('@berlin'),
  method: 'rsasig',
  quick: [{ our: '10.0.1.0/24', peer: '10.0.2.0/24' }],
});

console.log(outcome);
for (const { moment, name, because } of names) console.log(`${moment}: ${name}, because ${because}`);
// The name in a line is only that of the connection in use at that moment.
for (const { prefix, text } of lines) console.log(prefix + text);
