import { fileURLToPath } from 'node:url';
import { expect } from 'chai';
import { describe, it } from 'mocha';
import { fuzz, knownMessages } from '../bench/fuzzing.ts';
import { mutant } from '../bench/mutation.ts';

describe('messages with faults in them', () => {
  const known = knownMessages(fileURLToPath(new URL('..', import.meta.url)));

  it('20,000 go through decoder, reader of answers and selector: nothing throws, hangs or grows', function () {
    this.timeout(60_000);
    const { messages, decoded, selected, slowest, memory } = fuzz(known, 1, 20_000);
    expect(messages).to.equal(20_000);
    expect(decoded, 'few are so broken that nothing is left').to.be.greaterThan(10_000);
    expect(selected, 'some are still good offers').to.be.greaterThan(500);
    expect(slowest.ms).to.be.lessThan(2000);
    expect(memory.heapLate - memory.heapEarly).to.be.lessThan(64);
  });

  it('are the same ones each time, and never longer than a datagram', () => {
    for (let index = 0; index < 2000; index++) {
      const octets = mutant(known, 7, index);
      expect(octets).to.deep.equal(mutant(known, 7, index));
      expect(octets.length).to.be.within(1, 65_507);
    }
  });
});
