/** docs/library.md shows the examples and what they print. */
import { readdirSync } from 'node:fs';
import { expect } from 'chai';
import { describe, it } from 'mocha';
import { expectShown, marksIn, programAndOutput } from './support/shown.ts';

const DOCUMENT = 'docs/library.md';

describe('the library by example', function () {
  this.timeout(20_000);
  const shown = marksIn(DOCUMENT, 'example');
  for (const path of shown) {
    it(`shows ${path}, and what it prints`, () => expectShown(DOCUMENT, `example: ${path}`, programAndOutput(path)));
  }

  it('shows every example', () => {
    const examples = readdirSync(new URL('../examples', import.meta.url)).map((name) => `examples/${name}`);
    expect([...shown, ...marksIn('README.md', 'example')].toSorted()).to.deep.equal(examples.toSorted());
  });
});
