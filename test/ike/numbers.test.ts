import { expect } from 'chai';
import { describe, it } from 'mocha';
import {
  EXCHANGES,
  exchangeName,
  FLAGS,
  flagNames,
  IDENTITIES,
  identityName,
  NOTIFIES,
  notifyName,
  PAYLOAD_V1,
  PAYLOAD_V2,
  PAYLOADS,
  PROTOCOLS,
  payloadName,
  protocolName,
} from '../../src/ike/index.ts';

const TABLES = { EXCHANGES, FLAGS, IDENTITIES, NOTIFIES, PAYLOADS, PROTOCOLS };

describe('IKE numbers', () => {
  for (const [name, tables] of Object.entries(TABLES)) {
    for (const version of [1, 2] as const) {
      it(`${name} of IKEv${version}: ascending, each with a name and a source`, () => {
        const numbers = tables[version].map((row) => row.number);
        expect(numbers).to.deep.equal([...new Set(numbers)].sort((a, b) => a - b));
        for (const row of tables[version])
          expect([row.name, row.ref]).to.satisfy((texts: string[]) => texts.every((text) => text.length > 1));
      });
    }
  }

  it('names what the two versions call differently', () => {
    expect(notifyName(1, 14)).to.equal('NO-PROPOSAL-CHOSEN');
    expect(notifyName(2, 14)).to.equal('NO_PROPOSAL_CHOSEN');
    expect(exchangeName(1, 2)).to.equal('Identity Protection');
    expect(exchangeName(2, 34)).to.equal('IKE_SA_INIT');
    expect(protocolName(2, 3)).to.equal('ESP');
    expect(identityName(1, 2)).to.equal('ID_FQDN');
    expect(flagNames(2, 0x68)).to.deep.equal(['Initiator', 'Response', 'flag 0x40']);
  });

  it('keeps an unknown number', () => {
    const names = [exchangeName, payloadName, notifyName, protocolName, identityName].map((name) => name(2, 250));
    expect(names).to.deep.equal(['exchange 250', 'payload 250', 'notify 250', 'protocol 250', 'identity 250']);
  });

  it('has a name for every payload type that this code uses', () => {
    for (const number of Object.values(PAYLOAD_V1)) expect(payloadName(1, number)).to.not.match(/^payload/);
    for (const number of Object.values(PAYLOAD_V2)) expect(payloadName(2, number)).to.not.match(/^payload/);
  });
});
